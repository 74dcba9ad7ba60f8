"""Which printer gets the paper: one that can print it, never two; and what became of it is told.

On the screen's thread; whatever blocks is done by the printers' own threads. What a kiosk that was killed left behind
is made good at the next start: a paper that was under way is `unconfirmed` for good, one that had not begun is printed
if its visitor may still stand here.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import assert_never

from broker.config.printers import kiosk_printers
from broker.config.settings import Kiosk
from broker.config.web import Wifi
from broker.contract.messages import OfficeMessage, Ticket
from hardware.factory import build_printer
from hardware.ports import PrinterState
from hardware.worker import DeviceWorker, Post
from kiosk.paper.news import PaperNews, PrintersHealth, PrintOutcome
from kiosk.paper.print_log import Entry, PrintLog
from kiosk.paper.printer import Attempt, OnePrinter, PlainReceipt
from kiosk.paper.roll import PaperRoll, roll_file

YOUNG = dt.timedelta(seconds=30)
"""A paper that was not begun is printed after a restart while its visitor may still stand here."""
INTERRUPTED = "the kiosk was interrupted while it printed this paper"
TOO_LATE = "the kiosk was interrupted before it printed this paper"
_TROUBLE_WORDS: Mapping[PrinterState, str] = {
    "paper_out": "no paper",
    "cover_open": "the cover is open",
    "cutter_error": "the cutter is stuck",
    "offline": "the printer does not answer",
}

CHECK_PRINTERS_S = 3.0
"""How often printers are asked how they are, so that trouble is known before anybody chooses."""

log = logging.getLogger(__name__)

OnNews = Callable[[PaperNews], None]


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper on its way, and who wants to know."""

    ticket: Ticket
    office: OfficeMessage
    on_news: OnNews
    is_late: bool = False


