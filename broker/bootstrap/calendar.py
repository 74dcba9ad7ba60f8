"""Settings -> the days on which the office works."""

from __future__ import annotations

from functools import lru_cache

from broker.config import settings as config
from broker.config.public_holidays import public_holidays
from broker.domain.feedback.working_days import Holiday, HolidayYear, WorkingDays, no_holidays


def working_days(hours: config.Hours, country: str | None) -> WorkingDays:
    """Return the office's calendar: its weekly hours, less a country's holidays; single dates stand above both."""
    return WorkingDays(
        weekdays=frozenset(weekday for weekday, spans in enumerate(hours.weekly) if spans),
        dates={day: bool(spans) for day, spans in hours.dates.items()},
        holidays=no_holidays if country is None else _Holidays(country),
    )


class _Holidays:
    """The holidays of one country by year; alike where the country is."""

    def __init__(self, country: str) -> None:
        self._country = country

    def __call__(self, year: int) -> HolidayYear:
        return _year(self._country, year)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holidays) and other._country == self._country

    def __hash__(self) -> int:
        return hash(self._country)


@lru_cache(maxsize=64)
def _year(country: str, year: int) -> HolidayYear:
    found = public_holidays(country, year)
    return HolidayYear(
        {one.day: Holiday(one.day, one.name, one.is_provisional) for one in found.days}, found.is_settled
    )
