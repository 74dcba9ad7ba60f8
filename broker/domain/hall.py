"""The live picture: today's tickets, the waiting groups, the desks. Changed by `apply` only."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections.abc import Callable, Collection
from dataclasses import replace

from broker.domain.identity import ticket_id_of_qr
from broker.domain.model import (
    DONE,
    CallRecord,
    Counter,
    Desk,
    DeskState,
    Group,
    Happening,
    Office,
    Ticket,
    TicketState,
    Undoable,
    queue_key,
)
from broker.domain.queue.pace import Pace
from broker.eligible import is_open_to

RECENT_CALLS = 24
UNDO_WINDOW = dt.timedelta(seconds=30)


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
        self.held: list[str] = []
        """Ids of tickets that were set aside, in that order."""
        self.calls: list[CallRecord] = []
        """Newest first: every call that is still open, and the last ones before."""
        self.last_sequence: dict[str, int] = {}
        self.issued_in_lane: dict[str, int] = {}
        self.issued_of_service: dict[str, int] = {}
        self.turns: dict[str, int] = {}
        """By the first stage of the counters that call: whose turn it is in the pattern of the ratio policy."""
        self.undoable: dict[str, Undoable] = {}
        """By counter: its last action, while nothing else has happened there."""
        self.paces = {stage: Pace(standard) for stage, standard in office.stage_standard_s.items()}
        self.wrong_checks: dict[tuple[str, bool], int] = {}
        """By ticket and whether in a QR: how many check codes were wrong. Not of the journal, for nothing happened."""
        self._numbers: dict[str, str] = {}

    # -- questions ------------------------------------------------------------------------------------------------

    def find(self, text: str) -> Ticket | None:
        """Return a ticket by id, QR text or number; today's number wins over one left from yesterday."""
        ticket = self.tickets.get(text) or self.tickets.get(ticket_id_of_qr(text) or "")
        if ticket is None and text in self._numbers:
            ticket = self.tickets.get(self._numbers[text])
        return ticket

    def find_in(self, number: str, states: Collection[TicketState]) -> Ticket | None:
        """Return the ticket with this number that is in one of `states`, such as one left from yesterday."""
        return next((t for t in self.tickets.values() if t.number == number and t.state in states), None)

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

    def callable_groups(self, counter: str, now: dt.datetime) -> list[list[Ticket]]:
        """Return the waiting groups this counter may call from, each in order of arrival.

        Its own work; while nobody waits for that, the stages it helps out with.
        """
        place = self.office.counters[counter]
        own = self._groups_at(place, place.stages, now)
        return own or self._groups_at(place, place.borrows, now)

    def competing_groups(self, group: Group) -> list[list[Ticket]]:
        """Return the groups that share a counter with `group`: who may be called before its tickets."""
        counters = [counter for counter in self.office.counters.values() if self._serves(counter, group)]
        return [
            tickets
            for key, tickets in self.groups.items()
            if tickets and any(self._serves(counter, key) for counter in counters)
        ]

    def staffing(self, group: Group) -> tuple[int, int]:
        """Return (open counters, idle ones among them) that may call from `group`; paused ones do not count."""
        states = [
            self.desk_state(desk)
            for counter, desk in self.desks.items()
            if self._serves(self.office.counters[counter], group)
        ]
        working = sum(state in {DeskState.OPEN, DeskState.CALLING, DeskState.SERVING} for state in states)
        return working, states.count(DeskState.OPEN)

    def pace(self, stage: str, now: dt.datetime) -> Pace:
        """Return how long a stage takes today; a day on which nothing has happened yet begins with the standard."""
        return self.paces[stage] if self.office.day(now) == self.day else Pace(self.office.stage_standard_s[stage])

    def undo_until(self, counter: str) -> dt.datetime | None:
        """Return until when the counter's last action can be taken back, or None."""
        last = self.undoable.get(counter)
        if last is None or not self._is_untouched(last):
            return None
        tomorrow = self.office.day(last.at) + dt.timedelta(days=1)
        midnight = dt.datetime.combine(tomorrow, dt.time(), self.office.zone)
        return min(last.at + UNDO_WINDOW, midnight - dt.timedelta(microseconds=1))

    def turn_of(self, counter: str) -> int:
        """Return whose turn it is, in the pattern of the ratio policy, when this counter calls."""
        return self.turns.get(self.turn_key(counter), 0)

    def turn_of_group(self, group: Group) -> int:
        """Return whose turn it is for those who wait in `group`, at the first counter that serves them."""
        serving = (counter.id for counter in self.office.counters.values() if self._serves(counter, group))
        return self.turn_of(next(serving, ""))

    def turn_key(self, counter: str) -> str:
        """Return what counters that share the turns of a pattern have in common."""
        place = self.office.counters.get(counter)
        return "" if place is None or not place.stages else place.stages[0]

    # -- changes, for `apply` only -------------------------------------------------------------------------------

    def turn_day(self, day: dt.date) -> None:
        """Begin an office day: numbers from 1, today's figures from nothing; whoever waits, waits on."""
        self.day = day
        self.last_sequence.clear()
        self.issued_in_lane.clear()
        self.issued_of_service.clear()
        for ticket in [ticket for ticket in self.tickets.values() if ticket.state in DONE]:
            del self.tickets[ticket.id]
        self.missed.clear()
        self.undoable.clear()
        self.turns.clear()
        self.calls = [call for call in self.calls if self.is_calling(call)]
        self._numbers = {ticket.number: ticket.id for ticket in self.tickets.values()}
        for counter in self.desks:
            self.set_desk(counter, served_today=0, service_s_today=0.0)
        for stage, standard in self.office.stage_standard_s.items():
            self.paces[stage] = Pace(standard)

    def add(self, ticket: Ticket) -> None:
        """Take a new ticket in."""
        self.tickets[ticket.id] = ticket
        self._numbers[ticket.number] = ticket.id
        self.last_sequence[ticket.series] = ticket.sequence
        self.issued_in_lane[ticket.lane] = self.issued_in_lane.get(ticket.lane, 0) + 1
        self.issued_of_service[ticket.service] = self.issued_of_service.get(ticket.service, 0) + 1
        self._enqueue(ticket)

    def change(
        self,
        ticket_id: str,
        at: dt.datetime,
        name: str,
        change: Callable[[Ticket], Ticket] = lambda ticket: ticket,
        *,
        counter: str | None = None,
    ) -> Ticket:
        """Put a changed ticket in the place of the old one, with a line of history; queues and lists follow."""
        before = self.tickets[ticket_id]
        after = change(before)
        line = Happening(at, name, before.stage, counter or after.counter or before.counter)
        after = replace(after, history=(*after.history, line))
        self.tickets[ticket_id] = after
        if before.state is TicketState.WAITING:
            self._dequeue(before)
        if after.state is TicketState.WAITING:
            self._enqueue(after)
        self._keep_list(self.missed, after, TicketState.NO_SHOW)
        self._keep_list(self.held, after, TicketState.HELD)
        return after

    def set_desk(self, counter: str, **changes: object) -> None:
        """Change a desk."""
        self.desks[counter] = replace(self.desks[counter], **changes)  # type: ignore[arg-type]  # names are checked by replace

    def leave_desk(self, counter: str, at: dt.datetime, *, served: bool) -> None:
        """Free a desk; how long it was taken is what the next visitor waits, a no-show's time too."""
        desk = self.desks[counter]
        ticket = self.current(desk)
        taken_since = desk_taken_since(ticket)
        taken_s = (at - taken_since).total_seconds() if taken_since is not None else 0.0
        if ticket is not None:
            self.paces[ticket.stage].measured(taken_s)
        self.set_desk(
            counter,
            ticket=None,
            reason=None,
            served_today=desk.served_today + served,
            service_s_today=desk.service_s_today + (taken_s if served else 0.0),
        )

    def record_call(self, ticket: Ticket) -> None:
        """Put a call at the head of the calls."""
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

    # -- inside ---------------------------------------------------------------------------------------------------

    def _groups_at(self, counter: Counter, stages: tuple[str, ...], now: dt.datetime) -> list[list[Ticket]]:
        found = []
        for (stage, service, lane, sent_to), group in self.groups.items():
            if group and stage in stages and self.office.may_take(counter, service, lane):
                mine = sent_to in {"", counter.id}
                here = group if mine else [t for t in group if is_open_to(counter.id, sent_to, t.sent_until, now)]
                if here:
                    found.append(here)
        return found

    def _serves(self, counter: Counter, group: Group) -> bool:
        stage, service, lane, sent_to = group
        return sent_to in {"", counter.id} and self.office.may_serve(counter, stage, service, lane)

    def _is_untouched(self, last: Undoable) -> bool:
        """Tell whether the ticket is still as the action left it; more calls and more paper do not count."""
        now = self.tickets.get(last.after.id)
        return now is not None and _place_of(now) == _place_of(last.after)

    def _keep_list(self, ids: list[str], ticket: Ticket, state: TicketState) -> None:
        if ticket.state is state:
            if ticket.id not in ids:
                ids.append(ticket.id)
        elif ticket.id in ids:
            ids.remove(ticket.id)

    def _enqueue(self, ticket: Ticket) -> None:
        insort(self.groups.setdefault(ticket.group, []), ticket, key=queue_key)

    def _dequeue(self, ticket: Ticket) -> None:
        group = self.groups[ticket.group]
        del group[bisect_left(group, queue_key(ticket), key=queue_key)]


def _place_of(ticket: Ticket) -> tuple[object, ...]:
    return ticket.state, ticket.group, ticket.counter, ticket.waiting_since, ticket.started_at, ticket.rejoined


def desk_taken_since(ticket: Ticket | None) -> dt.datetime | None:
    """Return since when a desk has been busy with `ticket`: its first call there, or since it was taken on again."""
    if ticket is None:
        return None
    begins = [line.at for line in ticket.history if line.type in {"called", "unheld"}]
    return begins[-1] if begins else ticket.called_at
