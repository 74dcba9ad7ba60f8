"""The words of the start: what this machine is for, in every language of the office. Pure."""

from __future__ import annotations

from broker.contract.messages import OfficeMessage
from broker.language import Phrases, mark, own_name
from kiosk.pages.page import Choice, WelcomePage
from kiosk.pages.services import SCAN
from kiosk.visit.offer import open_counters
from kiosk.visit.state import State

_STEPS = (mark("Choose a service"), mark("Check your documents"), mark("Take your ticket"))


def welcome_page(state: State, _office: OfficeMessage) -> WelcomePage:
    """Return the start: what this machine is for, the languages, and the way for whoever has a ticket."""
    first = state.phrases(state.languages[0])
    waiting = 0 if state.hall is None else sum(group.count for group in state.hall.waiting)
    remarks = (_waiting(first, waiting), _open(first, open_counters(state.hall)))
    return WelcomePage(
        titles=tuple(state.phrases(code).say("Take your queue number here") for code in state.languages),
        steps=tuple(_in_two_languages(state, message) for message in _STEPS),
        remark="  ·  ".join(remarks),
        choices=tuple(
            Choice(code, own_name(code), state.phrases(code).say("Touch here to begin")) for code in state.languages
        ),
        entry=_entry(state),
        scan=in_each_language(state, SCAN) if state.has_scanner else "",
    )


def _entry(state: State) -> Choice:
    first, *others = (state.phrases(code).say("I have a ticket") for code in state.languages)
    return Choice("have_ticket", first, "  /  ".join(others))


def _waiting(words: Phrases, count: int) -> str:
    if count == 0:
        return words.say("Nobody is waiting")
    return words.count("{n} person is waiting", "{n} people are waiting", count)


def _open(words: Phrases, count: int) -> str:
    if count == 0:
        return words.say("No counter is open yet")
    return words.count("{n} counter is open", "{n} counters are open", count)


def _in_two_languages(state: State, message: str) -> tuple[str, str]:
    words = [state.phrases(code).say(message) for code in state.languages[:2]]
    return words[0], words[1] if len(words) > 1 else ""


def in_each_language(state: State, message: str) -> str:
    """Return a text in every language of the office, one a line."""
    return "\n".join(state.phrases(code).say(message) for code in state.languages)
