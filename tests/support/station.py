"""A kiosk without a window: true presenter, printers, drivers and cable; the engine beside it on true SQLite."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from broker.bootstrap.rules import office_message, office_rules
from broker.config.settings import Settings
from broker.contract.messages import EventMessage, HallMessage, OfficeMessage
from broker.contract.office import listen_to_office
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.engine import HEARTBEAT_S, Engine
from broker.gateway import Inbound, MqttWire, Presences
from broker.ports import Health, Submission
from broker.store.sql import SqlStore
from hardware.codecs.escpos_printed import Printed, PrintedLine
from hardware.codecs.escpos_profile import paper_of
from hardware.config import NetworkPrinter
from hardware.drivers.conversation import Link
from hardware.drivers.escpos_printer import EscposPrinter, Patience
from hardware.drivers.network import NetworkLink
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import TcpWire
from hardware.worker import DeviceWorker
from kiosk.pages.page import Screen, TicketPage
from kiosk.pages.screen import Composer
from kiosk.paper.copies import CounterPapers
from kiosk.paper.news import PrintersHealth
from kiosk.paper.print_log import PrintLog
from kiosk.paper.printer import OnePrinter
from kiosk.paper.printers import TicketPrinters
from kiosk.paper.roll import PaperRoll
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.requests import LastingRequests
from kiosk.visit.steps import SETTLE_S
from kiosk.visit.touches import touch
from tests.fakes.bus import FakeBus, FakeServer
from tests.fakes.offices import OnePin
from tests.support.caller import PATIENCE_S
from tests.support.office import shipped_settings
from tests.support.printer_time import STEP_S, PrinterTime, timed
from tests.support.sqlite import opened

PATIENCE = Patience(job_s=0.8, status_s=0.1)
"""By the clock of the printer, which stands still while it has something to do."""
LINK_S = 10.0
"""By the clock on the wall, for what a machine always does in the end: to take what is sent."""
TICK_S = 0.01
LAST_LINE = "Terima kasih"
"""What only a whole paper has."""


class StationOffice:
    """The demo office: engine, gateway and store in this process, and an MQTT server in memory."""

    def __init__(self, folder: Path) -> None:
        """Open it; whatever is written lies below `folder`."""
        self.folder = folder
        self.settings: Settings = shipped_settings()
        self.server = FakeServer()
        self.topics = Topics(self.settings.office.id)
        self.store = SqlStore(f"sqlite:///{folder}/office.db", self.settings.office.id)
        bus = FakeBus(server=self.server, office=self.topics.office, client=ENGINE_CLIENT, kind="engine", post=_at_once)
        self.store._wait_for_the_disk(durable=False)
        self.store._is_durable = True  # what it takes for the truth: no power is cut here
        self.store._connection.rollback()
        self.engine = Engine(
            office=office_rules(self.settings),
            store=self.store,
            wire=MqttWire(self.topics, bus, office_message(self.settings), first_revision=lambda: 1),
            credentials=OnePin(),
            clock=lambda: dt.datetime.now(dt.UTC),
        )
        bus.listen_raw(self.topics.all_commands(), Inbound(self.topics, self._submit, token=_token).received)
        bus.listen_raw(self.topics.presence("+"), Presences(self.topics, self._hear).received)
        bus.on_connect(self.engine.reconnected)
        bus.start()
        self.engine.step(self.engine.take(0))

    def papers(self, ticket: str) -> list[tuple[int, str, str]]:
        """Return (copy, state, reason) of a ticket's papers, as another program reads them."""
        with opened(self.folder / "office.db") as connection:
            rows = connection.execute(
                "SELECT copy_no, state, coalesce(reason, '') FROM print_jobs WHERE ticket = ? ORDER BY copy_no",
                (ticket,),
            )
            return [(copy, state, reason) for copy, state, reason in rows]

    def tickets_of(self, client: str) -> int:
        """Return how many tickets a client was given."""
        with opened(self.folder / "office.db") as connection:
            issued = "SELECT count(*) FROM events WHERE client = ? AND type = 'issued'"
            count: int = connection.execute(issued, (client,)).fetchone()[0]
            return count

    def caller(self, client: str) -> FakeBus:
        """Return another client, connected."""
        bus = FakeBus(server=self.server, office=self.topics.office, client=client, kind="test", post=_at_once)
        bus.start()
        return bus

    def last_event(self, name: str) -> tuple[str, bytes]:
        """Return the last event of a name as it was published."""
        topic = self.topics.event(name)
        return topic, [payload for one, payload, _ in self.server.published if one == topic][-1]

    def beat(self) -> None:
        """Let the engine repeat its picture, as it does every few seconds; here time is skipped."""
        self.engine._shown_at = -math.inf
        self.engine.step(())

    def close(self) -> None:
        """Let the file go."""
        self.store.close()

    def _submit(self, submission: Submission) -> None:
        self.engine.step([self.engine.pin_checker.checked(submission)])

    def _hear(self, health: Health) -> None:
        """Write it down at once: here nobody waits for a second to pass."""
        self.engine._note_at = 0.0
        self.engine.step([health])


