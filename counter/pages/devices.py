"""The devices of the office in words, for supervisors: what needs somebody stands first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broker.language import Phrases
from broker.parts import DeviceWords, in_words
from counter.desk.devices import Devices
from counter.pages.words import Tone

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
    lines = [_line(one, phrases) for one in in_words(devices.known, phrases)]
    return tuple(sorted(lines, key=lambda line: _WORST_FIRST.index(line.tone)))


def _line(one: DeviceWords, phrases: Phrases) -> DeviceLine:
    state = one.state
    if one.since is not None:
        state = phrases.say("{state}, since {time}", state=state, time=phrases.clock(one.since))
    return DeviceLine(one.part, one.device, state, one.tone)
