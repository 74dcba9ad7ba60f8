"""The parts of the office and their devices, as each tells of its own: as the counter's window reads it.

A presence says how things are, not since when: `since` is what this process has seen change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from broker.contract.messages import Presence

PART = ""
"""Stands among a part's devices for the part itself."""
ONLINE, OFFLINE, NEVER_HEARD = "online", "offline", "never heard"


@dataclass(slots=True)
class PartHealth:
    """How a part of the office and its devices are, as far as is known."""

    kind: str = ""
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, dt.datetime] = field(default_factory=dict)
    heard_at: dt.datetime | None = None
    """When it last said something of itself."""


class Parts:
    """What the presences of all parts have said so far. On one thread."""

    def __init__(self, parts: Sequence[str], *, now: Callable[[], dt.datetime]) -> None:
        """Begin with nothing heard; `parts` are the clients of the office."""
        self._parts = {part: PartHealth() for part in parts}
        self._now = now

    @property
    def known(self) -> Mapping[str, PartHealth]:
        """Return how every part is, in the order of the configuration."""
        return self._parts

    def heard(self, part: str, presence: Presence) -> None:
        """Take in what a part says of itself; of one that is gone nothing else is known."""
        known = self._parts[part]
        states = {PART: ONLINE, **presence.devices} if presence.online else {PART: OFFLINE}
        for device, state in states.items():
            before = known.states.get(device)
            if before is not None and code_of(before) != code_of(state):
                known.since[device] = self._now()
        known.kind, known.states, known.heard_at = presence.kind, states, self._now()


def code_of(state: str) -> str:
    """Return the first word of what a device says of itself: its state, where it has one; details follow a comma."""
    return state.partition(", ")[0]
