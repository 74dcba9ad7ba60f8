"""A presenter on the bus's fake, before an engine that answers when told; the clock is turned by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from broker.contract.messages import (
    Error,
    ErrorCode,
    HallMessage,
    LaneInfo,
    OfficeMessage,
    Presence,
    Reply,
    ServiceInfo,
    ServiceMessage,
    Ticket,
)
from broker.contract.office import listen_to_office
from broker.contract.topics import ENGINE_CLIENT
from kiosk.outbox.keeper import Keeper
from kiosk.outbox.keeper import Shelf as ReserveShelf
from kiosk.outbox.kept import KeptRequests, NoShelf, Shelf
from kiosk.pages.page import Page, Screen
from kiosk.pages.screen import Composer
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.requests import LastingRequests
from kiosk.visit.staff import Machine
from kiosk.visit.steps import SETTLE_S
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.requests import must_be_understood
from tests.ui.kiosk.kiosk_samples import NOW, hall, office, ticket

IDLE_S = 45.0
HEARTBEAT_S = 5.0


class KeptShelf:
    """A kiosk's disk, which outlives it, and writes at once what is to come to an end."""

    def __init__(self) -> None:
        self.data = b""

    def found(self) -> bytes:
        """Return what is on it."""
        return self.data

    def put(self, data: bytes, then: Callable[[], None]) -> None:
        """Write it."""
        self.data = data
        then()

    def left(self) -> list[object]:
        """Return what has not come to its end."""
        found = json.loads(self.data or b"[]")
        assert isinstance(found, list)
        return found


@dataclass(frozen=True, slots=True)
class FakeRequest:
    """One request as the engine sees it."""

    id: str
    command: str
    arguments: Mapping[str, Any]
    until: dt.datetime | None
    engine: PlayedEngine

    @property
    def is_cancelled(self) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return self.id not in self.engine.kiosk._pending

    def answer(self, of: Ticket, *, is_holder: bool = False) -> None:
        """Answer with a ticket; a question about one also says whether the holder asks."""
        whose = {"is_holder": is_holder} if self.command == "lookup" else {}
        self.reply(ok=True, result={"ticket": of.model_dump(mode="json"), **whose})

    def refuse(self, code: ErrorCode, **detail: object) -> None:
        """Answer with an error."""
        self.reply(ok=False, error=Error(code=code, message="for the log", detail=detail))

    def reply(self, **fields: Any) -> None:  # noqa: ANN401 - Reply's own
        """Answer."""
        self.engine.reply(Reply(id=self.id, **fields))


class PlayedEngine:
    """Keeps requests until the test answers them; heard again, a request is the same one."""

    def __init__(self, server: FakeServer, kiosk: FakeBus, now: Callable[[], dt.datetime]) -> None:
        self.kiosk = kiosk
        self.requests: list[FakeRequest] = []
        self.heard_again: list[FakeRequest] = []
        """The same requests as they came again."""
        self.now = now
        self.office: OfficeMessage | None = None
        self.hall: HallMessage | None = None
        self.bus = FakeBus(server=server, office="demo", client=ENGINE_CLIENT, kind="engine", post=lambda step: step())
        self.bus.listen_raw(self.bus.topics.all_commands(), self._heard)
        self.bus.on_connect(self._begin)
        self.bus.listen_raw(self.bus.topics.presence(kiosk.client_id), lambda _topic, _payload: self._greet())

    def of(self, command: str) -> list[FakeRequest]:
        """Return the requests for one command."""
        return [made for made in self.requests if made.command == command]

    def reply(self, reply: Reply) -> None:
        """Publish an answer."""
        self.bus.publish(self.bus.topics.reply(self.kiosk.client_id), reply.model_dump_json().encode())

    def say(self, message: OfficeMessage | HallMessage) -> None:
        """Publish a retained state."""
        topics = self.bus.topics
        if isinstance(message, HallMessage):
            self._retain(topics.hall(), message.model_copy(update={"at": self.now()}))
            return
        self._retain(topics.office_state(), message)
        for service in message.services:
            fields = {name: getattr(service, name) for name in ServiceMessage.model_fields}
            self._retain(topics.service(service.id), ServiceMessage(**fields))

    def _retain(self, topic: str, message: BaseModel) -> None:
        self.bus.publish(topic, message.model_dump_json().encode(), retain=True)

    def _begin(self) -> None:
        for message in (self.office, self.hall):
            if message is not None:
                self.say(message)
        self.bus.announce()

    def _greet(self) -> None:
        """Say at once what is true now to whoever comes."""
        if self.hall is not None and self.bus.connected:
            self.say(self.hall)

    def _heard(self, topic: str, payload: bytes) -> None:
        arguments = json.loads(payload)
        identity, until = arguments.pop("id"), arguments.pop("until", None)
        command = topic.rpartition("/")[2]
        must_be_understood(command, json.loads(payload))
        until_at = None if until is None else dt.datetime.fromisoformat(until)
        made = FakeRequest(identity, command, arguments, until_at, self)
        if identity in [one.id for one in self.requests]:
            self.heard_again.append(made)
        else:
            self.requests.append(made)
            self.heard(made)

    def heard(self, request: FakeRequest) -> None:
        """Leave it to the test."""


