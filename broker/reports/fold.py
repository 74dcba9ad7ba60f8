"""From the journal to the facts of office days: every line belongs to one day, and what was undone is not counted.

It sees the journal alone, neither the configuration nor a clock: the same lines always give the same facts. A day is
over with the first line of the next; what then is not done, and what is known of lanes, goes on (`Carry`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter as Tally
from collections.abc import Iterator
from copy import copy
from dataclasses import asdict, dataclass, field
from typing import Any

from broker.contract.topics import ENGINE_CLIENT
from broker.domain import events as ev
from broker.domain.decide import END_OF_DAY
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.vocabulary import Event
from broker.ports import ClosedDay
from broker.reports.facts import (
    HALF_HOURS,
    VERSION,
    ClockChange,
    Count,
    DayFacts,
    DeskTime,
    Kind,
    Paper,
    Still,
    Visit,
    Wait,
    digest_of,
    micros,
    midnight_us,
    moment,
    text_of,
)

AT_DESK = frozenset({"called", "serving"})
DONE = frozenset({"finished", "no_show", "cancelled"})
_HALF_HOUR_US = 1_800_000_000
_AtDesk = ev.Called | ev.Started | ev.Finished | ev.NoShow | ev.Held | ev.Unheld | ev.Transferred
"""What a counter may take back."""


@dataclass(slots=True)
class TicketSoFar:
    """What is known of one ticket."""

    service: str
    lane: str
    stage: str
    state: str
    since_us: int
    """From when it waits, or waited last."""
    is_first: bool = True
    """It was never called."""
    low_s: int | None = None
    high_s: int | None = None
    taken_us: int = 0
    """Since when a counter has it."""
    there_us: int | None = None
    """When the officer said that the visitor is there."""


@dataclass(slots=True)
class DeskSoFar:
    """What is known of one counter."""

    officer: str | None = None
    paused: bool = False
    ticket: str | None = None
    acted_us: int = 0
    """When something was last done there."""
    changes: list[tuple[int, str | None, str]] = field(default_factory=list)
    """From when on whose counter was in which state, since the day began; without an officer it is closed."""

    @property
    def does(self) -> str:
        """Return in which state it is."""
        return "closed" if self.officer is None else "busy" if self.ticket else "paused" if self.paused else "idle"

    def note(self, at_us: int) -> None:
        """Keep from when on it is as it is."""
        now = self.officer, self.does
        if (self.changes[-1][1:] if self.changes else (None, "closed")) != now:
            self.changes.append((at_us, *now))


@dataclass(slots=True)
class _Undoable:
    """The last action of a counter: how it was before, and the rows that came of it."""

    action: str
    ticket: str
    before: TicketSoFar
    officer: str | None
    paused: bool
    desk_ticket: str | None
    changes: int
    rows: list[tuple[dict[int, Any], int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Carry:
    """What goes on after a day."""

    day: dt.date | None = None
    """The office day that is over."""
    ahead_days: int = 0
    """So many days the date on the wall is ahead of the office day; below 0, since a clock was set."""
    last_seq: int = 0
    until_us: int = 0
    tickets: dict[str, TicketSoFar] = field(default_factory=dict)
    desks: dict[str, DeskSoFar] = field(default_factory=dict)
    promised_s: dict[str, int] = field(default_factory=dict)
    """By lane: what it promised at its last call."""

    def text(self) -> str:
        """Return it as text; without a name of anybody, but with the ids of tickets that are not done."""
        plain = asdict(self)
        plain["day"] = None if self.day is None else self.day.isoformat()
        return json.dumps({"version": VERSION, **plain}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def carry_of(text: str) -> Carry:
    """Return what `Carry.text` said."""
    plain = json.loads(text)
    if plain.pop("version") != VERSION:
        message = f"what goes on after a day is of another version than {VERSION}"
        raise ValueError(message)
    day = plain.pop("day")
    tickets = {name: TicketSoFar(**one) for name, one in plain.pop("tickets").items()}
    desks = {
        name: DeskSoFar(**{**one, "changes": [tuple(change) for change in one["changes"]]})
        for name, one in plain.pop("desks").items()
    }
    return Carry(day=None if day is None else dt.date.fromisoformat(day), tickets=tickets, desks=desks, **plain)


@dataclass(frozen=True, slots=True)
class FinishedDay:
    """A day that is over, and what goes on after it."""

    facts: DayFacts
    carry: Carry


def closed_day(ended: FinishedDay) -> ClosedDay:
    """Return a day that is over as it is kept."""
    facts, carry = text_of(ended.facts), ended.carry.text()
    lines = ended.facts.last_seq - ended.facts.first_seq + 1
    return ClosedDay(ended.facts.day, lines, digest_of(facts, carry), facts, carry)


class Fold:
    """Takes the lines of a journal in order; each call of `hear` may end a day."""

    def __init__(self, zone: dt.tzinfo, carry: Carry | None = None) -> None:
        """Begin before the first line, or after what was carried."""
        carry = Carry() if carry is None else carry
        self._zone = zone
        self.last_seq = carry.last_seq
        """The last line that was heard."""
        self.day: dt.date | None = None
        """The office day whose facts are gathered; None before its first line."""
        self._hall_day, self._ahead = carry.day, dt.timedelta(days=carry.ahead_days)
        self._tickets = {name: copy(ticket) for name, ticket in carry.tickets.items()}
        self._desks = {
            name: DeskSoFar(d.officer, d.paused, d.ticket, d.acted_us, list(d.changes))
            for name, d in carry.desks.items()
        }
        self._promised_s = dict(carry.promised_s)
        self._begun_us = carry.until_us
        self._last_us = carry.until_us
        self._first_seq = 0
        self._row = 0
        self._undoable: dict[str, list[_Undoable]] = {}
        self._undoable_of_staff: dict[str, _Undoable] = {}
        """By officer: the last ticket that was sent elsewhere or closed without a counter."""
        self._clear()

    def hear(self, seq: int, client: str, event: Event) -> FinishedDay | None:
        """Take one line in; return the day before, where it is over with this line."""
        self.last_seq, before = seq, self.last_seq
        if isinstance(event, FeedbackEvent | ev.DayClosed | ev.Archived | ev.AlertEvent):
            return None  # beside the hall: they are of no day, and begin none
        self._follow_days(event)
        ended = None
        if self.day is not None and self._hall_day != self.day and not _is_end_of_day(event, client):
            ended = self._end_day(before, self._end_us(micros(event.at)))
        if self.day is None:
            self.day, self._first_seq = self._hall_day, seq
        at_us = micros(event.at)
        if _is_end_of_day(event, client):
            at_us = self._end_us(at_us)
        else:
            self._last_us = at_us if isinstance(event, ev.ClockSet) else max(self._last_us, at_us)
        self._happen(event, at_us, client)
        counter = getattr(event, "counter", None)
        is_act = not isinstance(event, ev.CounterAsked) and not (
            isinstance(event, ev.Closed) and event.reason == END_OF_DAY
        )
        if counter is not None and is_act:
            self._desk(counter).acted_us = at_us
        return ended

    def running(self, now: dt.datetime) -> DayFacts | None:
        """Return the facts of the day that is not over, as far as it has come; None where nothing happened since."""
        return None if self.day is None else self._facts(self._end_us(micros(now)))

    # -- days -----------------------------------------------------------------------------------------------------

    def _follow_days(self, event: ev.Event) -> None:
        """Let the office day turn as the hall lets it (`Hall.day_of`): a clock that is set begins and ends none."""
        date = event.at.astimezone(self._zone).date()
        if isinstance(event, ev.ClockSet):
            if event.day is not None:
                self._hall_day, self._ahead = event.day, date - event.day
            return
        day = event.day if isinstance(event, ev.OfNumbers) else self._day_of(date)
        if self._hall_day is None or day > self._hall_day:
            self._hall_day, self._ahead = day, min(date - day, dt.timedelta())

    def _day_of(self, date: dt.date) -> dt.date:
        if self._hall_day is None:
            return date
        day = date - self._ahead
        return self._hall_day if day <= self._hall_day else max(day, date)

    def _end_us(self, at_us: int) -> int:
        """Return when the day ends of which something came last: the midnight after it, or before what comes next."""
        last = moment(self._last_us).astimezone(self._zone).date()
        return max(self._last_us, min(midnight_us(last + dt.timedelta(days=1), self._zone), at_us))

    def _end_day(self, last_seq: int, until_us: int) -> FinishedDay:
        self.last_seq, last = last_seq, self.last_seq
        facts = self._facts(until_us)
        self._tickets = {name: ticket for name, ticket in self._tickets.items() if ticket.state not in DONE}
        for desk in self._desks.values():
            desk.changes = [] if desk.officer is None else [(until_us, desk.officer, desk.does)]
        self._desks = {name: desk for name, desk in self._desks.items() if desk.officer is not None or desk.ticket}
        carry = Carry(
            day=self._hall_day if self.day is None else self.day,
            ahead_days=self._ahead.days,
            last_seq=last_seq,
            until_us=until_us,
            tickets={name: copy(ticket) for name, ticket in self._tickets.items()},
            desks={
                name: DeskSoFar(d.officer, d.paused, d.ticket, d.acted_us, list(d.changes))
                for name, d in self._desks.items()
            },
            promised_s=dict(self._promised_s),
        )
        self.last_seq = last
        self.day, self._begun_us, self._last_us = None, until_us, until_us
        self._clear()
        return FinishedDay(facts, carry)

    def _clear(self) -> None:
        self._undoable.clear()
        self._undoable_of_staff.clear()
        self._counts: dict[int, tuple[Any, ...]] = {}
        self._waits: dict[int, Wait] = {}
        self._visits: dict[int, Visit] = {}
        self._papers: dict[int, tuple[Any, ...]] = {}
        self._clocks: list[ClockChange] = []

    def _facts(self, until_us: int) -> DayFacts:
        assert self.day is not None  # noqa: S101 - whoever asks has looked
        return DayFacts(
            day=self.day,
            first_seq=self._first_seq,
            last_seq=self.last_seq,
            until_us=until_us,
            counts=tuple(Count._make((*key, n)) for key, n in Tally(self._counts.values()).items()),
            waits=tuple(self._waits.values()),
            visits=tuple(self._visits.values()),
            desks=tuple(self._desk_times(until_us)),
            papers=tuple(Paper._make((*key, n)) for key, n in Tally(self._papers.values()).items()),
            still=tuple(
                Still(t.state, t.service, t.lane, t.stage, t.since_us, int(t.is_first), self._promised_s.get(t.lane))
                for t in self._tickets.values()
                if t.state not in DONE
            ),
            clocks=tuple(self._clocks),
        )

    def _desk_times(self, until_us: int) -> Iterator[DeskTime]:
        found: Tally[tuple[int, str, str, str]] = Tally()
        for counter, desk in self._desks.items():
            if not desk.changes:
                continue
            ends = [at_us for at_us, _, _ in desk.changes[1:]] + [until_us]
            for (begin_us, officer, does), end_us in zip(desk.changes, ends, strict=True):
                if officer is not None:
                    for half_hour, us in _by_half_hours(begin_us, end_us, self._zone):
                        found[half_hour, counter, officer, does] += us
        for (half_hour, counter, officer, does), us in found.items():
            yield DeskTime(half_hour, counter, officer, does, us)

    # -- what happens ---------------------------------------------------------------------------------------------

    def _happen(self, event: ev.Event, at_us: int, client: str) -> None:  # noqa: C901, PLR0912 - one an event
        match event:
            case ev.Issued():
                self._issued(event, at_us)
            case ev.Printed() | ev.Reprinted():
                self._paper(event, client)
            case ev.Transferred(counter=None, by=str() as by) | ev.Cancelled(by=str() as by):
                if event.ticket in self._tickets:
                    self._by_staff(event, by, at_us, client)
            case ev.Called() | ev.Started() | ev.Finished() | ev.NoShow() | ev.Held() | ev.Unheld() | ev.Transferred():
                if event.ticket in self._tickets:
                    self._at_desk(event, event.counter or "", at_us)
            case ev.StaffUndone():
                self._staff_undone(event)
            case ev.Rejoined():
                if (ticket := self._tickets.get(event.ticket)) is not None:
                    self._count("rejoined", ticket, event.at)
                    ticket.state, ticket.since_us = "waiting", at_us
            case ev.Cancelled():
                if event.ticket in self._tickets:
                    self._cancelled(event, at_us, client)
            case ev.Undone():
                self._undone(event)
            case ev.Opened() | ev.Closed() | ev.Paused() | ev.Resumed():
                self._sitting(event, at_us)
            case ev.ClockSet():
                self._clock_set(event, at_us)
            case _:
                pass  # help, PINs, configuration: no figure is made of them

    def _issued(self, event: ev.Issued, at_us: int) -> None:
        told, came_at = event.promised, event.arrived_at or event.at
        ticket = TicketSoFar(event.service, event.lane, event.stage, "waiting", min(at_us, micros(came_at)))
        self._tickets[event.ticket] = ticket
        self._count("arrival", ticket, came_at)
        if told is not None:
            ticket.low_s, ticket.high_s = told.low_s, told.high_s
            self._count("told", ticket, event.at)

    def _paper(self, event: ev.Printed | ev.Reprinted, client: str) -> None:
        ticket = self._tickets.get(event.ticket)
        if ticket is None:
            return
        outcome, reason = (event.outcome, event.reason) if isinstance(event, ev.Printed) else ("asked", None)
        self._papers[self._next_row()] = (
            half_hour_of(event.at.astimezone(self._zone)),
            ticket.service,
            ticket.lane,
            client,
            outcome,
            reason,
        )

    def _at_desk(self, event: _AtDesk, counter: str, at_us: int) -> None:
        """Do what the counter did, and remember how it was before, as the hall does (`apply._with_undo`)."""
        ticket, desk = self._tickets[event.ticket], self._desk(counter)
        undo = _before(event, ticket, desk)
        is_a_colleagues = ticket.state in AT_DESK and desk.ticket != event.ticket
        earlier = self._undoable.get(counter, [])
        self._do_at_desk(event, ticket, desk, at_us, undo)
        if is_a_colleagues:
            self._undoable.pop(counter, None)
            return
        follows = undo.action == "called" and earlier and earlier[-1].action == "finished"
        self._undoable[counter] = [earlier[-1], undo] if follows else [undo]

    def _by_staff(self, event: ev.Transferred | ev.Cancelled, by: str, at_us: int, client: str) -> None:
        """Do what somebody of the staff did without a counter, and remember how it was before."""
        ticket = self._tickets[event.ticket]
        desk = next((desk for desk in self._desks.values() if desk.ticket == event.ticket), None)
        undo = self._undoable_of_staff[by] = _before(event, ticket, desk or DeskSoFar())
        if isinstance(event, ev.Transferred):
            self._transferred(event, ticket, at_us, undo)
        else:
            self._cancelled(event, at_us, client, undo)

    def _staff_undone(self, event: ev.StaffUndone) -> None:
        """Put back what somebody of the staff did last; a call goes back as its counter would take it."""
        ticket, counter = event.ticket, event.counter
        if ticket is None:
            return
        if event.act == "staff_call" and counter is not None:
            self._undone(ev.Undone(at=event.at, ticket=ticket, counter=counter, action="called", note=None))
            return
        undo = self._undoable_of_staff.pop(event.by, None)
        if undo is not None and undo.ticket == ticket:
            self._put_back(undo, DeskSoFar() if counter is None else self._desk(counter))

    def _do_at_desk(self, event: _AtDesk, ticket: TicketSoFar, desk: DeskSoFar, at_us: int, undo: _Undoable) -> None:
        match event:
            case ev.Called():
                self._called(event, ticket, desk, at_us, undo)
            case ev.Started():
                ticket.state, ticket.there_us = "serving", at_us
            case ev.Unheld():
                ticket.state, ticket.taken_us, ticket.there_us = "serving", at_us, None
                desk.ticket = event.ticket
                desk.note(at_us)
            case ev.Transferred():
                self._transferred(event, ticket, at_us, undo)
            case ev.Finished():
                self._leave(event, ticket, at_us, "finished", undo)
                if event.next_stage is None:
                    self._count("served", ticket, event.at, event.counter, desk.officer, undo)
                    ticket.state = "finished"
                else:
                    ticket.state, ticket.stage, ticket.since_us = "waiting", event.next_stage, at_us
            case ev.NoShow():
                self._leave(event, ticket, at_us, "no_show", undo)
                self._count("no_show", ticket, event.at, event.counter, desk.officer, undo)
                ticket.state = "no_show"
            case ev.Held():
                self._leave(event, ticket, at_us, "held", undo)
                ticket.state = "held"

    def _called(self, event: ev.Called, ticket: TicketSoFar, desk: DeskSoFar, at_us: int, undo: _Undoable) -> None:
        self._promised_s[ticket.lane] = event.reason.promised_s
        wait = self._wait(ticket, event.at, at_us, event.reason.promised_s, event.counter, event.officer or None)
        self._keep(self._waits, wait, undo)
        ticket.state, ticket.is_first, ticket.low_s, ticket.high_s = "called", False, None, None
        ticket.taken_us, ticket.there_us = at_us, None
        desk.ticket = event.ticket
        desk.note(at_us)

    def _wait(  # noqa: PLR0917 - the columns of a wait
        self,
        ticket: TicketSoFar,
        at: dt.datetime,
        at_us: int,
        promised_s: int | None,
        counter: str | None = None,
        officer: str | None = None,
    ) -> Wait:
        return Wait(
            half_hour=half_hour_of(at.astimezone(self._zone)),
            service=ticket.service,
            lane=ticket.lane,
            stage=ticket.stage,
            counter=counter,
            officer=officer,
            waited_us=max(0, at_us - ticket.since_us),
            is_first=int(ticket.is_first),
            promised_s=promised_s,
            low_s=ticket.low_s if counter is not None else None,
            high_s=ticket.high_s if counter is not None else None,
        )

    def _transferred(self, event: ev.Transferred, ticket: TicketSoFar, at_us: int, undo: _Undoable) -> None:
        """Send a ticket elsewhere; who waits already goes on waiting since the same moment."""
        counter, officer = self._leave(event, ticket, at_us, "transferred", undo)
        if counter is None:
            counter = event.counter or None
            officer = None if counter is None else self._desk(counter).officer
        self._count("transferred", ticket, event.at, counter, officer, undo)
        if ticket.state != "waiting":
            ticket.since_us = at_us
        ticket.state, ticket.service, ticket.stage = "waiting", event.service, event.stage

    def _cancelled(self, event: ev.Cancelled, at_us: int, client: str, undo: _Undoable | None = None) -> None:
        """Close a ticket. Whoever gave up has waited until then; when those went whom a day's end closes is unknown."""
        ticket = self._tickets[event.ticket]
        is_left = _is_end_of_day(event, client)
        counter, officer = self._leave(event, ticket, at_us, None if is_left else "cancelled", undo)
        if counter is None and event.counter:
            counter, officer = event.counter, self._desk(event.counter).officer
        if ticket.state == "waiting" and not is_left:
            wait = self._wait(ticket, event.at, at_us, self._promised_s.get(ticket.lane))
            self._keep(self._waits, wait, undo)
        self._count("left" if is_left else "cancelled", ticket, None if is_left else event.at, counter, officer, undo)
        ticket.state = "cancelled"

    def _leave(
        self,
        event: ev.Finished | ev.NoShow | ev.Held | ev.Transferred | ev.Cancelled,
        ticket: TicketSoFar,
        at_us: int,
        end: str | None,
        undo: _Undoable | None,
    ) -> tuple[str | None, str | None]:
        """End the visit where a counter has the ticket, whoever took it from there; return counter and officer.

        Without an `end` nobody knows how long it was.
        """
        where = next((name for name, desk in self._desks.items() if desk.ticket == event.ticket), None)
        if where is None:
            return None, None
        desk = self._desks[where]
        if end is not None:
            visit = Visit(
                half_hour=half_hour_of(event.at.astimezone(self._zone)),
                service=ticket.service,
                lane=ticket.lane,
                stage=ticket.stage,
                counter=where,
                officer=desk.officer,
                taken_us=max(0, at_us - ticket.taken_us),
                way_us=None if ticket.there_us is None else max(0, ticket.there_us - ticket.taken_us),
                end=end,
            )
            self._keep(self._visits, visit, undo)
        desk.ticket = None
        desk.note(at_us)
        if isinstance(event, ev.Transferred | ev.Cancelled):
            self._undoable.pop(where, None)
        return where, desk.officer

    def _undone(self, event: ev.Undone) -> None:
        """Put back what the counter did last; rows that came of it go."""
        stack = self._undoable.get(event.counter, [])
        if not stack or (stack[-1].ticket, stack[-1].action) != (event.ticket, event.action):
            return
        self._put_back(stack.pop(), self._desk(event.counter))

    def _put_back(self, undo: _Undoable, desk: DeskSoFar) -> None:
        self._tickets[undo.ticket] = undo.before
        desk.officer, desk.paused, desk.ticket = undo.officer, undo.paused, undo.desk_ticket
        del desk.changes[undo.changes :]
        for table, row in undo.rows:
            del table[row]

    def _sitting(self, event: ev.Opened | ev.Closed | ev.Paused | ev.Resumed, at_us: int) -> None:
        desk = self._desk(event.counter)
        self._undoable.pop(event.counter, None)
        match event:
            case ev.Opened():
                desk.officer, desk.paused = event.officer, False
            case ev.Closed():
                desk.officer, desk.paused = None, False
                if event.reason == END_OF_DAY:
                    self._forget_since(desk, max(desk.acted_us, self._begun_us))
                    return
            case ev.Paused() | ev.Resumed():
                desk.paused = isinstance(event, ev.Paused)
        desk.note(at_us)

    def _forget_since(self, desk: DeskSoFar, last_us: int) -> None:
        """Close a counter when somebody last did something there: who forgets to sign out is not idle all night."""
        desk.ticket = None
        desk.changes = [change for change in desk.changes if change[0] <= last_us]
        desk.note(last_us)

    def _clock_set(self, event: ev.ClockSet, at_us: int) -> None:
        """Let all that lasts have lasted as long by the new clock."""
        by_us = dt.timedelta(seconds=event.by_s) // dt.timedelta(microseconds=1)
        self._clocks.append(ClockChange(at_us, by_us))
        self._begun_us += by_us
        undoable = [undo.before for stack in self._undoable.values() for undo in stack]
        self._undoable_of_staff.clear()
        for ticket in (*self._tickets.values(), *undoable):
            ticket.since_us += by_us
            ticket.taken_us += by_us
            ticket.there_us = None if ticket.there_us is None else ticket.there_us + by_us
        for desk in self._desks.values():
            desk.acted_us += by_us
            desk.changes = [(begin_us + by_us, officer, does) for begin_us, officer, does in desk.changes]

    # -- rows -----------------------------------------------------------------------------------------------------

    def _desk(self, counter: str) -> DeskSoFar:
        return self._desks.setdefault(counter, DeskSoFar())

    def _count(  # noqa: PLR0917 - the columns of a count
        self,
        kind: Kind,
        ticket: TicketSoFar,
        at: dt.datetime | None,
        counter: str | None = None,
        officer: str | None = None,
        undo: _Undoable | None = None,
    ) -> None:
        half_hour = HALF_HOURS - 1 if at is None else half_hour_of(at.astimezone(self._zone))
        self._keep(self._counts, (kind, half_hour, ticket.service, ticket.lane, ticket.stage, counter, officer), undo)

    def _keep(self, table: dict[int, Any], row: tuple[Any, ...], undo: _Undoable | None) -> None:
        place = self._next_row()
        table[place] = row
        if undo is not None:
            undo.rows.append((table, place))

    def _next_row(self) -> int:
        self._row += 1
        return self._row


