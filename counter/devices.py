"""The devices of the whole office, as every part tells of its own: for supervisors, and whoever wants a paper. Pure.

A presence says how things are, not since when: `since` is what this window has seen change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from broker.contract.messages import Presence
from broker.language import Phrases, mark

PART = ""
"""Stands among a part's devices for the part itself."""
ONLINE, OFFLINE, NEVER_HEARD = "online", "offline", "never heard"

DeviceTone = Literal["info", "good", "warn", "bad"]
PaperObstacle = Literal["", "away", "trouble"]

_DEVICES: Mapping[str, str] = {
    "printer": mark("Printer"),
    "spare-printer": mark("Second printer"),
    "scanner": mark("Scanner"),
    "speaker": mark("Loudspeaker"),
    "line": mark("Line"),
}
_NUMBERED: Mapping[str, str] = {"keypad": mark("Keypad {name}"), "sign": mark("Sign {name}")}
"""Devices of which a line has several: the name follows, a counter or an address."""
_STATES: Mapping[str, tuple[DeviceTone, str]] = {
    ONLINE: ("good", mark("Running")),
    OFFLINE: ("bad", mark("Not running")),
    NEVER_HEARD: ("info", mark("Was not started yet")),
    "ready": ("good", mark("Ready to print")),
    "present": ("good", mark("There")),
    "absent": ("bad", mark("Not there")),
    "paper_low": ("warn", mark("Paper is low")),
    "paper_out": ("bad", mark("No paper")),
    "cover_open": ("bad", mark("Cover is open")),
    "cutter_error": ("bad", mark("Cutter is stuck")),
    "unknown": ("info", mark("Gives no answer")),
}
_LINE_OPEN = "open"
"""What a part says of its line while that is there; else a sentence for technicians, which `antrean doctor` shows."""
_NO_PAPER = frozenset({"paper_out", "cover_open", "cutter_error", OFFLINE})
_PRINTERS = ("printer", "spare-printer")
_WORST_FIRST: Sequence[DeviceTone] = ("bad", "warn", "info", "good")


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device of one part, in words."""

    part: str
    device: str
    state: str
    tone: DeviceTone


@dataclass(slots=True)
class _Known:
    kind: str = ""
    states: dict[str, str] = field(default_factory=dict)
    since: dict[str, dt.datetime] = field(default_factory=dict)


class Devices:
    """What the presences of all parts have told so far. One thread: the window's."""

    def __init__(self, parts: Sequence[str], *, kiosk: str, now: Callable[[], dt.datetime]) -> None:
        """`parts` are the clients of the office; `kiosk` is the one that prints what this counter asks for."""
        self._parts = {part: _Known() for part in parts}
        self._kiosk = kiosk
        self._now = now

    def heard(self, part: str, presence: Presence) -> None:
        """Take in what a part says of itself; of one that is gone nothing else is known."""
        known = self._parts[part]
        told = {PART: ONLINE, **presence.devices} if presence.online else {PART: OFFLINE}
        for device, state in told.items():
            before = known.states.get(device)
            if before is not None and _code(before) != _code(state):
                known.since[device] = self._now()
        known.kind, known.states = presence.kind, told

    @property
    def paper_obstacle(self) -> PaperObstacle:
        """Return why no paper can come out of the kiosk now, as far as is known."""
        states = self._parts[self._kiosk].states if self._kiosk in self._parts else {}
        if states.get(PART) != ONLINE:
            return "away"
        printers = [_code(states[name]) for name in _PRINTERS if name in states]
        return "trouble" if printers and all(state in _NO_PAPER for state in printers) else ""

    def views(self, phrases: Phrases) -> tuple[DeviceView, ...]:
        """Return every device, what needs somebody first."""
        made = [
            _view(part, device, known, phrases)
            for part, known in self._parts.items()
            for device in known.states or {PART: NEVER_HEARD}
        ]
        return tuple(sorted(made, key=lambda view: _WORST_FIRST.index(view.tone)))


def _code(state: str) -> str:
    """Return the first word of what a device says of itself: its state, where it has one; details follow a comma."""
    return state.partition(", ")[0]


def _view(part: str, device: str, known: _Known, phrases: Phrases) -> DeviceView:
    state, since = known.states.get(device, NEVER_HEARD), known.since.get(device)
    tone, message = _line_state(state) if device == "line" else _STATES.get(_code(state), ("info", ""))
    words = phrases.say(message) if message else state
    if device != PART and _code(state) == OFFLINE:
        words = phrases.say("Does not answer")
    elif (known.kind, state) == ("counter", OFFLINE):
        tone = "info"  # an officer has gone home
    if since is not None:
        words = phrases.say("{state}, since {time}", state=words, time=phrases.clock(since))
    return DeviceView(part, _device_name(device, phrases), words, tone)


def _line_state(state: str) -> tuple[DeviceTone, str]:
    return ("good", mark("Connected")) if state == _LINE_OPEN else ("bad", mark("Interrupted"))


def _device_name(device: str, phrases: Phrases) -> str:
    kind, _, name = device.partition(" ")
    if kind in _NUMBERED:
        return phrases.say(_NUMBERED[kind], name=name)
    return phrases.say(_DEVICES[device]) if device in _DEVICES else device
