"""Lists of like widgets that grow and shrink without being built anew, and how a line of one comes into sight.

Kivy leaks what is created and removed often. Import after `window.prepare`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock


class Pool:
    """The children of one container, reused from one drawing to the next."""

    def __init__(self, container: Any, make: Callable[[], Any]) -> None:  # noqa: ANN401 - any widget
        self._container = container
        self._make = make
        self._widgets: list[Any] = []
        self._shown = 0

    def take(self, count: int) -> list[Any]:
        """Return the first `count` widgets, in order, and see that just these are in the container."""
        while len(self._widgets) < count:
            self._widgets.append(self._make())
        for widget in self._widgets[self._shown : count]:
            self._container.add_widget(widget)
        for widget in self._widgets[count : self._shown]:
            self._container.remove_widget(widget)
        self._shown = count
        return self._widgets[:count]


def bring_into_view(scroll: Any, line: Any) -> None:  # noqa: ANN401 - a ScrollView and one of its widgets
    """Scroll as little as shows `line`, once the layout has come to rest; a short list stays at its head."""

    def look(_elapsed: float) -> None:
        # ScrollView.scroll_to pushes content that is shorter than the view to the bottom.
        if scroll.viewport_size[1] <= scroll.height:
            scroll.scroll_y = 1
        elif line.parent is not None:
            scroll.scroll_to(line, padding=0, animate=False)

    Clock.schedule_once(look, 0)
