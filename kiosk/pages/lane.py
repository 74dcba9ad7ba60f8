"""The words of the page on which a visitor chooses a lane. Pure."""

from __future__ import annotations

from broker.contract.messages import LaneInfo, OfficeMessage
from kiosk.pages.offers import offer_state, queue_words
from kiosk.pages.page import Choice, LanePage
from kiosk.visit.offer import in_language, offer_of, queue_of
from kiosk.visit.state import State


def lane_page(state: State, office: OfficeMessage) -> LanePage:
    """Return the question whether a priority lane applies. Nobody is asked why."""
    words = state.words
    return LanePage(
        title=words.say("Which lane is yours?"),
        hint=words.say("Please touch the lane that fits you. You need not give a reason, and none is stored."),
        choices=tuple(_lane_choice(state, office, at, lane) for at, lane in enumerate(office.lanes)),
    )


def _lane_choice(state: State, office: OfficeMessage, at: int, lane: LaneInfo) -> Choice:
    words, service = state.words, state.service
    offer = "open" if service is None else offer_of(office, state.hall, service, lane.id)
    note = ""
    if offer != "open":
        note = offer_state(offer, words)
        if state.offer == "open":
            note += f"  ·  {words.say('please choose another lane, or ask an officer')}"
    elif service is not None:
        note = queue_words(queue_of(office, state.hall, service, lane.id), words)
    return Choice(
        key=lane.id,
        title=in_language(lane.name, state.visit.language),
        subtitle=in_language(lane.rule, state.visit.language),
        note=note,
        letter=lane.letter,
        shape=lane.shape,
        lane=at,
        is_available=offer == "open",
    )
