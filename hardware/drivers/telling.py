"""Tells outside programs what is spoken, in order, so that they can listen without ears."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from hardware.files import open_to_append
from hardware.ports import Speech, Utterance

SPOKEN_VARIABLE = "ANTREAN_SPOKEN"
"""Path of a file: each thing that is given to the voice is one line of JSON there. Unset, nothing is written."""


class TellingSpeech:
    """A voice that writes down what it is given before it says it."""

    def __init__(self, speech: Speech, path: Path) -> None:
        self._speech = speech
        self._path = path

    def say(self, utterance: Utterance) -> bytes:
        """Return the WAV of the other voice. Raises HardwareError."""
        line = json.dumps({"language": utterance.language, "text": utterance.text}, ensure_ascii=False) + "\n"
        with contextlib.suppress(OSError):  # a full disk is no reason to be silent
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open_to_append(self._path) as spoken:
                spoken.write(line.encode())
        return self._speech.say(utterance)

    def health(self) -> str:
        """Return how the other voice is."""
        return self._speech.health()
