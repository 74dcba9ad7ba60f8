"""The words of the start: what this machine is for and how it stands, in every language of the office. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from broker.contract.messages import OfficeMessage
from broker.language import mark, own_name
from kiosk.pages.page import Choice, Figure, WelcomePage
from kiosk.pages.services import HOLDERS, SCAN
from kiosk.visit.offer import closes_at, hours_today, intake_of, is_shut, next_opening, open_counters
from kiosk.visit.state import State

_CLOSED = mark("Closed now")


def welcome_page(state: State, _office: OfficeMessage) -> WelcomePage:
    """Return the start; outside the hours when it opens next, and what is still possible."""
    shut = is_shut(state.hall)
    touch = mark("Touch here to see documents") if shut else mark("Touch here to begin")
    stopped = mark("No numbers right now") if intake_of(state.hall) is not None else _CLOSED
    title = stopped if shut else mark("Take your queue number here")
    return WelcomePage(
        titles=tuple(state.phrases(code).say(title) for code in state.languages),
        figures=_hours(state) if shut else () if state.is_alone else _standing(state),
        choices=tuple(Choice(code, own_name(code), state.phrases(code).say(touch)) for code in state.languages),
        entry=None if state.is_alone else _entry(state),
        scan=_for_holders(state),
    )


def _standing(state: State) -> tuple[Figure, ...]:
    """Return how many wait, how many counters are open, and when it closes, where that is known."""
    waiting = 0 if state.hall is None else sum(group.count for group in state.hall.waiting)
    counters, spoken = open_counters(state.hall), [state.phrases(code) for code in state.languages]
    figures = [
        Figure(str(waiting), *_labels(one.count("person waiting", "people waiting", waiting) for one in spoken)),
        Figure(str(counters), *_labels(one.count("counter open", "counters open", counters) for one in spoken)),
    ]
    closes = closes_at(state.hall)
    if closes is not None:
        figures.append(Figure(state.phrases(state.languages[0]).clock(closes), *_each(state, mark("closes today"))))
    return tuple(figures)


def _hours(state: State) -> tuple[Figure, ...]:
    """Return when it opens next and the hours of today."""
    first, figures = state.phrases(state.languages[0]), []
    opens = next_opening(state.hall)
    if opens is not None:
        label = _each(state, _today(state)) if opens.date() == state.now.date() else _opens_on(state, opens)
        figures.append(Figure(first.clock(opens), *label))
    spans = hours_today(state.hall)
    if spans:
        today = "\n".join(f"{first.clock(begin)}-{first.clock(end)}" for begin, end in spans)
        figures.append(Figure(today, *_each(state, mark("hours of today"))))
    else:
        figures.append(Figure("-", *_each(state, mark("closed all day"))))
    return tuple(figures)


def _today(state: State) -> str:
    return mark("opens today") if intake_of(state.hall) is None else mark("come back then")


def _opens_on(state: State, opens: dt.datetime) -> tuple[str, str]:
    spoken = [state.phrases(code) for code in state.languages]
    return _labels(one.say("opens on {day}", day=one.day(opens.date())) for one in spoken)


def _each(state: State, message: str) -> tuple[str, str]:
    return _labels(state.phrases(code).say(message) for code in state.languages)


def _labels(words: Iterable[str]) -> tuple[str, str]:
    """Return the office's own words, and those of the other languages in one line."""
    label, *others = words
    return label, " / ".join(others)


def _entry(state: State) -> Choice:
    first, *others = (state.phrases(code).say("I have a ticket") for code in state.languages)
    return Choice("have_ticket", first, "  /  ".join(others), icon="confirmation_number")


def _for_holders(state: State) -> str:
    if state.is_alone:
        return in_each_language(state, HOLDERS)
    return in_each_language(state, SCAN) if state.has_scanner else ""


def in_each_language(state: State, message: str) -> str:
    """Return a text in every language of the office, one a line."""
    return "\n".join(state.phrases(code).say(message) for code in state.languages)
