"""The words of the page on which a visitor chooses a lane, and of the rules behind it. Pure."""

from __future__ import annotations

import re

from broker.contract.messages import LaneInfo, OfficeMessage
from broker.language import Phrases
from kiosk.pages.offers import ASK_OFFICER, called_words, offer_state
from kiosk.pages.page import Choice, Ground, LanePage, RulePage
from kiosk.visit.offer import in_language, is_closed_today, offer_of, opens_at, queue_of
from kiosk.visit.state import State

_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*$")


def lane_page(state: State, office: OfficeMessage) -> LanePage:
    """Return the question whether a priority lane applies. Nobody is asked why.

    Those who are entitled come first: theirs is the question. With more than one such lane it is asked which.
    """
    words, language = state.words, state.visit.language
    regular, *special = office.lanes
    is_asked = len(special) == 1
    grounds = special[0].grounds if is_asked else ()
    title = words.say("Are you entitled to priority?") if is_asked else words.say("Which lane is yours?")
    rule = "" if grounds or not is_asked else in_language(special[0].rule, language)
    return LanePage(
        title=title,
        rule=rule,
        grounds=tuple(Ground(one.icon, in_language(one.text, language)) for one in grounds),
        choices=tuple(_lane_choice(state, office, lane, is_asked=is_asked) for lane in (*special, regular)),
        more=Choice("rule", words.say("The law and what it means")) if grounds or not is_asked else None,
    )


def rule_page(state: State, office: OfficeMessage) -> RulePage:
    """Return who may take which lane, as the office wrote it: that is where the law stands."""
    words, language = state.words, state.visit.language
    return RulePage(
        title=words.say("Who may take which lane"),
        texts=tuple((in_language(lane.name, language), in_language(lane.rule, language)) for lane in office.lanes),
        done=Choice("done", words.say("Back")),
    )


def _lane_choice(state: State, office: OfficeMessage, lane: LaneInfo, *, is_asked: bool) -> Choice:
    words, service = state.words, state.service
    offer = "open" if service is None else offer_of(office, state.hall, service, lane.id)
    note, badge = "", ""
    if offer != "open":
        opens = None if service is None else opens_at(office, state.hall, service, lane.id)
        by_hand = is_closed_today(state.hall, "" if service is None else service.id, lane.id)
        badge = offer_state(offer, words, opens, state.now, closed_today=by_hand)
        if service is not None and state.is_spent(service, lane.id):
            badge = words.say(ASK_OFFICER)
        elif state.offer == "open":
            note = words.say("please choose another lane, or ask an officer")
    elif service is not None and not state.is_alone:
        note = called_words(queue_of(office, state.hall, service, lane.id), state.now, words)
    rule = in_language(lane.rule, state.visit.language)
    return Choice(
        key=lane.id,
        title=_answer(office, lane, words) if is_asked else in_language(lane.name, state.visit.language),
        subtitle="" if is_asked else rule,
        note=note,
        badge=badge,
        tone="bad" if offer == "full" else "warn",
        letter=lane.letter,
        shape=lane.shape,
        lane=office.lanes.index(lane),
        is_available=offer == "open",
    )


def _answer(office: OfficeMessage, lane: LaneInfo, words: Phrases) -> str:
    """Return the lane as an answer; what stands in brackets behind its name is left to the law's page."""
    name = _IN_BRACKETS.sub("", in_language(lane.name, words.language))
    if lane is office.lanes[0]:
        return words.say("No, {lane}", lane=name)
    return words.say("Yes, {lane}", lane=name)
