"""What is sent to LED signs, byte by byte; checksums against public vectors."""

from __future__ import annotations

import pytest

from hardware.codecs.signs import sign_codec
from hardware.codecs.signs.modbus import crc16, is_whole, sealed
from hardware.codecs.signs.row import DARK, UNSURE, Face, Row, row_text
from hardware.config import SignCodecName

NUMBER = Row("A-012")
BOARD = Row("AP-003", "4")

TEXTS = [
    (NUMBER, Face(8), "   A-012"),
    (NUMBER, Face(5), "A-012"),
    (NUMBER, Face(4), "A012"),
    (NUMBER, Face(3), "012"),
    (NUMBER, Face(2), "12"),
    (NUMBER, Face(5, digits_only=True), "  012"),
    (Row("AP-1003"), Face(6), "AP1003"),
    (Row("AP-1003"), Face(5), " 1003"),
    (BOARD, Face(10), "AP-003   4"),
    (BOARD, Face(7), "AP003 4"),
    (BOARD, Face(6), "003  4"),
    (Row("A-012", "12"), Face(6, digits_only=True), "012 12"),
    (DARK, Face(4), "    "),
    (UNSURE, Face(4), "----"),
    (Row("", ""), Face(3), "   "),
]


@pytest.mark.parametrize(("row", "face", "text"), TEXTS)
def test_a_number_is_shown_in_the_fullest_form_that_fits(row: Row, face: Face, text: str) -> None:
    assert row_text(row, face) == text


@pytest.mark.parametrize("row", [Row("AP-1003"), Row("A-012", "LOKET")])
def test_a_number_that_does_not_fit_is_never_cut_to_another_one(row: Row) -> None:
    assert row_text(row, Face(3)) == "---"


GOLDEN: list[tuple[SignCodecName, int, Row, Face, bytes]] = [
    ("ascii", 1, NUMBER, Face(5), b"01A-012\r"),
    ("ascii", 42, BOARD, Face(8), b"42AP-003 4\r"),
    ("ascii", 7, DARK, Face(4), b"07    \r"),
    ("ascii", 7, Row("A-012", "Ä\r"), Face(8), b"07A-012 ??\r"),
    # The manufacturer's own example: display 01 shows 1234.
    ("edi", 1, Row("A-1234"), Face(4, digits_only=True), b"\x02011234\x03"),
    ("edi", 12, UNSURE, Face(4), b"\x0212----\x03"),
    ("modbus", 1, Row("A-050"), Face(4, digits_only=True), bytes.fromhex("01 06 00 00 00 32 08 1F")),
    ("modbus", 1, DARK, Face(4, digits_only=True), sealed(bytes.fromhex("01 06 00 00 00 00"))),
    ("modbus", 9, NUMBER, Face(5), sealed(bytes.fromhex("09 10 00 00 00 02 04 20 41 00 0C"))),
    ("modbus", 9, DARK, Face(5), sealed(bytes.fromhex("09 10 00 00 00 02 04 20 20 00 00"))),
    ("modbus", 9, UNSURE, Face(5), sealed(bytes.fromhex("09 10 00 00 00 02 04 2D 2D 00 00"))),
    ("modbus", 10, BOARD, Face(8), sealed(bytes.fromhex("0A 10 00 00 00 03 06 41 50 00 03 20 34"))),
]


@pytest.mark.parametrize(("name", "address", "row", "face", "data"), GOLDEN)
def test_golden_bytes(name: SignCodecName, address: int, row: Row, face: Face, data: bytes) -> None:
    assert sign_codec(name).message(address, row, face).data == data


CRC_VECTORS = [
    # CRC catalogue, CRC-16/MODBUS: the check value of all CRCs.
    (b"123456789", 0x4B37),
    # "MODBUS over Serial Line" V1.02, appendix B.
    (bytes.fromhex("02 07"), 0x1241),
    (b"", 0xFFFF),
]


@pytest.mark.parametrize(("data", "crc"), CRC_VECTORS)
def test_the_checksum_is_that_of_modbus(data: bytes, crc: int) -> None:
    assert crc16(data) == crc


FRAMES = [
    "01 06 00 00 00 32 08 1F",
    "01 03 00 00 00 0A C5 CD",
    "11 03 00 6B 00 03 76 87",
    "11 06 00 01 00 03 9A 9B",
    "11 10 00 01 00 02 04 00 0A 01 02 C6 F0",
    "11 10 00 01 00 02 12 98",
]
"""Published examples of whole frames."""


@pytest.mark.parametrize("frame", FRAMES)
def test_published_frames_are_whole_and_any_changed_bit_shows(frame: str) -> None:
    data = bytes.fromhex(frame)
    assert is_whole(data)
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert not is_whole(bytes(changed))


def test_a_modbus_sign_answers_one_number_by_its_echo_and_several_by_their_place() -> None:
    one = sign_codec("modbus").message(1, NUMBER, Face(4, digits_only=True))
    many = sign_codec("modbus").message(9, NUMBER, Face(5))
    assert one.reply == one.data
    assert many.reply == sealed(bytes.fromhex("09 10 00 00 00 02"))


@pytest.mark.parametrize("name", ["ascii", "edi"])
def test_signs_without_an_answer_are_not_waited_for(name: SignCodecName) -> None:
    assert sign_codec(name).message(1, NUMBER, Face(5)).reply == b""
