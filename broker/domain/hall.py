"""The live picture: today's tickets, the waiting groups, the desks. Changed by `apply` only."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from broker.domain.alerts import Alert
from broker.domain.events import NumbersLeased, NumbersSkipped, RulesChanged, TrainingStep
from broker.domain.figures import Figures
from broker.domain.identity import ticket_id_of_qr
from broker.domain.model import (
    DONE,
    CallRecord,
    Desk,
    DeskState,
    Group,
    Happening,
    HelpCall,
    Lent,
    Office,
    StaffAct,
    StaffSession,
    Ticket,
    TicketState,
    Undoable,
)
from broker.domain.queue.order import Line, entry_of
from broker.domain.queue.pace import Pace
from broker.domain.today import NOTHING, Helping, Today
from broker.eligible import is_open_to
from broker.permissions import SESSION_LASTS, UNDO_WINDOW
from broker.ticket_link import key_of

if TYPE_CHECKING:
    from broker.domain.queue.forward import Forward

LineKey = tuple[str, str, frozenset[str], frozenset[str], str]
"""(stage, lane, counters whose own work it is, counters that help out, counter sent to or nothing)."""
WORKING = frozenset({DeskState.OPEN, DeskState.CALLING, DeskState.SERVING})
"""What a counter does that calls visitors, now or next."""
RECENT_CALLS = 24
GONE_AFTER = dt.timedelta(hours=6)
"""Nobody whose number is of an earlier day has waited for so long after coming, unless the engine knew of them."""
SETTLED = dt.timedelta(hours=12)
"""A day that turns so long after the clock was set turns in earnest."""


class Hall:
    """What is true in the hall now. The same events in the same order always give the same hall."""

    def __init__(self, office: Office) -> None:  # noqa: PLR0915 - one for each thing that is true
        """Begin with an empty hall: all counters closed, nothing issued."""
        self.office = office
        self.seq = 0
        self.day: dt.date | None = None
        """The office day that its tickets carry: the date, but for clocks that are set (`day_of`)."""
        self.ahead_of_day = dt.timedelta()
        """How far the date on the wall is ahead of `day`, since a clock was set."""
        self.doubted_since: dt.datetime | None = None
        """When the clock was set; until the day has turned in earnest, nothing is closed by what it says."""
        self.acts: dict[str, tuple[dt.datetime, dt.date]] = {}
        """By counter: when something was last done there, and on which office day."""
        self.tickets: dict[str, Ticket] = {}
        self.lines: dict[LineKey, Line] = {}
        """Who waits."""
        self.counts: dict[tuple[str, str, str], int] = {}
        """How many wait, by stage, service and lane."""
        self.desks: dict[str, Desk] = {counter: Desk(counter) for counter in office.counters}
        self.desks_since: dict[str, tuple[DeskState, str | None, dt.datetime]] = {}
        """By counter: its state, with which ticket, and since when; not known of one where nothing has happened yet."""
        self._desks_seen: dict[str, tuple[Desk, Ticket | None]] = {}
        self.missed: list[str] = []
        """Ids of tickets whose visitor did not come, in that order."""
        self.held: list[str] = []
        """Ids of tickets that were set aside, in that order."""
        self.calls: list[CallRecord] = []
        """Newest first: every call that is still open, and the last ones before."""
        self.last_sequence: dict[str, int] = {}
        self.lent: dict[str, Lent] = {}
        """By ticket: numbers that kiosks have in advance, and of which nobody has told yet what became of them."""
        self.reserved: dict[str, set[int]] = {}
        """By series: all numbers of today that were ever lent."""
        self.lent_up_to: dict[str, int] = {}
        """By series: the last number of today that a kiosk had in advance, though nobody may know which are its."""
        self.gone_home: set[str] = set()
        """Tickets of an earlier day that their kiosk told of hours later: whoever had them is not here any more."""
        self.issued_in_lane: dict[str, int] = {}
        self.issued_of_service: dict[str, int] = {}
        self.help: dict[str, HelpCall] = {}
        """By kiosk: where somebody waits for help, the longest waiting first."""
        self.staff: dict[str, StaffSession] = {}
        """By the digest of its token: who is signed in without a counter."""
        self.today = Today()
        """What is otherwise than the rules say, of the day in which something happened last; see `otherwise`."""
        self.staff_acts: dict[str, StaffAct] = {}
        """By officer: the last act without a counter, while it may be taken back."""
        self.rules_changed: RulesChanged | None = None
        """The last change of the configuration that came through the office, of late."""
        self.alerts: dict[str, Alert] = {}
        """By id: what somebody is to see to, in the order in which it was raised."""
        self.training: TrainingStep | None = None
        """At which step a training is; None in an office that is none."""
        self.figures = Figures()
        """What the day came to so far."""
        self.turns: dict[str, int] = {}
        """By the first stage of the counters that call: whose turn it is in the pattern of the ratio policy."""
        self.undoable: dict[str, Undoable] = {}
        """By counter: its last action, while nothing else has happened there."""
        self.paces = {stage: Pace(standard) for stage, standard in office.stage_standard_s.items()}
        self.touched: dict[str, int] = dict.fromkeys(office.counters, 0)
        """By counter: one higher with each change of what its officer sees."""
        self.version = 0
        """One higher with each change of what the hall played forward goes by; who comes or goes behind is none."""
        self.played: Forward | None = None
        """The hall played forward, as it was last asked for (`forward_of`)."""
        self.wrong_checks: dict[tuple[str, bool], int] = {}
        """By ticket and whether in a QR: how many check codes were wrong. Not of the journal, for nothing happened."""
        self._numbers: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        """By the key of its page: the ticket."""
        self._line_of: dict[Group, Line] = {}
        self._next_line: dict[tuple[str, str, str], Line | None] = {}
        self._own_counters = office.counters
        """What counters call by the configuration."""
        self._lay_out_lines()

    # -- questions ------------------------------------------------------------------------------------------------

    def day_of(self, now: dt.datetime) -> dt.date:
        """Return the office day of a moment: the date on the wall, but a clock that is set begins and ends none.

        No day comes twice: numbers are unique in it. After a clock was ahead and is put right, days stay ahead.
        """
        date = self.office.day(now)
        if self.day is None:
            return date
        day = date - self.ahead_of_day
        return self.day if day <= self.day else max(day, date)

    def otherwise(self, now: dt.datetime) -> Today:
        """Return what is otherwise today than the rules say."""
        return self.today if self.today.changes and self.day_of(now) == self.day else NOTHING

    def is_alive(self, number: str) -> bool:
        """Tell whether a ticket with this number is not done yet, of whatever day."""
        ticket = self.tickets.get(self._numbers.get(number, ""))
        return ticket is not None and ticket.state not in DONE

    def find(self, text: str) -> Ticket | None:
        """Return a ticket by id, QR text, number, or its page's key or link; today's number wins over yesterday's."""
        ticket = self.tickets.get(text) or self.tickets.get(ticket_id_of_qr(text) or "")
        if ticket is None and text in self._numbers:
            ticket = self.tickets.get(self._numbers[text])
        if ticket is None and (key := key_of(text)) is not None:
            ticket = self.tickets.get(self._keys.get(key, ""))
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

    def goes_on(self, desk: Desk) -> bool:
        """Tell whether a desk calls now, or as soon as its visitor has left."""
        return not desk.paused and self.desk_state(desk) in WORKING

    def is_calling(self, call: CallRecord) -> bool:
        """Tell whether the visitor of this call is still awaited."""
        ticket = self.tickets.get(call.ticket)
        at_desk = self.desks[call.counter].ticket == call.ticket
        return at_desk and ticket is not None and ticket.state is TicketState.CALLED

    @property
    def groups(self) -> dict[Group, list[Ticket]]:
        """Return who waits, by what tickets that are served in order of arrival have in common."""
        found: dict[Group, list[Ticket]] = {}
        for line in self.lines.values():
            for _, _, ticket in line.entries:
                found.setdefault(ticket.group, []).append(ticket)
        return found

    def line(self, group: Group) -> Line:
        """Return the line in which a group waits, an empty one where nobody ever did."""
        found = self._line_of.get(group)
        if found is None:
            stage, service, lane, sent_to = group
            fresh = Line.of(self.office, stage, lane, service=service, sent_to=sent_to)
            found = self.lines.setdefault((stage, lane, fresh.own, fresh.helped, sent_to), fresh)
            self._line_of[group] = found
        return found

    def next_line(self, service: str, stage: str, lane: str) -> Line | None:
        """Return the line in which a visitor waits for the stage after this one; None after the last."""
        key = service, stage, lane
        if key not in self._next_line:
            following = self.office.stage_after(service, stage)
            self._next_line[key] = None if following is None else self.line((following, service, lane, ""))
        return self._next_line[key]

    def callable_lines(self, counter: str, now: dt.datetime) -> list[Line]:
        """Return the lines this counter may call from and where anyone waits.

        Its own work; while nobody waits for that, the stages it helps out with.
        """
        own: list[Line] = []
        helped: list[Line] = []
        for line in self.lines.values():
            if not line.entries:
                continue
            if counter in line.own:
                own.append(line)
            elif counter in line.helped:
                helped.append(line)
            elif line.sent_to:
                self._add_open_again(line, counter, now, own, helped)
        return own or helped

    def competing_lines(self, group: Group) -> list[Line]:
        """Return the lines that share a counter with `group`: who may be called before its tickets."""
        counters = self.line(group).own
        return [line for line in self.lines.values() if line.entries and not counters.isdisjoint(line.own)]

    def staffing(self, group: Group) -> tuple[int, int]:
        """Return (open counters, idle ones among them) whose own work `group` is; paused ones do not count."""
        desks = [self.desks[counter] for counter in self.line(group).own]
        idle = sum(self.desk_state(desk) is DeskState.OPEN for desk in desks)
        return sum(self.goes_on(desk) for desk in desks), idle

    def pace(self, stage: str, now: dt.datetime) -> Pace:
        """Return how long a stage takes today; a day on which nothing has happened yet begins with the standard."""
        return self.paces[stage] if self.day_of(now) == self.day else Pace(self.office.stage_standard_s[stage])

    def undo_until(self, counter: str) -> dt.datetime | None:
        """Return until when the counter's last action can be taken back, or None."""
        last = self.undoable.get(counter)
        if last is None or not self.is_as_left(last.after):
            return None
        tomorrow = self.office.day(last.at) + dt.timedelta(days=1)
        midnight = dt.datetime.combine(tomorrow, dt.time(), self.office.zone)
        return min(last.at + UNDO_WINDOW, midnight - dt.timedelta(microseconds=1))

    def is_as_left(self, ticket: Ticket) -> bool:
        """Tell whether a ticket is still as an act left it; more calls and more paper do not count."""
        now = self.tickets.get(ticket.id)
        return now is not None and _place_of(now) == _place_of(ticket)

    def turn_of(self, counter: str) -> int:
        """Return whose turn it is, in the pattern of the ratio policy, when this counter calls."""
        return self.turns.get(self.turn_key(counter), 0)

    def turn_of_group(self, group: Group) -> int:
        """Return whose turn it is for those who wait in `group`, at the first counter that serves them."""
        own = self.line(group).own
        return self.turn_of(next((counter for counter in self.office.counters if counter in own), ""))

    def turn_key(self, counter: str) -> str:
        """Return what counters that share the turns of a pattern have in common."""
        place = self.office.counters.get(counter)
        return "" if place is None or not place.stages else place.stages[0]

    def turn_shared_by(self, counter: str) -> list[str]:
        """Return the counters whose lists go by the same turn of the pattern."""
        return [other for other in self.office.counters if self.turn_key(other) == self.turn_key(counter)]

    def staff_session(self, digest: str, now: dt.datetime) -> StaffSession | None:
        """Return a staff session that still counts: of today, not older than 12 hours, of one who is still ours."""
        found = self.staff.get(digest)
        if found is None or found.officer not in self.office.officers:
            return None
        is_over = now - found.since >= SESSION_LASTS or self.day_of(now) != found.day
        return None if is_over else found

    # -- changes, for `apply` only -------------------------------------------------------------------------------

    def turn_day(self, day: dt.date, at: dt.datetime) -> None:
        """Begin an office day: numbers from 1, today's figures from nothing; whoever waits, waits on."""
        self.day = day
        self.ahead_of_day = min(self.office.day(at) - day, dt.timedelta())
        if self.doubted_since is not None and at - self.doubted_since >= SETTLED:
            self.doubted_since = None
        self.version += 1
        self.last_sequence.clear()
        self.reserved.clear()
        self.lent_up_to.clear()
        self.issued_in_lane.clear()
        self.issued_of_service.clear()
        self.figures.clear()
        for ticket in [ticket for ticket in self.tickets.values() if ticket.state in DONE]:
            del self.tickets[ticket.id]
        self.gone_home &= self.tickets.keys()
        self.missed.clear()
        self.undoable.clear()
        self.staff = {}
        self.staff_acts.clear()
        self.today = Today()
        self.let_help()
        self.turns.clear()
        self.calls = [call for call in self.calls if self.is_calling(call)]
        self._numbers = {ticket.number: ticket.id for ticket in self.tickets.values()}
        self._keys = {ticket.key: ticket.id for ticket in self.tickets.values() if ticket.key is not None}
        for counter in self.desks:
            self.set_desk(counter, served_today=0, service_s_today=0.0)
        for stage, standard in self.office.stage_standard_s.items():
            self.paces[stage] = Pace(standard)

    def skip_numbers(self, event: NumbersSkipped) -> None:
        """Go on behind numbers of today that were given out, though no ticket is known of them."""
        if event.day == self.day:
            for known, numbers in (self.last_sequence, event.numbers), (self.lent_up_to, event.in_advance):
                known |= {series: max(last, known.get(series, 0)) for series, last in numbers.items()}

    def lend(self, event: NumbersLeased) -> None:
        """Set numbers aside for a kiosk."""
        for blank in event.blanks:
            to = Lent(blank, event.client, event.day, event.series, event.service, event.lane, event.at)
            self.lent[blank.ticket] = to
            if event.day == self.day:
                self.reserved.setdefault(event.series, set()).add(blank.sequence)

    def end_leases(self, tickets: Iterable[str]) -> None:
        """Let nobody have these numbers any more."""
        for ticket in tickets:
            self.lent.pop(ticket, None)

    def begin_after(self, day: dt.date, now: dt.datetime) -> None:
        """Let the next office day be later than this one: its numbers are given out, and not known here any more."""
        if self.day is None or self.day < day:
            self.day = day
            self.ahead_of_day = min(self.office.day(now) - day - dt.timedelta(days=1), dt.timedelta())

    def let_help(self) -> None:
        """Let counters help out with what they do today, beside what the configuration says.

        Who may call whom decides in which line a visitor waits: the lines are laid out anew, and everybody stands in
        them by arrival as before. The order of calls asks nothing else, so nobody gains or loses a place.
        """
        helping = {counter: one.stages for counter, one in self.today.all_of(Helping)}
        counters = {
            name: replace(own, borrows=(*own.borrows, *helping[name])) if name in helping else own
            for name, own in self._own_counters.items()
        }
        if counters == self.office.counters:
            return
        self.office = replace(self.office, counters=counters)
        self.version += 1
        for counter in self.touched:
            self.touched[counter] += 1
        self._lay_out_lines()
        for ticket in self.tickets.values():
            if ticket.state is TicketState.WAITING:
                self.line(ticket.group).join(ticket)

    def set_clock(self, at: dt.datetime, by: dt.timedelta, day: dt.date | None) -> None:
        """Let everything that lasts go on as long as it has lasted, by a clock that was set; the day goes on too."""
        self.version += 1
        self.doubted_since = at
        if day is not None:
            self.day, self.ahead_of_day = day, self.office.day(at) - day
        for ticket in [ticket for ticket in self.tickets.values() if ticket.state is TicketState.WAITING]:
            self._dequeue(ticket)
        self.tickets = {name: moved(ticket, by) for name, ticket in self.tickets.items()}
        for ticket in self.tickets.values():
            if ticket.state is TicketState.WAITING:
                self._enqueue(ticket)
        self.calls = [replace(call, called_at=call.called_at + by) for call in self.calls]
        self.acts = {counter: (acted_at + by, on) for counter, (acted_at, on) in self.acts.items()}
        self.help = {kiosk: replace(call, since=call.since + by) for kiosk, call in self.help.items()}
        self.staff = {digest: replace(one, since=one.since + by) for digest, one in self.staff.items()}
        self.undoable = {counter: _moved_undoable(last, by) for counter, last in self.undoable.items()}
        self.staff_acts.clear()
        self.alerts = {name: _moved_alert(alert, by) for name, alert in self.alerts.items()}
        self.lent = {ticket: replace(one, at=one.at + by) for ticket, one in self.lent.items()}
        self.desks_since = {name: (state, on, since + by) for name, (state, on, since) in self.desks_since.items()}

    def note_desks(self, at: dt.datetime) -> None:
        """Keep since when each counter is in its state, with its ticket."""
        for counter, desk in self.desks.items():
            ticket = None if desk.ticket is None else self.tickets[desk.ticket]
            seen = self._desks_seen.get(counter)
            if seen is not None and seen[0] is desk and seen[1] is ticket:
                continue
            self._desks_seen[counter] = desk, ticket
            state, known = self.desk_state(desk), self.desks_since.get(counter)
            if seen is None and state is DeskState.CLOSED:
                continue  # closed for longer than anything is known of
            if known is None or known[:2] != (state, desk.ticket):
                self.desks_since[counter] = state, desk.ticket, at

    def add(self, ticket: Ticket, at: dt.datetime) -> None:
        """Take a new ticket in, of which the engine hears now."""
        self.tickets[ticket.id] = ticket
        is_lent = self.lent.pop(ticket.id, None) is not None
        if ticket.key is not None:
            self._keys[ticket.key] = ticket.id
        if ticket.day == self.day:
            self._numbers[ticket.number] = ticket.id
            if not is_lent:
                self.last_sequence[ticket.series] = ticket.sequence
            self.issued_in_lane[ticket.lane] = self.issued_in_lane.get(ticket.lane, 0) + 1
            self.issued_of_service[ticket.service] = self.issued_of_service.get(ticket.service, 0) + 1
        else:
            self._numbers.setdefault(ticket.number, ticket.id)  # handed in after its day: today's number wins
        if ticket.day < self.day_of(at) and at - ticket.issued_at >= GONE_AFTER:
            self.gone_home.add(ticket.id)
        self._enqueue(ticket)
        self.version += self.line(ticket.group).entries[-1][2] is not ticket

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
        moves = _stands(before) != _stands(after)
        self.version += moves and (_stands(after) is not None or self._is_played(before))
        if before.state is TicketState.WAITING:
            self._dequeue(before, is_seen=moves)
        if after.state is TicketState.WAITING:
            self._enqueue(after, is_seen=moves)
        self._touch_desks(before, after)
        self._keep_list(self.missed, after, TicketState.NO_SHOW)
        self._keep_list(self.held, after, TicketState.HELD)
        return after

    def pass_turn(self, counter: str, turn: int) -> None:
        """Let it be another lane's turn where this counter calls."""
        self.version += 1
        self.turns[self.turn_key(counter)] = turn
        for other in self.turn_shared_by(counter):
            self.touched[other] += 1

    def set_desk(self, counter: str, **changes: object) -> None:
        """Change a desk."""
        self.version += 1
        self.touched[counter] += 1
        self.desks[counter] = replace(self.desks[counter], **changes)  # type: ignore[arg-type]  # names are checked by replace

    def put_desk_back(self, desk: Desk) -> None:
        """Let a desk be as it was; whoever sits there now has the session."""
        self.version += 1
        self.touched[desk.counter] += 1
        now = self.desks[desk.counter]
        self.desks[desk.counter] = replace(desk, session=now.session, login=now.login)

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

    def acknowledge(self, alert: str, by: str, at: dt.datetime) -> None:
        """Let somebody see to an alert, where it stands."""
        known = self.alerts.get(alert)
        if known is not None:
            self.alerts[alert] = replace(known, acknowledged_by=by, acknowledged_at=at)

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

    def _add_open_again(self, line: Line, counter: str, now: dt.datetime, own: list[Line], helped: list[Line]) -> None:
        """Add those of a line who were sent to another counter for long enough: they are everybody's again."""
        over = [e for e in line.entries if is_open_to(counter, line.sent_to, e[2].sent_until, now)]
        for _, _, ticket in over:
            common = self.line((ticket.stage, ticket.service, ticket.lane, ""))
            if counter in common.own:
                own.append(common.with_only([entry_of(ticket)]))
            elif counter in common.helped:
                helped.append(common.with_only([entry_of(ticket)]))

    def _lay_out_lines(self) -> None:
        """Make the lines in which visitors wait, all of them empty."""
        self.lines.clear()
        self._line_of.clear()
        self._next_line.clear()
        for service in self.office.services.values():
            for stage, lane in itertools.product(service.stages, self.office.lanes):
                self.line((stage, service.id, lane, ""))

    def _is_played(self, ticket: Ticket) -> bool:
        """Tell whether the hall played forward knows of a ticket; not if it stands behind all that was played."""
        if ticket.state is not TicketState.WAITING or self.played is None or self.played.version != self.version:
            return True
        return self.played.is_changed_without(ticket)

    def _keep_list(self, ids: list[str], ticket: Ticket, state: TicketState) -> None:
        if ticket.state is state:
            if ticket.id not in ids:
                ids.append(ticket.id)
        elif ticket.id in ids:
            ids.remove(ticket.id)

    def _enqueue(self, ticket: Ticket, *, is_seen: bool = True) -> None:
        self.line(ticket.group).join(ticket)
        self._count(ticket, 1)
        if is_seen:
            self._touch_lists(ticket)

    def _dequeue(self, ticket: Ticket, *, is_seen: bool = True) -> None:
        self.line(ticket.group).leave(ticket)
        self._count(ticket, -1)
        if is_seen:
            self._touch_lists(ticket)

    def _touch_lists(self, ticket: Ticket) -> None:
        """Note that the lists of all counters changed in which a ticket may stand, now or when it was not called."""
        line = self.line(ticket.group)
        places = line.able
        if line.sent_to:
            common = self.line((ticket.stage, ticket.service, ticket.lane, ""))
            places |= common.able
        for counter in places:
            self.touched[counter] += 1

    def _touch_desks(self, before: Ticket, after: Ticket) -> None:
        """Note that counters changed which have, hold or miss a ticket, or could take back what they did with it."""
        undoing = (counter for counter, last in self.undoable.items() if last.after.id == after.id)
        for counter in {before.counter, after.counter, *undoing}:
            if counter is not None:
                self.touched[counter] += 1

    def _count(self, ticket: Ticket, change: int) -> None:
        key = ticket.stage, ticket.service, ticket.lane
        self.counts[key] = self.counts.get(key, 0) + change


