"""Old data is never shown as new: what counts as old, and since when."""

from __future__ import annotations

import pytest

from broker.contract.link import STALE_AFTER_S, Freshness
from broker.engine import HEARTBEAT_S
from tests.fakes.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def fresh(clock: FakeClock) -> Freshness:
    return Freshness(clock.now, clock.monotonic)


def test_before_anything_is_heard_the_picture_is_old_since_the_start(fresh: Freshness, clock: FakeClock) -> None:
    began = clock.now()
    clock.advance(60)
    assert fresh.stale_since == began


def test_a_retained_picture_without_an_engine_is_old_news(fresh: Freshness, clock: FakeClock) -> None:
    began = clock.now()
    clock.advance(60)
    fresh.heard(retained=True)
    assert fresh.stale_since == began


def test_a_retained_picture_is_old_news_though_the_server_says_that_the_engine_is_there(
    fresh: Freshness, clock: FakeClock
) -> None:
    """It may have kept both over a restart: a call of two hours ago beside a green light."""
    began = clock.now()
    fresh.link_changed(online=True)
    fresh.heard(retained=True)
    assert fresh.stale_since == began
    fresh.heard()
    assert fresh.stale_since is None


def test_after_an_interruption_only_what_is_said_anew_is_true(fresh: Freshness) -> None:
    fresh.link_changed(online=True)
    fresh.heard()
    fresh.link_changed(online=False)
    fresh.link_changed(online=True)
    fresh.heard(retained=True)
    assert fresh.stale_since is not None
    fresh.heard()
    assert fresh.stale_since is None


def test_an_engine_that_speaks_before_it_says_that_it_is_online_is_believed(fresh: Freshness) -> None:
    """It says online last, when all pictures are out."""
    fresh.heard()
    fresh.link_changed(online=True)
    assert fresh.stale_since is None


def test_while_the_engine_speaks_the_picture_is_true(fresh: Freshness, clock: FakeClock) -> None:
    fresh.link_changed(online=True)
    for _ in range(10):
        fresh.heard()
        clock.advance(STALE_AFTER_S - 1)
        assert fresh.stale_since is None


def test_an_engine_that_falls_silent_is_noticed(fresh: Freshness, clock: FakeClock) -> None:
    fresh.link_changed(online=True)
    fresh.heard()
    last = clock.now()
    clock.advance(STALE_AFTER_S + 0.1)
    assert fresh.stale_since == last


def test_no_person_takes_for_true_for_longer_than_ten_seconds_what_is_old(fresh: Freshness, clock: FakeClock) -> None:
    """A screen looks every 0.2 s, and draws what it has seen; the rest is for a machine that has much to do."""
    fresh.link_changed(online=True)
    fresh.heard()
    clock.advance(9.5)
    assert fresh.stale_since is not None


def test_a_word_of_the_engine_may_be_late_by_some_seconds(fresh: Freshness, clock: FakeClock) -> None:
    fresh.link_changed(online=True)
    fresh.heard()
    clock.advance(HEARTBEAT_S + 3.5)
    assert fresh.stale_since is None


def test_when_the_link_is_lost_the_picture_is_as_old_as_the_last_word(fresh: Freshness, clock: FakeClock) -> None:
    fresh.link_changed(online=True)
    clock.advance(3)
    fresh.heard()
    last = clock.now()
    clock.advance(1)
    fresh.link_changed(online=False)
    clock.advance(600)
    assert fresh.stale_since == last


def test_a_clock_that_is_set_changes_nothing(fresh: Freshness, clock: FakeClock) -> None:
    fresh.link_changed(online=True)
    fresh.heard()
    clock.set_back(3600)
    assert fresh.stale_since is None
    clock.advance(STALE_AFTER_S + 1)
    assert fresh.stale_since is not None


def test_where_there_is_one_clock_only_one_that_is_set_back_makes_no_silence_look_short(clock: FakeClock) -> None:
    fresh = Freshness(clock.now)
    fresh.link_changed(online=True)
    fresh.heard()
    clock.set_back(3600)
    assert fresh.stale_since is not None
    fresh.heard()
    assert fresh.stale_since is None
