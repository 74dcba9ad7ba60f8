"""Where sound goes: to a sound card by ALSA's aplay, into files, or nowhere."""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from hardware.codecs.wave_sound import Samples, from_pcm, joined, to_wav
from hardware.drivers.aplay import AplayPlayer
from hardware.errors import DeviceUnavailable
from hardware.files import keep_newest, write_whole
from hardware.ports import Player

DEVICE = "sound"
CARDS = Path("/proc/asound/cards")
REMEMBERED = 20
KEPT_FILES = 200
"""About 80 MB."""

_NAMED_CARD = re.compile(r"CARD=([^,]+)")

_log = logging.getLogger(__name__)


class NullPlayer:
    """Remembers the last sounds and logs them, and takes no time."""

    def __init__(self, why: str) -> None:
        self._why = why
        self.played: deque[bytes] = deque(maxlen=REMEMBERED)

    def play(self, parts: Iterable[bytes]) -> None:
        """Take note of the sound, as a WAV."""
        whole = _whole(parts)
        self.played.append(to_wav(whole))
        _log.info("%.1f s of sound, not heard: %s", whole.duration_s, self._why)

    def stop(self) -> None:
        """Do nothing: it took no time."""

    def health(self) -> str:
        """Return why nothing is heard."""
        return f"silent: {self._why}"


class FilePlayer:
    """Writes each sound as a WAV into a folder, named by its time: to look at, or to listen to elsewhere."""

    def __init__(self, folder: Path, *, now: Callable[[], dt.datetime]) -> None:
        self._folder = folder
        self._now = now

    def play(self, parts: Iterable[bytes]) -> None:
        """Write one file. Raises DeviceUnavailable."""
        path = self._folder / f"{self._now():%Y-%m-%d-%H%M%S-%f}.wav"
        try:
            write_whole(path, to_wav(_whole(parts)))
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"{path} cannot be written: {error.strerror or error}") from error
        keep_newest(self._folder, "*.wav", count=KEPT_FILES)

    def stop(self) -> None:
        """Do nothing: a file is written at once."""

    def health(self) -> str:
        """Return where the files are."""
        return f"files in {self._folder}"


class CardPlayer:
    """Whatever can play at the moment: a card that is plugged in later, or again, is heard with the next call."""

    def __init__(self, find: Callable[[], Player]) -> None:
        self._find = find
        self._last: Player | None = None

    def play(self, parts: Iterable[bytes]) -> None:
        """Play to the end. Raises DeviceTimeout, DeviceUnavailable."""
        self._last = self._find()
        self._last.play(parts)

    def stop(self) -> None:
        """Cut off whatever plays."""
        if self._last is not None:
            self._last.stop()

    def health(self) -> str:
        """Return what would play now, or why nothing would be heard."""
        return self._find().health()


def find_card(wanted: Literal["auto", "aplay"], *, device: str | None = None, cards: Path = CARDS) -> Player:
    """Return the way to the sound card as things stand; else one that says plainly why nothing is heard."""
    program = shutil.which("aplay")
    if program is None:
        return NullPlayer("the program aplay (package alsa-utils) is not installed")
    if wanted == "auto" and device is None and not _has_card(cards):
        return NullPlayer("this machine has no sound card")
    named = _NAMED_CARD.search(device or "")
    if named and f"[{named[1]} " not in _listed(cards).replace("]", " ]"):
        return NullPlayer(f"the sound card {named[1]} is not plugged in")
    return AplayPlayer(program, device=device)


def _whole(parts: Iterable[bytes]) -> Samples:
    return joined(from_pcm(part) for part in parts)


def _has_card(cards: Path) -> bool:
    listed = _listed(cards)
    return bool(listed.strip()) and "no soundcards" not in listed


def _listed(cards: Path) -> str:
    try:
        return cards.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
