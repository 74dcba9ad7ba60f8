"""What one row of a sign shows, as text of its width, and the sign's own side of every language. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hardware.codecs.framing import Framer

LONGEST_ROW = 32
"""Characters; wider rows are none of a counter's or a hall's."""


@dataclass(frozen=True, slots=True)
class Build:
    """How the signs of a line are built: their width in characters, and whether they have figures only, no letters."""

    width: int
    digits_only: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a number such as `A-012`, and on a board also where to go. Without a number it is dark."""

    number: str = ""
    place: str | None = None


DARK = Row()
UNSURE_MARK = "-"
UNSURE = Row(UNSURE_MARK)
"""Dashes: the sign is alive, but nobody knows what it should show."""
TEST_MARK = "TEST"
"""Says that nothing of what is shown is true; on a sign that has figures only all of it is lit, as when it is tried."""
TEST_FIGURE = "8"


def dark(row: Row) -> Row:
    """Return the row as it is dark: a board's keeps its place for the counter."""
    return Row("", None if row.place is None else "")


@dataclass(frozen=True, slots=True)
class Lit:
    """What a sign was told to show, and what it answers; nothing, where the language has no answers."""

    address: int
    text: str
    answer: bytes = b""


class SignSide(Protocol):
    """The sign's end of a language, for emulators."""

    def framer(self) -> Framer:
        """Return what cuts that which the master says."""
        ...

    def decode(self, frame: bytes) -> Lit | None:
        """Return what the master wants shown, and where."""
        ...


def row_text(row: Row, build: Build) -> str:
    """Return a row as text of exactly the sign's width.

    The fullest form of the number that fits: `A-012`, `A012`, `012`, `12`. A number that would have to be cut
    would be another visitor's, so the sign shows dashes instead.
    """
    if not row.number:
        return " " * build.width
    if row.number == UNSURE_MARK:
        return UNSURE_MARK * build.width
    if row.number == TEST_MARK:
        return TEST_FIGURE * build.width if build.digits_only else TEST_MARK[: build.width].ljust(build.width)
    place = "" if row.place is None else f" {row.place}"
    room = build.width - len(place)
    fitting = (form for form in _forms(row.number, digits_only=build.digits_only) if len(form) <= room)
    number = next(fitting, None)
    if number is None:
        return UNSURE_MARK * build.width
    return number.ljust(room) + place if place else number.rjust(build.width)


def split(number: str) -> tuple[str, str]:
    """Return the letters and the digits of a number."""
    letters, _, digits = number.partition("-")
    return letters, digits


def ascii_bytes(text: str) -> bytes:
    """Return text for a sign that knows ASCII only; what it lacks, and control characters, become a question mark."""
    return "".join(c if c.isprintable() else "?" for c in text).encode("ascii", "replace")


def addressed(content: bytes) -> Lit | None:
    """Return what a frame of two digits and text says."""
    if not content[:2].isdigit() or not content.isascii():
        return None
    return Lit(int(content[:2]), content[2:].decode())


def _forms(number: str, *, digits_only: bool) -> tuple[str, ...]:
    letters, digits = split(number)
    short = (digits, digits.lstrip("0"))
    return short if digits_only else (number, letters + digits, *short)
