"""Rows and grids that begin at the right on a page that is read from there. Import after `window.prepare`.

Kivy's own know one direction. These take the place of `BoxLayout` and `GridLayout` in every rule, so that a screen
turns as a whole when its reader's language does. What is counted or typed, such as a keypad, sets `turns: False`.
"""

from __future__ import annotations

from typing import Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout


class _Turning:
    """Mirrors its children within itself after they were laid out; `rtl` follows the look, by `widgets.kv`."""

    rtl = BooleanProperty(defaultvalue=False)
    turns = BooleanProperty(defaultvalue=True)
    _trigger_layout: Any
    children: Any
    x: float
    right: float

    def on_rtl(self, *_changed: object) -> None:
        """Lay out anew when the reader's language turns."""
        self._trigger_layout()

    def do_layout(self, *arguments: Any) -> None:  # noqa: ANN401 - as Kivy calls it
        """Lay out as ever, then turn."""
        super().do_layout(*arguments)  # type: ignore[misc] # the layout that this is mixed into
        if self.rtl and self.turns:
            for child in self.children:
                # As a pair: by `x` alone a child that draws itself would be told before its centre has moved.
                child.pos = self.x + self.right - child.right, child.y


class Box(_Turning, BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A row or a column."""


class Grid(_Turning, GridLayout):  # type: ignore[misc] # Kivy has no types
    """Rows of as many columns each."""


for _name, _made in (("BoxLayout", Box), ("GridLayout", Grid)):
    Factory.unregister(_name)
    Factory.register(_name, cls=_made)
