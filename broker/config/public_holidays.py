"""The public holidays of a country, as the library knows them: for Indonesia with the joint holidays (cuti bersama)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

_CATEGORIES = ("public", "government")
"""What closes an office. Few countries have days of the second kind."""


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """One day; provisional where its date is reckoned and no decree has fixed it yet."""

    day: dt.date
    name: str
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Those of one year. It is settled where nothing is provisional and its joint holidays are decreed."""

    days: tuple[PublicHoliday, ...]
    is_settled: bool


def known_countries() -> tuple[str, ...]:
    """Return the codes of the countries whose holidays are known."""
    import holidays  # noqa: PLC0415 - takes 0.1 s, and no screen needs it

    return tuple(sorted(holidays.list_supported_countries(include_aliases=False)))


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> PublicHolidays:
    """Return the holidays of a year, in the country's own language; `NotImplementedError` where it is not known."""
    import holidays  # noqa: PLC0415 - the same

    kind = getattr(holidays, country, None) or type(holidays.country_holidays(country))
    language = kind.default_language
    categories = tuple(category for category in _CATEGORIES if category in kind.supported_categories)
    found = holidays.country_holidays(country, years=year, categories=categories, language=language)
    reckoned = (getattr(kind, "estimated_label", None) or "%s (estimated)").replace("%s", "").strip()
    days = tuple(
        PublicHoliday(day, name.replace(f" {reckoned}", ""), is_provisional=reckoned in name)
        for day, name in sorted(found.items())
        if day.year == year
    )
    decreed = _CATEGORIES[1] not in categories or bool(
        holidays.country_holidays(country, years=year, categories=_CATEGORIES[1:], language=language)
    )
    return PublicHolidays(days, is_settled=decreed and not any(day.is_provisional for day in days))
