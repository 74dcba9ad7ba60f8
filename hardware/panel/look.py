"""Everything a view needs to know to draw itself at this window's size. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.config import PanelConfig
from hardware.panel.scale import Reader, Scale, type_scale
from hardware.panel.theme import CALM, Theme

TOUCH_MM = 20.0
"""Least height of a main button on a kiosk."""


@dataclass(frozen=True, slots=True)
class Look:
    """Type, colours and distances of one window; a new one is made when the window changes size."""

    scale: Scale
    theme: Theme
    width: float
    height: float

    @property
    def small(self) -> float:
        """Return the font size of side remarks."""
        return self.scale.small

    @property
    def body(self) -> float:
        """Return the font size of running text and buttons."""
        return self.scale.body

    @property
    def title(self) -> float:
        """Return the font size of a screen's question."""
        return self.scale.title

    @property
    def huge(self) -> float:
        """Return the font size of the one number that matters."""
        return self.scale.huge

    @property
    def portrait(self) -> bool:
        """Tell whether the window stands upright."""
        return self.height >= self.width

    @property
    def touch(self) -> float:
        """Return the least height of a main touch target, in pixels."""
        return self.mm(TOUCH_MM)

    def mm(self, millimetres: float) -> float:
        """Return pixels for a true length."""
        return millimetres * self.scale.px_per_mm

    def gap(self, steps: float = 1) -> float:
        """Return pixels for a number of steps of the spacing grid (a fifth of the body size)."""
        return round(self.scale.body * 0.2 * steps)

    @property
    def unseen(self) -> tuple[float, float]:
        """Return a size that costs nothing to draw, for what is not to be seen; of size 0 Kivy keeps the last shape."""
        return 2.0, 2.0

    @property
    def radius(self) -> float:
        """Return the corner radius of cards and buttons."""
        return self.gap(2.5)


def look_for(panel: PanelConfig, reader: Reader, window: tuple[float, float] | None = None) -> Look:
    """Return how a panel looks, or a window that stands for it."""
    width, height = window or (panel.width_px, panel.height_px)
    return Look(type_scale(panel, reader, (width, height)), CALM, width, height)
