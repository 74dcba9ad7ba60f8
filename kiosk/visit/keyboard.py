"""The keyboard on the screen: which keys it has in a language, and what a key makes of what was typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Layer = Literal["letters", "figures", "latin"]
Special = Literal["shift", "layer", "space", "erase"]

SPECIAL: tuple[Special, ...] = ("shift", "layer", "space", "erase")
"""The keys below the letters, each at its place on every layer."""

ROW = 10
"""So many keys stand in a row."""
LATIN = ("qwertyuiop", "asdfghjkl'", "zxcvbnm,.?")
FIGURES = ("1234567890", '-/:;()&@"!', "._+=%#*,'?")
ARABIC = (
    "\u0636\u0635\u062b\u0642\u0641\u063a\u0639\u0647\u062e\u062d",
    "\u0634\u0633\u064a\u0628\u0644\u0627\u062a\u0646\u0645\u0643",
    "\u0626\u0621\u0624\u0631\u0649\u0629\u0648\u0632\u0638\u0637",
    "\u062c\u062f\u0630\u0623\u0625\u0622\u060c\u061f.-",
)
"""As on Arabic keyboards, cut to rows of ten."""
CODE = ("abcdefgh", "ijklmnop", "qrstuvwx", "yz234567")
"""The signs of a receipt's code, in the order in which whoever does not type looks for them."""
CODE_SIGNS = frozenset("".join(CODE).upper())
_OWN: Mapping[str, tuple[str, ...]] = {"ar": ARABIC}
_IN_LATIN = frozenset({"id", "en", "ms", "jv", "su", "sw", "tl"})
"""Languages whose words are written with the letters of `LATIN` alone."""
_ENDS = frozenset(".!?\u061f")


@dataclass(frozen=True, slots=True)
class Keyboard:
    """What of the keyboard is in sight. `shift` is None where the place in the text decides."""

    layer: Layer = "letters"
    shift: bool | None = None


def can_write(language: str) -> bool:
    """Tell whether everything in this language can be typed here."""
    return language in _IN_LATIN or language in _OWN


def layers(language: str) -> tuple[Layer, ...]:
    """Return which layers there are, in the order in which the key turns them."""
    return ("letters", "figures", "latin") if language in _OWN else ("letters", "figures")


def next_layer(language: str, layer: Layer) -> Layer:
    """Return the layer that comes after this one."""
    found = layers(language)
    return found[(found.index(layer) + 1) % len(found)] if layer in found else "letters"


def rows(language: str, layer: Layer) -> tuple[str, ...]:
    """Return the signs of a layer, row by row, in small letters."""
    return FIGURES if layer == "figures" else _OWN.get(language, LATIN) if layer == "letters" else LATIN


def has_capitals(language: str, layer: Layer) -> bool:
    """Tell whether this layer has large and small letters."""
    return layer == "latin" or (layer == "letters" and language not in _OWN)


def is_shifted(keyboard: Keyboard, language: str, text: str, *, is_sentence: bool) -> bool:
    """Tell whether the next letter is a capital: as wanted, else where a sentence begins."""
    if not has_capitals(language, keyboard.layer):
        return False
    if keyboard.shift is not None:
        return keyboard.shift
    return is_sentence and (not text.strip() or (text[-1].isspace() and text.rstrip()[-1] in _ENDS))


def fits(text: str, sign: str, *, most: int, most_bytes: int) -> bool:
    """Tell whether there is room for one more sign; a space needs something before it that is none."""
    if sign == " " and (not text or text[-1] == " "):
        return False
    return len(text) < most and len((text + sign).encode()) <= most_bytes


def word_in_hand(text: str) -> str:
    """Return the word that is being typed: what whoever listens is told after each key."""
    return text.rpartition(" ")[2]
