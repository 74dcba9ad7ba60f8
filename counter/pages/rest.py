"""What stands large while nobody is at the counter: who is next, the longest wait, how many there are. Pure.

Below it, for whom it is: alerts, complaints that must be answered, and the officer's own ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from broker.alert_words import alert_words
from broker.contract.messages import QueueEntry
from counter.desk.alerts import alert_shown, unseen_alerts
from counter.desk.lists import queue_length
from counter.desk.state import DeskState
from counter.pages.words import LaneMark, Notice

FEWEST = 5
"""Of fewer ratings an officer could tell who gave them."""
BEST = 4
_MOST_WEEKS = 6


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
class WeekBar:
    """One week of the trend: its mean, and how high it stands, 0 to 1."""

    day: str
    mean: str
    share: float
    is_now: bool


@dataclass(frozen=True, slots=True)
class OwnCard:
    """How visitors rated the officer who sits here; nobody else sees it."""

    title: str
    lines: tuple[str, ...]
    weeks: tuple[WeekBar, ...]


@dataclass(frozen=True, slots=True)
class RestCard:
    """The place of the visitor while there is none."""

    text: str
    next_up: NextCard | None
    figures: tuple[FigureCard, ...]
    complaints: Notice | None = None
    """What is raised or due, for those who see to it."""
    own: OwnCard | None = None


def rest_card(state: DeskState) -> RestCard:
    """Return what a free desk shows; one on a break has nobody next."""
    desk = state.desk
    first = desk.queue[0] if desk is not None and desk.queue and desk.state == "open" else None
    return RestCard(
        text=_text(state) if first is None else "",
        next_up=None if first is None else _next_card(first, state),
        figures=_figures(state) if desk is not None and queue_length(desk) else (),
        complaints=alerts_raised(state) or complaints_due(state),
        own=None if state.room.is_narrow else own_card(state),
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


def alerts_raised(state: DeskState) -> Notice | None:
    """Return what nobody sees to yet, for a supervisor: one by itself where it is short, else how many there are."""
    found, shown, phrases = unseen_alerts(state), alert_shown(state), state.phrases
    if not found:
        return None
    if shown is not None:
        return Notice("warn", phrases.say("{alert} V: I see to it", alert=alert_words(phrases, shown, state.office)))
    text = phrases.count("{n} alert stands on the staff's pages.", "{n} alerts stand on the staff's pages.", len(found))
    return Notice("warn", text)


def complaints_due(state: DeskState) -> Notice | None:
    """Return what of the complaints is overdue or nearly so, for a supervisor and whoever answers them."""
    told, phrases = state.complaints, state.phrases
    if told is None or not state.sees_complaints or not (told.overdue or told.due_soon):
        return None
    late = phrases.count("{n} complaint is overdue", "{n} complaints are overdue", told.overdue)
    soon = phrases.count("{n} is due within two working days", "{n} are due within two working days", told.due_soon)
    if told.overdue and told.due_soon:
        return Notice("warn", phrases.say("{late}, {soon}.", late=late, soon=soon))
    if told.overdue:
        return Notice("warn", f"{late}.")
    soon = phrases.count(
        "{n} complaint is due within two working days.",
        "{n} complaints are due within two working days.",
        told.due_soon,
    )
    return Notice("info", soon)


def own_card(state: DeskState) -> OwnCard | None:
    """Return the ratings of the officer who sits here, as figures and week by week; None where none are known."""
    known, phrases = state.ratings, state.phrases
    if known is None or not sum(known.month):
        return None
    lines = [
        phrases.say("Today: {rated}", rated=_rated(known.today, state)),
        phrases.say("This month: {rated}", rated=_rated(known.month, state)),
    ]
    told = [week for week in known.weeks if sum(week.counts) >= FEWEST][-_MOST_WEEKS:]
    weeks = tuple(
        WeekBar(
            day=format_skeleton("Md", week.begin, locale=phrases.worded_in),
            mean=_mean(week.counts, state),
            share=(_mean_of(week.counts) - 1) / (BEST - 1),
            is_now=place == len(told) - 1,
        )
        for place, week in enumerate(told)
    )
    return OwnCard(
        phrases.say("How visitors rated you: only you see this"), tuple(lines), weeks if len(weeks) > 1 else ()
    )


def _rated(counts: Sequence[int], state: DeskState) -> str:
    phrases, every = state.phrases, sum(counts)
    if every < FEWEST:
        return phrases.say("fewer than {n} ratings, too few to tell", n=FEWEST)
    return phrases.count(
        "{mean} of {best}, from {n} rating",
        "{mean} of {best}, from {n} ratings",
        every,
        mean=_mean(counts, state),
        best=BEST,
    )


def _mean_of(counts: Sequence[int]) -> float:
    return sum(score * count for score, count in enumerate(counts, 1)) / max(1, sum(counts))


def _mean(counts: Sequence[int], state: DeskState) -> str:
    return str(format_decimal(_mean_of(counts), "0.0", locale=state.phrases.worded_in))
