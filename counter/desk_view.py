"""The picture of a signed-in officer's window: the ticket, why it was next, what waits. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker.contract.messages import (
    CounterInfo,
    CounterMessage,
    CounterState,
    HallMessage,
    QueueEntry,
    Reason,
    Ticket,
)
from broker.language import mark, own_name
from counter.actions import BUTTONS, ActionView, action_view, key_name, label
from counter.keymap import Intent
from counter.scene import LaneView, NoticeView, Scene, Tone, Words

QUEUE_ROWS = 5

STATES: dict[CounterState, str] = {
    "closed": mark("Closed"),
    "open": mark("Ready"),
    "paused": mark("On a break"),
    "calling": mark("Calling"),
    "serving": mark("Serving"),
}
TONES: dict[CounterState, Tone] = {
    "closed": "info",
    "open": "good",
    "paused": "warn",
    "calling": "info",
    "serving": "good",
}


@dataclass(frozen=True, slots=True)
class TicketView:
    """The visitor at this counter."""

    number: str
    lane: LaneView | None
    service: str
    stage: str
    language: str
    waited: str
    called: str
    timer: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why this number was next."""

    title: str
    text: str
    passed_over: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One ticket that this counter could call."""

    number: str
    lane: LaneView | None
    service: str
    waited: str
    share: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """How many of one service wait, lane by lane in the office's order."""

    letter: str
    service: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskView:
    """All that stands in the window of a signed-in officer."""

    counter: str
    officer: str
    state: str
    state_tone: Tone
    link: str
    live: bool
    language: ActionView
    sign_out: ActionView
    question: str
    confirm: ActionView
    cancel: ActionView
    notice: NoticeView | None
    ticket: TicketView | None
    resting: str
    reason: ReasonView | None
    actions: tuple[ActionView, ...]
    queue_title: str
    queue: tuple[QueueRow, ...]
    more: str
    waiting_title: str
    lanes: tuple[LaneView, ...]
    waiting: tuple[WaitingRow, ...]
    today: str


def desk_view(scene: Scene) -> DeskView:
    """Return the whole window."""
    desk, words, phrases = scene.desk, scene.words, scene.phrases
    ticket = desk.ticket if desk else None
    state: CounterState = desk.state if desk else "closed"
    queue = desk.queue if desk else ()
    waiting = max(desk.queue_length, len(queue)) if desk else 0
    more = waiting - min(len(queue), QUEUE_ROWS)
    return DeskView(
        counter=scene.title,
        officer=(desk.officer or "") if desk else "",
        state=phrases.say(STATES[state]),
        state_tone=TONES[state],
        link=scene.link,
        live=scene.stale_since is None,
        language=scene.language_button,
        sign_out=_button(Intent.SIGN_OUT, scene),
        question=phrases.say("Sign out and close this counter?") if scene.asks_sign_out else "",
        confirm=_answer(Intent.CONFIRM, scene),
        cancel=_answer(Intent.CANCEL, scene),
        notice=scene.notice,
        ticket=ticket_view(ticket, desk.reason if desk else None, words) if ticket else None,
        resting=_resting(scene, waiting),
        reason=reason_view(desk.reason, ticket, words) if desk and desk.reason and ticket else None,
        actions=tuple(_button(intent, scene) for intent in BUTTONS),
        queue_title=phrases.count("{n} waiting for this counter", "{n} waiting for this counter", waiting),
        queue=tuple(queue_row(entry, words) for entry in queue[:QUEUE_ROWS]),
        more=phrases.count("and {n} more", "and {n} more", more) if more > 0 else "",
        waiting_title=phrases.say("By service and lane"),
        lanes=words.lanes(),
        waiting=waiting_rows(scene.hall, scene.info, words),
        today=today_text(desk, words) if desk else "",
    )


def _button(intent: Intent, scene: Scene) -> ActionView:
    return action_view(intent, scene.desk, online=scene.online, busy=scene.busy, phrases=scene.phrases)


def _answer(intent: Intent, scene: Scene) -> ActionView:
    words = scene.phrases
    return ActionView(intent, label(intent, None, words), key_name(intent, words), enabled=scene.busy is None)


def _resting(scene: Scene, waiting: int) -> str:
    if scene.desk is None:
        return scene.phrases.say("Waiting for the queue system.")
    if scene.desk.state == "paused":
        return scene.phrases.say("This counter is on a break.")
    if waiting:
        return scene.phrases.say("Ready for the next visitor.")
    return scene.phrases.say("Nobody is waiting for this counter.")


