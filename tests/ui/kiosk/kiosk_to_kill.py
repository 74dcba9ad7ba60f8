"""A kiosk's printing in a process of its own, to be killed at any moment. Its true parts, but for window and wire."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from broker.contract.messages import OfficeMessage, Ticket
from hardware.config import NetworkPrinter
from hardware.drivers.escpos_printer import Patience
from hardware.drivers.network import network_printer
from hardware.worker import DeviceWorker
from kiosk.paper.news import PaperNews
from kiosk.paper.print_log import PrintLog
from kiosk.paper.printer import OnePrinter
from kiosk.paper.printers import TicketPrinters
from kiosk.paper.roll import PaperRoll

PATIENCE = Patience(job_s=20.0, status_s=2.0)


def main(data_dir: Path, port: int, office: OfficeMessage, ticket: Ticket | None, engine: Connection) -> None:
    """Make good what an earlier run left, print `ticket`, and tell `engine`; what it says back counts as told."""
    logging.disable()
    todo: SimpleQueue[Any] = SimpleQueue()
    news: dict[tuple[str, int], PaperNews] = {}

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def told(paper: PaperNews) -> None:
        news[paper.ticket, paper.copies] = paper
        engine.send((paper.ticket, paper.copies, paper.outcome))

    papers = PrintLog(data_dir / "papers.jsonl", now)
    printer = OnePrinter(
        NetworkPrinter(type="network", host="127.0.0.1", port=port),
        build=lambda: network_printer("127.0.0.1", port, PATIENCE),
        worker=DeviceWorker("printer", todo.put),
        papers=papers,
        roll=PaperRoll(data_dir / "roll.json", length_m=70, warning_m=5),
    )
    writer = DeviceWorker("print-log", todo.put)
    printers = TicketPrinters(
        {"printer": printer}, papers=papers, writer=writer, now=now, on_health=lambda _health: None
    )
    printers.recover(told)
    printers.office_heard(office)
    if ticket is not None:
        printers.print(ticket, office, told)
    engine.send("ready")
    while True:
        with contextlib.suppress(Empty):
            todo.get(timeout=0.01)()
        while engine.poll():
            news[engine.recv()].acknowledge()
