"""The pieces every screen is made of. They draw what they are told and report touches; they decide nothing.

Drawing rules are in `widgets.kv`; `screen.PanelApp` loads them. Import only after `window.prepare`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.graphics import Color, Ellipse, Line, Mesh, PopMatrix, PushMatrix, Rectangle, Rotate, SmoothLine
from kivy.graphics.texture import Texture
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
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from PIL import Image, ImageDraw, ImageFont

from hardware.icons import ICONS
from hardware.panel.turning import Box
from hardware.panel.window import FONTS

RULES = Path(__file__).with_name("widgets.kv")


PRESSED_S = 0.06
"""So long at least a button is taken for pressed: several frames, and few fingers are quicker."""

TONES = ("info", "good", "warn", "bad")

_ONE_TURN = 2 * math.pi
_POLYGONS: dict[str, tuple[int, float]] = {"diamond": (4, 0.0), "square": (4, 0.125), "triangle": (3, 0.25)}
_POLYGON_REACH = {"diamond": 1.0, "square": 1.18, "triangle": 1.12}


class Text(Label):  # type: ignore[misc] # Kivy has no types
    """Words that wrap within their width; the height follows unless `fixed`."""

    tone = StringProperty("ink")
    is_key = BooleanProperty(defaultvalue=False)
    fixed = BooleanProperty(defaultvalue=False)


class Band(Label):  # type: ignore[misc] # Kivy has no types
    """What stands above a whole screen that is not what it seems: black on amber in every mode, and nowhere else."""

    ground = ColorProperty((1, 0.75, 0, 1))
    share = NumericProperty(1.0)
    """Of the size of running text."""


class Card(Box):
    """A rounded surface that holds what belongs together."""

    fill = StringProperty("surface")
    edge = StringProperty("rule")


@dataclass(frozen=True, slots=True)
class Style:
    """The colours of a component in one state, by their names in the theme."""

    ground: str
    edge: str
    ink: str
    ink_soft: str


STYLES: Mapping[str, Style] = {
    "plain": Style("surface", "line", "ink", "ink_soft"),
    "primary": Style("primary", "primary", "on_primary", "on_primary_soft"),
    "soft": Style("primary_soft", "line", "primary", "ink_soft"),
    "quiet": Style("ground", "line", "ink", "ink_soft"),
    "good": Style("good_soft", "good", "ink", "ink"),
    "access": Style("access_soft", "access", "ink", "ink"),
    "chosen": Style("on_band", "on_band", "band", "band"),
    "band": Style("band", "on_band_soft", "on_band", "on_band_soft"),
}
"""How much a component asks for attention, from a white card to the one thing to do; `band` stands on the head."""
PRESSED = Style("pressed", "on_pressed", "on_pressed", "on_pressed")
PRESSED_PRIMARY = Style("primary_dark", "primary_dark", "on_primary", "on_primary_soft")
IMPOSSIBLE = Style("ground", "rule", "ink_soft", "ink_soft")


class Touchable(ButtonBehavior):  # type: ignore[misc] # Kivy has no types
    """What shows that it is pressed before it does anything: a short tap changes the page within one frame.

    What it stood for when it was let go counts: if that has changed, or it has gone, the touch is nobody's any more.
    `target` names it to the outside (see `targets`). What is `disabled` takes no touch for now and looks the same; what
    is not `possible` says so by its look. `focused` draws the ring of keys.
    """

    target = StringProperty("")
    kind = OptionProperty("plain", options=tuple(STYLES))
    style = ObjectProperty(STYLES["plain"], rebind=True)
    possible = BooleanProperty(defaultvalue=True)
    focused = BooleanProperty(defaultvalue=False)

    def styled(self, kind: str, state: str, possible: bool) -> Style:  # noqa: FBT001 - called by the rules, on each change
        """Return the colours of this kind in this state."""
        if not possible:
            return IMPOSSIBLE
        if state == "down":
            return PRESSED_PRIMARY if kind == "primary" else PRESSED
        return STYLES[kind]

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ANN401 - Kivy's touch has no type
        """Take note of when it began."""
        if not self.possible and self.collide_point(*touch.pos):
            return True
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
            if self.target == meant and self.possible and not self.disabled and self.get_parent_window() is not None:
                self.dispatch("on_release")

        if seen_s < PRESSED_S:
            Clock.schedule_once(done, PRESSED_S - seen_s)
        else:
            done(0)
        return True


class BigButton(Touchable, Box):
    """A touch target with a title and, if there is one, a subtitle; `badge` is a letter before, `sign` an icon after.

    With a `shape` the badge is the mark of the lane at index `lane` of the office's list.
    """

    LEADING: ClassVar[frozenset[str]] = frozenset({"arrow_back", "home"})
    """Signs that stand before the words: they lead back."""

    title = StringProperty("")
    subtitle = StringProperty("")
    note = StringProperty("")
    badge = StringProperty("")
    sign = StringProperty("")
    shape = StringProperty("")
    lane = NumericProperty(0)
    align = OptionProperty("left", options=("left", "center"))
    size_role = OptionProperty("body", options=("small", "body", "title"))


class Pill(Touchable, Label):  # type: ignore[misc] # Kivy has no types
    """A small touch target as wide as its words; `chosen` marks the one that holds now."""

    chosen = BooleanProperty(defaultvalue=False)


class MoreButton(Touchable, Widget):  # type: ignore[misc] # Kivy has no types
    """A round button over a scroll view that is there while more stands below, and shows it page by page."""

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


class Notice(Box):
    """A coloured banner with an icon, a sentence and what to do; `tone` chooses both. Without words it is hidden."""

    tone = OptionProperty("info", options=TONES)
    title = StringProperty("")
    text = StringProperty("")
    shown = BooleanProperty(defaultvalue=False)
    ground = StringProperty("primary_soft")
    ink = StringProperty("primary")


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


class Drawn(Widget):  # type: ignore[misc] # Kivy has no types
    """Base of what is drawn by hand: drawn anew in the next frame when place, size or a drawing property changes."""

    drawing: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **properties: Any) -> None:  # noqa: ANN401 - whatever Kivy's properties take
        super().__init__(**properties)
        # Once in a frame: while a page is laid out, a widget is moved and sized many times.
        again = Clock.create_trigger(self._redraw, -1)
        for name in ("pos", "size", *self.drawing):
            self.fbind(name, again)
        again()

    def _redraw(self, *_changed: object) -> None:
        # Not `canvas`: it also holds the canvases of children, such as a mark's letter.
        self.canvas.before.clear()
        radius = min(self.width, self.height) / 2
        if radius > 1:
            with self.canvas.before:
                # Not `center_x`: Kivy may not have reckoned it anew when it tells of another width.
                self.draw(self.x + self.width / 2, self.y + self.height / 2, radius)

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw within the circle of `radius` around (x, y)."""


