"""Keys -> intents: the keyboard today, serial keypads by the same table. Pure.

A key is named by its character (`r`), by a word (`space`, `enter`, `up`) or, for a device that is no keyboard,
by the device and its key (`keypad:1`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What an officer may want of the window."""

    NEXT = "next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    PAUSE = "pause"
    SIGN_OUT = "sign_out"
    LANGUAGE = "language"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    ERASE = "erase"
    UP = "up"
    DOWN = "down"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Typed:
    """A character for the field that is being filled in."""

    character: str


KEYS: Mapping[Intent, str] = {
    Intent.NEXT: "space",
    Intent.RECALL: "r",
    Intent.START: "s",
    Intent.FINISH: "f",
    Intent.NO_SHOW: "n",
    Intent.PAUSE: "p",
    Intent.SIGN_OUT: "x",
    Intent.LANGUAGE: "l",
    Intent.CONFIRM: "enter",
    Intent.CANCEL: "escape",
}
"""The key that is printed on each button: the same in every language, so that hands need not learn twice."""

ALIASES: Mapping[str, Intent] = {
    "u": Intent.RECALL,  # panggil Ulang
    "m": Intent.START,  # Mulai
    "t": Intent.NO_SHOW,  # Tidak hadir
    "j": Intent.PAUSE,  # Jeda
    "k": Intent.SIGN_OUT,  # Keluar
    "b": Intent.LANGUAGE,  # Bahasa
}
"""Initials of the Indonesian labels, where no English key has the letter: S stays start, "selesai" is F alone."""

DESK_KEYS: Mapping[str, Intent] = {**{key: intent for intent, key in KEYS.items()}, **ALIASES}

FORM_KEYS: Mapping[str, Intent] = {
    "enter": Intent.CONFIRM,
    "escape": Intent.CANCEL,
    "backspace": Intent.ERASE,
    "tab": Intent.FIELD,
    "up": Intent.UP,
    "down": Intent.DOWN,
}


def at_desk(key: str, bindings: Mapping[str, Intent] = DESK_KEYS) -> Intent | None:
    """Return what a key means to a signed-in officer; `bindings` may hold those of a keypad."""
    return bindings.get(key.lower())


def in_form(key: str) -> Intent | Typed | None:
    """Return what a key means while signing in: most are characters."""
    known = FORM_KEYS.get(key.lower())
    if known is not None:
        return known
    return Typed(key) if len(key) == 1 and key.isprintable() and not key.isspace() else None
