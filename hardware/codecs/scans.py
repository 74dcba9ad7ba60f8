"""What code scanners send: whole lines of text, or fast typing. Nothing that comes from them is trusted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hardware.codecs.framing import Framer, lines
from hardware.codecs.talk import Heard, Manner

SCANNER_ADDRESS = 0
"""A line of its own needs no address."""
MOST_CHARACTERS = 256
"""More than any code that is scanned at a kiosk; longer lines are dropped."""
FEWEST_CHARACTERS = 4
"""Less is noise on the line, or somebody who leans on a keyboard."""
ENDS = b"\r\n\t\x02\x03"
"""What scanners are set to put behind a code: CR, LF, TAB, ETX; and STX before it."""
CUT_OFF_AFTER_S = 0.5
"""A code that pauses so long in its middle was cut off; scanners send theirs in one go."""
IDLE_ENDS_S = 0.2
"""So long a pause ends the code of a scanner that has never ended one otherwise."""
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


class _CodeFramer(Framer):
    """Cuts codes at what ends them; where nothing ever does, a pause ends them.

    Not both at once: a scanner that ends its codes was cut off where it pauses.
    """

    def __init__(self) -> None:
        super().__init__(lines(max_length=MOST_CHARACTERS, ends=ENDS), gap_s=CUT_OFF_AFTER_S)
        self._knows_an_end = False

    def feed(self, data: bytes, *, at_s: float = 0.0) -> list[bytes]:
        """Return the codes that `data`, or the time without any, completes."""
        paused = [] if self._knows_an_end or at_s - self._heard_s < IDLE_ENDS_S else self._ended_by_a_pause()
        ended = super().feed(data, at_s=at_s)
        self._knows_an_end = self._knows_an_end or bool(ended)
        return [*paused, *ended]

    def _ended_by_a_pause(self) -> list[bytes]:
        held = self._held
        self.drop()
        return [held] if held else []


class ScannerTalk:
    """A scanner on a line of its own, as its master hears it: each code is a key."""

    manner: Manner = "own_line"

    def framer(self) -> Framer:
        """Return what cuts codes."""
        return _CodeFramer()

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


_SHIFTED_DIGITS = dict(zip(")!@#$%^&*(", "0123456789", strict=True))


def _swapped(*pairs: tuple[str, str], others: Mapping[str, str]) -> Mapping[int, str]:
    """Return what stands on the keys of a country, by what a US keyboard has there."""
    table = dict(others)
    for one, other in pairs:
        table |= {one: other, other: one, one.upper(): other.upper(), other.upper(): one.upper()}
    return str.maketrans(table)


_AZERTY = {";": "m", ":": "M", ".": ":", ">": "/", "<": ".", **_SHIFTED_DIGITS}
_SEVEN = {"/": "-", ">": ":", "&": "/"}
"""The slash above the seven."""
COUNTRIES: Mapping[str, Mapping[int, str]] = {
    "German": _swapped(("y", "z"), others=_SEVEN),
    "French": _swapped(("a", "q"), ("w", "z"), others=_AZERTY | {"6": "-"}),
    "Belgian": _swapped(("a", "q"), ("w", "z"), others=_AZERTY | {"=": "-"}),
    "Turkish": _swapped(others={"=": "-", "/": ".", "?": ":", "&": "/"}),
    "Spanish or Italian": _swapped(others=_SEVEN),
}
"""Keyboards that scanners are set to act as, as far as letters, digits and the signs of a ticket's code or link go."""


def readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield what was typed on the keys of a US keyboard, and what it is where the scanner meant another country's."""
    yield "US", text
    for country, table in COUNTRIES.items():
        yield country, text.translate(table)


class Wedge:
    """A scanner that acts as a keyboard: told from fingers by its speed alone.

    Keys are taken by their place, with the names that a US keyboard gives them, so the desktop's layout does not
    matter. Which one the scanner has shows in a code that only makes sense in that (`knows`).
    """

    def __init__(self, monotonic: Callable[[], float], *, knows: Callable[[str], bool] = lambda _: False) -> None:
        self._monotonic = monotonic
        self._knows = knows
        self._typed = ""
        self._began_s = self._last_s = 0.0
        self.country = "US"
        """Whose keyboard the scanner was last found to act as."""

    def key(self, name: str) -> str | None:
        """Take a key by its name; return the code that it ends, if it ends one."""
        now_s = self._monotonic()
        if now_s - self._last_s > CUT_OFF_AFTER_S or len(self._typed) > MOST_CHARACTERS:
            self._typed = ""
        if not self._typed:
            self._began_s = now_s
        self._last_s = now_s
        if name not in {"enter", "tab"}:
            self._typed += {"space": " "}.get(name, name if len(name) == 1 else "")
            return None
        return self._taken()

    @property
    def is_typing(self) -> bool:
        """Tell whether a code has begun: the key that ends it is no finger's."""
        return len(self._typed) >= FEWEST_CHARACTERS and self._monotonic() - self._last_s <= CUT_OFF_AFTER_S

    def paused(self) -> str | None:
        """Return the code that the pause since the last key ends, where it is one: not all scanners press Enter."""
        is_over = self._typed and self._monotonic() - self._last_s >= IDLE_ENDS_S
        # Hands pause too, and a key that is held down is fast: what nobody knows waits for its Enter.
        return self._taken() if is_over and self._known(self._typed) else None

    def _taken(self) -> str | None:
        typed, self._typed = self._typed, ""
        is_fast = self._last_s - self._began_s <= TYPED_S * len(typed)
        text = text_of(typed.encode()) if is_fast else None
        found = None if text is None else self._known(text)
        if found is None:
            return text
        self.country, code = found
        return code

    def _known(self, text: str) -> tuple[str, str] | None:
        return next((reading for reading in readings(text) if self._knows(reading[1])), None)
