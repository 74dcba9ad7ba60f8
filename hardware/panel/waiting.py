"""How a screen waits: for a touch, a key, the next tick or word from another thread, not for the next frame.

Kivy's clock wakes up 60 times a second to look whether something came: that is most of what a screen costs that shows
the same picture all day, and a touch waits for the next look. SDL can block until the X server has something to say.
"""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

FRAME_S = 1 / 60
"""From the beginning of a frame to that of the next at least: a finger that slides sends far more than can be drawn."""
LONGEST_S = 0.5
"""So late at most it is seen that the process was told to end."""
USER_EVENT = 0x8000
"""SDL_USEREVENT: what no window sends."""

_SDL = re.compile(r"\s(/\S*libSDL2-2\S*)$", re.MULTILINE)

log = logging.getLogger(__name__)


class Events(Protocol):
    """Where touches and keys come from."""

    def wait(self, seconds: float) -> None:
        """Block until something has come, at most so long."""
        ...

    def wake(self) -> None:
        """End a wait. Safe from any thread."""
        ...


class SdlEvents:
    """The queue of the SDL that Kivy runs on. Raises OSError where that is not found."""

    def __init__(self, maps: str) -> None:
        """Take what this process has loaded, as `/proc/self/maps` says it."""
        found = _SDL.search(maps)
        if found is None:
            message = "no SDL is loaded"
            raise OSError(message)
        # Loaded already: this opens no second one.
        self._sdl = ctypes.CDLL(found[1])
        self._event = (ctypes.c_uint32 * 32)(USER_EVENT)

    def wait(self, seconds: float) -> None:
        """Block without Python's lock until there is an event, which stays where it is."""
        self._sdl.SDL_WaitEventTimeout(None, max(1, round(seconds * 1000)))

    def wake(self) -> None:
        """Push an event that nobody handles."""
        self._sdl.SDL_PushEvent(self._event)


class Waiting:
    """Stands in for the sleep between two frames."""

    def __init__(self, clock: Any, events: Events, *, take: Callable[[], None]) -> None:  # noqa: ANN401 - Kivy's clock
        """Take Kivy's clock, where events come from and what hands them on."""
        self._clock = clock
        self._events = events
        self._take = take
        self._waits = False

    def idle(self) -> float:
        """Wait until there is something to do; return the time. What Kivy's clock calls once a frame."""
        clock = self._clock
        rest_s = clock._last_tick + FRAME_S - clock.time()  # noqa: SLF001 - there is no public word for it
        if rest_s > 0:
            clock.usleep(rest_s * 1_000_000)
        waits = not self._waits  # a window that is being resized draws from within a wait
        if waits:
            self._wait()
        now: float = clock.time()
        clock._dt, clock._last_tick = now - clock._last_tick, now  # noqa: SLF001 - the same
        if waits:
            # Kivy would take them after this frame; they would be drawn with the next one. Not before the clock has
            # moved on: what they schedule counts from now, not from a frame that may be long ago.
            self._take()
        return now

    def scheduled(self, _event: object) -> None:
        """Let what another thread schedules be done now. What Kivy's clock calls whenever something is scheduled."""
        if self._waits:
            self._events.wake()

    def _wait(self) -> None:
        # Said before the clock is asked: whoever schedules something from now on sees it, and wakes us.
        self._waits = True
        try:
            seconds = min(self._clock.get_min_timeout() - self._clock.time(), LONGEST_S)
            if seconds > 0:
                self._events.wait(seconds)
        finally:
            self._waits = False


def wait_for_events(clock: Any, take: Callable[[], None]) -> None:  # noqa: ANN401 - the same
    """Let Kivy's clock wait so from now on, where it runs on an SDL that can be found; `take` is as `Waiting` wants."""
    try:
        events = SdlEvents(Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        log.info("the window looks 60 times a second for what has come: %s", error)
        return
    waiting = Waiting(clock, events, take=take)
    clock.idle, clock.on_schedule = waiting.idle, waiting.scheduled
