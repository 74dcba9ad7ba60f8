"""A true broker by another clock: `python -m tests.support.earlier_broker --days-ago N --config FILE --data DIR`.

A period of a survey closes when it is over, a complaint is overdue when its days have passed: no test waits for that.
And a clock is set while an office works, which no test may do to the machine that it runs on: `--clock FILE`.
Nor does one fill the memory that its MQTT server may hold: `--most-held BYTES` is less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from broker.bootstrap.process import by_the_machine, run_broker
from broker.config import load_settings
from broker.logs import log_to
from broker.ports import StorageError
from broker.server.start import MOST_HELD_BYTES

_OFF = struct.Struct("d")


class SetClock:
    """By how many seconds a broker's clock is off: a file, so that it can be set from outside at any moment."""

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made where it is missing, and the clock is right then."""
        self.path = path
        if not path.exists():
            self.off_s = 0.0

    @property
    def off_s(self) -> float:
        """Return by how much it is off; below zero it is behind."""
        off_s: float = _OFF.unpack(self.path.read_bytes())[0]
        return off_s

    @off_s.setter
    def off_s(self, seconds: float) -> None:
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT), "r+b", buffering=0) as file:
            file.write(_OFF.pack(seconds))  # eight bytes at once: whoever reads has the old or the new time


def main() -> None:
    """Run until told to end; what keeps it from beginning is said in words, as by `antrean broker`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days-ago", type=float, default=0.0)
    parser.add_argument("--clock", type=Path)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most-held", type=int, default=MOST_HELD_BYTES)
    asked = parser.parse_args()
    behind = dt.timedelta(days=asked.days_ago)
    settings = load_settings(asked.config, os.environ)
    if asked.clock is None and asked.most_held == MOST_HELD_BYTES:
        run_broker(settings, asked.data, clock=lambda: by_the_machine() - behind)
        return
    log_to(asked.data, "broker", terminal=logging.WARNING)
    clock = by_the_machine if asked.clock is None else _set_by(asked.clock, behind)
    try:
        run_broker(settings, asked.data, config=asked.config, clock=clock, most_held=asked.most_held)
    except StorageError as error:
        sys.exit(str(error))


def _set_by(path: Path, behind: dt.timedelta) -> Callable[[], dt.datetime]:
    file = os.open(path, os.O_RDONLY)
    return lambda: by_the_machine() - behind + dt.timedelta(seconds=_OFF.unpack(os.pread(file, _OFF.size, 0))[0])


if __name__ == "__main__":
    main()
