"""What all keypads have in common: keys, a face with a text and a count, and the pad's own side of the talk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hardware.codecs.framing import Framer
from hardware.codecs.talk import Kind

NO_COUNT = "-"


@dataclass(frozen=True, slots=True)
class PadFace:
    """What a pad shows: a short text, and how many wait, or None where that is not known."""

    text: str
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the master said to one pad. `seq` is the last key it has heard."""

    address: int
    kind: Kind
    seq: int | None = None
    face: PadFace | None = None


class PadSide(Protocol):
    """The pad's end of a language, for emulators. Pure."""

    def framer(self) -> Framer:
        """Return what cuts that which the master says."""
        ...

    def asked(self, frame: bytes) -> Asked | None:
        """Return what the master wants of which pad."""
        ...

    def answer(self, asked: Asked, key: str | None, seq: int) -> bytes:
        """Return the pad's answer; `key` is the one that waits to be fetched, `seq` its count."""
        ...

    def pressed(self, key: str) -> bytes:
        """Return what a pad says on its own when a key is pressed: nothing, where it waits to be asked."""
        ...


def fitted(text: str, width: int) -> str:
    """Return `text` in at most `width` characters: first without its hyphen, then its end, where the figures are."""
    if len(text) > width and any(character.isalnum() for character in text):
        text = text.replace("-", "")
    return text[-width:]


def count_text(waiting: int | None, width: int) -> str:
    """Return a count right-aligned in `width` characters; the highest figure that fits where there are more."""
    if waiting is None:
        return NO_COUNT * width
    return f"{min(waiting, 10**width - 1):>{width}}"
