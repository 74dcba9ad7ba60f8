"""What days were like, in figures: minutes, as people think of waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broker.domain.model import Office
from broker.domain.queue.outcomes import Score, score
from broker.simulate.day import Call, DayRecord

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of one lane, at one stage or at all of them; minutes."""

    lane: str
    stage: str
    """Empty where all stages are meant."""
    calls: int
    mean: float
    p50: float
    p95: float
    longest: float
    within: float
    """Share of calls within the wait that the lane promises."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run."""

    days: int
    by_lane: tuple[Waits, ...]
    by_stage: tuple[Waits, ...]
    """By lane and stage; as `by_lane` where the office has one stage."""
    busy: float
    """Share of the time at the counters that went to visitors."""
    visitors: int
    refused: int
    unpromised: int
    promises: Score


def figures_of(office: Office, records: Sequence[DayRecord]) -> Figures:
    """Return the figures of some days."""
    calls = [call for record in records for call in record.calls]
    stages = [stage for stage in office.stage_standard_s if any(call.stage == stage for call in calls)]
    outcomes = [outcome for record in records for outcome in record.outcomes]
    open_s = sum(record.open_s for record in records)
    return Figures(
        days=len(records),
        by_lane=tuple(_waits(office, calls, lane) for lane in office.lanes),
        by_stage=tuple(_waits(office, calls, lane, stage) for stage in stages for lane in office.lanes),
        busy=sum(record.busy_s for record in records) / open_s if open_s else 0.0,
        visitors=sum(record.visitors for record in records),
        refused=sum(record.refused for record in records),
        unpromised=sum(record.unpromised for record in records),
        promises=score(outcomes),
    )


def minutes_by_lane(office: Office, records: Sequence[DayRecord]) -> dict[str, list[float]]:
    """Return every wait of every lane in minutes, the shortest first."""
    calls = [call for record in records for call in record.calls]
    return {lane: _minutes(call for call in calls if call.lane == lane) for lane in office.lanes}


def _waits(office: Office, calls: Sequence[Call], lane: str, stage: str = "") -> Waits:
    minutes = _minutes(call for call in calls if call.lane == lane and stage in {"", call.stage})
    promised = office.lanes[lane].promised_s / MINUTE_S
    return Waits(
        lane=lane,
        stage=stage,
        calls=len(minutes),
        mean=sum(minutes) / len(minutes) if minutes else 0.0,
        p50=_at(minutes, 0.5),
        p95=_at(minutes, 0.95),
        longest=_at(minutes, 1.0),
        within=sum(wait <= promised for wait in minutes) / len(minutes) if minutes else 0.0,
    )


def _minutes(calls: Iterable[Call]) -> list[float]:
    return sorted(call.waited_s / MINUTE_S for call in calls)


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0.0
