"""The inside of the emulated printer: bytes in any pieces, automatic status, a full buffer, slow paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.escpos_printed import Printed
from hardware.codecs.escpos_reader import read
from hardware.codecs.printer_status import ASK_WHEN_DONE, Sensors, automatic_status, question, reply_to, when_done
from hardware.emulators.printer_body import BUFFER_BYTES, Chip, PrinterBody
from tests.hardware.printer_bench import JOB, JOB_LINES, PAPER, lines_of

NOTHING = Sensors()
AUTOMATIC_ON, AUTOMATIC_OFF = b"\x1da\xff", b"\x1ba\x00\x1da\x00"


def body() -> PrinterBody:
    return PrinterBody(PAPER, Chip())


@given(st.lists(st.integers(0, len(JOB) + 30), max_size=8))
def test_bytes_mean_the_same_in_whatever_pieces_they_come(cuts: list[int]) -> None:
    line = question(1) + JOB + ASK_WHEN_DONE + question(4) + JOB
    printer, answers, papers = body(), b"", list[tuple[Printed, ...]]()
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(line)], strict=True):
        output = printer.receive(line[begin:end], now_s=0)
        answers += bytes(output.answers)
        papers += output.papers
    assert sorted(answers) == sorted(reply_to(1, NOTHING) + when_done(NOTHING) + reply_to(4, NOTHING))
    assert papers == [read(JOB, PAPER)] * 2
    assert printer.misread == 0


@given(st.binary(max_size=300))
def test_no_bytes_whatever_bring_it_down_and_a_reset_brings_it_back(noise: bytes) -> None:
    printer = body()
    printer.receive(noise, now_s=0)
    printer.power_cycle()
    assert printer.receive(JOB, now_s=0).papers == [read(JOB, PAPER)]


def test_a_question_is_answered_at_once_also_while_nothing_can_be_printed() -> None:
    printer = body()
    printer.change(paper_out=True)
    output = printer.receive(JOB + ASK_WHEN_DONE + question(4), now_s=0)
    assert bytes(output.answers) == reply_to(4, Sensors(paper_out=True))
    assert output.papers == []
    printer.heal()
    healed = printer.work(now_s=0)
    assert bytes(healed.answers) == when_done(NOTHING)
    assert healed.papers == [read(JOB, PAPER)]


def test_automatic_status_tells_each_change_until_a_reset() -> None:
    printer = body()
    assert printer.receive(AUTOMATIC_ON, now_s=0).answers == automatic_status(NOTHING)
    assert printer.change(cover_open=True).answers == automatic_status(Sensors(cover_open=True))
    printer.heal()
    printer.receive(b"\x1b@", now_s=0)
    assert printer.change(cover_open=True).answers == b""


def test_automatic_status_can_be_switched_off() -> None:
    printer = body()
    printer.receive(AUTOMATIC_ON + AUTOMATIC_OFF, now_s=0)
    assert printer.change(paper_low=True).answers == b""


def test_a_printer_that_stands_still_takes_no_more_than_its_buffer_holds() -> None:
    printer = body()
    printer.change(paper_out=True)
    fulls = []
    for count in (BUFFER_BYTES - 1, 1):
        printer.receive(b"\n" * count, now_s=0)
        fulls.append(printer.full)
    printer.heal()
    printer.work(now_s=0)
    assert [*fulls, printer.full] == [False, True, False]


def test_paper_comes_as_fast_as_the_printer_is() -> None:
    printer = body()
    printer.lines_per_s = 10
    assert printer.receive(JOB, now_s=0).papers == []
    at_s, papers = 0.0, list[tuple[Printed, ...]]()
    while printer.working:
        at_s += 0.1
        papers += printer.work(now_s=at_s).papers
    assert papers == [read(JOB, PAPER)]
    assert at_s > len(JOB_LINES) / 10


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_fault_after_some_lines_leaves_them_on_paper_and_the_rest_for_later(lines: int) -> None:
    printer = body()
    printer.fail_after(lines, paper_out=True)
    (part,) = printer.receive(JOB, now_s=0).papers
    printer.heal()
    (rest,) = printer.work(now_s=0).papers
    assert part + rest == read(JOB, PAPER)
    assert len(lines_of(part)) <= lines