def _moved_undoable(last: Undoable, by: dt.timedelta) -> Undoable:
    earlier = None if last.earlier is None else _moved_undoable(last.earlier, by)
    before, after = moved(last.before, by), moved(last.after, by)
    return replace(last, at=last.at + by, before=before, after=after, earlier=earlier)


def _moved_alert(alert: Alert, by: dt.timedelta) -> Alert:
    """Return an alert that has stood as long as before; the journal said so when it did."""
    seen_to = alert.acknowledged_at
    return replace(alert, since=alert.since + by, acknowledged_at=None if seen_to is None else seen_to + by)


def moved(ticket: Ticket, by: dt.timedelta) -> Ticket:
    """Return a ticket with all its moments moved, so that all it has waited it has waited still."""
    moments = ("issued_at", "waiting_since", "ranked_since", "called_at", "started_at", "sent_until")
    times = {name: at + by for name in moments if (at := getattr(ticket, name)) is not None}
    history = tuple(replace(line, at=line.at + by) for line in ticket.history)
    return replace(ticket, history=history, **times)


def _stands(ticket: Ticket) -> tuple[object, ...] | None:
    """Return where a ticket waits, and from when its turn is measured."""
    return (ticket.group, ticket.ranked_since) if ticket.state is TicketState.WAITING else None


def _place_of(ticket: Ticket) -> tuple[object, ...]:
    return ticket.state, ticket.group, ticket.counter, ticket.waiting_since, ticket.started_at, ticket.rejoined


def desk_taken_since(ticket: Ticket | None) -> dt.datetime | None:
    """Return since when a desk has been busy with `ticket`: its first call there, or since it was taken on again."""
    if ticket is None:
        return None
    begins = [line.at for line in ticket.history if line.type in {"called", "unheld"}]
    return begins[-1] if begins else ticket.called_at
