"""Sounds and programs that tests are made from."""

from __future__ import annotations

import io
import math
import stat
import wave
from pathlib import Path

TONE_HZ = 400


def tone_wav(rate: int, channels: int, width: int, *, pitch: float = TONE_HZ) -> bytes:
    """Return a quarter of a second of a tone at half the full level."""
    levels = [math.sin(2 * math.pi * pitch * place / rate) * 16000 / 32768 for place in range(rate // 4)]
    scale = 1 << 8 * width - 1
    words = (round(level * scale) + (scale if width == 1 else 0) for level in levels)
    frames = (word.to_bytes(width, "little", signed=width > 1) * channels for word in words)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"".join(frames))
    return out.getvalue()


def program(folder: Path, name: str, script: str) -> str:
    """Write an executable that stands for a program of the system."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
