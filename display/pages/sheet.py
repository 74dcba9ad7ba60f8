"""What is drawn, as plain boxes and lines of words in pixels: the language between layout and drawing. Pure.

The origin is the top left corner of the window and y grows downwards, as one reads.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hardware.panel.look import Look
from hardware.panel.scale import CAPITAL
from hardware.typesetting.block import breaks
from hardware.typesetting.block import lay_out as set_line

_LETTERS_UP = 0.78
"""How far small letters and accents of Latin texts reach above the line, in ems (Noto Sans)."""
_FIGURES_UP = 0.735
_DOWN = 0.25
_FIGURES_DOWN = 0.02
MOST_MEASURED = 8192
"""So many texts are remembered: all that is tried for the pages of one panel, which is asked again for the next one."""
_MEASURED_PX = 100
_ACCENTED_UP = 0.94
_LATIN_END = "\u024f"
_HANGING = frozenset("gjpqyJQ,;()[]{}|/_@")
LINE = 1.2
"""From one line of running text to the next, in ems."""
WORDS_S = 2.0
"""So many words are read in a second from a distance, in a room where other things happen."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Return the height of the middle."""
        return self.y + self.height / 2

    def inset(self, across: float, down: float | None = None) -> Box:
        """Return what is left inside an edge of this width."""
        high = across if down is None else down
        return Box(self.x + across, self.y + high, self.width - 2 * across, self.height - 2 * high)

    def moved(self, across: float, down: float) -> Box:
        """Return the same box elsewhere."""
        return Box(self.x + across, self.y + down, self.width, self.height)

    def overlaps(self, other: Box, slack: float = 1.0) -> bool:
        """Tell whether both share more than an edge."""
        return (
            self.x + slack < other.right
            and other.x + slack < self.right
            and self.y + slack < other.bottom
            and other.y + slack < self.bottom
        )

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """Tell whether the other one lies inside."""
        return (
            self.x - slack <= other.x
            and self.y - slack <= other.y
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


@dataclass(frozen=True, slots=True)
class LaneBadge:
    """A lane's mark; `index` picks its colour, which never stands alone."""

    letter: str
    shape: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Surface:
    """A rounded area in a colour of the theme, with an edge or none."""

    box: Box
    tone: str
    radius: float = 0.0
    edge: str = ""
    edge_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words. The box is what the letters cover, so that lines can stand close and never touch."""

    box: Box
    text: str
    font_px: float
    tone: str
    ground: str
    """The colour below, by its task's name: what the contrast is computed with."""
    bold: bool = False
    is_key: bool = False
    """Whether it is what a visitor waits for, number or counter: it subtends 0.7 degrees."""
    up: float = _LETTERS_UP
    """How far the box reaches above the line that the letters stand on, in ems."""

    @property
    def baseline(self) -> float:
        """Return the height of the line that the letters stand on."""
        return self.box.y + self.up * self.font_px


@dataclass(frozen=True, slots=True)
class Mark:
    """A lane's shape in its colour with its letter."""

    box: Box
    lane: LaneBadge


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon, by its name."""

    box: Box
    name: str
    tone: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a film from the office's folder, as large as the box allows."""

    box: Box
    path: str
    moves: bool


Item = Surface | Words | Mark | Sign | Media


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is drawn, what lies below first. `veil` darkens all of it, 0 to 1."""

    items: tuple[Item, ...]
    veil: float = 0.0
    shift: tuple[int, int] = (0, 0)
    """By how many pixels all of it is moved, right and down."""
    panel_level: int | None = None
    """How crowded the panel's room is, from 0; None where it has none."""
    turns_list: bool = False
    """Whether the list of calls has to turn its pages."""
    is_readable: bool = True
    """False where not even one call has room at the size that the distance asks for."""
    left_out: tuple[str, ...] = ()
    """What had no room, in the order in which it left."""

    @property
    def words(self) -> tuple[Words, ...]:
        """Return the lines of words."""
        return tuple(item for item in self.items if isinstance(item, Words))


@dataclass(frozen=True, slots=True)
class Frame:
    """The window: its size, and the type sizes that bind, as font sizes in pixels."""

    width: float
    height: float
    key: float
    """Number and counter: capitals of 0.7 degrees at the viewing distance."""
    sign: float
    """The least of everything else."""
    good: float
    """What everything else has where there is room."""

    @property
    def gap(self) -> float:
        """Return the distance between cards, and from the edge."""
        return max(8.0, round(0.012 * max(self.width, self.height)))

    @property
    def listed(self) -> float:
        """Return the least size of the list of calls: half of the called number."""
        return self.key / 2

    def wide(self, text: str, font_px: float, *, bold: bool = False) -> float:
        """Return the width of a text in pixels; a pixel more, as letters are drawn on whole ones."""
        return ems(text, bold=bold) * drawn_px(font_px) + 1

    def wrap(self, text: str, font_px: float, width: float, *, bold: bool = False) -> tuple[str, ...]:
        """Return the lines that a text takes; a word is never broken."""
        return wrapped(text, (width - 1) / drawn_px(font_px), bold=bold)


def frame_for(look: Look) -> Frame:
    """Return the frame of a window."""
    return Frame(width=look.width, height=look.height, key=look.huge, sign=look.small, good=look.body)


def drawn_px(font_px: float) -> float:
    """Return the font size that is drawn: on half pixels, never less than was asked for."""
    return math.ceil(font_px * 2) / 2


@lru_cache(maxsize=MOST_MEASURED)
def ems(text: str, *, bold: bool) -> float:
    """Return how wide a line of words is, in ems of the font that it is drawn with."""
    return set_line(text, size_px=_MEASURED_PX, bold=bold).width / _MEASURED_PX


@lru_cache(maxsize=MOST_MEASURED)
def wrapped(text: str, room: float, *, bold: bool) -> tuple[str, ...]:
    """Return a text in lines of at most so many ems; a word that is longer stands alone."""
    lines: list[str] = []
    start = end = 0
    for at in breaks(text):
        if end > start and ems(text[start:at].strip(), bold=bold) > room:
            lines.append(text[start:end].strip())
            start = end
        end = at
    return (*lines, text[start:].strip())


@lru_cache(maxsize=1024)
def reach(text: str) -> tuple[float, float]:
    """Return how far a text reaches above and below the line that its letters stand on, in ems."""
    if any(sign > _LATIN_END and not 0x2000 <= ord(sign) <= 0x22FF for sign in text):  # noqa: PLR2004 - punctuation, arrows, signs
        block = set_line(text, size_px=_MEASURED_PX)
        return block.ascent / _MEASURED_PX, block.descent / _MEASURED_PX
    down = _DOWN if _HANGING.intersection(text) or any(sign > "\x7f" for sign in text) else _FIGURES_DOWN
    if any("\xc0" <= sign <= "\u024f" and sign.upper() == sign for sign in text):
        return _ACCENTED_UP, down
    return (_LETTERS_UP if any(sign.islower() or sign > "\x7f" for sign in text) else _FIGURES_UP), down


def line_of(
    text: str,
    at: tuple[float, float],
    font_px: float,
    *,
    frame: Frame,
    tone: str,
    ground: str,
    bold: bool = False,
    align: str = "left",
    is_key: bool = False,
) -> Words:
    """Return a line whose letters stand on `at[1]`, and which begins, is centred or ends at `at[0]`."""
    font_px = drawn_px(font_px)
    up, down = reach(text)
    width = frame.wide(text, font_px, bold=bold)
    x = at[0] - {"left": 0.0, "center": width / 2, "right": width}[align]
    box = Box(x, at[1] - up * font_px, width, (up + down) * font_px)
    return Words(box, text, font_px, tone, ground, bold=bold, is_key=is_key, up=up)


def reads_from_right(text: str) -> bool:
    """Tell whether a line begins at the right: its first letter decides (UAX #9, P2)."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind != "L" for kind in kinds if kind in {"L", "R", "AL"}), False)


def centred(middle: float, font_px: float) -> float:
    """Return on which line capitals stand whose middle lies there."""
    return middle + CAPITAL * font_px / 2


def _stands_alone(sign: str) -> bool:
    return "\u2e80" <= sign <= "\u9fff"


def reading_s(text: str) -> float:
    """Return how long a text is read; a script that writes no spaces counts by its characters, two of them a word."""
    alone = sum(map(_stands_alone, text))
    return (len(text.split()) + alone / 2) / WORDS_S
