"""Reports of a large office of years: how long a month and a year take, and what they cost whoever takes a number."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

from rich.table import Table

from broker.config import Settings, load_settings
from broker.domain import events as ev
from broker.domain.model import Promised, Reason
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.reports.figures import Dimension, Question, report
from broker.reports.fold import Carry, Fold, closed_day
from broker.store.archive import Archive
from broker.store.head import Head
from broker.store.journal import body_of
from broker.store.moments import micros
from broker.store.sql import SqlStore
from broker.store.writing import insert_into
from tests.bench.figures import milliseconds, percentile
from tests.bench.past import TICKETS, remember
from tests.bench.working import NO_QUOTA, WAITING, fill, kinds, open_counters, screens
from tests.support.caller import Caller
from tests.support.office import CONFIG, OfficeProcess

A_DAY = 600
"""Visitors of a large office."""
A_YEAR = 366
SATURDAY = 5
WORKING_DAYS = 261
"""Of these."""
AT_ONCE = 3
ROUNDS = 5
REQUESTS = 1500
FIRST = dt.date(2025, 11, 1)
NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
SPANS = (("a month", dt.date(2026, 10, 1)), ("a year", dt.date(2025, 11, 1)))
LAST = dt.date(2026, 10, 31)
DIVISIONS: tuple[tuple[Dimension, ...], ...] = ((), ("day",), ("lane", "half_hour"), ("counter",))

_EVENTS = insert_into("events", "office, seq, at, type, client, ticket, counter, body, hash")
_CLOSED = insert_into("closed_days", "office, day, seq, lines, digest, facts, carry")
_TICKETS = insert_into(
    "tickets",
    "id, office, day, series, number, service, lane, language, stage, state, issued_at, waiting_since, times_called, "
    "copies, first_seq",
)


def reports_tables(folder: Path) -> Iterator[Table]:
    """Yield how long reports take with a million tickets behind them, and what `issue` takes meanwhile."""
    SqlStore(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo")).close()
    remember(folder / "office.db", TICKETS - A_DAY * WORKING_DAYS)
    (folder / "journal-demo.head").unlink()  # what was made up here was answered by nobody
    _live(folder / "office.db", load_settings(CONFIG, os.environ))
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


# -- a year of a large office -------------------------------------------------------------------------------------


def _live(database: Path, settings: Settings) -> None:
    """Let a large office work for a year and close its days, behind the past that is there."""
    zone, chance = settings.office.zone, random.Random(7)  # noqa: S311 - the same year each time
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        seq, last_hash = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        fold = Fold(zone, Carry(day=FIRST - dt.timedelta(days=1), last_seq=seq))
        year = (FIRST + dt.timedelta(days=n) for n in range(A_YEAR))
        for day in (day for day in year if day.weekday() < SATURDAY):
            connection.execute("BEGIN")
            lines, tickets = [], []
            for event in _a_day(settings, day, chance):
                seq += 1
                body, name = body_of(event), EVENT_NAMES[type(event)]
                last_hash = hashlib.sha256(f"{last_hash}\n{seq}\n{name}\nkiosk-1\n{body}".encode()).hexdigest()
                where = getattr(event, "ticket", None), getattr(event, "counter", None)
                lines.append(("demo", seq, micros(event.at), name, "kiosk-1", *where, body, last_hash))
                if isinstance(event, ev.Issued):
                    tickets.append(_row(event, seq))
                ended = fold.hear(seq, "kiosk-1", event)
                if ended is not None:
                    kept = closed_day(ended)
                    row = ("demo", kept.day.isoformat(), seq, kept.lines, kept.digest, kept.facts, kept.carry)
                    connection.execute(_CLOSED, row)
            connection.executemany(_EVENTS, lines)
            connection.executemany(_TICKETS, tickets)
            connection.execute("COMMIT")


def _row(event: ev.Issued, seq: int) -> tuple[object, ...]:
    at = micros(event.at)
    place = (event.ticket, "demo", event.day.isoformat(), event.series, event.sequence, event.service, event.lane)
    return (*place, "id", event.stage, "finished", at, at, 1, 0, seq)


def _a_day(settings: Settings, day: dt.date, chance: random.Random) -> list[Event]:
    """Return what happens on a day: counters open, visitors come, wait, and are served at each of their stages."""
    zone, found = settings.office.zone, list[Event]()
    begin = dt.datetime.combine(day, dt.time(8), zone)
    seats = list(zip(settings.counters, settings.officers, strict=False))
    for counter, officer in seats:
        found.append(ev.Opened(at=begin, counter=counter.id, officer=officer.id, session="digest"))
        found.append(ev.Closed(at=begin + dt.timedelta(hours=12), counter=counter.id, reason=None))
    free = {counter.id: begin for counter, _ in seats}
    for number in range(1, A_DAY + 1):
        found += _visit(settings, begin + dt.timedelta(seconds=45 * number), number, chance, free)
    return sorted(found, key=lambda event: event.at)


def _visit(
    settings: Settings, at: dt.datetime, number: int, chance: random.Random, free: dict[str, dt.datetime]
) -> list[Event]:
    """Return one visit; at each stage the counter that is free first calls, after a while at the earliest."""
    service, lane = chance.choice(settings.services), chance.choice(settings.lanes)
    ticket, found = str(uuid.UUID(int=chance.getrandbits(128))), list[Event]()
    issued = ev.Issued(
        at=at,
        ticket=ticket,
        number=f"A-{number:03}",
        day=at.date(),
        series="A",
        sequence=number,
        service=service.id,
        lane=lane.id,
        language="id",
        stage=service.stages[0],
        promised=Promised(3, 200, 900, 300.0, 2),
    )
    found += [issued, ev.Printed(at=at, ticket=ticket, outcome="confirmed", reason=None)]
    for place, stage in enumerate(service.stages):
        counter = min(free, key=free.__getitem__)
        officer = settings.officers[list(free).index(counter)].id
        at = max(at + dt.timedelta(seconds=chance.lognormvariate(6, 0.8)), free[counter])
        reason = Reason("promise", 0.5, 300, int(lane.promised_wait_min * 60), (("A-001", 0.3),))
        found.append(ev.Called(at=at, ticket=ticket, counter=counter, officer=officer, reason=reason))
        at += dt.timedelta(seconds=20)
        found.append(ev.Started(at=at, ticket=ticket, counter=counter, note=None))
        at += dt.timedelta(seconds=chance.lognormvariate(4.4, 0.5))
        following = service.stages[place + 1] if place + 1 < len(service.stages) else None
        end = ev.Finished(at=at, ticket=ticket, counter=counter, stage=stage, next_stage=following, note=None)
        found.append(end)
        free[counter] = at
    return found
