"""Type sizes in pixels from a panel's true size and its reader's distance. Pure.

Figures: EN 301 549 5.1.4 and Section 508 402.4: a capital H subtends 0.7 degrees (0.0122 x distance) and is never under
4.8 mm; hall signs: 25 mm of height per 7.6 m at least, 25 mm per 3 m at best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from hardware.config import PanelConfig

CAPITAL = 0.714
"""Height of a capital H in Noto Sans, as a share of the font size."""

KEY_ANGLE = 0.0122
LEAST_MM = 4.8
SIGN_LEAST = 25 / 7600
SIGN_GOOD = 25 / 5000
MM_PER_INCH = 25.4

USUAL_SHORT_SIDE_MM = 267.7
"""Of a kiosk of 21.5 inches: pages are made for it."""
MOST_GROWTH = 1.35
"""By how much type on a larger kiosk grows with it; beyond that more room helps more than larger letters."""


class Reader(Enum):
    """Who reads: it decides which rule binds which size."""

    VISITOR = "visitor"
    """Stands before a kiosk: all but side remarks is key text."""
    HALL = "hall"
    """Sits in the lobby: the called number and its counter are key text, the rest is a sign."""
    OFFICER = "officer"
    """Sits at a desk and reads the same window all day."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The four type sizes of a screen and its physical density, in pixels of the window."""

    small: float
    body: float
    title: float
    huge: float
    px_per_mm: float

    def capital_mm(self, font_px: float) -> float:
        """Return how high a capital H of this font size stands, in millimetres."""
        return font_px * CAPITAL / self.px_per_mm


def density(panel: PanelConfig, window: tuple[float, float] | None = None) -> float:
    """Return pixels per millimetre; a window that is not the panel's size shows the panel in miniature."""
    width, height = window or (panel.width_px, panel.height_px)
    return math.hypot(width, height) / (panel.diagonal_in * MM_PER_INCH)


def type_scale(panel: PanelConfig, reader: Reader, window: tuple[float, float] | None = None) -> Scale:
    """Return the sizes for a panel, or for a window that stands for it.

    An officer's window stands for itself: however narrow it is, its letters are read from the same distance.
    """
    px_per_mm = density(panel, None if reader is Reader.OFFICER else window)
    small, body, title, huge = _capitals_mm(reader, panel.viewing_distance_m * 1000)
    to_px = px_per_mm / CAPITAL * (growth(panel) if reader is Reader.VISITOR else 1)
    return Scale(small * to_px, body * to_px, title * to_px, huge * to_px, px_per_mm)


def growth(panel: PanelConfig) -> float:
    """Return by how much type and what holds it grow on a large kiosk, so that a page fills it; never under 1."""
    short_px = min(panel.width_px, panel.height_px)
    return min(MOST_GROWTH, max(1.0, short_px / density(panel) / USUAL_SHORT_SIDE_MM))


def key_capital_mm(distance_mm: float) -> float:
    """Return the least height of a capital in what everybody has to read."""
    return max(LEAST_MM, KEY_ANGLE * distance_mm)


def least_capital_mm(reader: Reader, distance_mm: float) -> float:
    """Return the least height of a capital in anything at all."""
    return _capitals_mm(reader, distance_mm)[0]


def _capitals_mm(reader: Reader, distance_mm: float) -> tuple[float, float, float, float]:
    key = key_capital_mm(distance_mm)
    match reader:
        case Reader.VISITOR:
            return max(LEAST_MM, key * 0.66), key, key * 1.45, key * 4.5
        case Reader.HALL:
            return (
                max(LEAST_MM, SIGN_LEAST * distance_mm),
                max(LEAST_MM, SIGN_GOOD * distance_mm),
                max(LEAST_MM, key * 0.6),
                key,
            )
        case Reader.OFFICER:
            # A desk is no closed kiosk: 0.3 degrees is the usual comfort for text that is read all day.
            return 0.0045 * distance_mm, 0.0056 * distance_mm, 0.0085 * distance_mm, key * 1.6
    assert_never(reader)