class EmulatedPrinter:
    """A printer on TCP and the hand that takes its papers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Switch it on."""
        self.wire = TcpWire()
        self.papers: list[tuple[Printed, ...]] = []
        self.device = PrinterEmulator(self.wire, paper_of("default", paper_mm=80), self, tick_s=TICK_S, clock=clock)

    def put(self, paper: tuple[Printed, ...]) -> None:
        """Take a paper, or the part of one."""
        self.papers.append(paper)

    @property
    def lines(self) -> list[str]:
        """Return every line of letters on all papers."""
        items = (item for paper in list(self.papers) for item in paper)
        return ["".join(run.text for run in item.runs).strip() for item in items if isinstance(item, PrintedLine)]

    def whole(self, last_line: str = LAST_LINE) -> int:
        """Return how many papers have come out to their last line."""
        return sum(last_line in line for line in self.lines)

    @property
    def torn(self) -> bool:
        """Tell whether something was printed after the last whole paper."""
        lines = [line for line in self.lines if line]
        return bool(lines) and LAST_LINE not in lines[-1]

    def begun(self, number: str) -> int:
        """Return how often a number stands on paper."""
        return self.lines.count(number)

    def do(self, command: str) -> str:
        """Let something happen to the printer."""
        return self.device.command(command)

    @property
    def is_working(self) -> bool:
        """Tell whether it prints at this moment."""
        return "working" in self.do("status")

    def heal(self) -> None:
        """Put everything right, and wait until what still waits in it is printed."""
        self.do("plug")
        self.do("speed 0")
        wait_until(self.is_well, "the printer is well")

    def is_well(self) -> bool:
        """Put right what can be, and tell whether all is done."""
        return all(self.do("ready") == "ready" for _ in range(3))


class TimedPrinter(EmulatedPrinter):
    """One whose time, and its driver's, passes only while neither has anything to do."""

    def __init__(self) -> None:
        """Switch it on."""
        self.time = PrinterTime()
        super().__init__(self.time)

    def driver(self) -> EscposPrinter:
        """Return a driver at the other end of its cable."""

        def opened() -> Link:
            return NetworkLink.open("127.0.0.1", self.wire.port, timeout_s=LINK_S)

        return EscposPrinter(
            f"network: 127.0.0.1:{self.wire.port}", timed(opened, self.device, self.time), PATIENCE, clock=self.time
        )

    def is_well(self) -> bool:
        """Put right what can be, let a line be printed, and tell whether all is done."""
        self.time.pass_on(STEP_S)
        return super().is_well()


