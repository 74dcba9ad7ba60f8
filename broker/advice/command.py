"""Advice as its worker gives it: reads the days that were, foretells, plays, and says each thing once it is known."""

from __future__ import annotations

import datetime as dt
import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from broker.advice.past import Past, lanes_of, laws_of, past_of, usual_half_hours
from broker.advice.staffing import (
    Day,
    HalfHours,
    PlanName,
    Staffing,
    alike,
    best_acts,
    blocks_of,
    draws,
    open_of,
    other_policies,
    play,
    plays_of_search,
    roster_of,
    told,
)
from broker.bootstrap.calendar import working_days
from broker.bootstrap.rules import office_rules
from broker.config import Settings
from broker.domain.feedback.working_days import WorkingDays
from broker.domain.model import Office
from broker.domain.queue.policies import policy_name
from broker.reports.advice import (
    ActsTold,
    AdviceQuestion,
    AdviceTold,
    BandTold,
    DayTold,
    ForecastTold,
    HitsTold,
    PlanAsked,
    PlansTold,
    ProgressTold,
    RefusedTold,
    UnknownTold,
    span_text,
)
from broker.reports.facts import DayFacts
from broker.reports.forecast import Band, Calendar, DayForecast, Forecast, forecast
from broker.simulate.figures import MINUTE_S

WEEKS_BACK = 26
"""So far back the days are read: two quarters have their firsts of a month and most of their holidays."""
WEEK = 7
LOOK_AHEAD_DAYS = 30
_DAY = dt.timedelta(days=1)

Tell = Callable[[AdviceTold], None]
Read = Callable[[dt.date, dt.date], tuple[DayFacts, ...]]
"""Returns the facts of some days, both included."""


