"""What one row of a sign shows, as text of its width, and what every sign language can do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MOST_ADDRESS = 99
"""Two decimal digits, which all sign languages here can carry."""


@dataclass(frozen=True, slots=True)
class Face:
    """How a sign is built: its width in characters, and whether it has figures only, no letters."""

    width: int
    digits_only: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a number such as `A-012`, and on a board also where to go. Without a number it is dark."""

    number: str = ""
    place: str | None = None


UNSURE_MARK = "-"
DARK = Row()
UNSURE = Row(UNSURE_MARK)
"""Dashes: the sign is alive, but nobody knows what it should show."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a sign, and the only answer that proves it was taken; empty where the language has none."""

    data: bytes
    reply: bytes = b""


class SignCodec(Protocol):
    """A sign language: what to send so that the sign at an address shows a row."""

    def message(self, address: int, row: Row, face: Face) -> Message:
        """Return the message. It is whole: what the sign showed before does not matter."""
        ...


def row_text(row: Row, face: Face) -> str:
    """Return a row as text of exactly the sign's width.

    The fullest form of the number that fits: `A-012`, `A012`, `012`, `12`. A number that would have to be cut
    would be another visitor's, so the sign shows dashes instead.
    """
    if not row.number:
        return " " * face.width
    if row.number == UNSURE_MARK:
        return UNSURE_MARK * face.width
    place = "" if row.place is None else f" {row.place}"
    room = face.width - len(place)
    fitting = (form for form in _forms(row.number, digits_only=face.digits_only) if len(form) <= room)
    number = next(fitting, None)
    if number is None:
        return UNSURE_MARK * face.width
    return number.ljust(room) + place if place else number.rjust(face.width)


def split(number: str) -> tuple[str, str]:
    """Return the letters and the digits of a number."""
    letters, _, digits = number.partition("-")
    return letters, digits


def ascii_bytes(text: str) -> bytes:
    """Return text for a sign that knows ASCII only; what it lacks, and control characters, become a question mark."""
    return "".join(c if c.isprintable() else "?" for c in text).encode("ascii", "replace")


def _forms(number: str, *, digits_only: bool) -> tuple[str, ...]:
    letters, digits = split(number)
    short = (digits, digits.lstrip("0"))
    return short if digits_only else (number, letters + digits, *short)
