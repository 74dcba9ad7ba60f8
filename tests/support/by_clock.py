"""The command `antrean` on a machine whose clock is off: `python -m tests.support.by_clock FILE recover --yes ...`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Self

from broker import cli
from broker.cli import care
from tests.support.earlier_broker import SetClock


def main() -> int:
    """Do what a person asks for there."""
    _, clock, *command = sys.argv
    off = dt.timedelta(seconds=SetClock(Path(clock)).off_s)

    class Off(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return super().now(tz) + off

    vars(care)["dt"] = SimpleNamespace(**{**vars(dt), "datetime": Off})
    sys.argv = ["antrean", *command]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
