"""How much room a window has: which arrangement it is drawn in, and how many lines of a list it shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Arrangement = Literal["wide", "medium", "narrow"]
"""All at once; one thing below the other; what an officer needs beside another program."""

WIDE_FROM, MEDIUM_FROM = 50, 31
"""Widths in font sizes of running text."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the window has room for."""

    arrangement: Arrangement = "wide"
    lines: int = 8

    @property
    def is_narrow(self) -> bool:
        """Tell whether there is room for one thing beside another nowhere."""
        return self.arrangement == "narrow"

    @property
    def has_all(self) -> bool:
        """Tell whether everything is shown at once; else only what comes next, and the rest on demand."""
        return self.arrangement == "wide"


ROOMY = Room()
"""What a window has that nobody has measured yet."""


def arrangement_of(width: float, body: float) -> Arrangement:
    """Return how a window of this width is arranged, whose running text has this font size."""
    if width >= WIDE_FROM * body:
        return "wide"
    return "medium" if width >= MEDIUM_FROM * body else "narrow"
