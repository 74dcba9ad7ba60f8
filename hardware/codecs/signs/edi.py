"""Signs of the EDI kind: `STX AD1 AD2 DATA ETX`. They do not answer. Pure.

Source: Electronic Displays Inc., "Protocol for numeric displays", product manual of the ED400: address as two ASCII
digits, data as digits, spaces and minus signs (letters where the sign has them). Its example: `<02>011234<03>`.
"""

from __future__ import annotations

from hardware.codecs.framing import ETX, STX, Framer, between_stx_and_etx
from hardware.codecs.signs.row import LONGEST_ROW, Build, Lit, Row, addressed, ascii_bytes, row_text
from hardware.codecs.talk import Heard, Manner

GAP_S = 0.5


class EdiSigns:
    """The master's side."""

    manner: Manner = "one_way"

    def __init__(self, build: Build) -> None:
        self._build = build

    def framer(self) -> Framer:
        """Return what cuts frames, though none come."""
        return EdiSign().framer()

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - there is nothing to ask
        """Return nothing."""
        return b""

    def show(self, address: int, face: Row) -> bytes:
        """Return the frame for one sign."""
        return bytes((STX,)) + f"{address:02}".encode() + ascii_bytes(row_text(face, self._build)) + bytes((ETX,))

    def hear(self, frame: bytes) -> Heard | None:  # noqa: ARG002 - they are dumb
        """Return nothing."""
        return None


class EdiSign:
    """The sign's side."""

    def framer(self) -> Framer:
        """Return what cuts frames."""
        return Framer(between_stx_and_etx(max_length=2 + LONGEST_ROW), gap_s=GAP_S)

    def decode(self, frame: bytes) -> Lit | None:
        """Return the text of a frame."""
        return addressed(frame)
