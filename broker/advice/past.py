"""What the days that were say of how the office works: who takes which lane, how long visits last, who is open when."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from broker.domain.model import Office
from broker.reports.facts import DayFacts
from broker.reports.forecast import WEEKS, Arrivals, arrivals_of
from broker.simulate.plan import Law

LEAST_VISITS = 30
"""So many visits say how long a stage takes; below, its standard time counts."""
LONGEST = 8
"""A visit of so many times the usual was left open, and would set the mean of a month by itself."""
USUAL_VARIATION = 0.5
LEAST_MEAN_S = 5.0
_US_S = 1_000_000
_HALF_HOUR_US = 1800 * _US_S


@dataclass
class Past:
    """What was learned of some days."""

    arrivals: list[Arrivals] = field(default_factory=list)
    """All days."""
    lanes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By service and lane: who came in the last weeks."""
    visits_us: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By stage."""
    open_days: defaultdict[int, Counter[tuple[str, int]]] = field(default_factory=lambda: defaultdict(Counter))
    """By weekday: on how many days a counter was open for most of a half hour."""
    weekdays: Counter[int] = field(default_factory=Counter)
    """How many days of each weekday had any counter open."""


def past_of(days: Iterable[DayFacts], today: dt.date) -> Past:
    """Return what the days before today say; of how the office works, the last weeks do."""
    past = Past()
    for facts in days:
        if facts.day < today:
            past.arrivals.append(arrivals_of(facts))
            if today - facts.day <= dt.timedelta(weeks=WEEKS):
                _learn(past, facts)
    return past


def _learn(past: Past, facts: DayFacts) -> None:
    for count in facts.counts:
        if count.kind == "arrival":
            past.lanes[count.service, count.lane] += count.n
    for visit in facts.visits:
        if visit.end == "finished":
            past.visits_us[visit.stage].append(visit.taken_us)
    open_us: Counter[tuple[str, int]] = Counter()
    for desk in facts.desks:
        if desk.does != "paused":
            open_us[desk.counter, desk.half_hour] += desk.us
    weekday = facts.day.weekday()
    if open_us:
        past.weekdays[weekday] += 1
        past.open_days[weekday].update(place for place, us in open_us.items() if 2 * us >= _HALF_HOUR_US)


def laws_of(past: Past, office: Office) -> tuple[dict[str, Law], dict[str, int]]:
    """Return how long each stage takes, and the stages of which too little is known with how many visits are."""
    laws, unknown = {}, {}
    for stage, standard_s in office.stage_standard_s.items():
        taken = past.visits_us[stage]
        if len(taken) < LEAST_VISITS:
            laws[stage], unknown[stage] = Law(standard_s, USUAL_VARIATION), len(taken)
            continue
        most = LONGEST * statistics.median(taken)
        kept = [one / _US_S for one in taken if one <= most]
        mean_s = max(LEAST_MEAN_S, statistics.fmean(kept))
        laws[stage] = Law(mean_s, statistics.pstdev(kept) / mean_s)
    return laws, unknown


def lanes_of(past: Past, office: Office) -> dict[str, Mapping[str, int]]:
    """Return by service how many took each lane; where nobody came, as everybody does."""
    everybody: Counter[str] = Counter()
    for (_, lane), n in past.lanes.items():
        everybody[lane] += n
    known = {lane: everybody[lane] for lane in office.lanes}
    instead = known if any(known.values()) else dict.fromkeys(office.lanes, 1)
    found: dict[str, Mapping[str, int]] = {}
    for service in office.services:
        mine = {lane: past.lanes[service, lane] for lane in office.lanes}
        found[service] = mine if any(mine.values()) else instead
    return found


def usual_half_hours(past: Past, office: Office, weekday: int) -> dict[str, frozenset[int]] | None:
    """Return by counter the half hours in which it is open on most days of a weekday; None where that is not known."""
    days = past.weekdays[weekday]
    opened = past.open_days[weekday] if days else sum(past.open_days.values(), Counter())
    days = days or past.weekdays.total()
    found = {
        counter: frozenset(half_hour for (name, half_hour), n in opened.items() if name == counter and 2 * n >= days)
        for counter in office.counters
    }
    return found if any(found.values()) else None
