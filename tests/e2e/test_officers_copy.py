"""A copy that an officer asks for: over the true wire to the kiosk's printer on TCP, and its outcome back on record."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from broker.bus import Bus
from broker.contract.messages import EventMessage, OfficeMessage, Ticket
from hardware.config import NetworkPrinter
from hardware.drivers.network import network_printer
from hardware.worker import DeviceWorker
from kiosk.paper.copies import CounterPapers
from kiosk.paper.news import PaperNews
from kiosk.paper.print_log import PrintLog
from kiosk.paper.printer import OnePrinter
from kiosk.paper.printers import TicketPrinters
from kiosk.paper.roll import PaperRoll
from kiosk.visit.requests import LastingRequests
from tests.support.office import OfficeProcess
from tests.support.sqlite import opened
from tests.support.station import PATIENCE, EmulatedPrinter, wait_until


class KioskAlone:
    """What prints at a kiosk, on the wire, without a screen."""

    def __init__(self, office: OfficeProcess, folder: Path) -> None:
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.printer = EmulatedPrinter()
        self.bus = Bus(address=office.address, office="demo", client="kiosk-1", kind="kiosk", post=self._todo.put)
        port = self.printer.wire.port
        papers = PrintLog(folder / "papers.jsonl", partial(dt.datetime.now, dt.UTC))
        one = OnePrinter(
            NetworkPrinter(type="network", host="127.0.0.1", port=port),
            build=partial(network_printer, "127.0.0.1", port, PATIENCE),
            worker=DeviceWorker("printer", self._todo.put),
            papers=papers,
            roll=PaperRoll(folder / "roll.json", length_m=70, warning_m=5),
        )
        writer = DeviceWorker("print-log", self._todo.put)
        now = partial(dt.datetime.now, dt.UTC)
        self._printers = TicketPrinters(
            {"printer": one}, papers=papers, writer=writer, now=now, on_health=lambda _health: None
        )
        self.lasting = LastingRequests(self.bus, time.monotonic)
        self.counter_papers = CounterPapers(frozenset({"counter-1"}), lasting=self.lasting, print_ticket=self._print)
        self.bus.listen(self.bus.topics.office_state(), OfficeMessage, self.counter_papers.office_heard)
        self.bus.listen(self.bus.topics.event("reprinted"), EventMessage, self.counter_papers.heard)
        self.bus.start()
        wait_until(lambda: self.counter_papers._office is not None, "the kiosk knows its office", pump=self.pump)

    def pump(self) -> None:
        """Do what has come in."""
        while True:
            try:
                self._todo.get_nowait()()
            except Empty:
                return

    def close(self) -> None:
        """End."""
        self.bus.stop()
        self._printers.stop()
        self.printer.device.close()

    def _print(self, ticket: Ticket, office: OfficeMessage) -> None:
        self._printers.print(ticket, office, self._told)

    def _told(self, news: PaperNews) -> None:
        arguments = {"ticket": news.ticket, "outcome": news.outcome}
        self.lasting.send("printed", arguments, lambda _reply: news.acknowledge())


OFFICER = {"counter": "counter-1", "officer": "siti", "pin": "1234"}
ANOTHER = {"counter": "counter-2", "officer": "budi", "pin": "1234"}


@pytest.fixture
def kiosk(mosquitto_office: OfficeProcess, tmp_path: Path) -> Iterator[KioskAlone]:
    kiosk = KioskAlone(mosquitto_office, tmp_path)
    yield kiosk
    kiosk.close()


def test_it_comes_out_of_the_kiosk_once_and_is_on_record(mosquitto_office: OfficeProcess, kiosk: KioskAlone) -> None:
    def copies() -> list[tuple[str, str]]:
        with opened(mosquitto_office.database) as connection:
            rows = connection.execute("SELECT client, state FROM print_jobs WHERE copy_no > 0 ORDER BY copy_no")
            return [(client, state) for client, state in rows]

    with mosquitto_office.caller("counter-1") as counter, mosquitto_office.caller("counter-2") as elsewhere:
        ticket = counter.do("issue", service="new-passport")["ticket"]
        desk = {"counter": "counter-1", "session": counter.do("open", **OFFICER)["session"]}
        assert counter.do("reprint", **desk, ticket=ticket["number"])["ticket"]["copies"] == 1
        wait_until(lambda: copies() == [("counter-1", "confirmed")], "the copy is out", pump=kiosk.pump)
        of_another = {"counter": "counter-2", "session": elsewhere.do("open", **ANOTHER)["session"]}
        elsewhere.do("reprint", **of_another, ticket=ticket["id"])  # another kiosk prints for that counter
        kiosk.pump()
        assert copies() == [("counter-1", "confirmed"), ("counter-2", "queued")]
    assert kiosk.printer.begun(ticket["number"]) == kiosk.printer.whole() == 1
    assert "SALINAN" in " ".join(kiosk.printer.lines)


def test_one_that_was_asked_for_while_the_kiosk_was_away_comes_out_once_when_it_is_back(
    mosquitto_office: OfficeProcess, tmp_path: Path
) -> None:
    with mosquitto_office.caller("counter-1") as counter:
        ticket = counter.do("issue", service="new-passport")["ticket"]
        desk = {"counter": "counter-1", "session": counter.do("open", **OFFICER)["session"]}
        counter.do("reprint", **desk, ticket=ticket["number"])
        kiosk = KioskAlone(mosquitto_office, tmp_path)
        wait_until(lambda: kiosk.printer.whole() == 1, "the copy is out", pump=kiosk.pump)
        counter.bus.report_devices({"keypad": "ready"})  # what anybody else says repeats nothing
        counter.do("reprint", **desk, ticket=ticket["number"])
        wait_until(lambda: kiosk.printer.whole() == 2, "the next copy is out", pump=kiosk.pump)
        kiosk.close()
    assert kiosk.printer.begun(ticket["number"]) == 2
