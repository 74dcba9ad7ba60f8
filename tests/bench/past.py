"""An office of years: a million tickets behind it, and how long it takes to start, to commit and to answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.table import Table

from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.hall import Hall
from broker.domain.model import Promised
from broker.ports import Recorded, Work
from broker.store.head import Head
from broker.store.moments import micros
from broker.store.sql import SqlStore
from broker.store.writing import insert_into
from tests.bench.figures import milliseconds, percentile
from tests.fakes.offices import small_office
from tests.support.office import OfficeProcess

TICKETS = 1_000_000
A_DAY = 1_000
STARTS = 5
COMMITS = 1_000
BATCHES = (1, 32)
FIRST_DAY = dt.datetime(2021, 1, 4, 1, tzinfo=dt.UTC)
PAYLOAD = b"x" * 450
"""A reply is about so long."""

_EVENTS = insert_into("events", "office, seq, at, type, client, ticket, counter, body, hash")
_TICKETS = insert_into(
    "tickets",
    "id, office, day, series, number, service, lane, language, stage, state, counter, issued_at, waiting_since, "
    "times_called, copies, first_seq",
)
_PROMISES = insert_into(
    "promises", "office, seq, ticket, at, stage, lane, ahead, low_s, high_s, average_s, counters, called_at"
)
_JOBS = insert_into("print_jobs", "office, seq, copy_no, ticket, client, state, queued_at, at")


def past_tables(folder: Path) -> Iterator[Table]:
    """Yield how an office fares that has a past, beside one that has none."""
    new, old = folder / "new", folder / "old"
    for one in (new, old):
        one.mkdir()
        SqlStore(f"sqlite:///{one}/office.db", "demo", Head(one, "demo")).close()
    remember(old / "office.db", TICKETS)
    (old / "journal-demo.head").unlink()  # what was made up here was answered by nobody
    yield _starts(new, old)  # first: what the others write waits in the hall afterwards
    yield _commits(folder)
    yield _growth(new, old)


def _commits(folder: Path) -> Table:
    table = Table(title="commit of numbers that were given out, milliseconds")
    for column in (
        "tickets in one go",
        "raw commit p50",
        "p99",
        "our commit p50",
        "p99",
        "p50 a ticket beyond the raw",
    ):
        table.add_column(column, justify="right")
    for batch in BATCHES:
        raw = _raw_commits(folder / f"raw-{batch}.db", batch)
        with closing(SqlStore(f"sqlite:///{folder}/commits-{batch}.db", "demo")) as store:
            ours = _our_commits(store, batch)
        more = (percentile(ours, 50) - percentile(raw, 50)) / batch * 1000
        table.add_row(str(batch), *milliseconds(raw), *milliseconds(ours), f"{more:.3f}")
    return table


def _growth(new: Path, old: Path) -> Table:
    """Return what a commit takes without waiting for the disk, which is the same for both."""
    table = Table(title="commit of one number by how many were given out before, without the disk's part")
    for column in ("past tickets", "p50, ms", "p99, ms", "p50 / that of a new office"):
        table.add_column(column, justify="right")
    first = 0.0
    for name, one in (("0", new), (f"{TICKETS:,}", old)):
        with closing(SqlStore(f"sqlite:///{one}/office.db", "demo")) as store:
            store._wait_for_the_disk(durable=False)
            store._is_durable = True
            taken = _our_commits(store, 1)
        first = first or percentile(taken, 50)
        table.add_row(name, *milliseconds(taken), f"{percentile(taken, 50) / first:.2f}")
    return table


def _starts(new: Path, old: Path) -> Table:
    table = Table(title=f"from the command to the first answer, the middle of {STARTS}, seconds")
    for column in ("past tickets", "store alone", "broker's process"):
        table.add_column(column, justify="right")
    for name, one in (("0", new), (f"{TICKETS:,}", old)):
        alone = sorted(_store_start_s(one) for _ in range(STARTS))[STARTS // 2]
        whole = sorted(_broker_start_s(one) for _ in range(STARTS))[STARTS // 2]
        table.add_row(name, f"{alone:.2f}", f"{whole:.2f}")
    return table


def _store_start_s(folder: Path) -> float:
    begin = time.perf_counter()
    with closing(SqlStore(f"sqlite:///{folder}/office.db", "demo")) as store:
        store.past()
        list(store.known_requests())
        return time.perf_counter() - begin


def _broker_start_s(folder: Path) -> float:
    office = OfficeProcess(folder)
    begin = time.perf_counter()
    office.start()
    office.wait_online()
    taken = time.perf_counter() - begin
    office.stop()
    return taken


def _raw_commits(path: Path, batch: int) -> list[float]:
    taken = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE line (seq INTEGER PRIMARY KEY, body BLOB)")
        for _ in range(COMMITS):
            begin = time.perf_counter()
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO line (body) VALUES (?)", [(PAYLOAD,)] * batch)
            connection.execute("COMMIT")
            taken.append(time.perf_counter() - begin)
    return taken


def _our_commits(store: SqlStore, batch: int) -> list[float]:
    office, at = small_office(), dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
    hall = Hall(office)
    hall.seq = store.past().last_seq
    taken = []
    for round_ in range(max(COMMITS // batch, 100)):
        work = Work(at + dt.timedelta(seconds=round_))
        for _ in range(batch):
            work.events.append(_issued(hall, work.at))
            work.replies["kiosk-1", str(uuid.uuid4())] = PAYLOAD
        begin = time.perf_counter()
        store.commit(work)
        taken.append(time.perf_counter() - begin)
    return taken


def _issued(hall: Hall, at: dt.datetime) -> Recorded:
    number = hall.last_sequence.get("B", 0) + 1
    event = ev.Issued(
        at=at,
        ticket=str(uuid.uuid4()),
        number=f"B-{number:03}",
        day=hall.office.day(at),
        series="B",
        sequence=number,
        service="visa",
        lane="regular",
        language="id",
        stage="check",
        promised=Promised(3, 100, 500, 300.0, 2),
    )
    apply(hall, event)
    return Recorded(hall.seq, event, "kiosk-1", hall.tickets[event.ticket])


def remember(database: Path, tickets: int) -> None:
    """Put a past into a database: each ticket was issued, called and finished, 1,000 on each day."""
    chance, last_hash, seq = random.Random(1), "0" * 64, 0  # noqa: S311 - the same past each time
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        for day in range(tickets // A_DAY):
            connection.execute("BEGIN")
            lines: list[Sequence[object]] = []
            rows: list[Sequence[object]] = []
            for number in range(1, A_DAY + 1):
                at = FIRST_DAY + dt.timedelta(days=day, seconds=25 * number)
                ticket = str(uuid.UUID(int=chance.getrandbits(128)))
                rows.append((ticket, at.date().isoformat(), number, micros(at), seq + 1))
                for name, counter, more in _LIVES:
                    seq += 1
                    body = f'{{"at":"{at.isoformat()}","ticket":"{ticket}",{more % {"n": number, "day": at.date()}}}}'
                    last_hash = hashlib.sha256(f"{last_hash}\n{seq}\n{name}\nkiosk-1\n{body}".encode()).hexdigest()
                    lines.append(("demo", seq, micros(at), name, "kiosk-1", ticket, counter, body, last_hash))
            connection.executemany(_EVENTS, lines)
            _fill_tables(connection, rows)
            connection.execute("COMMIT")


def _fill_tables(connection: sqlite3.Connection, rows: Sequence[Sequence[object]]) -> None:
    service = ("new-passport", "regular", "id", "documents", "finished", "counter-1")
    connection.executemany(
        _TICKETS,
        [(t, "demo", day, "A", n, *service, at, at, 1, 0, first) for t, day, n, at, first in rows],
    )
    told = ("documents", "regular", 3, 200, 900, 300.0, 2)
    connection.executemany(_PROMISES, [("demo", first, t, at, *told, at) for t, _, _, at, first in rows])
    connection.executemany(
        _JOBS, [("demo", first, 0, t, "kiosk-1", "confirmed", at, at) for t, _, _, at, first in rows]
    )


_LIVES = (
    (
        "issued",
        None,
        (
            '"check":null,"day":"%(day)s","lane":"regular","language":"id","number":"A-%(n)03d","promised":{"ahead":3,'
            '"average_s":300.0,"counters":2,"high_s":900,"low_s":200},"sequence":%(n)d,"series":"A",'
            '"service":"new-passport","stage":"documents"'
        ),
    ),
    (
        "called",
        "counter-1",
        (
            '"counter":"counter-1","officer":"siti","reason":{"passed_over":[["A-001",0.3]],"policy":"promise",'
            '"promised_s":3600,"score":0.5,"waited_s":300}'
        ),
    ),
    ("finished", "counter-1", '"counter":"counter-1","next_stage":null,"note":null,"stage":"documents"'),
)
