"""Draws the screen on which a keypad is learnt. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.panel.lists import Pool
from hardware.panel.targets import TargetsFile
from hardware.panel.widgets import make
from kiosk.voice.lesson import LessonPage

RULES = Path(__file__).with_name("lesson.kv")


class LessonWidget:
    """The widgets of the lesson, built once."""

    def __init__(self, touch: Callable[[str], None], targets: TargetsFile | None) -> None:
        """`touch` gets the name of a button that was touched."""
        self.root: Any = make("LessonRoot")
        self._targets = targets
        self._lines = Pool(self.root.ids.learnt, lambda: make("LessonLine"))
        for name in ("skip", "again", "end"):
            self.root.ids[name].bind(on_release=lambda it: touch(it.target))

    def show(self, page: LessonPage) -> None:
        """Draw a page."""
        ids = self.root.ids
        ids.title.text, ids.prompt.text, ids.remark.text = page.title, page.prompt, page.remark
        for made, (name, key) in zip(self._lines.take(len(page.learnt)), page.learnt, strict=True):
            made.ids.name.text, made.ids.key.text = name, key
        for name, title in (("skip", page.skip), ("again", page.again), ("end", page.end)):
            ids[name].title, ids[name].disabled = title, not title
        if self._targets is not None:
            self._targets.changed(self.root, f"lesson-{len(page.learnt)}")
