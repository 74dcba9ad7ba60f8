"""An office without an engine for pages to be tried on: says what it is told to, and answers by a table."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from broker.bootstrap.rules import office_message
from broker.config import Settings, load_settings
from broker.contract import messages as ms
from broker.contract.topics import ENGINE_CLIENT, Topics
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.office import CONFIG

KEY = "ABCDEFGHIJKLMNOP"
OTHER_KEY = "QRSTUVWXYZ234567"
Answer = Callable[[Mapping[str, Any]], Any]


@functools.cache
def demo_settings() -> Settings:
    """Return the demo office."""
    return load_settings(CONFIG, os.environ)


class RefusalError(Exception):
    """What an answer raises to refuse."""

    def __init__(self, code: ms.ErrorCode, **detail: object) -> None:
        super().__init__(code)
        self.code: ms.ErrorCode = code
        self.detail = detail


def refuse(code: ms.ErrorCode, **detail: object) -> NoReturn:
    """Refuse, from within an answer."""
    raise RefusalError(code, **detail)


@dataclass
class WebOffice:
    """The engine's side of the bus. `answers` may be filled by any test; what was asked stands in `asked`."""

    settings: Settings = field(default_factory=demo_settings)
    server: FakeServer = field(default_factory=FakeServer)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tickets: dict[str, ms.Ticket] = field(default_factory=dict)
    """By key: what `lookup`, `cancel` and `rejoin` know."""
    is_silent: bool = False
    """Hears requests and does not answer."""
    seq: int = 0
    revision: int = 0
    hall: ms.HallMessage | None = None
    _replies: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Say hello as an engine does."""
        self.topics = Topics(self.settings.office.id)
        self.bus = FakeBus(
            server=self.server,
            office=self.topics.office,
            client=ENGINE_CLIENT,
            kind="engine",
            post=lambda step: step(),
        )
        self.bus.listen_raw(self.topics.all_commands(), self._asked)
        self.bus.listen(self.topics.presence("web"), ms.Presence, self._web_came)
        self.answers |= {"lookup": self._lookup, "cancel": self._cancel, "rejoin": self._rejoin}
        self.bus.start()
        self.come_up()

    # -- what a test tells it -----------------------------------------------------------------------------------------

    def now(self) -> dt.datetime:
        """Return the engine's time."""
        return dt.datetime.now(self.settings.office.zone)

    def come_up(self) -> None:
        """Say everything anew, then that it is online."""
        office = office_message(self.settings)
        self.say(self.topics.office_state(), office)
        for service in office.services:
            self.say(self.topics.service(service.id), service.procedure())
        self.say_hall()
        self.bus.announce()

    def go_down(self) -> None:
        """Be gone, as by a power cut."""
        self.bus.kill()

    def come_back(self) -> None:
        """Be there again after `go_down`."""
        self.bus.start()
        self.come_up()

    def say(self, topic: str, message: ms.Message, *, retain: bool = True) -> None:
        """Publish a state."""
        self.bus.publish(topic, message.model_dump_json(exclude_none=True).encode(), retain=retain)

    def say_hall(self, **changes: object) -> None:
        """Publish the live picture."""
        self.revision += 1
        now = self.now()
        kept = {} if self.hall is None else self.hall.model_dump(exclude={"revision", "seq", "at", "day"})
        self.hall = ms.HallMessage.model_validate(
            {**kept, **changes, "revision": self.revision, "seq": self.seq, "at": now, "day": now.date()}
        )
        self.say(self.topics.hall(), self.hall)

    def happen(self, kind: str, **facts: object) -> None:
        """Let an event happen."""
        self.seq += 1
        event = ms.EventMessage(seq=self.seq, at=self.now(), type=kind, **facts)
        self.say(self.topics.event(kind), event, retain=False)

    def place(self, *places: ms.Place, page: int = 0, pages: int = 1) -> None:
        """Say where everybody stands."""
        waiting = ms.WaitingMessage(at=self.now(), seq=self.seq, page=page, pages=pages, places=places)
        self.say(self.topics.waiting(str(page)), waiting)

    def give_out(self, key: str = KEY, **changes: object) -> ms.Ticket:
        """Let a ticket be; return it."""
        now = self.now()
        ticket = ms.Ticket.model_validate(
            {
                "id": f"id-{key}",
                "number": "A-012",
                "service": "new-passport",
                "lane": "regular",
                "stage": "document-check",
                "state": "waiting",
                "language": "id",
                "issued_at": now,
                "waiting_since": now,
                "ahead": 7,
                "wait": {"low_s": 1500, "high_s": 2700},
                "qr": f"HTTP://ANTRIAN.LAN/T/{key}",
                **changes,
            }
        )
        self.tickets[key] = ticket
        return ticket

    def change(self, key: str = KEY, **changes: object) -> ms.Ticket:
        """Let a ticket stand otherwise, without a word to anybody."""
        self.tickets[key] = self.tickets[key].model_copy(update=changes)
        return self.tickets[key]

    def call(self, key: str = KEY, *, counter: str = "counter-3", times: int = 1) -> None:
        """Call a ticket to a counter: event and picture."""
        ticket = self.change(key, state="called", counter=counter, times_called=times, ahead=0, wait=None)
        label = next(one.label for one in self.settings.counters if one.id == counter)
        now = self.now()
        self.happen(
            "called" if times == 1 else "recalled",
            ticket=ticket.id,
            number=ticket.number,
            stage=ticket.stage,
            counter=counter,
            counter_label=label,
            times_called=times,
            called_at=now,
        )
        call = {"number": ticket.number, "lane": ticket.lane, "counter": counter, "counter_label": label}
        self.say_hall(calling=[{**call, "called_at": now, "times_called": times}])

    def settle(self, kind: str, key: str = KEY, **changes: object) -> None:
        """Let something else happen to a ticket."""
        ticket = self.change(key, **changes)
        self.happen(kind, ticket=ticket.id, number=ticket.number, stage=ticket.stage, counter=ticket.counter)
        self.say_hall(calling=[])

    def _web_came(self, presence: ms.Presence) -> None:
        """Say the hall to whoever has just come, as the engine does: only what they hear now is true for them."""
        if presence.online:
            self.say_hall()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _asked(self, topic: str, payload: bytes) -> None:
        found = self.topics.parse_command(topic)
        assert found is not None
        client, command = found
        request = json.loads(payload)
        identity = request.pop("id")
        self.asked.append((command, request))
        if self.is_silent:
            return
        if identity not in self._replies:
            self._replies[identity] = self._reply(identity, command, request)
        self.bus.publish(self.topics.reply(client), self._replies[identity])

    def _reply(self, identity: str, command: str, request: dict[str, Any]) -> bytes:
        try:
            answer = self.answers.get(command)
            if answer is None:
                refuse("bad_request", field=command)
            result = answer(request)
        except RefusalError as refusal:
            error = ms.Error(code=refusal.code, message=refusal.code, detail=refusal.detail)
            return ms.Reply(id=identity, ok=False, error=error).model_dump_json(exclude_none=True).encode()
        return ms.Reply(id=identity, ok=True, result=result or {}).model_dump_json(exclude_none=True).encode()

    def _lookup(self, request: Mapping[str, Any]) -> dict[str, Any]:
        ticket = self.tickets.get(request["ticket"])
        if ticket is None:
            refuse("unknown_ticket")
        return {"ticket": ticket.model_dump(mode="json"), "is_holder": True}

    def _cancel(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._became(request, {"waiting", "called", "held", "no_show"}, "cancelled", state="cancelled")

    def _rejoin(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._became(request, {"no_show"}, "rejoined", state="waiting", ahead=3)

    def _became(self, request: Mapping[str, Any], states: set[str], event: str, **changes: object) -> dict[str, Any]:
        key = request["ticket"]
        if key not in self.tickets:
            refuse("unknown_ticket")
        if self.tickets[key].state not in states:
            refuse("illegal_transition")
        self.settle(event, key, **changes)
        return {"ticket": self.tickets[key].model_dump(mode="json")}