class Visitor:
    """Stands before a kiosk and sees its screens."""

    def __init__(
        self,
        offer: OfficeMessage | None = None,
        *,
        has_scanner: bool = False,
        shelf: Shelf | None = None,
        has_paper: Callable[[str, int], bool] = lambda _ticket, _copies: False,
        machine: Machine | None = None,
        reserve: ReserveShelf | None = None,
        boot: str = "the machine's first start",
    ) -> None:
        self.seconds = 0.0
        self.lists: list[str] = []
        self.papers: list[Ticket] = []
        self.refused: list[str] = []
        self.screens: list[Screen] = []
        self.offer = offer or office()
        self.hall = hall(self.offer)
        self.server = FakeServer()
        self.bus = FakeBus(server=self.server, office="demo", client="kiosk-1", kind="kiosk", post=lambda step: step())
        self.engine = PlayedEngine(self.server, self.bus, self.now)
        lasting = LastingRequests(self.bus, lambda: self.seconds)
        self.presenter = Presenter(
            requester=self.bus,
            lasting=lasting,
            reserve=None
            if reserve is None
            else Keeper(reserve, lasting, lambda: self.seconds, self.refused.append, boot=boot),
            kept=KeptRequests(shelf or NoShelf()),
            has_paper=has_paper,
            print_ticket=lambda of, _office: self.papers.append(of),
            show=Composer(self.saw, lambda: self.seconds).show,
            clocks=Clocks(self.now, lambda: self.seconds),
            languages=self.offer.languages,
            idle_s=IDLE_S,
            kiosk="kiosk-1",
            machine=machine,
            print_list=self._print_list,
        )
        self.bus.on_link(self.presenter.link_changed)
        listen_to_office(self.bus, self.bus.topics, self.presenter.office_changed)
        self.bus.listen(self.bus.topics.hall(), HallMessage, self.presenter.hall_changed)
        self.bus.listen(self.bus.topics.presence(ENGINE_CLIENT), Presence, self.presenter.broker_changed)
        self.bus.on_taken(self.presenter.taken)
        if has_scanner:
            self.presenter.scanner_changed(is_there=True)

    def saw(self, screen: Screen) -> None:
        """Take what the kiosk shows now."""
        self.screens.append(screen)

    def _print_list(
        self, service: ServiceInfo, _office: OfficeMessage, _language: str, told: Callable[[bool], None]
    ) -> None:
        self.lists.append(service.id)
        told(True)  # noqa: FBT003 - a callback

    def now(self) -> dt.datetime:
        """Return what the clocks on the wall say, the kiosk's and the engine's."""
        return NOW + dt.timedelta(seconds=self.seconds)

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
        return self.engine.of("issue")

    def connected(self) -> Visitor:
        """Let the kiosk hear of its office."""
        self.engine.office, self.engine.hall = self.offer, self.hall
        self.bus.start()
        self.engine.bus.start()
        return self

    def wait(self, seconds: float, *, step: float = 0.5) -> None:
        """Let time pass with ticks; the engine repeats its picture, and the bus what was not answered."""
        end = self.seconds + seconds
        while self.seconds < end:
            before, self.seconds = self.seconds, min(end, self.seconds + step)
            if int(before / HEARTBEAT_S) != int(self.seconds / HEARTBEAT_S):
                self.engine.say(self.hall)
            self.server.advance(self.seconds - before)
            self.presenter.tick()

    def settle(self) -> None:
        """Wait until touches count again."""
        self.wait(SETTLE_S + 0.01, step=0.1)

    def cut(self) -> None:
        """Lose the connection."""
        self.server.stop()
        self.presenter.tick()

    def mend(self) -> None:
        """Get the connection back."""
        self.engine.hall = self.hall
        self.server.start()
        self.presenter.tick()

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
