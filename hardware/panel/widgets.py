"""The pieces every screen is made of. They draw what they are told and report touches; they decide nothing.

Drawing rules are in `widgets.kv`; `screen.PanelApp` loads them. Import only after `window.prepare`.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.graphics import Color, Ellipse, Line, Mesh, PopMatrix, PushMatrix, Rotate, SmoothLine
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

RULES = Path(__file__).with_name("widgets.kv")

KINDS = ("plain", "primary", "soft", "quiet", "dark", "good")
"""How much a button asks for attention, from a white card to the one thing to do."""

PRESSED_S = 0.08
"""So long at least a button is seen pressed: several frames, and no finger is quicker by much."""

TONES = ("info", "good", "warn", "bad")

_ONE_TURN = 2 * math.pi
_POLYGONS: dict[str, tuple[int, float]] = {"diamond": (4, 0.0), "square": (4, 0.125), "triangle": (3, 0.25)}
_POLYGON_REACH = {"diamond": 1.0, "square": 1.18, "triangle": 1.12}


class Text(Label):  # type: ignore[misc] # Kivy has no types
    """Words that wrap within their width; the height follows unless `fixed`."""

    tone = StringProperty("ink")
    fixed = BooleanProperty(defaultvalue=False)


class Card(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A rounded surface that holds what belongs together."""

    fill = StringProperty("surface")
    edge = StringProperty("line")


class Touchable(ButtonBehavior):  # type: ignore[misc] # Kivy has no types
    """What shows that it is pressed before it does anything: a short tap changes the page within one frame.

    What it stood for when it was let go counts: if that has changed, or it has gone, the touch is nobody's any more.
    """

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Take note of when it began."""
        taken: bool = super().on_touch_down(touch)
        if touch.ud.get(self) is True:
            touch.ud[self] = time.monotonic()
        return taken

    def on_touch_up(self, touch: Any) -> bool:  # noqa: ANN401 - the same
        """Do what it is for, once it was seen to be pressed."""
        if touch.grab_current is not self:
            taken: bool = super().on_touch_up(touch)
            return taken
        touch.ungrab(self)
        self.last_touch = touch
        if not self.collide_point(*touch.pos):
            self._do_release()
            return True
        meant = self.target
        seen_s = time.monotonic() - touch.ud[self]

        def done(_elapsed: float) -> None:
            self._do_release()
            if self.target == meant and not self.disabled and self.get_parent_window() is not None:
                self.dispatch("on_release")

        if seen_s < PRESSED_S:
            Clock.schedule_once(done, PRESSED_S - seen_s)
        else:
            done(0)
        return True


class BigButton(Touchable, BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A touch target with a title and, if there is one, a subtitle; `badge` is a letter before, `sign` an icon after.

    With a `shape` the badge is the mark of the lane at index `lane` of the office's list.
    `target` names it to the outside (see `targets`).
    """

    target = StringProperty("")
    title = StringProperty("")
    subtitle = StringProperty("")
    note = StringProperty("")
    badge = StringProperty("")
    sign = StringProperty("")
    shape = StringProperty("")
    lane = NumericProperty(0)
    kind = OptionProperty("plain", options=KINDS)
    align = OptionProperty("left", options=("left", "center"))
    size_role = OptionProperty("body", options=("small", "body", "title"))
    ground = StringProperty("surface")
    pressed = StringProperty("primary_soft")
    edge = StringProperty("line")
    ink = StringProperty("ink")
    ink_soft = StringProperty("ink_soft")


class Pill(Touchable, Label):  # type: ignore[misc] # Kivy has no types
    """A small touch target as wide as its words; `chosen` marks the one that holds now."""

    target = StringProperty("")
    chosen = BooleanProperty(defaultvalue=False)


