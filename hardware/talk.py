"""The words in which a bus and the languages of its devices understand each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
