"""Signs that are Modbus RTU slaves: registers are written, the sign answers. Pure.

Sources: "MODBUS Application Protocol Specification" V1.1b3 (functions 06 and 16), "MODBUS over Serial Line" V1.02
(frame and CRC). No common map of registers exists, so this is ours:

- a sign with figures only: register 0 = the number, by function 06; 0 is dark (numbers begin at 1)
- a sign with letters: register 0 = the letters as two ASCII characters, register 1 = the number, by function 16;
  a row of a board has register 2 = the counter as two ASCII characters
"""

from __future__ import annotations

from hardware.codecs.signs.row import UNSURE_MARK, Face, Message, Row, ascii_bytes, split

WRITE_ONE = 0x06
WRITE_MANY = 0x10
FIRST_REGISTER = 0
LARGEST_NUMBER = 0xFFFF
_POLYNOMIAL = 0xA001
"""x^16 + x^15 + x^2 + 1, reflected."""


class Modbus:
    """Writes rows into registers; the answer is known beforehand, so that a sign is present or absent for certain."""

    def message(self, address: int, row: Row, face: Face) -> Message:
        """Return the write, with the answer that a sign gives which has taken it."""
        letters, digits = _parts(row)
        number = int(digits) if digits.isdecimal() and int(digits) <= LARGEST_NUMBER else 0
        if face.digits_only:
            data = sealed(bytes((address, WRITE_ONE)) + _word(FIRST_REGISTER) + _word(number))
            return Message(data, data)
        registers = _pair(letters) + _word(number) + (b"" if row.place is None else _pair(row.place))
        head = bytes((address, WRITE_MANY)) + _word(FIRST_REGISTER) + _word(len(registers) // 2)
        return Message(sealed(head + bytes((len(registers),)) + registers), sealed(head))


def crc16(data: bytes) -> int:
    """Return the CRC of Modbus over `data`."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ _POLYNOMIAL if crc & 1 else crc >> 1
    return crc


def sealed(frame: bytes) -> bytes:
    """Return a frame with its CRC, low byte first."""
    return frame + crc16(frame).to_bytes(2, "little")


def is_whole(frame: bytes) -> bool:
    """Tell whether a frame ends in its own CRC."""
    return len(frame) > 2 and sealed(frame[:-2]) == frame  # noqa: PLR2004 - the CRC's two bytes


def _parts(row: Row) -> tuple[str, str]:
    return (UNSURE_MARK * 2, "") if row.number == UNSURE_MARK else split(row.number)


def _word(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _pair(text: str) -> bytes:
    return ascii_bytes(text)[-2:].rjust(2)
