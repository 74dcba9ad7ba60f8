"""Lists of like widgets that grow and shrink without being built anew: Kivy leaks what is created and removed often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


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
