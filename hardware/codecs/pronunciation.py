"""What espeak-ng says wrong, in its own phonemes, and its voices that go by other names than the language. Pure.

Indonesian spells two vowels with one e, Arabic leaves the short ones out: there it guesses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PHONEMES: Mapping[str, Mapping[str, str]] = {
    "id": {"belas": "b@l'as", "empat": "@mp'at", "enam": "@n'am", "sebelas": "s@b@l'as", "loket": "l'okEt"},
    "ar": {
        "اثنا": "?iTn'a:",
        "اثنان": "?iTn'a:n",
        "ثلاثة": "Tal'a:Ta",
        "أربعة": "?arb'aAa",
        "خمسة": "X'amsa",
        "ستة": "s'itta",
        "سبعة": "s'abAa",
        "ثمانية": "Tam'a:nija",
        "تسعة": "t'isAa",
        "عشرة": "A'aSara",
        "ثلاثون": "Tala:T'u:n",
        "أربعون": "?arbaA'u:n",
        "خمسون": "Xams'u:n",
        "ستون": "sitt'u:n",
        "سبعون": "sabA'u:n",
        "ثمانون": "Tama:n'u:n",
        "تسعون": "tisA'u:n",
        "مائة": "m'i?a",
        "مئتان": "mi?at'a:n",
        "ثلاثمائة": "Tala:Tum'i?a",
        "أربعمائة": "?arbaAum'i?a",
        "خمسمائة": "Xamsum'i?a",
        "ستمائة": "sittum'i?a",
        "سبعمائة": "sabAum'i?a",
        "ثمانمائة": "Tama:nim'i?a",
        "تسعمائة": "tisAum'i?a",
        "ألف": "?'alf",
        "ألفان": "?alf'a:n",
    },
}
"""Words by language: as the Kamus Besar Bahasa Indonesia has them (bêlas, êmpat, ênam, sêbêlas, lokèt), and Arabic
numbers as they are said where a sentence pauses."""

VOICES: Mapping[str, str] = {"zh": "cmn"}
"""What espeak-ng calls the voice of a language whose code it does not know."""

_UNHEARD = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that only say in which order a line is written."""

_WORD = re.compile(r"[^\W\d_]+")


def pronounced(text: str, language: str) -> str:
    """Return the text with the words that would be said wrong as phonemes, `[[...]]`; other brackets are dropped."""
    known = PHONEMES.get(language, {})

    def word(found: re.Match[str]) -> str:
        phonemes = known.get(found[0].lower())
        return found[0] if phonemes is None else f"[[{phonemes}]]"

    return _WORD.sub(word, _UNHEARD.sub("", text).replace("[", " ").replace("]", " "))
