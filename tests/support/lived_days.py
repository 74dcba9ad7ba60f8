"""Days of an office with all that is told of them: a journal, tickets, and the days closed as the broker closes them.

Made up as events and written as a broker's store would have them, a thousand times as fast as living through them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import sqlite3
import uuid
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from broker.config import Settings
from broker.domain import events as ev
from broker.domain.model import Promised, Reason
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.reports.fold import Carry, Fold, closed_day
from broker.store.head import Head
from broker.store.journal import body_of
from broker.store.moments import micros
from broker.store.sql import SqlStore
from broker.store.writing import insert_into

_EVENTS = insert_into("events", "office, seq, at, type, client, ticket, counter, body, hash")
_CLOSED = insert_into("closed_days", "office, day, seq, lines, digest, facts, carry")
_TICKETS = insert_into(
    "tickets",
    "id, office, day, series, number, service, lane, language, stage, state, issued_at, waiting_since, times_called, "
    "copies, first_seq",
)
_OPEN_H = 12


def new_office(folder: Path) -> Path:
    """Return the database of an office in which nothing has happened yet."""
    folder.mkdir(parents=True, exist_ok=True)
    SqlStore(f"sqlite:///{folder}/office.db", "demo", Head(folder, "demo")).close()
    (folder / "journal-demo.head").unlink(missing_ok=True)  # what is made up here was answered by nobody
    return folder / "office.db"


def live(database: Path, settings: Settings, days: Iterable[dt.date], visitors: int) -> None:
    """Let an office work on these days, in order, behind the past that is there; all but the last one are closed."""
    zone, chance = settings.office.zone, random.Random(7)  # noqa: S311 - the same days each time
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        last = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        seq, last_hash = last or (0, "0" * 64)
        fold: Fold | None = None
        for day in days:
            fold = fold or Fold(zone, Carry(day=day - dt.timedelta(days=1), last_seq=seq))
            connection.execute("BEGIN")
            lines, tickets = [], []
            for event in _a_day(settings, day, visitors, chance):
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


def _a_day(settings: Settings, day: dt.date, visitors: int, chance: random.Random) -> list[Event]:
    """Return what happens on a day: counters open, visitors come, wait, and are served at each of their stages."""
    zone, found = settings.office.zone, list[Event]()
    begin = dt.datetime.combine(day, dt.time(8), zone)
    seats = list(zip(settings.counters, settings.officers, strict=False))
    for counter, officer in seats:
        found.append(ev.Opened(at=begin, counter=counter.id, officer=officer.id, session="digest"))
        found.append(ev.Closed(at=begin + dt.timedelta(hours=_OPEN_H), counter=counter.id, reason=None))
    free = {counter.id: begin for counter, _ in seats}
    for number in range(1, visitors + 1):
        found += _visit(settings, begin + dt.timedelta(hours=7.5) * number / visitors, number, chance, free)
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
