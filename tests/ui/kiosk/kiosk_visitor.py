"""A presenter with hand-written surroundings: a clock that is turned by hand, an engine that answers when told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from broker.contract.messages import Error, ErrorCode, LaneInfo, OfficeMessage, Reply, Ticket
from kiosk.pages.page import Page, Screen
from kiosk.pages.screen import Composer
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.steps import SETTLE_S
from tests.support.requests import must_be_understood
from tests.ui.kiosk.kiosk_samples import NOW, hall, office, ticket

IDLE_S = 45.0


@dataclass(slots=True)
class FakeRequest:
    """One request as the engine would see it."""

    id: str
    command: str
    arguments: Mapping[str, Any]
    on_reply: Callable[[Reply], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Note that nobody waits any more."""
        self.is_cancelled = True

    def answer(self, of: Ticket) -> None:
        """Answer with a ticket."""
        self.on_reply(Reply(id=self.id, ok=True, result={"ticket": of.model_dump(mode="json")}))

    def refuse(self, code: ErrorCode) -> None:
        """Answer with an error."""
        self.on_reply(Reply(id=self.id, ok=False, error=Error(code=code, message="for the log")))


@dataclass(slots=True)
class FakeRequester:
    """Keeps requests until the test answers them."""

    requests: list[FakeRequest] = field(default_factory=list)

    def request(self, command: str, arguments: Mapping[str, Any], on_reply: Callable[[Reply], None]) -> FakeRequest:
        """Take a request."""
        must_be_understood(command, arguments)
        made = FakeRequest(f"request-{len(self.requests)}", command, arguments, on_reply)
        self.requests.append(made)
        return made

    def of(self, command: str) -> list[FakeRequest]:
        """Return the requests for one command."""
        return [made for made in self.requests if made.command == command]


class Visitor:
    """Stands before a kiosk and sees its screens."""

    def __init__(self, offer: OfficeMessage | None = None, *, has_scanner: bool = False) -> None:
        self.seconds = 0.0
        self.requester = FakeRequester()
        self.papers: list[Ticket] = []
        self.screens: list[Screen] = []
        self.offer = offer or office()
        self.hall = hall(self.offer)
        self.presenter = Presenter(
            requester=self.requester,
            print_ticket=lambda of, _office: self.papers.append(of),
            show=Composer(self.screens.append).show,
            clocks=Clocks(lambda: NOW + dt.timedelta(seconds=self.seconds), lambda: self.seconds),
            languages=self.offer.languages,
            idle_s=IDLE_S,
        )
        if has_scanner:
            self.presenter.scanner_changed(is_there=True)

    @property
    def shown(self) -> Screen:
        """Return what the screen shows."""
        return self.screens[-1]

    @property
    def screen(self) -> str:
        """Return the name of the screen."""
        return self.shown.name

    @property
    def page(self) -> Page:
        """Return the page on the screen."""
        return self.shown.page

    @property
    def issues(self) -> list[FakeRequest]:
        """Return the requests for a number."""
        return self.requester.of("issue")

    def connected(self) -> Visitor:
        """Let the kiosk hear of its office."""
        self.presenter.link_changed(online=True)
        self.presenter.office_changed(self.offer)
        self.presenter.hall_changed(self.hall)
        return self

    def wait(self, seconds: float, *, step: float = 0.5) -> None:
        """Let time pass with ticks; the engine repeats its picture while it is linked."""
        end = self.seconds + seconds
        while self.seconds < end:
            self.seconds = min(end, self.seconds + step)
            if self.presenter_is_linked:
                self.presenter.hall_changed(self.hall)
            self.presenter.tick()

    @property
    def presenter_is_linked(self) -> bool:
        """Return whether the engine can be reached."""
        return self.presenter._flow.freshness.online

    def settle(self) -> None:
        """Wait until touches count again."""
        self.wait(SETTLE_S + 0.01, step=0.1)

    def cut(self) -> None:
        """Lose the connection."""
        self.presenter.link_changed(online=False)
        self.presenter.tick()

    def mend(self) -> None:
        """Get the connection back."""
        self.connected()

    def go(self, screen: str) -> Visitor:
        """Walk the usual way until this screen stands."""
        moves: dict[str, Callable[[], None]] = {
            "language": lambda: self.presenter.choose_language("id"),
            "service": lambda: self.presenter.newcomer.choose_service("new-passport"),
            "requirements": self.presenter.newcomer.go_on,
            "lane": lambda: self.presenter.newcomer.choose_lane("regular"),
            "issuing": lambda: self.issues[-1].answer(ticket()),
        }
        while self.screen != screen:
            moves[self.screen]()
            self.settle()
        return self


def with_lanes(offer: OfficeMessage, count: int) -> OfficeMessage:
    """Return the office with only its first lanes."""
    lanes: tuple[LaneInfo, ...] = offer.lanes[:count]
    return offer.model_copy(update={"lanes": lanes})


def with_languages(offer: OfficeMessage, *languages: str) -> OfficeMessage:
    """Return the office with only these languages."""
    return offer.model_copy(update={"languages": languages})


def without_service(offer: OfficeMessage, service: str) -> OfficeMessage:
    """Return the office as it no longer offers a service."""
    return offer.model_copy(update={"services": tuple(info for info in offer.services if info.id != service)})
