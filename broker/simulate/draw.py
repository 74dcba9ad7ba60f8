"""What chance brings to one day: visitors, how long each takes, and who is away when. The same for every policy."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from broker.simulate.plan import HOUR_S, Law, Plan, Spans

NOON_S = 12 * HOUR_S
STAGGER_S = 0.5 * HOUR_S


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who comes; `takes_s` is how long each stage lasts with an officer of usual pace."""

    at_s: float
    service: str
    lane: str
    takes_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DayDraw:
    """One day as it will be, whatever the policy."""

    visitors: tuple[Visitor, ...]
    away: Mapping[str, Spans]
    """By counter: spans in which nobody sits there, in order, none overlapping."""
    pace: Mapping[str, float]
    """By counter: how much longer than usual its officer takes."""


def draw_day(plan: Plan, number: int) -> DayDraw:
    """Return what day `number` brings; the same plan and number bring the same."""
    chance = random.Random(f"{plan.seed}/{number}")  # noqa: S311 - a simulation, no secret
    spans = plan.spans(number)
    chances = plan.uncertain
    slow = _around_one(chance, chances.day_pace)
    pace = {counter: slow * _around_one(chance, chances.officer_pace) for counter in plan.office.counters}
    away = {counter: _away(plan, chance, spans, place) for place, counter in enumerate(plan.office.counters)}
    busy = plan.per_hour / HOUR_S * _around_one(chance, chances.demand)
    visitors = tuple(_visitor(plan, chance, at_s) for at_s in _arrivals(plan, chance, spans, busy))
    return DayDraw(visitors, away, pace)


def _arrivals(plan: Plan, chance: random.Random, spans: Spans, per_s: float) -> Iterator[float]:
    """Yield Poisson arrivals; a rush is what is left of its own rate by thinning (Lewis & Shedler 1979)."""
    peak = max((rush.factor for rush in plan.rushes), default=1.0)
    peak = max(peak, 1.0)
    for begins_s, ends_s in spans:
        at_s = begins_s + chance.expovariate(per_s * peak)
        while at_s < ends_s:
            if chance.random() * peak < _factor(plan, at_s):
                yield at_s
            at_s += chance.expovariate(per_s * peak)


def _factor(plan: Plan, at_s: float) -> float:
    return max((rush.factor for rush in plan.rushes if rush.begins_s <= at_s < rush.ends_s), default=1.0)


def _visitor(plan: Plan, chance: random.Random, at_s: float) -> Visitor:
    service = chance.choices(list(plan.mix), list(plan.mix.values()))[0]
    lane = chance.choices(list(plan.lanes), list(plan.lanes.values()))[0]
    stages = plan.office.services[service].stages
    return Visitor(at_s, service, lane, tuple(_takes_s(chance, plan.laws[stage]) for stage in stages))


def _takes_s(chance: random.Random, law: Law) -> float:
    return law.mean_s * _around_one(chance, law.variation)


def _around_one(chance: random.Random, variation: float) -> float:
    """Return a lognormal factor of mean 1 and the given relative deviation."""
    sigma = math.sqrt(math.log1p(variation * variation))
    return chance.lognormvariate(-sigma * sigma / 2, sigma) if sigma else 1.0


def _away(plan: Plan, chance: random.Random, spans: Spans, place: int) -> Spans:
    """Return when a counter is not there; what begins before another has ended is joined to it."""
    opens_s, closes_s = spans[0][0], spans[-1][1]
    chances = plan.uncertain
    absent, late, gone = (chance.random() < share for share in (chances.absent, chances.late, chances.away))
    late_s, begins_s, lasts_s = chance.uniform(0, HOUR_S), chance.uniform(opens_s, closes_s), chance.uniform(1, 2)
    if absent and place > 0:
        return ((opens_s, closes_s),)
    found = []
    if late:
        found.append((opens_s, opens_s + late_s))
    if gone:
        found.append((begins_s, begins_s + lasts_s * HOUR_S))
    if chances.break_s and opens_s < NOON_S < closes_s:
        begins_s = NOON_S - STAGGER_S + (place % 3) * STAGGER_S
        found.append((begins_s, begins_s + chances.break_s))
    return _joined(found, closes_s)


def _joined(spans: list[tuple[float, float]], closes_s: float) -> Spans:
    joined: list[tuple[float, float]] = []
    for begins_s, ends_s in sorted(spans):
        if joined and begins_s <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], min(ends_s, closes_s))
        elif begins_s < closes_s:
            joined.append((begins_s, min(ends_s, closes_s)))
    return tuple(joined)
