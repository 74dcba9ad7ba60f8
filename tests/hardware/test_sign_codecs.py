"""What is sent to LED signs, byte by byte; checksums against public vectors."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.codecs.known import sign_side, sign_talk
from hardware.codecs.signs.modbus import sealed
from hardware.codecs.signs.row import DARK, TEST_MARK, UNSURE, Build, Row, row_text
from hardware.codecs.talk import Heard
from hardware.config import SignCodecName
from tests.support.trials import examples

NUMBER = Row("A-012")
BOARD = Row("AP-003", "4")

TEXTS = [
    (NUMBER, Build(8), "   A-012"),
    (NUMBER, Build(5), "A-012"),
    (NUMBER, Build(4), "A012"),
    (NUMBER, Build(3), "012"),
    (NUMBER, Build(2), "12"),
    (NUMBER, Build(5, digits_only=True), "  012"),
    (Row("AP-1003"), Build(6), "AP1003"),
    (Row("AP-1003"), Build(5), " 1003"),
    (BOARD, Build(10), "AP-003   4"),
    (BOARD, Build(7), "AP003 4"),
    (BOARD, Build(6), "003  4"),
    (Row("A-012", "12"), Build(6, digits_only=True), "012 12"),
    (DARK, Build(4), "    "),
    (UNSURE, Build(4), "----"),
    (Row(TEST_MARK), Build(5), "TEST "),
    (Row(TEST_MARK, ""), Build(8), "TEST    "),
    (Row(TEST_MARK), Build(3), "TES"),
    (Row(TEST_MARK), Build(4, digits_only=True), "8888"),
    (Row("", ""), Build(3), "   "),
]


@pytest.mark.parametrize(("row", "build", "text"), TEXTS)
def test_a_number_is_shown_in_the_fullest_form_that_fits(row: Row, build: Build, text: str) -> None:
    assert row_text(row, build) == text


@pytest.mark.parametrize("row", [Row("AP-1003"), Row("A-012", "LOKET")])
def test_a_number_that_does_not_fit_is_never_cut_to_another_one(row: Row) -> None:
    assert row_text(row, Build(3)) == "---"


GOLDEN: list[tuple[SignCodecName, int, Row, Build, bytes]] = [
    ("ascii", 1, NUMBER, Build(5), b"01A-012\r"),
    ("ascii", 42, BOARD, Build(8), b"42AP-003 4\r"),
    ("ascii", 7, DARK, Build(4), b"07    \r"),
    ("ascii", 7, Row("A-012", "Ä\r"), Build(8), b"07A-012 ??\r"),
    # The manufacturer's own example: display 01 shows 1234.
    ("edi", 1, Row("A-1234"), Build(4, digits_only=True), b"\x02011234\x03"),
    ("edi", 12, UNSURE, Build(4), b"\x0212----\x03"),
    ("modbus", 1, Row("A-050"), Build(4, digits_only=True), bytes.fromhex("01 06 00 00 00 32 08 1F")),
    ("modbus", 1, DARK, Build(4, digits_only=True), bytes.fromhex("01 06 00 00 00 00 89 CA")),
    ("modbus", 9, NUMBER, Build(5), bytes.fromhex("09 10 00 00 00 02 04 20 41 00 0C 82 1E")),
    ("modbus", 9, DARK, Build(5), bytes.fromhex("09 10 00 00 00 02 04 20 20 00 00 D3 C5")),
    ("modbus", 9, UNSURE, Build(5), bytes.fromhex("09 10 00 00 00 02 04 2D 2D 00 00 40 AA")),
    ("modbus", 10, BOARD, Build(8), bytes.fromhex("0A 10 00 00 00 03 06 41 50 00 03 20 34 DB 01")),
]


@pytest.mark.parametrize(("name", "address", "row", "build", "data"), GOLDEN)
def test_golden_bytes(name: SignCodecName, address: int, row: Row, build: Build, data: bytes) -> None:
    assert sign_talk(name, build).show(address, row) == data


FRAMES = [
    "01 06 00 00 00 32 08 1F",
    "11 06 00 01 00 03 9A 9B",
    "11 10 00 01 00 02 04 00 0A 01 02 C6 F0",
]
"""Published examples of requests to write."""


@pytest.mark.parametrize("frame", FRAMES)
def test_published_writes_are_understood_and_any_changed_bit_shows(frame: str) -> None:
    data = bytes.fromhex(frame)
    side = sign_side("modbus")
    assert [side.decode(one) is not None for one in side.framer().feed(data)] == [True]
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert side.framer().feed(bytes(changed)) == []


ANSWERS = [
    (Build(4, digits_only=True), "09 06 00 00 00 0C", True),
    (Build(4, digits_only=True), "09 06 00 00 00 0D", False),
    (Build(4, digits_only=True), "09 86 02", False),
    (Build(5), "09 10 00 00 00 02", True),
    (Build(5), "09 10 00 00 00 03", False),
    (Build(5), "08 10 00 00 00 02", False),
]


@pytest.mark.parametrize(("build", "answer", "is_taken"), ANSWERS)
def test_only_the_answer_to_what_was_sent_proves_that_a_modbus_sign_has_taken_it(
    build: Build,
    answer: str,
    is_taken: bool,  # noqa: FBT001 - a column of the table
) -> None:
    talk = sign_talk("modbus", build)
    talk.show(9, NUMBER)
    (frame,) = talk.framer().feed(sealed(bytes.fromhex(answer)))
    assert talk.hear(frame) == (Heard(9, "show") if is_taken else None)


def test_the_published_answer_to_a_multiple_write_is_what_a_sign_gives() -> None:
    side = sign_side("modbus")
    (frame,) = side.framer().feed(bytes.fromhex("11 10 00 01 00 02 04 00 0A 01 02 C6 F0"))
    told = side.decode(frame)
    assert told is not None
    assert told.answer == bytes.fromhex("11 10 00 01 00 02 12 98")


SEEN = [
    ("ascii", Build(8), NUMBER, "   A-012"),
    ("edi", Build(4), NUMBER, "A012"),
    ("modbus", Build(5), NUMBER, "A012"),
    ("modbus", Build(8), BOARD, "AP003 4"),
    ("modbus", Build(3, digits_only=True), NUMBER, "012"),
    ("modbus", Build(5), UNSURE, "--"),
    ("modbus", Build(5), Row(TEST_MARK), "TE888"),
    ("modbus", Build(3, digits_only=True), Row(TEST_MARK), "888"),
    ("modbus", Build(5), DARK, ""),
]


@pytest.mark.parametrize(("name", "build", "row", "text"), SEEN)
@settings(max_examples=examples(20), deadline=None)
@given(cuts=st.lists(st.integers(0, 20), max_size=4))
def test_a_sign_shows_what_it_was_told_however_the_bytes_trickle_in(
    name: SignCodecName, build: Build, row: Row, text: str, cuts: list[int]
) -> None:
    data = sign_talk(name, build).show(5, row)
    side = sign_side(name)
    framer = side.framer()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    frames = [frame for begin, end in itertools.pairwise(bounds) for frame in framer.feed(data[begin:end])]
    lit = [side.decode(frame) for frame in frames]
    assert [(one.address, one.text) for one in lit if one is not None] == [(5, text)]
