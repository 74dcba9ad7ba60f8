"""What stands on the paper, told apart from any printer: text, rules, a QR code, a lane's mark, the cut."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]

MARKS = {
    "circle": ("(", ")"),
    "diamond": ("<", ">"),
    "square": ("[", "]"),
    "triangle": ("/", "\\"),
    "star": ("*", "*"),
}
"""How a lane's shape is drawn with what every printer can print."""


BULLET = "- "
"""What stands before each entry of a list."""
LARGE_LINES = 2
"""More lines than that in letters of double width cost more paper than they help."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `width` and `height` multiply the letters (1-8); `hanging` indents its later lines."""

    text: str
    align: Align = "left"
    width: int = 1
    height: int = 1
    bold: bool = False
    invert: bool = False
    hanging: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code; `module_dots` is the wish for one module's size, less where the paper is narrow."""

    text: str
    module_dots: int = 6


@dataclass(frozen=True, slots=True)
class ShapeMark:
    """A lane's mark: its letter within its shape, white on black, and its name below."""

    shape: str
    letter: str
    name: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the paper."""


Item = Text | Rule | Blank | Qr | ShapeMark | Cut


@dataclass(frozen=True, slots=True)
class Receipt:
    """One paper from top to bottom."""

    items: tuple[Item, ...]


def wrap(text: str, columns: int, *, hanging: int = 0, balanced: bool = False) -> tuple[str, ...]:
    """Return the lines of a paragraph, none wider than `columns`; a word that is longer goes on in the next line.

    `balanced` makes the lines about as long as each other: centred text with a lonely last word reads badly.
    """
    columns = max(columns, 1)
    lines = _lines(text, columns, hanging)
    if not balanced or len(lines) < 2:  # noqa: PLR2004 - one line is in balance
        return lines
    longest_word = max(map(len, text.split()))
    for narrower in range(max(longest_word, 1), columns):
        if len(tighter := _lines(text, narrower, hanging)) == len(lines):
            return tighter
    return lines


def large(text: str, *, columns: int) -> Text:
    """Return a centred line for weak eyes: letters twice as tall, and twice as wide where two lines hold them."""
    half = columns // 2
    fits = len(wrap(text, half)) <= LARGE_LINES and max(map(len, text.split()), default=0) <= half
    return Text(text, align="center", width=2 if fits else 1, height=2, bold=True)


def read_out(receipt: Receipt) -> tuple[str, ...]:
    """Return what a paper says to whoever cannot see it, piece by piece from top to bottom."""
    said: list[str] = []
    for item in receipt.items:
        match item:
            case Text():
                said.append(item.text.removeprefix(BULLET))
            case ShapeMark():
                said.append(item.name)
            case _:
                pass
    return tuple(said)


def _lines(text: str, columns: int, hanging: int) -> tuple[str, ...]:
    indent = " " * min(hanging, columns - 1)
    lines = textwrap.wrap(text, columns, subsequent_indent=indent, break_on_hyphens=False)
    return tuple(lines) or ("",)


def mark_text(mark: ShapeMark) -> str:
    """Return a lane's letter within its shape, in plain letters, such as `<P>`."""
    opening, closing = MARKS.get(mark.shape, MARKS["square"])
    return f"{opening}{mark.letter}{closing}"
