"""Signs that take a line of text: two digits of address, the text, carriage return. They do not answer. Pure."""

from __future__ import annotations

from hardware.codecs.signs.row import Face, Message, Row, ascii_bytes, row_text

END = b"\r"


class AsciiLine:
    """`01A-012<CR>`: as plain as Telcom's caller protocol, and what a microcontroller sign speaks most easily."""

    def message(self, address: int, row: Row, face: Face) -> Message:
        """Return the line for one sign."""
        return Message(f"{address:02d}".encode() + ascii_bytes(row_text(row, face)) + END)
