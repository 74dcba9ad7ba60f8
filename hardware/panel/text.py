"""How a window's words are drawn: Kivy's labels on `hardware.typesetting`, in any script that the machine has fonts of.

Kivy's own provider `sdl2` draws Arabic unjoined and backwards, and `pil` knows one font at a time.
"""

from __future__ import annotations

from typing import Any

from kivy.core import text as core
from kivy.core.image import ImageData
from kivy.core.text import LabelBase
from PIL import Image

from hardware.typesetting.block import Block, Line, draw, lay_out, reach
from hardware.typesetting.order import Direction

_SHIFT = {"left": 0.0, "justify": 0.0, "center": 0.5, "right": 1.0}
_DIRECTIONS: dict[str | None, Direction] = {"ltr": "ltr", "weak_ltr": "auto", "rtl": "rtl", "weak_rtl": "auto"}


class ScriptLabel(LabelBase):  # type: ignore[misc] # Kivy has no types
    """A core label: it takes Kivy's options for size, room, alignment, weight, colour and shortening.

    Where `base_direction` is from right to left, "left" is right: the side where a reader begins. `halign: "auto"` puts
    each line to the side where its script begins. Words that are broken within and lines that
    have no room show in `is_cut` and `needed_size`: a layout check has to see what a picture hides.
    """

    needed_size: tuple[int, int] = (0, 0)
    first_px = 0
    """How far below the top of the words the first line stands."""
    is_cut = False
    _block: Block | None = None
    _canvas: Image.Image

    def resolve_font_name(self) -> None:
        """Choose no font: each character has its own."""
        self.options["font_name_r"] = None

    def get_extents(self, text: str) -> tuple[int, int]:
        """Return the size of a text on one line."""
        block = self._lay_out(text, None)
        return block.width, block.line_height

    def render(self, real: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as Kivy calls it
        """Return the size of the picture, or draw it."""
        if real:
            return self._render_real()
        options = self.options
        left, top, right, bottom = options["padding"]
        width, height = self._text_size
        text = self.text.strip() if options["strip"] else self.text
        self.is_shortened = False
        if width is not None and options["shorten"]:
            text = self.shorten(text)
        room = None if width is None else max(1, width - left - right)
        block = self._lay_out(text, room)
        most = options.get("max_lines") or len(block.lines)
        self._block, self._cached_lines, self.is_cut = block, list(block.lines[:most]), block.is_cut
        self._pitch = round(block.line_height * options["line_height"])
        self.first_px, high = self._height(block)
        self.needed_size = (block.width + int(left + right), high + int(top + bottom))
        if not text:
            return 0, 0
        return (
            max(2, int(width)) if width else max(2, self.needed_size[0]),
            int(height) if height else self.needed_size[1],
        )

    def _height(self, block: Block) -> tuple[int, int]:
        """Return how far the first baseline is from the top, and how high all lines are.

        Lines that are set closer than they are high keep what reaches out of the first and the last of them.
        """
        above = (self._pitch - block.line_height) // 2 + block.ascent
        below = self._pitch - above
        if self._pitch < block.line_height and self._cached_lines:
            above = max(above, reach(block, self._cached_lines[0])[0])
            below = max(below, reach(block, self._cached_lines[-1])[1])
        return above, above + below + self._pitch * (len(self._cached_lines) - 1)

    def _lay_out(self, text: str, room: float | None) -> Block:
        options = self.options
        direction = _DIRECTIONS.get(options.get("base_direction"), "auto")
        return lay_out(
            text, size_px=float(options["font_size"]), bold=bool(options["bold"]), width_px=room, direction=direction
        )

    def _render_real(self) -> None:
        block = self._block
        if block is None:  # with markup Kivy lays out the words itself
            super()._render_real()
            return
        spare = self._size[1] - self.needed_size[1]
        share = {"top": 0.0, "bottom": 1.0}.get(self.options["valign"], 0.5)
        first = int(self.options["padding"][1] + spare * share) + self.first_px
        self._render_begin()
        placed = [(line, self._left(line), first + self._pitch * at) for at, line in enumerate(self._cached_lines)]
        draw(block, self._canvas, placed)
        self.texture.blit_data(self._render_end())

    def _left(self, line: Line) -> int:
        left, _, right, _ = self.options["padding"]
        return int(left + max(0.0, self._size[0] - left - right - line.width) * self.share_left(line))

    def share_left(self, line: Line) -> float:
        """Return which share of the room that a line does not need is left of it."""
        shift = _SHIFT.get(self.options["halign"])
        if shift is None:
            shift = 1.0 if line.rtl else 0.0
        elif str(self.options.get("base_direction")).endswith("rtl"):
            shift = 1.0 - shift
        return shift

    def forget(self) -> None:
        """Keep nothing of what was drawn last: Kivy does not draw an empty text, so its words would stay here."""
        self._block, self._cached_lines = None, []

    def _render_begin(self) -> None:
        self._canvas = Image.new("L", self._size)

    def _render_text(self, text: str, x: float, y: float) -> None:
        block = self._lay_out(text, None)
        draw(block, self._canvas, [(line, int(x), int(y) + block.ascent) for line in block.lines])

    def _render_end(self) -> ImageData:
        # One colour throughout, only more or less of it: no dark fringe where a letter's edge is half there.
        red, green, blue, alpha = (round(part * 255) for part in self.options["color"])
        mask = self._canvas if alpha == 255 else self._canvas.point([level * alpha // 255 for level in range(256)])  # noqa: PLR2004
        picture = Image.new("RGBA", self._size, (red, green, blue, 0))
        picture.putalpha(mask)
        return ImageData(*self._size, "rgba", picture.tobytes())


def forget_words(widget: Any) -> None:  # noqa: ANN401 - any widget
    """Let every label below a widget that has become empty forget the words it had."""
    for one in widget.walk(restrict=True):
        label = getattr(one, "_label", None)
        if isinstance(label, ScriptLabel) and not one.text:
            label.forget()


def install() -> None:
    """Make Kivy's labels draw so. Before anything imports `kivy.uix.label`, which takes the class by its name."""
    LabelBase._fonts_dirs = ["-"]  # noqa: SLF001 - else the first label reads every font folder of the machine
    core.Label = core.Text = ScriptLabel
