"""The office's time: what the clock says, but never backwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

CATCHING_UP = 0.5
"""While the clock is behind what has happened, time goes on at this pace: it neither repeats nor stands still."""


class OfficeTime:
    """Gives each moment of the office, for a number or a wait must not run backwards.

    After the clock was set back, time goes on more slowly until the clock has caught up: if it stood still, all waits
    would be equal and no lane would come before another.
    """

    def __init__(self, clock: Callable[[], dt.datetime], monotonic: Callable[[], float]) -> None:
        """Follow `clock`; `monotonic` measures what passes while that is behind."""
        self._clock = clock
        self._monotonic = monotonic
        self._latest = clock()
        self._latest_at = monotonic()

    def now(self) -> dt.datetime:
        """Return this moment."""
        clock, since_s = self._clock(), self._monotonic()
        slowly = self._latest + dt.timedelta(seconds=(since_s - self._latest_at) * CATCHING_UP)
        self._latest, self._latest_at = max(clock, slowly), since_s
        return self._latest

    def not_before(self, moment: dt.datetime) -> None:
        """Take note of when something happened, as the journal tells."""
        self._latest = max(self.now(), moment)
