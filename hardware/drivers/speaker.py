"""Announcements: chime and speech are one sound, so that nothing can come between or above them."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator

from hardware.codecs.chime import chime as chime_of
from hardware.codecs.wave_sound import Samples, at_volume, from_wav, pcm, silence
from hardware.errors import HardwareError
from hardware.ports import Player, Sound, Speech, Utterance, always

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
            self._at_volume(name, self._volume_percent)

    def announce(
        self,
        chime: str | None,
        utterances: tuple[Utterance, ...],
        *,
        volume_percent: int | None = None,
        is_wanted: Callable[[], bool] = always,
    ) -> Sound:
        """Play one announcement to its end. Raises HardwareError if nothing could be played.

        Speech is made while the chime is heard, and each language while the one before is.
        """
        played = _Played(self._volume_percent if volume_percent is None else volume_percent, is_wanted)
        self._trouble = ""
        self._player.play(played.counted(self._parts(chime, utterances, played)))
        return Sound(played.duration_s, played.spoken)

    def hush(self) -> None:
        """Cut off what is being heard, from any thread."""
        self._player.stop()

    def health(self) -> str:
        """Return voice, way out and the last trouble in one line."""
        parts = [f"speech: {self._speech.health()}", f"sound: {self._player.health()}"]
        return "; ".join([*parts, f"trouble: {self._trouble}"] if self._trouble else parts)

    def _parts(self, chime: str | None, utterances: tuple[Utterance, ...], played: _Played) -> Iterator[Samples]:
        if chime is not None:
            yield self._at_volume(chime, played.volume_percent)
        for utterance in utterances:
            if not played.is_wanted():
                return
            try:
                said = from_wav(self._speech.say(utterance))
            except HardwareError as error:  # one language that fails does not silence the others
                self._trouble = str(error)
                _log.warning("not spoken: %s", error)
            else:
                played.spoken = True
                yield silence(PAUSE_S)
                yield at_volume(said, played.volume_percent)

    @functools.cache  # noqa: B019 - one announcer lives as long as its process
    def _at_volume(self, chime: str, percent: int) -> Samples:
        return at_volume(chime_of(chime), percent)


class _Played:
    """Takes note of what is on its way to the player, as loud as it is wanted, and as long."""

    def __init__(self, volume_percent: int, is_wanted: Callable[[], bool]) -> None:
        self.volume_percent = volume_percent
        self.is_wanted = is_wanted
        self.duration_s = 0.0
        self.spoken = False

    def counted(self, parts: Iterable[Samples]) -> Iterator[bytes]:
        """Return the parts as players take them."""
        for part in parts:
            if not self.is_wanted():
                return
            self.duration_s += part.duration_s
            yield pcm(part)
