"""What a report's address asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import parse_qsl

import pytest

from broker.reports.query import Query, UnreadableQueryError, read_query

TODAY = dt.date(2026, 11, 27)


def asked(address: str) -> Query:
    """Return what an address asks for today."""
    return read_query(parse_qsl(address), TODAY)


@pytest.mark.parametrize(
    ("address", "first", "last", "period"),
    [
        ("", "2026-11-01", "2026-11-30", "month"),
        ("period=2026-11-02", "2026-11-02", "2026-11-02", "day"),
        ("period=2026-W44", "2026-10-26", "2026-11-01", "week"),
        ("period=2026-Q1", "2026-01-01", "2026-03-31", "quarter"),
        ("from=2026-02-03&to=2026-05-04", "2026-02-03", "2026-05-04", None),
        ("from=2026-11-20", "2026-11-20", "2026-11-27", None),
        ("to=2026-11-20", "2026-11-20", "2026-11-20", "day"),
    ],
)
def test_a_span_is_a_period_by_its_name_or_any_days(address: str, first: str, last: str, period: str | None) -> None:
    found = asked(address)
    assert (found.first.isoformat(), found.last.isoformat(), found.period) == (first, last, period)


@pytest.mark.parametrize(
    "address",
    [
        "period=2026-13",
        "period=yesterday",
        "from=2026-02-30",
        "from=2026-03-02&to=2026-03-01",
        "period=2027-01",
        "from=1990-01-01&to=2026-01-01",
        "from=2020-01-01&to=2026-01-01&by=day",
        "by=shoe",
        "by=day,lane,service",
        "by=officer",
        "officer=siti",
        "half_hour=25:00",
        "lane=%3Cscript%3E",
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(UnreadableQueryError, match=r"\.$"):
        asked(address)


@pytest.mark.parametrize(
    "address",
    ["period=2026-11", "period=2026-W44&by=lane&by=service", "from=2026-02-03&to=2026-05-04&by=day&lane=a&lane=b"],
)
def test_an_address_comes_back_as_it_was(address: str) -> None:
    assert asked(address).address() == address


def test_before_and_after_are_periods_of_the_same_kind() -> None:
    def around(address: str) -> Sequence[str]:
        return [asked(address).moved(step).address() for step in (-1, 1)]

    assert around("period=2026-01&by=lane") == ["period=2025-12&by=lane", "period=2026-02&by=lane"]
    assert around("period=2026-Q1") == ["period=2025-Q4", "period=2026-Q2"]
    assert around("from=2026-02-03&to=2026-02-04") == [
        "from=2026-02-01&to=2026-02-02",
        "from=2026-02-05&to=2026-02-06",
    ]


def test_a_row_leads_to_what_it_is_made_of() -> None:
    report = asked("period=2026-Q1&by=month&by=lane")
    assert report.within("month", "2026-02").address() == "period=2026-02&by=lane"
    assert report.within("lane", "priority").address() == "period=2026-Q1&by=month&lane=priority"
    assert asked("period=2026-11").on("day", TODAY).address() == "period=2026-11-27", "never a day that is to come"
