"""ASCII lines with an address: our own, simple enough for a pad of one's own making. See docs/hardware.md.

`@` address (two digits) letter content `*` check (two hex digits: all between `@` and `*` XORed, as in NMEA 0183) CR.
The master asks `P` and the count of the last key it heard (`-` for none), or shows `S`, how many wait (3) and the text.
A pad answers `N` (no news), `K` count key, or `A` (shown). It says the same key until its count comes back in a `P`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hardware.codecs.framing import Framer, lines, xor8
from hardware.codecs.keypads.pad import Asked, PadFace, count_text, fitted
from hardware.codecs.talk import Heard, Manner

MAX_LENGTH = 40
GAP_S = 0.5
COUNT_WIDTH = 3
KEYS: Mapping[str, str] = {
    **{figure: figure for figure in "0123456789"},
    "n": "next",
    "r": "recall",
    "s": "start",
    "f": "finish",
    "x": "no_show",
    "p": "pause",
    "q": "close",
    "e": "enter",
    "c": "clear",
}
"""The letter of each key on the wire."""

_LETTERS = {key: letter for letter, key in KEYS.items()}
_FRAME = re.compile(rb"@(\d\d)([A-Z])([ -~]*)\*([0-9A-F]{2})")


class AsciiTalk:
    """The master's side; `width` is how many characters the pads show."""

    manner: Manner = "polled"

    def __init__(self, *, width: int) -> None:
        self._width = width

    def framer(self) -> Framer:
        """Return what cuts lines."""
        return Framer(lines(max_length=MAX_LENGTH), gap_s=GAP_S)

    def poll(self, address: int, seq: int | None) -> bytes:
        """Return the question for a key."""
        return frame(address, "P", "-" if seq is None else str(seq))

    def show(self, address: int, face: PadFace) -> bytes:
        """Return how a pad is told its face; what is no plain ASCII is left out, and so is `@`, which begins a line."""
        text = fitted(face.text.replace("@", ""), self._width).encode("ascii", "ignore").decode()
        return frame(address, "S", count_text(face.waiting, COUNT_WIDTH) + text)

    def hear(self, line: bytes) -> Heard | None:
        """Return what a pad said; an echo of our own words says nothing."""
        match parsed(line):
            case (address, "K", content) if len(content) == 2 and content[0].isdecimal() and content[1] in KEYS:  # noqa: PLR2004 - count and key
                return Heard(address, keys=(KEYS[content[1]],), seq=int(content[0]))
            case (address, "N", _):
                return Heard(address)
            case (address, "A", _):
                return Heard(address, "show")
            case _:
                return None


class AsciiPad:
    """The pad's side."""

    def framer(self) -> Framer:
        """Return what cuts lines."""
        return Framer(lines(max_length=MAX_LENGTH), gap_s=GAP_S)

    def asked(self, line: bytes) -> Asked | None:
        """Return what the master wants."""
        match parsed(line):
            case (address, "P", content):
                return Asked(address, "poll", int(content) if content.isdecimal() else -1)
            case (address, "S", content):
                count = content[:COUNT_WIDTH].strip()
                face = PadFace(content[COUNT_WIDTH:], int(count) if count.isdecimal() else None)
                return Asked(address, "show", face=face)
            case _:
                return None

    def answer(self, asked: Asked, key: str | None, seq: int) -> bytes:
        """Return `A`, `N` or `K`."""
        if asked.kind == "show":
            return frame(asked.address, "A")
        return frame(asked.address, "N") if key is None else frame(asked.address, "K", f"{seq}{_LETTERS[key]}")

    def pressed(self, key: str) -> bytes:  # noqa: ARG002 - it waits to be asked
        """Return nothing."""
        return b""


def frame(address: int, letter: str, content: str = "") -> bytes:
    """Return one line of this language."""
    body = f"{address:02}{letter}{content}".encode("ascii")
    return b"@%s*%02X\r" % (body, xor8(body))


def parsed(line: bytes) -> tuple[int, str, str] | None:
    """Return address, letter and content of a sound line; noise before its `@` is passed over."""
    found = _FRAME.fullmatch(line[max(0, line.rfind(b"@")) :])
    if found is None:
        return None
    address, letter, content, check = found.groups()
    if int(check, 16) != xor8(address + letter + content):
        return None
    return int(address), letter.decode(), content.decode("ascii")
