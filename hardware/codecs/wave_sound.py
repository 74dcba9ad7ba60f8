"""Sound as mono 16-bit WAV: read, joined, made louder or softer. Pure."""

from __future__ import annotations

import array
import io
import itertools
import math
import sys
import wave
from collections.abc import Iterable
from dataclasses import dataclass

from hardware.errors import FrameError

DEVICE = "sound"
RATE_HZ = 22050
"""What espeak-ng speaks at; everything else is made to fit."""

PEAK = 32767
CHANNELS = range(1, 3)
WIDTHS = range(1, 5)
RATES_HZ = range(8000, 48001)

_PCM, _EXTENSIBLE = b"\x01\x00", b"\xfe\xff"
"""Format tags of a WAV (mmreg.h), as they stand in the file."""

SILENT_BELOW = 0.02
"""Share of a sound's own peak under which its beginning and end count as silence."""
EDGE_S = 0.02
SOFT_S = 0.005
"""What is left of that silence, and over how much of it the sound fades in and out."""

ACTIVE_ABOVE = 0.1
SPEECH_LEVEL = 0.2
"""What recorded words are brought to: the root of their mean square, about that of the synthesised voice."""
SPEECH_PEAK = 0.9
MOST_LIFT = 6.0
"""And what they are never taken beyond: their peaks would be cut off, or a silent room would roar."""


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


def gain(percent: int) -> float:
    """Return the factor of a volume that sounds as it says: 50 percent is half as loud.

    Stevens' power law: loudness grows with the sound pressure to the power of 0.6.
    """
    return float((percent / 100) ** (1 / 0.6))


def at_volume(samples: Samples, percent: int) -> Samples:
    """Return the sound as loud as 0-100 percent sounds."""
    factor = gain(percent)
    return Samples(array.array("h", (int(value * factor) for value in samples.values)))


def trimmed(samples: Samples) -> Samples:
    """Return the sound without the silence around it, its edges softened: recorded words fit each other then."""
    values = samples.values
    limit = max((abs(value) for value in values), default=0) * SILENT_BELOW
    margin, soft = round(EDGE_S * RATE_HZ), round(SOFT_S * RATE_HZ)
    begin = max(_silent(values, limit) - margin, 0)
    end = len(values) - max(_silent(values[::-1], limit) - margin, 0)
    kept = values[begin:end]
    for place in range(min(soft, len(kept) // 2)):
        kept[place] = kept[place] * place // soft
        kept[-1 - place] = kept[-1 - place] * place // soft
    return Samples(kept)


def levelled(samples: Samples) -> Samples:
    """Return the sound as loud as others, by what of it is no pause: words recorded apart sound as if said at once."""
    peak = max((abs(value) for value in samples.values), default=0)
    active = [value for value in samples.values if abs(value) > peak * ACTIVE_ABOVE]
    if not active:
        return samples
    loudness = math.sqrt(sum(value * value for value in active) / len(active))
    factor = min(SPEECH_LEVEL * PEAK / loudness, SPEECH_PEAK * PEAK / peak, MOST_LIFT)
    return Samples(array.array("h", (int(value * factor) for value in samples.values)))


def pcm(samples: Samples) -> bytes:
    """Return the sound as players take it: mono, 16 bits, little end first, at RATE_HZ."""
    values = samples.values
    if sys.byteorder == "big":
        values = array.array("h", values)
        values.byteswap()
    return values.tobytes()


def from_pcm(data: bytes) -> Samples:
    """Return the sound that `pcm` gave away."""
    return Samples(_values(data, 2))


def to_wav(samples: Samples) -> bytes:
    """Return the sound as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm(samples))
    return out.getvalue()


def from_wav(data: bytes) -> Samples:
    """Return the sound of a WAV: mono or stereo, 8 to 32 bits, 8 to 48 kHz. Raises FrameError for anything else."""
    try:
        with wave.open(io.BytesIO(_plain(data))) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise FrameError(DEVICE, f"not a WAV file of plain PCM: {error}") from error
    if channels not in CHANNELS or width not in WIDTHS or rate not in RATES_HZ:
        shape = f"{channels} channel(s) of {8 * width} bits at {rate} Hz"
        raise FrameError(DEVICE, f"a WAV with {shape}; wanted are mono or stereo, 8 to 32 bits, 8000 to 48000 Hz")
    values = _values(raw[: len(raw) // (channels * width) * channels * width], width)
    if channels > 1:
        sides = zip(values[::2], values[1::2], strict=True)
        values = array.array("h", ((left + right) // 2 for left, right in sides))
    return Samples(values if rate == RATE_HZ else _resampled(values, rate))


def _plain(data: bytes) -> bytes:
    """Return a WAV of the "extensible" kind (recorders write 24 bits so) marked as PCM: Python 3.11 reads no other."""
    fmt = data.find(b"fmt ") + len("fmt ") + 4
    tag, inner = slice(fmt, fmt + 2), slice(fmt + 24, fmt + 26)
    is_pcm = data[tag] == _EXTENSIBLE and data[inner] == _PCM
    return data[: tag.start] + _PCM + data[tag.stop :] if is_pcm else data


def _values(raw: bytes, width: int) -> array.array[int]:
    """Return samples of `width` bytes as 16 bits; of wider ones the upper two bytes count."""
    if width == 1:  # the only width without a sign
        return array.array("h", ((value - 128) << 8 for value in raw))
    upper = bytearray(len(raw) // width * 2)
    upper[0::2], upper[1::2] = raw[width - 2 :: width], raw[width - 1 :: width]
    values = array.array("h", bytes(upper))
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _resampled(values: array.array[int], rate: int) -> array.array[int]:
    """Return the values at RATE_HZ."""
    if not values:
        return values
    return _averaged(values, rate) if rate > RATE_HZ else _interpolated(values, rate)


def _averaged(values: array.array[int], rate: int) -> array.array[int]:
    """Return fewer values, each the mean of those it stands for: picking single ones would hiss."""
    sums = list(itertools.accumulate(values, initial=0))
    edges = [place * rate // RATE_HZ for place in range(len(values) * RATE_HZ // rate + 1)]
    means = ((sums[end] - sums[begin]) // (end - begin) for begin, end in itertools.pairwise(edges))
    return array.array("h", means)


def _interpolated(values: array.array[int], rate: int) -> array.array[int]:
    """Return more values, in straight lines between the neighbours: enough for speech."""
    last = len(values) - 1
    fitted = array.array("h")
    for place in range(len(values) * RATE_HZ // rate):
        at = place * rate / RATE_HZ
        left = min(int(at), last)
        right = min(left + 1, last)
        fitted.append(round(values[left] + (values[right] - values[left]) * (at - left)))
    return fitted


def _silent(values: array.array[int], limit: float) -> int:
    """Return how many values at the beginning are silence: all of them, if nothing is louder than `limit`."""
    return next((place for place, value in enumerate(values) if abs(value) > limit), len(values))
