"""The emulated printer as another program sees it: python-escpos asks for status by code of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from escpos.printer import Network

from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import TcpWire
from tests.hardware.printer_bench import JOB, JOB_LINES, PAPER, TICK_S, Hand

PLENTY, NEAR_END, NONE = 2, 1, 0
"""What python-escpos calls the paper."""


@pytest.fixture
def emulator() -> Iterator[tuple[PrinterEmulator, TcpWire, Hand]]:
    hand, wire = Hand(), TcpWire()
    made = PrinterEmulator(wire, PAPER, hand, tick_s=TICK_S)
    yield made, wire, hand
    made.close()


@pytest.mark.parametrize(
    ("fault", "online", "paper"),
    [
        ("ready", True, PLENTY),
        ("paper_low", True, NEAR_END),
        ("paper_out", False, NONE),
        ("cover_open", False, PLENTY),
        ("offline", False, PLENTY),
    ],
)
def test_another_program_understands_the_emulated_printer(
    emulator: tuple[PrinterEmulator, TcpWire, Hand], fault: str, paper: int, *, online: bool
) -> None:
    printer, wire, _ = emulator
    printer.command(fault)
    with closing(Network("127.0.0.1", wire.port, timeout=2)) as other:
        assert other.is_online() is online
        assert other.paper_status() == paper


def test_another_program_prints_our_bytes(emulator: tuple[PrinterEmulator, TcpWire, Hand]) -> None:
    printer, wire, hand = emulator
    with closing(Network("127.0.0.1", wire.port, timeout=2)) as other:
        other._raw(JOB)
        assert other.paper_status() == PLENTY, "it answers, so it has read what came before"
    printer.command("status")
    assert hand.lines == JOB_LINES
