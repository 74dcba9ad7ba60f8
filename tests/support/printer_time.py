"""Time as a printer and its driver have it: it passes only while neither of them has anything to do.

A driver gives a printer so many tenths of a second to answer. An emulated printer on a busy machine may need longer for
nothing but its turn at the processor, and a test would see a fault that was never played. Here whoever waits lets the
printer take and answer all that was sent before any time passes, however long that lasts.
"""

from __future__ import annotations

from collections.abc import Callable

from hardware.drivers.conversation import Link
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import CHUNK

STEP_S, LINE_S = 0.02, 0.001
"""So much passes at once, while nothing moves and while the paper does: line comes after line."""
LULL_S = 0.002
"""So long, by the clock on the wall, a line may take to hand over what lies in it."""
TURNS = 3
"""An emulator has read what was sent, worked and answered, once it has obeyed so often."""


class PrinterTime:
    """The clock of one printer and whatever drives it, in seconds. While `is_held` it stands still."""

    def __init__(self) -> None:
        self.is_held = False
        self._now_s = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self._now_s

    def pass_on(self, seconds: float) -> None:
        """Let so much go by."""
        self._now_s += seconds


class TimedLink:
    """A link that waits by the printer's own time."""

    def __init__(self, link: Link, emulator: PrinterEmulator, time: PrinterTime) -> None:
        """Take the true link, what is at its other end, and the clock of both."""
        self._link = link
        self._emulator = emulator
        self._time = time
        self._sent = 0

    def send(self, data: bytes) -> None:
        """Send."""
        self._sent += len(data)
        self._link.send(data)

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what came; before any time passes the printer has taken what was sent."""
        deadline = self._time() + timeout_s
        while True:
            came = self._link.receive(timeout_s=0)
            if came:
                return came
            state = self._let_it_answer()
            came = self._link.receive(timeout_s=LULL_S)
            left_s = deadline - self._time()
            if came or left_s <= 0:
                return came
            if not self._time.is_held:
                self._time.pass_on(min(LINE_S if "working" in state else STEP_S, left_s))

    def finish(self) -> None:
        """Wait until the other side has taken everything."""
        self._link.finish()

    def close(self) -> None:
        """Let go."""
        self._link.close()

    def _let_it_answer(self) -> str:
        """Have all that was sent taken; return how the printer is then."""
        turns, self._sent = TURNS + self._sent // CHUNK, 0
        return [self._emulator.command("status") for _ in range(turns)][-1]


def timed(open_link: Callable[[], Link], emulator: PrinterEmulator, time: PrinterTime) -> Callable[[], Link]:
    """Return what opens such a link each time."""
    return lambda: TimedLink(open_link(), emulator, time)