class MoreButton(Touchable, Widget):  # type: ignore[misc] # Kivy has no types
    """A round button over a scroll view that is there while more stands below, and shows it page by page."""

    target = StringProperty("")
    scroll = ObjectProperty(None, allownone=True)
    needed = BooleanProperty(defaultvalue=False)

    def on_scroll(self, _button: object, scroll: Any) -> None:  # noqa: ANN401 - a ScrollView
        """Follow this scroll view from now on."""
        scroll.bind(scroll_y=self._look, size=self._look, viewport_size=self._look)

    def on_release(self) -> None:
        """Scroll on by most of a page, so that the last line stays in sight."""
        hidden = self.scroll.viewport_size[1] - self.scroll.height
        if hidden > 0:
            self.scroll.scroll_y = max(0.0, self.scroll.scroll_y - 0.8 * self.scroll.height / hidden)

    def _look(self, *_changed: object) -> None:
        hidden = self.scroll.viewport_size[1] - self.scroll.height
        self.needed = hidden > 1 and self.scroll.scroll_y * hidden > 1


class Notice(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A coloured banner with an icon, a sentence and what to do; `tone` chooses both. Without words it is hidden."""

    tone = OptionProperty("info", options=TONES)
    title = StringProperty("")
    text = StringProperty("")
    shown = BooleanProperty(defaultvalue=False)
    ground = StringProperty("primary_soft")
    ink = StringProperty("primary")


class StatusLine(BoxLayout):  # type: ignore[misc] # Kivy has no types
    """A dot and a short sentence: whether the screen is connected."""

    tone = OptionProperty("good", options=TONES)
    text = StringProperty("")
    ink = StringProperty("ink_soft")


class Overlay(FloatLayout):  # type: ignore[misc] # Kivy has no types
    """A veil over the whole screen that takes every touch while it is `shown`."""

    shown = BooleanProperty(defaultvalue=False)

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Keep touches from what lies below."""
        if not self.shown:
            return False
        super().on_touch_down(touch)
        return True


class TouchScreen(FloatLayout):  # type: ignore[misc] # Kivy has no types
    """The root of a screen that visitors touch: it says so after each touch, whatever the touch did."""

    __events__ = ("on_touched",)

    def on_touch_up(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Let the touch do its work, then report that there was one."""
        taken: bool = super().on_touch_up(touch)
        self.dispatch("on_touched")
        return taken

    def on_touched(self) -> None:
        """Do nothing by default; screens bind to it."""


class _Drawn(Widget):  # type: ignore[misc] # Kivy has no types
    """Base of what is drawn by hand: it draws itself anew when place, size or a drawing property changes."""

    drawing: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - whatever Kivy's properties take
        super().__init__(**properties)
        for name in ("pos", "size", *self.drawing):
            self.fbind(name, self._redraw)
        self._redraw()

    def _redraw(self, *_changed: object) -> None:
        # Not `canvas`: it also holds the canvases of children, such as a mark's letter.
        self.canvas.before.clear()
        radius = min(self.width, self.height) / 2
        if radius > 1:
            with self.canvas.before:
                self.draw(self.center_x, self.center_y, radius)

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw within the circle of `radius` around (x, y)."""


class LaneMark(_Drawn):
    """A lane's sign: its shape in its colour around its letter, so that colour never stands alone."""

    drawing: ClassVar[tuple[str, ...]] = ("shape", "colour", "inner", "letter")
    shape = OptionProperty("circle", options=("circle", "diamond", "square", "triangle", "star"))
    letter = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))
    inner = ColorProperty((1, 1, 1, 1))

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the shape, and its ground for the letter within it."""
        Color(*self.colour)
        self._shape(x, y, radius)
        Color(*self.inner)
        self._shape(x, y, radius * (0.76 if self.letter else 0.5))

    def _shape(self, x: float, y: float, radius: float) -> None:
        if self.shape == "circle":
            Ellipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius), segments=90)
            SmoothLine(circle=(x, y, radius), width=1.01)  # a SmoothEllipse has a seam, which shows where it is faded
            return
        points = outline(self.shape, x, y, radius)
        vertices: list[float] = [x, y, 0, 0]
        for px, py in (*points, points[0]):
            vertices += [px, py, 0, 0]
        Mesh(vertices=vertices, indices=list(range(len(points) + 2)), mode="triangle_fan")
        SmoothLine(points=[part for point in points for part in point], width=1.01, close=True)


def outline(shape: str, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Return the corners of a lane's shape around (x, y)."""
    if shape == "star":
        return [
            (
                x + radius * (1.0 if corner % 2 == 0 else 0.5) * math.sin(_ONE_TURN * corner / 10),
                y + radius * (1.0 if corner % 2 == 0 else 0.5) * math.cos(_ONE_TURN * corner / 10),
            )
            for corner in range(10)
        ]
    corners, turn = _POLYGONS[shape]
    reach = radius * _POLYGON_REACH[shape]
    first = {"diamond": 0.0, "square": turn, "triangle": 0.0}[shape]
    drop = radius * 0.2 if shape == "triangle" else 0.0
    return [
        (
            x + reach * math.sin(_ONE_TURN * (first + corner / corners)),
            y - drop + reach * math.cos(_ONE_TURN * (first + corner / corners)),
        )
        for corner in range(corners)
    ]


