"""Sound as mono 16-bit WAV: read, joined, made louder or softer. Pure."""

from __future__ import annotations

import array
import io
import sys
import wave
from collections.abc import Iterable
from dataclasses import dataclass

from hardware.errors import FrameError

DEVICE = "sound"
RATE_HZ = 22050
"""What espeak-ng speaks at; everything else is made to fit."""

PEAK = 32767


@dataclass(frozen=True, slots=True)
class Samples:
    """A sound at RATE_HZ."""

    values: array.array[int]

    @property
    def duration_s(self) -> float:
        """Return how long it lasts."""
        return len(self.values) / RATE_HZ


def silence(seconds: float) -> Samples:
    """Return that long of nothing."""
    return Samples(array.array("h", bytes(2 * round(seconds * RATE_HZ))))


def joined(parts: Iterable[Samples]) -> Samples:
    """Return the parts one after the other."""
    values = array.array("h")
    for part in parts:
        values.extend(part.values)
    return Samples(values)


def at_volume(samples: Samples, percent: int) -> Samples:
    """Return the sound scaled to 0-100 percent."""
    return Samples(array.array("h", (value * percent // 100 for value in samples.values)))


def to_wav(samples: Samples) -> bytes:
    """Return the sound as a WAV file."""
    values = array.array("h", samples.values)
    if sys.byteorder == "big":
        values.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(values.tobytes())
    return out.getvalue()


def from_wav(data: bytes) -> Samples:
    """Return the sound of a mono 16-bit WAV at any rate. Raises FrameError for anything else."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            shape = (file.getnchannels(), file.getsampwidth())
            rate = file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise FrameError(DEVICE, f"not a WAV file: {error}") from error
    if shape != (1, 2) or not rate:
        raise FrameError(DEVICE, f"a WAV with {shape[0]} channels of {8 * shape[1]} bits; mono 16 bits is wanted")
    values = array.array("h", raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        values.byteswap()
    return Samples(values if rate == RATE_HZ else _resampled(values, rate))


def _resampled(values: array.array[int], rate: int) -> array.array[int]:
    """Return the values at RATE_HZ, in straight lines between the neighbours: enough for speech."""
    if not values:
        return values
    count = len(values) * RATE_HZ // rate
    last = len(values) - 1
    fitted = array.array("h")
    for place in range(count):
        at = place * rate / RATE_HZ
        left = min(int(at), last)
        right = min(left + 1, last)
        fitted.append(round(values[left] + (values[right] - values[left]) * (at - left)))
    return fitted
