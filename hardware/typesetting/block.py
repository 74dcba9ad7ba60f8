"""Lines of words: cut into runs by font and direction, broken where a script allows it, measured and drawn.

Pure but for the fonts that it reads. What was laid out is remembered: screens say the same words again and again.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw

from hardware.typesetting.fonts import Family, face, family_for, is_drawn, plain, shapes
from hardware.typesetting.order import Direction, levels, visual

ASCENT = 0.95
DESCENT = 0.25
"""A line of Latin letters, as shares of the type size: accented capitals and descenders, no more. Noto Sans's own lines
are a sixth higher, for scripts that stack their marks; where a text has such, its lines grow by what is drawn."""

_STACKED = (0x1E00, 0x1EFF)
"""Latin letters with two marks above each other, as in Vietnamese."""
_STACKED_ASCENT = 1.07

_ONE_WORD = 8
"""So many signs at most are a label, not a sentence."""

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x09\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff]")

_NO_START = frozenset({"Pe", "Pf", "Po", "Lm", "Mn", "Mc", "Me"})
_NO_END = frozenset({"Ps", "Pi"})
"""Of what stands between Chinese or Japanese signs: what never begins a line, and what never ends one (UAX #14)."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours of one font and one direction; `text` is in reading order."""

    text: str
    family: Family
    rtl: bool
    x: int
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its runs from left to right; `rtl` where its paragraph goes from right to left."""

    runs: tuple[Run, ...]
    width: int
    rtl: bool


@dataclass(frozen=True, slots=True)
class Block:
    """All lines of a text. `is_cut` tells that a word had to be broken within, as it is wider than the room."""

    lines: tuple[Line, ...]
    size_px: float
    bold: bool
    ascent: int
    descent: int
    is_cut: bool

    @property
    def width(self) -> int:
        """Return the width of the widest line."""
        return max((line.width for line in self.lines), default=0)

    @property
    def line_height(self) -> int:
        """Return the height of one line without any lead."""
        return self.ascent + self.descent


@lru_cache(maxsize=2048)
def lay_out(
    text: str, *, size_px: float, bold: bool = False, width_px: float | None = None, direction: Direction = "auto"
) -> Block:
    """Return `text` in lines no wider than `width_px`; without it lines end where the text says so."""
    lines: list[Line] = []
    is_cut = False
    ascent, descent = ASCENT * size_px, DESCENT * size_px
    for paragraph in _plain(text).split("\n"):
        setting = _Paragraph(paragraph, size_px=size_px, bold=bold, direction=direction)
        for start, end, cut in setting.broken(width_px):
            lines.append(setting.line(start, end))
            is_cut = is_cut or cut
        above, below = setting.reach()
        ascent, descent = max(ascent, above), max(descent, below)
    return Block(tuple(lines), size_px, bold, math.ceil(ascent), math.ceil(descent), is_cut)


def forget() -> None:
    """Keep no words that were laid out: what somebody wrote is nobody else's. What is shown again is laid out again."""
    for kept in (lay_out, widest_piece, _width, _picture):
        kept.cache_clear()


def draw(block: Block, mask: Image.Image, lines: list[tuple[Line, int, int]]) -> None:
    """Draw lines of a block into an 8-bit picture, each with its left edge and its baseline."""
    pen = ImageDraw.Draw(mask)
    for line, left, baseline in lines:
        for run in line.runs:
            for word, x in _words(run, block):
                drawn, (to_right, down) = _pictured(word, run.family, block.size_px, bold=block.bold, rtl=run.rtl)
                if drawn is not None:
                    pen.bitmap((left + x + to_right, baseline + down), drawn, fill=255)


def _plain(text: str) -> str:
    """Return a text without what no font draws and Raqm stumbles over; every kind of line break is one."""
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub(" ", _BREAKS.sub("\n", text))


def reach(block: Block, line: Line) -> tuple[int, int]:
    """Return how far what is drawn of a line reaches above and below its baseline."""
    above = below = 0
    for run in line.runs:
        for word, _x in _words(run, block):
            drawn, (_to_right, down) = _pictured(word, run.family, block.size_px, bold=block.bold, rtl=run.rtl)
            if drawn is not None:
                above, below = max(above, -down), max(below, down + drawn.height)
    return above, below


@lru_cache(maxsize=4096)
def widest_piece(text: str, *, size_px: float, bold: bool = False) -> float:
    """Return how wide the widest part of a text is that no line should break in: narrower room would cut it.

    A few Chinese signs are one word to a reader, though a line may break between any two.
    """
    ends = [0, *breaks(text)]
    is_one = len(text) <= _ONE_WORD and " " not in text
    pieces = [text] if is_one else [text[start:end].strip() for start, end in pairwise(ends)]
    return max((lay_out(piece, size_px=size_px, bold=bold).width for piece in pieces if piece), default=0)


class _Paragraph:
    """A text without line breaks of its own."""

    def __init__(self, text: str, *, size_px: float, bold: bool, direction: Direction) -> None:
        self._text = text
        self._size = size_px
        self._bold = bold
        self._base, self._levels = levels(text, direction)
        self._families = families(text)

    def line(self, start: int, end: int) -> Line:
        """Return a line of what stands from `start` to `end`."""
        cuts = list(self._runs(start, end))
        depths = [level for _, _, level in cuts]
        runs: list[Run] = []
        x = 0.0
        for place in visual(depths):
            first, last, level = cuts[place]
            text, family = self._text[first:last], self._families[first]
            width = _width(text, family, self._size, bold=self._bold, rtl=level % 2 == 1)
            runs.append(Run(text, family, level % 2 == 1, round(x), width))
            x += width
        return Line(tuple(runs), math.ceil(x), self._base == 1)

    def broken(self, width_px: float | None) -> Iterator[tuple[int, int, bool]]:
        """Yield the lines as (start, end, whether a word is cut), filled one after the other."""
        if width_px is None or self._fits(0, len(self._text), width_px):
            yield 0, len(self._text), False
            return
        start = at = 0
        taken = 0.0
        for end in breaks(self._text):
            needed = self._measure(at, self._trimmed(at, end))
            if taken + needed > width_px and at > start:
                yield start, self._trimmed(start, at), False
                start, taken = at, 0.0
            while needed > width_px:
                at = self._most(start, end, width_px)
                yield start, at, True
                start = at
                needed = self._measure(start, self._trimmed(start, end))
            taken += self._measure(at, end)
            at = end
        yield start, self._trimmed(start, len(self._text)), False

    def reach(self) -> tuple[float, float]:
        """Return how far the letters reach above and below the baseline, where that is more than Latin ones do."""
        above = below = 0.0
        for first, last, _ in self._runs(0, len(self._text)):
            family = self._families[first]
            text = self._text[first:last]
            if family != plain():
                _, top, _, bottom = face(family, self._size, bold=self._bold).getbbox(text, anchor="ls")
                above, below = max(above, -top), max(below, bottom)
            elif any(_STACKED[0] <= ord(sign) <= _STACKED[1] for sign in text):
                above = max(above, _STACKED_ASCENT * self._size)
        return above, below

    def _runs(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, level) of neighbours that are drawn in one go; trailing spaces go as the paragraph."""
        kept = self._trimmed(start, end)
        level = [self._levels[at] if at < kept else self._base for at in range(start, end)]
        first = start
        for at in range(start + 1, end + 1):
            here = (at < end, at < end and level[at - start], at < end and self._families[at])
            if here != (True, level[first - start], self._families[first]):
                yield first, at, level[first - start]
                first = at

    def _trimmed(self, start: int, end: int) -> int:
        return start + len(self._text[start:end].rstrip(" "))

    def _fits(self, start: int, end: int, width_px: float) -> bool:
        return self._measure(start, self._trimmed(start, end)) <= width_px

    def _measure(self, start: int, end: int) -> float:
        return sum(
            _width(self._text[first:last], self._families[first], self._size, bold=self._bold, rtl=level % 2 == 1)
            for first, last, level in self._runs(start, end)
        )

    def _most(self, start: int, end: int, width_px: float) -> int:
        """Return how much of a word has room; at least one sign with its marks."""
        fitting = start + 1
        for at in range(start + 1, end):
            if unicodedata.combining(self._text[at]):
                continue
            if not self._fits(start, at, width_px):
                break
            fitting = at
        return fitting


def families(text: str) -> tuple[Family, ...]:
    """Return the font of each character: its own where it is a letter or a figure, else that of its neighbours.

    Chinese quotation marks and dashes share their code with Latin ones: beside Chinese signs they are Chinese.
    """
    latin = plain()
    if text.isascii():
        return (latin,) * len(text)
    han = next((family_for(sign) for sign in text if unicodedata.east_asian_width(sign) == "W"), None)
    found: list[Family | None] = []
    for sign in text:
        last = found[-1] if found else None
        if han is not None and unicodedata.east_asian_width(sign) == "A" and sign != "\u2013":
            found.append(han if han.has(sign) else family_for(sign))
        elif not is_drawn(sign) or unicodedata.category(sign)[0] in "PSMZC":
            found.append(last if last is None or not is_drawn(sign) or last.has(sign) else family_for(sign))
        else:
            found.append(family_for(sign) or latin)
    following = latin
    for at in reversed(range(len(found))):
        family = found[at]
        if family is None:
            found[at] = following if following.has(text[at]) else family_for(text[at]) or latin
        else:
            following = family
    return tuple(family or latin for family in found)


def breaks(text: str) -> Iterator[int]:
    """Yield where a line may end: behind spaces, and between the signs of scripts that write without any."""
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if before == " ":
            if after != " ":
                yield at
        elif before == "\u200b" or ((_is_wide(before) or _is_wide(after)) and _parts(before, after)):
            yield at
    yield len(text)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in {"W", "F"}


def _parts(before: str, after: str) -> bool:
    return (
        after not in " \u00a0"
        and before != "\u00a0"
        and unicodedata.category(after) not in _NO_START
        and unicodedata.category(before) not in _NO_END
    )


@lru_cache(maxsize=2048)
def _width(text: str, family: Family, size_px: float, *, bold: bool, rtl: bool) -> float:
    return face(family, size_px, bold=bold).getlength(text, direction=_way(rtl=rtl))


def _words(run: Run, block: Block) -> Iterator[tuple[str, int]]:
    """Yield what a run is drawn of, with its left edge: words, which come again in other sentences."""
    if run.rtl:
        yield run.text, run.x
        return
    x = float(run.x)
    for word in run.text.split(" "):
        if word:
            yield word, round(x)
        x += _width(f"{word} ", run.family, block.size_px, bold=block.bold, rtl=False)


_LARGE_PX = 40
"""Above this size a word with a figure in it is a ticket's number or a time: it hardly comes again.

Kept for all that, the numbers of a day would be most of what a display takes: one of them is 100 KiB and more.
"""


def _pictured(
    text: str, family: Family, size_px: float, *, bold: bool, rtl: bool
) -> tuple[Image.Image | None, tuple[int, int]]:
    """Return a word as a picture, kept for the next time where it will come again."""
    is_passing = size_px > _LARGE_PX and any(sign.isdigit() for sign in text)
    make = _picture.__wrapped__ if is_passing else _picture
    return make(text, family, size_px, bold=bold, rtl=rtl)


@lru_cache(maxsize=384)
def _picture(
    text: str, family: Family, size_px: float, *, bold: bool, rtl: bool
) -> tuple[Image.Image | None, tuple[int, int]]:
    """Return a word as an 8-bit picture, and where its corner stands from the left end of its baseline."""
    font = face(family, size_px, bold=bold)
    left, top, right, bottom = font.getbbox(text, anchor="ls", direction=_way(rtl=rtl))
    size = (math.ceil(right) - math.floor(left), math.ceil(bottom) - math.floor(top))
    if min(size) < 1:
        return None, (0, 0)
    picture = Image.new("L", size)
    corner = (math.floor(left), math.floor(top))
    ImageDraw.Draw(picture).text(
        (-corner[0], -corner[1]), text, font=font, fill=255, anchor="ls", direction=_way(rtl=rtl)
    )
    return picture, corner


def _way(*, rtl: bool) -> str | None:
    """Return a run's direction as Pillow wants it; without Raqm it knows no other than from the left."""
    return ("rtl" if rtl else "ltr") if shapes() else None
