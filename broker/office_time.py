"""The office's time: what the clock says, never backwards but where somebody set it, and that is said."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CATCHING_UP = 0.5
"""While the clock is a little behind what has happened, time goes on at this pace: it neither repeats nor stops."""
JUMP_S = 60.0
"""What the clock goes by more than this, other than time passes, is no drift: it was set."""


DOUBT_OVER_S = 3600.0
"""A step of more than this is more often a fault than a person: it has to last before it is believed."""
EARLIEST: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""No office worked with this program before: a machine whose battery is empty begins in 1970."""
ANY_TIME: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
LONGEST_OFF = dt.timedelta(days=31)
"""A machine that was started anew was off for so long at most; a clock that is further ahead is doubted."""


@dataclass(slots=True)
class Doubt:
    """A step of the clock that is not believed yet."""

    by_s: float
    since_s: float
    """By the monotonic clock."""


class OfficeTime:
    """Gives each moment of the office, for a number or a wait must not run backwards.

    A clock that is a little off is followed: at once where it is ahead, more slowly where it is behind, for if time
    stood still, all waits would be equal and no lane would come before another. A clock that was set is not followed
    until `follow` is called: before that, time goes on as the monotonic clock says.
    """

    def __init__(
        self,
        clock: Callable[[], dt.datetime],
        monotonic: Callable[[], float],
        *,
        begun_s: float | None = None,
        believe_after_s: float = 0.0,
        earliest: dt.datetime = ANY_TIME,
    ) -> None:
        """Follow `clock`; `monotonic` measures what passes. `begun_s`: when that was 0, as the run before believed.

        A large step is believed when it has lasted for `believe_after_s`; a time before `earliest` never is.
        """
        self._clock = clock
        self._monotonic = monotonic
        self._believe_after_s = believe_after_s
        self._earliest = earliest
        self.doubt: Doubt | None = None
        """What the clock says otherwise and is not believed yet."""
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

    def begin_at(self, moment: dt.datetime) -> None:
        """Begin after what happened last, where the clock is ahead of it by more than a machine is ever off."""
        if self._believe_after_s > 0 and self._clock() - moment > LONGEST_OFF:
            self.follow(moment)

    def jumped_s(self) -> float | None:
        """Return by how much the clock was set, or None where it was not; it is not followed yet.

        Where it is not to be believed yet, that is None and stands in `doubt`.
        """
        off, since_s = self._clock() - self.now(), self._monotonic()
        by_s = off.total_seconds()
        if not _is_jump(off):
            self.doubt = None
            return None
        if self.doubt is None or abs(by_s - self.doubt.by_s) >= JUMP_S:
            self.doubt = Doubt(by_s, since_s)
        has_lasted = since_s - self.doubt.since_s >= (self._believe_after_s if abs(by_s) > DOUBT_OVER_S else 0.0)
        is_possible = self._clock() >= self._earliest
        return by_s if is_possible and (has_lasted or self._latest < self._earliest) else None

    def follow(self, moment: dt.datetime) -> None:
        """Take this for the time, as the clock says."""
        self._latest, self._latest_at, self.doubt = moment, self._monotonic(), None

    def believe(self) -> None:
        """Take what is in doubt for true at the next look, because a person says so."""
        if self.doubt is not None:
            self.doubt.since_s = -math.inf

    @property
    def begun_s(self) -> float:
        """Return when the monotonic clock was at 0, in seconds since 1970: it changes only where the clock is set."""
        return self.now().timestamp() - self._latest_at


def _is_jump(off: dt.timedelta) -> bool:
    return abs(off.total_seconds()) >= JUMP_S
