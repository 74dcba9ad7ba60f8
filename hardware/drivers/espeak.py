"""Speech by espeak-ng at arm's length: a process for each text that was not said before, with a deadline."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from hardware.codecs.pronunciation import VOICES, pronounced
from hardware.codecs.wave_sound import from_wav
from hardware.errors import DeviceTimeout, DeviceUnavailable, DriverMissing, FrameError
from hardware.files import keep_newest, write_whole
from hardware.ports import Speech, Utterance

DEVICE = "speech"
DEADLINE_S = 5.0
KEPT_TEXTS = 400
"""About 80 MB; a hall says far fewer different sentences in a day."""

Engine = Literal["auto", "library", "program", "none"]


def library_command(*, voice: str, words_per_minute: int) -> list[str]:
    """Return how the bundled library is asked to speak."""
    module = "hardware.drivers.espeak_process"
    return [sys.executable, "-m", module, "--voice", voice, "--words-per-minute", str(words_per_minute)]


def program_command(program: str, *, voice: str, words_per_minute: int) -> list[str]:
    """Return how Debian's espeak-ng is asked to speak."""
    return [program, "--stdin", "--stdout", "-b", "1", "-v", voice, "-s", str(words_per_minute)]


class EspeakSpeech:
    """Speaks by the library (`program` is None) or by a program; what was said once is kept in `folder`."""

    def __init__(
        self, folder: Path, *, program: str | None, words_per_minute: int, deadline_s: float = DEADLINE_S
    ) -> None:
        self._folder = folder
        self._program = program
        self._words_per_minute = words_per_minute
        self._deadline_s = deadline_s

    def say(self, utterance: Utterance) -> bytes:
        """Return the WAV of one utterance. Raises DriverMissing, DeviceTimeout, DeviceUnavailable."""
        path = self._folder / f"{self._key(utterance)}.wav"
        with contextlib.suppress(OSError, FrameError):  # a power cut may have left an empty file
            kept = path.read_bytes()
            from_wav(kept)
            path.touch()  # the newest are kept
            return kept
        text = pronounced(utterance.text, utterance.language)
        wav = _run(self._command(_voice(utterance)), text, deadline_s=self._deadline_s)
        if not any(from_wav(wav).values):
            raise DeviceUnavailable(DEVICE, f"nothing came out for {utterance.text!r}")
        with contextlib.suppress(OSError):  # a full disk costs the next time a few milliseconds, not this call
            write_whole(path, wav)
            keep_newest(self._folder, "*.wav", count=KEPT_TEXTS)
        return wav

    def health(self) -> str:
        """Return which espeak-ng speaks."""
        return f"espeak-ng ({self._program or 'library'}), {self._words_per_minute} words a minute"

    def _command(self, voice: str) -> list[str]:
        if self._program is None:
            return library_command(voice=voice, words_per_minute=self._words_per_minute)
        return program_command(self._program, voice=voice, words_per_minute=self._words_per_minute)

    def _key(self, utterance: Utterance) -> str:
        voice = _voice(utterance)
        text = pronounced(utterance.text, utterance.language)
        parts = (self._program or "library", voice, text, str(self._words_per_minute))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _voice(utterance: Utterance) -> str:
    return utterance.voice or VOICES.get(utterance.language, utterance.language)


class NoSpeech:
    """No voice: says why, and leaves it at the chime."""

    def __init__(self, why: str) -> None:
        self._why = why

    def say(self, utterance: Utterance) -> bytes:  # noqa: ARG002 - nothing can be said
        """Raise DriverMissing, always."""
        raise DriverMissing(DEVICE, self._why)

    def health(self) -> str:
        """Return why there is no voice."""
        return f"none, chime only: {self._why}"


def choose_speech(engine: Engine, folder: Path, *, words_per_minute: int) -> Speech:
    """Return the voice that is configured and there; else one that says plainly why not."""
    if engine == "none":
        return NoSpeech("switched off in the configuration")
    if engine in {"auto", "library"} and importlib.util.find_spec("espeakng_loader") is not None:
        return EspeakSpeech(folder, program=None, words_per_minute=words_per_minute)
    program = shutil.which("espeak-ng") if engine in {"auto", "program"} else None
    if program is not None:
        return EspeakSpeech(folder, program=program, words_per_minute=words_per_minute)
    wanted = {"library": "the espeakng-loader package", "program": "the program espeak-ng"}
    return NoSpeech(f"{wanted.get(engine, 'espeak-ng, as package or as program,')} is not installed")


def _run(command: Sequence[str], text: str, *, deadline_s: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own module or the program found on PATH; the text goes by stdin
            command, input=text.encode(), capture_output=True, timeout=deadline_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DeviceTimeout(DEVICE, f"espeak-ng took longer than {deadline_s:g} s") from error
    except OSError as error:
        raise DriverMissing(DEVICE, f"{command[0]} cannot be started: {error.strerror or error}") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise DeviceUnavailable(DEVICE, reason[-1] if reason else f"espeak-ng ended with {done.returncode}")
    return done.stdout
