"""Everything a view needs to know to draw itself at this window's size. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hardware.config import PanelConfig
from hardware.panel.scale import Reader, Scale, type_scale
from hardware.panel.theme import CONTRAST, DARK, LIGHT, Theme

TOUCH_MM = 20.0
"""Least height of a main button on a kiosk."""
REACH_MM = 1220.0
"""Whoever sits in a wheelchair reaches so high above the floor (ADA 2010, s.308)."""
LARGER = 1.5
"""By how much larger type is for whoever asks for it."""
RING_PX, FULL_SIZE_PX = 3.0, 20.0
"""How wide the ring of the focus is where running text is of this font size."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How one reader needs the screen; combinable."""

    larger: bool = False
    contrast: bool = False
    low: bool = False
    """All controls stand below `Look.low_px`."""
    night: bool = False
    """Light on dark, for a dim room; `contrast` goes before it."""
    rtl: bool = False
    """Words are read from right to left, and the page with them."""

    @property
    def theme(self) -> Theme:
        """Return the colours of this mode."""
        return CONTRAST if self.contrast else DARK if self.night else LIGHT


PLAIN = Mode()
"""How a screen is before anybody asks for anything."""


@dataclass(frozen=True, slots=True)
class Look:
    """Type, colours and distances of one window; a new one is made when the window changes size."""

    scale: Scale
    theme: Theme
    width: float
    height: float
    mode: Mode = PLAIN
    distance_mm: float = 0
    """From the panel to its reader's eyes."""
    low_px: float = math.inf
    """In low mode all controls stand below this height of the window, counted from its lower edge."""

    @property
    def small(self) -> float:
        """Return the font size of side remarks."""
        return self._font(self.scale.small)

    @property
    def body(self) -> float:
        """Return the font size of running text and buttons."""
        return self._font(self.scale.body)

    @property
    def title(self) -> float:
        """Return the font size of a screen's question."""
        return self._font(self.scale.title)

    @property
    def huge(self) -> float:
        """Return the font size of the one number that matters."""
        return self._font(self.scale.huge)

    @property
    def portrait(self) -> bool:
        """Tell whether the window stands upright."""
        return self.height >= self.width

    @property
    def rtl(self) -> bool:
        """Tell whether the page is read from the right; labels, rows, grids and arrows turn by themselves."""
        return self.mode.rtl

    @property
    def touch(self) -> float:
        """Return the least height of a main touch target, in pixels."""
        return self.mm(TOUCH_MM)

    def mm(self, millimetres: float) -> float:
        """Return pixels for a true length."""
        return millimetres * self.scale.px_per_mm

    def gap(self, steps: float = 1) -> float:
        """Return pixels for a number of steps of the spacing grid: a fifth of the body size of any mode."""
        return round(self.scale.body * 0.2 * steps)

    def _font(self, px: float) -> float:
        # Upwards: Kivy draws fonts of whole pixels and would leave the rest away.
        return float(math.ceil(px * (LARGER if self.mode.larger else 1) - 1e-6))

    @property
    def ring(self) -> float:
        """Return how wide the ring of what has the focus is; its gap is as wide."""
        return max(RING_PX, round(RING_PX * self.scale.body / FULL_SIZE_PX))

    @property
    def edge(self) -> float:
        """Return how wide the border of a control is: a whole number of pixels."""
        return max(1.0, round(self.scale.body / 18))

    @property
    def unseen(self) -> tuple[float, float]:
        """Return a size that costs nothing to draw, for what is not to be seen; of size 0 Kivy keeps the last shape."""
        return 2.0, 2.0

    @property
    def radius(self) -> float:
        """Return the corner radius of cards and buttons."""
        return self.gap(2.5)


def look_for(
    panel: PanelConfig,
    reader: Reader,
    window: tuple[float, float] | None = None,
    mode: Mode = PLAIN,
    accent: str | None = None,
) -> Look:
    """Return how a panel looks, or a window that stands for it; `accent` is the office's own colour in light mode."""
    theme = mode.theme if accent is None or mode.theme is not LIGHT else LIGHT.with_accent(accent)
    width, height = window or (panel.width_px, panel.height_px)
    scale = type_scale(panel, reader, (width, height))
    low_px = max(0.0, (REACH_MM - panel.mounting_height_mm) * scale.px_per_mm)
    return Look(scale, theme, width, height, mode, panel.viewing_distance_m * 1000, min(height, low_px))
