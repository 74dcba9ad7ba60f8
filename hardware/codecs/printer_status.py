"""What an ESC/POS printer says of itself, both ways: DLE EOT 1-4, GS r 1 and automatic status (GS a).

Bits and masks as in Epson's ESC/POS reference for DLE EOT, GS a and GS r. Every kind of byte differs from the others in
its fixed bits, so that replies can be told from automatic status and from XON / XOFF wherever they meet in the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hardware.ports import PrinterState, PrinterStatus

PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER = 1, 2, 3, 4
"""The four questions of DLE EOT."""

ASKED_IN_TURN = (PRINTER, PAPER, OFFLINE_CAUSE, ERROR_CAUSE)
"""The first two tell what matters; some clones answer no others."""

ASK_WHEN_DONE = b"\x1dr\x01"
"""GS r 1 waits in the printer's buffer behind the job: its answer says that all before it has been worked through."""

XON, XOFF = 0x11, 0x13
REPLY_MASK, REPLY = 0x93, 0x12
AUTOMATIC_MASK, AUTOMATIC = 0x93, 0x10
FOLLOWING_MASK, FOLLOWING = 0x90, 0x00
AUTOMATIC_BYTES = 4
PAPER_SENSOR_BYTES = (0x00, 0x03, 0x0C, 0x0F)
"""What GS r 1 answers: its sensors speak by two bits each."""

LOW_BITS, END_BITS = 0x0C, 0x60
"""Near end and end of paper in DLE EOT 4; two bits shifted in GS r 1 and automatic status."""


@dataclass(frozen=True, slots=True)
class Sensors:
    """All that the bits can tell; `other_error` is anything but the cutter."""

    offline: bool = False
    cover_open: bool = False
    paper_low: bool = False
    paper_out: bool = False
    cutter_error: bool = False
    other_error: bool = False

    @property
    def state(self) -> PrinterState:
        """Return the worst trouble: what a person has to do first."""
        troubles: tuple[tuple[bool, PrinterState], ...] = (
            (self.cover_open, "cover_open"),
            (self.paper_out, "paper_out"),
            (self.cutter_error, "cutter_error"),
            (self.offline or self.other_error, "offline"),
            (self.paper_low, "paper_low"),
        )
        return next((state for found, state in troubles if found), "ready")


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one DLE EOT; which question it answers only the asker knows."""

    bits: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Four bytes that a printer sends by itself whenever something changes."""

    bits: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to GS r 1."""

    bits: int


Answer = Reply | Automatic | Done


@dataclass(slots=True)
class AnswerReader:
    """Finds the answers in what a printer sends, in whatever pieces it arrives; `noise` counts what made no sense."""

    noise: int = 0
    _automatic: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[Answer]:
        """Yield each answer that is complete."""
        for byte in data:
            if byte not in {XON, XOFF}:
                yield from self._take(byte)

    def _take(self, byte: int) -> Iterator[Answer]:
        if self._automatic and byte & FOLLOWING_MASK == FOLLOWING:
            self._automatic.append(byte)
            if len(self._automatic) == AUTOMATIC_BYTES:
                yield Automatic(bytes(self._automatic))
                self._automatic.clear()
            return
        self.noise += len(self._automatic)  # broken off by a byte that belongs elsewhere
        self._automatic.clear()
        if byte & REPLY_MASK == REPLY:
            yield Reply(byte)
        elif byte & AUTOMATIC_MASK == AUTOMATIC:
            self._automatic.append(byte)
        elif byte in PAPER_SENSOR_BYTES:
            yield Done(byte)
        else:
            self.noise += 1


def question(number: int) -> bytes:
    """Return the bytes of DLE EOT `number`."""
    return bytes((0x10, 0x04, number))


def understood(replies: Mapping[int, int]) -> PrinterStatus:
    """Return what the replies say, by the number of their question; without the first two, only trouble is sure."""
    state = _sensors(replies).state
    if state in {"ready", "paper_low"} and not replies.keys() >= {PRINTER, PAPER}:
        return PrinterStatus("unknown")
    return PrinterStatus(state)


def understood_automatic(automatic: Automatic) -> PrinterStatus:
    """Return what four bytes of automatic status say."""
    first, second, third, _ = automatic.bits
    sensors = Sensors(
        offline=bool(first & 0x08),
        cover_open=bool(first & 0x20),
        paper_low=bool(third & LOW_BITS >> 2),
        paper_out=bool(third & END_BITS >> 3),
        cutter_error=bool(second & 0x08),
        other_error=bool(second & 0x64),
    )
    return PrinterStatus(sensors.state)


def _sensors(replies: Mapping[int, int]) -> Sensors:
    printer, cause = replies.get(PRINTER, 0), replies.get(OFFLINE_CAUSE, 0)
    error, paper = replies.get(ERROR_CAUSE, 0), replies.get(PAPER, 0)
    return Sensors(
        offline=bool(printer & 0x08),
        cover_open=bool(cause & 0x04),
        paper_low=bool(paper & LOW_BITS),
        paper_out=bool(paper & END_BITS or cause & 0x20),
        cutter_error=bool(error & 0x08),
        other_error=bool(error & 0x64 or cause & 0x40) and not error & 0x08,
    )


def reply_to(number: int, sensors: Sensors) -> bytes:
    """Return what a printer in this state answers to DLE EOT `number`."""
    stopped = sensors.state not in {"ready", "paper_low"}
    broken = sensors.cutter_error or sensors.other_error
    bits = {
        PRINTER: 0x08 * stopped,
        OFFLINE_CAUSE: 0x04 * sensors.cover_open | 0x20 * sensors.paper_out | 0x40 * broken,
        ERROR_CAUSE: 0x08 * sensors.cutter_error | 0x20 * sensors.other_error,
        PAPER: LOW_BITS * sensors.paper_low | END_BITS * sensors.paper_out,
    }
    return bytes((REPLY | bits[number],))


def automatic_status(sensors: Sensors) -> bytes:
    """Return the four bytes that a printer in this state sends by itself."""
    stopped = sensors.state not in {"ready", "paper_low"}
    first = AUTOMATIC | 0x08 * stopped | 0x20 * sensors.cover_open
    second = 0x08 * sensors.cutter_error | 0x20 * sensors.other_error
    return bytes((first, second, _paper_bits(sensors), 0x0F))


def when_done(sensors: Sensors) -> bytes:
    """Return what a printer in this state answers to GS r 1."""
    return bytes((_paper_bits(sensors),))


def _paper_bits(sensors: Sensors) -> int:
    return 0x03 * sensors.paper_low | 0x0C * sensors.paper_out
