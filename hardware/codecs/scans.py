"""What code scanners send: whole lines of text, or fast typing. Nothing that comes from them is trusted. Pure."""

from __future__ import annotations

from collections.abc import Callable

from hardware.codecs.framing import Framer, lines
from hardware.codecs.talk import Heard, Manner

SCANNER_ADDRESS = 0
"""A line of its own needs no address."""
MOST_CHARACTERS = 256
"""More than any code that is scanned at a kiosk; longer lines are dropped."""
FEWEST_CHARACTERS = 4
"""Less is noise on the line, or somebody who leans on a keyboard."""
CUT_OFF_AFTER_S = 0.5
"""A code that pauses so long in its middle was cut off; scanners send theirs in one go."""
REPEAT_S = 2.0
"""A code that stays before the scanner is read again and again."""
TYPED_S = 0.05
"""Seconds a character at most, on average: scanners need 0.02, the fastest typists 0.08."""


def text_of(line: bytes) -> str | None:
    """Return the text of a scanned line, or None for garbage: too short or long, no UTF-8, control characters."""
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        return None
    is_code = FEWEST_CHARACTERS <= len(text) <= MOST_CHARACTERS and text.isprintable()
    return text if is_code else None


class ScannerTalk:
    """A scanner on a line of its own, as its master hears it: each code is a key."""

    manner: Manner = "own_line"

    def framer(self) -> Framer:
        """Return what cuts lines."""
        return Framer(lines(max_length=MOST_CHARACTERS), gap_s=CUT_OFF_AFTER_S)

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - a scanner is not asked
        """Return nothing."""
        return b""

    def show(self, address: int, face: None) -> bytes:  # noqa: ARG002 - it has nothing to show
        """Return nothing."""
        return b""

    def hear(self, frame: bytes) -> Heard | None:
        """Return the code in a line, if it holds one."""
        text = text_of(frame)
        return None if text is None else Heard(SCANNER_ADDRESS, keys=(text,))


class Repeats:
    """Lets each code through once, until it was away for `REPEAT_S`."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen_s: dict[str, float] = {}

    def is_new(self, text: str) -> bool:
        """Tell whether this code was not just here; one that is held still counts once, also beside another."""
        now_s = self._monotonic()
        self._seen_s = {code: at_s for code, at_s in self._seen_s.items() if now_s - at_s < REPEAT_S}
        is_new = text not in self._seen_s
        self._seen_s[text] = now_s
        return is_new


class Wedge:
    """A scanner that acts as a keyboard: told from fingers by its speed alone."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._typed = ""
        self._began_s = self._last_s = 0.0

    def key(self, name: str) -> str | None:
        """Take a key by its name; return the code that it ends, if it ends one."""
        now_s = self._monotonic()
        if now_s - self._last_s > CUT_OFF_AFTER_S or len(self._typed) > MOST_CHARACTERS:
            self._typed = ""
        if not self._typed:
            self._began_s = now_s
        self._last_s = now_s
        if name != "enter":
            self._typed += {"space": " "}.get(name, name if len(name) == 1 else "")
            return None
        typed, self._typed = self._typed, ""
        is_fast = now_s - self._began_s <= TYPED_S * len(typed)
        return text_of(typed.encode()) if is_fast else None
