"""Who will come: exact where every week is alike, honest about how far it was off, plain about what is not known."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import replace

import pytest

from broker.reports.forecast import Arrivals, Band, Calendar, Forecast, Unknown, arrivals_of, forecast
from tests.fakes.past_days import DAY, HOURS, PastDays, is_weekday

FRIDAY = dt.date(2026, 11, 20)
MONDAY = dt.date(2026, 11, 23)
WEEK = tuple(MONDAY + DAY * n for n in range(7))
WEEKDAYS = frozenset(range(5))
PLAIN = Calendar(is_weekday, WEEKDAYS)
REGULAR = PastDays(FRIDAY, services={"visa": 4.0, "permit": 1.0})
MANY = replace(REGULAR, services={"visa": 40.0}, weeks=26)
BY_CHANCE = replace(REGULAR, services={"visa": 3.0, "permit": 0.6, "rare": 0.1}, weeks=26, seed=7)


def days_of(past: PastDays) -> list[Arrivals]:
    return [arrivals_of(facts) for facts in past.facts()]


def foretold(past: PastDays, *, calendar: Calendar = PLAIN, wanted: Sequence[dt.date] = WEEK) -> Forecast:
    return forecast(days_of(past), calendar, tuple(past.services), wanted)


def test_an_office_whose_weeks_are_alike_is_foretold_exactly() -> None:
    found = foretold(REGULAR)
    came = {one.day.weekday(): one.cells for one in days_of(REGULAR)[-5:]}
    for day in found.days[:5]:
        if day.kinds:
            continue
        assert day.cells == {cell: Band(n, n, n) for cell, n in came[day.day.weekday()].items()}
        assert day.total == Band(*[sum(came[day.day.weekday()].values())] * 3)
    assert all(hits.hits == hits.of > 0 for hits in found.hits.values())
    assert set(found.spread) == {1.0}


def test_on_days_without_work_nobody_is_expected() -> None:
    saturday, sunday = foretold(REGULAR).days[5:]
    assert not saturday.is_working
    assert not sunday.is_working
    assert saturday.cells == sunday.cells == {}


def test_parts_add_up_to_the_day() -> None:
    day = foretold(BY_CHANCE).days[0]
    for parts in (day.cells, day.half_hours, day.services):
        assert sum(one.expected for one in parts.values()) == pytest.approx(day.total.expected)


def test_bands_hold_about_four_times_out_of_five_where_chance_rules() -> None:
    found = foretold(BY_CHANCE)
    for measure, hits in found.hits.items():
        assert 0.6 <= hits.hits / hits.of <= 0.97, measure


def test_whoever_comes_seldom_is_not_lost_to_medians() -> None:
    """Two visitors in five mornings: the median of each half hour is none, and so would be their sum."""
    past = replace(BY_CHANCE, services={"rare": 0.1})
    came = [sum(one.cells.values()) for one in days_of(past)[-40:]]
    assert statistics.median(n for one in days_of(past) for n in (one.cells.get(("rare", 20), 0),)) == 0
    expected = [day.total.expected for day in foretold(past).days[:5]]
    assert sum(expected) / 5 == pytest.approx(sum(came) / len(came), rel=0.15)


def test_the_hit_rate_of_a_day_needs_nothing_that_came_later() -> None:
    """What the last day is judged by is what would have been foretold the evening before."""
    days = days_of(BY_CHANCE)
    (evening_before,) = forecast(days[:-1], PLAIN, tuple(BY_CHANCE.services), [days[-1].day]).days
    came = dict.fromkeys(evening_before.half_hours, 0)
    for (_, half_hour), n in days[-1].cells.items():
        came[half_hour] += n
    bands = evening_before.half_hours
    inside = sum((bands[one].low or 0) <= n <= (bands[one].high or 0) for one, n in came.items())
    before, after = (
        forecast(some, PLAIN, tuple(BY_CHANCE.services), WEEK).hits["half_hour"] for some in (days[:-1], days)
    )
    assert after.of == before.of, "one day more, and one that is four weeks old no more"
    assert abs(after.hits - before.hits) <= len(HOURS)
    assert 0 < inside <= len(HOURS)


def test_one_strange_day_does_not_move_the_median() -> None:
    days = days_of(REGULAR)
    strange = [replace(one, cells={("visa", 20): 900}) if one.day == MONDAY - DAY * 14 else one for one in days]
    plain = forecast(days, PLAIN, ("visa", "permit"), [MONDAY]).days[0]
    moved = forecast(strange, PLAIN, ("visa", "permit"), [MONDAY]).days[0]
    assert moved.total.expected == pytest.approx(plain.total.expected, rel=0.1)


# -- days that are not as others ------------------------------------------------------------------------------------


def holidays(day: dt.date) -> bool:
    """Tell whether an office works that is closed on one Wednesday in four."""
    return is_weekday(day) and not (day.weekday() == 2 and day.isocalendar().week % 4 == 0)


def test_a_day_after_a_holiday_has_its_factor() -> None:
    calendar = Calendar(holidays, WEEKDAYS)
    past = replace(MANY, is_working=holidays, factor=lambda day: 1.5 if "after_holiday" in calendar.kinds(day) else 1.0)
    thursday = dt.date(2026, 11, 26)
    after = foretold(past, calendar=calendar, wanted=[thursday]).days[0]
    plain = foretold(past, wanted=[thursday]).days[0]
    assert after.kinds == {"after_holiday"}
    assert after.total.expected / plain.total.expected == pytest.approx(1.5, rel=0.03)


def test_the_first_working_days_of_a_month_have_their_factor() -> None:
    past = replace(MANY, factor=lambda day: 1.4 if "month_start" in PLAIN.kinds(day) else 1.0)
    first, later = (foretold(past, wanted=[day]).days[0] for day in (dt.date(2026, 12, 1), dt.date(2026, 11, 24)))
    assert first.kinds == {"month_start"}
    assert later.kinds == frozenset()
    assert first.total.expected / later.total.expected == pytest.approx(1.4, rel=0.03)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (dt.date(2026, 12, 1), {"month_start"}),
        (dt.date(2026, 12, 3), {"month_start"}),
        (dt.date(2026, 12, 4), set()),
        (dt.date(2026, 12, 7), set()),
        (dt.date(2026, 11, 2), {"month_start"}),
        (dt.date(2026, 11, 26), {"after_holiday"}),
        (dt.date(2026, 10, 1), {"after_holiday", "month_start"}),
    ],
)
def test_what_is_special_about_a_day(day: dt.date, kinds: set[str]) -> None:
    assert Calendar(holidays, WEEKDAYS).kinds(day) == kinds


def test_a_day_with_shorter_hours_has_visitors_within_them_only() -> None:
    short = frozenset(range(16, 20))
    day = foretold(REGULAR, calendar=replace(PLAIN, own_hours={MONDAY: short}), wanted=[MONDAY])
    assert day.days[0].half_hours.keys() == short
    assert Unknown("own_hours", day=MONDAY) in day.unknown


# -- what is not known ----------------------------------------------------------------------------------------------


def test_without_any_day_nothing_is_foretold_and_that_is_said() -> None:
    found = forecast([], PLAIN, ("visa",), WEEK)
    assert found.unknown == (Unknown("nothing"),)
    assert found.hits == {}
    assert all(day.total.low is None for day in found.days if day.is_working)


def test_with_one_week_it_goes_by_all_weekdays_and_says_so() -> None:
    found = foretold(replace(REGULAR, weeks=1))
    assert {one.code for one in found.unknown} >= {"few_days", "no_band"}
    assert found.days[0].total.low is None
    assert found.days[0].total.expected == pytest.approx(66, rel=0.2)


def test_a_new_service_is_known_by_its_own_days_only() -> None:
    days = [
        replace(one, cells={**one.cells, ("new", 20): 6}) if one.day > FRIDAY - DAY * 10 else one
        for one in days_of(REGULAR)
    ]
    found = forecast(days, PLAIN, ("visa", "permit", "new", "never"), [MONDAY])
    assert found.days[0].services["new"].expected == 6
    assert Unknown("new_service", 8, service="new") in found.unknown
    assert Unknown("unseen_service", service="never") in found.unknown
    assert "never" not in found.days[0].services


def test_a_day_that_may_still_become_a_holiday_is_named() -> None:
    found = foretold(REGULAR, calendar=replace(PLAIN, is_provisional=lambda day: day == MONDAY))
    assert Unknown("provisional", day=MONDAY) in found.unknown