class TicketPrinters:
    """The kiosk's printers by their names, the preferred one first."""

    def __init__(
        self,
        printers: Mapping[str, OnePrinter],
        *,
        papers: PrintLog,
        writer: DeviceWorker,
        now: Callable[[], dt.datetime],
        on_health: Callable[[PrintersHealth], None],
    ) -> None:
        """`writer` waits for the disk; `on_health` hears how the printers are whenever that changes."""
        self._printers = tuple(printers.values())
        self._names = tuple(printers)
        self._papers = papers
        self._writer = writer
        self._now = now
        self._on_health = on_health
        self._health: PrintersHealth | None = None
        self._left: list[Entry] = []
        self._on_news: OnNews = lambda _news: None

    @property
    def devices(self) -> dict[str, str]:
        """Return how each printer is, which it is, and why it cannot be asked, for the device list."""
        return {name: _health(one) for name, one in zip(self._names, self._printers, strict=True)}

    def check(self) -> None:
        """Ask every printer how it is."""
        for printer in self._printers:
            printer.check(self._tell_health)

    def print(self, ticket: Ticket, office: OfficeMessage, on_news: OnNews) -> None:
        """Print a ticket in its own language, the same paper once at most; `on_news` is told what became of it.

        Where every printer is known to be in trouble that is told at once, and nothing is tried.
        """
        if self._papers.claim(ticket):
            # At once, not when its turn comes: the printer's thread may be waiting for an answer.
            self._write(lambda: self._papers.keep_claim(ticket))
            self._give(_Paper(ticket, office, on_news))

    def print_plain(self, receipt: PlainReceipt, title: str, told: Callable[[bool], None]) -> None:
        """Print what is no ticket, on the first printer that can; `told` hears whether there is a paper."""
        usable = [printer for printer in self._printers if printer.is_printable]

        def attempt(left: Sequence[OnePrinter]) -> None:
            if not left:
                told(False)  # noqa: FBT003 - a callback
                return

            def done(is_printed: bool) -> None:  # noqa: FBT001 - told by the printer
                self._tell_health()
                if is_printed:
                    told(True)  # noqa: FBT003 - the same
                else:
                    attempt(left[1:])

            left[0].print_plain(receipt, title, done)

        attempt(usable)

    def has(self, ticket: str, copies: int) -> bool:
        """Tell whether this paper of a ticket was taken in, by this run or an earlier one."""
        return self._papers.has(ticket, copies)

    def recover(self, on_news: OnNews) -> None:
        """Tell what became of the papers that an earlier run left; the rest waits for `office_heard`."""
        self._on_news = on_news
        for entry in self._papers.unacknowledged():
            match entry.state:
                case "queued":
                    self._left.append(entry)
                case "sent":
                    self._end(entry.ticket, "unconfirmed", INTERRUPTED)
                case "confirmed" | "unconfirmed" | "failed":
                    on_news(self._news(entry.ticket, entry.state, entry.reason))
                case "acknowledged":
                    pass
                case _:
                    assert_never(entry.state)

    def office_heard(self, office: OfficeMessage) -> None:
        """Print what an earlier run was asked for and had not begun, if that is not long ago."""
        left, self._left = self._left, []
        for entry in left:
            if abs(self._now() - entry.at) <= YOUNG:  # a clock that lost its battery proves nothing
                self._give(_Paper(entry.ticket, office, self._on_news, is_late=True))
            else:
                self._end(entry.ticket, "failed", TOO_LATE)

    def stop(self) -> None:
        """Finish what is queued, at most for some seconds, and let the printers go."""
        for printer in self._printers:
            printer.stop()
        self._writer.stop()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _give(self, paper: _Paper) -> None:
        usable = [printer for printer in self._printers if printer.is_printable]
        if usable:
            self._try(paper, usable)
        else:
            trouble = self._printers[0].state
            self._ended(paper, "failed", _TROUBLE_WORDS.get(trouble, trouble), trouble=trouble)

    def _try(self, paper: _Paper, usable: Sequence[OnePrinter]) -> None:
        printer, *others = usable

        def done(attempt: Attempt) -> None:
            self._tell_health()
            if attempt.outcome is not None:
                paper.on_news(self._from_printer(paper, printer, attempt))
            elif others:
                self._try(paper, others)
            else:
                trouble = self._printers[0].state
                self._ended(paper, "failed", attempt.reason, trouble=trouble)

        printer.print(paper.ticket, paper.office, done)

    def _ended(self, paper: _Paper, outcome: PrintOutcome, reason: str, *, trouble: PrinterState) -> None:
        self._write(lambda: self._papers.end(paper.ticket, outcome, reason))
        paper.on_news(self._news(paper.ticket, outcome, reason, trouble=trouble, is_late=paper.is_late))

    def _from_printer(self, paper: _Paper, printer: OnePrinter, attempt: Attempt) -> PaperNews:
        outcome = attempt.outcome or "failed"
        return self._news(
            paper.ticket,
            outcome,
            attempt.reason,
            trouble=None if printer.is_printable else printer.state,
            by_spare=printer is not self._printers[0],
            is_late=paper.is_late,
        )

    def _end(self, ticket: Ticket, outcome: PrintOutcome, reason: str) -> None:
        self._write(lambda: self._papers.end(ticket, outcome, reason))
        self._on_news(self._news(ticket, outcome, reason))

    def _news(
        self,
        ticket: Ticket,
        outcome: PrintOutcome,
        reason: str,
        *,
        trouble: PrinterState | None = None,
        by_spare: bool = False,
        is_late: bool = False,
    ) -> PaperNews:
        return PaperNews(
            ticket=ticket.id,
            number=ticket.number,
            copies=ticket.copies,
            outcome=outcome,
            reason=reason,
            trouble=trouble,
            by_spare=by_spare,
            is_late=is_late,
            acknowledge=lambda: self._write(lambda: self._papers.acknowledged(ticket)),
        )

    def _write(self, note: Callable[[], None]) -> None:
        self._writer.submit(note, lambda _done: None)

    def _tell_health(self) -> None:
        health = PrintersHealth(
            tuple(printer.state for printer in self._printers),
            is_paper_low=any(printer.is_paper_low for printer in self._printers),
        )
        if health != self._health:
            self._health = health
            self._on_health(health)


def printers_of(
    kiosk: Kiosk,
    *,
    data_dir: Path,
    post: Post,
    writer: DeviceWorker,
    now: Callable[[], dt.datetime],
    on_health: Callable[[PrintersHealth], None],
    wifi: Wifi | None = None,
) -> TicketPrinters:
    """Return the kiosk's printers, each on a thread of its own; what an earlier run left is read here."""
    papers = PrintLog(data_dir / "prints" / f"{kiosk.id}.jsonl", now)
    printers = {
        name: OnePrinter(
            config,
            build=partial(build_printer, config, data_dir=data_dir, name=f"{kiosk.id}-{name}"),
            worker=DeviceWorker(name, post),
            papers=papers,
            roll=PaperRoll(
                roll_file(data_dir, kiosk.id, name), length_m=config.roll_m, warning_m=config.roll_warning_m
            ),
            wifi=wifi,
        )
        for name, config in kiosk_printers(kiosk).items()
    }
    return TicketPrinters(printers, papers=papers, writer=writer, now=now, on_health=on_health)


def _health(printer: OnePrinter) -> str:
    return ", ".join(filter(None, (_shown(printer), printer.what, printer.why)))


def _shown(printer: OnePrinter) -> PrinterState:
    """Return the state with what only the count of paper knows."""
    return "paper_low" if printer.state == "ready" and printer.is_paper_low else printer.state
