"""A kiosk in a process of its own, to be killed at any moment. Its true parts, but for the window."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

from broker.bus import Bus
from broker.contract.link import Address, Pending
from broker.contract.messages import HallMessage, OfficeMessage, Reply, Ticket
from broker.contract.office import listen_to_office
from hardware.config import NetworkPrinter
from hardware.drivers.escpos_printer import Patience
from hardware.drivers.network import network_printer
from hardware.worker import DeviceWorker
from kiosk.outbox.kept import FileShelf, KeptRequests
from kiosk.pages.page import Screen
from kiosk.pages.screen import Composer
from kiosk.paper.news import PaperNews
from kiosk.paper.print_log import PrintLog
from kiosk.paper.printer import OnePrinter
from kiosk.paper.printers import TicketPrinters
from kiosk.paper.roll import PaperRoll
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.touches import touch

PATIENCE = Patience(job_s=20.0, status_s=2.0)
QUIT = "quit"
"""What the kiosk is asked to end by, once all that it has heard is on disk."""
Moment = Literal["before the send", "after the send", "before the paper", "after the paper"]
"""When the power goes: `after the send` is when the answer comes, which nobody takes any more."""
Step = Callable[[], None]


class Printing:
    """What prints in a kiosk, and the thread that is the screen's in the true one."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.todo: SimpleQueue[Step] = SimpleQueue()
        papers = PrintLog(data_dir / "papers.jsonl", partial(dt.datetime.now, dt.UTC))
        self._worker = DeviceWorker("printer", self.todo.put)
        self.writer = DeviceWorker("print-log", self.todo.put)
        printer = OnePrinter(
            NetworkPrinter(type="network", host="127.0.0.1", port=port),
            build=lambda: network_printer("127.0.0.1", port, PATIENCE),
            worker=self._worker,
            papers=papers,
            roll=PaperRoll(data_dir / "roll.json", length_m=70, warning_m=5),
        )
        self.printers = TicketPrinters(
            {"printer": printer},
            papers=papers,
            writer=self.writer,
            now=partial(dt.datetime.now, dt.UTC),
            on_health=lambda _health: None,
        )

    def when_done(self, then: Step) -> None:
        """Call `then` when the printer and the disk have done all that they were given before."""
        self._worker.submit(_nothing, lambda _done: self.writer.submit(_nothing, lambda _written: then()))

    def pump(self) -> None:
        """Do what comes in within a moment."""
        with contextlib.suppress(Empty):
            self.todo.get(timeout=0.01)()


def main(data_dir: Path, port: int, office: OfficeMessage, ticket: Ticket | None, engine: Connection) -> None:
    """Make good what an earlier run left, print `ticket`, and tell `engine`; what it says back counts as told.

    `None` is told when nothing is left to be done, and again when what it has said back is on disk.
    """
    logging.disable()
    news: dict[tuple[str, int], PaperNews] = {}
    printing = Printing(data_dir, port)

    def told(paper: PaperNews) -> None:
        news[paper.ticket, paper.copies] = paper
        engine.send((paper.ticket, paper.copies, paper.outcome))

    printing.printers.recover(told)
    printing.printers.office_heard(office)
    if ticket is not None:
        printing.printers.print(ticket, office, told)
    printing.when_done(lambda: engine.send(None))
    while True:
        printing.pump()
        while engine.poll():
            said = engine.recv()
            if said == QUIT:
                printing.when_done(lambda: engine.send(None))
            else:
                news[said].acknowledge()


class _KillingBus(Bus):
    """Pulls the plug around the request for a number."""

    moment: Moment | None = None

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        on_reply: Callable[[Reply], None],
        *,
        request_id: str | None = None,
    ) -> Pending:
        """Send, if it is not too late."""
        if command == "issue" and self.moment == "before the send":
            _pull_the_plug()
        heard = _killed if command == "issue" and self.moment == "after the send" else on_reply
        return super().request(command, arguments, heard, request_id=request_id)


def visit(data_dir: Path, port: int, address: Address, languages: tuple[str, ...], moment: Moment | None) -> None:
    """Lead a visitor to the paper until the power goes at a moment; without one, make good what an earlier run left."""
    logging.disable()
    printing = Printing(data_dir, port)
    screens: list[Screen] = []
    bus = _KillingBus(
        address=address, office="demo", client="kiosk-1", kind="kiosk", post=printing.todo.put, claims=True
    )
    bus.moment = moment

    def printed(ticket: Ticket, office: OfficeMessage) -> None:
        if moment == "before the paper":
            _pull_the_plug()
        printing.printers.print(ticket, office, presenter.printed)
        if moment == "after the paper":
            printing.writer.submit(_nothing, lambda _done: _pull_the_plug())

    presenter = Presenter(
        requester=bus,
        kept=KeptRequests(FileShelf(data_dir / "requests.json", printing.writer)),
        has_paper=printing.printers.has,
        print_ticket=printed,
        show=Composer(screens.append).show,
        clocks=Clocks(partial(dt.datetime.now, dt.UTC), time.monotonic),
        languages=languages,
        idle_s=45,
    )

    def office_heard(office: OfficeMessage) -> None:
        presenter.office_changed(office)
        printing.printers.office_heard(office)

    bus.on_link(presenter.link_changed)
    listen_to_office(bus, bus.topics, office_heard)
    bus.listen(bus.topics.hall(), HallMessage, presenter.hall_changed)
    printing.printers.recover(presenter.printed)
    presenter.recover()
    bus.start()
    way = {
        "language": "language:id",
        "service": "service:new-passport",
        "requirements": "continue",
        "lane": "lane:regular",
    }
    while True:
        printing.pump()
        presenter.tick()
        if moment is not None and screens[-1].name in way:
            touch(presenter, way[screens[-1].name])


def _pull_the_plug() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed(_reply: Reply) -> None:
    _pull_the_plug()


def _nothing() -> None:
    """Do nothing; that it was done tells that what came before is."""
