"""A day to come, played on the office's own rules under one plan or another, always with the same visitors.

Chance is drawn before any plan is looked at: who comes when, for what, and how long each takes. So what differs between
two plans is the plans' doing (common random numbers), and a difference is worth more than its noise much sooner.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from broker.domain.model import Office
from broker.domain.queue.policies import policy_name
from broker.reports.advice import HALF_HOUR_MIN, ActTold, LaneTold, PlanTold, half_hours_of, span_text
from broker.reports.forecast import Cell
from broker.simulate.day import DayRecord, play_drawn
from broker.simulate.draw import DayDraw, Visitor
from broker.simulate.figures import MINUTE_S
from broker.simulate.offices import POLICIES, PolicyName, with_policy
from broker.simulate.plan import Law, Plan, Spans

HALF_HOUR_S = HALF_HOUR_MIN * MINUTE_S
DAY_S = 48 * HALF_HOUR_S
BLOCK = 3
"""Parts of a day that rosters are made of have so many half hours, or a few more."""
USUAL_SPREAD = 0.15
"""How much days differ where nothing is known of it."""
GOLDEN = (math.sqrt(5) - 1) / 2
SCREEN_DAYS = 6
"""On so many days each act is tried before the best are played on all."""
BEST = 5
SURE = 1.96
"""Standard errors that chance seldom exceeds."""

Done = Callable[[], None]
"""Hears of each day that was played."""
PlanName = Literal["usual", "a", "b", "policy"]
HalfHours = frozenset[int]


@dataclass(frozen=True, slots=True)
class Day:
    """A day to come: everything that plans for it have in common."""

    office: Office
    day: dt.date
    cells: Mapping[Cell, float]
    """How many are expected."""
    lanes: Mapping[str, Mapping[str, int]]
    """By service: how many took each lane before."""
    laws: Mapping[str, Law]
    hours: HalfHours
    """When the office is open."""
    spread: tuple[float, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who is open when, and by what rules."""

    open: Mapping[str, HalfHours]
    policy: PolicyName | None = None
    promised_min: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """What the days of one plan were like, day by day."""

    staffing: Staffing
    office: Office
    longest_s: tuple[Mapping[int, float], ...]
    """Of each day: the longest wait of each visitor who got a number, by their place."""
    records: tuple[DayRecord, ...]

    def over(self, over_s: float) -> list[float]:
        """Return of each day the share of visitors who waited longer than this."""
        return [sum(one > over_s for one in day.values()) / len(day) if day else 0.0 for day in self.longest_s]

    def minutes(self) -> list[float]:
        """Return everybody's longest wait in minutes, the shortest first."""
        return sorted(one / MINUTE_S for day in self.longest_s for one in day.values())


# -- what chance brings ---------------------------------------------------------------------------------------------


def draws(day: Day, number: int) -> tuple[DayDraw, ...]:
    """Return what chance brings to so many days; the first of more days are those of fewer."""
    return tuple(_draw(day, place) for place in range(number))


def _draw(day: Day, place: int) -> DayDraw:
    chance = random.Random(f"{day.seed}/{day.day}/{place}")  # noqa: S311 - a simulation, no secret
    visitors = sorted(_visitors(day, chance, _factor(day.spread, place)), key=lambda one: one.at_s)
    return DayDraw(tuple(visitors), {}, dict.fromkeys(day.office.counters, 1.0))


def _factor(spread: Sequence[float], place: int) -> float:
    """Return how full a day is: by turns of the golden section few days have their share of quiet and of full ones."""
    share = (0.5 + place * GOLDEN) % 1.0
    if not spread:
        return max(0.0, statistics.NormalDist(1.0, USUAL_SPREAD).inv_cdf(min(max(share, 0.01), 0.99)))
    return sorted(spread)[int(share * len(spread))]


def _visitors(day: Day, chance: random.Random, factor: float) -> Iterator[Visitor]:
    for (service, half_hour), expected in sorted(day.cells.items()):
        stages = day.office.services[service].stages
        lanes, weights = list(day.lanes[service]), list(day.lanes[service].values())
        at_s = chance.expovariate(1.0) if expected * factor > 0 else math.inf
        while at_s < expected * factor:
            yield Visitor(
                (half_hour + at_s / (expected * factor)) * HALF_HOUR_S,
                service,
                chance.choices(lanes, weights)[0],
                tuple(_takes_s(chance, day.laws[stage]) for stage in stages),
            )
            at_s += chance.expovariate(1.0)


def _takes_s(chance: random.Random, law: Law) -> float:
    sigma = math.sqrt(math.log1p(law.variation * law.variation))
    return law.mean_s * (chance.lognormvariate(-sigma * sigma / 2, sigma) if sigma else 1.0)


# -- playing --------------------------------------------------------------------------------------------------------


def play(day: Day, staffing: Staffing, drawn: Sequence[DayDraw], done: Done = lambda: None) -> Played:
    """Play the days that were drawn under one plan."""
    plan = _plan(day, staffing)
    away = _away(day, staffing)
    records = []
    for draw in drawn:
        records.append(play_drawn(plan, 0, replace(draw, away=away)))
        done()
    return Played(staffing, plan.office, tuple(map(_longest, records)), tuple(records))


