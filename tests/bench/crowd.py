"""A crowded hall: how `next` fares with 1,000 waiting beside 10, and what 5,000 live tickets cost in memory."""

from __future__ import annotations

import queue
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from rich.table import Table

from broker.config.settings import Settings
from broker.contract.messages import Reply
from tests.support.caller import Caller
from tests.support.office import OfficeProcess

FEW, MANY = 10, 1000
CALLS = 300
LIVE = 5000
COUNTER, OFFICER, PIN = "counter-1", "siti", "1234"
AT_ONCE = 200
"""So many numbers are asked for before the first answer is waited for."""
NO_QUOTA = {"ANTREAN_LANES__PRIORITY__DAILY_QUOTA": "100000"}


def crowd_table(folder: Path) -> Table:
    """Return p50 and p99 of `next` by the number of waiting tickets, in every service and lane, and their ratio."""
    table = Table(title=f"next in {CALLS} calls by how many wait, in every service and lane, milliseconds")
    for column in ("waiting", "groups", "p50", "p99", "p99 / p99 of 10"):
        table.add_column(column, justify="right")
    few: list[float] = []
    for waiting in (FEW, MANY):
        office = OfficeProcess(folder / f"crowd-{waiting}", extra=NO_QUOTA)
        office.start()
        try:
            with Caller(office.address, "bench-desk", listens=False) as caller:
                taken = _calls(caller, office.settings, waiting)
        finally:
            office.stop()
        few = few or taken
        groups = str(min(waiting, len(list(_kinds(office.settings)))))
        table.add_row(str(waiting), groups, *_ms(taken), f"{_p(taken, 99) / _p(few, 99):.2f}")
    return table


def memory_table(folder: Path) -> Table:
    """Return what the broker's process holds in memory, empty and with thousands of live tickets."""
    table = Table(title="memory of the broker's process")
    for column in ("live tickets", "resident, MiB", "KiB a ticket"):
        table.add_column(column, justify="right")
    office = OfficeProcess(folder / "memory", extra=NO_QUOTA)
    office.start()
    try:
        with Caller(office.address, "bench-crowd", listens=False) as caller:
            empty = _resident_kib(office)
            table.add_row("0", f"{empty / 1024:.1f}", "")
            _fill(caller, office.settings, LIVE)
            full = _resident_kib(office)
            table.add_row(f"{LIVE:,}", f"{full / 1024:.1f}", f"{(full - empty) / LIVE:.1f}")
    finally:
        office.stop()
    return table


def _calls(caller: Caller, settings: Settings, waiting: int) -> list[float]:
    """Return the seconds of each `next`, with as many waiting before every one of them."""
    _fill(caller, settings, waiting)
    desk = {"counter": COUNTER, "session": caller.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]}
    kinds = cycle(_kinds(settings))
    taken = []
    for service, lane in islice(kinds, CALLS):
        begin = time.perf_counter()
        called = caller.do("next", **desk)["ticket"]
        taken.append(time.perf_counter() - begin)
        caller.do("cancel", ticket=called["id"], **desk)
        caller.do("issue", service=service, lane=lane)
    return taken


def _kinds(settings: Settings) -> Iterator[tuple[str, str]]:
    for service in settings.services:
        for lane in settings.lanes:
            yield service.id, lane.id


def _fill(caller: Caller, settings: Settings, count: int) -> None:
    """Issue numbers, spread over every service and lane, many at once."""
    replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    kinds = list(islice(cycle(_kinds(settings)), count))
    for begin in range(0, count, AT_ONCE):
        batch = kinds[begin : begin + AT_ONCE]
        for service, lane in batch:
            caller.bus.request("issue", {"service": service, "lane": lane}, replies.put)
        for _ in batch:
            reply = replies.get(timeout=60)
            assert reply.ok, reply


def _resident_kib(office: OfficeProcess) -> int:
    """Return the resident memory of the broker's own process (Linux)."""
    assert office.process is not None
    status = Path(f"/proc/{office.process.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])


def _p(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _ms(values: Sequence[float]) -> tuple[str, str]:
    return f"{_p(values, 50) * 1000:.2f}", f"{_p(values, 99) * 1000:.2f}"
