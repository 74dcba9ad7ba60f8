"""What is published of waits: closed days alone, nothing of a few, and never more than a message holds."""

from __future__ import annotations

import datetime as dt

from broker.contract import messages as ms
from broker.gateway.results import FEWEST, fitting_results, results_shape
from broker.reports.facts import DayFacts, Wait, micros
from tests.fakes.clock import JAKARTA
from tests.fakes.offices import small_office

MIN = 60_000_000
TUESDAY = dt.date(2026, 3, 3)
NOW = dt.datetime(2026, 3, 4, 7, tzinfo=JAKARTA)
OFFICE = small_office()
LANE, SERVICE = next(iter(OFFICE.lanes)), next(iter(OFFICE.services))


def a_day(day: dt.date, *minutes: int) -> DayFacts:
    """Return a day on which so long was waited."""
    end = micros(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), JAKARTA))
    waits = tuple(Wait(18, SERVICE, LANE, "check", "c1", "sari", n * MIN, 1, 1800, None, None) for n in minutes)
    return DayFacts(day, 1, 9, end, waits=waits)


def test_the_last_day_stands_beside_its_month() -> None:
    monday, tuesday = a_day(TUESDAY - dt.timedelta(days=1), *[40] * 10), a_day(TUESDAY, *[10] * 9, 31)
    told = results_shape([monday, tuesday], OFFICE, NOW)

    assert (told.day, told.begin) == (TUESDAY, dt.date(2026, 3, 1))
    row = told.lanes[0]
    assert (row.id, row.promised_s) == (LANE, OFFICE.lanes[LANE].promised_s)
    assert row.day == ms.PublishedWaits(n=10, within=90.0, median_min=10.0, most_min=10.0, served=0)
    assert row.month is not None
    assert (row.month.n, row.month.within, row.month.median_min) == (20, 45.0, 31.0)
    assert told.total.day == row.day
    assert told.services[0].month == row.month


def test_of_a_few_waits_nothing_is_published() -> None:
    told = results_shape([a_day(TUESDAY, *[5] * (FEWEST - 1))], OFFICE, NOW)
    assert (told.total.day, told.total.month) == (None, None)
    assert all(row.day is None and row.month is None for row in (*told.lanes, *told.services))


def test_where_services_have_no_room_lanes_are_told_alone() -> None:
    told = results_shape([a_day(TUESDAY, *[5] * FEWEST)], OFFICE, NOW)
    assert ms.ResultsMessage.model_validate_json(fitting_results(told)) == told
    many = told.model_copy(update={"services": told.services * 200})
    small = ms.ResultsMessage.model_validate_json(fitting_results(many))
    assert (small.services, small.lanes) == ((), told.lanes)
