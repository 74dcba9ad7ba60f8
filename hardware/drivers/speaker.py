"""Announcements: chime and speech are one sound, so that nothing can come between or above them."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Iterator

from hardware.codecs.chime import chime as chime_of
from hardware.codecs.wave_sound import Samples, at_volume, from_wav, pcm, silence
from hardware.errors import HardwareError
from hardware.ports import Player, Sound, Speech, Utterance

PAUSE_S = 0.35

_log = logging.getLogger(__name__)


class Announcer:
    """Speaks through a voice and a player; where the voice fails, the chime still sounds."""

    def __init__(self, speech: Speech, player: Player, *, volume_percent: int) -> None:
        self._speech = speech
        self._player = player
        self._volume_percent = volume_percent
        self._trouble = ""

    def prepare(self, chimes: Iterable[str]) -> None:
        """Compute these chimes: it takes a tenth of a second each, which no call should wait for."""
        for name in chimes:
            self._chime(name)

    def announce(self, chime: str | None, utterances: tuple[Utterance, ...]) -> Sound:
        """Play one announcement to its end. Raises HardwareError if nothing could be played.

        Speech is made while the chime is heard, and each language while the one before is.
        """
        played = _Played()
        self._trouble = ""
        self._player.play(played.counted(self._parts(chime, utterances, played)))
        return Sound(played.duration_s, played.spoken)

    def health(self) -> str:
        """Return voice, way out and the last trouble in one line."""
        parts = [f"speech: {self._speech.health()}", f"sound: {self._player.health()}"]
        return "; ".join([*parts, f"trouble: {self._trouble}"] if self._trouble else parts)

    def _parts(self, chime: str | None, utterances: tuple[Utterance, ...], played: _Played) -> Iterator[Samples]:
        if chime is not None:
            yield self._chime(chime)
        for utterance in utterances:
            try:
                said = from_wav(self._speech.say(utterance))
            except HardwareError as error:  # one language that fails does not silence the others
                self._trouble = str(error)
                _log.warning("not spoken: %s", error)
            else:
                played.spoken = True
                yield silence(PAUSE_S)
                yield at_volume(said, self._volume_percent)

    @functools.cache  # noqa: B019 - one announcer lives as long as its process
    def _chime(self, name: str) -> Samples:
        return at_volume(chime_of(name), self._volume_percent)


class _Played:
    """Takes note of what is on its way to the player."""

    def __init__(self) -> None:
        self.duration_s = 0.0
        self.spoken = False

    def counted(self, parts: Iterable[Samples]) -> Iterator[bytes]:
        """Return the parts as players take them."""
        for part in parts:
            self.duration_s += part.duration_s
            yield pcm(part)
