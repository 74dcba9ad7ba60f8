"""Which words do not fit: in a language or at a window size that nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView

from hardware.typesetting.block import widest_piece

SLACK_PX = 2.0
"""Rounding of texture sizes is no fault."""

Frame = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels of the window."""


@dataclass(frozen=True, slots=True)
class Clipped:
    """A label whose words are larger than the room they have."""

    text: str
    needs: tuple[float, float]
    room: tuple[float, float]


def clipped(root: Any, window: tuple[float, float]) -> list[Clipped]:  # noqa: ANN401 - any widget
    """Return every visible label under `root` whose words leave its box, its parents' boxes or the window."""
    return list(_walk(root, (0.0, 0.0, *window)))


def _walk(widget: Any, frame: Frame) -> Iterator[Clipped]:  # noqa: ANN401 - any widget
    if widget.opacity == 0:
        return
    box = _frame(widget)
    if isinstance(widget, Label) and widget.text.strip():
        fault = _fault(widget, box, frame)
        if fault is not None:
            yield fault
    if isinstance(widget, ScrollView):
        # What scrolls may be as high as it likes; only its width has to fit.
        inner = (max(frame[0], box[0]), float("-inf"), min(frame[2], box[2]), float("inf"))
    else:
        inner = frame if not widget.children else _common(frame, box)
    for child in widget.children:
        yield from _walk(child, inner)


def _fault(label: Any, box: Frame, frame: Frame) -> Clipped | None:  # noqa: ANN401 - a Kivy label
    label.texture_update()
    needs = tuple(label.texture_size)
    room = _common(box, frame)
    size = (room[2] - room[0], room[3] - room[1])
    longest = widest_piece(label.text, size_px=label.font_size, bold=label.bold)
    fits = needs[0] <= size[0] + SLACK_PX and needs[1] <= size[1] + SLACK_PX and longest <= size[0] + SLACK_PX
    return None if fits else Clipped(label.text, (max(needs[0], longest), needs[1]), size)


def _frame(widget: Any) -> Frame:  # noqa: ANN401 - any widget
    left, bottom = widget.to_window(widget.x, widget.y)
    return left, bottom, left + widget.width, bottom + widget.height


def _common(one: Frame, other: Frame) -> Frame:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
