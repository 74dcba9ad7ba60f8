"""How often what only informs may change: pages drawn for every number of a rush leave no time for keys. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from counter.desk.keys import Intent
from counter.pages.desk import DeskPage
from counter.pages.lists import NOTHING
from counter.pages.sign_in import SignInPage

FIGURES_EVERY_S = 1.0
"""The lists beside the visitor follow so often at most; whatever an officer does is drawn at once."""

Page = SignInPage | DeskPage


class Pace:
    """Holds the lists back while nothing else has changed. One thread: the window's."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin with nothing held back."""
        self._monotonic = monotonic
        self._shown: Page | None = None
        self._since_s = 0.0

    def paced(self, page: Page) -> Page:
        """Return what to draw now: `page`, or what was drawn last where only figures differ and it is too soon."""
        shown = self._shown
        if isinstance(page, DeskPage) and isinstance(shown, DeskPage) and _by_hand(page) == _by_hand(shown):
            is_soon = self._monotonic() - self._since_s < FIGURES_EVERY_S
            if is_soon or page == shown:
                return shown
        self._shown, self._since_s = page, self._monotonic()
        return page


def _by_hand(page: DeskPage) -> tuple[object, ...]:
    """Return all that matters to whoever presses keys: but for who waits, the whole page and what is chosen."""
    tabs = tuple((tab.label, tab.chosen) for tab in page.lists.tabs)
    rows = tuple(row.name for row in page.lists.rows if row.chosen)
    # Whom the next call is for stands on its button too, and moves with the queue.
    actions = tuple(replace(action, hint="") if action.intent is Intent.NEXT else action for action in page.actions)
    bare = replace(page, lists=NOTHING, rest=None, actions=actions)
    moved = page.lists.opened, page.lists.scrolled
    return bare, tabs, rows, moved, page.lists.pick, page.rest.text if page.rest else ""
