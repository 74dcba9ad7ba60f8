"""Machines that are updated one by one: each side understands the other, and staff hear which one is behind."""

from __future__ import annotations

import datetime as dt
import json
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.bus import Bus
from broker.contract.link import Address
from broker.contract.messages import Presence
from broker.contract.topics import ENGINE_CLIENT
from broker.server.start import Server, ServerSpec, start_server
from counter.desk.keys import Intent
from counter.pages.desk import DeskPage
from tests.contract.worlds import ENGINE_PASSWORD
from tests.e2e.test_lines import Desk
from tests.support.access import access
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess, free_port
from tests.wire import v1_1

SERVICE = "new-passport"


class OldScreen:
    """A screen of 1.1: its messages, its requests, and no word of what came later."""

    def __init__(self, office: OfficeProcess, client: str) -> None:
        self.bus = Bus(address=office.address, office="demo", client=client, kind="kiosk", post=lambda step: step())
        self.root = self.bus.topics.root
        self.office: v1_1.OfficeMessage | None = None
        self.hall: v1_1.HallMessage | None = None
        self.desk: v1_1.CounterMessage | None = None
        self.events: queue.SimpleQueue[v1_1.EventMessage] = queue.SimpleQueue()
        self.presence: v1_1.Presence | None = None
        self.faults: list[str] = []
        self._replies: queue.SimpleQueue[v1_1.Reply] = queue.SimpleQueue()
        self._client = client
        for topic in ("state/#", "event/+", f"reply/{client}", "presence/broker"):
            self.bus.listen_raw(f"{self.root}/{topic}", self._heard)

    def _heard(self, topic: str, payload: bytes) -> None:
        try:
            self._take(topic.removeprefix(f"{self.root}/"), payload)
        except ValueError as error:
            self.faults.append(f"{topic}: {error}")

    def _take(self, topic: str, payload: bytes) -> None:
        if topic == "state/office":
            self.office = v1_1.OfficeMessage.model_validate_json(payload)
        elif topic == "state/hall":
            self.hall = v1_1.HallMessage.model_validate_json(payload)
        elif topic.startswith("state/counter/"):
            desk = v1_1.CounterMessage.model_validate_json(payload)
            self.desk = desk if desk.id == self._client else self.desk
        elif topic.startswith("event/"):
            self.events.put(v1_1.EventMessage.model_validate_json(payload))
        elif topic.startswith("reply/"):
            self._replies.put(v1_1.Reply.model_validate_json(payload))
        elif topic.startswith("presence/"):
            self.presence = v1_1.Presence.model_validate_json(payload)

    def ask(self, command: str, **arguments: object) -> v1_1.Ticket | None:
        """Send what 1.1 had to send; return the ticket of the reply."""
        request = {"id": f"{self._client}-{command}-{free_port()}", **arguments}
        self.bus.publish(f"{self.root}/cmd/{self._client}/{command}", json.dumps(request).encode())
        reply = self._replies.get(timeout=20)
        assert (reply.ok, reply.id) == (True, request["id"]), reply
        self.result = reply.result or {}
        found = self.result.get("ticket")
        return None if found is None else v1_1.Ticket.model_validate(found)


