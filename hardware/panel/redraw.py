"""Draws of a window only what has changed, where no graphics card draws. Import after `window.prepare`.

Kivy draws the whole window for each change. Without a graphics card that is 50 to 80 ms on a panel of two million
pixels, most of it filling pixels that stay as they were: a button is seen pressed that much later. Here the frame is
cut to the box around what has changed; where nothing is known of a change, or much has changed, it is drawn whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import BindTexture, Canvas, CanvasBase, Color
from kivy.graphics.instructions import InstructionGroup, VertexInstruction
from kivy.graphics.opengl import (
    GL_RENDERER,
    GL_RGBA,
    GL_SCISSOR_TEST,
    GL_UNSIGNED_BYTE,
    glDisable,
    glEnable,
    glGetString,
    glReadPixels,
    glScissor,
)
from kivy.uix.label import Label
from kivy.uix.stencilview import StencilView

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels of the window."""

BY_PROCESSOR = ("llvmpipe", "softpipe", "swrast")
"""How Mesa calls what draws without a graphics card."""
MOST = 0.8
"""A change of a larger share of the window is drawn whole: there is little to save."""
BEYOND_PX = 4.0
BEYOND_SHARE = 0.1
"""How far a widget may draw beyond its box: rings and edges, and the corners of a lane's mark."""
QUIET_S = 1.5
"""So long after the last part the whole is drawn once: whatever was overlooked is not overlooked for long."""

_log = logging.getLogger(__name__)


class _Drawn:
    """What was drawn of one widget with the last frame, and below it."""

    __slots__ = ("around", "box", "children", "look", "opacity")

    def __init__(self) -> None:
        self.box: Box | None = None
        """What it draws itself."""
        self.around: Box | None = None
        """What it and all below it draw."""
        self.children: dict[Any, _Drawn] = {}
        self.opacity = 1.0
        self.look: tuple[object, ...] = ()


class Changes:
    """Finds the box around everything below some widgets that is drawn otherwise than before.

    Kivy marks a canvas, and all around it, when something on it is changed, and takes the marks away as it draws: what
    is not marked is not looked at. None stands for "anywhere".
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[Any, _Drawn] = {}

    def since(self, roots: list[Any]) -> Box | None:
        """Return the box around what has changed since the last call, empty where nothing has; None for anywhere."""
        if list(self._known) != roots:
            self._known = {root: _read(root) for root in roots}
            return None
        found: list[Box] = []
        for root, drawn in self._known.items():
            _compare(root, drawn, found)
        return _around(found) or (0.0, 0.0, 0.0, 0.0)


def _compare(widget: Any, drawn: _Drawn, found: list[Box]) -> None:  # noqa: ANN401 - any widget
    """Add the boxes of what has changed in a widget and below it, and take down how it is drawn now."""
    canvas = widget.canvas
    opacity, children = canvas.opacity, list(reversed(widget.children))
    if not canvas.needs_redraw or (opacity == 0 and drawn.opacity == 0):
        return
    common = [child for child in children if child in drawn.children]
    is_moved = common != [child for child in drawn.children if child in set(children)]
    if opacity != drawn.opacity or is_moved or _is_hidden_from_us(canvas):
        found += [box for box in (drawn.around,) if box is not None]
        now = _read(widget)
        found += [box for box in (now.around,) if box is not None]
        drawn.box, drawn.around, drawn.children = now.box, now.around, now.children
        drawn.opacity, drawn.look = now.opacity, now.look
        return
    known: dict[Any, _Drawn] = {}
    has_changed_child = len(common) != len(children) or len(common) != len(drawn.children)
    for gone in drawn.children.keys() - set(children):
        found += [box for box in (drawn.children[gone].around,) if box is not None]
    for child in children:
        if child in drawn.children:
            known[child] = drawn.children[child]
            has_changed_child = has_changed_child or child.canvas.needs_redraw
            _compare(child, known[child], found)
        else:
            known[child] = _read(child)
            found += [box for box in (known[child].around,) if box is not None]
    drawn.children = known
    box, look = _box(widget), _look(canvas)
    if not has_changed_child or _is_marked(canvas) or (box, look) != (drawn.box, drawn.look):
        found += [each for each in (drawn.box, box) if each is not None]
    drawn.box, drawn.look = box, look
    drawn.around = _around_all(widget, drawn)


def _read(widget: Any) -> _Drawn:  # noqa: ANN401 - any widget
    drawn = _Drawn()
    drawn.opacity = widget.canvas.opacity
    drawn.children = {child: _read(child) for child in reversed(widget.children)}
    drawn.box, drawn.look = _box(widget), _look(widget.canvas)
    drawn.around = _around_all(widget, drawn) if drawn.opacity else None
    return drawn


def _around_all(widget: Any, drawn: _Drawn) -> Box | None:  # noqa: ANN401 - any widget
    """Return the box around what it and all below it draw; of a list nothing is seen beyond its view."""
    if isinstance(widget, StencilView):
        return (*widget.to_window(widget.x, widget.y), *widget.to_window(widget.right, widget.top))
    return _around([each for each in (drawn.box, *(child.around for child in drawn.children.values())) if each])


def _own(canvas: Any) -> Iterator[Any]:  # noqa: ANN401 - a canvas
    """Yield what a widget draws itself: what stands on its canvas but for the canvases of its children."""
    for each in canvas.children:
        if isinstance(each, Canvas):
            continue
        if isinstance(each, InstructionGroup):
            yield from _own(each)
        else:
            yield each


def _is_marked(canvas: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether something is marked that the widget draws itself. A colour is marked for ever: see `_look`."""
    groups = (each for each in canvas.children if isinstance(each, CanvasBase) and not isinstance(each, Canvas))
    return any(group.needs_redraw for group in groups) or any(
        each.needs_redraw for each in canvas.children if isinstance(each, VertexInstruction)
    )


