"""What is to be played: an office, who comes, how long they take, and who sits where when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker.domain.model import Office

HOUR_S = 3600.0
Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Law:
    """How long a visitor takes: lognormal, around the mean of the stage."""

    mean_s: float
    variation: float
    """Standard deviation / mean."""


@dataclass(frozen=True, slots=True)
class Rush:
    """A part of the day in which more come than else; seconds after midnight."""

    begins_s: float
    ends_s: float
    factor: float


@dataclass(frozen=True, slots=True)
class Uncertain:
    """How much days and officers differ from what was planned: relative deviations, and shares of the officers.

    All nothing is a steady office; `SHIFTING` is what an announced wait has to live with.
    """

    day_pace: float = 0.0
    officer_pace: float = 0.0
    demand: float = 0.0
    late: float = 0.0
    """Share of counters that open up to an hour late."""
    away: float = 0.0
    """Share of counters that are closed for one or two hours in between."""
    absent: float = 0.0
    """Share of counters that stay closed all day."""
    break_s: float = 0.0
    """Everybody's break, staggered around noon."""


STEADY = Uncertain()
SHIFTING = Uncertain(
    day_pace=0.15, officer_pace=0.15, demand=0.15, late=0.2, away=0.3, absent=0.1, break_s=0.5 * HOUR_S
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the days of one run have in common. Equal plans give equal days."""

    office: Office
    laws: dict[str, Law]
    """By stage."""
    mix: dict[str, float]
    """By service: its share of the visitors."""
    lanes: dict[str, float]
    """By lane: its share of the visitors."""
    per_hour: float
    intake: dict[int, Spans]
    """When visitors come: spans of seconds after midnight, by weekday; Monday is 0."""
    rushes: tuple[Rush, ...] = ()
    uncertain: Uncertain = STEADY
    first_monday: dt.date = dt.date(2026, 1, 5)
    seed: int = 1

    def date(self, number: int) -> dt.date:
        """Return the date of a working day, counted from 0."""
        working = [weekday for weekday, spans in sorted(self.intake.items()) if spans]
        weeks, place = divmod(number, len(working))
        return self.first_monday + dt.timedelta(weeks=weeks, days=working[place])

    def spans(self, number: int) -> Spans:
        """Return when visitors come on a working day."""
        return self.intake[self.date(number).weekday()]