def test_screens_of_1_1_work_through_a_visit_at_this_broker(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    kiosk, desk = OldScreen(mosquitto_office, "kiosk-1"), OldScreen(mosquitto_office, "counter-1")
    for screen in (kiosk, desk):
        screen.bus.start()
        wait_until(lambda screen=screen: bool(screen.presence and screen.presence.online), "it is online")  # type: ignore[misc]  # binds
    ticket = kiosk.ask("issue", service=SERVICE, lane="regular", language="en")
    assert ticket is not None
    kiosk.ask("printed", ticket=ticket.id, outcome="confirmed")
    kiosk.ask("reprint", ticket=ticket.id)
    kiosk.ask("lookup", ticket=ticket.qr)
    desk.ask("open", counter="counter-1", officer="siti", pin="1234")
    who = {"counter": "counter-1", "session": desk.result["session"]}
    for command in ("next", "recall", "start", "hold"):
        done = desk.ask(command, **who)
        assert done is not None
        assert done.number == ticket.number
    desk.ask("unhold", **who, ticket=ticket.id)
    desk.ask("finish", **who)
    desk.ask("pause", **who)
    desk.ask("resume", **who)
    desk.ask("close", **who)
    wait_until(lambda: desk.desk is not None and desk.desk.state == "closed", "its picture says so")
    assert kiosk.faults + desk.faults == []
    assert kiosk.hall is not None
    assert kiosk.office is not None
    assert {service.id for service in kiosk.office.services} >= {SERVICE}
    types = [kiosk.events.get(timeout=20).type]
    while types[-1] != "closed":
        types.append(kiosk.events.get(timeout=20).type)
    assert {"issued", "printed", "reprinted", "opened", "called", "recalled", "finished", "closed"} <= set(types)
    for screen in (kiosk, desk):
        screen.bus.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    spec = ServerSpec(
        kind="mosquitto",
        listen="127.0.0.1",
        port=free_port(),
        folder=tmp_path,
        access=lambda: access({ENGINE_CLIENT: ENGINE_PASSWORD}, office="demo", clients=("counter-1",)),
    )
    started = start_server(spec)
    yield started
    started.stop()


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({}, "The queue system is older than this window"),
        ({"protocol": "1.4"}, "The queue system is older than this window"),
        ({"protocol": "1.99", "mood": "new"}, "This window is older than the queue system"),
    ],
)
def test_this_window_works_at_a_broker_of_another_version_and_says_which_is_behind(
    server: Server, says: dict[str, str], told: str
) -> None:
    there = server.spec.address
    engine = Bus(
        address=Address(there.host, there.port, ENGINE_CLIENT, ENGINE_PASSWORD),
        office="demo",
        client=ENGINE_CLIENT,
        kind="engine",
        post=lambda step: step(),
    )
    root, now = engine.topics.root, dt.datetime.now().astimezone()
    hall = v1_1.HallMessage(revision=1, seq=1, at=now, day=now.date())
    closed = v1_1.CounterMessage(id="counter-1", label="Counter 1", state="closed")
    newer = {"unheard_of": [1, {"deep": True}]} if "mood" in says else {}

    def answer(topic: str, payload: bytes) -> None:
        asked = json.loads(payload)
        assert topic.endswith("/open")
        opened = closed.model_copy(update={"state": "open", "officer": "siti"})
        picture = opened.model_dump(mode="json") | newer
        engine.publish(f"{root}/state/counter/counter-1", json.dumps(picture).encode(), retain=True)
        reply = {"id": asked["id"], "ok": True, "result": {"session": "token", "counter": picture}, **newer}
        engine.publish(f"{root}/reply/counter-1", json.dumps(reply).encode())

    engine.listen_raw(engine.topics.all_commands(), answer)
    engine.start()
    engine.wait_connected(10)
    presence = {"online": True, "kind": "engine", "version": "0.1.0", **says}
    engine.publish(f"{root}/state/hall", json.dumps(hall.model_dump(mode="json") | newer).encode(), retain=True)
    engine.publish(f"{root}/state/counter/counter-1", closed.model_dump_json().encode(), retain=True)
    engine.publish(f"{root}/presence/broker", json.dumps(presence).encode(), retain=True)
    desk = Desk(there, "counter-1")
    desk.bus.listen(engine.topics.presence(ENGINE_CLIENT), Presence, desk.presenter.broker)
    desk.bus.start()
    try:

        def beat() -> bool:
            engine.publish(f"{root}/state/hall", json.dumps(hall.model_dump(mode="json") | newer).encode(), retain=True)
            return desk.is_live

        desk.until(beat, "the window is live")
        desk.sign_in("siti")
        page = desk.presenter.page
        assert isinstance(page, DeskPage)
        assert page.banner is not None
        assert page.banner.text.startswith(told)
        assert not desk.can(Intent.NEXT), "nobody waits"
    finally:
        desk.bus.stop()
        engine.stop()
