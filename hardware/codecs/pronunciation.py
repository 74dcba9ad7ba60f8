"""What espeak-ng says wrong, in its own phonemes: Indonesian spells two vowels with one e, and it guesses. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

PHONEMES: Mapping[str, Mapping[str, str]] = {
    "id": {"belas": "b@l'as", "empat": "@mp'at", "enam": "@n'am", "sebelas": "s@b@l'as", "loket": "l'okEt"},
}
"""Words by language, as the Kamus Besar Bahasa Indonesia has them: bêlas, êmpat, ênam, sêbêlas, lokèt."""

_WORD = re.compile(r"[^\W\d_]+")


def pronounced(text: str, language: str) -> str:
    """Return the text with the words that would be said wrong as phonemes, `[[...]]`; other brackets are dropped."""
    known = PHONEMES.get(language, {})

    def word(found: re.Match[str]) -> str:
        phonemes = known.get(found[0].lower())
        return found[0] if phonemes is None else f"[[{phonemes}]]"

    return _WORD.sub(word, text.replace("[", " ").replace("]", " "))
