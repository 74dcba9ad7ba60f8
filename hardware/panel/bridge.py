"""Between a presenter and its screen: the one way in from other threads, ticks, and drawing what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from kivy.clock import Clock

Page = TypeVar("Page")
News = TypeVar("News")


def post(work: Callable[[], None]) -> None:
    """Run `work` on the screen's thread at the start of its next frame. Safe from any thread."""
    Clock.schedule_once(lambda _elapsed: work(), 0)


def every(seconds: float, work: Callable[[], None]) -> Callable[[], None]:
    """Run `work` again and again on the screen's thread; the returned function stops that."""
    event = Clock.schedule_interval(lambda _elapsed: work(), seconds)

    def stop() -> None:
        event.cancel()

    return stop


class Drawing(Generic[Page]):
    """Between a presenter that has a page at any time and a screen that can show one."""

    def __init__(self, page: Callable[[], Page], show: Callable[[Page], None]) -> None:
        """Take where the page comes from and where it goes."""
        self._page = page
        self._show = show
        self._shown: Page | None = None
        self._is_over = False

    def update(self) -> None:
        """Draw what has changed."""
        page = self._page()
        # What still comes in while the window closes has nothing left to be drawn on.
        if page != self._shown and not self._is_over:
            self._shown = page
            self._show(page)

    def after(self, take: Callable[[News], None]) -> Callable[[News], None]:
        """Return `take`, which now draws in the very frame that brought the news."""

        def taken(news: News) -> None:
            take(news)
            self.update()

        return taken

    def end(self) -> None:
        """Draw nothing any more."""
        self._is_over = True
