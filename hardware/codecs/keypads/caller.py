"""The 21-key caller pads of Chinese make: `FF 68 length length 68 address command data checksum 16`.

Public: the frame, and that the length counts from the address to before the checksum ("21-key dot-matrix caller
protocol", book118.com 7033135055002126). It is that of IEC 60870-5-1 FT 1.2, where the checksum is the sum of those
bytes; that these pads do the same is an inference. Not public: commands and key codes. Those here are ours; `keymap` in
config.yaml sets the codes.
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.codecs.framing import LONG_END, LONG_START, Framer, long_frames, sum8
from hardware.codecs.keypads.pad import Asked, PadFace, count_text, fitted
from hardware.codecs.talk import Heard, Manner

PREAMBLE = 0xFF
MAX_LENGTH = 40
GAP_S = 0.5
COUNT_WIDTH = 3
POLL, SHOW = 0x01, 0x02
ANSWER = 0x80
"""Set in the command of every answer."""
KEYS: Mapping[int, str] = {
    **{0x30 + figure: str(figure) for figure in range(10)},
    0x41: "next",
    0x42: "recall",
    0x43: "start",
    0x44: "finish",
    0x45: "no_show",
    0x46: "pause",
    0x47: "close",
    0x0D: "enter",
    0x08: "clear",
}


class CallerTalk:
    """The master's side; `keymap` says what the pads' key codes mean."""

    manner: Manner = "polled"

    def __init__(self, *, width: int, keymap: Mapping[int, str] = KEYS) -> None:
        self._width = width
        self._keymap = keymap

    def framer(self) -> Framer:
        """Return what cuts these frames."""
        return Framer(long_frames(max_length=MAX_LENGTH), gap_s=GAP_S)

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - these pads do not count
        """Return the question for a key."""
        return frame(address, POLL)

    def show(self, address: int, face: PadFace) -> bytes:
        """Return how a pad is told its face: how many wait, then the text."""
        text = fitted(face.text, self._width).ljust(self._width)
        return frame(address, SHOW, (count_text(face.waiting, COUNT_WIDTH) + text).encode("ascii", "replace"))

    def hear(self, content: bytes) -> Heard | None:
        """Return what a pad said; an echo of our own words says nothing."""
        match content[0], content[1:2], content[2:]:
            case address, command, data if command == bytes((ANSWER | POLL,)):
                return Heard(address, keys=tuple(self._keymap[code] for code in data if code in self._keymap))
            case address, command, _ if command == bytes((ANSWER | SHOW,)):
                return Heard(address, "show")
            case _:
                return None


class CallerPad:
    """The pad's side."""

    def __init__(self, *, keymap: Mapping[int, str] = KEYS) -> None:
        self._codes = {key: code for code, key in keymap.items()}

    def framer(self) -> Framer:
        """Return what cuts these frames."""
        return Framer(long_frames(max_length=MAX_LENGTH), gap_s=GAP_S)

    def asked(self, content: bytes) -> Asked | None:
        """Return what the master wants."""
        match content[0], content[1:2], content[2:]:
            case address, b"\x01", _:
                return Asked(address, "poll")
            case address, b"\x02", data:
                text = data.decode("ascii", "replace")
                count = text[:COUNT_WIDTH].strip()
                face = PadFace(text[COUNT_WIDTH:].rstrip(), int(count) if count.isdecimal() else None)
                return Asked(address, "show", face=face)
            case _:
                return None

    def answer(self, asked: Asked, key: str | None, seq: int) -> bytes:  # noqa: ARG002 - these pads do not count
        """Return the answer, with the code of the key if one waits."""
        if asked.kind == "show":
            return frame(asked.address, ANSWER | SHOW)
        return frame(asked.address, ANSWER | POLL, b"" if key is None else bytes((self._codes[key],)))

    def pressed(self, key: str) -> bytes:  # noqa: ARG002 - it waits to be asked
        """Return nothing."""
        return b""


def frame(address: int, command: int, data: bytes = b"") -> bytes:
    """Return one frame of this language."""
    content = bytes((address, command)) + data
    length = len(content)
    return bytes((PREAMBLE, LONG_START, length, length, LONG_START)) + content + bytes((sum8(content), LONG_END))
