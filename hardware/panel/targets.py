"""Tells outside programs where the touch targets are, so that they can touch the true window."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window

TARGETS_VARIABLE = "ANTREAN_TARGETS"
"""Path of the JSON file; unset, nothing is written."""

Box = tuple[int, int, int, int]


class TargetsFile:
    """Writes `{"screen", "size", "targets": {name: [x, y, w, h]}}` once the screen has come to rest.

    Pixels of the window from its top left; only what is visible and would react to a touch, and what a widget has
    `told`: the lines of a display, which nobody touches.
    """

    def __init__(self, path: Path, *, rest_s: float) -> None:
        self._path = path
        self._root: Any = None
        self._screen = ""
        self._rest_s, self._due_s = rest_s, 0.0
        self._write = Clock.create_trigger(self._written, rest_s)

    def changed(self, root: Any, screen: str) -> None:  # noqa: ANN401 - any widget
        """Write anew: `rest_s` after another screen came, or soon after a change of this one."""
        if screen != self._screen:
            self._write.cancel()
            self._due_s = time.monotonic() + self._rest_s
        self._root, self._screen = root, screen
        self._write()

    def _written(self, _elapsed: float) -> None:
        left_s = self._due_s - time.monotonic()
        if left_s > 0:  # Kivy counts from the beginning of the frame, and what was drawn in it may have taken long
            Clock.schedule_once(self._written, left_s)
            return
        content = {
            "screen": self._screen,
            "size": [int(Window.width), int(Window.height)],
            "targets": dict(targets(self._root, (Window.width, Window.height))),
        }
        part = self._path.with_name(self._path.name + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(self._path)


def targets_file(environ: Mapping[str, str] = os.environ, *, rest_s: float = 0.1) -> TargetsFile | None:
    """Return the writer that the environment asks for, if it does."""
    path = environ.get(TARGETS_VARIABLE)
    return TargetsFile(Path(path), rest_s=rest_s) if path else None


def targets(root: Any, window: tuple[float, float]) -> Iterator[tuple[str, Box]]:  # noqa: ANN401 - any widget
    """Yield name and box of every touch target under `root` that can be seen and touched."""
    if root.opacity == 0 or root.disabled:
        return
    name = getattr(root, "target", "") or getattr(root, "told", "")
    if name and getattr(root, "possible", True):
        box = _box(root, window)
        if box is not None:
            yield name, box
    for child in root.children:
        yield from targets(child, window)


def _box(widget: Any, window: tuple[float, float]) -> Box | None:  # noqa: ANN401 - any widget
    left, bottom = widget.to_window(widget.x, widget.y)
    right, top = min(left + widget.width, window[0]), min(bottom + widget.height, window[1])
    left, bottom = max(left, 0), max(bottom, 0)
    if right - left < 1 or top - bottom < 1:
        return None
    return round(left), round(window[1] - top), round(right - left), round(top - bottom)
