"""The tickets as the journal tells them, from its first line on: what the table beside it has to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select
from sqlmodel import col

from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.hall import Hall
from broker.domain.model import DONE, Desk, Lane, Office, Ticket
from broker.domain.queue.pace import Pace
from broker.domain.vocabulary import Event
from broker.store.archived import FIRST, Beginning
from broker.store.tables import TicketRow, table_of

_TICKETS = table_of(TicketRow)
COMPARED = {
    **{name: name for name in ("day", "series", "state", "stage", "service", "lane", "counter", "language", "paper")},
    **{name: name for name in ("times_called", "copies")},
    "sequence": "number",
}
"""What an officer would act on, and how the table calls it.

Moments are not among them: those of the journal move with a clock that is set.
"""
AT_ONCE = 500
"""So many rows are asked for in one statement."""
ANY_S = 60
"""How long a stage takes, and a lane promises, changes no ticket."""


class Retelling:
    """Plays the journal again, whatever the office offers today, and finds what the table of tickets says otherwise.

    It is fed every line in order, and keeps the tickets of one day.
    """

    def __init__(
        self, connection: Connection, office: str, begun: Beginning = FIRST, *, carried: Collection[str] = ()
    ) -> None:
        """Begin before the first line, with an office that offers nothing: each line brings what it speaks of.

        Where lines before it were moved away, so were the tickets that were not done then: those that were `carried`.
        """
        self._connection = connection
        self._carried = carried
        self._lanes: dict[str, Lane] = {}
        self._stages: dict[str, int] = {}
        rules = Office(office, dt.UTC, (), {}, self._lanes, self._stages, {}, {})
        self.hall = _HallOfNumbers(rules)
        self.hall.seq = begun.seq
        self._left: dict[str, Ticket] = {}
        """Tickets that left the hall, and were not compared yet."""

    def hear(self, fact: Event) -> Iterator[tuple[Ticket, str]]:
        """Take one line in; yield the tickets that it lets go of which the table says otherwise, and what."""
        if getattr(fact, "ticket", None) in self._carried:
            self.hall.seq += 1
            return
        self._make_room(fact)
        before = dict(self.hall.tickets) if self._turns_day(fact) else {}
        apply(self.hall, fact)
        self._left.update((name, ticket) for name, ticket in before.items() if name not in self.hall.tickets)
        if len(self._left) >= AT_ONCE:
            yield from self._compare()

    def rest(self, *, goes_on: bool = False) -> Iterator[tuple[Ticket, str]]:
        """Yield the same of all that are left at the end; where it goes on elsewhere, of those that are done."""
        self._left |= {name: one for name, one in self.hall.tickets.items() if one.state in DONE or not goes_on}
        yield from self._compare()

    def _turns_day(self, fact: Event) -> bool:
        return isinstance(fact, ev.OfNumbers) and self.hall.day is not None and fact.day > self.hall.day

    def _make_room(self, fact: Event) -> None:
        """Let the office have what a line speaks of: the configuration may have dropped it long ago."""
        counter = getattr(fact, "counter", None)
        if counter is not None:
            self.hall.desks.setdefault(counter, Desk(counter))
            self.hall.touched.setdefault(counter, 0)
        if isinstance(fact, ev.Issued):
            self._lanes.setdefault(fact.lane, Lane(fact.lane, "", ANY_S))
        for stage in (getattr(fact, "stage", None), getattr(fact, "next_stage", None)):
            if stage is not None:
                self._stages.setdefault(stage, ANY_S)
                self.hall.paces.setdefault(stage, Pace(ANY_S))

    def _compare(self) -> Iterator[tuple[Ticket, str]]:
        names = list(self._left)
        for some in (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)):
            found = self._connection.execute(select(_TICKETS).where(col(TicketRow.id).in_(some)))
            rows = {row.id: row for row in found}
            for ticket in map(self._left.__getitem__, some):
                if ticket.id not in rows:
                    yield ticket, f"{_named(ticket)} is not in the table of tickets"
                    continue
                for name, column in COMPARED.items():
                    told, written = getattr(ticket, name), getattr(rows[ticket.id], column)
                    if told != written:
                        yield ticket, f"of {_named(ticket)} the table of tickets says {column} {written}, not {told}"
                        break
        self._left = {}


class _HallOfNumbers(Hall):
    """A hall whose day turns with the first number of a day alone: so nobody needs to know the office's time zone."""

    def day_of(self, now: dt.datetime) -> dt.date:  # noqa: ARG002 - that is the point
        """Return the day of the last number."""
        return dt.date.min if self.day is None else self.day


def _named(ticket: Ticket) -> str:
    return f"{ticket.number} of {ticket.day}"
