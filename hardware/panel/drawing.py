"""Draws a view whenever it has changed, and nothing any more once the window closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

View = TypeVar("View")
News = TypeVar("News")


class Drawing(Generic[View]):
    """Between a presenter that has a view at any time and a screen that can show one."""

    def __init__(self, view: Callable[[], View], show: Callable[[View], None]) -> None:
        """Take where the view comes from and where it goes."""
        self._view = view
        self._show = show
        self._shown: View | None = None
        self._is_over = False

    def update(self) -> None:
        """Draw what has changed."""
        view = self._view()
        # What still comes in while the window closes has nothing left to be drawn on.
        if view != self._shown and not self._is_over:
            self._shown = view
            self._show(view)

    def after(self, take: Callable[[News], None]) -> Callable[[News], None]:
        """Return `take`, which now draws in the very frame that brought the news."""

        def taken(news: News) -> None:
            take(news)
            self.update()

        return taken

    def end(self) -> None:
        """Draw nothing any more."""
        self._is_over = True
