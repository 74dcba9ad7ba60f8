"""What a printer's code page lacks becomes the nearest it has: never a wrong glyph, never a control byte."""

from __future__ import annotations

import unicodedata

STAND_INS = {
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2026": "...", "\u2022": "-", "\u25a0": "-", "\u00b7": "-", "\u00d7": "x", "\u20ac": "EUR",
    "\u2192": "->", "\u2190": "<-", "\u2264": "<=", "\u2265": ">=", "\u00b1": "+/-",
    "\u00a9": "(c)", "\u00ae": "(R)", "\u2122": "(TM)", "\u00df": "ss", "\u00e6": "ae", "\u00f8": "o",
}  # fmt: skip
"""What Unicode's own decomposition does not give."""


def printable(text: str, encoding: str) -> str:
    """Return `text` in letters that `encoding` has, on one line, with plain spaces."""
    joined = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(_nearest(letter, encoding) for letter in joined)


def is_lacking(letter: str, encoding: str) -> bool:
    """Tell whether `encoding` has neither a letter nor a near one, so that only a picture of it can be printed."""
    return letter != "?" and _nearest(letter, encoding) == "?"


def _nearest(letter: str, encoding: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf":  # joiners and direction marks have no width and no ink
        return ""
    if category == "Cc":
        return " "
    if _has(letter, encoding):
        return letter
    if letter in STAND_INS:
        return STAND_INS[letter]
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in parts if part.isascii() and part.isprintable())
    return kept or "?"


def _has(letter: str, encoding: str) -> bool:
    try:
        return len(letter.encode(encoding)) == 1
    except UnicodeEncodeError:
        return False
