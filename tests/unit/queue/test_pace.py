"""How long a stage takes today: recent visits weigh more, and the standard time counts until there are some."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.queue.pace import Pace


def test_before_anyone_was_served_the_standard_time_counts() -> None:
    assert Pace(600).mean_s == 600


def test_the_standard_time_counts_like_four_visits() -> None:
    pace = Pace(600)
    pace.measured(100)
    assert pace.mean_s == pytest.approx((4 * 600 + 100) / 5)


def test_the_pace_follows_the_day() -> None:
    pace = Pace(600)
    for _ in range(200):
        pace.measured(240)
    assert pace.mean_s < 320
    for _ in range(30):
        pace.measured(900)
    assert pace.mean_s > 600


@given(st.floats(1, 7200), st.lists(st.floats(0, 86_400), max_size=60))
def test_the_pace_lies_between_the_extremes(standard_s: float, durations: list[float]) -> None:
    pace = Pace(standard_s)
    for duration in durations:
        pace.measured(duration)
    seen = [standard_s, *durations]
    assert min(seen) <= pace.mean_s or math.isclose(min(seen), pace.mean_s)
    assert pace.mean_s <= max(seen) or math.isclose(max(seen), pace.mean_s)


def test_the_plain_average_forgets_nothing_and_begins_with_the_standard() -> None:
    pace = Pace(600)
    assert pace.average_s == 600
    for duration in (60, 120, 180):
        pace.measured(duration)
    assert pace.average_s == 120
