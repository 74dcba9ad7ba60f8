"""Talking with a printer over an open link: questions, and answers with a deadline each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from hardware.codecs.printer_status import (
    ASK_WHEN_DONE,
    ASKED_IN_TURN,
    AnswerReader,
    Automatic,
    Done,
    Reply,
    question,
    understood,
    understood_automatic,
)
from hardware.ports import PrinterStatus

QUICK_S = 0.5
"""Who answered the first question answers the next ones about as fast, or never: some clones know only a few."""

SETTLE_S = 0.2

STALE_READS = 64
"""A printer that never stops talking is not listened to for ever."""


class Link(Protocol):
    """An open way to a printer. Every call has a deadline. Raises DeviceUnavailable, DeviceTimeout."""

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        ...

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what came, as soon as something is there, or nothing after `timeout_s`."""
        ...

    def finish(self) -> None:
        """Wait until the other side has taken everything."""
        ...

    def close(self) -> None:
        """Let go; never waits."""
        ...


class Conversation:
    """What is asked and answered on one link; answers are told apart in whatever order they come."""

    def __init__(self, link: Link, *, patience_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take an open link, and throw away what it still holds from earlier."""
        self.done = False
        self._link = link
        self._patience_s = patience_s
        self._clock = clock
        self._reader = AnswerReader()
        self._replies: list[int] = []
        self._owed = 0
        self._warned: PrinterStatus | None = None
        self._drop_input()

    def status(self) -> PrinterStatus:
        """Ask; a printer that does not answer, or mostly nonsense, is `unknown`."""
        replies: dict[int, int] = {}
        self._reader.noise = 0
        if not self._caught_up():
            return PrinterStatus("unknown")
        for number in ASKED_IN_TURN:
            bits = self._answer(number, min(self._patience_s, QUICK_S) if replies else self._patience_s)
            if bits is None:
                break  # asking on would take a late answer for the wrong one
            replies[number] = bits
        if self._reader.noise > len(replies):
            return PrinterStatus("unknown")
        return self._warned or understood(replies)

    def begin_job(self) -> None:
        """Believe no end of a job that was told before this one was sent: noise, or an earlier job's."""
        self._drop_input()
        self.done = False

    def settle(self, timeout_s: float) -> bool:
        """Have an earlier job come to its end, so that its late answer is not taken for that of the next."""
        self._link.send(ASK_WHEN_DONE)
        settled = self.wait_done(timeout_s)
        if settled:  # two may come, of the earlier job and of this question, one right behind the other
            self._listen(lambda: False, SETTLE_S)
        return settled

    def wait_done(self, timeout_s: float) -> bool:
        """Wait until the printer says that it has worked through everything before; tell whether it did."""
        self._listen(lambda: self.done, timeout_s)
        return self.done

    def _drop_input(self) -> None:
        for _ in range(STALE_READS):
            if not self._link.receive(timeout_s=0):
                return

    def _answer(self, number: int, timeout_s: float) -> int | None:
        self._replies.clear()
        self._link.send(question(number))
        self._listen(lambda: bool(self._replies), timeout_s)
        if not self._replies:
            self._owed += 1
            return None
        return self._replies[0]

    def _caught_up(self) -> bool:
        """Wait for answers that came too late the last time: taken for new ones they would tell the wrong thing."""
        if self._owed:
            self._listen(lambda: len(self._replies) >= self._owed, self._patience_s)
            if len(self._replies) < self._owed and not self.done:
                return False
            self._owed = 0  # they came; or it has finished and said no more, so they were lost
        return True

    def _listen(self, enough: Callable[[], bool], timeout_s: float) -> None:
        deadline = self._clock() + timeout_s
        while not enough() and (left := deadline - self._clock()) > 0:
            for answer in self._reader.feed(self._link.receive(timeout_s=left)):
                match answer:
                    case Reply(bits):
                        self._replies.append(bits)
                    case Done():
                        self.done = True
                    case Automatic():
                        self._heed(understood_automatic(answer))

    def _heed(self, told: PrinterStatus) -> None:
        """Keep trouble that the printer told by itself: it may be gone again when it is asked."""
        if not told.printable:
            self._warned = told
