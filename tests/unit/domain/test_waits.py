"""The range of a wait: sane for any queue."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.model import Pace
from broker.domain.waits import SOON_S, Wait, estimate

MEANS = st.floats(1, 7200)
COUNTERS = st.integers(1, 60)


def wait(ahead: int, *, open_counters: int = 3, idle: int = 0, mean_s: float = 600) -> Wait:
    """Estimate where somebody works."""
    found = estimate(ahead=ahead, open_counters=open_counters, idle_counters=idle, mean_service_s=mean_s)
    assert found is not None
    return found


def test_while_no_counter_is_open_nothing_is_promised() -> None:
    assert estimate(ahead=0, open_counters=0, idle_counters=0, mean_service_s=600) is None


def test_with_a_free_counter_it_is_at_once() -> None:
    assert wait(0, idle=1) == Wait(0, SOON_S)
    assert wait(1, idle=2) == Wait(0, SOON_S)


def test_when_more_come_before_than_counters_are_free_it_takes_a_departure() -> None:
    assert wait(1, idle=1).high_s > SOON_S


@given(st.integers(0, 500), COUNTERS, st.integers(0, 60), MEANS)
def test_a_range_is_a_range(ahead: int, counters: int, idle: int, mean_s: float) -> None:
    found = wait(ahead, open_counters=counters, idle=min(idle, counters), mean_s=mean_s)
    assert 0 <= found.low_s < found.high_s
    assert found.high_s >= SOON_S


@given(st.integers(0, 500), COUNTERS, MEANS)
def test_more_ahead_is_never_sooner(ahead: int, counters: int, mean_s: float) -> None:
    now, later = (wait(n, open_counters=counters, mean_s=mean_s) for n in (ahead, ahead + 1))
    assert now.low_s <= later.low_s
    assert now.high_s <= later.high_s


@given(st.integers(0, 500), COUNTERS, MEANS)
def test_one_more_counter_is_never_later(ahead: int, counters: int, mean_s: float) -> None:
    fewer, more = (wait(ahead, open_counters=n, mean_s=mean_s) for n in (counters, counters + 1))
    assert more.low_s <= fewer.low_s
    assert more.high_s <= fewer.high_s


@given(st.integers(1, 500), COUNTERS, MEANS)
def test_the_middle_of_the_range_is_the_textbook_estimate(ahead: int, counters: int, mean_s: float) -> None:
    """(ahead + 1) x mean / counters lies inside: Ibrahim & Whitt 2009."""
    found = wait(ahead, open_counters=counters, mean_s=mean_s)
    textbook = (ahead + 1) * mean_s / counters
    assert found.low_s <= textbook <= found.high_s


def test_the_range_holds_about_three_of_five_visitors() -> None:
    """It claims to run from the 20th to the 80th percentile; departures drawn with the variation it assumes."""
    chance = random.Random(5)  # noqa: S311 - a simulation
    shape, gap_s = 1 / 0.8**2, 200.0
    for ahead in (2, 8, 30):
        found = wait(ahead, open_counters=3, mean_s=3 * gap_s)
        times = [sum(chance.gammavariate(shape, gap_s / shape) for _ in range(ahead + 1)) for _ in range(1000)]
        inside = sum(found.low_s <= time_s <= found.high_s for time_s in times) / len(times)
        assert 0.55 <= inside <= 0.66


# -- pace -----------------------------------------------------------------------------------------------------------


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