class Station:
    """One kiosk of the office and its emulated printers. Handlers run when the test calls `pump`."""

    def __init__(self, office: StationOffice, client: str = "kiosk-1", *, printers: int = 1) -> None:
        """Connect; the printers are asked how they are."""
        self.office = office
        self.client = client
        self.emulators = [TimedPrinter() for _ in range(printers)]
        self._ids = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Begin as a new process would."""
        office, settings = self.office, self.office.settings
        self.todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.screens: list[Screen] = []
        self._skipped_s = 0.0
        self.now = partial(dt.datetime.now, settings.office.zone)
        self.bus = FakeBus(
            server=office.server, office=office.topics.office, client=self.client, kind="kiosk", post=self.todo.put
        )
        self.bus._ids = self._ids  # request ids are for ever: a new process has new ones
        self.printers = self._printers()
        clocks = Clocks(self.now, lambda: time.monotonic() + self._skipped_s)
        self.lasting = LastingRequests(self.bus, clocks.monotonic)
        self.presenter = Presenter(
            requester=self.bus,
            lasting=self.lasting,
            print_ticket=lambda ticket, offer: self.printers.print(ticket, offer, self.presenter.printed),
            show=Composer(self.screens.append).show,
            clocks=clocks,
            languages=settings.office.languages,
            idle_s=45,
        )
        self.counter_papers = CounterPapers(
            frozenset(counter.id for counter in settings.counters),
            lasting=self.lasting,
            print_ticket=lambda ticket, offer: self.printers.print(ticket, offer, self.presenter.printed),
        )
        topics = office.topics
        self.bus.on_link(self.presenter.link_changed)
        listen_to_office(self.bus, topics, self._office_heard)
        self.bus.listen(topics.hall(), HallMessage, self.presenter.hall_changed)
        self.bus.listen(topics.event("reprinted"), EventMessage, self.counter_papers.heard)
        self.printers.check()
        self.printers.recover(self.presenter.printed)
        self.bus.start()
        self.pump()

    def stop(self) -> None:
        """End in order; the printers stay on."""
        self.bus.stop()
        self.printers.stop()

    def close(self) -> None:
        """End, and switch the printers off."""
        self.stop()
        for emulator in self.emulators:
            emulator.device.close()

    def pump(self) -> None:
        """Do what has come in from other threads."""
        while True:
            try:
                step = self.todo.get_nowait()
            except Empty:
                return
            step()

    def touch(self, *targets: str) -> None:
        """Touch one after the other, each when touches count."""
        for target in targets:
            self._skipped_s += SETTLE_S + 0.01
            if self._skipped_s // HEARTBEAT_S != (self._skipped_s - SETTLE_S - 0.01) // HEARTBEAT_S:
                self.office.beat()
            touch(self.presenter, target)
            self.pump()

    @property
    def shown(self) -> Screen:
        """Return what the screen shows."""
        return self.screens[-1]

    @property
    def ticket_page(self) -> TicketPage:
        """Return the ticket's page, which must stand there."""
        assert isinstance(self.shown.page, TicketPage), self.shown.name
        return self.shown.page

    @property
    def ticket(self) -> str:
        """Return the id of the ticket on the screen."""
        ticket = self.presenter._flow.visit.ticket
        assert ticket is not None
        return ticket.id

    @property
    def health(self) -> PrintersHealth | None:
        """Return how the printers are, as far as the kiosk knows."""
        return self.printers._health

    def _office_heard(self, offer: OfficeMessage) -> None:
        self.presenter.office_changed(offer)
        self.counter_papers.office_heard(offer)
        self.printers.office_heard(offer)

    def _printers(self) -> TicketPrinters:
        papers = PrintLog(self.office.folder / f"{self.client}.jsonl", self.now)
        devices = {
            f"printer-{at}": OnePrinter(
                NetworkPrinter(type="network", host="127.0.0.1", port=emulator.wire.port),
                build=emulator.driver,
                worker=DeviceWorker(f"{self.client}-{at}", self._post),
                papers=papers,
                roll=PaperRoll(self.office.folder / f"{self.client}-{at}.json", length_m=70, warning_m=5),
            )
            for at, emulator in enumerate(self.emulators)
        }
        return TicketPrinters(
            devices,
            papers=papers,
            writer=DeviceWorker(f"{self.client}-log", self._post),
            now=self.now,
            on_health=self._healthy,
        )

    def _post(self, step: Callable[[], None]) -> None:
        self.todo.put(step)

    def _healthy(self, health: PrintersHealth) -> None:
        self.presenter.printers_changed(health)
        self.bus.report_devices(self.printers.devices)


def wait_until(true: Callable[[], bool], what: str, *, pump: Callable[[], None] = lambda: None) -> None:
    """Let the threads work until something is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        pump()
        if time.monotonic() > deadline:
            message = f"not within {PATIENCE_S:g} s: {what}"
            raise AssertionError(message)
        time.sleep(0.002)
    pump()


def _token(client: str, request: str) -> str:
    return f"{client}/{request}"


def _at_once(step: Callable[[], None]) -> None:
    step()
