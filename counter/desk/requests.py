"""The one request under way, how long it is meant, and which presses belong together.

Pure but for the requester it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from broker.contract.clock import EngineClock
from broker.contract.link import Pending, Requester
from broker.contract.messages import PASSING, Error, Reply
from counter.desk.keys import Intent

MEANT_FOR_S = 10.0
"""So long a press is meant: whoever has waited longer has looked up, and may want something else."""
SLOW_AFTER_S = 2.5
"""A request without an answer is shown as such after this: an officer knows within 3 s, and the window looks five times
a second."""
BUSY_SHOWN_AFTER_S = 0.25
"""Answers usually take a millisecond; buttons that blink grey would only disturb."""
DOUBLE_PRESS_S = 0.6
"""A second press of the same key within this belongs to the first one; another key is another wish."""
AGAIN_AFTER_S: Sequence[float] = (0.5, 1.0, 2.0, 4.0)
"""The waits before it is."""


@dataclass(slots=True)
class _UnderWay:
    """The request that has not been answered yet."""

    intent: Intent
    command: str
    arguments: Mapping[str, Any] = field(repr=False)
    answered: Callable[[Reply], None]
    since_s: float
    pending: Pending | None = None
    refused: list[Reply] = field(default_factory=list)
    """The refusals so far that may pass."""
    again_at_s: float | None = None


class Requests:
    """At most one request is under way; until it is answered or given up nothing else can be sent."""

    def __init__(self, clock: EngineClock, requester: Requester) -> None:
        """Send by way of `requester`, which repeats a request with the same id until it is answered."""
        self._clock = clock
        self._requester = requester
        self._under_way: _UnderWay | None = None
        self._pressed: tuple[Intent, float] | None = None

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

    @property
    def refused_for_now(self) -> bool:
        """Tell whether the engine could not do it so far, and is asked again."""
        return self._under_way is not None and bool(self._under_way.refused)

    def send(
        self, intent: Intent, command: str, arguments: Mapping[str, Any], answered: Callable[[Reply], None]
    ) -> None:
        """Send what a person wants now; `answered` is called once: `too_late` where no answer came in time."""
        until = self._clock.now() + dt.timedelta(seconds=MEANT_FOR_S)
        arguments = {**arguments, "until": until.isoformat()}
        self._under_way = _UnderWay(intent, command, arguments, answered, self._clock.monotonic())
        self._go(self._under_way)

    def tick(self) -> None:
        """Send again what was refused for the moment, and give up what nobody means any more."""
        under_way = self._under_way
        if under_way is None:
            return
        if self._waited_s() >= MEANT_FOR_S:
            self._give_up(under_way)
        elif under_way.again_at_s is not None and self._clock.monotonic() >= under_way.again_at_s:
            self._go(under_way)

    def pressed(self, intent: Intent) -> None:
        """Take note of a press that meant something."""
        self._pressed = (_key_of(intent), self._clock.monotonic())

    def is_double_press(self, intent: Intent) -> bool:
        """Tell whether this press belongs to the one before."""
        if self._pressed is None:
            return False
        last, at_s = self._pressed
        return _key_of(intent) is last and self._clock.monotonic() - at_s < DOUBLE_PRESS_S

    def _go(self, under_way: _UnderWay) -> None:
        under_way.again_at_s = None
        has_reply = False

        def replied(reply: Reply) -> None:
            nonlocal has_reply
            has_reply, under_way.pending = True, None
            if self._under_way is not under_way:
                return  # given up: what has come of it is in the counter's picture
            if reply.error is not None and reply.error.code in PASSING:
                wait_s = AGAIN_AFTER_S[min(len(under_way.refused), len(AGAIN_AFTER_S) - 1)]
                under_way.refused.append(reply)
                under_way.again_at_s = self._clock.monotonic() + wait_s
                return
            self._under_way = None
            under_way.answered(reply)

        pending = self._requester.request(under_way.command, under_way.arguments, replied)
        if not has_reply:
            under_way.pending = pending

    def _give_up(self, under_way: _UnderWay) -> None:
        """Take back what was not answered; where it was refused all the time, that is the answer."""
        if under_way.pending is not None:
            under_way.pending.cancel()
        self._under_way = None
        under_way.answered(under_way.refused[-1] if under_way.refused else _unanswered())

    def _waited_s(self) -> float:
        return self._clock.monotonic() - self._under_way.since_s if self._under_way else 0.0


def _unanswered() -> Reply:
    """Return what stands for an answer that never came; the engine itself refuses what arrives after `until`."""
    error = Error(code="too_late", message="no answer in time", detail={"unanswered": True})
    return Reply(id="", ok=False, error=error)


def _key_of(intent: Intent) -> Intent:
    """Return what stands for the key: Enter picks at the desk and confirms in a dialog."""
    return Intent.CONFIRM if intent is Intent.PICK else intent
