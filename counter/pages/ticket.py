"""The visitor at the counter in words: who it is, what happened so far, and why this number was next. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from broker.contract.messages import CounterState, HistoryEntry, Reason, Ticket
from broker.language import mark, own_name
from counter.pages.words import LaneMark, Tone, Words

MAX_PASSED = 3
"""So many passed-over numbers fit one line."""
SHARE_SLACK_S = 2.0
"""Wire figures are rounded."""
FIRST_S = 60.0
"""So long the seconds since a call matter: whoever was called is on the way."""

STATES: Mapping[CounterState, str] = {
    "closed": mark("Closed"),
    "open": mark("Ready"),
    "paused": mark("On a break"),
    "calling": mark("Calling"),
    "serving": mark("Serving"),
}
TONES: Mapping[CounterState, Tone] = {
    "closed": "info",
    "open": "good",
    "paused": "warn",
    "calling": "info",
    "serving": "good",
}
_HAPPENED: dict[str, str] = {
    "issued": mark("Number taken"),
    "printed_confirmed": mark("Ticket printed"),
    "printed_unconfirmed": mark("Ticket sent to the printer"),
    "printed_failed": mark("Ticket could not be printed"),
    "reprinted": mark("Ticket printed again"),
    "called": mark("Called to counter {counter}"),
    "recalled": mark("Called again"),
    "started": mark("Service began"),
    "finished": mark("Finished: {stage}"),
    "no_show": mark("Did not come to counter {counter}"),
    "held": mark("Held at counter {counter}"),
    "unheld": mark("Taken on again at counter {counter}"),
    "transferred": mark("Transferred by counter {counter}"),
    "rejoined": mark("Came back and queued again"),
    "cancelled": mark("Cancelled"),
    "undone": mark("Last step taken back"),
    "staff_undone": mark("Put back by a supervisor"),
}
_BY_STAFF: dict[str, str] = {"transferred": mark("Sent on by a supervisor")}
"""The same, where it was done at no counter."""
_RULES: Mapping[str, str] = {
    "chosen": mark("An officer chose this number."),
    "staff": mark("A supervisor had this number called here."),
    "max_wait": mark("It waited longer than its lane allows; such numbers go first."),
    "head_start": mark("With the head start of the lanes, nobody else who waits for this counter has waited longer."),
    "ratio": mark("Lanes take turns, and the turn has come to its lane."),
    "strict": mark("Nobody is waiting in a lane that goes before its own."),
    "fifo": mark("Nobody else who waits for this counter has waited longer."),
    "prefers": mark("This counter serves its lane first."),
    "promise": mark("Nobody else who waits for this counter has used a larger share."),
}
_LARGEST_FIRST = frozenset({"promise", "head_start", "fifo"})
"""Policies that claim the largest score; where one that was passed over has a larger one, nothing is claimed."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of what happened, newest first."""

    time: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketCard:
    """The visitor at this counter."""

    number: str
    lane: LaneMark | None
    service: str
    stage: str
    language: str
    waited: str
    called: str
    timer: str
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class ReasonCard:
    """Why this number was next."""

    title: str
    text: str
    passed_over: str


def ticket_card(ticket: Ticket, reason: Reason | None, words: Words) -> TicketCard:
    """Return the visitor at the counter; the wait is the one until the call."""
    phrases = words.phrases
    called_at = _last(ticket, "called")
    waited_s = reason.waited_s if reason else ((called_at or words.now) - ticket.waiting_since).total_seconds()
    return TicketCard(
        number=ticket.number,
        lane=words.lane(ticket.lane),
        service=words.service(ticket.service),
        stage=words.stage(ticket.stage),
        language=own_name(ticket.language),
        waited=phrases.say("Waited {duration}", duration=words.minutes(waited_s)),
        called=phrases.count("called once", "called {n} times", max(1, ticket.times_called)),
        timer=_timer(ticket, words),
        history=tuple(_happened(entry, words) for entry in reversed(ticket.history) if entry.type in _HAPPENED),
    )


def reason_card(reason: Reason, ticket: Ticket, words: Words) -> ReasonCard:
    """Return why this number was next, in words that are true under the policy that chose it."""
    passed = ", ".join(
        f"{other.number} ({_score(other.score, reason, words)})" for other in reason.passed_over[:MAX_PASSED]
    )
    if len(reason.passed_over) > MAX_PASSED:
        passed += " \N{HORIZONTAL ELLIPSIS}"
    return ReasonCard(
        title=words.phrases.say("Why {number}?", number=ticket.number),
        text=" ".join(part for part in (_waited(reason, words), _rule(reason, words)) if part),
        passed_over=words.phrases.say("Came earlier and wait on: {numbers}", numbers=passed) if passed else "",
    )


def share(score: float) -> str:
    """Return a waited share of the promise in per cent."""
    return f"{round(score * 100)}\N{NO-BREAK SPACE}%"


def _waited(reason: Reason, words: Words) -> str:
    values = {"waited": words.minutes(reason.waited_s), "promised": words.minutes(reason.promised_s)}
    part = reason.waited_s / reason.promised_s if reason.promised_s else 0.0
    return words.phrases.say("Waited {waited} of the promised {promised}: {share} of it.", **values, share=share(part))


def _rule(reason: Reason, words: Words) -> str:
    overtaken = any(other.score > reason.score for other in reason.passed_over)
    known = _RULES.get(reason.policy)
    return words.phrases.say(known) if known and not (overtaken and reason.policy in _LARGEST_FIRST) else ""


def _score(score: float, reason: Reason, words: Words) -> str:
    """Return a score in its unit: the office's policy decides whether that is a share or seconds."""
    is_share = abs(reason.score * reason.promised_s - reason.waited_s) <= SHARE_SLACK_S
    return share(score) if is_share else words.minutes(score)


def _happened(entry: HistoryEntry, words: Words) -> HistoryLine:
    values = {
        "counter": words.counter(entry.counter) if entry.counter else "\N{EN DASH}",
        "stage": words.stage(entry.stage) if entry.stage else "\N{EN DASH}",
    }
    happened = _HAPPENED if entry.counter else _HAPPENED | _BY_STAFF
    return HistoryLine(words.clock(entry.at), words.phrases.say(happened[entry.type], **values))


def _last(ticket: Ticket, *kinds: str) -> dt.datetime | None:
    return next((entry.at for entry in reversed(ticket.history) if entry.type in kinds), None)


def _timer(ticket: Ticket, words: Words) -> str:
    started = _last(ticket, "started", "unheld") if ticket.state == "serving" else None
    called = _last(ticket, "recalled", "called")
    if started is not None:
        return words.phrases.say("Serving for {time}", time=_passed(words.since(started), words))
    if called is not None:
        return words.phrases.say("Called {time} ago", time=_passed(words.since(called), words))
    return ""


def _passed(seconds: float, words: Words) -> str:
    """Return seconds within the first minute, minutes after it: a figure that moves draws the eye, and the window."""
    return f"0:{int(seconds):02d}" if seconds < FIRST_S else words.minutes(seconds)
