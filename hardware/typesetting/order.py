"""In which order the characters of a line stand, by the Unicode Bidirectional Algorithm (UAX #9).

FriBiDi computes it, the very library that Pillow's Raqm asks. Pillow itself draws a text with one font; cut into runs
of several, a paragraph has to be put in order as a whole first.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
from functools import lru_cache
from typing import Literal

Direction = Literal["auto", "ltr", "rtl"]

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""What makes a line go from right to left, at least in part: Hebrew, Arabic, Syriac, Thaana and N'Ko blocks, marks."""

_PARAGRAPH: dict[Direction, int] = {"auto": 0x40, "ltr": 0x110, "rtl": 0x111}
"""FRIBIDI_PAR_ON, _LTR and _RTL."""


def _turns(text: str) -> bool:
    """Tell whether anything in `text` stands from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def levels(text: str, direction: Direction) -> tuple[int, bytes]:
    """Return the level of a paragraph and of each of its characters; what has an odd one goes from right to left.

    A paragraph without a direction of its own goes as its first strong letter does, as HTML's `dir=auto`.
    """
    base = 1 if direction == "rtl" else 0
    if not text or not (base or _turns(text)):
        return base, bytes(len(text))
    library = _fribidi()
    if library is None:
        base = 1 if direction != "ltr" else 0
        return base, bytes([base]) * len(text)
    count = len(text)
    signs = (ctypes.c_uint32 * count)(*map(ord, text))
    types = (ctypes.c_uint32 * count)()
    brackets = (ctypes.c_uint32 * count)()
    found = (ctypes.c_int8 * count)()
    paragraph = ctypes.c_uint32(_PARAGRAPH[direction])
    library.fribidi_get_bidi_types(signs, count, types)
    library.fribidi_get_bracket_types(signs, count, types, brackets)
    library.fribidi_get_par_embedding_levels_ex(types, brackets, count, ctypes.byref(paragraph), found)
    return paragraph.value & 1, bytes(found)


def visual(runs: list[int]) -> list[int]:
    """Return the places of a line's runs from left to right, by their levels (UAX #9, rule L2)."""
    order = list(range(len(runs)))
    for level in range(max(runs, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and runs[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return order


@lru_cache(maxsize=1)
def _fribidi() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("fribidi")
    try:
        return ctypes.CDLL(name or "libfribidi.so.0")
    except OSError:
        return None
