"""A code scanner on a cable: codes are held before it by command, with the noise and the cuts of a real one."""

from __future__ import annotations

from hardware.emulators.wire import Wire

CR, LF, CRLF = b"\r", b"\n", b"\r\n"
NOISE = b"\xff\x00\xfe\x1b garbage\r\n"
COMMANDS = "read TEXT (a code), cut TEXT (without its end), noise, unplug, plug"


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
        """Do what `line` says and return what was done, or a sentence that says what is wrong with the line."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "read" if rest:
                self.read(rest)
            case "cut" if rest:
                self.send(rest.encode())
            case "noise":
                self.send(NOISE)
            case "unplug":
                self.wire.unplug()
            case "plug":
                self.wire.plug()
            case _:
                return COMMANDS
        return f"done: {line.strip()}"

    def stop(self) -> None:
        """Pull the cable for good."""
        self.wire.close()
