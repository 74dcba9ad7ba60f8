"""How many will come: a pure function of the days that were, with a band, and with how often such bands were right.

By weekday: what a service's days came to within eight weeks, their median, laid out over the half hours as these days
were together. A day after a holiday and the first days of a month have a factor, the median of what such days came to
against what their weekday had promised. A median of each half hour by itself would lose whoever comes seldom: of two
visitors in five mornings it is none.

Every day that is known is first foretold from the days before it and then learned from. How far it was off makes the
bands of the days behind it, and whether it lay in its own band is the hit rate: nothing is judged by what it was made
of. Errors are taken on the scale of square roots, on which those of few visitors and of many are alike (Anscombe 1948,
doi 10.1093/biomet/35.3-4.246).
"""

from __future__ import annotations

import bisect
import datetime as dt
import math
import statistics
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from broker.reports.facts import DayFacts

WEEKS = 8
LEAST_DAYS = 3
"""So many days of a weekday, or of a kind, are something to go by."""
LEAST_ERRORS = 10
"""So many errors of a measure make a band."""
MONTH_DAYS = 28
"""Over so many days up to the last known one the hit rate is told."""
LOW, HIGH = 0.1, 0.9
"""The band has four days out of five."""
FEW = 5
"""Of days with fewer visitors the mean is taken: their median jumps from one whole number to the next."""
FIRST_WORKING_DAYS = 3
"""So many working days are the first ones of a month."""
_DAY = dt.timedelta(days=1)
_ANSCOMBE = 3 / 8
_CLOSE = 1e-6

