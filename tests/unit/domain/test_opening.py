"""When the office is open, until when, and when it opens next: what a closed kiosk says to who stands before it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.model import Hours, Spans, Standing
from tests.fakes.clock import JAKARTA
from tests.fakes.offices import small_office


def span(text: str) -> tuple[dt.time, dt.time]:
    begin, end = text.split("-")
    return dt.time.fromisoformat(begin), dt.time.max if end == "24:00" else dt.time.fromisoformat(end)


def spans(*texts: str) -> Spans:
    return tuple(map(span, texts))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


WEEK = Hours(
    {**dict.fromkeys(range(4), spans("07:30-12:00", "13:00-15:00")), 4: spans("07:30-11:30")},
    {dt.date(2026, 3, 3): (), dt.date(2026, 3, 7): spans("08:00-11:00")},
)
"""Monday is the 2nd of March 2026; the 3rd is a holiday, and the office opens on Saturday the 7th."""
NIGHT = Hours({0: spans("20:00-24:00"), 1: spans("00:00-06:00")})
ALWAYS = Hours(dict.fromkeys(range(7), spans("00:00-24:00")))
ONCE = Hours({}, {dt.date(2026, 3, 2): spans("08:00-11:00")})


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "closes_at", "opens_at"),
    [
        (WEEK, "2026-03-02 07:29", False, None, "2026-03-02 07:30"),
        (WEEK, "2026-03-02 07:30", True, "2026-03-02 12:00", "2026-03-02 13:00"),
        (WEEK, "2026-03-02 12:00", False, None, "2026-03-02 13:00"),
        (WEEK, "2026-03-02 14:00", True, "2026-03-02 15:00", "2026-03-04 07:30"),
        (WEEK, "2026-03-02 15:00", False, None, "2026-03-04 07:30"),
        (WEEK, "2026-03-06 12:00", False, None, "2026-03-07 08:00"),
        (WEEK, "2026-03-07 11:00", False, None, "2026-03-09 07:30"),
        (NIGHT, "2026-03-02 23:00", True, "2026-03-03 06:00", "2026-03-09 20:00"),
        (NIGHT, "2026-03-03 05:00", True, "2026-03-03 06:00", "2026-03-09 20:00"),
        (ALWAYS, "2026-03-02 23:59", True, None, None),
        (ONCE, "2026-03-02 10:00", True, "2026-03-02 11:00", None),
        (ONCE, "2026-03-02 11:00", False, None, None),
        (None, "2026-03-02 03:00", True, None, None),
    ],
)
def test_how_the_office_stands(
    hours: Hours | None, now: str, *, is_open: bool, closes_at: str | None, opens_at: str | None
) -> None:
    expected = Standing(is_open, *(None if text is None else at(text) for text in (closes_at, opens_at)))
    assert small_office(hours=hours).standing(at(now)) == expected


MINUTE = dt.timedelta(minutes=1)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    """Draw hours of a week, each day with spans in order."""
    weekly = {}
    for day in range(7):
        minutes = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
        marks = [dt.time.max if m == 24 * 60 else dt.time(m // 60, m % 60) for m in minutes]
        weekly[day] = tuple(zip(marks[::2], marks[1::2], strict=False))
    return Hours(weekly)


@given(hours=some_hours(), minute=st.integers(0, 14 * 24 * 60))
def test_what_is_said_of_the_hours_is_what_is_done_by_them(hours: Hours, minute: int) -> None:
    office, now = small_office(hours=hours), at("2026-03-02 00:00") + minute * MINUTE
    said = office.standing(now)
    assert said.is_open == office.is_open(hours, now)
    if said.closes_at is not None:
        assert said.closes_at > now
        assert not office.is_open(hours, said.closes_at)
        assert office.is_open(hours, said.closes_at - MINUTE)
    if said.opens_at is not None:
        assert said.opens_at > now
        assert office.is_open(hours, said.opens_at)
        assert not office.is_open(hours, said.opens_at - MINUTE)
    if not said.is_open and said.opens_at is None:
        assert not any(hours.weekly.values())


LATE = Hours(dict.fromkeys(range(5), spans("10:00-14:00")))
AFTERNOON = Hours({0: spans("13:30-15:00"), 2: spans("07:00-09:00")})


@pytest.mark.parametrize(
    ("hours", "now", "opens_at"),
    [
        ((WEEK, LATE, None), "2026-03-02 08:00", "2026-03-02 10:00"),
        ((WEEK, LATE, None), "2026-03-02 11:00", None),
        ((WEEK, LATE, None), "2026-03-02 12:30", "2026-03-02 13:00"),
        ((WEEK, LATE, None), "2026-03-02 14:30", "2026-03-04 10:00"),
        ((WEEK, LATE, AFTERNOON), "2026-03-02 10:00", "2026-03-02 13:30"),
        ((WEEK, None, AFTERNOON), "2026-03-02 16:00", "2026-03-04 07:30"),
        ((ALWAYS, LATE, None), "2026-03-07 10:00", "2026-03-09 10:00"),
        ((ONCE, AFTERNOON, None), "2026-03-02 08:00", None),
        ((None, None, None), "2026-03-02 08:00", None),
    ],
)
def test_what_keeps_several_hours_opens_when_all_of_them_hold(
    hours: tuple[Hours | None, ...], now: str, opens_at: str | None
) -> None:
    assert small_office().opens_at(hours, at(now)) == (None if opens_at is None else at(opens_at))


@given(one=some_hours(), other=some_hours(), minute=st.integers(0, 14 * 24 * 60))
def test_nothing_opens_before_it_is_said_to(one: Hours, other: Hours, minute: int) -> None:
    office, now = small_office(hours=one), at("2026-03-02 00:00") + minute * MINUTE
    said = office.opens_at((one, other), now)
    if said is not None:
        assert said > now
        assert office.is_open(one, said)
        assert office.is_open(other, said)
        assert not (office.is_open(one, said - MINUTE) and office.is_open(other, said - MINUTE))
