"""Somebody edits the configuration while tickets wait and officers are signed in: the office opens all the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from broker.contract.messages import OfficeMessage, OfficeName
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain.model import Lane, Office
from broker.gateway import MqttWire
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import REGULAR, SERVICES, small_office


class Shelf:
    """Keeps the last message of each topic."""

    def __init__(self) -> None:
        self.messages: dict[str, Any] = {}

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep it."""
        assert retain
        self.messages[topic] = json.loads(payload)
        return True

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Let it be."""

    def announce(self) -> None:
        """Do nothing."""


def _without(office: Office, *, counters: Iterable[str] = (), services: Iterable[str] = ()) -> Office:
    return replace(
        office,
        counters={name: counter for name, counter in office.counters.items() if name not in set(counters)},
        services={name: service for name, service in office.services.items() if name not in set(services)},
    )


CHANGES = {
    "counter with a visitor": _without(small_office(), counters=["c1"]),
    "counter without": _without(small_office(), counters=["c2"]),
    "service": _without(small_office(), services=["passport"]),
    "lane": small_office(lanes=(REGULAR,)),
    "other lanes": small_office(lanes=(Lane("all", "", 600),)),
    "stages": small_office(
        stage_standard_s={"interview": 900, "collection": 180},
        services={s.id: replace(s, stages=("interview",)) for s in SERVICES},
    ),
    "officer": small_office(officers={"dewi": "Dewi"}),
}


@pytest.fixture
def room() -> EngineRoom:
    room = EngineRoom()
    room.sign_in("c1", "sari")
    room.sign_in("c2", "budi")
    for lane in ("regular", "priority"):
        for service in ("passport", "visa", "collection"):
            room.issue(service, lane)
    room.call_next("c1")
    room.clock.advance(300)
    return room


@pytest.mark.parametrize("name", CHANGES)
def test_the_office_opens_and_who_is_at_a_desk_is_served(room: EngineRoom, name: str) -> None:
    seq = room.hall.seq
    room.office = CHANGES[name]
    room.restart()
    assert room.hall.seq == seq
    assert len(room.hall.tickets) == 6
    assert "error" not in room.start("c1")
    assert "error" not in room.finish("c1")
    assert "error" not in room.call_next("c1")
    assert "error" not in room.call_next("c2")
    assert room.engine.failures == 0


@pytest.mark.parametrize("name", CHANGES)
def test_every_picture_can_be_drawn(room: EngineRoom, name: str) -> None:
    room.office = CHANGES[name]
    room.restart()
    shelf = Shelf()
    office = OfficeMessage(
        office=OfficeName(id="demo", name={}, timezone="Asia/Jakarta"),
        languages=(),
        services=(),
        lanes=(),
        stages=(),
        counters=(),
    )
    wire = MqttWire(Topics("demo"), shelf, office, first_revision=lambda: 1)
    wire.show_all(room.hall, room.clock.now() + dt.timedelta(seconds=10))
    hall = shelf.messages["antrean/v1/demo/state/hall"]
    assert sum(row["count"] for row in hall["waiting"]) == 5


def test_a_dropped_counter_signs_out_and_calls_nobody(room: EngineRoom) -> None:
    room.office = CHANGES["counter with a visitor"]
    room.restart()
    assert room.call_next("c1")["error"] == "counter_busy"
    room.finish("c1")
    assert room.call_next("c1")["events"] == []
    assert "error" not in room.ask(cmd.Close("c1", room.sessions["c1"]))


def test_a_dropped_lane_takes_nobody_new(room: EngineRoom) -> None:
    room.office = CHANGES["lane"]
    room.restart()
    assert "error" in room.ask(cmd.Issue("new", "visa", "priority", None))
    assert room.ask(cmd.Issue("new", "visa", None, None))["number"] == "B-002"


def test_a_dropped_service_is_not_on_offer(room: EngineRoom) -> None:
    room.office = CHANGES["service"]
    room.restart()
    assert room.ask(cmd.Issue("new", "passport", None, None))["error"] == "unknown_service"
