"""LED signs on a cable: what is lit can be read; a sign can lose its power, or be away.

Commands are one line each, and each answers with what all signs show:

    power ADDRESS            is switched off and on: dark, until it is told again
    absent ADDRESS           takes nothing and answers nothing any more
    present ADDRESS          is there again
    unplug  plug             the cable of all of them
    status                   changes nothing
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hardware.codecs.signs.row import SignSide
from hardware.emulators.control import Deeds, obey
from hardware.emulators.wire import Wire

READ_S = 0.02
BLINKS_FOR_S = 1.5
"""A sign that went dark or lit so shortly ago, and again before that, blinks."""


@dataclass(slots=True)
class _Sign:
    text: str = ""
    """What is lit; nothing while it is dark."""
    last_lit: str = ""
    turned_s: tuple[float, float] = (-1e9, -1e9)
    """When it went dark or lit, the last time and the time before."""


class EmulatedSigns:
    """Several signs at the end of one wire, on a thread of their own."""

    def __init__(
        self,
        wire: Wire,
        side: SignSide,
        addresses: Iterable[int],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        read_s: float = READ_S,
    ) -> None:
        """Prepare; `start` plugs them in."""
        self.wire = wire
        self.absent: set[int] = set()
        """Signs that are not there now: they take nothing and answer nothing."""
        self._side = side
        self._monotonic = monotonic
        self._read_s = read_s
        self._signs = {address: _Sign() for address in addresses}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulated-signs", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Pull all out, and the cable."""
        self._stopping.set()
        self._thread.join()
        self.wire.close()

    def lose_power(self, address: int) -> None:
        """Switch a sign off and on again: it is dark and remembers nothing."""
        self._signs[address] = _Sign()

    def lit(self) -> Mapping[int, str]:
        """Return the text on each sign, without the spaces around; empty where it is dark."""
        return {address: sign.text for address, sign in self._signs.items()}

    def blinks(self, address: int) -> bool:
        """Tell whether a sign goes dark and lit by turns."""
        return self._monotonic() - self._signs[address].turned_s[1] < BLINKS_FOR_S

    def command(self, line: str) -> str:
        """Do what `line` says; return what all signs show, or a sentence that says what is wrong with it."""
        deeds: Deeds = {
            "power": lambda sign: self.lose_power(self._known(sign)),
            "absent": lambda sign: self.absent.add(self._known(sign)),
            "present": lambda sign: self.absent.discard(self._known(sign)),
            "unplug": lambda _: self.wire.unplug(),
            "plug": lambda _: self.wire.plug(),
            "status": lambda _: None,
        }
        return obey(line or "status", deeds, told=self.status)

    def status(self) -> str:
        """Return in one line what all signs show."""
        return " | ".join(f"{address}: {self._told(address)}" for address in self._signs)

    def _told(self, address: int) -> str:
        if address in self.absent:
            return "absent"
        sign = self._signs[address]
        if self.blinks(address):
            return f"[{sign.last_lit}] blinks"
        return f"[{sign.text}]" if sign.text else "dark"

    def _known(self, word: str) -> int:
        if not word.isdecimal():
            message = "the address of a sign is missing"
            raise ValueError(message)
        address = int(word)
        if address not in self._signs:
            message = f"there is no sign {address}"
            raise ValueError(message)
        return address

    def _run(self) -> None:
        framer = self._side.framer()
        while not self._stopping.is_set():
            data = self.wire.read(self._read_s)
            for frame in framer.feed(data, at_s=self._monotonic()):
                self._take(frame)

    def _take(self, frame: bytes) -> None:
        told = self._side.decode(frame)
        if told is None or told.address not in self._signs or told.address in self.absent:
            return
        sign, text = self._signs[told.address], told.text.strip()
        if bool(sign.text) != bool(text):
            sign.turned_s = (self._monotonic(), sign.turned_s[0])
        sign.text, sign.last_lit = text, text or sign.last_lit
        if told.answer:
            self.wire.write(told.answer)
