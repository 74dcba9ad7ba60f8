"""What screens may ask of devices. All calls block with deadlines and belong on a device's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Outcome = Literal["confirmed", "unconfirmed"]
PrinterState = Literal["ready", "paper_low", "paper_out", "cover_open", "cutter_error", "offline", "unknown"]
PRINTABLE: tuple[PrinterState, ...] = ("ready", "paper_low", "unknown")
"""A printer that never answers is `unknown`: it may well print, but nobody vouches for its paper."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer says of itself; its worst trouble first."""

    state: PrinterState

    @property
    def printable(self) -> bool:
        """Tell whether a job may be sent."""
        return self.state in PRINTABLE


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What is known after a print: `confirmed` only where the device itself vouches for it.

    `picture` is where an emulated printer drew its paper.
    """

    outcome: Outcome
    paper_low: bool = False
    picture: Path | None = None


class Printer(Protocol):
    """Anything that turns ESC/POS bytes into paper. A job is sent once: no driver ever tries again on its own."""

    def status(self) -> PrinterStatus:
        """Ask how the printer is. Raises DeviceUnavailable where it cannot be reached, DriverMissing."""
        ...

    def print(self, data: bytes, *, title: str) -> PrintResult:
        """Print one job; `title` names it for people.

        Known trouble is raised before a byte is sent; trouble that came while or after the job was sent is raised with
        `sent` true. Raises PaperOut, CoverOpen, CutterError, DeviceUnavailable, DeviceTimeout, DriverMissing.
        """
        ...

    def health(self) -> str:
        """Return in one line what this printer is, for the device list; asks nothing of the device."""
        ...

    def close(self) -> None:
        """Let go of whatever is held between jobs."""
        ...


@dataclass(frozen=True, slots=True)
class Utterance:
    """One piece of speech in one language; number words are already spelled."""

    language: str
    text: str
    voice: str = ""
    """The synthesiser's name for the voice, where it is not the language's own code."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A finished announcement: how long it lasted, and whether it spoke."""

    duration_s: float
    spoken: bool


def always() -> bool:
    """Return that it is wanted: nobody changes their mind about an announcement."""
    return True


class Speech(Protocol):
    """A voice that turns text into a WAV."""

    def say(self, utterance: Utterance) -> bytes:
        """Return a WAV of the utterance. Raises HardwareError."""
        ...

    def health(self) -> str:
        """Return in one line which voice this is, or why there is none."""
        ...


class Player(Protocol):
    """Whatever sends sound out of the machine."""

    def play(self, parts: Iterable[bytes]) -> None:
        """Play the parts (PCM as `wave_sound.pcm` gives it) as one sound, to its end. Raises HardwareError.

        Each part is asked for when the one before has been handed over, so the next is made while one is heard.
        """
        ...

    def stop(self) -> None:
        """Cut off what is being played, from any thread; `play` then returns as if that had been all."""
        ...

    def health(self) -> str:
        """Return in one line where the sound goes."""
        ...


class Speaker(Protocol):
    """Announces: a chime, then speech, as one sound, so that nothing can overlap."""

    def prepare(self, chimes: Iterable[str]) -> None:
        """Make ready what every announcement begins with, so that none waits for it."""
        ...

    def announce(
        self,
        chime: str | None,
        utterances: tuple[Utterance, ...],
        *,
        volume_percent: int | None = None,
        is_wanted: Callable[[], bool] = always,
    ) -> Sound:
        """Play the chime called `chime`, or none, and say the utterances. Raises HardwareError if nothing is heard.

        No volume means the configured one. What is no longer wanted is left out, part by part.
        """
        ...

    def hush(self) -> None:
        """Cut off what is being heard, from any thread."""
        ...

    def health(self) -> str:
        """Return in one line how calls are heard here."""
        ...