def _look(canvas: Any) -> tuple[object, ...]:  # noqa: ANN401 - the same
    return tuple(tuple(each.rgba) if isinstance(each, Color) else id(each) for each in _own(canvas))


def _is_hidden_from_us(canvas: Any) -> bool:  # noqa: ANN401 - the same
    """Tell whether it draws by more than colours and shapes, such as the shift of a list: it may be anywhere within."""
    return not all(isinstance(each, Color | VertexInstruction | BindTexture) for each in _own(canvas))


def _box(widget: Any) -> Box | None:  # noqa: ANN401 - any widget
    own = [each for each in _own(widget.canvas) if isinstance(each, VertexInstruction)]
    if not own:
        return None
    boxes = [(widget.x, widget.y, widget.right, widget.top)]
    for each in own:
        if hasattr(each, "size") and hasattr(each, "pos"):
            (left, bottom), (width, height) = each.pos, each.size
            boxes.append((left, bottom, left + width, bottom + height))
    if isinstance(widget, Label):
        across, up = widget.texture_size[0] / 2, widget.texture_size[1] / 2
        boxes.append((widget.center_x - across, widget.center_y - up, widget.center_x + across, widget.center_y + up))
    left, bottom, right, top = _around(boxes) or (0.0, 0.0, 0.0, 0.0)
    more = BEYOND_PX + BEYOND_SHARE * min(right - left, top - bottom)
    x, y = widget.to_window(left, bottom)
    return x - more, y - more, x + right - left + more, y + top - bottom + more


def _around(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


class Redraw:
    """Stands in for Kivy's drawing of a whole window."""

    def __init__(self) -> None:
        """Draw whole until it was seen that a frame stays where it was drawn."""
        self._changes = Changes()
        self.parts = 0
        """How many frames were not drawn whole."""
        self._stays: bool | None = None
        self._whole = (0, 0)
        self._ground: object = None
        self._again = Clock.create_trigger(lambda _elapsed: self.draw_whole(), QUIET_S)
        self._is_owed = False

    def begin(self) -> None:
        """Draw so from now on."""
        Window.bind(on_draw=self._draw, on_flip=self._look_whether_it_stays)

    def end(self) -> None:
        """Leave it to Kivy again."""
        self._again.cancel()
        Window.unbind(on_draw=self._draw, on_flip=self._look_whether_it_stays)

    def _draw(self, *_window: object) -> bool:
        box = self._changes.since(list(reversed(Window.children)))
        size, ground = tuple(Window.system_size), tuple(Window.clearcolor)
        is_known = (size, ground) == (self._whole, self._ground)
        self._whole, self._ground = size, ground
        part = _pixels(box, size) if box is not None and is_known and self._stays and not self._is_owed else None
        self._is_owed = False
        if part is None:
            self._again.cancel()
            _draw()
            return True
        self.parts += 1
        glEnable(GL_SCISSOR_TEST)
        glScissor(*part)
        try:
            _draw()
        finally:
            glDisable(GL_SCISSOR_TEST)
        self._again.cancel()
        self._again()
        return True

    def draw_whole(self) -> None:
        """Draw all of it with the next frame."""
        self._is_owed = True
        Window.canvas.ask_update()

    def _look_whether_it_stays(self, *_window: object) -> bool:
        """Show the first frame, and see whether it can be drawn on: a window that has two pictures by turns cannot."""
        if self._stays is not None or not any(self._whole):
            return False
        before = _seen(self._whole)
        if len(set(before)) == 1:
            return False  # a frame of one colour shows nothing
        Window.flip()
        self._stays = _seen(self._whole) == before
        if not self._stays:
            _log.info("each frame is drawn whole: the window does not keep the last one")
        return True


def _draw() -> None:
    Window.clear()
    Window.render_context.draw()


def _seen(size: tuple[Any, ...]) -> bytes:
    return bytes(glReadPixels(0, 0, *size, GL_RGBA, GL_UNSIGNED_BYTE))


def _pixels(box: Box, size: tuple[Any, ...]) -> tuple[int, int, int, int] | None:
    """Return left, bottom, width and height of a part of the window; None where it is most of it, or none of it."""
    left, bottom = max(0, int(box[0])), max(0, int(box[1]))
    right, top = min(size[0], int(box[2]) + 1), min(size[1], int(box[3]) + 1)
    if right <= left or top <= bottom or (right - left) * (top - bottom) > MOST * size[0] * size[1]:
        return None
    return left, bottom, right - left, top - bottom


def draw_changes_alone() -> Redraw | None:
    """Draw only what has changed from now on, where the processor draws and the window stands as it is."""
    name = bytes(glGetString(GL_RENDERER) or b"").decode(errors="replace")
    if (
        not any(mark in name for mark in BY_PROCESSOR)
        or Window.rotation
        or tuple(Window.system_size) != tuple(Window.size)
    ):
        return None
    redraw = Redraw()
    redraw.begin()
    return redraw
