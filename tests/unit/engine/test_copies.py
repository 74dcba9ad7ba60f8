"""A copy that an officer asked for while the kiosk was away is asked for again when it comes back, and not for ever."""

from __future__ import annotations

import pytest

from broker.domain import commands as cmd
from broker.engine import MAX_RETOLD, NOTE_GAP_S, RETELL_FOR
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from tests.fakes.engine_room import EngineRoom


@pytest.fixture
def room() -> EngineRoom:
    made = EngineRoom()
    made.engine.step([])
    return made


def wanted(room: EngineRoom, ticket: str) -> None:
    """Let somebody who may ask for another paper."""
    reply = room.ask(cmd.Reprint(ticket, asker="kiosk-1"), client="counter-1")
    assert reply["events"] == ["reprinted"], reply


def retold(room: EngineRoom, state: str = ONLINE) -> list[tuple[str, int]]:
    """Let a kiosk say how it is; return the copies that are told for it."""
    before = len(room.wire.told)
    room.clock.advance(NOTE_GAP_S + 0.1)
    room.engine.step([Health("kiosk-1", {CONNECTION: state})])
    return [(told.ticket.id, told.ticket.copies) for told in room.wire.told[before:] if told.ticket is not None]


def test_a_copy_that_nobody_has_told_of_is_wanted_again_when_a_kiosk_comes(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    assert retold(room, OFFLINE) == []
    assert retold(room) == [(ticket, 1)]


def test_of_a_ticket_only_the_last_copy_is_wanted_again(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    wanted(room, ticket)
    assert retold(room) == [(ticket, 2)]


def test_a_copy_that_was_told_of_is_not_wanted_any_more(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    room.ask(cmd.Printed(ticket, "failed", "no paper"))
    assert retold(room) == []


def test_nobody_waits_for_a_copy_longer_than_two_minutes(room: EngineRoom) -> None:
    wanted(room, room.issue())
    room.clock.advance(RETELL_FOR.total_seconds())
    assert retold(room) == []


def test_a_flood_of_wishes_is_kept_in_bounds(room: EngineRoom) -> None:
    tickets = [room.issue() for _ in range(MAX_RETOLD + 3)]
    for ticket in tickets:
        wanted(room, ticket)
    assert [ticket for ticket, _ in retold(room)] == tickets[3:]
