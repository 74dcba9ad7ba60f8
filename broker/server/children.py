"""Processes that we start: they do not outlive us, and what they write to their terminal stays small."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.files import open_to_append

MAX_OUTPUT_BYTES = 1_000_000
"""A file of output is moved aside beyond this; the one before it goes."""
LINES_AT_ONCE, LINE_EVERY_S, LINE_BYTES = 200, 2.0, 400
"""Of what the MQTT server says: a start or an outage whole, of an attack at most some 4 MB a day."""
PIPE_READS, PIPE_BYTES = 4, 65_536

log = logging.getLogger(__name__)


def keep_small(path: Path, *, max_bytes: int = MAX_OUTPUT_BYTES) -> None:
    """Move what a process has written to `path` aside to `<path>.1` once it is large. It writes on, to an empty file.

    The process has the file open for appending, so what comes next begins at the beginning; a line that is written just
    between copy and cut is lost.
    """
    try:
        if not path.exists() or path.stat().st_size <= max_bytes:
            return
        shutil.copy(path, path.with_name(path.name + ".1"))
        os.truncate(path, 0)
    except OSError as error:
        log.warning("%s grows and cannot be moved aside: %s", path, error)


class Told:
    """What a process says, written to a file: so many lines at once, then a line in a while; the rest is counted.

    Whoever makes a server complain, such as with wrong logins, shall not wear out the disk. The process never waits for
    us: what does not fit into the pipe is lost.
    """

    def __init__(
        self,
        path: Path,
        monotonic: Callable[[], float] = time.monotonic,
        heard: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        """Prepare; `write_end` is what the process is given. `heard` is told each line, left out or not."""
        self.path = path
        self._heard = heard
        self._monotonic = monotonic
        self._allowed, self._since_s = float(LINES_AT_ONCE), monotonic()
        self._left_out = 0
        self._part = b""
        self._read_end, self.write_end = os.pipe()
        for end in (self._read_end, self.write_end):
            os.set_blocking(end, False)

    def started(self) -> None:
        """Take note that the process has its end: ours must not keep the pipe open."""
        os.close(self.write_end)

    def read(self) -> None:
        """Write down what was said since."""
        said = self._part
        for _ in range(PIPE_READS):
            try:
                more = os.read(self._read_end, PIPE_BYTES)
            except BlockingIOError:
                break
            said += more
            if not more:
                break
        *lines, self._part = said.split(b"\n")
        self._part = self._part[:LINE_BYTES]
        for line in lines:
            self._heard(line)
        kept = [line for line in lines if self._may_say(line)]
        if self._left_out and self._allowed >= LINES_AT_ONCE / 2:
            kept.append(b"(%d more lines were left out)" % self._left_out)
            self._left_out = 0
        if kept:
            with open_to_append(self.path) as file:
                file.write(b"".join(line[:LINE_BYTES] + b"\n" for line in kept))

    def close(self) -> None:
        """Write down the rest."""
        self.read()
        os.close(self._read_end)

    def _may_say(self, _line: bytes) -> bool:
        now = self._monotonic()
        self._allowed = min(LINES_AT_ONCE, self._allowed + (now - self._since_s) / LINE_EVERY_S)
        self._since_s = now
        if self._allowed < 1:
            self._left_out += 1
            return False
        self._allowed -= 1
        return True


def bound_to_parent(command: Sequence[str]) -> list[str]:
    """Return a command whose process ends when the thread that starts it does, even if we are killed.

    The kernel's parent-death signal by way of util-linux's setpriv; where that is missing the plain command.
    """
    setpriv = shutil.which("setpriv")
    return [*((setpriv, "--pdeathsig", "TERM") if setpriv else ()), *command]
