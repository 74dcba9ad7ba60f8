"""The language of the devices on a line: what a codec gives to the master of the line, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from hardware.codecs.framing import Framer

State = Literal["present", "absent", "unknown"]
Kind = Literal["poll", "show"]
Manner = Literal["polled", "answering", "one_way", "own_line"]
"""How devices talk. `polled`: they are asked in turn and answer all. `answering`: they only answer what they are shown.
`one_way`: they never say anything, so nobody knows whether they are there. `own_line`: the line is the device, and it
speaks when it likes.
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one device said. `seq` tells a repeated key from one that was pressed again, where the device counts."""

    address: int
    answers: Kind = "poll"
    keys: tuple[str, ...] = ()
    seq: int | None = None


Shown_contra = TypeVar("Shown_contra", contravariant=True)


class Talk(Protocol[Shown_contra]):
    """The language of the devices on a line. Pure: bytes in, bytes out."""

    @property
    def manner(self) -> Manner:
        """Return how these devices talk."""
        ...

    def framer(self) -> Framer:
        """Return what cuts that which is heard."""
        ...

    def poll(self, address: int, seq: int | None) -> bytes:
        """Return the question for news; `seq` is that of the last key that was heard from there."""
        ...

    def show(self, address: int, face: Shown_contra) -> bytes:
        """Return how a device is told what to show."""
        ...

    def hear(self, frame: bytes) -> Heard | None:
        """Return what a frame says, or None where it says nothing to us."""
        ...
