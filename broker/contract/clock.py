"""The engine's time on another machine: how old something is and how long is left, whatever that machine's clock says.

Pure, so that presenters may use it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

BELIEVED_AFTER_S = 9.0
"""So long (two heartbeats) all messages must be late before the engine's clock counts as set back."""
STEP_S = 1.0
"""What goes back by less is the network's jitter, and time waits until it is made up for."""


@dataclass(slots=True)
class EngineClock:
    """Follows the clock of the engine by the messages that it dates.

    A message can come late but never early, so of all recent ones the quickest tells the time best: whatever is ahead
    of what we believe is believed at once, and what is behind only when nothing quicker came for `BELIEVED_AFTER_S`. So
    one late message changes nothing, and a clock that is set is followed within a few heartbeats. In between the
    monotonic clock goes on, which nobody sets: a step of our own clock is not even noticed.
    """

    wall: Callable[[], dt.datetime]
    """This machine's own clock; all that there is before the engine was heard."""
    monotonic: Callable[[], float]
    _ahead_s: float | None = field(init=False, default=None)
    """The engine's seconds since 1970 minus our monotonic ones."""
    _zone: dt.tzinfo | None = field(init=False, default=None)
    _behind_since_s: float = field(init=False, default=0.0)
    _least_behind_s: float | None = field(init=False, default=None)
    """Of the messages since then, all of them late, the quickest one's."""
    _latest_s: float = field(init=False, default=0.0)

    def heard(self, at: dt.datetime, *, retained: bool = False) -> None:
        """Take note of when the engine sent what has just come; what was kept for us may be of any age."""
        if retained:
            return
        here_s = self.monotonic()
        ahead_s = at.timestamp() - here_s
        self._zone = at.tzinfo
        if self._ahead_s is None or ahead_s >= self._ahead_s:
            self._ahead_s, self._least_behind_s = ahead_s, None
            return
        if self._least_behind_s is None:
            self._behind_since_s, self._least_behind_s = here_s, ahead_s
        self._least_behind_s = max(self._least_behind_s, ahead_s)
        if here_s - self._behind_since_s >= BELIEVED_AFTER_S:
            self._ahead_s, self._least_behind_s = self._least_behind_s, None

    def now(self) -> dt.datetime:
        """Return the engine's time; our own until it was heard. It goes back only where a clock was set back."""
        if self._ahead_s is None:
            return self.wall()
        reckoned_s = self._ahead_s + self.monotonic()
        waits = reckoned_s < self._latest_s < reckoned_s + STEP_S
        self._latest_s = self._latest_s if waits else reckoned_s
        return dt.datetime.fromtimestamp(self._latest_s, self._zone)

    @property
    def offset_s(self) -> float | None:
        """Return how far our own clock is ahead of the engine's, or None before it was heard."""
        return None if self._ahead_s is None else (self.wall() - self.now()).total_seconds()
