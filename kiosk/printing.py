"""Prints tickets on the device's own thread and tells what became of the paper."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from broker.contract.messages import OfficeMessage, Ticket
from broker.language import Phrases
from hardware.codecs.escpos_writer import render
from hardware.config import PrinterConfig
from hardware.errors import HardwareError
from hardware.factory import build_printer, paper_for
from hardware.ports import Printer, PrintResult
from hardware.worker import DeviceWorker
from kiosk.presenter import PrintOutcome
from kiosk.ticket_layout import ticket_receipt

log = logging.getLogger(__name__)

Printed = Callable[[str, PrintOutcome, str], None]
"""Gets the ticket's id, the outcome, and the reason where it failed."""


class TicketPrinter:
    """The kiosk's printer behind its worker. Nothing here blocks the screen, and no fault reaches it as an error."""

    def __init__(self, config: PrinterConfig, *, data_dir: Path, worker: DeviceWorker) -> None:
        """Take the configuration; the printer is built on the worker's thread, when it is first needed."""
        self._config = config
        self._data_dir = data_dir
        self._worker = worker
        self._printer: Printer | None = None

    def check(self, on_health: Callable[[str], None]) -> None:
        """Find out what printer this is, and tell it in one line."""

        def done(result: str | HardwareError) -> None:
            on_health(str(result))

        self._worker.submit(lambda: self._ready().health(), done)

    def print(self, ticket: Ticket, office: OfficeMessage, on_printed: Printed) -> None:
        """Print a ticket in its own language; `on_printed` is told once."""

        def done(result: PrintResult | HardwareError) -> None:
            if isinstance(result, HardwareError):
                log.error("ticket %s was not printed: %s", ticket.number, result)
                on_printed(ticket.id, "failed", str(result))
            else:
                on_printed(ticket.id, result.outcome, "")

        self._worker.submit(lambda: self._print(ticket, office), done)

    def _print(self, ticket: Ticket, office: OfficeMessage) -> PrintResult:
        paper = paper_for(self._config)
        receipt = ticket_receipt(ticket, office, Phrases("kiosk", ticket.language), columns=paper.columns)
        return self._ready().print(render(receipt, paper), title=ticket.number)

    def _ready(self) -> Printer:
        if self._printer is None:
            self._printer = build_printer(self._config, data_dir=self._data_dir)
        return self._printer
