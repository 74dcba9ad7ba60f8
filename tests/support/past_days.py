"""Closed days of the demo office, made up without a journal: busy mornings, idle afternoons, the same each time."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path

from broker.config import Settings
from broker.reports.facts import Count, DayFacts, DeskTime, Visit, Wait, micros, text_of
from broker.reports.fold import Carry
from broker.store.sql import SqlStore
from tests.support.sqlite import opened

MIN = 60_000_000
_BUSY = (4, 8, 9, 9, 8, 6, 3, 1, 5, 6, 5, 4, 3, 2)
"""How many come in each half hour from eight on, of each other."""


def a_day(day: dt.date, settings: Settings, *, tickets: int = 60) -> DayFacts:
    """Return what one day came to."""
    chance = random.Random(day.toordinal())  # noqa: S311 - the same day each time
    zone = settings.office.zone
    services, lanes = settings.services, settings.lanes
    counters, officers = settings.counters, [one.id for one in settings.officers]
    counts: Tally[tuple[str, int, str, str, str, str | None, str | None]] = Tally()
    waits, visits = [], []
    for _ in range(tickets):
        place = chance.choices(range(len(_BUSY)), _BUSY)[0]
        half_hour = 16 + place
        service = chance.choice(services)
        stage, lane = service.stages[0], lanes[0 if chance.random() < 0.85 else 1]
        counts["arrival", half_hour, service.id, lane.id, stage, None, None] += 1
        waited = int(chance.expovariate(1 / (3 + 2.5 * _BUSY[place])) * MIN)
        n = chance.randrange(len(counters))
        counter, officer = counters[n].id, officers[n % len(officers)]
        ended = min(47, half_hour + waited // (30 * MIN))
        if chance.random() < 0.05:
            counts["no_show", ended, service.id, lane.id, stage, counter, officer] += 1
            waits.append(Wait(ended, service.id, lane.id, stage, counter, officer, waited, 1, 1800, 600, 1800))
            continue
        counts["told", half_hour, service.id, lane.id, stage, None, None] += 1
        counts["served", ended, service.id, lane.id, stage, counter, officer] += 1
        waits.append(Wait(ended, service.id, lane.id, stage, counter, officer, waited, 1, 1800, 300, 1500))
        taken = int(chance.gauss(9, 3) * MIN)
        visits.append(Visit(ended, service.id, lane.id, stage, counter, officer, max(taken, MIN), MIN // 2, "finished"))
    desks = [
        DeskTime(half_hour, one.id, officers[n % len(officers)], does, us)
        for n, one in enumerate(counters)
        for half_hour in range(16, 30)
        for does, us in (("busy", 20 * MIN), ("idle", 8 * MIN), ("paused", 2 * MIN))
    ]
    first = day.toordinal() * 10_000
    return DayFacts(
        day=day,
        first_seq=first,
        last_seq=first + 9_999,
        until_us=micros(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)),
        counts=tuple(Count._make((*key, n)) for key, n in counts.items()),
        waits=tuple(waits),
        visits=tuple(visits),
        desks=tuple(desks),
    )


def working_days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield Mondays to Fridays."""
    for n in range((last - first).days + 1):
        day = first + dt.timedelta(days=n)
        if day.isoweekday() < 6:
            yield day


def keep_days(path: Path, settings: Settings, first: dt.date, last: dt.date, *, tickets: int = 60) -> None:
    """Write a database with these days closed. No line of a journal tells of them: an office goes on with its first."""
    SqlStore(f"sqlite:///{path}", settings.office.id).close()
    with opened(path) as connection:
        connection.executemany(
            "INSERT INTO closed_days (office, day, seq, lines, digest, facts, carry) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    settings.office.id,
                    facts.day.isoformat(),
                    0,
                    10_000,
                    f"of {facts.day}",
                    text_of(facts),
                    _carry(facts),
                )
                for facts in (a_day(day, settings, tickets=tickets) for day in working_days(first, last))
            ],
        )


def _carry(facts: DayFacts) -> str:
    return Carry(day=facts.day, last_seq=0, until_us=facts.until_us).text()
