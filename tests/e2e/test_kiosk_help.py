"""Help on the true broker: a visitor asks at the kiosk, an officer says that they come, and the kiosk says so."""

from __future__ import annotations

import datetime as dt
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.bus import Bus
from broker.contract.messages import HallMessage, HelpMessage, Presence
from broker.contract.office import listen_to_office
from broker.contract.topics import ENGINE_CLIENT
from kiosk.outbox.kept import KeptRequests, NoShelf
from kiosk.pages.page import HelpPage, Screen
from kiosk.pages.screen import Composer
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.touches import touch
from tests.support.office import OfficeProcess

WITHIN_S = 15.0


class Kiosk:
    """A kiosk without glass: its true presenter on the true wire, stepped by whoever asks for something."""

    def __init__(self, office: OfficeProcess) -> None:
        self._steps: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.screens: list[Screen] = []
        self.help: HelpMessage | None = None
        settings = office.settings
        self.bus = Bus(address=office.address, office="demo", client="kiosk-1", kind="kiosk", post=self._steps.put)
        self.presenter = Presenter(
            requester=self.bus,
            kept=KeptRequests(NoShelf()),
            has_paper=lambda _ticket, _copies: False,
            print_ticket=lambda _ticket, _office: None,
            show=Composer(self.screens.append).show,
            clocks=Clocks(lambda: dt.datetime.now(settings.office.zone), time.monotonic),
            languages=settings.office.languages,
            idle_s=60,
            kiosk="kiosk-1",
        )
        topics = self.bus.topics
        listen_to_office(self.bus, topics, self.presenter.office_changed)
        self.bus.listen(topics.hall(), HallMessage, self.presenter.hall_changed)
        self.bus.listen(topics.presence(ENGINE_CLIENT), Presence, self.presenter.broker_changed)
        self.bus.listen(topics.help(), HelpMessage, self._heard)
        self.bus.on_link(self.presenter.link_changed)
        self.bus.start()

    def _heard(self, message: HelpMessage) -> None:
        self.help = message
        self.presenter.help_changed({call.kiosk: call.coming for call in message.open})

    def touch(self, target: str, shows: Callable[[], bool]) -> None:
        """Touch until it counts, as a visitor does, and wait for what it leads to."""
        self.until(shows, f"{target} was touched", also=lambda: touch(self.presenter, target))

    def until(self, true: Callable[[], bool], what: str, *, also: Callable[[], None] = lambda: None) -> None:
        """Let the kiosk work until something is so."""
        deadline = time.monotonic() + WITHIN_S
        while not true():
            assert time.monotonic() < deadline, what
            try:
                self._steps.get(timeout=0.1)()
            except queue.Empty:
                self.presenter.tick()
                also()

    @property
    def title(self) -> str:
        """Return what the help page says, where it stands."""
        page = self.screens[-1].page if self.screens else None
        return page.title if isinstance(page, HelpPage) else ""

    @property
    def calls(self) -> list[tuple[str, str | None]]:
        """Return where help is wanted, and who comes."""
        return [] if self.help is None else [(call.kiosk, call.coming) for call in self.help.open]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    made = OfficeProcess(tmp_path)
    made.start()
    made.wait_online()
    yield made
    made.stop()


def test_a_visitor_who_asks_for_help_is_told_who_comes_and_when_it_is_over(office: OfficeProcess) -> None:
    kiosk = Kiosk(office)
    try:
        kiosk.until(lambda: bool(kiosk.screens) and kiosk.screens[-1].name == "language", "the kiosk is ready")
        kiosk.touch("language:id", lambda: kiosk.screens[-1].name == "service")
        kiosk.touch("help", lambda: bool(kiosk.title))
        kiosk.touch("help:call", lambda: kiosk.title == "Petugas sudah diberi tahu")
        kiosk.until(lambda: kiosk.calls == [("kiosk-1", None)], "state/help shows it")
        with office.caller("counter-3") as counter:
            session = counter.do("open", counter="counter-3", officer="maria", pin="1234")["session"]
            at = {"counter": "counter-3", "session": session, "kiosk": "kiosk-1"}
            counter.do("help", action="come", **at)
            kiosk.until(lambda: kiosk.title == "Petugas dari loket 3 segera datang", "the kiosk says who comes")
            counter.do("help", action="done", **at)
            kiosk.until(lambda: kiosk.calls == [] and not kiosk.title, "the call is over")
    finally:
        kiosk.bus.stop()
