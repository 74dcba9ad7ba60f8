"""One office day, played on the domain: its commands, its decisions, its hall. A heap of moments is the clock."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import decide
from broker.domain.errors import DomainError
from broker.domain.hall import Hall
from broker.domain.model import Promised, Ticket, TicketState
from broker.domain.queue.outcomes import Outcome
from broker.simulate.draw import DayDraw, Visitor, draw_day
from broker.simulate.plan import Plan

Moment = tuple[float, int, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Call:
    """One wait that ended: in whose lane, for which stage, and how long it was."""

    lane: str
    stage: str
    waited_s: float
    at_s: float
    """When it ended: seconds after midnight."""
    visitor: int
    """Whose it was: their place among those who came."""


@dataclass(slots=True)
class DayRecord:
    """What a day was like."""

    calls: list[Call] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    """What visitors were told with their number, and what came true."""
    unpromised: int = 0
    """Visitors who were told that no counter is open yet."""
    visitors: int = 0
    came_s: tuple[float, ...] = ()
    """By a visitor's place: when they came, in seconds after midnight."""
    refused: int = 0
    """Visitors who got no number: what the lane or the service gives a day was given, or it was closed."""
    busy_s: float = 0.0
    """Counter seconds from call to finish."""
    open_s: float = 0.0
    """Counter seconds from signing in to signing out."""


def play_day(plan: Plan, number: int) -> DayRecord:
    """Play working day `number` until the last visitor has left; the same plan and number give the same record."""
    return play_drawn(plan, number, draw_day(plan, number))


def play_drawn(plan: Plan, number: int, draw: DayDraw) -> DayRecord:
    """Play what a working day brings, whoever drew it: visitors in the order in which they come."""
    day = _Day(plan, number, draw)
    day.play()
    return day.record


class _Day:
    """The clock, who is where, and what was seen. All times are seconds after midnight."""

    def __init__(self, plan: Plan, number: int, draw: DayDraw) -> None:
        self.record = DayRecord()
        self._plan = plan
        self._number = number
        self._draw = draw
        self._midnight = dt.datetime.combine(plan.date(number), dt.time(), plan.office.zone)
        self._hall = Hall(plan.office)
        self._at_s = 0.0
        self._moments: list[Moment] = []
        self._order = itertools.count()
        self._visitors: dict[str, Visitor] = {}
        self._places: dict[str, int] = {}
        """By ticket: whose it is."""
        self._promised: dict[str, Promised] = {}
        """By ticket that has not been called yet."""
        self._officers = dict(zip(plan.office.counters, plan.office.officers, strict=False))
        self._there: set[str] = set()
        """Counters whose officer is there, or leaves after this visitor only."""
        self._open_since: dict[str, float] = {}
        """Counters that are signed in; who has been idle for longest comes first."""
        self._to_go = self.record.visitors = len(draw.visitors)
        self.record.came_s = tuple(visitor.at_s for visitor in draw.visitors)

    def play(self) -> None:
        """Run the day."""
        self._schedule_counters()
        for place, visitor in enumerate(self._draw.visitors):
            self._at(visitor.at_s, partial(self._come, place, visitor))
        while self._to_go:
            self._at_s, _, happen = heapq.heappop(self._moments)
            happen()
            self._call_idle()
        for counter in tuple(self._open_since):
            self._leave(counter)

    def _at(self, at_s: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._moments, (at_s, next(self._order), happen))

    def _ask(self, command: cmd.Command) -> list[ev.Event]:
        now = self._midnight + dt.timedelta(seconds=self._at_s)
        events = decide(self._hall, command, now)
        for event in events:
            apply(self._hall, event)
        return events

    # -- counters -------------------------------------------------------------------------------------------------

    def _schedule_counters(self) -> None:
        opens_s = self._plan.spans(self._number)[0][0]
        for counter, spans in self._draw.away.items():
            self._at(opens_s, partial(self._arrive, counter))
            for begins_s, ends_s in spans:
                self._at(begins_s, partial(self._depart, counter))
                self._at(ends_s, partial(self._arrive, counter))

    def _arrive(self, counter: str) -> None:
        self._there.add(counter)
        if counter not in self._open_since:
            self._ask(cmd.SignIn(counter, self._officers[counter], "", counter, pin_matches=True))
            self._open_since[counter] = self._at_s

    def _depart(self, counter: str) -> None:
        """Leave, or after the visitor who is there."""
        self._there.discard(counter)
        if self._hall.desks[counter].ticket is None:
            self._leave(counter)

    def _leave(self, counter: str) -> None:
        self._ask(cmd.Close(counter, counter))
        self.record.open_s += self._at_s - self._open_since.pop(counter)

    # -- visitors -------------------------------------------------------------------------------------------------

    def _come(self, place: int, visitor: Visitor) -> None:
        ticket = str(uuid.UUID(int=next(self._order)))
        self._visitors[ticket] = visitor
        self._places[ticket] = place
        try:
            events = self._ask(cmd.Issue(ticket, visitor.service, visitor.lane, None))
        except DomainError:
            self.record.refused += 1
            self._to_go -= 1
            return
        for issued in events:
            if isinstance(issued, ev.Issued) and issued.promised is not None:
                self._promised[ticket] = issued.promised
            else:
                self.record.unpromised += 1

    def _call_idle(self) -> None:
        """Let every officer who is free press "next"; who has been free for longest is the first."""
        for counter in tuple(self._open_since):
            if self._hall.desks[counter].ticket is None:
                self._call_next(counter)

    def _call_next(self, counter: str) -> None:
        if not self._ask(cmd.Next(counter, counter)):
            return
        ticket = self._hall.current(self._hall.desks[counter])
        if ticket is None:
            return
        waited_s = (self._midnight + dt.timedelta(seconds=self._at_s) - ticket.waiting_since).total_seconds()
        self.record.calls.append(Call(ticket.lane, ticket.stage, waited_s, self._at_s, self._places[ticket.id]))
        promised = self._promised.pop(ticket.id, None)
        if promised is not None:
            self.record.outcomes.append(Outcome(promised, ticket.lane, waited_s))
        self._ask(cmd.Start(counter, counter))
        takes_s = self._takes_s(counter, ticket)
        self.record.busy_s += takes_s
        self._at(self._at_s + takes_s, partial(self._finish, counter, ticket.id))

    def _takes_s(self, counter: str, ticket: Ticket) -> float:
        place = self._plan.office.services[ticket.service].stages.index(ticket.stage)
        return self._visitors[ticket.id].takes_s[place] * self._draw.pace[counter]

    def _finish(self, counter: str, ticket: str) -> None:
        self._ask(cmd.Finish(counter, counter))
        self._open_since[counter] = self._open_since.pop(counter)
        self._to_go -= self._hall.tickets[ticket].state is TicketState.FINISHED
        if counter not in self._there:
            self._leave(counter)