def _before(event: _AtDesk | ev.Cancelled, ticket: TicketSoFar, desk: DeskSoFar) -> _Undoable:
    """Return how ticket and counter are before an act."""
    return _Undoable(
        action=ev.EVENT_NAMES[type(event)],
        ticket=event.ticket,
        before=copy(ticket),
        officer=desk.officer,
        paused=desk.paused,
        desk_ticket=desk.ticket,
        changes=len(desk.changes),
    )


def half_hour_of(local: dt.datetime) -> int:
    """Return the half hour of a moment of the office's clock, 0 to 47."""
    return local.hour * 2 + local.minute // 30


def _by_half_hours(begin_us: int, end_us: int, zone: dt.tzinfo) -> Iterator[tuple[int, int]]:
    """Yield how much of a span lies in which half hour of the office's clock."""
    while begin_us < end_us:
        local = moment(begin_us).astimezone(zone)
        into_us = ((local.minute % 30) * 60 + local.second) * 1_000_000 + local.microsecond
        until_us = min(end_us, begin_us + _HALF_HOUR_US - into_us)
        yield half_hour_of(local), until_us - begin_us
        begin_us = until_us


def _is_end_of_day(event: Event, client: str) -> bool:
    """Tell whether the office itself closes what a day left: that belongs to the day that ends with it."""
    closes = isinstance(event, ev.Cancelled | ev.Closed | ev.HelpEnded)
    return closes and client == ENGINE_CLIENT and getattr(event, "reason", None) == END_OF_DAY
