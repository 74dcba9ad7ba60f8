"""Signs of the EDI kind: `STX AD1 AD2 DATA ETX`. They do not answer. Pure.

Source: Electronic Displays Inc., "Protocol for numeric displays", product manual of the ED400: address as two ASCII
digits, data as digits, spaces and minus signs (letters where the sign has them). Its example: `<02>011234<03>`.
"""

from __future__ import annotations

from hardware.codecs.signs.row import Face, Message, Row, ascii_bytes, row_text

STX, ETX = b"\x02", b"\x03"


class Edi:
    """One frame a row."""

    def message(self, address: int, row: Row, face: Face) -> Message:
        """Return the frame for one sign."""
        return Message(STX + f"{address:02d}".encode() + ascii_bytes(row_text(row, face)) + ETX)
