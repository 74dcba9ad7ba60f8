"""Deadlines by the office's calendar, held against two years of Indonesia that were written down by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from broker.bootstrap.calendar import working_days
from broker.config.public_holidays import public_holidays
from broker.config.settings import Hours
from broker.domain.feedback.working_days import Holiday, HolidayYear, WorkingDays

_MORNING = ("07:30-12:00",)
_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _MORNING)
CLOSED = {
    2026: {1: (1, 16), 2: (16, 17), 3: (18, 19, 20, 23, 24), 4: (3,), 5: (1, 14, 15, 27, 28), 6: (1, 16), 8: (17, 25)},
    2027: {1: (1, 5), 2: (5,), 3: (8, 9, 10, 11, 12, 15, 25, 26), 5: (6, 17, 18, 19, 20), 6: (1,), 8: (17,)},
}
"""By hand, from the decrees: the weekdays on which offices are closed, holidays and joint holidays; and Christmas."""
CHRISTMAS = {2026: (24, 25), 2027: (24,)}


def _office(**dates: tuple[str, ...]) -> WorkingDays:
    written = {**_WEEK, **{day.replace("_", "-").removeprefix("on-"): spans for day, spans in dates.items()}}
    return working_days(Hours.model_validate(written), "ID")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("year", [2026, 2027])
def test_every_day_of_the_year_is_as_in_the_calendar_made_by_hand(year: int) -> None:
    office = _office()
    closed = {dt.date(year, month, day) for month, days in CLOSED[year].items() for day in days}
    closed |= {dt.date(year, 12, day) for day in CHRISTMAS[year]}
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    by_hand = {day for day in days if day.weekday() < 5 and day not in closed}
    assert {day for day in days if office.is_working(day)} == by_hand


@pytest.mark.parametrize(
    ("received", "count", "due"),
    [
        ("2026-11-26", 3, "2026-12-01"),
        ("2026-11-26", 5, "2026-12-03"),
        ("2026-11-26", 14, "2026-12-16"),
        ("2026-12-17", 3, "2026-12-22"),
        ("2026-12-17", 5, "2026-12-28"),
        ("2026-12-17", 14, "2027-01-12"),  # over Christmas, New Year and Isra Mikraj
        ("2026-12-17", 60, "2027-03-30"),  # and over Nyepi, Idul Fitri and Good Friday
        ("2026-03-17", 3, "2026-03-27"),  # seven closed days in a row
        ("2026-03-21", 3, "2026-03-27"),  # written in on the feast itself, a Saturday
        ("2027-05-14", 5, "2027-05-27"),
        ("2026-05-13", 10, "2026-06-03"),
        ("2026-05-13", 0, "2026-05-13"),
    ],
)
def test_deadlines_are_those_of_the_calendar_made_by_hand(received: str, count: int, due: str) -> None:
    assert _office().after(_day(received), count) == _day(due)


@pytest.mark.parametrize(
    ("zone", "due"),
    [("Asia/Jakarta", "2026-04-09"), ("Asia/Makassar", "2026-04-09"), ("Asia/Jayapura", "2026-04-10")],
)
def test_the_day_it_begins_on_is_that_of_the_office_s_own_zone(zone: str, due: str) -> None:
    late = dt.datetime(2026, 4, 6, 15, 30, tzinfo=dt.UTC)  # 22.30 WIB, 23.30 WITA, and Tuesday already in WIT
    assert _office().due(late, ZoneInfo(zone), 3) == _day(due)


def test_a_date_of_the_configuration_stands_above_weekday_and_holiday() -> None:
    office = _office(**{"2026-12-24": _MORNING, "2026-12-26": _MORNING, "2026-12-28": ()})
    assert office.after(_day("2026-12-23"), 3) == _day("2026-12-29")
    assert office.count(_day("2026-12-23"), _day("2026-12-29")) == 3
    assert office.holiday(_day("2026-12-24")) is None


def test_a_regular_saturday_is_a_working_day() -> None:
    office = working_days(Hours.model_validate({**_WEEK, "sat": _MORNING}), "ID")
    assert office.after(_day("2026-11-27"), 1) == _day("2026-11-28")


def test_without_hours_and_country_it_is_monday_to_friday() -> None:
    assert working_days(Hours(), None).after(_day("2026-12-24"), 1) == _day("2026-12-25")


def test_a_holiday_that_is_reckoned_only_is_known_as_provisional() -> None:
    feast = _office().holiday(_day("2027-03-10"))
    assert feast == Holiday(_day("2027-03-10"), "Hari Raya Idul Fitri", is_provisional=True)
    assert not public_holidays("ID", 2027).is_settled
    assert public_holidays("ID", 2026).is_settled
    assert len(public_holidays("ID", 2026).days) == 17 + 8


def test_a_deadline_over_what_may_move_is_provisional() -> None:
    office = _office()
    assert not office.is_provisional(_day("2026-11-26"), _day("2026-12-16"))
    assert office.is_provisional(_day("2027-03-05"), _day("2027-03-17"))
    own = _office(**{"2027-01-04": _MORNING, "2027-01-05": ()})
    assert not own.is_provisional(_day("2027-01-03"), _day("2027-01-05"))  # the office has said so itself


def test_a_calendar_without_a_working_day_says_so() -> None:
    every_day = {dt.date(2026, 1, 1) + dt.timedelta(days=n): False for n in range(12 * 366)}
    with pytest.raises(ValueError, match="works on no day after 2026-01-01"):
        WorkingDays(dates=every_day).after(_day("2026-01-01"), 1)


def test_holidays_may_come_from_anywhere() -> None:
    only = Holiday(_day("2026-11-27"), "Ours")
    office = WorkingDays(holidays=lambda _year: HolidayYear({only.day: only}))
    assert office.after(_day("2026-11-26"), 1) == _day("2026-11-30")
