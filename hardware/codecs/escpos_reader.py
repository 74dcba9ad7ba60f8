"""ESC/POS bytes read back: exactly the commands that our writer emits, anything else is refused with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from PIL import Image

from hardware.codecs.escpos_printed import (
    AutomaticAsked,
    DoneAsked,
    FedLines,
    PaperCut,
    Printed,
    PrintedLine,
    PrintedLogo,
    PrintedQr,
    PrintedRaster,
    Reset,
    Run,
    Said,
    StatusAsked,
    StoredLogo,
    Style,
)
from hardware.codecs.escpos_profile import Paper
from hardware.errors import FrameError

DEVICE = "paper"
QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
ALIGNS: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")


def read(data: bytes, paper: Paper) -> tuple[Printed, ...]:
    """Return what this job puts on `paper`. Raises FrameError at the first byte that is not understood."""
    reader = EscposReader(paper)
    said = [item for item in reader.feed(data) if isinstance(item, get_args(Printed))]
    reader.end()
    return tuple(said)


class _MoreNeeded(Exception):  # noqa: N818 - not an error: the rest of the command is still on its way
    """The command is not complete yet."""


class EscposReader:
    """Walks the bytes with the state a printer keeps: style, code page, the line so far, the stored QR code.

    No command changes anything before it is complete, so that it can be read again when more has come.
    """

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._data = bytearray()
        self._at = 0
        self._gone = 0
        self._reset()

    def feed(self, data: bytes) -> Iterator[Said]:
        """Yield what is complete. Raises FrameError; after it, the next call goes on behind the refused byte."""
        self._data += data
        while self._at < len(self._data):
            start = self._at
            try:
                said = self._command(start)
            except _MoreNeeded:
                self._at = start
                break
            except FrameError:
                self._at = start + 1
                raise
            if said is not None:
                yield said
        self._gone += self._at
        del self._data[: self._at]
        self._at = 0

    def end(self) -> None:
        """Take note that no more bytes come. Raises FrameError if something is left unfinished."""
        if self._data:
            total = self._gone + len(self._data)
            raise FrameError(DEVICE, f"the bytes end at offset {total} in the middle of a command")
        if self._runs:
            raise self._refuse(0, "the last line is never printed: it has no line feed")

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

    def _command(self, start: int) -> Said | None:
        byte = self._take()
        match byte:
            case 0x1B:  # ESC
                return self._escape(start)
            case 0x1D:  # GS
                return self._group(start)
            case 0x10:  # DLE
                return self._real_time(start)
            case 0x1C:  # FS
                return self._stored(start)
            case 0x0A:  # LF
                return self._line_end()
        if byte < 0x20:  # noqa: PLR2004 - the first byte that is a letter, not a control
            raise self._refuse(start, "a control byte we never send")
        self._letter(byte, start)
        return None

    def _escape(self, start: int) -> Said | None:
        match chr(self._take()):
            case "@":
                self._reset()
                return Reset()
            case "t":
                self._select_page(self._take(), start)
            case "a":
                self._align = ALIGNS[self._among(range(3), start)]
            case "E":
                self._bold = bool(self._among(range(2), start))
            case "d":
                return FedLines(self._take())
            case "i" | "m" as command:
                return PaperCut(partial=command == "m")
            case command:
                raise self._refuse(start, f"ESC {command!r} is not a command we send")
        return None

    def _group(self, start: int) -> Said | None:
        match chr(self._take()):
            case "!":
                size = self._take()
                self._width, self._height = (size >> 4) + 1, (size & 0x0F) + 1
            case "B":
                self._invert = bool(self._among(range(2), start))
            case "V":
                return PaperCut(partial=self._among(range(2), start) == 1)
            case "(":
                return self._extended(start)
            case "v":
                return self._raster(start)
            case "r":
                self._among(range(1, 2), start)
                return DoneAsked()
            case "a":
                return AutomaticAsked(on=self._take() != 0)
            case command:
                raise self._refuse(start, f"GS {command!r} is not a command we send")
        return None

    def _real_time(self, start: int) -> StatusAsked:
        if self._take() != 0x04:  # noqa: PLR2004 - EOT
            raise self._refuse(start, "DLE is followed by something else than EOT")
        return StatusAsked(self._among(range(1, 5), start))

    def _extended(self, start: int) -> Said | None:
        family = chr(self._take())
        body = self._take_many(self._take_word())
        if family == "k":
            return self._symbol(body, start)
        if family == "L":
            return self._graphics(body, start)
        raise self._refuse(start, "GS ( is followed by something else than k or L")

    def _symbol(self, body: bytes, start: int) -> PrintedQr | None:
        if len(body) < 3 or body[0] != ord("1"):  # noqa: PLR2004 - cn, fn and at least one parameter
            raise self._refuse(start, "GS ( k draws something else than a QR code")
        function, rest = body[1], body[2:]
        if function == ord("A") and rest == b"2\x00":
            return None
        if function == ord("C") and len(rest) == 1 and 1 <= rest[0] <= 16:  # noqa: PLR2004 - Epson: 1-16 dots
            self._qr_dots = rest[0]
        elif function == ord("E") and rest[0] in QR_LEVELS and len(rest) == 1:
            self._qr_level = QR_LEVELS[rest[0]]
        elif function == ord("P") and rest[:1] == b"0":
            self._qr_text = rest[1:].decode("utf-8", errors="replace")
        elif function == ord("Q") and rest == b"0" and self._qr_text:
            return PrintedQr(self._qr_text, self._qr_dots, self._qr_level, self._style)
        else:
            raise self._refuse(start, f"QR function {function} with {rest!r} is not one we send")
        return None

    def _graphics(self, body: bytes, start: int) -> Said:
        if body[:2] == b"0E" and body[4:] == b"\x01\x01":
            return PrintedLogo(self._style)
        if body[:3] == b"0C0" and body[5:6] == b"\x01" and body[10:11] == b"1":
            width = int.from_bytes(body[6:8], "little")
            height = int.from_bytes(body[8:10], "little")
            if len(body) == 11 + (width + 7) // 8 * height:
                return StoredLogo((width + 7) // 8, height, bytes(body[11:]))
        raise self._refuse(start, f"graphics {body[:11]!r} are not what we send")

    def _stored(self, start: int) -> Said | None:
        match chr(self._take()):
            case ".":  # no Chinese from here on; there was none
                return None
            case "p":
                if self._take_many(2) != b"\x01\x00":
                    raise self._refuse(start, "FS p prints another picture than the logo")
                return PrintedLogo(self._style)
            case "q":
                return self._bit_image(start)
            case command:
                raise self._refuse(start, f"FS {command!r} is not a command we send")

    def _bit_image(self, start: int) -> StoredLogo:
        if self._take() != 1:
            raise self._refuse(start, "FS q stores more than one picture")
        width, height = 8 * self._take_word(), 8 * self._take_word()
        columns = self._take_many(width * height // 8)
        return StoredLogo(width // 8, height, _rows(columns, width, height))

    def _raster(self, start: int) -> PrintedRaster:
        mode = self._take_many(2)
        if mode not in {b"0\x00", b"0\x03"}:
            raise self._refuse(start, "GS v 0 in another mode than 1:1 and 2:2")
        width_bytes, height = self._take_word(), self._take_word()
        bits = self._take_many(width_bytes * height)
        if mode == b"0\x03":
            width_bytes, height, bits = 2 * width_bytes, 2 * height, _doubled(bits, width_bytes, height)
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
        taken = bytes(self._data[self._at : self._at + count])
        if len(taken) < count:
            raise _MoreNeeded
        self._at += count
        return taken

    def _refuse(self, offset: int, why: str) -> FrameError:
        shown = f"0x{self._data[offset]:02X}" if offset < len(self._data) else "the end"
        return FrameError(DEVICE, f"offset {self._gone + offset}, byte {shown}: {why}")


def _doubled(bits: bytes, width_bytes: int, height: int) -> bytes:
    """Return the picture with every dot twice as wide and twice as high."""
    width = 8 * width_bytes
    return Image.frombytes("1", (width, height), bits).resize((2 * width, 2 * height)).tobytes() if bits else b""


def _rows(columns: bytes, width: int, height: int) -> bytes:
    """Return rows of dots from FS q's columns: each column from top to bottom, eight dots a byte."""
    if not columns:
        return b""
    return Image.frombytes("1", (height, width), columns).transpose(Image.Transpose.TRANSPOSE).tobytes()
