"""A screen sleeps until there is something to do, and then does it in this very frame."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from hardware.panel.waiting import FRAME_S, LONGEST_S, SdlEvents, Waiting


class KivyClock:
    """The part of Kivy's clock that waiting touches; time passes only by sleeping."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self._last_tick = 100.0
        self._dt = 0.0
        self.due_s = math.inf

    def time(self) -> float:
        """Return the time."""
        return self.now_s

    def usleep(self, microseconds: float) -> None:
        """Let time pass."""
        self.now_s += microseconds / 1_000_000

    def get_min_timeout(self) -> float:
        """Return when the next thing is due."""
        return self.due_s


class Queue:
    """Where events come from: one comes after `comes_s`, or none."""

    def __init__(self, clock: KivyClock) -> None:
        self._clock = clock
        self.comes_s = math.inf
        self.woken = 0
        self.meanwhile: Callable[[], object] = int

    def wait(self, seconds: float) -> None:
        """Let time pass until something comes."""
        self._clock.now_s += min(seconds, self.comes_s)
        self.meanwhile()

    def wake(self) -> None:
        """Count."""
        self.woken += 1


@pytest.fixture
def clock() -> KivyClock:
    return KivyClock()


@pytest.fixture
def queue(clock: KivyClock) -> Queue:
    return Queue(clock)


def slept_s(clock: KivyClock, waiting: Waiting) -> float:
    """Return how long one frame was waited for."""
    before = clock.now_s
    assert waiting.idle() == clock.now_s == clock._last_tick
    return clock.now_s - before


@pytest.mark.parametrize(
    ("due_in_s", "comes_s", "waits_s"),
    [
        (0.1, math.inf, 0.1),
        (5.0, math.inf, FRAME_S + LONGEST_S),
        (5.0, 0.02, FRAME_S + 0.02),
        (-100.0, math.inf, FRAME_S),
        (0.001, math.inf, FRAME_S),
    ],
)
def test_it_sleeps_until_a_tick_is_due_or_something_comes(
    clock: KivyClock, queue: Queue, due_in_s: float, comes_s: float, waits_s: float
) -> None:
    clock.due_s, queue.comes_s = clock.now_s + due_in_s, comes_s
    assert slept_s(clock, Waiting(clock, queue, take=lambda: None)) == pytest.approx(waits_s)


def test_what_came_is_handed_on_before_the_frame_is_drawn(clock: KivyClock, queue: Queue) -> None:
    taken: list[float] = []
    queue.comes_s = 0.01
    slept_s(clock, Waiting(clock, queue, take=lambda: taken.append(clock.now_s)))
    assert taken == [clock.now_s]


def test_what_an_event_schedules_counts_from_when_it_came(clock: KivyClock, queue: Queue) -> None:
    counts_from: list[float] = []
    queue.comes_s = 0.3
    slept_s(clock, Waiting(clock, queue, take=lambda: counts_from.append(clock._last_tick)))
    assert counts_from == [clock.now_s]


def test_a_touch_after_a_quiet_time_waits_for_nothing(clock: KivyClock, queue: Queue) -> None:
    queue.comes_s = 0.0
    clock.now_s += 1.0
    assert slept_s(clock, Waiting(clock, queue, take=lambda: None)) == 0.0


def test_another_thread_wakes_only_who_sleeps(clock: KivyClock, queue: Queue) -> None:
    waiting = Waiting(clock, queue, take=lambda: None)
    waiting.scheduled(None)
    assert queue.woken == 0
    queue.meanwhile = lambda: waiting.scheduled(None)
    waiting.idle()
    assert queue.woken == 1


def test_a_frame_that_is_drawn_from_within_a_wait_does_not_wait_again(clock: KivyClock, queue: Queue) -> None:
    depth: list[float] = []
    waiting = Waiting(clock, queue, take=lambda: None)
    queue.meanwhile = lambda: depth.append(waiting.idle())
    waiting.idle()
    assert len(depth) == 1


def test_a_machine_whose_kivy_has_no_sdl_is_told_from_others() -> None:
    with pytest.raises(OSError, match="no SDL"):
        SdlEvents("7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libc.so.6\n")
