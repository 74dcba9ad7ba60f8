"""The parts of the office and their devices: how each is by its own word, and that in words for people. Pure.

A presence says how things are, not since when: `since` is what this process has seen change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from broker.contract.messages import Presence
from broker.contract.topics import ENGINE_CLIENT
from broker.language import Phrases, mark

PART = ""
"""Stands among a part's devices for the part itself."""
ONLINE, OFFLINE, NEVER_HEARD = "online", "offline", "never heard"
Tone = Literal["good", "info", "warn", "bad"]

_DEVICES: Mapping[str, str] = {
    "printer": mark("Printer"),
    "spare-printer": mark("Second printer"),
    "scanner": mark("Scanner"),
    "reserve": mark("Numbers in advance"),
    "speaker": mark("Loudspeaker"),
    "loudspeaker": mark("Loudspeaker"),
    "headset": mark("Headset"),
    "media": mark("Pictures and films"),
    "line": mark("Line"),
    "engine": mark("Answers"),
    "clock": mark("Clock"),
    "journal": mark("Stored data"),
    "backup": mark("Backup"),
    "feedback": mark("What visitors wrote"),
    "rules": mark("Changed rules"),
    "config": mark("Configuration"),
    "email": mark("E-mail"),
    "webhook": mark("Webhook"),
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
    "open": ("good", mark("Connected")),
    "absent": ("bad", mark("Not there")),
    "paper_low": ("warn", mark("Paper is low")),
    "paper_out": ("bad", mark("No paper")),
    "cover_open": ("bad", mark("Cover is open")),
    "cutter_error": ("bad", mark("Cutter is stuck")),
    "unknown": ("info", mark("Gives no answer")),
    "right": ("good", mark("Right")),
    "off": ("warn", mark("Goes wrong")),
    "good": ("good", mark("In order")),
    "waits": ("warn", mark("Something counts after a restart")),
    "faulty": ("bad", mark("Has a fault and is not used")),
    "failed": ("bad", mark("Cannot be sent")),
    "refused": ("bad", mark("A number on paper is in no queue (see the kiosk's log)")),
    "wanted": ("bad", mark("Used by two machines")),
    "alone": ("good", mark("Used by one machine")),
}
"""Tone and words by the first word that a device says of itself."""
_WRONG: Mapping[str, str] = {
    "engine": mark("Nobody is answered just now"),
    "clock": mark("Goes wrong"),
    "journal": mark("Something is wrong with it"),
    "backup": mark("None could be made"),
    "feedback": mark("Cannot be opened"),
    "rules": mark("Cannot be written down"),
}
"""The engine names them only then; what it says of them is a sentence for technicians, which `antrean doctor` shows."""
_SOUND = frozenset({"speaker", "loudspeaker", "headset"})
"""What they say of themselves is a line for technicians: how it speaks, where that is heard, the last trouble."""
_SWITCHED_OFF = "switched off in the configuration"
_FOR_TECHNICIANS = mark("Has a message for technicians (antrean doctor)")
"""Instead of a state that has no words here."""
_LINE_OPEN = "open"
"""What a part says of its line while that is there; else a sentence for technicians, which `antrean doctor` shows."""


@dataclass(slots=True)
class PartHealth:
    """How a part of the office and its devices are, as far as is known, and since when where that was seen."""

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


@dataclass(frozen=True, slots=True)
class DeviceWords:
    """One device of one part, in words; an empty `device` is the part itself."""

    part: str
    device: str
    state: str
    tone: Tone
    since: dt.datetime | None
    """Since when it is so, where that was seen."""
    heard_at: dt.datetime | None


def in_words(parts: Mapping[str, PartHealth], phrases: Phrases) -> Iterator[DeviceWords]:
    """Yield every device of every part, in the order of the configuration."""
    for part, health in parts.items():
        for device in health.states or {PART: NEVER_HEARD}:
            tone, state = _state(part, device, health)
            yield DeviceWords(
                part=phrases.say("Queue system") if part == ENGINE_CLIENT else part,
                device=_device_name(device, phrases),
                state=phrases.say(state),
                tone=tone,
                since=health.since.get(device),
                heard_at=health.heard_at,
            )


def code_of(state: str) -> str:
    """Return the first word of what a device says of itself: its state, where it has one; details follow a comma."""
    return state.partition(", ")[0]


def tone_of(part: str, device: str, health: PartHealth) -> Tone:
    """Return whether a device of a part is well."""
    return _state(part, device, health)[0]


def _state(part: str, device: str, health: PartHealth) -> tuple[Tone, str]:
    """Return tone and words; never a technician's own."""
    state = health.states.get(device, NEVER_HEARD)
    if device == "line":
        return ("good", mark("Connected")) if state == _LINE_OPEN else ("bad", mark("Interrupted"))
    if device in _SOUND:
        return _sound(state)
    if device == "media":
        return _media(state)
    if part == ENGINE_CLIENT and device in _WRONG:
        return "bad", _WRONG[device]
    tone, words = _STATES.get(code_of(state), ("info", _FOR_TECHNICIANS))
    if device != PART and code_of(state) == OFFLINE:
        return tone, mark("Does not answer")
    is_at_home = (health.kind, state) == ("counter", OFFLINE)  # its officer
    return "info" if is_at_home else tone, words


def _sound(state: str) -> tuple[Tone, str]:
    """Return how something is heard; the line is that of `hardware.drivers.speaker`, or an error of its device."""
    speech, is_whole, sound = state.partition("; sound: ")
    if not speech.startswith("speech: ") or not is_whole:
        return _STATES.get(code_of(state), ("bad", mark("Cannot be heard")))
    if sound.startswith("silent: "):
        return ("info", mark("Switched off")) if _SWITCHED_OFF in sound else ("bad", mark("Cannot be heard"))
    if speech.startswith("speech: none"):
        return ("info" if _SWITCHED_OFF in speech else "warn"), mark("Chime only, no voice")
    if "; trouble: " in sound or "; not by clips: " in speech:
        return "warn", mark("Not everything is spoken as it should be")
    return "good", mark("In order")


def _media(state: str) -> tuple[Tone, str]:
    """Return how the pictures and films of a display are, by the line of `display.hall.media`."""
    if state.startswith("no pictures"):
        return "bad", mark("Cannot be shown")
    return ("warn", mark("Not all are shown")) if "," in state else ("good", mark("In order"))


def _device_name(device: str, phrases: Phrases) -> str:
    kind, _, name = device.partition(" ")
    if kind in _NUMBERED:
        return phrases.say(_NUMBERED[kind], name=name)
    return phrases.say(_DEVICES[device]) if device in _DEVICES else device
