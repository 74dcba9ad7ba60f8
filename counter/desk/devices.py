"""The devices of the whole office, as every part tells of its own: for supervisors, and whoever wants a paper. Pure.

A presence says how things are, not since when: `since` is what this window has seen change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from broker.contract.messages import Presence

PART = ""
"""Stands among a part's devices for the part itself."""
ONLINE, OFFLINE, NEVER_HEARD = "online", "offline", "never heard"

PaperObstacle = Literal["", "away", "trouble"]

_NO_PAPER = frozenset({"paper_out", "cover_open", "cutter_error", OFFLINE})
_PRINTERS = ("printer", "spare-printer")


@dataclass(slots=True)
class PartHealth:
    """How a part of the office and its devices are, as far as is known, and since when where that was seen."""

    kind: str = ""
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, dt.datetime] = field(default_factory=dict)


class Devices:
    """What the presences of all parts have said so far. One thread: the window's."""

    def __init__(self, parts: Sequence[str], *, kiosk: str, now: Callable[[], dt.datetime]) -> None:
        """`parts` are the clients of the office; `kiosk` is the one that prints what this counter asks for."""
        self._parts = {part: PartHealth() for part in parts}
        self._kiosk = kiosk
        self._now = now

    @property
    def parts(self) -> Mapping[str, PartHealth]:
        """Return the health of every part, in the order of the configuration."""
        return self._parts

    def heard(self, part: str, presence: Presence) -> None:
        """Take in what a part says of itself; of one that is gone nothing else is known."""
        known = self._parts[part]
        states = {PART: ONLINE, **presence.devices} if presence.online else {PART: OFFLINE}
        for device, state in states.items():
            before = known.states.get(device)
            if before is not None and code_of(before) != code_of(state):
                known.since[device] = self._now()
        known.kind, known.states = presence.kind, states

    @property
    def paper_obstacle(self) -> PaperObstacle:
        """Return why no paper can come out of the kiosk now, as far as is known."""
        states = self._parts[self._kiosk].states if self._kiosk in self._parts else {}
        if states.get(PART) != ONLINE:
            return "away"
        printers = [code_of(states[name]) for name in _PRINTERS if name in states]
        return "trouble" if printers and all(state in _NO_PAPER for state in printers) else ""


def code_of(state: str) -> str:
    """Return the first word of what a device says of itself: its state, where it has one; details follow a comma."""
    return state.partition(", ")[0]
