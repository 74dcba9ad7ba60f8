"""One of the kiosk's printers on its own thread: asked how it is, and given one paper at a time."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from broker.config.web import Wifi
from broker.contract.messages import OfficeMessage, Ticket
from broker.language import words_of
from hardware.codecs.escpos_writer import render
from hardware.config import PrinterConfig
from hardware.errors import CoverOpen, CutterError, DeviceTimeout, HardwareError, PaperOut
from hardware.factory import height_mm, paper_for
from hardware.ports import PRINTABLE, Printer, PrinterState, PrintResult
from hardware.receipt import Receipt
from hardware.worker import DeviceWorker
from kiosk.paper.layout import ticket_receipt
from kiosk.paper.news import PrintOutcome
from kiosk.paper.print_log import PrintLog
from kiosk.paper.roll import PaperRoll

ASK_THE_SILENT_S = 60.0
"""Each question that is not answered holds the next paper up for a second."""

PlainReceipt = Callable[[int], Receipt]
"""Lays out what is no ticket, for so many letters a line."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of giving a paper to a printer. Without an `outcome` nothing was sent, and another may try."""

    outcome: PrintOutcome | None
    state: PrinterState
    """How the printer is now, as far as the attempt showed it."""
    reason: str = ""


class OnePrinter:
    """A printer behind its worker. Public methods belong to the screen's thread and never block."""

    def __init__(
        self,
        config: PrinterConfig,
        *,
        build: Callable[[], Printer],
        worker: DeviceWorker,
        papers: PrintLog,
        roll: PaperRoll,
        wifi: Wifi | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the configuration; the printer is built on the worker's thread, when it is first needed.

        Papers tell how phones join the `wifi`.
        """
        self.state: PrinterState = "unknown"
        self.is_paper_low = False
        self.what: str = config.type
        self.why = ""
        """Why it could not be asked, for the technician."""
        self._config = config
        self._build = build
        self._monotonic = monotonic
        self._ask_at = -math.inf
        self._worker = worker
        self._papers = papers
        self._roll = roll
        self._wifi = wifi
        self._printer: Printer | None = None
        self._is_checking = False

    @property
    def is_printable(self) -> bool:
        """Tell whether a paper may be given to it, as far as is known."""
        return self.state in PRINTABLE

    def check(self, on_checked: Callable[[], None]) -> None:
        """Find out how it is; one question at a time, and seldom of a printer that never answers."""
        if self._is_checking or self._monotonic() < self._ask_at:
            return
        self._is_checking = True

        def done(result: tuple[PrinterState, bool] | HardwareError) -> None:
            self._is_checking = False
            self.state, self.is_paper_low = result if isinstance(result, tuple) else (_state_of(result), False)
            self._ask_at = self._monotonic() + (ASK_THE_SILENT_S if self.state == "unknown" else 0.0)
            why = result.why if isinstance(result, HardwareError) else ""
            if why and why != self.why:  # once, not every few seconds
                log.warning("%s", result)
            self.why = why
            on_checked()

        self._worker.submit(self._check, done)

    def print(self, ticket: Ticket, office: OfficeMessage, on_done: Callable[[Attempt], None]) -> None:
        """Give it a paper that was claimed in the log; `on_done` is told once."""

        def done(result: Attempt | HardwareError) -> None:
            attempt = result if isinstance(result, Attempt) else self._unforeseen(ticket, result)
            self.state = attempt.state
            on_done(attempt)

        self._worker.submit(lambda: self._print(ticket, office), done)

    def print_plain(self, receipt: PlainReceipt, title: str, on_done: Callable[[bool], None]) -> None:
        """Print what is no ticket and stands in no log, such as a list; `on_done` is told whether it may be there."""

        def done(result: PrinterState | HardwareError) -> None:
            self.state = _state_of(result) if isinstance(result, HardwareError) else result
            on_done(not isinstance(result, HardwareError) or result.sent)

        self._worker.submit(lambda: self._print_plain(receipt, title), done)

    def stop(self) -> None:
        """Finish what is queued, then let go."""
        self._worker.submit(self._close, lambda _result: None)
        self._worker.stop()

    # -- the worker's thread ----------------------------------------------------------------------------------------

    def _check(self) -> tuple[PrinterState, bool]:
        state = self._ready().status().state
        self._roll.saw(state)
        return state, state == "paper_low" or self._roll.is_low

    def _print(self, ticket: Ticket, office: OfficeMessage) -> Attempt:
        try:
            printer, paper = self._ready(), paper_for(self._config)
            receipt = ticket_receipt(
                ticket,
                office,
                words_of("kiosk", office.languages)(ticket.language),
                columns=paper.columns,
                wifi=self._wifi,
            )
            data = render(receipt, paper)
            self._papers.change(ticket, "sent")
            result = printer.print(data, title=ticket.number)
        except HardwareError as error:
            return self._failed(ticket, error)
        self._papers.end(ticket, result.outcome)
        self._roll.used(height_mm(data, paper))
        return Attempt(result.outcome, _state_after(result))

    def _print_plain(self, receipt: PlainReceipt, title: str) -> PrinterState:
        printer, paper = self._ready(), paper_for(self._config)
        data = render(receipt(paper.columns), paper)
        result = printer.print(data, title=title)
        self._roll.used(height_mm(data, paper))
        return _state_after(result)

    def _failed(self, ticket: Ticket, error: HardwareError) -> Attempt:
        log.error("ticket %s: %s", ticket.number, error)
        state = _state_of(error)
        self._roll.saw(state)
        if not error.sent:
            self._papers.change(ticket, "queued")
            return Attempt(None, state, str(error))
        # Out of paper or opened in the middle: the visitor holds no whole ticket. Anything else may have come out.
        outcome: PrintOutcome = "failed" if isinstance(error, PaperOut | CoverOpen) else "unconfirmed"
        self._papers.end(ticket, outcome, str(error))
        return Attempt(outcome, state, str(error))

    def _unforeseen(self, ticket: Ticket, error: HardwareError) -> Attempt:
        """Return what is to be thought of a paper after a fault of ours: once begun, it may have come out."""
        match self._papers.state(ticket):
            case "confirmed" | "unconfirmed" | "failed" as outcome:  # what went wrong did so afterwards
                return Attempt(outcome, self.state)
            case "sent":
                self._worker.submit(lambda: self._papers.end(ticket, "unconfirmed", str(error)), lambda _done: None)
                return Attempt("unconfirmed", self.state, str(error))
            case _:
                return Attempt(None, "offline", str(error))

    def _ready(self) -> Printer:
        if self._printer is None:
            self._printer = self._build()
            self.what = self._printer.health()
        return self._printer

    def _close(self) -> None:
        if self._printer is not None:
            self._printer.close()


def _state_after(result: PrintResult) -> PrinterState:
    """Return how a printer is that took a paper: one that did not vouch for it is not known to be well."""
    if result.outcome == "unconfirmed":
        return "unknown"
    return "paper_low" if result.paper_low else "ready"


def _state_of(error: HardwareError) -> PrinterState:
    match error:
        case PaperOut():
            return "paper_out"
        case CoverOpen():
            return "cover_open"
        case CutterError():
            return "cutter_error"
        case DeviceTimeout(sent=True):
            return "unknown"  # it took the paper and fell silent: it may be well
        case _:
            return "offline"