Cell = tuple[str, int]
"""A service and a half hour, 0 to 47."""
Kind = Literal["after_holiday", "month_start"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Measure = Literal["cell", "half_hour", "service", "day"]
"""What is foretold: a service's half hour, everybody's half hour, a service's day, everybody's day."""
UnknownCode = Literal[
    "nothing", "few_days", "new_service", "unseen_service", "after_holiday", "month_start", "no_band", "own_hours",
    "provisional",
]  # fmt: skip


class Band(NamedTuple):
    """So many are expected, and four times out of five `low` to `high` of them; None where that is not known yet."""

    expected: float
    low: int | None
    high: int | None


NOBODY = Band(0.0, 0, 0)


class Hits(NamedTuple):
    """So often what came lay within its band."""

    hits: int
    of: int


class Unknown(NamedTuple):
    """Something that the forecast does not know, and goes on without."""

    code: UnknownCode
    n: int = 0
    """So many days are known."""
    day: dt.date | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Who came on one day: visitors by service and half hour."""

    day: dt.date
    cells: Mapping[Cell, int]
    was_open: bool = False
    """Counters were: so it says something also where nobody came."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the office works."""

    is_working: Callable[[dt.date], bool]
    weekdays: frozenset[int]
    """On which it usually does; Monday is 0."""
    own_hours: Mapping[dt.date, frozenset[int]] = field(default_factory=dict)
    """The half hours of days that have hours of their own."""
    is_provisional: Callable[[dt.date], bool] = lambda _day: False
    """Tells of a day whether a decree may still change it."""

    def kinds(self, day: dt.date) -> frozenset[Kind]:
        """Return what is special about a working day."""
        found: set[Kind] = set()
        before = day - _DAY
        while not self.is_working(before) and day - before < _DAY * MONTH_DAYS:
            if before.weekday() in self.weekdays:
                found.add("after_holiday")
                break
            before -= _DAY
        if sum(self.is_working(day.replace(day=n)) for n in range(1, day.day + 1)) <= FIRST_WORKING_DAYS:
            found.add("month_start")
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class DayForecast:
    """One day to come."""

    day: dt.date
    is_working: bool
    kinds: frozenset[Kind] = frozenset()
    cells: Mapping[Cell, Band] = field(default_factory=dict)
    half_hours: Mapping[int, Band] = field(default_factory=dict)
    services: Mapping[str, Band] = field(default_factory=dict)
    total: Band = NOBODY


@dataclass(frozen=True, slots=True)
class Forecast:
    """Days to come, and what the method was worth on those that were."""

    known_days: int
    last_day: dt.date | None
    days: tuple[DayForecast, ...]
    hits: Mapping[Measure, Hits]
    spread: tuple[float, ...]
    """How whole days came out against what was foretold: factors around 1, without what chance alone brings."""
    unknown: tuple[Unknown, ...]


def arrivals_of(facts: DayFacts) -> Arrivals:
    """Return who came on a day."""
    cells: Counter[Cell] = Counter()
    for count in facts.counts:
        if count.kind == "arrival":
            cells[count.service, count.half_hour] += count.n
    return Arrivals(facts.day, dict(cells), was_open=bool(facts.desks))


def forecast(
    past: Iterable[Arrivals], calendar: Calendar, services: Sequence[str], wanted: Sequence[dt.date]
) -> Forecast:
    """Return the forecast of the wanted days of an office with these services from the days that are known, in order.

    Days on which no counter was open and nobody came, or the office does not work, say nothing of others.
    """
    days = [one for one in past if calendar.is_working(one.day) and (one.was_open or any(one.cells.values()))]
    last = days[-1].day if days else None
    walk = _Walk(calendar, services)
    for one in days:
        walk.meet(one, counts=last is not None and last - one.day < _DAY * MONTH_DAYS)
    found = tuple(walk.foretell(day) for day in wanted)
    unknown = list(dict.fromkeys([*walk.unknown_of(wanted), *_unknown_days(calendar, wanted)]))
    return Forecast(len(days), last, found, dict(walk.hits), walk.spread(), tuple(unknown))


def _unknown_days(calendar: Calendar, wanted: Sequence[dt.date]) -> list[Unknown]:
    found = [Unknown("provisional", day=day) for day in wanted if calendar.is_provisional(day)]
    return [*found, *(Unknown("own_hours", day=day) for day in wanted if day in calendar.own_hours)]


@dataclass(frozen=True, slots=True)
class _Guess:
    """What is expected of a day."""

    cells: Mapping[Cell, float]
    base: float
    """Of the whole day, by its weekday alone."""
    founded: frozenset[str]
    """The services of which enough such days are known; by what is guessed of the others nothing is judged."""


def _sums(cells: Mapping[Cell, float], measure: Measure) -> Mapping[object, float]:
    if measure == "cell":
        return dict(cells)
    found: dict[object, float] = {}
    for (service, half_hour), n in cells.items():
        key: object = {"half_hour": half_hour, "service": service, "day": None}[measure]
        found[key] = found.get(key, 0.0) + n
    return found


class _Walk:
    """Goes through the days that are known, and knows at each no more than was known then."""

    def __init__(self, calendar: Calendar, services: Sequence[str]) -> None:
        self._calendar = calendar
        self._services = tuple(services)
        self._recent: deque[Arrivals] = deque()
        """The last weeks."""
        self._kinds: dict[dt.date, frozenset[Kind]] = {}
        self._since: dict[str, dt.date] = {}
        """When each service was first asked for."""
        self._ratios: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
        self._errors: dict[Measure, list[float]] = {measure: [] for measure in get_args(Measure)}
        self._outcomes: list[tuple[float, float]] = []
        """Of whole days: what came, and what was expected."""
        self.hits: dict[Measure, Hits] = {}

    def meet(self, one: Arrivals, *, counts: bool) -> None:
        """Foretell a day, compare, and learn from it; `counts` for the hit rate."""
        self._forget(one.day)
        guess = self._guess(one.day)
        came: dict[Cell, float] = {cell: n for cell, n in one.cells.items() if n and cell[0] in self._services}
        if guess is not None and guess.founded:
            known = {cell: n for cell, n in came.items() if cell[0] in guess.founded}
            foretold = {cell: n for cell, n in guess.cells.items() if cell[0] in guess.founded}
            for measure in get_args(Measure):
                self._compare(measure, _sums(foretold, measure), _sums(known, measure), counts=counts)
            expected, total = sum(foretold.values()), sum(known.values())
            self._outcomes.append((total, expected))
            self._learn_kinds(self._kinds_of(one.day), sum(came.values()), guess.base)
        for service, _ in came:
            self._since.setdefault(service, one.day)
        self._recent.append(one)

    def foretell(self, day: dt.date) -> DayForecast:
        """Return what is expected of a day to come."""
        if not self._calendar.is_working(day):
            return DayForecast(day, is_working=False)
        guess = self._guess(day)
        if guess is None:
            return DayForecast(day, is_working=True, kinds=self._kinds_of(day), total=Band(0.0, None, None))
        return DayForecast(
            day=day,
            is_working=True,
            kinds=self._kinds_of(day),
            cells={cell: self._band("cell", n) for cell, n in guess.cells.items()},
            half_hours={one: self._band("half_hour", n) for one, n in sorted(_by_half_hour(guess.cells).items())},
            services={one: self._band("service", n) for one, n in _by_service(guess.cells, self._services).items()},
            total=self._band("day", sum(guess.cells.values())),
        )

    def spread(self) -> tuple[float, ...]:
        """Return how days came out against the forecast; what independent visitors bring by themselves is taken off."""
        met = [(came, expected) for came, expected in self._outcomes if expected > 0]
        if len(met) < LEAST_ERRORS:
            return ()
        ratios = [came / expected for came, expected in met]
        varies = statistics.pvariance(ratios)
        by_chance = statistics.fmean(1 / expected for _, expected in met)
        rest = math.sqrt(max(0.0, 1 - by_chance / varies)) if varies else 0.0
        middle = statistics.fmean(ratios)
        return tuple(round(1 + (ratio - middle) * rest, 6) for ratio in ratios)

    def unknown_of(self, wanted: Sequence[dt.date]) -> list[Unknown]:
        """Return what is not known of the wanted days."""
        if not self._recent:
            return [Unknown("nothing")]
        working = [day for day in wanted if self._calendar.is_working(day)]
        for day in working[:1]:
            self._forget(day)
        found = [
            Unknown("few_days", n, day=day)
            for day in working
            if (n := sum(one.day.weekday() == day.weekday() for one in self._recent)) < LEAST_DAYS
        ]
        found += [Unknown("unseen_service", service=one) for one in self._services if one not in self._since]
        oldest = self._recent[0].day if self._recent else dt.date.max
        for service, since in self._since.items():
            days = sum(one.day >= since for one in self._recent)
            if since > oldest and days < LEAST_DAYS * 5:
                found.append(Unknown("new_service", days, service=service))
        kinds = {kind for day in working for kind in self._kinds_of(day)}
        found += [
            Unknown(kind, len(self._ratios[kind]))
            for kind in KINDS
            if kind in kinds and len(self._ratios[kind]) < LEAST_DAYS
        ]
        if any(len(errors) < LEAST_ERRORS for errors in self._errors.values()):
            found.append(Unknown("no_band", len(self._outcomes)))
        return found

    # -- one day --------------------------------------------------------------------------------------------------

    def _forget(self, day: dt.date) -> None:
        """Let go of days that are too long ago for this one."""
        while self._recent and day - self._recent[0].day > _DAY * 7 * WEEKS:
            self._recent.popleft()

    def _kinds_of(self, day: dt.date) -> frozenset[Kind]:
        if day not in self._kinds:
            self._kinds[day] = self._calendar.kinds(day)
        return self._kinds[day]

    def _guess(self, day: dt.date) -> _Guess | None:
        """Return what is expected of a day; None where nothing is known to go by."""
        cells: dict[Cell, float] = {}
        founded = set()
        for service in self._since:
            days, is_founded = self._like(service, day)
            if is_founded:
                founded.add(service)
            for half_hour, n in _usual(service, days).items():
                cells[service, half_hour] = n
        if not cells:
            return None
        base, factor = sum(cells.values()), self._factor_of(self._kinds_of(day))
        hours = self._calendar.own_hours.get(day)
        within = {
            cell: n * factor for cell, n in sorted(cells.items()) if n > 0 and (hours is None or cell[1] in hours)
        }
        return _Guess(within, base, frozenset(founded))

    def _like(self, service: str, day: dt.date) -> tuple[list[Arrivals], bool]:
        """Return the days to go by, and whether they are enough: of the same weekday, nothing special if it can be.

        Where these are too few, any day since the service is offered has to do.
        """
        since = [one for one in self._recent if one.day >= self._since[service]]
        same = [one for one in since if one.day.weekday() == day.weekday()]
        plain = [one for one in same if not self._kinds_of(one.day)]
        enough = next((days for days in (plain, same) if len(days) >= LEAST_DAYS), None)
        return (since, False) if enough is None else (enough, True)

    def _learn_kinds(self, kinds: frozenset[Kind], came: float, base: float) -> None:
        """Learn what a day that is special tells of its kind; of a day of two kinds the other has to be known."""
        ratios = {}
        for kind in kinds:
            others = kinds - {kind}
            if base and all(len(self._ratios[other]) >= LEAST_DAYS for other in others):
                ratios[kind] = came / (base * self._factor_of(others))
        for kind, ratio in ratios.items():
            self._ratios[kind].append(ratio)

    def _factor_of(self, kinds: frozenset[Kind]) -> float:
        known = (self._ratios[kind] for kind in sorted(kinds))
        return math.prod(statistics.median(ratios) for ratios in known if len(ratios) >= LEAST_DAYS)

    # -- bands ----------------------------------------------------------------------------------------------------

    def _compare(
        self, measure: Measure, expected: Mapping[object, float], came: Mapping[object, float], *, counts: bool
    ) -> None:
        errors = self._errors[measure]
        hits, of = self.hits.get(measure, Hits(0, 0))
        found = []
        for key in expected.keys() | came.keys():
            guess, truth = expected.get(key, 0.0), came.get(key, 0.0)
            band = self._band(measure, guess)
            if counts and band.low is not None and band.high is not None:
                hits, of = hits + (band.low <= truth <= band.high), of + 1
            found.append(_root(truth) - _root(guess))
        for error in found:  # a day is judged as a whole before anything of it is learned
            bisect.insort(errors, error)
        if of:
            self.hits[measure] = Hits(hits, of)

    def _band(self, measure: Measure, expected: float) -> Band:
        """Return the whole numbers within the empirical quantiles of the errors so far."""
        errors = self._errors[measure]
        if len(errors) < LEAST_ERRORS:
            return Band(expected, None, None)
        low = math.ceil(_squared(_root(expected) + errors[math.floor(LOW * (len(errors) - 1))]) - _CLOSE)
        high = math.floor(_squared(_root(expected) + errors[math.ceil(HIGH * (len(errors) - 1))]) + _CLOSE)
        if high < low:
            low = high = round(expected)
        return Band(expected, max(0, low), max(0, high))


def _usual(service: str, days: Sequence[Arrivals]) -> Mapping[int, float]:
    """Return what a service's half hours come to on such days, whatever is special about the one that is asked for."""
    by_half_hour: Counter[int] = Counter()
    totals = []
    for one in days:
        mine = {half_hour: n for (name, half_hour), n in one.cells.items() if name == service}
        by_half_hour.update(mine)
        totals.append(sum(mine.values()))
    whole = sum(totals)
    return {half_hour: _level(totals) * n / whole for half_hour, n in by_half_hour.items()} if whole else {}


def _level(totals: Sequence[int]) -> float:
    middle = statistics.median(totals)
    return float(middle) if middle >= FEW else statistics.fmean(totals)


def _by_half_hour(cells: Mapping[Cell, float]) -> dict[int, float]:
    found: dict[int, float] = {}
    for (_, half_hour), n in cells.items():
        found[half_hour] = found.get(half_hour, 0.0) + n
    return found


def _by_service(cells: Mapping[Cell, float], services: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for (service, _), n in cells.items():
        found[service] = found.get(service, 0.0) + n
    return {service: found[service] for service in services if service in found}


def _root(n: float) -> float:
    return math.sqrt(n + _ANSCOMBE)


def _squared(root: float) -> float:
    return max(0.0, root) ** 2 - _ANSCOMBE
