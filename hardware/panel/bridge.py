"""The one way from other threads into a screen, and its ticks."""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock


def post(work: Callable[[], None]) -> None:
    """Run `work` on the screen's thread at the start of its next frame. Safe from any thread."""
    Clock.schedule_once(lambda _elapsed: work(), 0)


def every(seconds: float, work: Callable[[], None]) -> Callable[[], None]:
    """Run `work` again and again on the screen's thread; the returned function stops that."""
    event = Clock.schedule_interval(lambda _elapsed: work(), seconds)

    def stop() -> None:
        event.cancel()

    return stop
