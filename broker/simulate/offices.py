"""Plans: of an office made up for the question, or of the one in config.yaml."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from broker.bootstrap.rules import office_rules
from broker.config.settings import Settings
from broker.domain.model import Counter, Lane, Office, Service
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict, policy_name
from broker.simulate.plan import HOUR_S, STEADY, Law, Plan, Rush, Spans, Uncertain

PolicyName = Literal["promise", "head_start", "ratio", "strict", "fifo"]
POLICIES: tuple[PolicyName, ...] = ("fifo", "strict", "ratio", "head_start", "promise")
MINUTE_S = 60.0
OPENS_S = 8 * HOUR_S
MORNING_RUSH = Rush(7.5 * HOUR_S, 10 * HOUR_S, 1.6)
"""An immigration office is fullest from its opening to 10:00."""
CREDIT_SHARE = 3.0
"""Without credits in the configuration a lane's head start is a third of what its promise is shorter by."""
BUSY, BUSY_SHIFTING = 0.8, 0.64
"""Without a number of arrivals, so many come that all counters would be busy for this share of the day; fewer where
some of them are away for a fifth of it."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a run is asked for, besides the office; None is left to the plan."""

    per_hour: float | None = None
    priority_share: float = 0.25
    variation: float = 0.5
    uncertain: Uncertain = STEADY
    seed: int = 1


def made_up_plan(demand: Demand, *, counters: int, mean_min: float, hours: float) -> Plan:
    """Return the plan of an office with one stage, two lanes and equal counters; all visitors come in `hours`."""
    names = [str(place + 1) for place in range(counters)]
    office = Office(
        id="made-up",
        zone=dt.UTC,
        languages=("en",),
        services={"visit": Service("visit", "A", ("service",))},
        lanes={"regular": Lane("regular", "", 3600), "priority": Lane("priority", "P", 900)},
        stage_standard_s={"service": round(mean_min * MINUTE_S)},
        counters={name: Counter(name, name, ("service",)) for name in names},
        officers={f"officer-{name}": name for name in names},
    )
    return Plan(
        office=office,
        laws={"service": Law(mean_min * MINUTE_S, demand.variation)},
        mix={"visit": 1.0},
        lanes=lane_shares(office, demand.priority_share),
        per_hour=_busy_per_hour(office, {"visit": 1.0}, demand.uncertain)
        if demand.per_hour is None
        else demand.per_hour,
        intake=dict.fromkeys(range(5), ((OPENS_S, OPENS_S + hours * HOUR_S),)),
        uncertain=demand.uncertain,
        seed=demand.seed,
    )


def configured_plan(settings: Settings, demand: Demand) -> Plan:
    """Return the plan of a configured office: its services in equal shares, its standard times, its hours."""
    office = _staffed(replace(office_rules(settings), hours=None))
    mix = dict.fromkeys(office.services, 1.0)
    return Plan(
        office=office,
        laws={stage: Law(standard_s, demand.variation) for stage, standard_s in office.stage_standard_s.items()},
        mix=mix,
        lanes=lane_shares(office, demand.priority_share),
        per_hour=demand.per_hour or _busy_per_hour(office, mix, demand.uncertain),
        intake=_intake(settings),
        rushes=(MORNING_RUSH,),
        uncertain=demand.uncertain,
        seed=demand.seed,
    )


def with_policy(plan: Plan, name: PolicyName) -> Plan:
    """Return the plan under another policy: as it is configured where it is, else as its lanes' promises suggest."""
    if policy_name(plan.office.policy) == name:
        return plan
    return replace(plan, office=replace(plan.office, policy=_policy(plan.office, name)))


def lane_shares(office: Office, priority_share: float) -> dict[str, float]:
    """Return the visitors' shares: the lane with the longest promise has what the others leave, in equal parts."""
    patient = max(office.lanes.values(), key=lambda lane: lane.promised_s).id
    others = [lane for lane in office.lanes if lane != patient]
    share = priority_share / len(others) if others else 0.0
    return {lane: 1.0 - share * len(others) if lane == patient else share for lane in office.lanes}


def _policy(office: Office, name: PolicyName) -> Policy:
    lanes = sorted(office.lanes.values(), key=lambda lane: lane.promised_s)
    order = tuple(lane.id for lane in lanes)
    match name:
        case "promise":
            return Promise()
        case "head_start":
            longest_s = lanes[-1].promised_s
            return HeadStart({lane.id: (longest_s - lane.promised_s) / CREDIT_SHARE for lane in lanes})
        case "ratio":
            return Ratio((order[0], *order))
        case "strict":
            return Strict(order)
        case "fifo":
            return Fifo()
        case _:
            assert_never(name)


def _staffed(office: Office) -> Office:
    """Return the office with an officer for each counter, whoever is in the configuration."""
    return replace(office, officers={f"officer-{counter}": counter for counter in office.counters})


def _intake(settings: Settings) -> dict[int, Spans]:
    days = enumerate(settings.hours.weekly)
    return {day: tuple((_seconds(begin), _seconds(end)) for begin, end in spans) for day, spans in days}


def _seconds(time: dt.time) -> float:
    return time.hour * HOUR_S + time.minute * MINUTE_S


def _busy_per_hour(office: Office, mix: dict[str, float], uncertain: Uncertain) -> float:
    """Return how many visitors an hour keep the counters busy, where the office is narrowest.

    Work that only some counters do must fit those: the bound of each set of counters that some work is confined to.
    """
    total = sum(mix.values())
    work_s: dict[frozenset[str], float] = {}
    for service, share in mix.items():
        for stage in office.services[service].stages:
            able = frozenset(
                name
                for name, counter in office.counters.items()
                if any(office.may_serve(counter, stage, service, lane) for lane in office.lanes)
            )
            work_s[able] = work_s.get(able, 0.0) + share / total * office.stage_standard_s[stage]
    whole = frozenset(office.counters)
    limits = [
        len(place) / sum(seconds for able, seconds in work_s.items() if able <= place) for place in {*work_s, whole}
    ]
    return (BUSY if uncertain == STEADY else BUSY_SHIFTING) * HOUR_S * min(limits)
