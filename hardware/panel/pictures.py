"""Keeps pages of a screen as pictures, drawn in a true window by the widgets that draw them in the hall.

For whoever changes the office's words. Pictures are kept once a process, after `window.prepare`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hardware.panel.check import Layout

SETTLE_FRAMES = 3
"""What changes on a page has come to rest by then."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: of the first page whose name is like this, in one language."""

    page: str
    """As the layout check calls it; `*` stands for anything."""
    language: str
    path: Path


def keep_pictures(layout: Layout, wanted: Sequence[Wanted], kept: Callable[[Wanted], None]) -> None:
    """Show the pages that are wanted one after the other, tell of each that was kept, and close the window."""
    from hardware.panel.bridge import every  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from hardware.panel.check import NoRoomError  # noqa: PLC0415 - the same
    from hardware.panel.screen import PanelApp, picture  # noqa: PLC0415 - the same

    app: Any = PanelApp(
        layout.panel, reader=layout.reader, title="", rules=layout.rules, root=lambda: layout.build(app.look)
    )

    def frames() -> Iterator[None]:
        """Do one thing a frame."""
        left = list(wanted)
        for page in layout.pages():
            for one in [one for one in left if one.language == page.language and fnmatch.fnmatch(page.name, one.page)]:
                left.remove(one)
                try:
                    page.show()
                except NoRoomError:  # the check of the layout says so, in a sentence
                    continue
                for _ in range(SETTLE_FRAMES):
                    yield
                picture().save(one.path)
                kept(one)
            if not left:
                break
        app.stop()

    def begin() -> None:
        steps = frames()
        every(0, lambda: next(steps, None))

    app.on_begin = begin
    app.run()
