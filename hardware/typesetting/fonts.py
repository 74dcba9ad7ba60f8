"""Which font has which letters. No font has all: a text is drawn with several, each for what it covers.

Noto Sans comes with this project. Other scripts are drawn with the Noto fonts of the system, found by their file's
name, which is the script's: no table of languages is kept here.
"""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont, features

OWN = Path(__file__).parents[1] / "panel" / "fonts"
"""Where the fonts lie that come with this project."""

FOLDERS = (
    Path("/usr/local/share/fonts"),
    Path("/usr/share/fonts"),
)
"""Where a system keeps its fonts."""

HAN = "NotoSansCJK"
_HAN_INDEX = 2
"""Simplified Chinese among the fonts of that collection; it has the kana and Hangul, too."""
_WIDE = frozenset("WFH")
_ALL = 0x110000


@dataclass(frozen=True, slots=True)
class Family:
    """A font in its two weights; `index` is its place in a collection."""

    name: str
    regular: Path
    bold: Path
    index: int = 0

    def has(self, character: str) -> bool:
        """Tell whether the font has a picture of this character."""
        code = ord(character)
        return bool(_coverage(self.regular, self.index)[code >> 3] & (1 << (code & 7)))


@lru_cache(maxsize=1)
def plain() -> Family:
    """Return the font of Latin letters and figures, which every text begins with."""
    return Family("NotoSans", OWN / "NotoSans-Regular.ttf", OWN / "NotoSans-Bold.ttf")


def family_for(character: str) -> Family | None:
    """Return the first font of the chain that has a character, or None where this machine has none."""
    return next((family for family in _chain(_script(character)) if family.has(character)), None)


def missing(text: Iterable[str]) -> dict[str, str]:
    """Return what no font here has, by the system package that would bring it: package to characters."""
    lacking: dict[str, str] = {}
    for character in sorted(set().union(*text) if not isinstance(text, str) else set(text)):
        if is_drawn(character) and family_for(character) is None:
            package = package_of(character)
            lacking[package] = lacking.get(package, "") + character
    return lacking


def package_of(character: str) -> str:
    """Return the Debian package with the font for a character that Noto Sans lacks."""
    return "fonts-noto-cjk" if _script(character) == HAN else "fonts-noto-core"


def is_drawn(character: str) -> bool:
    """Tell whether a character is a mark on the paper at all, not a space, a line break or a sign of order."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp", "Zs"}


@lru_cache(maxsize=1)
def shapes() -> bool:
    """Tell whether letters can be joined and put in order here: Pillow's Raqm, with the system's FriBiDi."""
    return bool(features.check("raqm"))


@lru_cache(maxsize=96)
def face(family: Family, size_px: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return a font in one size, rounded up to half a pixel: never smaller than was asked for."""
    size = max(1.0, math.ceil(size_px * 2) / 2)
    return ImageFont.truetype(str(family.bold if bold else family.regular), size, index=family.index)


def _script(character: str) -> str:
    """Return the font's name for a character's script, by the Unicode name: ARABIC LETTER BEH is of NotoSansArabic.

    A script may have a name of several words: MEETEI MAYEK LETTER KOK is of NotoSansMeeteiMayek.
    """
    if unicodedata.east_asian_width(character) in _WIDE:
        return HAN
    words = re.split("[ -]", unicodedata.name(character, ""))
    names = ["NotoSans" + "".join(map(str.title, words[:count])) for count in (3, 2, 1)]
    return next((name for name in names if _family(name)), names[-1])


@lru_cache(maxsize=256)
def _chain(script: str) -> tuple[Family, ...]:
    named = (_family(script), _family("DejaVuSans"))
    return (plain(), *(family for family in named if family is not None))


@lru_cache(maxsize=256)
def _family(name: str) -> Family | None:
    """Return a font of the system, or None where it is not installed."""
    files = _files()
    for regular, bold, index in (
        (f"{name}-Regular.ttf", f"{name}-Bold.ttf", 0),
        (f"{name}-Regular.otf", f"{name}-Bold.otf", 0),
        (f"{name}-Regular.ttc", f"{name}-Bold.ttc", _HAN_INDEX),
        (f"{name}.ttf", f"{name}-Bold.ttf", 0),
    ):
        if regular in files:
            return Family(name, files[regular], files.get(bold, files[regular]), index)
    return None


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Return the system's Noto and DejaVu fonts by their file names."""
    return {path.name: path for folder in reversed(FOLDERS) for path in _walk(folder)}


def _walk(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.startswith(("NotoSans", "DejaVuSans")))


@lru_cache(maxsize=32)
def _coverage(path: Path, index: int) -> bytes:
    """Return one bit for each code point: fontTools' own table of a Chinese font takes a hundred times as much."""
    bits = bytearray(_ALL // 8)
    with TTFont(path, fontNumber=index, lazy=True) as font:
        for code in font.getBestCmap():
            bits[code >> 3] |= 1 << (code & 7)
    return bytes(bits)