ICON_STROKES: dict[str, tuple[tuple[float, ...], ...]] = {
    "next": ((-0.25, 0.55, 0.3, 0.0, -0.25, -0.55),),
    "down": ((-0.55, 0.25, 0.0, -0.3, 0.55, 0.25),),
    "back": ((0.25, 0.55, -0.3, 0.0, 0.25, -0.55),),
    "check": ((-0.55, 0.02, -0.15, -0.4, 0.6, 0.42),),
    "close": ((-0.45, 0.45, 0.45, -0.45), (-0.45, -0.45, 0.45, 0.45)),
    "plus": ((-0.5, 0.0, 0.5, 0.0), (0.0, -0.5, 0.0, 0.5)),
    "info": ((0.0, 0.12, 0.0, -0.5), (0.0, 0.46, 0.0, 0.5)),
    "alert": ((0.0, 0.52, 0.0, -0.1), (0.0, -0.46, 0.0, -0.5)),
    "home": (
        (-0.65, 0.0, 0.0, 0.6, 0.65, 0.0),
        (-0.45, 0.15, -0.45, -0.55, 0.45, -0.55, 0.45, 0.15),
    ),
    "document": (
        (-0.42, 0.62, 0.18, 0.62, 0.44, 0.34, 0.44, -0.62, -0.42, -0.62, -0.42, 0.62),
        (-0.2, 0.08, 0.2, 0.08),
        (-0.2, -0.24, 0.2, -0.24),
    ),
    "person": (
        (-0.55, -0.6, -0.5, -0.25, -0.25, -0.05, 0.25, -0.05, 0.5, -0.25, 0.55, -0.6),
        (0.0, 0.62, 0.21, 0.53, 0.3, 0.32, 0.21, 0.11, 0.0, 0.02, -0.21, 0.11, -0.3, 0.32, -0.21, 0.53, 0.0, 0.62),
    ),
    "ticket": (
        (-0.46, -0.66, -0.46, 0.68, 0.46, 0.68, 0.46, -0.66),
        (0.46, -0.66, 0.31, -0.52, 0.155, -0.66, 0.0, -0.52, -0.155, -0.66, -0.31, -0.52, -0.46, -0.66),
        (-0.22, 0.4, 0.22, 0.4),
        (-0.22, 0.08, 0.22, 0.08),
        (-0.22, -0.2, 0.04, -0.2),
    ),
    "clock": ((0.0, 0.42, 0.0, 0.0, 0.28, -0.16),),
    "printer": (
        (-0.35, 0.25, -0.35, 0.62, 0.35, 0.62, 0.35, 0.25),
        (-0.35, -0.3, -0.65, -0.3, -0.65, 0.25, 0.65, 0.25, 0.65, -0.3, 0.35, -0.3),
        (-0.35, -0.05, 0.35, -0.05, 0.35, -0.62, -0.35, -0.62, -0.35, -0.05),
    ),
}
_RINGED = frozenset({"info", "alert", "clock"})
_TICKS_SLOWLY = 12


