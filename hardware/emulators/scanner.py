"""A code scanner on a cable: codes are held before it by command, with the noise and the cuts of a real one."""

from __future__ import annotations

from hardware.emulators.wire import Wire

CR, LF, CRLF = b"\r", b"\n", b"\r\n"


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

    def stop(self) -> None:
        """Pull the cable for good."""
        self.wire.close()