def ticket_view(ticket: Ticket, reason: Reason | None, words: Words) -> TicketView:
    """Return the visitor at the counter; the wait is the one until the call."""
    phrases = words.phrases
    called_at = _last(ticket, "called")
    waited_s = reason.waited_s if reason else ((called_at or words.now) - ticket.waiting_since).total_seconds()
    return TicketView(
        number=ticket.number,
        lane=words.lane(ticket.lane),
        service=words.service(ticket.service),
        stage=words.stage(ticket.stage),
        language=own_name(ticket.language),
        waited=phrases.say("Waited {duration}", duration=words.minutes(waited_s)),
        called=phrases.count("called once", "called {n} times", max(1, ticket.times_called)),
        timer=_timer(ticket, words),
    )


def reason_view(reason: Reason, ticket: Ticket, words: Words) -> ReasonView:
    """Return why this number was next; "largest share" only where that is so."""
    values = {
        "waited": words.minutes(reason.waited_s),
        "promised": words.minutes(reason.promised_s),
        "share": share(reason.score),
    }
    text = words.phrases.say("Waited {waited} of the promised {promised}: {share} of it.", **values)
    largest = all(other.score <= reason.score for other in reason.passed_over)
    if reason.policy == "promise" and largest:
        text += " " + words.phrases.say("Nobody else who waits for this counter has used a larger share.")
    passed = ", ".join(f"{other.number} ({share(other.score)})" for other in reason.passed_over[:3])
    if len(reason.passed_over) > 3:  # noqa: PLR2004 - what one line holds
        passed += " \N{HORIZONTAL ELLIPSIS}"
    return ReasonView(
        title=words.phrases.say("Why {number}?", number=ticket.number),
        text=text,
        passed_over=words.phrases.say("Came earlier and wait on: {numbers}", numbers=passed) if passed else "",
    )


def queue_row(entry: QueueEntry, words: Words) -> QueueRow:
    """Return one line of what this counter could call."""
    return QueueRow(
        number=entry.number,
        lane=words.lane(entry.lane),
        service=words.service(entry.service),
        waited=words.minutes(words.since(entry.waiting_since)),
        share=share(entry.score),
    )


def waiting_rows(hall: HallMessage | None, counter: CounterInfo | None, words: Words) -> tuple[WaitingRow, ...]:
    """Return what waits for this counter's stages, a service a line, a lane a column."""
    if words.office is None or hall is None or counter is None:
        return ()
    counts: dict[tuple[str, str], int] = {}
    for group in hall.waiting:
        if _serves(counter, group.stage, group.service, group.lane):
            key = (group.service, group.lane)
            counts[key] = counts.get(key, 0) + group.count
    lanes = [lane.id for lane in words.office.lanes]
    return tuple(
        WaitingRow(
            letter=service.letter,
            service=words.service(service.id),
            counts=tuple(str(counts.get((service.id, lane), 0) or "\N{EN DASH}") for lane in lanes),
        )
        for service in words.office.services
        if any(counts.get((service.id, lane)) for lane in lanes)
    )


def today_text(desk: CounterMessage, words: Words) -> str:
    """Return the officer's own figures of the day."""
    served = words.phrases.count("{n} served today", "{n} served today", desk.today.served)
    if desk.today.mean_service_s is None:
        return served
    mean = words.phrases.say("on average {duration}", duration=words.minutes(desk.today.mean_service_s))
    return f"{served}, {mean}"


def share(score: float) -> str:
    """Return a waited share of the promise in per cent."""
    return f"{round(score * 100)}\N{NO-BREAK SPACE}%"


def _serves(counter: CounterInfo, stage: str, service: str, lane: str) -> bool:
    return (
        stage in counter.stages
        and (counter.services is None or service in counter.services)
        and (counter.lanes is None or lane in counter.lanes)
    )


def _last(ticket: Ticket, kind: str) -> dt.datetime | None:
    return next((entry.at for entry in reversed(ticket.history) if entry.type == kind), None)


def _timer(ticket: Ticket, words: Words) -> str:
    started = _last(ticket, "started") if ticket.state == "serving" else None
    called = _last(ticket, "recalled") or _last(ticket, "called")
    if started is not None:
        return words.phrases.say("Serving for {time}", time=_clock(words.since(started)))
    if called is not None:
        return words.phrases.say("Called {time} ago", time=_clock(words.since(called)))
    return ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
