"""The paper as a picture: what a printer of this width would have made of the bytes, dot for dot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import assert_never

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.codecs.escpos_printed import (
    FedLines,
    PaperCut,
    Printed,
    PrintedLine,
    PrintedLogo,
    PrintedQr,
    PrintedRaster,
    Run,
    Style,
)
from hardware.codecs.escpos_profile import FONT_A_DOTS, Paper

CELL_HEIGHT = 24
LINE_SPACING = 30
"""Dots from line to line after ESC @ (Epson: 1/6 inch); taller letters push it open."""

DOTS_PER_MM = 8
TOP_DOTS, BOTTOM_DOTS = 40, 24
TOOTH_DOTS = 8
PAPER_COLOUR = (253, 252, 247)
INK = (34, 32, 36)
TABLE = (206, 209, 214)
SHADOW = (180, 183, 189)
AROUND = 24

MONO_FONTS = tuple(
    Path(folder) / "DejaVuSansMono.ttf"
    for folder in (
        "/usr/share/fonts/truetype/dejavu",
        "/usr/share/fonts/dejavu-sans-mono-fonts",
        "/usr/share/fonts/TTF",
    )
)
MONO_ADVANCE = 0.602
"""Width of a DejaVu Sans Mono letter in ems."""


@dataclass(frozen=True, slots=True)
class CodeBox:
    """Where a QR code stands in the picture, in its pixels, without the quiet zone."""

    left: int
    top: int
    module_dots: int
    modules: int
    text: str


@dataclass(frozen=True, slots=True)
class PaperPicture:
    """A drawn paper and where its codes are."""

    image: Image.Image
    codes: tuple[CodeBox, ...]


def height_dots(printed: tuple[Printed, ...]) -> int:
    """Return how long the paper is, in dots."""
    return sum(map(_height, printed))


def draw(printed: tuple[Printed, ...], paper: Paper) -> PaperPicture:
    """Return the picture of what was printed."""
    height = TOP_DOTS + sum(_height(item) for item in printed) + BOTTOM_DOTS
    strip = Image.new("RGB", (max(paper.paper_mm * DOTS_PER_MM, paper.width_dots), height), PAPER_COLOUR)
    pen = _Pen(strip, paper)
    for item in printed:
        pen.draw(item)
    return PaperPicture(_on_a_table(strip), tuple(pen.codes))


def _height(item: Printed) -> int:
    match item:
        case PrintedLine():
            tallest = max((run.style.height for run in item.runs), default=item.style.height)
            return max(LINE_SPACING, tallest * CELL_HEIGHT)
        case FedLines():
            return item.lines * LINE_SPACING
        case PrintedQr():
            return _modules(item) * item.module_dots
        case PrintedRaster():
            return item.height_dots
        case PaperCut() | PrintedLogo():
            return 0  # only the printer knows its logo: whoever emulates one puts the picture in its place
        case _:
            assert_never(item)


class _Pen:
    """Draws one item below the other."""

    def __init__(self, strip: Image.Image, paper: Paper) -> None:
        self._strip = strip
        self._canvas = ImageDraw.Draw(strip)
        self._paper = paper
        self._left = (strip.width - paper.width_dots) // 2
        self._y = TOP_DOTS
        self.codes: list[CodeBox] = []

    def draw(self, item: Printed) -> None:
        match item:
            case PrintedLine():
                self._line(item)
            case PrintedQr():
                self._qr(item)
            case PrintedRaster():
                self._raster(item)
            case PaperCut():
                self._cut()
            case FedLines() | PrintedLogo():
                pass  # only the paper moves
            case _:
                assert_never(item)
        self._y += _height(item)

    def _line(self, line: PrintedLine) -> None:
        if not line.runs:
            return
        width = sum(len(run.text) * run.style.width * FONT_A_DOTS for run in line.runs)
        x = self._x(width, line.runs[0].style)
        bottom = self._y + max(run.style.height for run in line.runs) * CELL_HEIGHT
        for run in line.runs:
            picture = _run_picture(run)
            self._strip.paste(picture, (x, bottom - picture.height))
            x += picture.width

    def _qr(self, code: PrintedQr) -> None:
        symbol = segno.make_qr(code.text, error=code.level, boost_error=False)
        size = _modules(code) * code.module_dots
        left, top = self._x(size, code.style), self._y
        for row, line in enumerate(symbol.matrix):
            for column, dark in enumerate(line):
                if dark:
                    x, y = left + column * code.module_dots, top + row * code.module_dots
                    self._canvas.rectangle((x, y, x + code.module_dots - 1, y + code.module_dots - 1), fill=INK)
        self.codes.append(CodeBox(left + AROUND, top + AROUND, code.module_dots, _modules(code), code.text))

    def _raster(self, raster: PrintedRaster) -> None:
        size = (raster.width_bytes * 8, raster.height_dots)
        ink = Image.frombytes("1", size, raster.bits)
        self._strip.paste(INK, (self._x(size[0], raster.style), self._y), ink)

    def _cut(self) -> None:
        for x in range(0, self._strip.width, 12):
            self._canvas.line((x, self._y, x + 5, self._y), fill=SHADOW, width=2)

    def _x(self, width: int, style: Style) -> int:
        room = self._paper.width_dots - width
        offset = {"left": 0, "center": room // 2, "right": room}[style.align]
        return self._left + max(offset, 0)


def _modules(code: PrintedQr) -> int:
    return len(segno.make_qr(code.text, error=code.level, boost_error=False).matrix)


@lru_cache(maxsize=64)  # lines that every paper has; a number never comes again, and each is up to 150 KB
def _run_picture(run: Run) -> Image.Image:
    """Return the letters of a run, each in its cell, stretched as a printer stretches them."""
    style = run.style
    ink, ground = (PAPER_COLOUR, INK) if style.invert else (INK, PAPER_COLOUR)
    cell_width, cell_height = FONT_A_DOTS * style.height, CELL_HEIGHT * style.height
    picture = Image.new("RGB", (cell_width * len(run.text), cell_height), ground)
    canvas = ImageDraw.Draw(picture)
    font, baseline = _font(style.height)
    stroke = style.height * 0.5 if style.bold else 0.0
    for place, letter in enumerate(run.text):
        middle = place * cell_width + cell_width // 2
        canvas.text((middle, baseline), letter, fill=ink, font=font, anchor="ms", stroke_width=stroke, stroke_fill=ink)
    if style.width == style.height:
        return picture
    return picture.resize((FONT_A_DOTS * style.width * len(run.text), cell_height), Image.Resampling.LANCZOS)


@cache
def _font(scale: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, int]:
    """Return the letters at this scale and where their baseline lies in the cell."""
    size = FONT_A_DOTS / MONO_ADVANCE * scale
    baseline = round(CELL_HEIGHT * 0.78 * scale)
    for path in MONO_FONTS:
        if path.exists():
            return ImageFont.truetype(str(path), size), baseline
    return ImageFont.load_default(size), baseline


def _on_a_table(strip: Image.Image) -> Image.Image:
    """Return the strip lying on a table, torn at both ends as a ticket is."""
    table = Image.new("RGB", (strip.width + 2 * AROUND, strip.height + 2 * AROUND), TABLE)
    shape = Image.new("L", strip.size, 0)
    ImageDraw.Draw(shape).polygon(_outline(strip.width, strip.height), fill=255)
    table.paste(SHADOW, (AROUND + 4, AROUND + 5), shape)
    table.paste(strip, (AROUND, AROUND), shape)
    return table


def _outline(width: int, height: int) -> list[tuple[int, int]]:
    xs = list(range(0, width + 1, TOOTH_DOTS))
    top = [(x, TOOTH_DOTS // 2 * (place % 2)) for place, x in enumerate(xs)]
    bottom = [(x, height - 1 - TOOTH_DOTS // 2 * (place % 2)) for place, x in enumerate(reversed(xs))]
    return [*top, (width, 0), (width, height - 1), *bottom]
