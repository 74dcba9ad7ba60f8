"""Names of the keys of a USB keyboard by their usage number, whatever layout the desktop has. Pure.

USB HID Usage Tables, page 0x07; SDL calls the numbers scancodes. A tactile keypad is such a keyboard, with keys that no
typist has.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = {
    40: "Enter", 41: "Escape", 42: "Backspace", 43: "Tab", 44: "Space",
    73: "Insert", 74: "Home", 75: "PageUp", 76: "Delete", 77: "End", 78: "PageDown",
    79: "Right", 80: "Left", 81: "Down", 82: "Up",
    84: "NumDivide", 85: "NumMultiply", 86: "NumMinus", 87: "NumPlus", 88: "NumEnter", 99: "NumPoint", 101: "Menu",
    127: "Mute", 128: "VolumeUp", 129: "VolumeDown",
}  # fmt: skip
NAMES: Mapping[int, str] = {
    **{4 + at: letter for at, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
    **{30 + at: digit for at, digit in enumerate("1234567890")},
    **{58 + at: f"F{at + 1}" for at in range(12)},
    **{104 + at: f"F{at + 13}" for at in range(12)},
    **{89 + at: f"Num{digit}" for at, digit in enumerate("1234567890")},
    **_WORDS,
}


def key_at(usage: int) -> str:
    """Return the name of a key; one without a name is called by its number, such as #139."""
    return NAMES.get(usage, f"#{usage}")
