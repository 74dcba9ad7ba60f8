"""The devices of the office in words, for supervisors: what needs somebody stands first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.contract.topics import ENGINE_CLIENT
from broker.language import Phrases, mark
from counter.desk.devices import NEVER_HEARD, OFFLINE, ONLINE, PART, Devices, PartHealth, code_of
from counter.pages.words import Tone

_DEVICES: Mapping[str, str] = {
    "printer": mark("Printer"),
    "spare-printer": mark("Second printer"),
    "scanner": mark("Scanner"),
    "speaker": mark("Loudspeaker"),
    "line": mark("Line"),
    "engine": mark("Answers"),
    "clock": mark("Clock"),
    "journal": mark("Stored data"),
    "id": mark("Name"),
}
_NUMBERED: Mapping[str, str] = {"keypad": mark("Keypad {name}"), "sign": mark("Sign {name}")}
"""Devices of which a line has several: the name follows, a counter or an address."""
_STATES: Mapping[str, tuple[Tone, str]] = {
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
    "wanted": ("bad", mark("Used by two machines")),
    "alone": ("good", mark("Used by one machine")),
}
_OF_BROKER = frozenset({"engine", "clock", "journal"})
_LINE_OPEN = "open"
"""What a part says of its line while that is there; else a sentence for technicians, which `antrean doctor` shows."""
_WORST_FIRST: Sequence[Tone] = ("bad", "warn", "info", "good")


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device of one part, in words."""

    part: str
    device: str
    state: str
    tone: Tone


def device_lines(devices: Devices, phrases: Phrases) -> tuple[DeviceLine, ...]:
    """Return every device, what needs somebody first."""
    lines = [
        _line(part, device, health, phrases)
        for part, health in devices.parts.items()
        for device in health.states or {PART: NEVER_HEARD}
    ]
    return tuple(sorted(lines, key=lambda line: _WORST_FIRST.index(line.tone)))


def _line(part: str, device: str, health: PartHealth, phrases: Phrases) -> DeviceLine:
    state, since = health.states.get(device, NEVER_HEARD), health.since.get(device)
    tone, message = _line_state(state) if device == "line" else _STATES.get(code_of(state), ("info", ""))
    words = phrases.say(message) if message else state
    if device != PART and code_of(state) == OFFLINE:
        words = phrases.say("Does not answer")
    elif part == ENGINE_CLIENT and device in _OF_BROKER:
        tone = "bad"  # named only where something is wrong
    elif (health.kind, state) == ("counter", OFFLINE):
        tone = "info"  # an officer has gone home
    if since is not None:
        words = phrases.say("{state}, since {time}", state=words, time=phrases.clock(since))
    name = phrases.say("Queue system") if part == ENGINE_CLIENT else part
    return DeviceLine(name, _device_name(device, phrases), words, tone)


def _line_state(state: str) -> tuple[Tone, str]:
    return ("good", mark("Connected")) if state == _LINE_OPEN else ("bad", mark("Interrupted"))


def _device_name(device: str, phrases: Phrases) -> str:
    kind, _, name = device.partition(" ")
    if kind in _NUMBERED:
        return phrases.say(_NUMBERED[kind], name=name)
    return phrases.say(_DEVICES[device]) if device in _DEVICES else device