def _stroke(width: float, **shape: Any) -> None:  # noqa: ANN401 - what Kivy's lines take
    """Draw a line with round ends, and its edge smoothed: SmoothLine alone has neither ends nor joints."""
    Line(width=max(0.6, width - 0.5), cap="round", joint="round", **shape)
    SmoothLine(width=max(1.0, width - 0.5), **shape)


class Icon(_Drawn):
    """A sign of a few strokes; see `ICON_STROKES` for the names. An empty name draws nothing."""

    drawing: ClassVar[tuple[str, ...]] = ("name", "colour", "thickness")
    name = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))
    thickness = NumericProperty(0.07)

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the strokes, scaled to the radius."""
        if not self.name:
            return
        Color(*self.colour)
        width = max(1.1, radius * self.thickness)
        for stroke in ICON_STROKES[self.name]:
            points = [(x if at % 2 == 0 else y) + part * radius for at, part in enumerate(stroke)]
            _stroke(width, points=points)
        if self.name in _RINGED:
            _stroke(width, circle=(x, y, radius * 0.86))


class Busy(_Drawn):
    """A ring that a bead walks round, one step a tick: work goes on. It never flashes."""

    drawing: ClassVar[tuple[str, ...]] = ("step", "colour", "track")
    step = NumericProperty(0)
    colour = ColorProperty((0, 0, 0, 1))
    track = ColorProperty((0.8, 0.8, 0.8, 1))

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the ring and its bead."""
        width = radius * 0.1
        Color(*self.track)
        _stroke(width, circle=(x, y, radius - width))
        Color(*self.colour)
        PushMatrix()
        Rotate(angle=-360 / _TICKS_SLOWLY * self.step, origin=(x, y))
        _stroke(width, circle=(x, y, radius - width, -35, 35))
        PopMatrix()


class Code(_Drawn):
    """A QR code; `rows` are its modules as strings of 0 and 1."""

    drawing: ClassVar[tuple[str, ...]] = ("rows", "colour")
    rows = ListProperty([])
    colour = ColorProperty((0, 0, 0, 1))

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the dark modules as squares on whole pixels."""
        if not self.rows:
            return
        side = max(1, int(2 * radius / len(self.rows)))
        left, top = x - side * len(self.rows) / 2, y + side * len(self.rows) / 2
        Color(*self.colour)
        for row, modules in enumerate(self.rows):
            for start, length in dark_runs(modules):
                self._run(left + start * side, top - (row + 1) * side, length * side, side)

    def _run(self, left: float, bottom: float, width: float, height: float) -> None:
        corners = (left, bottom, left + width, bottom, left + width, bottom + height, left, bottom + height)
        vertices: list[float] = []
        for at in range(0, 8, 2):
            vertices += [corners[at], corners[at + 1], 0, 0]
        Mesh(vertices=vertices, indices=[0, 1, 2, 3], mode="triangle_fan")


def dark_runs(modules: str) -> list[tuple[int, int]]:
    """Return (start, length) of each run of 1 in a row of modules."""
    runs: list[tuple[int, int]] = []
    start = None
    for at, module in enumerate(modules + "0"):
        if module == "1":
            start = at if start is None else start
        elif start is not None:
            runs.append((start, at - start))
            start = None
    return runs


def make(name: str) -> Any:  # noqa: ANN401 - whatever the rules call so
    """Return a new widget of the class that a kv file calls `name`."""
    return Factory.get(name)()
