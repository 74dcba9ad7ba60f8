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
    """A lane's mark: its letter within its shape, its name beside it, white on black."""

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


def wrap(text: str, columns: int, *, hanging: int = 0) -> tuple[str, ...]:
    """Return the lines of a paragraph, none wider than `columns`; a word that is longer goes on in the next line."""
    columns = max(columns, 1)
    indent = " " * min(hanging, columns - 1)
    lines = textwrap.wrap(text, columns, subsequent_indent=indent, break_on_hyphens=False)
    return tuple(lines) or ("",)


def mark_text(mark: ShapeMark) -> str:
    """Return a lane's mark in plain letters, such as `<P> Priority`."""
    opening, closing = MARKS.get(mark.shape, MARKS["square"])
    return f"{opening}{mark.letter}{closing} {mark.name}"
