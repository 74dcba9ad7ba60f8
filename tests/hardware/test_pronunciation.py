"""Indonesian words with the vowel that espeak-ng guesses wrong, checked by espeak-ng itself."""

from __future__ import annotations

import subprocess
import sys

from hardware.codecs.pronunciation import PHONEMES, pronounced


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
library.espeak_SetVoiceByName(b"id")
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


def phonemes(texts: list[str]) -> list[str]:
    """Return what espeak-ng would say for each text, in its own phonemes."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], input="\n".join(texts), capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.split()


def test_the_voice_would_say_these_words_differently_and_takes_ours() -> None:
    words = sorted(PHONEMES["id"])
    ours = [PHONEMES["id"][word] for word in words]
    assert all(said != wanted for said, wanted in zip(phonemes(words), ours, strict=True))
    assert phonemes([pronounced(word, "id") for word in words]) == ours