def _longest(record: DayRecord) -> dict[int, float]:
    found: dict[int, float] = {}
    for call in record.calls:
        found[call.visitor] = max(found.get(call.visitor, 0.0), call.waited_s)
    return found


def _plan(day: Day, staffing: Staffing) -> Plan:
    office = replace(
        day.office, hours=None, officers={f"officer-{counter}": counter for counter in day.office.counters}
    )
    promised = {lane: 60 * minutes for lane, minutes in (staffing.promised_min or {}).items()}
    lanes = {
        name: replace(lane, promised_s=round(promised.get(name, lane.promised_s)))
        for name, lane in office.lanes.items()
    }
    plan = Plan(
        office=replace(office, lanes=lanes),
        laws=dict(day.laws),
        mix={},
        lanes={},
        per_hour=0.0,
        intake={day.day.weekday(): ((_opens_s(day), DAY_S),)},
        first_monday=day.day - dt.timedelta(days=day.day.weekday()),
        seed=day.seed,
    )
    return plan if staffing.policy is None else with_policy(plan, staffing.policy)


def _opens_s(day: Day) -> float:
    return min([*day.hours, *(half_hour for _, half_hour in day.cells)], default=0) * HALF_HOUR_S


def _away(day: Day, staffing: Staffing) -> dict[str, Spans]:
    """Return when nobody sits at each counter.

    Who is there when the office closes stays until nobody is left to serve. Who went before does not come back: who is
    left for them only is called after midnight, and counts as one whom nobody served.
    """
    closes = max(day.hours, default=47) + 1
    opens_s = _opens_s(day)
    found = {}
    for counter in day.office.counters:
        spans, since_s = [], opens_s
        for begin, end in spans_of(staffing.open.get(counter, frozenset())):
            if begin * HALF_HOUR_S > since_s:
                spans.append((since_s, begin * HALF_HOUR_S))
            since_s = DAY_S if end >= closes else end * HALF_HOUR_S
        if since_s < DAY_S:
            spans.append((since_s, DAY_S))
        found[counter] = tuple(spans)
    return found


def spans_of(half_hours: HalfHours) -> list[tuple[int, int]]:
    """Return half hours as spans, each as its first one and the one behind its last."""
    spans: list[tuple[int, int]] = []
    for half_hour in sorted(half_hours):
        if spans and spans[-1][1] == half_hour:
            spans[-1] = spans[-1][0], half_hour + 1
        else:
            spans.append((half_hour, half_hour + 1))
    return spans


def roster_of(opened: Mapping[str, HalfHours]) -> dict[str, tuple[str, ...]]:
    """Return who is open when, as it is written."""
    return {
        counter: tuple(span_text(begin, end) for begin, end in spans_of(half_hours))
        for counter, half_hours in opened.items()
    }


def open_of(office: Office, roster: Mapping[str, Sequence[str]]) -> dict[str, HalfHours]:
    """Return the half hours of what is written."""
    return {
        counter: frozenset(half for span in roster.get(counter, ()) for half in range(*half_hours_of(span)))
        for counter in office.counters
    }


