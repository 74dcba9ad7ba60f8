"""What a screen sees of the wire: requests out, freshness of what came in. Pure, so that presenters may use it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from broker.contract.messages import PROTOCOL, Presence, Reply

STALE_AFTER_S = 9.0
"""Seconds without a sign of the engine after which a picture is old (it repeats the hall every 5 s).

A line may carry nothing and say nothing of it: this is all that tells. No person is to believe what is old for longer
than 10 s, and a screen looks a few times a second.
"""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the MQTT server listens, and the login to use there."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """By what the server's certificate is checked; None: the line is not encrypted."""


def broker_speaks(presence: Presence) -> Literal["older", "newer"] | None:
    """Return whether the broker speaks another version of the wire than we do; None where it is ours, or away."""
    theirs, ours = _version(presence.protocol), _version(PROTOCOL)
    if not presence.online or theirs == ours:
        return None
    return "older" if theirs < ours else "newer"


def _version(protocol: str) -> tuple[int, ...]:
    """Return a version to compare; what is none counts as older than all."""
    parts = protocol.split(".")[:3]
    return tuple(int(part) for part in parts) if all(part.isdecimal() and len(part) < 5 for part in parts) else ()  # noqa: PLR2004 - no version is that high


class Pending(Protocol):
    """A request under way; it is sent again with the same id until it is answered or cancelled."""

    @property
    def id(self) -> str:
        """Return the request id."""
        ...

    def cancel(self) -> None:
        """Stop asking. The engine may have done it all the same."""
        ...


class Requester(Protocol):
    """Whoever can carry a request to the engine."""

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        on_reply: Callable[[Reply], None],
        *,
        request_id: str | None = None,
    ) -> Pending:
        """Send `command`, under this id or a new one; `on_reply` is called once, on the caller's own thread."""
        ...


@dataclass(slots=True)
class Freshness:
    """Whether what a screen shows is true now. Fed by the link, asked at every tick.

    Only what the engine has said since it can be reached counts: what the MQTT server had kept may be hours old, also
    where it had kept that the engine is online, as one does that remembers over a restart.
    """

    now: Callable[[], dt.datetime]
    monotonic: Callable[[], float] | None = None
    """Measures silence, which no clock that is set may change; by `now` where there is none."""
    online: bool = False
    heard_at: dt.datetime = field(init=False)
    """When the engine gave the last sign of life; at first, when we began to listen."""
    _heard_s: float | None = field(init=False, default=None)
    """The same by the monotonic clock; None before it said anything since it can be reached."""

    def __post_init__(self) -> None:
        """Count as offline from the first moment: nothing was heard yet."""
        self.heard_at = self.now()

    def link_changed(self, *, online: bool) -> None:
        """Take note that the engine is reachable, or no longer."""
        if not online:
            self._heard_s = None
        self.online = online

    def heard(self, *, retained: bool = False) -> None:
        """Take note of what the engine says; `retained` is what was only kept for us."""
        if not retained:
            self.heard_at, self._heard_s = self.now(), self._seconds()

    @property
    def stale_since(self) -> dt.datetime | None:
        """Return since when the picture is old, or None while it is fresh."""
        if not self.online or self._heard_s is None:
            return self.heard_at
        silent_s = abs(self._seconds() - self._heard_s)  # a clock that was set back proves nothing
        return None if silent_s <= STALE_AFTER_S else self.heard_at

    def _seconds(self) -> float:
        return self.monotonic() if self.monotonic is not None else self.now().timestamp()
