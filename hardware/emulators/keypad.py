"""Keypads on a cable: keys are pressed by command, faces can be read; a pad can be away, or its line noisy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from hardware.codecs.keypads.pad import PadFace, PadSide
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
        """Press keys, one after the other. KeyError for a pad that is not there."""
        pad = self._pads[address]
        for key in keys:
            unasked = self._side.pressed(key)
            if unasked:
                self.wire.write(unasked)
            else:
                with self._lock:
                    pad.keys.append(key)

    def face(self, address: int) -> PadFace | None:
        """Return what a pad shows; None before anything was shown."""
        return self._pads[address].face

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
