"""ESC/POS bytes read back: exactly the commands that our writer emits, anything else is refused with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hardware.codecs.escpos_profile import Paper
from hardware.errors import FrameError

DEVICE = "paper"
ESC, GS, LF = 0x1B, 0x1D, 0x0A
QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
ALIGNS: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Style:
    """How the printer sets the letters that follow."""

    align: Literal["left", "center", "right"] = "left"
    width: int = 1
    height: int = 1
    bold: bool = False
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style; a line is made of such runs."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that was ended by a line feed."""

    runs: tuple[Run, ...]
    style: Style


@dataclass(frozen=True, slots=True)
class FedLines:
    """Paper moved on without ink."""

    lines: int


@dataclass(frozen=True, slots=True)
class PrintedQr:
    """A QR code that the printer draws by itself."""

    text: str
    module_dots: int
    level: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintedRaster:
    """A picture, one bit a dot, rows padded to whole bytes."""

    width_bytes: int
    height_dots: int
    bits: bytes
    style: Style


@dataclass(frozen=True, slots=True)
class PaperCut:
    """The cutter went; a partial cut leaves a bridge."""

    partial: bool


Printed = PrintedLine | FedLines | PrintedQr | PrintedRaster | PaperCut


def read(data: bytes, paper: Paper) -> tuple[Printed, ...]:
    """Return what these bytes put on `paper`. Raises FrameError at the first byte that is not understood."""
    return tuple(_Reader(data, paper).read())


class _Reader:
    """Walks the bytes with the state a printer keeps: style, code page, the line so far, the stored QR code."""

    def __init__(self, data: bytes, paper: Paper) -> None:
        self._data = data
        self._paper = paper
        self._at = 0
        self._reset()

    def _reset(self) -> None:
        self._align: Literal["left", "center", "right"] = "left"
        self._width = self._height = 1
        self._bold = self._invert = False
        self._encoding = "cp437"  # what ESC @ leaves behind on every printer of this family
        self._runs: list[Run] = []
        self._qr_text = ""
        self._qr_dots = 3
        self._qr_level = "L"

    @property
    def _style(self) -> Style:
        return Style(self._align, self._width, self._height, self._bold, self._invert)

    def read(self) -> Iterator[Printed]:
        while self._at < len(self._data):
            start = self._at
            byte = self._take()
            if byte == ESC:
                yield from self._escape(start)
            elif byte == GS:
                yield from self._group(start)
            elif byte == LF:
                yield self._line_end()
            elif byte >= 0x20:  # noqa: PLR2004 - the first byte that is a letter, not a control
                self._letter(byte, start)
            else:
                raise self._refuse(start, "a control byte we never send")
        if self._runs:
            raise self._refuse(self._at, "the last line is never printed: it has no line feed")

    def _escape(self, start: int) -> Iterator[Printed]:
        command = chr(self._take())
        if command == "@":
            self._reset()
        elif command == "t":
            self._select_page(self._take(), start)
        elif command == "a":
            self._align = ALIGNS[self._among(range(3), start)]
        elif command == "E":
            self._bold = bool(self._among(range(2), start))
        elif command == "d":
            yield FedLines(self._take())
        else:
            raise self._refuse(start, f"ESC {command!r} is not a command we send")

    def _group(self, start: int) -> Iterator[Printed]:
        command = chr(self._take())
        if command == "!":
            size = self._take()
            self._width, self._height = (size >> 4) + 1, (size & 0x0F) + 1
        elif command == "B":
            self._invert = bool(self._among(range(2), start))
        elif command == "V":
            yield PaperCut(partial=self._among(range(2), start) == 1)
        elif command == "(":
            yield from self._symbol(start)
        elif command == "v":
            yield self._raster(start)
        else:
            raise self._refuse(start, f"GS {command!r} is not a command we send")

    def _symbol(self, start: int) -> Iterator[Printed]:
        if self._take() != ord("k"):
            raise self._refuse(start, "GS ( is followed by something else than k")
        length = self._take_word()
        body = self._take_many(length)
        if length < 3 or body[0] != ord("1"):  # noqa: PLR2004 - cn, fn and at least one parameter
            raise self._refuse(start, "GS ( k draws something else than a QR code")
        function, rest = body[1], body[2:]
        if function == ord("A") and rest == b"2\x00":
            return
        if function == ord("C") and len(rest) == 1 and 1 <= rest[0] <= 16:  # noqa: PLR2004 - Epson: 1-16 dots
            self._qr_dots = rest[0]
        elif function == ord("E") and rest[0] in QR_LEVELS and len(rest) == 1:
            self._qr_level = QR_LEVELS[rest[0]]
        elif function == ord("P") and rest[:1] == b"0":
            self._qr_text = rest[1:].decode("utf-8", errors="replace")
        elif function == ord("Q") and rest == b"0" and self._qr_text:
            yield PrintedQr(self._qr_text, self._qr_dots, self._qr_level, self._style)
        else:
            raise self._refuse(start, f"QR function {function} with {rest!r} is not one we send")

    def _raster(self, start: int) -> PrintedRaster:
        if self._take_many(2) != b"0\x00":
            raise self._refuse(start, "GS v 0 in another mode than 1:1")
        width_bytes, height = self._take_word(), self._take_word()
        bits = self._take_many(width_bytes * height)
        return PrintedRaster(width_bytes, height, bits, self._style)

    def _line_end(self) -> PrintedLine:
        line = PrintedLine(tuple(self._runs), self._style)
        self._runs = []
        return line

    def _letter(self, byte: int, start: int) -> None:
        try:
            letter = bytes((byte,)).decode(self._encoding)
        except UnicodeDecodeError:
            raise self._refuse(start, f"{self._encoding} has no such letter") from None
        style = self._style
        if self._runs and self._runs[-1].style == style:
            self._runs[-1] = Run(self._runs[-1].text + letter, style)
        else:
            self._runs.append(Run(letter, style))

    def _select_page(self, number: int, start: int) -> None:
        if number != self._paper.code_page:
            raise self._refuse(start, f"code page {number} is not the one of profile {self._paper.profile!r}")
        self._encoding = self._paper.encoding

    def _among(self, allowed: range, start: int) -> int:
        value = self._take()
        if value not in allowed:
            raise self._refuse(start, f"parameter {value} is out of range")
        return value

    def _take(self) -> int:
        return self._take_many(1)[0]

    def _take_word(self) -> int:
        return int.from_bytes(self._take_many(2), "little")

    def _take_many(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise FrameError(DEVICE, f"the bytes end at offset {len(self._data)} in the middle of a command")
        self._at += count
        return taken

    def _refuse(self, offset: int, why: str) -> FrameError:
        shown = f"0x{self._data[offset]:02X}" if offset < len(self._data) else "the end"
        return FrameError(DEVICE, f"offset {offset}, byte {shown}: {why}")
