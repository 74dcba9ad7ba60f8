"""A crowded hall: how `next` fares with 1,000 waiting beside 10, and what 5,000 live tickets cost in memory."""

from __future__ import annotations

import time
from itertools import cycle, islice
from pathlib import Path

from rich.table import Table

from broker.config.settings import Settings
from tests.bench.figures import milliseconds, percentile
from tests.bench.working import NO_QUOTA, fill, kinds
from tests.support.caller import Caller
from tests.support.office import OfficeProcess

FEW, MANY = 10, 1000
CALLS = 300
LIVE = 5000
COUNTER, OFFICER, PIN = "counter-1", "siti", "1234"


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
        groups = str(min(waiting, len(list(kinds(office.settings)))))
        table.add_row(str(waiting), groups, *milliseconds(taken), f"{percentile(taken, 99) / percentile(few, 99):.2f}")
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
            fill(caller, office.settings, LIVE)
            full = _resident_kib(office)
            table.add_row(f"{LIVE:,}", f"{full / 1024:.1f}", f"{(full - empty) / LIVE:.1f}")
    finally:
        office.stop()
    return table


def _calls(caller: Caller, settings: Settings, waiting: int) -> list[float]:
    """Return the seconds of each `next`, with as many waiting before every one of them."""
    fill(caller, settings, waiting)
    desk = {"counter": COUNTER, "session": caller.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]}
    wanted = cycle(kinds(settings))
    taken = []
    for service, lane in islice(wanted, CALLS):
        begin = time.perf_counter()
        called = caller.do("next", **desk)["ticket"]
        taken.append(time.perf_counter() - begin)
        caller.do("cancel", ticket=called["id"], **desk)
        caller.do("issue", service=service, lane=lane)
    return taken


def _resident_kib(office: OfficeProcess) -> int:
    """Return the resident memory of the broker's own process (Linux)."""
    assert office.process is not None
    status = Path(f"/proc/{office.process.pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])
