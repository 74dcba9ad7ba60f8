"""Reports of a large office of years: how long a month and a year take, and what they cost whoever takes a number."""

from __future__ import annotations

import datetime as dt
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

from rich.table import Table

from broker.config import Settings, load_settings
from broker.reports.figures import Dimension, Question, report, without_looking_for_garbage
from broker.store.archive import Archive
from tests.bench.figures import milliseconds, percentile
from tests.bench.past import TICKETS, remember
from tests.bench.working import NO_QUOTA, WAITING, fill, kinds, open_counters, screens
from tests.support.caller import Caller
from tests.support.lived_days import live, new_office
from tests.support.office import CONFIG, OfficeProcess

A_DAY = 600
"""Visitors of a large office."""
DAYS = 366
"""An office that never rests, and the day on which the last one is closed."""
AT_ONCE = 3
ROUNDS = 5
REQUESTS = 1500
FIRST = dt.date(2025, 11, 1)
NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
SPANS = (("a month", dt.date(2026, 10, 1)), ("a year", dt.date(2025, 11, 1)))
LAST = dt.date(2026, 10, 31)
DIVISIONS: tuple[tuple[Dimension, ...], ...] = ((), ("day",), ("lane", "half_hour"), ("counter",))


def reports_tables(folder: Path) -> Iterator[Table]:
    """Yield how long reports take with a million tickets behind them, and what `issue` takes meanwhile."""
    database = new_office(folder)
    remember(database, TICKETS - A_DAY * DAYS)
    live(database, load_settings(CONFIG, os.environ), (FIRST + dt.timedelta(days=n) for n in range(DAYS)), A_DAY)
    yield _reading(folder)
    yield _beside(folder)


def _reading(folder: Path) -> Table:
    table = Table(title=f"a report of a large office ({A_DAY} visitors a day), {TICKETS:,} tickets behind it, seconds")
    for column in ("what", "divided by", "read and reckoned: median", "longest", "antrean report, JSON", "PDF"):
        table.add_column(column, justify="left" if column in {"what", "divided by"} else "right")
    for name, first in SPANS:
        for by in DIVISIONS:
            taken = sorted(_asked_s(folder, Question(first, LAST, by)) for _ in range(ROUNDS))
            whole = (
                [f"{_command_s(folder, first, by, kind):.1f}" for kind in ("json", "pdf")] if len(by) < 2 else ["", ""]
            )
            table.add_row(name, ", ".join(by) or "nothing", f"{taken[ROUNDS // 2]:.2f}", f"{taken[-1]:.2f}", *whole)
    return table


def _asked_s(folder: Path, question: Question) -> float:
    """Return what one answer takes in a process that is warm."""
    zone = load_settings(CONFIG, os.environ).office.zone
    gc.collect()
    with without_looking_for_garbage():  # as that process does
        begin = time.perf_counter()
        with closing(Archive(f"sqlite:///{folder}/office.db", "demo")) as archive:
            history = archive.history(zone, question.first, question.last, NOW)
        report(history, question)
        return time.perf_counter() - begin


def _command(folder: Path, first: dt.date, by: tuple[Dimension, ...], kind: str) -> list[str]:
    divided = [part for one in by for part in ("--by", one)]
    span = ("--from", first.isoformat(), "--to", LAST.isoformat())
    where = ("--config", str(CONFIG), "--data", str(folder), "--out", os.devnull)
    return ["nice", "-n", "15", sys.executable, "-m", "broker", "report", *span, *divided, "--format", kind, *where]


def _command_s(folder: Path, first: dt.date, by: tuple[Dimension, ...], kind: str) -> float:
    begin = time.perf_counter()
    subprocess.run(_command(folder, first, by, kind), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _beside(folder: Path) -> Table:
    """Return what `issue` takes alone, and while three reports of a year are made without a pause."""
    table = Table(title=f"mosquitto: issue -> reply, ms, alone and while {AT_ONCE} reports of a year are made at once")
    for column in ("what", "p50", "p99", "p99 / alone"):
        table.add_column(column, justify="left" if column == "what" else "right")
    office = OfficeProcess(folder, extra=NO_QUOTA)
    office.start()
    try:
        office.wait_online()
        with Caller(office.address, "bench-desk", listens=False) as caller, screens(office):
            fill(caller, office.settings, WAITING)
            open_counters(caller, office.settings)
            _issues(caller, office.settings, REQUESTS // 5)
            alone = _issues(caller, office.settings, REQUESTS)
            with _Reports(folder) as reports:
                beside = _issues(caller, office.settings, REQUESTS)
    finally:
        office.stop()
    table.add_row("alone", *milliseconds(alone), "")
    ratio = percentile(beside, 99) / percentile(alone, 99)
    table.add_row(f"beside reports ({reports.made} were made)", *milliseconds(beside), f"{ratio:.2f}")
    return table


def _issues(caller: Caller, settings: Settings, requests: int) -> list[float]:
    taken, wanted = [], list(kinds(settings))
    for n in range(requests):
        service, lane = wanted[n % len(wanted)]
        begin = time.perf_counter()
        number = caller.do("issue", service=service, lane=lane)["ticket"]
        taken.append(time.perf_counter() - begin)
        caller.do("cancel", ticket=number["id"])
    return taken


class _Reports:
    """Makes reports of a year without a pause, so many at once; each in a process of its own, as the office does."""

    def __init__(self, folder: Path) -> None:
        self.made = 0
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Begin."""
        loop = f"while true; do {' '.join(_command(self._folder, SPANS[1][1], ('day',), 'json'))} && echo made; done"
        for _ in range(AT_ONCE):
            process = subprocess.Popen(["sh", "-c", loop], stdout=subprocess.PIPE, start_new_session=True)
            self._running.append(process)
        time.sleep(3)  # until all of them read
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        for process in self._running:
            os.killpg(process.pid, 15)
            said, _rest = process.communicate()
            self.made += said.count(b"made\n")
