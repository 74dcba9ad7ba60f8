"""The demo's journeys, walked through: whoever comes reaches the end of them, and the hall still fits one message."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from broker.bootstrap.rules import office_message, office_rules
from broker.config import Settings, load_settings
from broker.contract.messages import MAX_PAYLOAD_BYTES, HallMessage
from broker.contract.topics import Topics
from broker.domain import commands as cmd
from broker.domain.apply import apply
from broker.domain.decide import decide
from broker.domain.hall import Hall
from broker.domain.model import Ticket, TicketState
from broker.gateway.outbound import MqttWire

SHIPPED = Path(__file__).parents[3] / "config.yaml"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(SHIPPED, {})


class Day:
    """The demo office with all its counters open; the priority lane without its daily quota."""

    def __init__(self, settings: Settings) -> None:
        rules = office_rules(settings)
        lanes = {lane.id: replace(lane, quota=None) for lane in rules.lanes.values()}
        self.now = dt.datetime(2025, 6, 2, 9, 0, tzinfo=rules.zone)
        self.hall = Hall(replace(rules, lanes=lanes))
        for counter, officer in zip(rules.counters, rules.officers, strict=False):
            self.do(cmd.SignIn(counter, officer, "", counter, pin_matches=True))

    def do(self, command: cmd.Command) -> None:
        """Do a command, some seconds after the last."""
        self.now += dt.timedelta(seconds=5)
        for event in decide(self.hall, command, self.now):
            apply(self.hall, event)

    def issue(self, service: str, lane: str) -> Ticket:
        """Give out a number."""
        ticket = str(uuid.UUID(int=len(self.hall.tickets) + 1))
        self.do(cmd.Issue(ticket, service, lane, None))
        return self.hall.tickets[ticket]

    def move_on(self, ticket: Ticket, counter: str = "counter-1") -> None:
        """Serve a ticket's stage at a counter."""
        self.do(cmd.Call(counter, counter, ticket.id))
        self.do(cmd.Finish(counter, counter))


class Air:
    """Hears what is published."""

    def __init__(self) -> None:
        self.payloads: dict[str, bytes] = {}

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep the last message of a topic."""
        del retain
        self.payloads[topic] = payload
        return True

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Let it be."""

    def announce(self) -> None:
        """Say nothing."""


def _kinds(settings: Settings) -> Iterator[tuple[str, str]]:
    return ((service.id, lane.id) for service in settings.services for lane in settings.lanes)


def test_the_step_free_counter_can_lead_every_visitor_to_the_end(settings: Settings) -> None:
    day = Day(settings)
    for service, lane in _kinds(settings):
        ticket = day.issue(service, lane)
        for stage in day.hall.office.services[service].stages:
            assert day.hall.tickets[ticket.id].stage == stage
            day.move_on(ticket)
        assert day.hall.tickets[ticket.id].state is TicketState.FINISHED


def test_the_hall_fits_one_message_even_where_somebody_waits_for_every_stage_of_every_service(
    settings: Settings,
) -> None:
    day = Day(settings)
    for service, lane in _kinds(settings):
        for stages_done in range(len(day.hall.office.services[service].stages)):
            ticket = day.issue(service, lane)
            for _ in range(stages_done):
                day.move_on(ticket)
            day.issue(service, lane)
    for counter in day.hall.office.counters:
        day.do(cmd.Next(counter, counter))
    air, topics = Air(), Topics(settings.office.id)
    wire = MqttWire(topics, air, office_message(settings), first_revision=lambda: 1)
    wire.show(day.hall, day.now)
    wire.show_counters(day.hall, day.now)
    assert max(map(len, air.payloads.values())) <= MAX_PAYLOAD_BYTES
    picture = HallMessage.model_validate_json(air.payloads[topics.hall()])
    first = {(service.id, service.stages[0]) for service in settings.services}
    assert all(row.wait is not None for row in picture.waiting if (row.service, row.stage) in first)
    assert sum(row.count for row in picture.waiting) == sum(map(len, day.hall.groups.values()))
    assert len(picture.calling) == len(day.hall.office.counters)
