"""Screens tell age and time left by the engine's clock, whatever the clock of their own machine says."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.clock import STEP_S, EngineClock
from tests.fakes.clock import JAKARTA, MORNING, FakeClock

HEARTBEAT_S = 5.0


class Wire:
    """An engine's clock, a screen's clock, and messages that take their time from one to the other."""

    def __init__(self) -> None:
        self.engine = FakeClock(MORNING)
        self.screen = FakeClock(MORNING + dt.timedelta(seconds=30))
        self.clock = EngineClock(self.screen.now, self.screen.monotonic)

    def advance(self, seconds: float) -> None:
        """Let time pass everywhere."""
        self.engine.advance(seconds)
        self.screen.advance(seconds)

    def heartbeat(self, *, late_s: float = 0.0, after_s: float = HEARTBEAT_S) -> None:
        """Hear the engine, after a while."""
        self.advance(after_s)
        self.clock.heard(self.engine.now() - dt.timedelta(seconds=late_s))

    @property
    def error_s(self) -> float:
        """Return how far the screen is from the engine's time."""
        return (self.clock.now() - self.engine.now()).total_seconds()


@pytest.fixture
def wire() -> Wire:
    return Wire()


def test_before_the_engine_is_heard_our_own_clock_is_all_there_is(wire: Wire) -> None:
    assert wire.clock.now() == wire.screen.now()
    assert wire.clock.offset_s is None


def test_a_screen_that_is_ahead_knows_the_engine_s_time_and_by_how_much_it_is_off(wire: Wire) -> None:
    wire.heartbeat()
    wire.advance(2.5)
    assert wire.error_s == pytest.approx(0, abs=0.001)
    assert wire.clock.offset_s == pytest.approx(30, abs=0.001)


def test_it_is_told_with_the_office_s_offset(wire: Wire) -> None:
    wire.clock.heard(wire.engine.now().astimezone(JAKARTA))
    assert wire.clock.now().utcoffset() == dt.timedelta(hours=7)


def test_one_late_message_changes_nothing(wire: Wire) -> None:
    wire.heartbeat()
    for _ in range(5):
        wire.heartbeat(late_s=4)
        assert wire.error_s == pytest.approx(0, abs=0.001)
        wire.heartbeat()


def test_a_burst_of_late_messages_changes_nothing(wire: Wire) -> None:
    wire.heartbeat()
    for late_s in (4.0, 3.0, 2.0, 1.0):
        wire.heartbeat(late_s=late_s, after_s=0.01)
    assert wire.error_s == pytest.approx(0, abs=0.001)


def test_a_first_message_that_came_late_is_made_good_by_the_next(wire: Wire) -> None:
    wire.heartbeat(late_s=4)
    wire.heartbeat()
    assert wire.error_s == pytest.approx(0, abs=0.001)


def test_what_was_kept_for_us_tells_no_time(wire: Wire) -> None:
    wire.clock.heard(wire.engine.now() - dt.timedelta(hours=2), retained=True)
    assert wire.clock.offset_s is None


@pytest.mark.parametrize("step_s", [3600.0, 40.0, -40.0, -3600.0])
def test_when_the_engine_s_clock_is_set_it_is_followed_within_a_few_heartbeats(wire: Wire, step_s: float) -> None:
    wire.heartbeat()
    wire.engine.at += dt.timedelta(seconds=step_s)
    for _ in range(3):
        wire.heartbeat()
    assert wire.error_s == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize("step_s", [3600.0, -3600.0])
def test_when_our_own_clock_is_set_nothing_happens(wire: Wire, step_s: float) -> None:
    wire.heartbeat()
    wire.screen.at += dt.timedelta(seconds=step_s)
    assert wire.error_s == pytest.approx(0, abs=0.001)
    assert wire.clock.offset_s == pytest.approx(30 + step_s, abs=0.001)
    wire.advance(60)
    assert wire.error_s == pytest.approx(0, abs=0.001)


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, STEP_S * 0.9)), max_size=30))
def test_time_never_runs_backwards_however_the_network_jitters(heartbeats: list[tuple[float, float]]) -> None:
    wire, last = Wire(), None
    wire.heartbeat()
    for after_s, late_s in heartbeats:
        wire.heartbeat(after_s=after_s, late_s=late_s)
        now = wire.clock.now()
        assert last is None or now >= last
        assert abs(wire.error_s) <= STEP_S
        last = now


@given(st.lists(st.floats(0, 0.05), min_size=1, max_size=200))
def test_the_quickest_of_many_messages_tells_the_time(delays: list[float]) -> None:
    wire = Wire()
    for late_s in delays:
        wire.heartbeat(after_s=0.04, late_s=late_s)
        assert -0.06 <= wire.error_s <= 0.001
