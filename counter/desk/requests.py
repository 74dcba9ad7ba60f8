"""The one request under way, and which presses belong together. Pure but for the requester it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from broker.contract.link import Pending, Requester
from broker.contract.messages import Reply
from counter.desk.keys import Intent

SLOW_AFTER_S = 3.0
"""A request without an answer is shown as such after this."""
BUSY_SHOWN_AFTER_S = 0.25
"""Answers usually take a millisecond; buttons that blink grey would only disturb."""
DOUBLE_PRESS_S = 0.6
"""A second press of the same key within this belongs to the first one; another key is another wish."""


@dataclass(slots=True)
class _UnderWay:
    """The request that has not been answered yet."""

    intent: Intent
    since: dt.datetime
    pending: Pending | None = None
    answered: bool = False


class Requests:
    """At most one request is under way; until it is answered nothing else can be sent."""

    def __init__(self, now: Callable[[], dt.datetime], requester: Requester) -> None:
        """Send by way of `requester`, which repeats a request with the same id until it is answered."""
        self._now = now
        self._requester = requester
        self._under_way: _UnderWay | None = None
        self._pressed: tuple[Intent, dt.datetime] | None = None

    @property
    def idle(self) -> bool:
        """Tell whether something can be sent."""
        return self._under_way is None

    @property
    def busy(self) -> Intent | None:
        """Return what is requested, once that takes long enough to be seen."""
        return self._under_way.intent if self._under_way and self._waited_s() >= BUSY_SHOWN_AFTER_S else None

    @property
    def slow(self) -> bool:
        """Tell whether the answer is overdue."""
        return self._under_way is not None and self._waited_s() >= SLOW_AFTER_S

    def send(
        self, intent: Intent, command: str, arguments: Mapping[str, Any], answered: Callable[[Reply], None]
    ) -> None:
        """Send a request; `answered` is called once."""
        under_way = self._under_way = _UnderWay(intent, self._now())

        def done(reply: Reply) -> None:
            under_way.answered = True
            self._under_way = None
            answered(reply)

        pending = self._requester.request(command, arguments, done)
        if not under_way.answered:
            under_way.pending = pending

    def pressed(self, intent: Intent) -> None:
        """Take note of a press that meant something."""
        self._pressed = (_key_of(intent), self._now())

    def is_double_press(self, intent: Intent) -> bool:
        """Tell whether this press belongs to the one before."""
        if self._pressed is None:
            return False
        last, at = self._pressed
        return _key_of(intent) is last and abs((self._now() - at).total_seconds()) < DOUBLE_PRESS_S

    def _waited_s(self) -> float:
        return abs((self._now() - self._under_way.since).total_seconds()) if self._under_way else 0.0


def _key_of(intent: Intent) -> Intent:
    """Return what stands for the key: Enter picks at the desk and confirms in a dialog."""
    return Intent.CONFIRM if intent is Intent.PICK else intent
