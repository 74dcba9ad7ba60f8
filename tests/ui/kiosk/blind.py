"""A visitor who sees nothing before a true window: the keys of a keypad, and what the voice was given to say."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from broker.up.visit import Window
from kiosk.visit.keyboard import LATIN
from tests.support.caller import wait_until

KEYS = {
    "previous": "F13", "next": "F14", "ok": "F15", "repeat": "F16",
    "volume_up": "F17", "volume_down": "F18", "headset_in": "F19", "headset_out": "F20",
}  # fmt: skip
"""As a keypad for the blind sends them."""
X_KEYCODE_OF_F13 = 191
PATIENCE_S = 20.0


@dataclass(slots=True)
class Blind:
    """A visitor with a keypad and ears."""

    window: Window
    data_dir: Path
    at: int = 0

    def press(self, *keys: str) -> None:
        """Press keys of the keypad."""
        codes = [str(X_KEYCODE_OF_F13 + int(KEYS[key].removeprefix("F")) - 13) for key in keys]
        self.window.screen.press(*codes)

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """Return all that was said so far: (language, text)."""
        path = self.data_dir / "spoken.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [(line["language"], line["text"]) for line in map(json.loads, lines)]

    def hears(self, *fragments: str, language: str | None = None) -> None:
        """Wait until each was said, in this order, after what was heard before."""
        for fragment in fragments:
            deadline = time.monotonic() + PATIENCE_S
            while (place := self._found(fragment, language)) is None:
                assert time.monotonic() < deadline, (fragment, self.spoken[self.at :])
                time.sleep(0.02)
            self.at = place

    def goes_to(self, words: str) -> None:
        """Press Next until one stands there."""
        for _ in range(30):
            before = len(self.spoken)
            self.press("next")
            wait_until(lambda before=before: len(self.spoken) > before, "something is said")  # type: ignore[misc]
            if self.spoken[-1][1].startswith(words):
                self.at = len(self.spoken) - 1
                return
        pytest.fail(f"{words} is not among {self.spoken[-30:]}")

    def spells(self, word: str) -> None:
        """Type a word of one row of the keyboard, sign by sign by the shorter way, and hear each sign at its key."""
        (row,) = (one for one in LATIN if set(word) <= set(one))
        self.goes_to(f"{word[0].upper()}.")  # where a sentence begins
        self._says_on("ok")
        for before, sign in pairwise(word):
            steps = row.index(sign) - row.index(before)
            for _ in range(abs(steps)):
                self._says_on("next" if steps > 0 else "previous")
            assert self.spoken[-1][1] == f"{sign}."
            self._says_on("ok")
        self.at = len(self.spoken) - 1

    def _says_on(self, key: str) -> None:
        before = len(self.spoken)
        self.press(key)
        wait_until(lambda: len(self.spoken) > before, "something is said")

    def chooses(self, words: str) -> None:
        """Go there and press OK, once the page takes it."""
        self.goes_to(words)
        time.sleep(0.45)  # a page counts nothing sooner: the second half of a double press meant the one before
        self.press("ok")

    def _found(self, fragment: str, language: str | None) -> int | None:
        said = enumerate(self.spoken)
        return next(
            (at for at, (code, text) in said if at >= self.at and fragment in text and language in {None, code}), None
        )
