"""The devices of the whole office, as every part tells of its own: for supervisors, and whoever wants a paper. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

from broker.parts import OFFLINE, ONLINE, PART, Parts, code_of

PaperObstacle = Literal["", "away", "trouble"]

_NO_PAPER = frozenset({"paper_out", "cover_open", "cutter_error", OFFLINE})
_PRINTERS = ("printer", "spare-printer")


class Devices(Parts):
    """What the presences of all parts have said so far. One thread: the window's."""

    def __init__(self, parts: Sequence[str], *, kiosk: str, now: Callable[[], dt.datetime]) -> None:
        """`parts` are the clients of the office; `kiosk` is the one that prints what this counter asks for."""
        super().__init__(parts, now=now)
        self._kiosk = kiosk

    @property
    def paper_obstacle(self) -> PaperObstacle:
        """Return why no paper can come out of the kiosk now, as far as is known."""
        states = self.known[self._kiosk].states if self._kiosk in self.known else {}
        if states.get(PART) != ONLINE:
            return "away"
        printers = [code_of(states[name]) for name in _PRINTERS if name in states]
        return "trouble" if printers and all(state in _NO_PAPER for state in printers) else ""
