"""What a printer says of itself: Epson's documented bytes, in any pieces, with whatever else is on the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.printer_status import (
    ASKED_IN_TURN,
    Answer,
    AnswerReader,
    Automatic,
    Done,
    Reply,
    Sensors,
    automatic_status,
    question,
    reply_to,
    understood,
    understood_automatic,
    when_done,
)
from hardware.ports import PrinterState

WELL = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
"""What Epson prints in its manuals for a printer that has nothing to complain of: the fixed bits alone."""

SENSORS = st.builds(Sensors, *[st.booleans()] * 6)
XON_XOFF = st.sampled_from([b"\x11", b"\x13"])


def heard(data: bytes) -> list[Answer]:
    return list(AnswerReader().feed(data))


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ({}, "ready"),
        ({1: 0x16}, "ready"),  # drawer signal high
        ({4: 0x1E}, "paper_low"),
        ({1: 0x1A}, "offline"),
        ({1: 0x1A, 2: 0x1A}, "offline"),  # paper being fed by the button
        ({1: 0x1A, 2: 0x16}, "cover_open"),
        ({1: 0x1A, 2: 0x32, 4: 0x7E}, "paper_out"),
        ({1: 0x1A, 4: 0x72}, "paper_out"),
        ({1: 0x1A, 2: 0x52, 3: 0x1A}, "cutter_error"),
        ({1: 0x1A, 2: 0x52, 3: 0x32}, "offline"),  # unrecoverable error
        ({1: 0x1A, 2: 0x52, 3: 0x52}, "offline"),  # hot head: recovers by itself
        ({1: 0x1A, 2: 0x36, 4: 0x7E}, "cover_open"),  # before the missing paper: it is the first thing to do
    ],
)
def test_replies_mean_what_epson_says(replies: dict[int, int], state: PrinterState) -> None:
    assert understood(WELL | replies).state == state


@pytest.mark.parametrize("replies", [{}, {1: 0x12}, {4: 0x12}, {1: 0x12, 2: 0x12}])
def test_half_an_answer_is_no_good_news(replies: dict[int, int]) -> None:
    assert understood(replies).state == "unknown"


@pytest.mark.parametrize(("replies", "state"), [({1: 0x1A}, "offline"), ({1: 0x12, 4: 0x72}, "paper_out")])
def test_half_an_answer_may_be_bad_news(replies: dict[int, int], state: PrinterState) -> None:
    assert understood(replies).state == state


@pytest.mark.parametrize(
    ("bits", "state"),
    [
        (b"\x10\x00\x00\x0f", "ready"),
        (b"\x14\x00\x00\x00", "ready"),
        (b"\x10\x00\x03\x0f", "paper_low"),
        (b"\x18\x00\x0f\x0f", "paper_out"),
        (b"\x38\x00\x00\x0f", "cover_open"),
        (b"\x18\x08\x00\x0f", "cutter_error"),
        (b"\x18\x20\x00\x0f", "offline"),
        (b"\x18\x40\x00\x0f", "offline"),
        (b"\x18\x00\x00\x0f", "offline"),
    ],
)
def test_automatic_status_means_what_epson_says(bits: bytes, state: PrinterState) -> None:
    assert heard(bits) == [Automatic(bits)]
    assert understood_automatic(Automatic(bits)).state == state


def test_only_a_printer_in_trouble_refuses_a_job() -> None:
    troubles: tuple[dict[int, int], ...] = ({1: 0x1A}, {2: 0x16}, {4: 0x72}, {3: 0x1A})
    assert not any(understood(WELL | trouble).printable for trouble in troubles)
    assert understood(WELL).printable
    assert understood(WELL | {4: 0x1E}).printable
    assert understood({}).printable


def test_a_question_is_three_bytes() -> None:
    assert [question(number).hex(" ") for number in (1, 2, 3, 4)] == ["10 04 01", "10 04 02", "10 04 03", "10 04 04"]


@given(SENSORS)
def test_what_an_emulated_printer_says_is_understood(sensors: Sensors) -> None:
    replies = {number: reply_to(number, sensors)[0] for number in ASKED_IN_TURN}
    assert understood(replies).state == sensors.state
    (automatic,) = heard(automatic_status(sensors))
    assert isinstance(automatic, Automatic)
    assert understood_automatic(automatic).state == sensors.state
    assert heard(when_done(sensors)) == [Done(when_done(sensors)[0])]


ANSWERS = st.one_of(
    st.builds(lambda number, sensors: (reply_to(number, sensors), Reply), st.sampled_from(ASKED_IN_TURN), SENSORS),
    st.builds(lambda sensors: (automatic_status(sensors), Automatic), SENSORS),
    st.builds(lambda sensors: (when_done(sensors), Done), SENSORS),
)


@given(answers=st.lists(ANSWERS, max_size=8), data=st.data())
def test_answers_are_found_in_any_pieces_and_between_flow_control(
    answers: list[tuple[bytes, type[Answer]]], data: st.DataObject
) -> None:
    line = b""
    for byte in b"".join(sent for sent, _ in answers):
        line += data.draw(st.one_of(st.just(b""), XON_XOFF)) + bytes((byte,))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=6)))
    reader = AnswerReader()
    found: list[Answer] = []
    for begin, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        found += reader.feed(line[begin:end])
    assert [type(answer) for answer in found] == [kind for _, kind in answers]
    bits = [bytes((answer.bits,)) if isinstance(answer.bits, int) else answer.bits for answer in found]
    assert bits == [sent for sent, _ in answers]
    assert reader.noise == 0


def test_noise_is_counted_and_passed_over() -> None:
    reader = AnswerReader()
    assert list(reader.feed(b"Hello\xff\x12\x80\x16")) == [Reply(0x12), Reply(0x16)]
    assert reader.noise == 7


def test_automatic_status_that_is_broken_off_is_noise() -> None:
    reader = AnswerReader()
    assert list(reader.feed(b"\x18\x00\x12\x10\x00\x00\x0f")) == [Reply(0x12), Automatic(b"\x10\x00\x00\x0f")]
    assert reader.noise == 2


@given(st.binary(max_size=200))
def test_no_bytes_whatever_bring_the_reader_down(data: bytes) -> None:
    reader = AnswerReader()
    used = sum(4 if isinstance(answer, Automatic) else 1 for answer in reader.feed(data))
    silent = sum(byte in {0x11, 0x13} for byte in data)
    assert used + silent + reader.noise <= len(data)
