"""What a widget tree paints, in the order in which it does: surfaces, lines, signs and texts, in pixels of the window.

Read from the true canvases, not from what rules meant to say: a contrast is that of two colours that are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kivy.graphics import Color, Ellipse, Line, Mesh, Rectangle, RoundedRectangle
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.stencilview import StencilView

from hardware.colours import Colour
from hardware.panel.widgets import Icon

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels of the window."""

_ASCENDER, _CAPITAL, _DESCENDER = 0.77, 0.72, 0.24
"""How far letters reach from the baseline, in font sizes: l, H and g of Noto Sans."""
_LOW = frozenset("gjpqyQ,;()[]{}|/_§")
_TALL = frozenset("bdfhklijtßÄÖÜÉ()[]{}|/")


@dataclass(frozen=True, slots=True)
class Surface:
    """A filled shape, taken for its box: the corners of a round one are open."""

    owner: Any
    box: Box
    colour: Colour


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line that belongs to a widget, such as its border."""

    owner: Any
    colour: Colour


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon."""

    owner: Any
    box: Box
    colour: Colour


@dataclass(frozen=True, slots=True)
class Words:
    """A label's letters: where they are drawn, and `frame`, what its ancestors leave it of the window."""

    owner: Any
    box: Box
    frame: Box
    colour: Colour
    scrolled: Box | None
    """The view of the list that it stands in, if it does."""


Painted = Surface | Stroke | Sign | Words


def painted(root: Any, window: tuple[float, float]) -> Iterator[Painted]:  # noqa: ANN401 - any widget
    """Yield all that is seen of `root`, from the lowest to the topmost."""
    yield from _painted(root, (0.0, 0.0, *window), None, 1.0)


def _painted(widget: Any, frame: Box, view: Box | None, opacity: float) -> Iterator[Painted]:  # noqa: ANN401 - the same
    opacity *= widget.opacity
    if opacity == 0:
        return
    yield from _own(widget, frame, view, opacity)
    if isinstance(widget, ScrollView):
        # What scrolls may be as high as it likes; only its width has to fit.
        view = common(box_of(widget), view or frame)
        frame = (view[0], float("-inf"), view[2], float("inf"))
    elif widget.children:
        frame = common(frame, box_of(widget))
    for child in reversed(widget.children):
        yield from _painted(child, frame, view, opacity)
    if widget.canvas.has_after and not isinstance(widget, StencilView):
        yield from _shapes(widget, widget.canvas.after, opacity)


def _own(widget: Any, frame: Box, view: Box | None, opacity: float) -> Iterator[Painted]:  # noqa: ANN401 - the same
    """Yield what a widget paints itself, below its children."""
    if isinstance(widget, StencilView):
        return  # its surfaces only say where its children are to be seen
    if isinstance(widget, Icon):
        if widget.name:
            yield Sign(widget, box_of(widget), _faded(tuple(widget.colour), opacity))
        return
    if widget.canvas.has_before:
        yield from _shapes(widget, widget.canvas.before, opacity)
    if isinstance(widget, Label):
        if widget.text.strip():
            yield _words(widget, frame, view, opacity)
    else:
        yield from _shapes(widget, widget.canvas, opacity)


def _shapes(widget: Any, canvas: Any, opacity: float) -> Iterator[Painted]:  # noqa: ANN401 - Kivy's
    colour: Colour = (1.0, 1.0, 1.0, 1.0)
    for drawn in canvas.children:
        if isinstance(drawn, Color):
            colour = tuple(drawn.rgba)
        elif colour[3] * opacity == 0:
            continue
        elif isinstance(drawn, Rectangle | RoundedRectangle | Ellipse):
            (left, bottom), (width, height) = drawn.pos, drawn.size
            if width > 2 and height > 2:  # noqa: PLR2004 - what is not to be seen has the size `Look.unseen`
                yield Surface(widget, _in_window(widget, left, bottom, width, height), _faded(colour, opacity))
        elif isinstance(drawn, Mesh) and drawn.mode in ("triangle_fan", "triangles"):
            across, up = drawn.vertices[0::4], drawn.vertices[1::4]
            if across:
                size = max(across) - min(across), max(up) - min(up)
                box = _in_window(widget, min(across), min(up), *size)
                yield Surface(widget, box, _faded(colour, opacity))
        elif isinstance(drawn, Line):
            yield Stroke(widget, _faded(colour, opacity))


def _words(label: Any, frame: Box, view: Box | None, opacity: float) -> Words:  # noqa: ANN401 - a Kivy label
    label.texture_update()
    core = label._label  # noqa: SLF001 - Kivy has no public word for what has been laid out
    size = label.font_size
    lines = core._cached_lines  # noqa: SLF001 - the same
    width, height = label.texture_size
    left, bottom = label.to_window(label.center_x - width / 2, label.center_y - height / 2)
    pad_left, pad_top, pad_right, _ = core.options["padding"]
    ink = max((line.width for line in lines), default=0)
    left += pad_left + (width - pad_left - pad_right - ink) * core.share_left(lines[0])
    share = {"top": 0.0, "bottom": 1.0}.get(core.options["valign"], 0.5)
    pitch = core._pitch  # noqa: SLF001 - the same
    first = bottom + height - pad_top - (height - core.needed_size[1]) * share - core.first_px
    top = first + size * (_ASCENDER if _TALL & set(label.text) else _CAPITAL)
    last = first - pitch * (len(lines) - 1)
    low = last - (size * _DESCENDER if _LOW & set(label.text) else 0)
    return Words(label, (left, low, left + ink, top), frame, _faded(tuple(label.color), opacity), view)


def _in_window(widget: Any, left: float, bottom: float, width: float, height: float) -> Box:  # noqa: ANN401 - Kivy's
    x, y = widget.to_window(left, bottom)
    return x, y, x + width, y + height


def _faded(colour: Colour, opacity: float) -> Colour:
    return (*colour[:3], colour[3] * opacity)


def box_of(widget: Any) -> Box:  # noqa: ANN401 - any widget
    """Return where a widget is in the window."""
    left, bottom = widget.to_window(widget.x, widget.y)
    return left, bottom, left + widget.width, bottom + widget.height


def common(one: Box, other: Box) -> Box:
    """Return what two boxes share; its right is left of its left where that is nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
