"""The office's time: what the clock says, never backwards but where somebody set it, and that is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

CATCHING_UP = 0.5
"""While the clock is a little behind what has happened, time goes on at this pace: it neither repeats nor stops."""
JUMP_S = 60.0
"""What the clock goes by more than this, other than time passes, is no drift: it was set."""


class OfficeTime:
    """Gives each moment of the office, for a number or a wait must not run backwards.

    A clock that is a little off is followed: at once where it is ahead, more slowly where it is behind, for if time
    stood still, all waits would be equal and no lane would come before another. A clock that was set is not followed
    until `follow` is called: before that, time goes on as the monotonic clock says.
    """

    def __init__(
        self, clock: Callable[[], dt.datetime], monotonic: Callable[[], float], *, begun_s: float | None = None
    ) -> None:
        """Follow `clock`; `monotonic` measures what passes. `begun_s`: when that was 0, as the run before believed."""
        self._clock = clock
        self._monotonic = monotonic
        self._latest_at = monotonic()
        self._latest = clock() if begun_s is None else dt.datetime.fromtimestamp(begun_s + self._latest_at, dt.UTC)

    def now(self) -> dt.datetime:
        """Return this moment."""
        clock, since_s = self._clock(), self._monotonic()
        passed_s = since_s - self._latest_at
        reckoned = self._latest + dt.timedelta(seconds=passed_s)
        if _is_jump(clock - reckoned):
            self._latest = reckoned
        else:
            self._latest = max(clock, self._latest + dt.timedelta(seconds=passed_s * CATCHING_UP))
        self._latest_at = since_s
        return self._latest

    def not_before(self, moment: dt.datetime) -> None:
        """Take note of when something happened, as the journal tells."""
        self._latest = max(self.now(), moment)

    def jumped_s(self) -> float | None:
        """Return by how much the clock was set, or None where it was not; it is not followed yet."""
        off = self._clock() - self.now()
        return off.total_seconds() if _is_jump(off) else None

    def follow(self, moment: dt.datetime) -> None:
        """Take this for the time, as the clock says."""
        self._latest, self._latest_at = moment, self._monotonic()

    @property
    def begun_s(self) -> float:
        """Return when the monotonic clock was at 0, in seconds since 1970: it changes only where the clock is set."""
        return self.now().timestamp() - self._latest_at


def _is_jump(off: dt.timedelta) -> bool:
    return abs(off.total_seconds()) >= JUMP_S
