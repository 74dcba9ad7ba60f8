"""Which tickets are behind a figure: the rows that it is of, told with the ticket that each came of.

Facts of days have no tickets, and are kept for good. So the lines of the days that are looked at are folded once more,
by the same fold, which here notes of which ticket each row is. Which rows a figure is of, and what it says of each, is
said by the figure itself (`figures.each_row`): the list is as long as the figure's n, or says that it is not.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from broker.domain.vocabulary import Event
from broker.reports.facts import Count, DayFacts, Paper, Still, micros, moment
from broker.reports.figures import Dimension, Figure, History, Question, Value, each_row
from broker.reports.fold import DONE, FinishedDay, Fold

A_PAGE = 200
"""So many tickets are told at once."""
Order = Literal["time", "most", "least"]
"""By when it was, or by what the figure says of each: the largest or the smallest first."""
PLACE: tuple[Dimension, ...] = ("service", "lane", "stage", "counter")
"""What is told of a ticket. Not who served it: that is for its history, one at a time."""
ORDERS: tuple[Order, ...] = ("time", "most", "least")


class Origin(NamedTuple):
    """Of which ticket a row is, and when what it tells of happened; of who still waits, since when."""

    ticket: str
    at_us: int


@dataclass(frozen=True, slots=True)
class TracedDay(DayFacts):
    """The facts of a day, each row alone, and where each came from."""

    origins: Mapping[int, Origin] = field(default_factory=dict)
    """By the identity of the row."""


class TracingFold(Fold):
    """The fold of days, which notes of which ticket each row is: its days are `TracedDay`."""

    def hear(self, seq: int, client: str, event: Event) -> FinishedDay | None:
        """Take one line in; return the day before, where it is over with this line."""
        self._origin = Origin(getattr(event, "ticket", None) or "", micros(event.at))
        return super().hear(seq, client, event)

    def _clear(self) -> None:
        super()._clear()
        self._origins: dict[int, Origin] = {}

    def _next_row(self) -> int:
        place = super()._next_row()
        self._origins[place] = self._origin
        return place

    def _facts(self, until_us: int) -> TracedDay:
        plain = super()._facts(until_us)
        counts = tuple(Count._make((*key, 1)) for key in self._counts.values())
        papers = tuple(Paper._make((*key, 1)) for key in self._papers.values())
        tables: tuple[tuple[Iterable[int], Sequence[tuple[Any, ...]]], ...] = (
            (self._counts, counts),
            (self._waits, plain.waits),
            (self._visits, plain.visits),
            (self._papers, papers),
        )
        origins = {
            id(row): Origin(origin.ticket, min(origin.at_us, until_us))  # what a day's end closes is of that day
            for places, rows in tables
            for place, row in zip(places, rows, strict=True)
            for origin in (self._origins[place],)
        }
        not_done = (name for name, ticket in self._tickets.items() if ticket.state not in DONE)
        origins |= {id(row): Origin(name, row.since_us) for name, row in zip(not_done, plain.still, strict=True)}
        told = {one.name: getattr(plain, one.name) for one in fields(DayFacts)} | {"counts": counts, "papers": papers}
        return TracedDay(**told, origins=origins)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row that a figure is of. A ticket stands there as often as it counts."""

    ticket: str
    day: dt.date
    at: dt.datetime
    value: Value
    """What the figure says of this row alone."""
    place: Mapping[Dimension, str]
    """Service, lane, stage and counter, as far as the row knows them."""
    is_waiting: bool
    """It still waits; `at` is since when."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose tickets are asked for."""

    figure: Figure
    question: Question
    order: Order = "time"
    page: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the tickets behind a figure."""

    asked: Asked
    pages: int
    rows: tuple[Listed, ...]
    untold: int = 0
    """So many of this page are not told: the journal of their days is not here, or tells otherwise than it did."""


def orders_of(figure: Figure) -> tuple[Order, ...]:
    """Return in which orders its tickets can be seen, the first one where nobody chose: what is worst comes first."""
    match figure.unit:
        case "min":
            return "most", "least", "time"
        case "%":
            return "least", "most", "time"
        case _:
            return ("time",)


def listing(
    history: History,
    asked: Asked,
    traced: Callable[[Sequence[DayFacts]], Sequence[TracedDay]],
    *,
    a_page: int | None = A_PAGE,
) -> Listing:
    """Return a page of the tickets behind a figure. `traced` gives the days that it is of, read from the journal.

    It reads each up to the line to which its facts go: others may have come in between. Which days these are is known
    before: the facts of days say how many rows each has, and in which order.
    """
    places = _places(history, asked)
    size = max(1, len(places)) if a_page is None else a_page
    parts = _parts(places, asked.page * size, size)
    wanted = [facts for facts in history.days if facts.day in parts]
    found, of_day = _told(history, asked, traced(wanted)), Tally(places)
    same = {day: rows for day, rows in found.items() if len(rows) == of_day[day]}
    rows = [row for day, (begin, end) in parts.items() for row in same.get(day, ())[begin:end]]
    return Listing(
        asked=asked,
        pages=-(-len(places) // size),
        rows=tuple(sorted(rows, key=_sorting(asked.order))),
        untold=sum(end - begin for begin, end in parts.values()) - len(rows),
    )


def _places(history: History, asked: Asked) -> list[dt.date]:
    """Return of which day each row is, in the order that is asked for."""
    question = asked.question
    key = asked.figure.id, asked.order, question.first, question.last, tuple(sorted(question.only.items()))
    if key not in history.places:
        history.places.clear()
        history.places[key] = _placed(history, asked)
    return history.places[key]


def _placed(history: History, asked: Asked) -> list[dt.date]:
    days = {id(row): facts.day for facts in history.days for row in facts.still}  # else of the question's last day
    found = [
        (value.value if asked.order != "time" else 0, days.get(id(row), day))
        for day, row, value in each_row(history, asked.question, asked.figure)
        for _ in range(value.n)
    ]
    sign = -1 if asked.order == "most" else 1
    return [day for _, day in sorted(found, key=lambda one: (sign * (one[0] or 0), one[1]))]


def _parts(places: Sequence[dt.date], first: int, size: int) -> dict[dt.date, tuple[int, int]]:
    """Return which of its rows each day has on a page: days stand in order within the same value, so it is one part."""
    before, here = Tally(places[:first]), Tally(places[first : first + size])
    return {day: (before[day], before[day] + n) for day, n in sorted(here.items())}


def _told(history: History, asked: Asked, traced: Sequence[TracedDay]) -> dict[dt.date, list[Listed]]:
    """Return by day its rows in the order that is asked for; none of a day of which the journal tells otherwise."""
    known = {facts.day: facts for facts in history.days}
    lines_of = attrgetter("first_seq", "last_seq")
    whole = {day.day: day for day in traced if lines_of(day) == lines_of(known[day.day])}
    origins = {row: (facts.day, origin) for facts in whole.values() for row, origin in facts.origins.items()}
    days = (whole.get(facts.day, _without_rows(facts)) for facts in history.days)
    found: dict[dt.date, list[Listed]] = {}
    for _, row, value in each_row(History(history.zone, history.now, tuple(days)), asked.question, asked.figure):
        if id(row) in origins:
            day, (ticket, at_us) = origins[id(row)]
            place = {name: said for name in PLACE if (said := getattr(row, name, None)) is not None}
            at = moment(at_us).astimezone(history.zone)
            found.setdefault(day, []).append(Listed(ticket, day, at, value, place, isinstance(row, Still)))
    for rows in found.values():
        rows.sort(key=_sorting(asked.order))
    return found


def _without_rows(facts: DayFacts) -> DayFacts:
    """Return when a day was, and nothing of what it came to."""
    return DayFacts(facts.day, facts.first_seq, facts.last_seq, facts.until_us)


def _sorting(order: Order) -> Callable[[Listed], tuple[Any, ...]]:
    sign = {"time": 0, "most": -1, "least": 1}[order]
    return lambda one: (sign * (one.value.value or 0), one.day, one.at, one.ticket)
