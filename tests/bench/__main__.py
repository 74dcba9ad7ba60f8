"""Measures and prints; compares with the floor, never with a figure from another machine."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.server import Kind, ServerSpec, start_server
from tests.bench.crowd import crowd_table, memory_table
from tests.bench.floor import commits, round_trips
from tests.bench.load import issue_from
from tests.bench.printing import printing_table
from tests.bench.sound import sound_table
from tests.bench.touch import touch_table
from tests.support.caller import Caller
from tests.support.office import OfficeProcess, free_port

SERVERS: tuple[Kind, ...] = ("mosquitto", "embedded")
REQUESTS = 2000
CALLS = 500
CLIENTS = (1, 8, 32)
LOAD_SECONDS = 6.0
SERVICE, COUNTER, OFFICER, PIN = "new-passport", "counter-1", "siti", "1234"


def main() -> None:
    """Run everything, about eight minutes."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="antrean-bench-") as name:
        folder = Path(name)
        commit = commits(folder, REQUESTS)
        for server in SERVERS:
            trips = _floor_trips(server, folder / f"floor-{server}")
            floor_s = _p(trips, 50) + _p(commit, 50)
            office = OfficeProcess(folder / server, server=server)
            office.start()
            try:
                console.print(_latencies(office, server, trips, commit, floor_s))
                console.print(_throughput(office, server, _p(commit, 50)))
            finally:
                office.stop()
        console.print(crowd_table(folder))
        console.print(memory_table(folder))
        console.print(printing_table())
        console.print(touch_table(folder))
        console.print(sound_table(folder))


def _floor_trips(server: Kind, folder: Path) -> list[float]:
    logins = {ENGINE_CLIENT: "the floor may touch any topic"}
    spec = ServerSpec(
        kind=server, topics=Topics("bench"), listen="127.0.0.1", port=free_port(), folder=folder, logins=logins
    )
    running = start_server(spec)
    try:
        address = replace(spec.address, username=ENGINE_CLIENT, password=logins[ENGINE_CLIENT])
        return round_trips(address, REQUESTS)
    finally:
        running.stop()


def _latencies(
    office: OfficeProcess, server: str, trips: Sequence[float], commit: Sequence[float], floor_s: float
) -> Table:
    with Caller(office.address, "bench-desk", listens=False) as caller:
        issue = _timed(REQUESTS, lambda: caller.do("issue", service=SERVICE))
        session = caller.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]
        call = _timed_calls(caller, {"counter": COUNTER, "session": session})
        caller.do("close", counter=COUNTER, session=session)
    table = Table(title=f"{server}: request -> reply, milliseconds")
    for column in ("what", "p50", "p99", "p50 / floor"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("floor: MQTT round trip alone", *_ms(trips), "")
    table.add_row("floor: durable SQLite commit alone", *_ms(commit), "")
    table.add_row("issue", *_ms(issue), f"{_p(issue, 50) / floor_s:.2f}")
    table.add_row(f"next ({REQUESTS} wait)", *_ms(call), f"{_p(call, 50) / floor_s:.2f}")
    return table


def _throughput(office: OfficeProcess, server: str, commit_s: float) -> Table:
    table = Table(title=f"{server}: durable tickets")
    for column in ("clients", "tickets/s", "same number twice", "share of one commit a ticket"):
        table.add_column(column, justify="right")
    seen: set[str] = set()
    for clients in CLIENTS:
        numbers, taken_s = issue_from(office.address, clients=clients, seconds=LOAD_SECONDS, service=SERVICE)
        twice = len(numbers) - len(set(numbers)) + len(seen & set(numbers))
        seen.update(numbers)
        rate = len(numbers) / taken_s
        table.add_row(str(clients), f"{rate:,.0f}", str(twice), f"{rate * commit_s:.0%}")
    return table


def _timed(count: int, step: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begin)
    return taken


def _timed_calls(caller: Caller, desk: dict[str, str]) -> list[float]:
    taken = []
    for _ in range(CALLS):
        begin = time.perf_counter()
        caller.do("next", **desk)
        taken.append(time.perf_counter() - begin)
        caller.do("finish", **desk)
    return taken


def _p(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _ms(values: Sequence[float]) -> tuple[str, str]:
    return f"{_p(values, 50) * 1000:.2f}", f"{_p(values, 99) * 1000:.2f}"


if __name__ == "__main__":
    main()
