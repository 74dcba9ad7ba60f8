"""Whose turn it is on a line: what is to be shown first, then the next question. Pure; time is told, never asked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from hardware.codecs.talk import Kind, Manner, State
from hardware.config import Polling

Face = TypeVar("Face")


@dataclass(frozen=True, slots=True)
class Turn(Generic[Face]):
    """One thing to say to one device."""

    address: int
    kind: Kind
    face: Face | None = None


@dataclass(slots=True)
class _Device(Generic[Face]):
    state: State | None = None
    """None: nothing is known yet."""
    wanted: Face | None = None
    shown_at_s: float = -math.inf
    next_poll_s: float = -math.inf
    next_show_s: float = -math.inf


class Turns(Generic[Face]):
    """The devices of one line, who is there, and what each is to show. Used by the master's thread only."""

    def __init__(self, addresses: Iterable[int], polling: Polling, *, manner: Manner) -> None:
        """Nothing is known of any before it was asked."""
        self._devices: dict[int, _Device[Face]] = {address: _Device() for address in addresses}
        self._polling = polling
        self._manner = manner
        self._pending: dict[int, None] = {}

    def state(self, address: int) -> State | None:
        """Return whether a device is there, or None before that is known."""
        return self._devices[address].state

    def want(self, address: int, face: Face) -> None:
        """Have a device show `face`; whatever it was to show before and has not yet is forgotten."""
        self._devices[address].wanted = face
        self._pending.setdefault(address)

    def line_opened(self) -> None:
        """Begin anew: devices may have been exchanged meanwhile."""
        for address, device in self._devices.items():
            device.next_poll_s = device.next_show_s = -math.inf
            if self._manner in {"one_way", "own_line"}:
                device.state = "unknown" if self._manner == "one_way" else "present"
            if device.wanted is not None:
                self._pending.setdefault(address)

    def line_lost(self) -> None:
        """Nobody can be reached."""
        for device in self._devices.values():
            device.state = "absent"

    def next(self, now_s: float) -> Turn[Face] | None:
        """Return what is to be said now, or None."""
        if self._manner == "own_line":
            return None
        for address, device in self._devices.items():
            if device.wanted is not None and now_s - device.shown_at_s >= self._polling.refresh_s:
                self._pending.setdefault(address)  # it may have lost power in between
        for address in self._pending:
            device = self._devices[address]
            if self._may_be_shown(device) and device.next_show_s <= now_s:
                return Turn(address, "show", device.wanted)
        if self._manner != "polled":
            return None
        address = min(self._devices, key=lambda each: self._devices[each].next_poll_s)
        return Turn(address, "poll") if self._devices[address].next_poll_s <= now_s else None

    def answered(self, turn: Turn[Face], now_s: float) -> None:
        """Take note of an answer, or that it was said to somebody who never answers."""
        device = self._devices[turn.address]
        came_back = device.state != "present"
        if self._manner != "one_way":
            device.state = "present"
        device.next_poll_s = now_s + self._polling.every_s
        if turn.kind == "show":
            device.shown_at_s = now_s
            if device.wanted == turn.face:
                self._pending.pop(turn.address, None)
        elif came_back and device.wanted is not None:
            self._pending.setdefault(turn.address)

    def silent(self, turn: Turn[Face], now_s: float) -> None:
        """Take note that no answer came: this device is asked more rarely now."""
        device = self._devices[turn.address]
        device.state = "absent"
        device.next_poll_s = device.next_show_s = now_s + self._polling.absent_every_s
        if device.wanted is not None:
            self._pending.setdefault(turn.address)

    def _may_be_shown(self, device: _Device[Face]) -> bool:
        """Tell whether a face can be sent: who is polled has to be there first."""
        return device.state == "present" if self._manner == "polled" else True
