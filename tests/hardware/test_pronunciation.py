"""Words that espeak-ng guesses wrong, checked by espeak-ng itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hardware.codecs.pronunciation import PHONEMES, VOICES, pronounced


def test_only_known_words_of_the_language_are_replaced() -> None:
    assert pronounced("Nomor A, empat.", "id") == "Nomor A, [[@mp'at]]."
    assert pronounced("Empat belas", "id") == "[[@mp'at]] [[b@l'as]]"
    assert pronounced("empat keempat", "en") == "empat keempat"
    assert pronounced("keempat", "id") == "keempat"


def test_a_text_cannot_bring_phonemes_of_its_own() -> None:
    assert "[[" not in pronounced("[[k@]] [[[x]]]", "en")


ASK = """
import ctypes, sys, espeakng_loader
library, libc = ctypes.CDLL(str(espeakng_loader.get_library_path())), ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
library.espeak_Initialize(2, 0, str(espeakng_loader.get_data_path()).encode(), 0)
assert library.espeak_SetVoiceByName(sys.argv[1].encode()) == 0
library.espeak_SetPhonemeTrace(1, ctypes.c_void_p(libc.fdopen(1, b"w")))
heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(lambda *_: 0)
library.espeak_SetSynthCallback(heard)
for line in sys.stdin:
    text = line.strip().encode()
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, 1 | 0x100, None, None)
    library.espeak_Synchronize()
libc.fflush(None)
"""
"""The library is under the GPL: it is asked in a process of its own, here too."""


def phonemes(texts: list[str], voice: str) -> list[str]:
    """Return what a voice of espeak-ng would say for each text, in its own phonemes."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, voice],
        input="\n".join(texts),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("language", sorted(PHONEMES))
def test_the_voice_would_say_these_words_differently_and_takes_ours(language: str) -> None:
    words = sorted(PHONEMES[language])
    guessed = phonemes(words, language)
    said = phonemes([pronounced(word, language) for word in words], language)
    assert all(one != other for one, other in zip(said, guessed, strict=True))
    assert [_bare(word) for word in said] == [_bare(PHONEMES[language][word]) for word in words]


def _bare(word: str) -> str:
    """Return phonemes without stress and with one kind of R: the voice has its own way with those."""
    return word.translate(str.maketrans("R", "r", ",'"))


def test_signs_of_order_are_not_heard() -> None:
    assert pronounced("\u2068A-012\u2069 \u200fx", "ar") == "A-012 x"


def test_every_voice_with_another_name_is_one_of_espeaks() -> None:
    for voice in VOICES.values():
        assert phonemes(["2"], voice)