class LaneMark(Drawn):
    """A lane's sign: its shape in its colour around its letter, so that colour never stands alone."""

    drawing: ClassVar[tuple[str, ...]] = ("shape", "colour", "inner", "outer", "letter")
    shape = OptionProperty("circle", options=("circle", "diamond", "square", "triangle", "star"))
    letter = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))
    inner = ColorProperty((1, 1, 1, 1))
    outer = ColorProperty((0, 0, 0, 1))

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the shape with an outline that stands out from any ground, and its ground for the letter within it."""
        Color(*self.outer)
        self._shape(x, y, radius)
        Color(*self.colour)
        self._shape(x, y, radius - max(1.0, radius * 0.05))
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


_TICKS_SLOWLY = 12
_QUIET_MODULES = 4
"""White around a QR code (ISO/IEC 18004)."""


def _stroke(width: float, **shape: Any) -> None:  # noqa: ANN401 - what Kivy's lines take
    """Draw a line with round ends, and its edge smoothed: SmoothLine alone has neither ends nor joints."""
    Line(width=max(0.6, width - 0.5), cap="round", joint="round", **shape)
    SmoothLine(width=max(1.0, width - 0.5), **shape)


@lru_cache(maxsize=256)
def _sign(name: str, px: int) -> Any:  # noqa: ANN401 - a texture
    """Return a sign as a white picture of its size; KeyError for an unknown name."""
    mask = Image.new("L", (px, px))
    ImageDraw.Draw(mask).text(
        (0, px), ICONS[name], font=ImageFont.truetype(FONTS / "Icons.ttf", px), fill=255, anchor="ls"
    )
    white = Image.new("L", (px, px), 255)
    texture = Texture.create((px, px), colorfmt="rgba")
    texture.blit_buffer(Image.merge("RGBA", (white, white, white, mask)).tobytes(), colorfmt="rgba")
    texture.flip_vertical()
    return texture


MIRRORED: Mapping[str, str] = {"arrow_back": "arrow_forward", "arrow_forward": "arrow_back"}
"""What a sign becomes where the page is read from the right; a clock or a check mark stays as it is."""


class Icon(Drawn):
    """A sign of `hardware.icons`, as large as its box and on whole pixels; an empty name draws nothing.

    Arrows point the other way on a page that is read from the right.
    """

    drawing: ClassVar[tuple[str, ...]] = ("name", "colour", "rtl")
    rtl = BooleanProperty(defaultvalue=False)
    name = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the sign in its colour."""
        if self.name:
            side = int(2 * radius)
            Color(*self.colour)
            name = MIRRORED.get(self.name, self.name) if self.rtl else self.name
            Rectangle(texture=_sign(name, side), pos=(int(x - side / 2), int(y - side / 2)), size=(side, side))


class Busy(Drawn):
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


class Code(Drawn):
    """A QR code; `rows` are its modules as strings of 0 and 1."""

    drawing: ClassVar[tuple[str, ...]] = ("rows", "colour", "ground")
    rows = ListProperty([])
    colour = ColorProperty((0, 0, 0, 1))
    ground = ColorProperty((1, 1, 1, 0))
    """Of the quiet zone, where what lies around is not white; without opacity there is none."""

    def draw(self, x: float, y: float, radius: float) -> None:
        """Draw the dark modules as squares on whole pixels."""
        if not self.rows:
            return
        has_ground = self.ground[3] > 0
        count = len(self.rows) + (2 * _QUIET_MODULES if has_ground else 0)
        side = max(1, int(2 * radius / count))
        left, top = int(x - side * len(self.rows) / 2), int(y + side * len(self.rows) / 2)
        if has_ground:
            Color(*self.ground)
            corner = int(x - side * count / 2), int(y - side * count / 2)
            Rectangle(pos=corner, size=(side * count, side * count))
        Color(*self.colour)
        for row, modules in enumerate(self.rows):
            runs = [(left + start * side, left + (start + length) * side) for start, length in dark_runs(modules)]
            if runs:
                _boxes(runs, top - (row + 1) * side, top - row * side)


def _boxes(runs: Sequence[tuple[float, float]], bottom: float, top: float) -> None:
    """Draw boxes in a row, each from left to right: in one instruction, as a code has hundreds."""
    vertices, indices = list[float](), list[int]()
    for left, right in runs:
        first = len(vertices) // 4
        vertices += [left, bottom, 0, 0, right, bottom, 0, 0, right, top, 0, 0, left, top, 0, 0]
        indices += [first, first + 1, first + 2, first, first + 2, first + 3]
    Mesh(vertices=vertices, indices=indices, mode="triangles")


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
