"""Signs that take a line of text: two digits of address, the text, carriage return. They do not answer. Pure.

As plain as Telcom's caller protocol, and what a sign of one's own making speaks most easily: `01A-012<CR>`.
"""

from __future__ import annotations

from hardware.codecs.framing import Framer, lines
from hardware.codecs.signs.row import LONGEST_ROW, Build, Lit, Row, addressed, ascii_bytes, row_text
from hardware.codecs.talk import Heard, Manner

END = b"\r"
GAP_S = 0.5


class AsciiSigns:
    """The master's side."""

    manner: Manner = "one_way"

    def __init__(self, build: Build) -> None:
        self._build = build

    def framer(self) -> Framer:
        """Return what cuts lines, though none come."""
        return AsciiSign().framer()

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - there is nothing to ask
        """Return nothing."""
        return b""

    def show(self, address: int, face: Row) -> bytes:
        """Return the line for one sign."""
        return f"{address:02}".encode() + ascii_bytes(row_text(face, self._build)) + END

    def hear(self, frame: bytes) -> Heard | None:  # noqa: ARG002 - they are dumb
        """Return nothing."""
        return None


class AsciiSign:
    """The sign's side."""

    def framer(self) -> Framer:
        """Return what cuts lines."""
        return Framer(lines(max_length=2 + LONGEST_ROW), gap_s=GAP_S)

    def decode(self, frame: bytes) -> Lit | None:
        """Return the text of a line."""
        return addressed(frame)
