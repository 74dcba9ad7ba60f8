"""What stands large while nobody is at the counter: who is next, the longest wait, how many there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from broker.contract.messages import QueueEntry
from counter.desk.lists import queue_length
from counter.desk.state import DeskState
from counter.pages.words import LaneMark


@dataclass(frozen=True, slots=True)
class NextCard:
    """Whom the next call is for, as the queue stands now."""

    title: str
    number: str
    lane: LaneMark | None
    service: str
    waited: str


@dataclass(frozen=True, slots=True)
class FigureCard:
    """One figure that matters while the desk is free."""

    title: str
    figure: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RestCard:
    """The place of the visitor while there is none."""

    text: str
    next_up: NextCard | None
    figures: tuple[FigureCard, ...]


def rest_card(state: DeskState) -> RestCard:
    """Return what a free desk shows; one on a break has nobody next."""
    desk = state.desk
    first = desk.queue[0] if desk is not None and desk.queue and desk.state == "open" else None
    return RestCard(
        text=_text(state) if first is None else "",
        next_up=None if first is None else _next_card(first, state),
        figures=_figures(state) if desk is not None and queue_length(desk) else (),
    )


def _text(state: DeskState) -> str:
    if state.desk is None:
        return state.phrases.say("Waiting for the queue system.")
    if state.desk.state == "paused":
        return state.phrases.say("This counter is on a break.")
    if queue_length(state.desk):
        return state.phrases.say("Ready for the next visitor.")
    return state.phrases.say("Nobody is waiting for this counter.")


def _next_card(entry: QueueEntry, state: DeskState) -> NextCard:
    words = state.words
    return NextCard(
        title=state.phrases.say("Next"),
        number=entry.number,
        lane=words.lane(entry.lane),
        service=words.service(entry.service),
        waited=state.phrases.say("Waits for {duration}", duration=words.minutes(words.since(entry.waiting_since))),
    )


def _figures(state: DeskState) -> tuple[FigureCard, ...]:
    desk, words, phrases = state.desk, state.words, state.phrases
    if desk is None:
        return ()
    waiting = FigureCard(phrases.say("Waiting"), str(queue_length(desk)))
    longest = min(desk.queue, key=lambda entry: entry.waiting_since, default=None)
    if longest is None:
        return (waiting,)
    waited = words.minutes(words.since(longest.waiting_since))
    return FigureCard(phrases.say("Longest wait"), waited, longest.number), waiting
