"""Keypads on a cable: keys are pressed by command, faces can be read; a pad can be away, or its line noisy.

Commands are one line each, and each answers with what all pads show:

    press ADDRESS KEY...     0-9 next recall start finish no_show pause close enter clear
    absent ADDRESS           does not answer any more
    present ADDRESS          answers again
    power ADDRESS            is switched off and on: shows nothing, has forgotten its keys
    noise on|off             every answer is spoilt on its way
    unplug  plug             the cable of all of them
    status                   changes nothing
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from hardware.codecs.keypads.pad import PadFace, PadSide
from hardware.config import PadKey
from hardware.emulators.control import Deeds, obey
from hardware.emulators.wire import Wire

READ_S = 0.02
MOST_KEYS = 8
"""A pad keeps so many keys until they are fetched."""
_NOISE = bytes((0x00, 0x68, 0xFF, 0x40, 0x2A))


@dataclass(slots=True)
class _Pad:
    face: PadFace | None = None
    keys: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_KEYS))
    seq: int = 0
    offered: bool = False


class EmulatedKeypads:
    """Several pads at the end of one wire, on a thread of their own."""

    def __init__(self, wire: Wire, side: PadSide, addresses: Iterable[int], *, read_s: float = READ_S) -> None:
        """Prepare; `start` begins. `read_s`: how soon a cable that was plugged in again is noticed."""
        self.wire = wire
        self._read_s = read_s
        self.absent: set[int] = set()
        """Pads that do not answer now."""
        self.noisy = False
        """Whether every answer is preceded by noise and its end is lost."""
        self._side = side
        self._pads = {address: _Pad() for address in addresses}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulated-keypads", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Pull all out, and the cable."""
        self._stopping.set()
        self._thread.join()
        self.wire.close()

    def press(self, address: int, *keys: str) -> None:
        """Press keys, one after the other. ValueError for a pad or a key that is not there."""
        pad = self._pads[self._known(str(address))]
        for key in keys:
            if key not in get_args(PadKey):
                message = f"there is no key {key}"
                raise ValueError(message)
            unasked = self._side.pressed(key)
            if unasked:
                self.wire.write(unasked)
            else:
                with self._lock:
                    pad.keys.append(key)

    def face(self, address: int) -> PadFace | None:
        """Return what a pad shows; None before anything was shown."""
        return self._pads[address].face

    def command(self, line: str) -> str:
        """Do what `line` says; return what all pads show, or a sentence that says what is wrong with it."""
        deeds: Deeds = {
            "press": self._press,
            "absent": lambda pad: self.absent.add(self._known(pad)),
            "present": lambda pad: self.absent.discard(self._known(pad)),
            "power": lambda pad: self.lose_power(self._known(pad)),
            "noise": lambda word: setattr(self, "noisy", word == "on"),
            "unplug": lambda _: self.wire.unplug(),
            "plug": lambda _: self.wire.plug(),
            "status": lambda _: None,
        }
        return obey(line or "status", deeds, told=self.status)

    def status(self) -> str:
        """Return in one line what all pads show."""
        return " | ".join(f"{address}: {self._told(address)}" for address in self._pads)

    def _told(self, address: int) -> str:
        face = self._pads[address].face
        if address in self.absent:
            return "absent"
        return "dark" if face is None else f"{face.text} ({'?' if face.waiting is None else face.waiting} waiting)"

    def _press(self, words: str) -> None:
        address, *keys = words.split() or [""]
        self.press(self._known(address), *keys)

    def _known(self, word: str) -> int:
        if not word.isdecimal():
            message = "the address of a pad is missing"
            raise ValueError(message)
        address = int(word)
        if address not in self._pads:
            message = f"there is no pad {address}"
            raise ValueError(message)
        return address

    def lose_power(self, address: int) -> None:
        """Blank a pad and forget its keys, as when its plug is pulled and put back."""
        with self._lock:
            self._pads[address] = _Pad()

    def _run(self) -> None:
        framer = self._side.framer()
        while not self._stopping.is_set():
            for frame in framer.feed(self.wire.read(self._read_s)):
                answer = self._answer(frame)
                if answer:
                    self.wire.write(_NOISE + answer[:-3] if self.noisy else answer)

    def _answer(self, frame: bytes) -> bytes:
        asked = self._side.asked(frame)
        if asked is None or asked.address not in self._pads or asked.address in self.absent:
            return b""
        with self._lock:
            pad = self._pads[asked.address]
            if asked.kind == "show":
                pad.face = asked.face
                return self._side.answer(asked, None, pad.seq)
            if pad.offered and asked.seq in {None, pad.seq}:
                pad.keys.popleft()
                pad.offered = False
            if pad.keys and not pad.offered:
                pad.seq = (pad.seq + 1) % 10
                pad.offered = True
            return self._side.answer(asked, pad.keys[0] if pad.keys else None, pad.seq)