def blocks_of(hours: HalfHours) -> list[tuple[int, int]]:
    """Return the parts of a day: each span of its hours in pieces of an hour and a half, or a little more."""
    found: list[tuple[int, int]] = []
    for begin, end in spans_of(hours):
        pieces = max(1, (end - begin) // BLOCK)
        edges = [begin + round(place * (end - begin) / pieces) for place in range(pieces + 1)]
        found += itertools.pairwise(edges)
    return found


def alike(office: Office) -> list[list[str]]:
    """Return the counters of an office by their work: those of one list stand in for each other."""
    found: dict[object, list[str]] = {}
    for name, counter in office.counters.items():
        work = (counter.stages, counter.services, counter.lanes, counter.step_free, counter.prefers, counter.borrows)
        found.setdefault(work, []).append(name)
    return list(found.values())


# -- what it was like -----------------------------------------------------------------------------------------------


def gain(usual: Played, other: Played, over_s: float) -> tuple[float, float]:
    """Return how many fewer wait too long under another plan, and what of it may be chance: day by day, in pairs."""
    gains = [before - after for before, after in zip(usual.over(over_s), other.over(over_s), strict=True)]
    noise = SURE * statistics.stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
    return statistics.fmean(gains), noise


def told(name: PlanName, played: Played, usual: Played, over_min: int) -> PlanTold:
    """Return what a plan was like, beside the day as usual."""
    over_s, days = over_min * MINUTE_S, len(played.records)
    gained, noise = gain(usual, played, over_s)
    minutes = played.minutes()
    open_s = sum(record.open_s for record in played.records)
    return PlanTold(
        name=name,
        policy=policy_name(played.office.policy),
        roster=roster_of(played.staffing.open),
        counter_hours=sum(map(len, played.staffing.open.values())) / 2,
        over=statistics.fmean(played.over(over_s)),
        gain=gained,
        noise=noise,
        p50_min=_at(minutes, 0.5),
        p95_min=_at(minutes, 0.95),
        left=sum(_left(record) for record in played.records) / days,
        refused=sum(record.refused for record in played.records) / days,
        busy=sum(record.busy_s for record in played.records) / open_s if open_s else 0.0,
        lanes={lane: _lane(played, lane, over_s) for lane in played.office.lanes},
        half_hours=_by_half_hour(played, over_s),
    )


def _left(record: DayRecord) -> int:
    return len({call.visitor for call in record.calls if call.at_s >= DAY_S})


def _lane(played: Played, lane: str, over_s: float) -> LaneTold:
    promised_s = played.office.lanes[lane].promised_s
    longest, first = [], []
    for record in played.records:
        mine: dict[int, list[float]] = {}
        for call in record.calls:
            if call.lane == lane:
                mine.setdefault(call.visitor, []).append(call.waited_s)
        longest += [max(waits) for waits in mine.values()]
        first += [waits[0] for waits in mine.values()]
    return LaneTold(
        over=sum(one > over_s for one in longest) / len(longest) if longest else 0.0,
        p95_min=_at(sorted(one / MINUTE_S for one in longest), 0.95),
        within=sum(one <= promised_s for one in first) / len(first) if first else 1.0,
        promised_min=promised_s / MINUTE_S,
    )


def _by_half_hour(played: Played, over_s: float) -> dict[int, float]:
    found: dict[int, list[bool]] = {}
    for record, longest in zip(played.records, played.longest_s, strict=True):
        for place, waited_s in longest.items():
            found.setdefault(int(record.came_s[place] // HALF_HOUR_S), []).append(waited_s > over_s)
    return {half_hour: sum(some) / len(some) for half_hour, some in sorted(found.items())}


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0.0


# -- what would help ------------------------------------------------------------------------------------------------


def candidates(day: Day, usual: Staffing) -> list[tuple[str, tuple[int, int]]]:
    """Return each counter that could be opened for a part of the day; of those that do the same work, the first one."""
    found = []
    for begin, end in blocks_of(day.hours):
        block = frozenset(range(begin, end))
        for group in alike(day.office):
            closed = next((name for name in group if not usual.open.get(name, frozenset()) & block), None)
            if closed is not None:
                found.append((closed, (begin, end)))
    return found


def with_counter(usual: Staffing, counter: str, span: tuple[int, int]) -> Staffing:
    """Return a plan with one counter more for a while."""
    opened = usual.open.get(counter, frozenset()) | frozenset(range(*span))
    return replace(usual, open={**usual.open, counter: opened})


def plays_of_search(day: Day, usual: Staffing, days: int) -> int:
    """Return how many days the search plays, at most."""
    wanted = len(candidates(day, usual))
    return wanted * min(SCREEN_DAYS, days) + (min(BEST, wanted) + len(_other_policies(day))) * days


def best_acts(
    day: Day, usual: Played, drawn: Sequence[DayDraw], over_min: int, done: Done
) -> tuple[int, list[ActTold]]:
    """Return how many acts were tried, and those that help, the best first.

    All are tried on a few days, and the best of them on all. What is no more than noise is left out.
    """
    over_s, wanted = over_min * MINUTE_S, candidates(day, usual.staffing)
    few = drawn[:SCREEN_DAYS]
    before = Played(usual.staffing, usual.office, usual.longest_s[: len(few)], usual.records[: len(few)])
    tried = [
        (gain(before, play(day, with_counter(usual.staffing, counter, span), few, done), over_s)[0], counter, span)
        for counter, span in wanted
    ]
    found = []
    for _, counter, span in sorted(tried, key=lambda one: (-one[0], one[1:]))[:BEST]:
        played = play(day, with_counter(usual.staffing, counter, span), drawn, done)
        helps, noise = gain(usual, played, over_s)
        if helps > noise:
            found.append(
                ActTold(
                    counter=counter,
                    span=span_text(*span),
                    was=statistics.fmean(usual.over(over_s)),
                    over=statistics.fmean(played.over(over_s)),
                    noise=noise,
                    was_p95_min=_at(usual.minutes(), 0.95),
                    p95_min=_at(played.minutes(), 0.95),
                )
            )
    return len(wanted), sorted(found, key=lambda act: (act.over, act.counter, act.span))


def other_policies(day: Day, usual: Played, drawn: Sequence[DayDraw], over_min: int, done: Done) -> list[PlanTold]:
    """Return the same day under the policies that the office does not have; with one lane they are all alike."""
    return [
        told("policy", play(day, replace(usual.staffing, policy=policy), drawn, done), usual, over_min)
        for policy in _other_policies(day)
    ]


def _other_policies(day: Day) -> list[PolicyName]:
    own = policy_name(day.office.policy)
    return [policy for policy in POLICIES if policy != own] if len(day.office.lanes) > 1 else []
