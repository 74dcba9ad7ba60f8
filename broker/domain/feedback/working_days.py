"""On which days the office works, so that a deadline is a pure function of the day it begins and of this calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_DAY = dt.timedelta(days=1)
MONDAY_TO_FRIDAY = frozenset(range(5))
LOOK_AHEAD_DAYS = 3660
"""Whoever finds no working day within ten years has a calendar that nobody can work by."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the office is closed by decree; a provisional one may still move."""

    day: dt.date
    name: str
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The holidays of one year. It is settled once the decree about it is known: until then days may come and go."""

    days: Mapping[dt.date, Holiday] = field(default_factory=dict)
    is_settled: bool = True


def no_holidays(_year: int) -> HolidayYear:
    """Return a year without holidays."""
    return HolidayYear()


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The office's calendar: its weekdays, less the holidays; what it says of single dates stands above both."""

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    """On which the office works; Monday is 0. None at all: Monday to Friday."""
    dates: Mapping[dt.date, bool] = field(default_factory=dict)
    """Of single dates: whether the office works."""
    holidays: Callable[[int], HolidayYear] = no_holidays
    """By year. Asked for the same year it answers the same."""

    def is_working(self, day: dt.date) -> bool:
        """Tell whether the office works on a day."""
        own = self.dates.get(day)
        if own is not None:
            return own
        return day.weekday() in (self.weekdays or MONDAY_TO_FRIDAY) and day not in self.holidays(day.year).days

    def holiday(self, day: dt.date) -> Holiday | None:
        """Return the holiday that closes the office on a day, or None."""
        return None if day in self.dates else self.holidays(day.year).days.get(day)

    def after(self, day: dt.date, count: int) -> dt.date:
        """Return the last day of a period of so many working days; the day it begins on does not count.

        With a count of 0 it is that day itself, whatever day that is.
        """
        last = day
        for _ in range(count):
            last = self._next(last)
        return last

    def due(self, since: dt.datetime, zone: dt.tzinfo, count: int) -> dt.date:
        """Return the last day of a period that begins at a moment, by the office's clock."""
        return self.after(since.astimezone(zone).date(), count)

    def count(self, first: dt.date, last: dt.date) -> int:
        """Return how many working days come after `first`, up to `last` with it; 0 where `last` is not later."""
        return sum(map(self.is_working, _days(first, last)))

    def is_provisional(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether a period may still change by a decree: a day in it that may move, or a year nobody decreed."""
        return any(map(self._may_change, _days(first, last)))

    def _may_change(self, day: dt.date) -> bool:
        if day in self.dates:
            return False
        year = self.holidays(day.year)
        holiday = year.days.get(day)
        return not year.is_settled if holiday is None else holiday.is_provisional

    def _next(self, day: dt.date) -> dt.date:
        found = next((later for later in _days(day, day + _DAY * LOOK_AHEAD_DAYS) if self.is_working(later)), None)
        if found is None:
            message = f"the office works on no day after {day}"
            raise ValueError(message)
        return found


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the days after `first`, up to `last` with it."""
    for later in range(1, (last - first).days + 1):
        yield first + _DAY * later
