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


class _Row(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """Places its children where Kivy's own does, in a third of the time: a page is laid out some hundred times.

    Kivy asks each child for pairs, such as `size_hint_min`, which are made anew whenever they are read.
    """

    def do_layout(self, *arguments: Any) -> None:  # noqa: ANN401 - as Kivy calls it
        """Tell only those of their place whose place is another."""
        children = self.children
        if not children:
            super().do_layout(*arguments)
            return
        wanted = [
            (
                (child.width, child.height),
                (child.size_hint_x, child.size_hint_y),
                child.pos_hint,
                (child.size_hint_min_x, child.size_hint_min_y),
                (child.size_hint_max_x, child.size_hint_max_y),
            )
            for child in children
        ]
        for at, x, y, width, height in self._iterate_layout(wanted):
            child = children[at]
            across, down = wanted[at][1]
            if child.x != x or child.y != y:
                child.pos = x, y
            if across is not None and down is not None:
                if child.width != width or child.height != height:
                    child.size = width, height
            elif across is not None:
                child.width = width
            elif down is not None:
                child.height = height


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


class Box(_Turning, _Row):
    """A row or a column."""


class Grid(_Turning, GridLayout):  # type: ignore[misc] # Kivy has no types
    """Rows of as many columns each."""


for _name, _made in (("BoxLayout", Box), ("GridLayout", Grid)):
    Factory.unregister(_name)
    Factory.register(_name, cls=_made)
