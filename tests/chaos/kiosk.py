"""A kiosk without a window, in a process of its own that may be killed: its true parts, and visitors who touch it.

Told by a pipe: `("visits", n)` lets so many more come, `"how"` asks how it stands. It tells of each number that a
visitor has on the screen, at once, so that what was told is known also of a kiosk that is dead by now.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue

from broker.bus import Bus
from broker.config import load_settings
from broker.contract.link import Address
from broker.contract.messages import HallMessage, OfficeMessage, Presence
from broker.contract.office import listen_to_office
from broker.contract.topics import ENGINE_CLIENT
from broker.logs import log_to
from hardware.boot import boot_id
from hardware.config import NetworkPrinter
from hardware.worker import DeviceWorker
from kiosk.outbox.keeper import Keeper, ReserveFile
from kiosk.outbox.kept import FileShelf, KeptRequests
from kiosk.pages.page import Screen
from kiosk.pages.screen import Composer
from kiosk.paper.news import PrintersHealth
from kiosk.paper.printers import CHECK_PRINTERS_S, printers_of
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.requests import LastingRequests
from kiosk.visit.steps import SETTLE_S, Paper
from kiosk.visit.touches import touch
from tests.support.earlier_broker import SetClock

SERVICE = "passport-renewal"
"""Nobody else asks for it: its numbers are this kiosk's."""
TICK_S = 0.02
TOUCHES: Mapping[str, str] = {
    "language": "language:id",
    "service": f"service:{SERVICE}",
    "requirements": "continue",
    "lane": "lane:regular",
    "problem": "start_over",
}
"""What a visitor touches on each page; on the others there is nothing to touch."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A number that a visitor has on the screen."""

    ticket: str
    number: str
    is_alone: bool
    """Given out while nobody could be reached."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the kiosk stands."""

    page: str
    seq: int
    """The last line of the journal that its picture tells of."""
    is_linked: bool
    visits: int
    """Visitors who are still to come, or stand there."""
    unknown: int
    """Visitors with a number of which the office does not know."""
    asked: int
    """What it has asked for and that has not come to its end."""
    reserve: int
    """Numbers in advance for the visitors of here."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands."""

    config: Path
    data_dir: Path
    environment: Mapping[str, str]
    address: Address
    printer_port: int
    clock: Path


class WindowlessKiosk:
    """One run of it."""

    def __init__(self, place: Place, office: Connection) -> None:
        """Put the parts together as `KioskProcess` does."""
        settings = load_settings(place.config, place.environment)
        kiosk = settings.kiosks[0]
        printer = NetworkPrinter(type="network", host="127.0.0.1", port=place.printer_port)
        zone, clock, data_dir = settings.office.zone, SetClock(place.clock), place.data_dir
        self._told = office
        self._todo: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._screens: list[Screen] = []
        self._visits, self._touched_s, self._checked_s, self._seen = 0, 0.0, 0.0, ""
        self.bus = Bus(
            address=place.address,
            office=settings.office.id,
            client=kiosk.id,
            kind="kiosk",
            post=self._todo.put,
            claims=True,
        )

        def now() -> dt.datetime:
            return dt.datetime.now(zone) + dt.timedelta(seconds=clock.off_s)

        writer = DeviceWorker("print-log", self._todo.put)
        self._lasting = LastingRequests(self.bus, time.monotonic)
        self._kept = KeptRequests(FileShelf(data_dir / "requests" / f"{kiosk.id}.json", writer))
        shelf = ReserveFile(data_dir / "outbox" / f"{kiosk.id}.json", writer)
        self._reserve = Keeper(shelf, self._lasting, time.monotonic, boot=boot_id())
        self._printers = printers_of(
            kiosk.model_copy(update={"printer": printer}),
            data_dir=data_dir,
            post=self._todo.put,
            writer=writer,
            now=now,
            on_health=self._printers_changed,
        )
        self._presenter = Presenter(
            requester=self.bus,
            lasting=self._lasting,
            kept=self._kept,
            reserve=self._reserve,
            has_paper=self._printers.has,
            print_ticket=lambda ticket, told: self._printers.print(ticket, told, self._presenter.printed),
            show=Composer(lambda screen: self._screens.__setitem__(slice(None), [screen])).show,
            clocks=Clocks(now, time.monotonic),
            languages=settings.office.languages,
            idle_s=kiosk.idle_s,
            kiosk=kiosk.id,
        )
        topics = self.bus.topics
        listen_to_office(self.bus, topics, self._office_changed)
        self.bus.listen(topics.hall(), HallMessage, self._presenter.hall_changed)
        self.bus.listen(topics.presence(ENGINE_CLIENT), Presence, self._presenter.broker_changed)
        self.bus.on_link(self._presenter.link_changed)
        self.bus.on_taken(self._presenter.taken)

    def run(self) -> None:
        """Work until killed."""
        self._presenter.tick()
        self._printers.check()
        self._presenter.recover()
        self._printers.recover(self._presenter.printed)
        self.bus.start()
        while True:
            with contextlib.suppress(Empty):
                self._todo.get(timeout=TICK_S)()
            self._presenter.tick()
            if time.monotonic() - self._checked_s > CHECK_PRINTERS_S:
                self._checked_s = time.monotonic()
                self._printers.check()
            self._be_touched()
            while self._told.poll():
                self._hear(self._told.recv())

    # -- inside -------------------------------------------------------------------------------------------------------

    @property
    def _page(self) -> str:
        return self._screens[-1].name

    def _office_changed(self, office: OfficeMessage) -> None:
        self._presenter.office_changed(office)
        self._printers.office_heard(office)

    def _printers_changed(self, printers: PrintersHealth) -> None:
        self._presenter.printers_changed(printers)

    def _hear(self, said: object) -> None:
        if isinstance(said, tuple):
            self._visits += said[1]
        else:
            self._told.send(self._standing())

    def _standing(self) -> Standing:
        flow = self._presenter._flow
        return Standing(
            page=self._page,
            seq=0 if flow.hall is None else flow.hall.seq,
            is_linked=flow.is_linked,
            visits=self._visits,
            unknown=self._reserve.unknown,
            asked=len(self._kept.left()) + len(self._lasting._waiting) + len(self._lasting._under_way),
            reserve=self._reserve.left(SERVICE, "regular", flow.engine_clock.now()),
        )

    def _be_touched(self) -> None:
        """Let a visitor do the next thing; a touch counts when the page has stood for a moment."""
        visit = self._presenter._flow.visit
        if self._page == "ticket" and visit.ticket is not None:
            if visit.ticket.id != self._seen:
                self._seen = visit.ticket.id
                self._told.send(Seen(visit.ticket.id, visit.ticket.number, not visit.ticket.is_wait_known))
            is_done = visit.paper not in {None, Paper.PRINTING}
            wanted = "done" if is_done else ""
        else:
            wanted = TOUCHES.get(self._page, "") if self._visits or self._page != "language" else ""
        if not wanted or time.monotonic() - self._touched_s < SETTLE_S + TICK_S:
            return
        self._touched_s = time.monotonic()
        page = self._page
        touch(self._presenter, wanted)
        if page in {"ticket", "problem"} and self._page == "language":
            self._visits = max(0, self._visits - 1)


def main(place: Place, office: Connection) -> None:
    """Be that kiosk, in a process that was just forked."""
    os.environ.clear()
    os.environ.update(place.environment)
    log_to(place.data_dir, "kiosk-1", terminal=logging.CRITICAL)
    WindowlessKiosk(place, office).run()
