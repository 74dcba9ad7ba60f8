"""Months of an office that nobody had to live through: facts of closed days, alike week by week or as chance would."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.reports.facts import Count, DayFacts, DeskTime, Visit, text_of
from broker.reports.fold import Carry
from broker.store.sql import SqlStore
from tests.support.sqlite import opened

DAY = dt.timedelta(days=1)
HALF_HOUR_US = 1_800_000_000
HOURS = (*range(15, 24), *range(26, 30))
"""07:30 to 12:00 and 13:00 to 15:00."""


def is_weekday(day: dt.date) -> bool:
    """Tell whether an office works that has no holidays."""
    return day.weekday() < 5


@dataclass
class PastDays:
    """How an office is used: the same seed, the same days."""

    last: dt.date
    weeks: int = 20
    services: Mapping[str, float] = field(default_factory=lambda: {"visa": 4.0})
    """Visitors in a half hour of the morning; in the afternoon half of them."""
    lanes: Mapping[str, float] = field(default_factory=lambda: {"regular": 1.0})
    open: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: {"c1": HOURS})
    """By counter."""
    takes_min: Mapping[str, float] = field(default_factory=lambda: {"check": 8.0})
    """By stage: how long each visit is, more or less."""
    seed: int | None = None
    """None: every day of a weekday is the same."""
    is_working: Callable[[dt.date], bool] = is_weekday
    factor: Callable[[dt.date], float] = lambda _day: 1.0

    def facts(self) -> list[DayFacts]:
        """Return the days, the oldest first."""
        first = self.last - DAY * (7 * self.weeks - 1)
        days = (first + DAY * n for n in range(7 * self.weeks))
        return [self._day(day, place) for place, day in enumerate(filter(self.is_working, days))]

    def _day(self, day: dt.date, place: int) -> DayFacts:
        chance = random.Random(f"{self.seed}/{day}")  # noqa: S311 - made-up days, no secret
        counts = tuple(self._counts(day, chance))
        visits = tuple(self._visits(counts, chance))
        desks = [
            DeskTime(half_hour, counter, "siti", "idle", HALF_HOUR_US)
            for counter, half_hours in self.open.items()
            for half_hour in half_hours
        ]
        return DayFacts(day, place + 1, place + 1, 0, counts=counts, visits=visits, desks=tuple(desks))

    def _counts(self, day: dt.date, chance: random.Random) -> Iterator[Count]:
        whole = self.factor(day) * (1.0 if self.seed is None else chance.lognormvariate(-0.005, 0.1))
        for service, per_half_hour in self.services.items():
            for half_hour in HOURS:
                rate = per_half_hour * whole * (1.0 if half_hour < 24 else 0.5) * (1 + day.weekday() / 10)
                n = round(rate) if self.seed is None else poisson(chance, rate)
                for lane, part in self._by_lane(n, chance).items():
                    yield Count("arrival", half_hour, service, lane, "", None, None, part)

    def _by_lane(self, n: int, chance: random.Random) -> dict[str, int]:
        if self.seed is None:
            return {next(iter(self.lanes)): n} if n else {}
        chosen = chance.choices(list(self.lanes), list(self.lanes.values()), k=n)
        return {lane: chosen.count(lane) for lane in self.lanes if lane in chosen}

    def _visits(self, counts: tuple[Count, ...], chance: random.Random) -> Iterator[Visit]:
        counter = next(iter(self.open), "c1")
        for count in counts:
            for stage, minutes in self.takes_min.items():
                for _ in range(count.n):
                    us = round(minutes * 60_000_000 * (1.0 if self.seed is None else chance.lognormvariate(-0.1, 0.45)))
                    yield Visit(
                        count.half_hour, count.service, count.lane, stage, counter, "siti", us, None, "finished"
                    )


def poisson(chance: random.Random, rate: float) -> int:
    """Return how many come where so many are to be expected."""
    left, n = math.exp(-rate), 0
    product = chance.random()
    while product > left:
        product *= chance.random()
        n += 1
    return n


def keep(facts: list[DayFacts], file: Path, office: str) -> None:
    """Make an office's database in which these days are closed."""
    SqlStore(f"sqlite:///{file}", office).close()
    with opened(file) as connection:
        connection.executemany(
            "INSERT INTO closed_days (office, day, seq, lines, digest, facts, carry) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    office,
                    one.day.isoformat(),
                    one.last_seq,
                    1,
                    "",
                    text_of(one),
                    Carry(day=one.day, last_seq=one.last_seq).text(),
                )
                for one in facts
            ],
        )
    connection.close()


def demo_days(last: dt.date, *, weeks: int = 20, seed: int | None = 1) -> PastDays:
    """Return the past of the demo office: full mornings, and a fourth counter that is hardly ever open."""
    return PastDays(
        last,
        weeks=weeks,
        services={
            "new-passport": 1.5,
            "passport-renewal": 1.6,
            "child-passport": 0.5,
            "lost-damaged-passport": 0.2,
            "visit-permit": 0.4,
            "limited-stay": 0.5,
            "permanent-stay": 0.2,
        },
        lanes={"regular": 0.8, "priority": 0.2},
        open={
            "counter-1": HOURS,
            "counter-2": HOURS,
            "counter-3": HOURS,
            "counter-4": tuple(half for half in HOURS if half >= 26),
            "counter-5": HOURS,
        },
        takes_min={"document-check": 6.0, "interview": 9.0, "payment": 4.0},
        seed=seed,
    )
