"""What the engine thinks about a request, in microseconds: no disk, no network, the working office in memory.

The working office is the shipped one with all six counters open and serving, and 150 visitors who wait in nine services
and two lanes. Beside it stand a small and a very full hall, since the cost must not grow with those who wait.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, cycle, islice

from rich.table import Table

from broker.bootstrap.rules import office_message, office_rules
from broker.config import load_settings
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import decide
from broker.domain.hall import Hall
from broker.domain.model import TicketState
from broker.domain.queue.forward import forward_of
from broker.gateway import MqttWire
from broker.ports import Submission
from tests.support.office import CONFIG

MORNING = dt.datetime(2026, 11, 26, 2, 0, tzinfo=dt.UTC)
WAITING = (15, 150, 1000)
BETWEEN_S = 20.0
"""An office with 150 waiting gives out a number about so often; each is a new moment, with nothing to be reused."""
IN_A_BURST_S = 0.002
ROUNDS = 300
BURST = 30


@dataclass
class Quiet:
    """A publisher that counts what it is given."""

    messages: int = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Take a message."""
        del topic, payload, retain
        self.messages += 1
        return True

    def announce(self) -> None:
        """Be there."""

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Be well."""


@dataclass
class WorkingOffice:
    """The shipped office, with everybody at work and a hall full of visitors."""

    waiting: int
    now: dt.datetime = MORNING
    air: Quiet = field(default_factory=Quiet)

    def __post_init__(self) -> None:
        """Open all counters, let visitors come, and call one to each counter."""
        settings = load_settings(CONFIG, {})
        rules = office_rules(settings)
        rules = replace(rules, lanes={name: replace(lane, quota=None) for name, lane in rules.lanes.items()})
        self.hall = Hall(rules)
        self.wire = MqttWire(Topics("bench"), self.air, office_message(settings), first_revision=lambda: 1)
        self._ids = (str(uuid.UUID(int=number)) for number in count(1))
        lanes = ("regular", "regular", "priority")
        self._kinds = cycle((service, lane) for service in rules.services for lane in lanes)
        for counter, officer in zip(rules.counters, rules.officers, strict=False):
            self.do(cmd.SignIn(counter, officer, "", counter, pin_matches=True))
        for service, lane in islice(self._kinds, self.waiting + len(rules.counters)):
            self.now += dt.timedelta(seconds=BETWEEN_S)
            self.do(cmd.Issue(next(self._ids), service, lane, None))
        for counter in rules.counters:
            self.now += dt.timedelta(seconds=BETWEEN_S)
            self.do(cmd.Next(counter, counter))
            self.do(cmd.Start(counter, counter))

    def do(self, command: cmd.Command) -> list[ev.Event]:
        """Decide and apply."""
        events = decide(self.hall, command, self.now)
        for event in events:
            apply(self.hall, event)
        return events

    def newcomer(self, lane: str | None = None) -> cmd.Issue:
        """Return the request of the next visitor."""
        service, usual = next(self._kinds)
        return cmd.Issue(next(self._ids), service, lane or usual, None)

    def take_out(self, ticket: str) -> None:
        """Let one leave, so that as many wait as before."""
        self.do(cmd.Cancel(ticket, None))


def thinking_table() -> Table:
    """Return p50 and mean of what an issue, a call and a picture cost, by how many wait."""
    table = Table(title="the engine's thinking in the working office (6 counters serve), microseconds: p50 / mean")
    table.add_column("what")
    halls = [WorkingOffice(waiting) for waiting in WAITING]
    for waiting in WAITING:
        table.add_column(f"{waiting} wait", justify="right")
    for what, measure in MEASURES.items():
        table.add_row(what, *(_figures(measure(office)) for office in halls))
    return table


def issues(office: WorkingOffice, *, lane: str | None = None) -> list[float]:
    """Return the seconds of deciding and answering numbers, one every 20 s; as many leave."""
    taken = []
    for _ in range(ROUNDS):
        office.now += dt.timedelta(seconds=BETWEEN_S)
        taken.append(_issue(office, lane))
        office.take_out(_waits_longest(office.hall))
    return taken


def burst(office: WorkingOffice, *, lane: str | None = None) -> list[float]:
    """Return the seconds of deciding and answering numbers, 500 a second; afterwards as many leave."""
    taken = []
    for _ in range(ROUNDS // BURST):
        for _ in range(BURST):
            office.now += dt.timedelta(seconds=IN_A_BURST_S)
            taken.append(_issue(office, lane))
        for _ in range(BURST):
            office.take_out(_waits_longest(office.hall))
    return taken


def _issue(office: WorkingOffice, lane: str | None) -> float:
    command = office.newcomer(lane)
    submission = Submission("kiosk-1", command.ticket, command)
    begin = time.perf_counter()
    events = decide(office.hall, command, office.now)
    for event in events:
        apply(office.hall, event)
    office.wire.encode(submission, events, office.hall, office.now)
    return time.perf_counter() - begin


def calls(office: WorkingOffice) -> list[float]:
    """Return the seconds of deciding and answering `next`, at all counters in turn."""
    taken = []
    for counter in islice(cycle(office.hall.office.counters), ROUNDS):
        office.now += dt.timedelta(seconds=BETWEEN_S)
        if office.hall.desks[counter].ticket is not None:
            office.do(cmd.Finish(counter, counter))
        command = cmd.Next(counter, counter)
        submission = Submission(counter, "next", command)
        begin = time.perf_counter()
        events = decide(office.hall, command, office.now)
        for event in events:
            apply(office.hall, event)
        office.wire.encode(submission, events, office.hall, office.now)
        taken.append(time.perf_counter() - begin)
        while sum(map(len, office.hall.groups.values())) < office.waiting:
            office.do(office.newcomer())
    return taken


def pictures(office: WorkingOffice, *, counters: bool) -> list[float]:
    """Return the seconds of drawing what is retained, after somebody came."""
    taken = []
    for _ in range(ROUNDS):
        office.now += dt.timedelta(seconds=BETWEEN_S)
        office.do(office.newcomer())
        office.take_out(_waits_longest(office.hall))
        begin = time.perf_counter()
        office.wire.show(office.hall, office.now)
        if counters:
            office.wire.show_counters(office.hall, office.now)
        taken.append(time.perf_counter() - begin)
    return taken


def places(office: WorkingOffice) -> list[float]:
    """Return the seconds of saying where everybody stands, after somebody came."""
    taken = []
    for _ in range(ROUNDS // 10):
        office.now += dt.timedelta(seconds=BETWEEN_S)
        office.do(office.newcomer())
        office.take_out(_waits_longest(office.hall))
        forward_of(office.hall, office.now).play()
        begin = time.perf_counter()
        office.wire.show_waiting(office.hall, office.now)
        taken.append(time.perf_counter() - begin)
    return taken


MEASURES: dict[str, Callable[[WorkingOffice], list[float]]] = {
    "issue, one every 20 s: decide + encode": issues,
    "issue, in a burst, every third with priority": burst,
    "issue, in a burst, all regular": lambda office: burst(office, lane="regular"),
    "next: decide + encode": calls,
    "picture of the hall": lambda office: pictures(office, counters=False),
    "picture of hall and counters": lambda office: pictures(office, counters=True),
    "where everybody stands": places,
}


def _waits_longest(hall: Hall) -> str:
    """Return the ticket that waits longest."""
    waiting = (ticket for ticket in hall.tickets.values() if ticket.state is TicketState.WAITING)
    return min(waiting, key=lambda ticket: ticket.ranked_since).id


def _figures(taken: Sequence[float]) -> str:
    return f"{statistics.median(taken) * 1e6:,.0f} / {statistics.fmean(taken) * 1e6:,.0f}"
