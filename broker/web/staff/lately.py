"""What each of the staff did last, for as long as it can be taken back: their pages say it. On the loop's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from broker.permissions import UNDO_WINDOW
from broker.web.staff.access import Staff
from broker.web.visitor.writing import new_mark


@dataclass(frozen=True, slots=True)
class Did:
    """What somebody did."""

    text: str
    at: float
    can_undo: bool
    mark: str
    """Of the form that takes it back: pressed again it is the same request, and takes back nothing before it."""


@dataclass(slots=True)
class Lately:
    """What was done in the last half minute, by session. The engine alone knows whether it can still be taken back."""

    monotonic: Callable[[], float] = time.monotonic
    _did: dict[str, Did] = field(default_factory=dict)

    def did(self, staff: Staff, text: str, *, can_undo: bool) -> None:
        """Keep what somebody did just now, in words."""
        now = self.monotonic()
        self._did = {session: one for session, one in self._did.items() if _left_s(one, now) > 0}
        self._did[staff.session] = Did(text, now, can_undo, new_mark())

    def of(self, staff: Staff) -> tuple[Did, int] | None:
        """Return what somebody did last, and for how many seconds more that is said."""
        did = self._did.get(staff.session)
        left_s = 0 if did is None else _left_s(did, self.monotonic())
        return None if did is None or left_s <= 0 else (did, left_s)


def _left_s(did: Did, now: float) -> int:
    return int(UNDO_WINDOW.total_seconds() - (now - did.at))
