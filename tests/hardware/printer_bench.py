"""An emulated printer on a true cable, and a driver at its other end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.codecs.escpos_printed import Printed, PrintedLine
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import read
from hardware.drivers.escpos_printer import Patience
from hardware.drivers.network import network_printer
from hardware.drivers.node import node_printer
from hardware.drivers.serial_printer import serial_printer
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from hardware.ports import Printer
from tests.hardware.ticket_samples import ticket_bytes

PAPER = paper_of("default", paper_mm=80)
JOB = ticket_bytes("regular", language="id", paper_mm=80)
NUMBER = "A-012"
PATIENCE = Patience(job_s=0.3, status_s=0.15, glance_s=0.05)
TICK_S = 0.002
TRANSPORTS = ("network", "serial", "node")


class Hand:
    """Takes the papers as they come out."""

    def __init__(self) -> None:
        self.papers: list[tuple[Printed, ...]] = []

    def put(self, paper: tuple[Printed, ...]) -> None:
        """Take one."""
        self.papers.append(paper)

    @property
    def lines(self) -> list[str]:
        """Everything that stands on all papers, from the first to the last."""
        return [line for paper in self.papers for line in lines_of(paper)]


class Bench:
    """A printer under test: `emulator` is the device, `printer` the driver."""

    def __init__(self, emulator: PrinterEmulator, printer: Printer, hand: Hand) -> None:
        self.emulator = emulator
        self.printer = printer
        self.hand = hand

    def heal(self) -> None:
        """Put everything right, and wait until all that still waits is printed."""
        self.emulator.command("plug")
        deadline = time.monotonic() + 5
        while self.emulator.command("ready") != "ready" or not self._idle():
            assert time.monotonic() < deadline, "the printer never gets ready"

    def _idle(self) -> bool:
        # Two states in a row: what lay in the cable is read between them.
        return all(self.emulator.command("status") == "ready" for _ in range(3))


def lines_of(printed: tuple[Printed, ...]) -> list[str]:
    """Return the lines that hold letters."""
    texts = ("".join(run.text for run in item.runs) for item in printed if isinstance(item, PrintedLine))
    return [text for text in texts if text.strip()]


JOB_LINES = lines_of(read(JOB, PAPER))


@contextmanager
def bench_on(transport: str, folder: Path, *, paper: Paper = PAPER, patience: Patience = PATIENCE) -> Iterator[Bench]:
    """Yield a printer on a cable of this kind."""
    hand = Hand()
    wire, printer = _cable(transport, folder, patience)
    emulator = PrinterEmulator(wire, paper, hand, tick_s=TICK_S)
    try:
        yield Bench(emulator, printer, hand)
    finally:
        emulator.close()


def _cable(transport: str, folder: Path, patience: Patience) -> tuple[Wire, Printer]:
    if transport == "network":
        tcp = TcpWire()
        return tcp, network_printer("127.0.0.1", tcp.port, patience)
    link = folder / "by-id" / "printer"
    builders: dict[str, Callable[[], Printer]] = {
        "serial": lambda: serial_printer(str(link), baud=19200, patience=patience),
        "node": lambda: node_printer("node", lambda: link, patience),
    }
    return PtyWire(link), builders[transport]()
