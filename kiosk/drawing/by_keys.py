"""Where whoever uses keys stands on the screen, and the screen that is off. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from hardware.panel.lists import bring_into_view


class Focus:
    """Marks the widget that a touch target's name belongs to, whichever widget that is at the moment."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - Kivy's widgets have no types
        self._root = root
        self._target = ""
        self._marked: Any = None

    def on(self, target: str) -> None:
        """Stand here from now on; an empty name is nowhere."""
        is_new, self._target = target != self._target, target
        self.renew(is_new=is_new)

    def renew(self, *, is_new: bool = False) -> None:
        """Mark the widget that has the name now: what is drawn anew may be another one."""
        found = next(_called(self._root, self._target), None) if self._target else None
        if self._marked is not None and self._marked is not found:
            self._marked.focused = False
        self._marked = found
        if found is not None:
            found.focused = True
            if is_new:
                _show(found)


def _called(widget: Any, target: str) -> Iterator[Any]:  # noqa: ANN401 - any widget
    if widget.opacity == 0:
        return
    if getattr(widget, "target", "") == target and hasattr(widget, "focused"):
        yield widget
    for child in widget.children:
        yield from _called(child, target)


def _show(widget: Any) -> None:  # noqa: ANN401 - any widget
    """Bring it into sight where it lies in a list."""
    around = widget.parent
    while around is not None and around is not around.parent:
        if isinstance(around, ScrollView):
            bring_into_view(around, widget)
        around = around.parent


class Darkness(Widget):  # type: ignore[misc] # Kivy has no types
    """A black screen while it is `shown`; a touch of it does nothing but report itself."""

    shown = BooleanProperty(defaultvalue=False)

    def __init__(self, touched: Callable[[], None]) -> None:
        super().__init__()
        self._touched = touched
        with self.canvas:
            Color(0, 0, 0, 1)
            self._black = Rectangle(size=(0, 0))
        self.bind(pos=self._draw, size=self._draw, shown=self._draw)

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Keep every touch from what lies below."""
        if self.shown:
            touch.grab(self)
        return bool(self.shown)

    def on_touch_up(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Report a touch that began in the dark."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._touched()
        return True

    def _draw(self, *_changed: object) -> None:
        # What is not seen has no size: a software renderer would draw it all the same.
        self._black.pos, self._black.size = self.pos, self.size if self.shown else (0, 0)
