"""Draws a lobby display's sheet, and of it only what has changed. Decides nothing. Import after `window.prepare`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from kivy.core.window import Window
from kivy.graphics import Callback, Color, Rectangle, SmoothLine
from kivy.graphics.opengl import GL_BLEND, glDisable, glEnable
from kivy.graphics.texture import Texture
from kivy.properties import AliasProperty, BooleanProperty
from kivy.uix.image import AsyncImage
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from PIL import Image, ImageDraw

from display.pages.lobby import LobbyPage
from display.pages.sheet import Box, Mark, Media, Sheet, Sign, Surface, Words
from hardware.panel.lists import Pool
from hardware.panel.look import Look
from hardware.panel.targets import TargetsFile
from hardware.panel.widgets import Icon, LaneMark
from hardware.typesetting.block import lay_out as set_line

T = TypeVar("T")


class Line(Label):  # type: ignore[misc] # Kivy has no types
    """One line of words. `is_key` tells that it is what a visitor waits for: number and counter.

    Programs that watch the display find it by its text: nobody touches anything here.
    """

    is_key = BooleanProperty(defaultvalue=False)
    told = AliasProperty(lambda line: line.text, None, bind=("text",))


@lru_cache(maxsize=1)
def _corner() -> Any:  # noqa: ANN401 - a texture
    """Return a quarter of a white disc, its middle in the lower left corner; made once there is a window."""
    side, fine = 64, 4
    picture = Image.new("L", (side * fine, side * fine), 0)
    reach = side * fine
    ImageDraw.Draw(picture).ellipse((-reach, -reach, reach - 1, reach - 1), fill=255)
    alpha = picture.resize((side, side), Image.Resampling.BOX)
    white = Image.new("L", (side, side), 255)
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(Image.merge("RGBA", (white, white, white, alpha)).tobytes(), colorfmt="rgba")
    return texture


_TURNS = (
    (1, 1, 0, 1, 0, 0, 1, 0),
    (0, 1, 1, 1, 1, 0, 0, 0),
    (1, 0, 0, 0, 0, 1, 1, 1),
    (0, 0, 1, 0, 1, 1, 0, 1),
)
"""How that quarter is turned for the lower left, lower right, upper left and upper right corner."""


def _solid(_instruction: object) -> None:
    glDisable(GL_BLEND)


def _mixed(_instruction: object) -> None:
    glEnable(GL_BLEND)


class Area(Widget):  # type: ignore[misc] # Kivy has no types
    """A rounded surface of one colour, with an edge or none.

    Surfaces are most of what a frame costs without a graphics card: all but the corners is laid over what was there
    without being mixed with it, which takes half of what Kivy's smooth rounded rectangle does.
    """

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        with self.canvas:
            self._colour = Color()
            Callback(_solid)
            self._parts = [Rectangle() for _ in range(3)]
            Callback(_mixed)
            self._corners = [Rectangle(texture=_corner(), tex_coords=turn) for turn in _TURNS]
            self._edge_colour = Color()
            self._edge = SmoothLine(width=1.0)

    def draw(self, surface: Surface, box: Box, colour: tuple[float, ...], edge: tuple[float, ...]) -> None:
        """Draw `surface` in the box, whose origin is Kivy's. Corners and parts meet on whole pixels."""
        left, bottom, right, top = round(box.x), round(box.y), round(box.right), round(box.bottom)
        self.pos, self.size = (left, bottom), (right - left, top - bottom)
        radius = max(0, min(round(surface.radius), (right - left) // 2, (top - bottom) // 2))
        self._colour.rgba = colour
        middle, below, above = self._parts
        middle.pos, middle.size = (left, bottom + radius), (right - left, top - bottom - 2 * radius)
        below.pos, below.size = (left + radius, bottom), (right - left - 2 * radius, radius)
        above.pos, above.size = (left + radius, top - radius), below.size
        places = ((left, bottom), (right - radius, bottom), (left, top - radius), (right - radius, top - radius))
        for corner, place in zip(self._corners, places, strict=True):
            corner.pos, corner.size = place, (radius, radius)
        self._edge_colour.rgba = edge
        if surface.edge and edge != colour:
            half = surface.edge_px / 2
            self._edge.width = half
            inner = right - left - 2 * half, top - bottom - 2 * half
            self._edge.rounded_rectangle = (left + half, bottom + half, *inner, max(1.0, radius - half))
        else:
            self._edge.points = []


def film(path: str) -> Any:  # noqa: ANN401 - Kivy has no types
    """Return a widget that plays a film without sound, again and again. Needs ffpyplayer."""
    from kivy.uix.video import Video  # noqa: PLC0415 - reads which players there are when it is imported

    return Video(source=path, state="play", volume=0, options={"eos": "loop"}, size_hint=(None, None))


def picture(path: str) -> Any:  # noqa: ANN401 - the same
    """Return a widget that shows a picture as large as its box, whole; it is read on a thread of its own."""
    return AsyncImage(source=path, size_hint=(None, None), mipmap=True, fit_mode="contain")


class LobbyScreen:
    """The widgets of a display, made when they are first needed and used again. One thread: the screen's."""

    def __init__(self, look: Look, targets: TargetsFile | None) -> None:
        """Begin with an empty window."""
        self.root = Widget()
        self._targets = targets
        self._layers = [Widget() for _ in range(6)]
        for layer in self._layers:
            self.root.add_widget(layer)
        areas, media, marks, signs, lines, veil = self._layers
        self._media_layer = media
        self._shown_media: tuple[Media, Any] | None = None
        with veil.canvas:
            self._veil_colour = Color(0, 0, 0, 0)
            self._veil = Rectangle(pos=(0, 0), size=look.unseen)
        self._shift = (0, 0)
        self._areas = Pool(areas, Area)
        self._marks = Pool(marks, lambda: LaneMark(pos_hint={}))
        self._signs = Pool(signs, lambda: Icon(size_hint=(None, None)))
        self._line_layer = lines
        self._lines: list[tuple[Words, Line]] = []
        self._spare: list[Line] = []
        self._drawn: dict[type, list[Any]] = {}
        self._resize(look)

    def resize(self, look: Look) -> None:
        """Draw for a window of another size from now on."""
        self._resize(look)

    def _resize(self, look: Look) -> None:
        self._look = look
        self._drawn.clear()
        for layer in self._layers:
            layer.size = look.width, look.height
        Window.clearcolor = look.theme.band

    def show(self, sheet: Sheet, name: str) -> None:
        """Draw a sheet; `name` tells programs that watch the display what stands on it."""
        theme = self._look.theme
        if sheet.shift != self._shift:
            self._shift = sheet.shift
            self._drawn.clear()
        if sheet.veil != self._veil_colour.a:
            # Only then: it lies over everything, and whatever is written to it counts as drawn anew.
            self._veil_colour.a = sheet.veil
            self._veil.size = (self._look.width, self._look.height) if sheet.veil else self._look.unseen

        def area(widget: Area, item: Surface) -> None:
            edge = theme.by_name(item.edge or item.tone)
            widget.draw(item, self._turned(item.box), theme.by_name(item.tone), edge)

        def mark(widget: Any, item: Mark) -> None:  # noqa: ANN401 - Kivy has no types
            self._place(widget, item.box)
            widget.letter, widget.shape, widget.colour = item.lane.letter, item.lane.shape, theme.lane(item.lane.index)

        def sign(widget: Any, item: Sign) -> None:  # noqa: ANN401 - the same
            self._place(widget, item.box)
            widget.name, widget.colour = item.name, theme.by_name(item.tone)

        self._draw(sheet, Surface, self._areas, area)
        self._draw(sheet, Mark, self._marks, mark)
        self._draw(sheet, Sign, self._signs, sign)
        self._draw_media(next((item for item in sheet.items if isinstance(item, Media)), None))
        self._draw_lines(sheet.words)
        if self._targets is not None:
            self._targets.changed(self.root, name)

    def _draw(self, sheet: Sheet, kind: type[T], pool: Pool, draw: Callable[[Any, T], None]) -> None:
        """Draw all items of a kind; what is the same as before is not touched."""
        items = [item for item in sheet.items if isinstance(item, kind)]
        before = self._drawn.get(kind, [])
        for place, (widget, item) in enumerate(zip(pool.take(len(items)), items, strict=True)):
            if place >= len(before) or before[place] != item:
                draw(widget, item)
        self._drawn[kind] = items

    def _draw_media(self, item: Media | None) -> None:
        """Show a picture or a film; one that stays in its place goes on."""
        before, widget = self._shown_media or (None, None)
        if item is None or before is None or before.path != item.path:
            if widget is not None:
                if before is not None and before.moves:
                    widget.unload()
                self._media_layer.remove_widget(widget)
            self._shown_media = None
            if item is None:
                return
            widget = film(item.path) if item.moves else picture(item.path)
            self._media_layer.add_widget(widget)
        self._shown_media = item, widget
        self._place(widget, item.box)

    def _draw_lines(self, words: Iterable[Words]) -> None:
        """Draw the lines. One that only moved keeps its picture, which is what costs."""
        wanted = list(words)
        if self._drawn.get(Words) == wanted:
            return
        free: dict[tuple[object, ...], list[Line]] = {}
        for item, line in self._lines:
            free.setdefault(_picture(item), []).append(line)
        missing: list[Words] = []
        lines: list[tuple[Words, Line]] = []
        for item in wanted:
            same = free.get(_picture(item))
            if same:
                line = same.pop(0)  # as they stood: two that look alike do not change places
                self._stand(line, item)
                lines.append((item, line))
            else:
                missing.append(item)
        rest = [line for left in free.values() for line in left]
        for item in missing:
            line = rest.pop() if rest else self._another_line()
            self._write(line, item)
            lines.append((item, line))
        for line in rest:
            self._line_layer.remove_widget(line)
            self._spare.append(line)
        self._lines = lines
        self._drawn[Words] = wanted

    def _another_line(self) -> Line:
        line = self._spare.pop() if self._spare else Line(size_hint=(None, None))
        self._line_layer.add_widget(line)
        return line

    def _write(self, line: Line, item: Words) -> None:
        line.font_size, line.bold, line.color = item.font_px, item.bold, self._look.theme.by_name(item.tone)
        line.text, line.is_key = item.text, item.is_key
        self._stand(line, item)

    def _stand(self, line: Line, item: Words) -> None:
        """Let the letters stand on their line: a label's picture is higher than they are."""
        block = set_line(item.text, size_px=item.font_px, bold=item.bold)
        line.size = block.width, block.line_height
        right, down = self._shift
        line.pos = round(item.box.x) + right, round(self._look.height - item.baseline) - block.descent - down

    def _place(self, widget: Any, box: Box) -> None:  # noqa: ANN401 - Kivy has no types
        turned = self._turned(box)
        widget.size = turned.width, turned.height
        widget.pos = round(turned.x), round(turned.y)

    def _turned(self, box: Box) -> Box:
        """Return a box as Kivy counts: from the lower edge of the window."""
        right, down = self._shift
        return Box(box.x + right, self._look.height - box.bottom - down, box.width, box.height)


def _picture(words: Words) -> tuple[object, ...]:
    return words.text, words.font_px, words.bold, words.tone, words.is_key


def screen_name(page: LobbyPage) -> str:
    """Return what stands on the display, for programs that watch it."""
    if not page.link.live:
        return "offline"
    if page.front:
        return "calling " + ", ".join(f"{call.number} {call.counter_label}" for call in page.front)
    return "resting"
