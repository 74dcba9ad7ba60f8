"""How a WAV leaves the machine: by ALSA's aplay, or not at all."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections import deque
from pathlib import Path
from typing import Literal

from hardware.codecs.wave_sound import from_wav
from hardware.errors import DeviceTimeout, DeviceUnavailable
from hardware.ports import Player

DEVICE = "sound"
GRACE_S = 5.0
"""How much longer than the sound itself a sound card may take."""

CARDS = Path("/proc/asound/cards")
REMEMBERED = 20

_log = logging.getLogger(__name__)


class AplayPlayer:
    """Plays by the program aplay; blocks as long as the sound lasts."""

    def __init__(self, program: str) -> None:
        self._program = program

    def play(self, wav: bytes) -> None:
        """Play to the end. Raises DeviceTimeout, DeviceUnavailable."""
        limit_s = from_wav(wav).duration_s + GRACE_S
        try:
            done = subprocess.run(  # noqa: S603 - the program found on PATH, no argument from outside
                [self._program, "-q", "-t", "wav", "-"], input=wav, capture_output=True, timeout=limit_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise DeviceTimeout(DEVICE, f"aplay did not end within {limit_s:.0f} s") from error
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"{self._program} cannot be started: {error.strerror or error}") from error
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise DeviceUnavailable(DEVICE, reason[-1] if reason else f"aplay ended with {done.returncode}")

    def health(self) -> str:
        """Return which program plays."""
        return f"aplay ({self._program})"


class NullPlayer:
    """No sound card: remembers the last sounds and logs them, and takes no time."""

    def __init__(self, why: str) -> None:
        self._why = why
        self.played: deque[bytes] = deque(maxlen=REMEMBERED)

    def play(self, wav: bytes) -> None:
        """Take note of the sound. Raises FrameError if it is no WAV."""
        duration_s = from_wav(wav).duration_s
        self.played.append(wav)
        _log.info("%.1f s of sound, not heard: %s", duration_s, self._why)

    def health(self) -> str:
        """Return why nothing is heard."""
        return f"silent: {self._why}"


def choose_player(wanted: Literal["auto", "aplay", "null"], *, cards: Path = CARDS) -> Player:
    """Return the player that is configured and there; else one that says plainly why nothing is heard."""
    if wanted == "null":
        return NullPlayer("switched off in the configuration")
    program = shutil.which("aplay")
    if program is None:
        return NullPlayer("the program aplay (package alsa-utils) is not installed")
    if wanted == "auto" and not _has_card(cards):
        return NullPlayer("this machine has no sound card")
    return AplayPlayer(program)


def _has_card(cards: Path) -> bool:
    try:
        listed = cards.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return bool(listed.strip()) and "no soundcards" not in listed
