"""Soft chimes, computed: a few struck notes with a gentle attack, each lane its own tune."""

from __future__ import annotations

import array
import math
import zlib
from functools import cache

from hardware.codecs.wave_sound import PEAK, RATE_HZ, Samples, silence

C5, D5, E5, G5, A5, C6 = 523.25, 587.33, 659.26, 783.99, 880.0, 1046.5
"""Pitches in hertz (equal temperament, A4 = 440)."""

TUNES: dict[str, tuple[float, ...]] = {
    "none": (),
    "regular": (E5, C5),
    "priority": (C5, E5, G5),
    "rising": (G5, C6),
    "falling": (A5, D5),
    "arch": (C5, G5, E5),
}
"""Tunes by name; any other name always gets the same one of them."""

CLICK, ALERT = "signal:click", "signal:alert"
"""What a kiosk makes heard: that a touch was felt, and that an answer is wanted. No lane can be called so."""
CLICK_S = 0.02
CLICK_HZ = 1800.0

STEP_S = 0.34
RING_S = 1.1
ATTACK_S = 0.012
DECAY_PER_S = 4.2
OVERTONES = ((1.0, 0.62), (2.0, 0.2), (3.0, 0.06))
"""Multiples of the pitch and their share of the loudness: near a marimba's."""

LOUDNESS = 0.5
_ONE_TURN = 2 * math.pi


@cache
def chime(name: str) -> Samples:
    """Return the chime called `name`."""
    if name == CLICK:
        return _click()
    notes = (D5, A5, D5) if name == ALERT else tune(name)
    if not notes:
        return silence(0)
    total = round((STEP_S * (len(notes) - 1) + RING_S) * RATE_HZ)
    mixed = [0.0] * total
    for place, pitch in enumerate(notes):
        begin = round(place * STEP_S * RATE_HZ)
        for offset, value in enumerate(_note(pitch)):
            mixed[begin + offset] += value
    loudest = max(abs(value) for value in mixed)
    return Samples(array.array("h", (round(value / loudest * LOUDNESS * PEAK) for value in mixed)))


def tune(name: str) -> tuple[float, ...]:
    """Return the pitches of the chime called `name`; a name without a tune of its own gets one for good."""
    if name in TUNES:
        return TUNES[name]
    names = sorted(TUNES.keys() - {"none"})
    return TUNES[names[zlib.crc32(name.encode()) % len(names)]]


def _click() -> Samples:
    """Return a tick: over before a finger is lifted."""
    count = round(CLICK_S * RATE_HZ)
    swing = (math.exp(-8 * place / count) * math.sin(_ONE_TURN * CLICK_HZ * place / RATE_HZ) for place in range(count))
    return Samples(array.array("h", (round(value * LOUDNESS * PEAK) for value in swing)))


@cache
def _note(pitch: float) -> tuple[float, ...]:
    count = round(RING_S * RATE_HZ)
    return tuple(_value(pitch, place / RATE_HZ) for place in range(count))


def _value(pitch: float, at_s: float) -> float:
    rise = min(at_s / ATTACK_S, 1.0)
    fade = min((RING_S - at_s) / 0.05, 1.0)  # to zero at the very end: no click
    waves = sum(share * math.sin(2 * math.pi * pitch * multiple * at_s) for multiple, share in OVERTONES)
    return rise * fade * math.exp(-DECAY_PER_S * at_s) * waves
