"""A USB keyboard or number pad as Linux tells it: `struct input_event` records (linux/input.h), one pad, no display."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from hardware.codecs.framing import Framer, records
from hardware.codecs.keypads.pad import Asked, PadFace
from hardware.codecs.talk import Heard, Manner

EVENT = struct.Struct("llHHi")
"""Seconds, microseconds, type, code, value: 24 bytes on a 64-bit machine."""
SYNC, KEY = 0, 1
RELEASED, PRESSED = 0, 1
KEYS: Mapping[int, str] = {
    **dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)),
    **dict(zip(range(2, 12), "1234567890", strict=True)),
    28: "enter",
    96: "enter",
    14: "clear",
    78: "next",  # plus
    74: "recall",  # minus
    55: "finish",  # asterisk
    98: "no_show",  # slash
    83: "start",  # point
    69: "pause",  # NumLock
    111: "clear",  # Delete
}
"""Key codes of linux/input-event-codes.h: a number pad, and the figures of a keyboard."""


class HidTalk:
    """Hears presses; what a key's repetition or release says is passed over."""

    manner: Manner = "own_line"

    def __init__(self, address: int, *, keymap: Mapping[int, str] = KEYS) -> None:
        self._address = address
        self._keymap = keymap

    def framer(self) -> Framer:
        """Return what cuts records."""
        return Framer(records(EVENT.size))

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - a keyboard is not asked
        """Return nothing."""
        return b""

    def show(self, address: int, face: PadFace) -> bytes:  # noqa: ARG002 - a keyboard has no display
        """Return nothing."""
        return b""

    def hear(self, record: bytes) -> Heard | None:
        """Return the key that was pressed."""
        _seconds, _micros, kind, code, value = EVENT.unpack(record)
        key = self._keymap.get(code) if (kind, value) == (KEY, PRESSED) else None
        return None if key is None else Heard(self._address, keys=(key,))


class HidPad:
    """The keyboard's side."""

    def __init__(self, *, keymap: Mapping[int, str] = KEYS) -> None:
        self._codes = {key: code for code, key in reversed(list(keymap.items()))}

    def framer(self) -> Framer:
        """Return something: nobody speaks to a keyboard."""
        return Framer(records(EVENT.size))

    def asked(self, frame: bytes) -> Asked | None:  # noqa: ARG002 - nobody speaks to a keyboard
        """Return nothing."""
        return None

    def answer(self, asked: Asked, key: str | None, seq: int) -> bytes:  # noqa: ARG002 - the same
        """Return nothing."""
        return b""

    def pressed(self, key: str) -> bytes:
        """Return the records of a press and a release."""
        code = self._codes[key]
        events = ((KEY, code, PRESSED), (SYNC, 0, 0), (KEY, code, RELEASED), (SYNC, 0, 0))
        return b"".join(EVENT.pack(0, 0, *event) for event in events)
