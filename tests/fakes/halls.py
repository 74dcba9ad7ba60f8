"""Halls in every situation, and looking at them: everything they hold, in a form that can be compared."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import clock_set, decide
from broker.domain.hall import Hall
from broker.domain.model import Counter, Group, Office, Ticket, TicketState
from broker.domain.queue.order import Line
from tests.fakes.clock import MORNING
from tests.fakes.offices import PIN, small_office


def contents(hall: Hall) -> dict[str, Any]:
    """Return all that a hall holds, field by field; groups that have run empty are as good as none.

    What is frozen is shared with the hall, what is not is copied: a later change of the hall does not show here.
    """
    return {
        "seq": hall.seq,
        "day": hall.day,
        "tickets": dict(hall.tickets),
        "groups": {key: list(group) for key, group in hall.groups.items() if group},
        "desks": dict(hall.desks),
        "missed": list(hall.missed),
        "held": list(hall.held),
        "calls": list(hall.calls),
        "undoable": dict(hall.undoable),
        "turns": dict(hall.turns),
        "acts": dict(hall.acts),
        "help": dict(hall.help),
        "staff": dict(hall.staff),
        "today": dict(hall.today.changes),
        "staff_acts": dict(hall.staff_acts),
        "counters": dict(hall.office.counters),
        "alerts": dict(hall.alerts),
        "figures": deepcopy(hall.figures),
        "doubted_since": hall.doubted_since,
        "ahead_of_day": hall.ahead_of_day,
        "last_sequence": dict(hall.last_sequence),
        "gone_home": set(hall.gone_home),
        "lent": dict(hall.lent),
        "reserved": {series: set(numbers) for series, numbers in hall.reserved.items()},
        "lent_up_to": dict(hall.lent_up_to),
        "issued_in_lane": dict(hall.issued_in_lane),
        "issued_of_service": dict(hall.issued_of_service),
        "paces": {stage: replace(pace) for stage, pace in hall.paces.items()},
        "numbers": dict(hall._numbers),
    }


def waiting(lane: str, ago_s: float, order: int, *, service: str = "visa", credit_s: float = 0.0) -> Ticket:
    """Return one who waits; with a credit from stages before, the turn is measured from earlier."""
    at = MORNING - dt.timedelta(seconds=ago_s)
    return Ticket(
        id=str(order),
        series="B",
        sequence=order,
        number=f"B-{order:03d}",
        day=MORNING.date(),
        service=service,
        lane=lane,
        language="id",
        stage="check",
        state=TicketState.WAITING,
        issued_at=at,
        waiting_since=at,
        ranked_since=at - dt.timedelta(seconds=credit_s),
        order=order,
    )


def lines_of(tickets: Iterable[Ticket], office: Office) -> list[Line]:
    """Return those who wait as a hall keeps them; every service has lines of its own."""
    lines: dict[Group, Line] = {}
    for ticket in tickets:
        fresh = Line.of(office, ticket.stage, ticket.lane, service=ticket.service)
        lines.setdefault(ticket.group, fresh).join(ticket)
    return list(lines.values())


def one_counter_hall(tickets: Iterable[Ticket], office: Office, *, pace_s: int, turn: int = 0) -> Hall:
    """Return a hall with one open counter, which takes everybody and the same time for each."""
    counters = {"any": Counter("any", "0", ("check",))}
    hall = Hall(replace(office, counters=counters, stage_standard_s=dict.fromkeys(office.stage_standard_s, pace_s)))
    hall.turn_day(MORNING.date(), MORNING)
    hall.set_desk("any", officer="sari", session="any")
    for ticket in sorted(tickets, key=lambda ticket: ticket.order):
        hall.add(ticket, ticket.issued_at)
    hall.turns["check"] = turn
    return hall


@dataclass
class Play:
    """A hall without an engine: decides and applies, at a time that a test sets."""

    office: Office = field(default_factory=small_office)
    now: dt.datetime = MORNING
    made: int = 0
    """How many identities were made."""

    def __post_init__(self) -> None:
        """Begin with an empty hall."""
        self.hall = Hall(self.office)

    def do(self, command: cmd.Command) -> list[ev.Event]:
        """Decide and apply; return what happened."""
        events = decide(self.hall, command, self.now)
        for event in events:
            apply(self.hall, event)
        return events

    def set_clock(self, seconds: float) -> None:
        """Set the clock, as the engine notices it."""
        self.now += dt.timedelta(seconds=seconds)
        apply(self.hall, clock_set(self.hall, seconds, self.now))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(seconds=seconds)

    def issue(self, service: str = "visa", lane: str | None = None) -> Ticket:
        """Issue a ticket."""
        ticket = self.new_id()
        self.do(cmd.Issue(ticket, service, lane, None))
        return self.hall.tickets[ticket]

    def new_id(self) -> str:
        """Return the identity of another ticket."""
        self.made += 1
        return str(uuid.UUID(int=self.made))

    def sign_in(self, counter: str = "c1", officer: str = "sari", token: str = "") -> None:
        """Open a counter; the session is the counter's id, where no other is given."""
        self.do(cmd.SignIn(counter, officer, PIN, token or counter, pin_matches=True))

    def call_next(self, counter: str = "c1") -> Ticket | None:
        """Call the next; return it."""
        events = self.do(cmd.Next(counter, counter))
        return self.hall.tickets[events[0].ticket] if events and isinstance(events[0], ev.Called) else None

    def start(self, counter: str = "c1") -> None:
        """Begin to serve."""
        self.do(cmd.Start(counter, counter))

    def finish(self, counter: str = "c1") -> None:
        """Finish with the current visitor."""
        self.do(cmd.Finish(counter, counter))

    def no_show(self, counter: str = "c1") -> None:
        """Give the current visitor up."""
        self.do(cmd.NoShow(counter, counter))

    def hold(self, counter: str = "c1", note: str | None = None) -> None:
        """Set the current visitor aside."""
        self.do(cmd.Hold(counter, counter, note))

    def unhold(self, ticket: Ticket, counter: str = "c1") -> None:
        """Go on with a held visitor."""
        self.do(cmd.Unhold(counter, counter, ticket.id))

    def send_to(
        self, counter: str = "c1", *, stage: str | None = None, service: str | None = None, to: str | None = None
    ) -> None:
        """Send the current visitor elsewhere."""
        self.do(cmd.Transfer(counter, counter, stage=stage, service=service, to_counter=to))

    def undo(self, counter: str = "c1") -> None:
        """Take the last action back."""
        self.do(cmd.Undo(counter, counter))

    def rejoin(self, ticket: Ticket) -> Ticket:
        """Take a missed visitor in again, at the kiosk; return the ticket as it is then."""
        self.do(cmd.Rejoin(ticket.qr))
        return self.hall.tickets[ticket.id]

    def order(self, counter: str = "c1") -> list[str]:
        """Return the numbers that a counter would call if nobody else came and no time passed."""
        self.hall.played = None  # kept for speed only, and iterators cannot be copied from Python 3.14 on
        copy = deepcopy(self)
        called = []
        while (ticket := copy.call_next(counter)) is not None:
            called.append(ticket.number)
            copy.finish(counter)
        return called

    def ticket(self, text: str) -> Ticket:
        """Return a ticket by id or number."""
        found = self.hall.find(text)
        assert found is not None
        return found
