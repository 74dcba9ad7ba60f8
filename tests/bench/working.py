"""The working office: every counter open, 150 people waiting in every service and lane, screens connected.

What an empty office with closed counters can do is no news: no wait has to be played forward, and no counter drawn. It
stands beside as a second column. Screens run on machines of their own in an office; here they only take their messages.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.synchronize import Event

from rich.table import Table

from broker.bus import Bus
from broker.config.settings import Settings
from broker.contract.link import Address
from broker.contract.messages import Reply
from broker.contract.topics import Topics
from tests.bench.figures import floor_row, milliseconds, percentile
from tests.bench.load import issue_from
from tests.support.caller import Caller
from tests.support.office import OfficeProcess

WAITING = 150
REQUESTS = 1500
CALLS = 500
CLIENTS = (1, 8, 32)
LOAD_SECONDS = 6.0
PIN = "1234"
AT_ONCE = 200
"""So many numbers are asked for before the first answer is waited for."""
NO_QUOTA = {"ANTREAN_LANES__PRIORITY__DAILY_QUOTA": "1000000"}


@dataclass(frozen=True, slots=True)
class Floor:
    """What an answer takes at least on this machine, in seconds: measured in the same run."""

    trips: Sequence[float]
    commits: Sequence[float]

    @property
    def p50_s(self) -> float:
        """Return a usual round trip and a usual commit together."""
        return percentile(self.trips, 50) + percentile(self.commits, 50)


def working_tables(office: OfficeProcess, server: str, floor: Floor) -> Iterator[Table]:
    """Yield how long requests take in the working office, and how many tickets a second it gives out."""
    with Caller(office.address, "bench-desk", listens=False) as caller, screens(office):
        fill(caller, office.settings, WAITING)
        closed = _issues(caller, office.settings)
        desks = open_counters(caller, office.settings)
        issue = _issues(caller, office.settings)
        call = _calls(caller, office.settings, desks)
        table = Table(
            title=f"{server}: request -> reply, ms; {len(desks)} counters open, {WAITING} waiting, screens connected"
        )
        for column in ("what", "p50", "p99", "p50 / floor", "p99 / floor"):
            table.add_column(column, justify="left" if column == "what" else "right")
        table.add_row("floor: MQTT round trip alone", *milliseconds(floor.trips), "", "")
        table.add_row("floor: durable SQLite commit alone", *milliseconds(floor.commits), "", "")
        table.add_row("issue", *milliseconds(issue), *floor_row(issue, floor.p50_s))
        table.add_row("next", *milliseconds(call), *floor_row(call, floor.p50_s))
        table.add_row("issue, all counters closed", *milliseconds(closed), *floor_row(closed, floor.p50_s))
        yield table
        yield _throughput(office, server, percentile(floor.commits, 50))


def open_counters(caller: Caller, settings: Settings) -> list[dict[str, str]]:
    """Sign an officer in at every counter; return what each of them shows with its requests."""
    pairs = zip(settings.counters, settings.officers, strict=False)
    return [
        {
            "counter": counter.id,
            "session": caller.do("open", counter=counter.id, officer=officer.id, pin=PIN)["session"],
        }
        for counter, officer in pairs
    ]


def fill(caller: Caller, settings: Settings, count: int) -> None:
    """Issue numbers, spread over every service and lane, many at once."""
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    wanted = list(islice(cycle(kinds(settings)), count))
    for begin in range(0, count, AT_ONCE):
        batch = wanted[begin : begin + AT_ONCE]
        for service, lane in batch:
            caller.bus.request("issue", {"service": service, "lane": lane}, replies.put)
        for _ in batch:
            reply = replies.get(timeout=60)
            assert reply.ok, reply


def kinds(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every service in every lane."""
    for service in settings.services:
        for lane in settings.lanes:
            yield service.id, lane.id


@contextlib.contextmanager
def screens(office: OfficeProcess) -> Iterator[None]:
    """Have two kiosks, all counters and three displays connected, each hearing what such a screen listens to."""
    ready, done = multiprocessing.Event(), multiprocessing.Event()
    counters = [counter.id for counter in office.settings.counters]
    process = multiprocessing.Process(target=_screens, args=(office.address, counters, ready, done), daemon=True)
    process.start()
    assert ready.wait(30)
    try:
        yield
    finally:
        done.set()
        process.join(20)


def _screens(address: Address, counters: list[str], ready: Event, done: Event) -> None:
    topics = Topics("demo")
    heard = {
        **{f"kiosk-{n}": topics.event("reprinted") for n in (1, 2)},
        **{counter: topics.counter(counter) for counter in counters},
        **{f"display-{n}": topics.event("+") for n in (1, 2, 3)},
    }
    buses = [Bus(address=address, office="demo", client=name, kind="bench", post=_run) for name in heard]
    for bus in buses:
        bus.listen_raw(topics.hall(), _taken)
        bus.listen_raw(heard[bus.client_id], _taken)
        bus.start()
    for bus in buses:
        bus.wait_connected(20)
    ready.set()
    done.wait(600)
    for bus in buses:
        bus.stop()


def _run(step: object) -> None:
    if callable(step):
        step()


def _taken(_topic: str, _payload: bytes) -> None:
    """Do nothing: a screen would draw now."""


def _issues(caller: Caller, settings: Settings) -> list[float]:
    """Return the seconds of each `issue`; as many wait before every one of them."""
    taken = []
    for service, lane in islice(cycle(kinds(settings)), REQUESTS):
        begin = time.perf_counter()
        ticket = caller.do("issue", service=service, lane=lane)["ticket"]
        taken.append(time.perf_counter() - begin)
        caller.do("cancel", ticket=ticket["id"])
    return taken


def _calls(caller: Caller, settings: Settings, desks: list[dict[str, str]]) -> list[float]:
    """Return the seconds of each `next`, round the counters; whoever was called is made up for by a newcomer."""
    taken = []
    wanted = cycle(kinds(settings))
    for desk in islice(cycle(desks), CALLS):
        begin = time.perf_counter()
        called = caller.do("next", **desk)["ticket"]
        taken.append(time.perf_counter() - begin)
        if called is not None:
            caller.do("cancel", ticket=called["id"], **desk)
        service, lane = next(wanted)
        caller.do("issue", service=service, lane=lane)
    return taken


def _throughput(office: OfficeProcess, server: str, commit_s: float) -> Table:
    table = Table(title=f"{server}: durable tickets in the same office; nobody is called meanwhile")
    for column in ("clients", "tickets/s", "same number twice", "share of one commit a ticket"):
        table.add_column(column, justify="right")
    seen: set[str] = set()
    for clients in CLIENTS:
        service = office.settings.services[0].id
        numbers, taken_s = issue_from(office.address, clients=clients, seconds=LOAD_SECONDS, service=service)
        twice = len(numbers) - len(set(numbers)) + len(seen & set(numbers))
        seen.update(numbers)
        rate = len(numbers) / taken_s
        table.add_row(str(clients), f"{rate:,.0f}", str(twice), f"{rate * commit_s:.0%}")
    return table
