"""What keys mean: those that every keyboard has, and those that an office has taught its kiosk. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from hardware.config import KioskKeys
from kiosk.voice.guide import Key

EVERYWHERE: Mapping[tuple[str, bool], Key] = {
    ("Tab", False): "next",
    ("Tab", True): "previous",
    ("Down", False): "next",
    ("Right", False): "next",
    ("Up", False): "previous",
    ("Left", False): "previous",
    ("Enter", False): "ok",
    ("NumEnter", False): "ok",
    ("Space", False): "ok",
    ("Escape", False): "back",
    ("VolumeUp", False): "volume_up",
    ("VolumeDown", False): "volume_down",
}
"""By name, and whether Shift is held."""
_TURNED = {"Left": "Right", "Right": "Left"}
ENDS_OF_CODES = frozenset({"Enter", "NumEnter", "Tab"})
"""What a scanner that acts as a keyboard puts behind a code."""


class Keymap:
    """Tells what a key means here."""

    def __init__(self, keys: KioskKeys | None) -> None:
        """Take the keys that the office has taught, if any."""
        self._taught: dict[str, Key] = {}
        for meaning in get_args(Key):
            if name := getattr(keys, meaning, None):
                self._taught[name] = meaning

    def meaning(self, name: str, *, shifted: bool, is_turned: bool = False) -> tuple[Key, bool] | None:
        """Return what a key means and whether it is one of the tactile keypad, or None for one without a meaning.

        On a page that runs from right to left (`is_turned`) the arrows do too; what the office has taught stays.
        """
        if name in self._taught:
            return self._taught[name], True
        everywhere = EVERYWHERE.get((_TURNED.get(name, name) if is_turned else name, shifted))
        return None if everywhere is None else (everywhere, False)
