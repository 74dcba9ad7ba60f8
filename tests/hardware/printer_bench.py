"""An emulated printer on a true cable, and a driver at its other end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.codecs.escpos_printed import Printed, PrintedLine
from hardware.codecs.escpos_profile import Paper, paper_of
from hardware.codecs.escpos_reader import read
from hardware.drivers.conversation import Link
from hardware.drivers.escpos_printer import EscposPrinter, Patience
from hardware.drivers.network import NetworkLink
from hardware.drivers.node import NodeLink
from hardware.drivers.serial_printer import SerialLink
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from hardware.ports import Printer
from tests.hardware.ticket_samples import ticket_bytes
from tests.support.printer_time import STEP_S, PrinterTime, timed

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


LINK_S = 5.0
"""So long, by the clock on the wall, a line has to take what is sent; nothing here waits for that."""


class Bench:
    """A printer under test: `emulator` is the device, `printer` the driver, `time` the clock of both."""

    def __init__(self, emulator: PrinterEmulator, printer: Printer, hand: Hand, time: PrinterTime) -> None:
        self.emulator = emulator
        self.printer = printer
        self.hand = hand
        self.time = time

    def heal(self) -> None:
        """Put everything right, and wait until all that still waits is printed."""
        self.emulator.command("plug")
        deadline = time.monotonic() + 30
        while self.emulator.command("ready") != "ready" or not self._idle():
            assert time.monotonic() < deadline, "the printer never gets ready"
            self.time.pass_on(STEP_S)

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
    hand, clock = Hand(), PrinterTime()
    wire, open_link = _cable(transport, folder)
    emulator = PrinterEmulator(wire, paper, hand, tick_s=TICK_S, clock=clock)
    printer = EscposPrinter(transport, timed(open_link, emulator, clock), patience, clock=clock)
    try:
        yield Bench(emulator, printer, hand, clock)
    finally:
        emulator.close()


def _cable(transport: str, folder: Path) -> tuple[Wire, Callable[[], Link]]:
    if transport == "network":
        tcp = TcpWire()
        return tcp, lambda: NetworkLink.open("127.0.0.1", tcp.port, timeout_s=LINK_S)
    path = folder / "by-id" / "printer"
    openings: dict[str, Callable[[], Link]] = {
        "serial": lambda: SerialLink(str(path), baud=19200, flow="none", timeout_s=LINK_S),
        "node": lambda: NodeLink.open(path, timeout_s=LINK_S),
    }
    return PtyWire(path), openings[transport]
