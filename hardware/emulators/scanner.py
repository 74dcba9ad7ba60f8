"""A code scanner on a cable: codes are held before it by command, with the noise and the cuts of a real one.

Commands are one line each:

    read TEXT                reads a code
    cut TEXT                 sends the beginning of a code and never its end
    noise                    sends what no code is made of
    unplug  plug             its cable
"""

from __future__ import annotations

from hardware.emulators.control import Deeds, obey
from hardware.emulators.wire import Wire

CR, LF, CRLF = b"\r", b"\n", b"\r\n"
NOISE = b"\xff\x00\xfe\x1b garbage\r\n"


class EmulatedScanner:
    """A scanner at the end of a wire. It only talks, so it needs no thread."""

    def __init__(self, wire: Wire, *, ending: bytes = CRLF) -> None:
        """Take what it sends after each code; real ones can be set to CR, LF or both."""
        self.wire = wire
        self._ending = ending

    def read(self, code: str) -> None:
        """Read a code."""
        self.wire.write(code.encode() + self._ending)

    def send(self, data: bytes) -> None:
        """Send bytes as they are: noise, or a code that was cut off."""
        self.wire.write(data)

    def command(self, line: str) -> str:
        """Do what `line` says; return what was done, or a sentence that says what is wrong with it."""
        deeds: Deeds = {
            "read": self.read,
            "cut": lambda text: self.send(text.encode()),
            "noise": lambda _: self.send(NOISE),
            "unplug": lambda _: self.wire.unplug(),
            "plug": lambda _: self.wire.plug(),
        }
        return obey(line, deeds, told=lambda: f"{line.split(maxsplit=1)[0]}: done")

    def stop(self) -> None:
        """Pull the cable for good."""
        self.wire.close()
