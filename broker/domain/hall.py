"""The live picture: today's tickets, the waiting groups, the desks. Changed by events only."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from broker.domain import events as ev
from broker.domain.model import (
    DONE,
    CallRecord,
    Desk,
    DeskState,
    Happening,
    Office,
    Pace,
    Ticket,
    TicketState,
    queue_key,
)

RECENT_CALLS = 24

Group = tuple[str, str, str]


class Hall:
    """What is true in the hall now. The same events in the same order always give the same hall."""

    def __init__(self, office: Office) -> None:
        """Begin with an empty hall: all counters closed, nothing issued."""
        self.office = office
        self.seq = 0
        self.day: dt.date | None = None
        self.tickets: dict[str, Ticket] = {}
        self.groups: dict[Group, list[Ticket]] = {}
        self.desks: dict[str, Desk] = {counter: Desk(counter) for counter in office.counters}
        self.missed: list[str] = []
        """Ids of tickets whose visitor did not come, in that order."""
        self.calls: list[CallRecord] = []
        """Newest first: every call that is still open, and the last ones before."""
        self.last_sequence: dict[str, int] = {}
        self.issued_in_lane: dict[str, int] = {}
        self.paces = {stage: Pace(standard) for stage, standard in office.stage_standard_s.items()}
        self._numbers: dict[str, str] = {}

    # -- questions ------------------------------------------------------------------------------------------------

    def find(self, text: str) -> Ticket | None:
        """Return a ticket by id or by number; today's number wins over one left from yesterday."""
        ticket = self.tickets.get(text)
        if ticket is None and text in self._numbers:
            ticket = self.tickets.get(self._numbers[text])
        return ticket

    def current(self, desk: Desk) -> Ticket | None:
        """Return whom this desk has before it."""
        return None if desk.ticket is None else self.tickets[desk.ticket]

    def desk_state(self, desk: Desk) -> DeskState:
        """Return what a desk is doing."""
        if desk.session is None:
            return DeskState.CLOSED
        ticket = self.current(desk)
        if ticket is not None:
            return DeskState.SERVING if ticket.state is TicketState.SERVING else DeskState.CALLING
        return DeskState.PAUSED if desk.paused else DeskState.OPEN

    def is_calling(self, call: CallRecord) -> bool:
        """Tell whether the visitor of this call is still awaited."""
        ticket = self.tickets.get(call.ticket)
        at_desk = self.desks[call.counter].ticket == call.ticket
        return at_desk and ticket is not None and ticket.state is TicketState.CALLED

    def callable_groups(self, counter: str) -> list[list[Ticket]]:
        """Return the waiting groups this counter may call from, each in order of arrival."""
        serves = self.office.counters[counter].serves
        return [group for key, group in self.groups.items() if group and serves(*key)]

    def competing_groups(self, group: Group) -> list[list[Ticket]]:
        """Return the groups that share a counter with `group`: who may be called before its tickets."""
        counters = [counter for counter in self.office.counters.values() if counter.serves(*group)]
        return [
            tickets
            for key, tickets in self.groups.items()
            if tickets and any(counter.serves(*key) for counter in counters)
        ]

    def staffing(self, group: Group) -> tuple[int, int]:
        """Return (open counters, idle ones among them) that may call from `group`; paused ones do not count."""
        states = [
            self.desk_state(desk)
            for counter, desk in self.desks.items()
            if self.office.counters[counter].serves(*group)
        ]
        working = sum(state in {DeskState.OPEN, DeskState.CALLING, DeskState.SERVING} for state in states)
        return working, states.count(DeskState.OPEN)

    # -- facts ----------------------------------------------------------------------------------------------------

    def apply(self, event: ev.Event) -> None:  # noqa: C901, PLR0912 - one case an event, nothing else
        """Make one fact part of the picture."""
        self.seq += 1
        day = self.office.day(event.at)
        if day != self.day:
            self._turn(day)
        match event:
            case ev.Issued():
                self._issued(event)
            case ev.Printed():
                self._change(
                    event.ticket, event.at, f"printed_{event.outcome}", lambda t: replace(t, paper=event.outcome)
                )
            case ev.Reprinted():
                self._change(event.ticket, event.at, "reprinted", lambda t: replace(t, copies=t.copies + 1))
            case ev.Called():
                self._called(event)
            case ev.Recalled():
                self._recalled(event)
            case ev.Started():
                self._started(event)
            case ev.Finished():
                self._finished(event)
            case ev.NoShow():
                self._left_desk(event.counter, event.at, served=False)
                self._change(event.ticket, event.at, "no_show", lambda t: replace(t, state=TicketState.NO_SHOW))
                self.missed.append(event.ticket)
            case ev.Opened():
                self._desk(event.counter, officer=event.officer, session=event.session, paused=False)
            case ev.Closed():
                self._desk(event.counter, officer=None, session=None, paused=False)
            case ev.Paused():
                self._desk(event.counter, paused=True)
            case ev.Resumed():
                self._desk(event.counter, paused=False)
            case _:
                assert_never(event)

    def _turn(self, day: dt.date) -> None:
        """Begin an office day: numbers from 1, today's figures from nothing; whoever waits, waits on."""
        self.day = day
        self.last_sequence.clear()
        self.issued_in_lane.clear()
        for ticket in [ticket for ticket in self.tickets.values() if ticket.state in DONE]:
            del self.tickets[ticket.id]
        self.missed.clear()
        self.calls = [call for call in self.calls if self.is_calling(call)]
        self._numbers = {ticket.number: ticket.id for ticket in self.tickets.values()}
        for counter in self.desks:
            self._desk(counter, served_today=0, service_s_today=0.0)
        for stage, standard in self.office.stage_standard_s.items():
            self.paces[stage] = Pace(standard)

    def _issued(self, event: ev.Issued) -> None:
        ticket = Ticket(
            id=event.ticket,
            series=event.series,
            sequence=event.sequence,
            number=event.number,
            day=event.day,
            service=event.service,
            lane=event.lane,
            language=event.language,
            stage=event.stage,
            state=TicketState.WAITING,
            issued_at=event.at,
            waiting_since=event.at,
            order=self.seq,
            history=(Happening(event.at, "issued", event.stage),),
        )
        self.tickets[ticket.id] = ticket
        self._numbers[ticket.number] = ticket.id
        self.last_sequence[event.series] = event.sequence
        self.issued_in_lane[event.lane] = self.issued_in_lane.get(event.lane, 0) + 1
        self._enqueue(ticket)

    def _called(self, event: ev.Called) -> None:
        self._dequeue(self.tickets[event.ticket])
        ticket = self._change(
            event.ticket,
            event.at,
            "called",
            lambda t: replace(t, state=TicketState.CALLED, counter=event.counter, called_at=event.at, times_called=1),
        )
        self._desk(event.counter, ticket=event.ticket, reason=event.reason)
        self._record_call(ticket)

    def _recalled(self, event: ev.Recalled) -> None:
        ticket = self._change(
            event.ticket,
            event.at,
            "recalled",
            lambda t: replace(t, called_at=event.at, times_called=t.times_called + 1),
        )
        self._record_call(ticket)

    def _started(self, event: ev.Started) -> None:
        self._change(
            event.ticket,
            event.at,
            "started",
            lambda t: replace(t, state=TicketState.SERVING, started_at=event.at),
        )

    def _finished(self, event: ev.Finished) -> None:
        self._left_desk(event.counter, event.at, served=True)
        if event.next_stage is None:
            self._change(event.ticket, event.at, "finished", lambda t: replace(t, state=TicketState.FINISHED))
            return
        stage = event.next_stage
        ticket = self._change(
            event.ticket,
            event.at,
            "finished",
            lambda t: replace(
                t,
                state=TicketState.WAITING,
                stage=stage,
                waiting_since=event.at,
                counter=None,
                called_at=None,
                started_at=None,
                times_called=0,
            ),
        )
        self._enqueue(ticket)

    def _left_desk(self, counter: str, at: dt.datetime, *, served: bool) -> None:
        """Free a desk; how long it was taken is what the next visitor waits, a no-show's time too."""
        desk = self.desks[counter]
        ticket = self.current(desk)
        taken_since = desk_taken_since(ticket)
        taken_s = (at - taken_since).total_seconds() if taken_since is not None else 0.0
        if ticket is not None:
            self.paces[ticket.stage].measured(taken_s)
        self._desk(
            counter,
            ticket=None,
            reason=None,
            served_today=desk.served_today + served,
            service_s_today=desk.service_s_today + (taken_s if served else 0.0),
        )

    def _record_call(self, ticket: Ticket) -> None:
        if ticket.counter is None or ticket.called_at is None:
            return
        record = CallRecord(
            ticket=ticket.id,
            number=ticket.number,
            lane=ticket.lane,
            language=ticket.language,
            counter=ticket.counter,
            called_at=ticket.called_at,
            times_called=ticket.times_called,
        )
        earlier = [call for call in self.calls if (call.ticket, call.counter) != (record.ticket, record.counter)]
        kept = (call for place, call in enumerate(earlier, 1) if place < RECENT_CALLS or self.is_calling(call))
        self.calls = [record, *kept]

    def _change(
        self, ticket_id: str, at: dt.datetime, name: str, change: Callable[[Ticket], Ticket] = lambda ticket: ticket
    ) -> Ticket:
        """Put a changed ticket in the place of the old one, with a line of history."""
        before = self.tickets[ticket_id]
        after = change(before)
        line = Happening(at, name, before.stage, after.counter or before.counter)
        after = replace(after, history=(*after.history, line))
        self.tickets[ticket_id] = after
        if before.state is TicketState.WAITING and after.state is TicketState.WAITING:
            group = self.groups[before.group]
            group[bisect_left(group, queue_key(before), key=queue_key)] = after
        return after

    def _enqueue(self, ticket: Ticket) -> None:
        insort(self.groups.setdefault(ticket.group, []), ticket, key=queue_key)

    def _dequeue(self, ticket: Ticket) -> None:
        group = self.groups[ticket.group]
        del group[bisect_left(group, queue_key(ticket), key=queue_key)]

    def _desk(self, counter: str, **changes: object) -> None:
        self.desks[counter] = replace(self.desks[counter], **changes)  # type: ignore[arg-type]  # names are checked by replace


def desk_taken_since(ticket: Ticket | None) -> dt.datetime | None:
    """Return since when a desk has been busy with `ticket`: its first call there."""
    if ticket is None:
        return None
    calls = [line.at for line in ticket.history if line.type == "called"]
    return calls[-1] if calls else ticket.called_at
