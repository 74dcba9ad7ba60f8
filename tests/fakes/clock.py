"""A clock that goes only where a test takes it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
MORNING = dt.datetime(2026, 3, 2, 8, 0, tzinfo=JAKARTA)
"""A Monday, 08:00 in Jakarta."""


class FakeClock:
    """Wall clock and monotonic clock in one; both stand still until told."""

    def __init__(self, at: dt.datetime = MORNING) -> None:
        self.at = at
        self.ticks_s = 100.0

    def now(self) -> dt.datetime:
        """Return the time of day."""
        return self.at

    def monotonic(self) -> float:
        """Return seconds since some moment."""
        return self.ticks_s

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.at += dt.timedelta(seconds=seconds)
        self.ticks_s += seconds

    def set_back(self, seconds: float) -> None:
        """Turn the wall clock back, as a person or an NTP server may."""
        self.at -= dt.timedelta(seconds=seconds)
