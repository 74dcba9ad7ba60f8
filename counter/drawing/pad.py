"""Draws the digits to touch, where a PIN is typed. Import after `window.prepare`."""

from __future__ import annotations

from functools import partial
from typing import Any

from counter.desk.keys import Intent, Typed
from counter.drawing.touches import Touches
from hardware.panel.widgets import make

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase")


class Pad:
    """Twelve places, one of them empty; built once."""

    def __init__(self, grid: Any, touches: Touches) -> None:  # noqa: ANN401 - a widget
        """Build the keys in `grid`, report touches to `touches`."""
        self.grid = grid
        for name in _KEYS:
            key = make("PadKey")
            key.title, key.opacity, key.disabled = name, 1 if name else 0, not name
            key.target = f"pad:{name}" if name else ""
            key.size_role = "title" if len(name) == 1 else "small"
            if name == "erase":
                self._erase = key
                touches.bind(key, partial(touches.inputs.press, Intent.ERASE))
            else:
                touches.bind(key, partial(touches.inputs.type, Typed(name)))
            grid.add_widget(key)

    def show(self, erase: str) -> None:
        """Draw what the last key says."""
        self._erase.title = erase
