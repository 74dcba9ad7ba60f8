"""Announcements: chime and speech become one WAV, so that nothing can come between or above them."""

from __future__ import annotations

import logging

from hardware.codecs.chime import chime as chime_of
from hardware.codecs.wave_sound import Samples, at_volume, from_wav, joined, silence, to_wav
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

    def announce(self, chime: str, utterances: tuple[Utterance, ...]) -> Sound:
        """Play one announcement to its end. Raises HardwareError if nothing could be played."""
        spoken = self._spoken(utterances)
        parts = [chime_of(chime)]
        for part in spoken:
            parts += [silence(PAUSE_S), part]
        whole = at_volume(joined(parts), self._volume_percent)
        sound = Sound(to_wav(whole), whole.duration_s, bool(spoken))
        self._player.play(sound.wav)
        return sound

    def health(self) -> str:
        """Return voice, way out and the last trouble in one line."""
        parts = [f"speech: {self._speech.health()}", f"sound: {self._player.health()}"]
        return "; ".join([*parts, f"trouble: {self._trouble}"] if self._trouble else parts)

    def _spoken(self, utterances: tuple[Utterance, ...]) -> list[Samples]:
        """Return what could be said; one language that fails does not silence the others."""
        spoken: list[Samples] = []
        self._trouble = ""
        for utterance in utterances:
            try:
                spoken.append(from_wav(self._speech.say(utterance)))
            except HardwareError as error:
                self._trouble = str(error)
                _log.warning("not spoken: %s", error)
        return spoken