class BusyError(Exception):
    """Advice is being reckoned by another process."""


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the one place that there is for reckoning advice beside an office. Raises BusyError."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "advice.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known when nothing has been played yet."""

    office: Office
    past: Past
    forecast: Forecast
    chosen: DayForecast
    hours: HalfHours
    usual: Mapping[str, HalfHours]
    unknown: tuple[UnknownTold, ...]


def advise(settings: Settings, asked: AdviceQuestion, today: dt.date, read: Read, tell: Tell) -> bool:
    """Answer a question; return whether there was an answer."""
    office = office_rules(settings)
    wrong = _unknown_id(office, asked)
    if wrong is not None:
        tell(RefusedTold(code="unknown_id", name=wrong))
        return False
    calendar = working_days(settings.hours, settings.feedback.holidays)
    tell(ProgressTold(step="reading", done=0, of=1))
    past = past_of(read(today - _DAY * 7 * WEEKS_BACK, today - _DAY), today)
    chosen = asked.day or _next_working(calendar, today)
    week = [today + _DAY * n for n in range(1, WEEK + 1)]
    found = forecast(
        past.arrivals,
        _calendar(calendar, office),
        tuple(office.services),
        week if chosen is None or chosen in week else [*week, chosen],
    )
    day = next((one for one in found.days if one.day == chosen and one.is_working), None)
    known = None if day is None else _known(office, past, found, day)
    tell(_forecast_told(office, found, known, today))
    if asked.does == "forecast":
        return True
    if known is None:
        tell(RefusedTold(code="closed_day", day=chosen))
        return False
    if not known.chosen.cells:
        tell(RefusedTold(code="nothing"))
        return False
    _play(known, asked, tell)
    return True


_PLANS: tuple[PlanName, ...] = ("usual", "a", "b")


def _play(known: _Known, asked: AdviceQuestion, tell: Tell) -> None:
    day = _day(known, asked)
    drawn = draws(day, asked.days)
    plans = [Staffing(known.usual), *(_staffing(known, plan) for plan in asked.plans)]
    playing = _Counting("playing", len(plans) * asked.days, tell)
    played = [play(day, staffing, drawn, playing.one) for staffing in plans]
    usual = played[0]
    tell(
        PlansTold(
            day=day.day,
            over_min=asked.over_min,
            days=asked.days,
            visitors=sum(len(draw.visitors) for draw in drawn) / len(drawn),
            plans=tuple(told(name, one, usual, asked.over_min) for name, one in zip(_PLANS, played, strict=False)),
        )
    )
    if asked.does != "search":
        return
    searching = _Counting("searching", plays_of_search(day, usual.staffing, asked.days), tell)
    tried, acts = best_acts(day, usual, drawn, asked.over_min, searching.one)
    policies = other_policies(day, usual, drawn, asked.over_min, searching.one)
    tell(ActsTold(over_min=asked.over_min, tried=tried, acts=tuple(acts), policies=tuple(policies)))


class _Counting:
    """Tells of each day that was played."""

    def __init__(self, step: Literal["playing", "searching"], of: int, tell: Tell) -> None:
        self._step = step
        self._done = 0
        self._of = of
        self._tell = tell

    def one(self) -> None:
        """Count one more."""
        self._done += 1
        self._tell(ProgressTold(step=self._step, done=self._done, of=self._of))


# -- what is known --------------------------------------------------------------------------------------------------


def _known(office: Office, past: Past, found: Forecast, day: DayForecast) -> _Known:
    _, times = laws_of(past, office)
    hours = _hours(office, day)
    usual = usual_half_hours(past, office, day.day.weekday())
    unknown = [UnknownTold(code="times", stage=stage, n=n) for stage, n in times.items()]
    if usual is None:
        unknown.append(UnknownTold(code="roster"))
    if not found.spread:
        unknown.append(UnknownTold(code="spread"))
    opened = dict.fromkeys(office.counters, hours) if usual is None else usual
    within = {counter: half_hours & hours for counter, half_hours in opened.items()}
    return _Known(office, past, found, day, hours, within, tuple(unknown))


def _hours(office: Office, day: DayForecast) -> HalfHours:
    """Return the half hours in which the office is open; where none are written, those in which visitors come."""
    spans = office.posted_hours.spans_of(day.day)
    found = frozenset(half_hour for begin, end in spans for half_hour in range(_first(begin), _behind(end)))
    return found or frozenset(day.half_hours)


def _first(at: dt.time) -> int:
    return 2 * at.hour + (at.minute >= 30)  # noqa: PLR2004 - minutes


def _behind(at: dt.time) -> int:
    return 48 if at == dt.time.max else 2 * at.hour + -(-at.minute // 30)


def _day(known: _Known, asked: AdviceQuestion) -> Day:
    laws, _ = laws_of(known.past, known.office)
    cells = {cell: asked.times * band.expected for cell, band in known.chosen.cells.items()}
    return Day(
        office=known.office,
        day=known.chosen.day,
        cells=cells,
        lanes=lanes_of(known.past, known.office),
        laws=laws,
        hours=known.hours,
        spread=known.forecast.spread,
        seed=asked.seed,
    )


def _staffing(known: _Known, plan: PlanAsked) -> Staffing:
    opened = known.usual if plan.roster is None else open_of(known.office, plan.roster)
    return Staffing(opened, plan.policy, plan.promised_min)


def _calendar(calendar: WorkingDays, office: Office) -> Calendar:
    own = {
        day: frozenset(half for begin, end in spans for half in range(_first(begin), _behind(end)))
        for day, spans in office.posted_hours.dates.items()
        if spans
    }
    return Calendar(
        is_working=calendar.is_working,
        weekdays=calendar.weekdays,
        own_hours=own,
        is_provisional=lambda day: calendar.is_provisional(day - _DAY, day),
    )


def _next_working(calendar: WorkingDays, today: dt.date) -> dt.date | None:
    days = (today + _DAY * n for n in range(1, LOOK_AHEAD_DAYS))
    return next((day for day in days if calendar.is_working(day)), None)


def _unknown_id(office: Office, asked: AdviceQuestion) -> str | None:
    """Return what a question names and the office does not have: it was changed in the meantime."""
    for plan in asked.plans:
        named = [*(one for one in plan.roster or {} if one not in office.counters)]
        named += [one for one in plan.promised_min if one not in office.lanes]
        if named:
            return named[0]
    return None


# -- what is told ---------------------------------------------------------------------------------------------------


def _forecast_told(office: Office, found: Forecast, known: _Known | None, today: dt.date) -> ForecastTold:
    blocks = () if known is None else tuple(span_text(begin, end) for begin, end in blocks_of(known.hours))
    return ForecastTold(
        today=today,
        known_days=found.known_days,
        last_day=found.last_day,
        days=tuple(map(_day_told, found.days)),
        hits={measure: HitsTold(hits=hits.hits, of=hits.of) for measure, hits in found.hits.items()},
        unknown=(
            *(UnknownTold(code=one.code, n=one.n, day=one.day, service=one.service) for one in found.unknown),
            *(() if known is None else known.unknown),
        ),
        chosen=None if known is None else known.chosen.day,
        usual={} if known is None else roster_of(known.usual),
        blocks=blocks,
        alike=tuple(map(tuple, alike(office))),
        policy=policy_name(office.policy),
        promised_min={name: round(lane.promised_s / MINUTE_S) for name, lane in office.lanes.items()},
    )


def _day_told(day: DayForecast) -> DayTold:
    cells: dict[str, dict[int, BandTold]] = {}
    for (service, half_hour), band in day.cells.items():
        cells.setdefault(service, {})[half_hour] = _band(band)
    return DayTold(
        day=day.day,
        is_working=day.is_working,
        kinds=tuple(sorted(day.kinds)),
        total=_band(day.total),
        half_hours={one: _band(band) for one, band in day.half_hours.items()},
        services={one: _band(band) for one, band in day.services.items()},
        cells=cells,
    )


def _band(band: Band) -> BandTold:
    return BandTold(expected=round(band.expected, 2), low=band.low, high=band.high)
