"""Signs that are Modbus RTU slaves: registers are written, the sign answers. Pure.

Sources: "MODBUS Application Protocol Specification" V1.1b3 (functions 06 and 16), "MODBUS over Serial Line" V1.02
(frame and CRC). No common map of registers exists, so this is ours:

- a sign with figures only: register 0 = the number, by function 06; 0 is dark (numbers begin at 1)
- a sign with letters: register 0 = the letters as two ASCII characters, register 1 = the number, by function 16;
  a row of a board has register 2 = the counter as two ASCII characters

The answer is known beforehand, so a sign is present or absent for certain. An RS-485 adapter must not hand back what it
sends ("local echo"): for function 06 the echo of the line and the answer of the sign are the same bytes.
"""

from __future__ import annotations

from hardware.codecs.framing import Framer, crc16_modbus, modbus_answers, modbus_requests
from hardware.codecs.signs.row import TEST_FIGURE, TEST_MARK, UNSURE_MARK, Build, Lit, Row, ascii_bytes, split
from hardware.codecs.talk import Heard, Manner

WRITE_ONE = 0x06
WRITE_MANY = 0x10
FIRST_REGISTER = 0
LARGEST_NUMBER = 0xFFFF
_OTHERS = {UNSURE_MARK: (UNSURE_MARK * 2, ""), TEST_MARK: (TEST_MARK[:2], TEST_FIGURE * 3)}
"""What no number is: two letters, and figures."""
GAP_S = 0.1
"""More than the 3.5 characters of the standard at 300 baud: what was cut off is not glued to what follows."""
_HEAD = 6
"""Address, function, first register, and a value or a count."""


class ModbusSigns:
    """The master's side."""

    manner: Manner = "answering"

    def __init__(self, build: Build) -> None:
        self._build = build
        self._expected: dict[int, bytes] = {}

    def framer(self) -> Framer:
        """Return what cuts answers."""
        return Framer(modbus_answers, gap_s=GAP_S)

    def poll(self, address: int, seq: int | None) -> bytes:  # noqa: ARG002 - writing is asking
        """Return nothing."""
        return b""

    def show(self, address: int, face: Row) -> bytes:
        """Return the write, and keep in mind how a sign answers which has taken it."""
        letters, digits = _OTHERS.get(face.number) or split(face.number)
        number = int(digits) if digits.isdecimal() and int(digits) <= LARGEST_NUMBER else 0
        if self._build.digits_only:
            request = bytes((address, WRITE_ONE)) + _word(FIRST_REGISTER) + _word(number)
        else:
            registers = _pair(letters) + _word(number) + (b"" if face.place is None else _pair(face.place))
            head = bytes((address, WRITE_MANY)) + _word(FIRST_REGISTER) + _word(len(registers) // 2)
            request = head + bytes((len(registers),)) + registers
        self._expected[address] = request[:_HEAD]
        return sealed(request)

    def hear(self, frame: bytes) -> Heard | None:
        """Return who has taken what it was told last; any other answer, a refusal too, proves nothing."""
        address = frame[0]
        return Heard(address, "show") if self._expected.get(address) == frame else None


class ModbusSign:
    """The sign's side."""

    def framer(self) -> Framer:
        """Return what cuts requests."""
        return Framer(modbus_requests, gap_s=GAP_S)

    def decode(self, frame: bytes) -> Lit | None:
        """Return what the registers mean."""
        match frame[1]:
            case 0x06:
                return Lit(frame[0], _number(frame[4:6]), sealed(frame))
            case 0x10:
                letters, number = frame[7:9].decode("ascii", "replace").strip(), _number(frame[9:11])
                place = frame[11:13].decode("ascii", "replace").strip()
                return Lit(frame[0], f"{letters}{number} {place}".strip(), sealed(frame[:_HEAD]))
            case _:
                return None


def sealed(frame: bytes) -> bytes:
    """Return a frame with its CRC."""
    return frame + crc16_modbus(frame)


def _word(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _pair(text: str) -> bytes:
    return ascii_bytes(text)[-2:].rjust(2)


def _number(word: bytes) -> str:
    value = int.from_bytes(word, "big")
    return f"{value:03}" if value else ""
