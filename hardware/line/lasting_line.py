"""A line that comes back: opened when it can be, and again after it went away, in growing and jittered steps."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from hardware.errors import DeviceUnavailable, HardwareError

FIRST_DELAY_S = 0.25
MAX_DELAY_S = 5.0

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Line(Protocol):
    """Anything that carries bytes both ways. Each call may raise HardwareError, but for `close`."""

    def send(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what arrived, as soon as there is any, or nothing after `timeout_s`."""
        ...

    def drop_input(self) -> None:
        """Throw away what came before."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class LastingLine:
    """Owned by one thread. A fault closes it and is raised on; `opened` opens it again when its time has come."""

    def __init__(
        self,
        open_line: Callable[[], Line],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        first_delay_s: float = FIRST_DELAY_S,
        max_delay_s: float = MAX_DELAY_S,
    ) -> None:
        """`jitter` returns 0 to 1: machines that lost the same hub at once shall not all come back at once."""
        self._first_delay_s, self._max_delay_s = first_delay_s, max_delay_s
        self._open_line = open_line
        self._monotonic = monotonic
        self._jitter = jitter
        self._line: Line | None = None
        self._delay_s = first_delay_s
        self._retry_at_s = -float("inf")
        self._told = ""

    def opened(self) -> bool:
        """Tell whether the line is open; tries to open it where that is due. What lay in it from before is dropped."""
        if self._line is None and self.retry_in_s == 0:
            try:
                self._line = self._open_line()
                self._line.drop_input()
            except HardwareError as error:
                self._failed(error)
            else:
                log.info("the line is open%s", " again" if self._told else "")
                self._told = ""
        return self._line is not None

    @property
    def trouble(self) -> str:
        """Return why the line is closed, for people; nothing while it is open or was never tried."""
        return "" if self._line is not None else self._told

    @property
    def retry_in_s(self) -> float:
        """Return how long it stays closed at least; 0 where it may be tried now."""
        return max(0.0, self._retry_at_s - self._monotonic())

    def send(self, data: bytes) -> None:
        """Send. Raises HardwareError where the line is closed, or has to be closed now."""
        self._use(lambda line: line.send(data))

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what arrived within `timeout_s`. Raises HardwareError, as `send` does."""
        data = self._use(lambda line: line.receive(timeout_s=timeout_s))
        if data:
            self._delay_s = self._first_delay_s  # only bytes prove that the line is worth trying at once
        return data

    def close(self) -> None:
        """Close for good, or until it is opened again."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def give_up(self) -> None:
        """Close and stay away for a while, as after a fault."""
        self.close()
        self._retry_at_s = self._monotonic() + self._delay_s * (0.5 + self._jitter() / 2)
        self._delay_s = min(self._delay_s * 2, self._max_delay_s)

    def _use(self, call: Callable[[Line], Result]) -> Result:
        if self._line is None:
            raise DeviceUnavailable("line", "is closed")  # noqa: EM101 - device and reason, as everywhere
        try:
            return call(self._line)
        except HardwareError as error:
            self._failed(error)
            raise

    def _failed(self, error: HardwareError) -> None:
        if error.why != self._told:  # once, not at every attempt
            log.warning("%s", error)
        self._told = error.why
        self.give_up()
