"""A copy that an officer asked for while the kiosk was away is asked for again when it comes back, and not for ever."""

from __future__ import annotations

import uuid

import pytest

from broker.copies import MAX_RETOLD, RETELL_FOR
from broker.domain import commands as cmd
from broker.engine import NOTE_GAP_S
from broker.inbox import Reconnected
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from tests.fakes.engine_room import EngineRoom


@pytest.fixture
def room() -> EngineRoom:
    made = EngineRoom()
    made.engine.step([])
    return made


def wanted(room: EngineRoom, ticket: str, client: str = "counter-1") -> None:
    """Let somebody who may ask for another paper."""
    reply = room.ask(cmd.Reprint(ticket, asker="kiosk-1"), client=client)
    assert reply["events"] == ["reprinted"], reply


def issued(room: EngineRoom) -> str:
    """Let the first kiosk issue a ticket, of whose paper nothing was told yet; return its id."""
    ticket = str(uuid.uuid4())
    assert room.ask(cmd.Issue(ticket, "visa", asker="kiosk-1"))["events"] == ["issued"]
    return ticket


def told(room: EngineRoom, ticket: str, client: str = "kiosk-1") -> None:
    """Let a kiosk tell what became of a paper; which one it was is not said."""
    room.ask(cmd.Printed(ticket, "confirmed"), client=client)


def retold(room: EngineRoom, *states: str, client: str = "kiosk-1") -> list[tuple[str, int]]:
    """Let a client say how it is, at first that it comes; return the copies that are told for it."""
    before = len(room.wire.told)
    room.clock.advance(NOTE_GAP_S + 0.1)
    for state in states or (OFFLINE, ONLINE):
        room.engine.heard(Health(client, {CONNECTION: state}))
    room.engine.step([])
    return [(told.ticket.id, told.ticket.copies) for told in room.wire.told[before:] if told.ticket is not None]


def test_a_copy_that_nobody_has_told_of_is_wanted_again_when_the_kiosk_comes(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    assert retold(room, OFFLINE) == []
    assert retold(room, ONLINE) == [(ticket, 1)]


def test_another_configuration_takes_no_copy_away(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    copies = room.engine._copies
    copies.print_at({"counter-1": "kiosk-1"})
    assert retold(room, ONLINE) == [(ticket, 1)]
    copies.print_at({})
    assert retold(room, OFFLINE, ONLINE) == []


def test_it_comes_also_if_it_was_away_for_a_moment_only(room: EngineRoom) -> None:
    retold(room, ONLINE)
    ticket = room.issue()
    wanted(room, ticket)
    assert retold(room, OFFLINE, ONLINE) == [(ticket, 1)]


def test_it_comes_also_if_the_server_was_away_and_nobody_heard_it_go(room: EngineRoom) -> None:
    retold(room, ONLINE)
    ticket = room.issue()
    wanted(room, ticket)
    room.engine.step([Reconnected()])
    assert retold(room, ONLINE) == [(ticket, 1)]


def test_what_a_client_that_is_here_says_of_its_devices_repeats_nothing(room: EngineRoom) -> None:
    retold(room, ONLINE)
    retold(room, ONLINE, client="display-1")
    wanted(room, room.issue())
    for _ in range(5):
        assert retold(room, ONLINE) == []
        assert retold(room, ONLINE, client="display-1") == []


def test_only_the_kiosk_that_prints_it_is_told_again(room: EngineRoom) -> None:
    here, there = room.issue(), room.issue()
    wanted(room, here)
    wanted(room, there, "counter-2")
    assert retold(room, client="display-1") == []
    assert retold(room, client="kiosk-2") == [(there, 1)]
    assert retold(room) == [(here, 1)]


def test_a_kiosk_that_asks_for_itself_is_told_in_the_reply_alone(room: EngineRoom) -> None:
    wanted(room, room.issue(), "kiosk-1")
    assert retold(room) == []


def test_of_a_ticket_only_the_last_copy_is_wanted_again(room: EngineRoom) -> None:
    ticket = room.issue()
    wanted(room, ticket)
    wanted(room, ticket)
    assert retold(room) == [(ticket, 2)]


def test_a_copy_that_was_told_of_is_not_wanted_any_more(room: EngineRoom) -> None:
    ticket = issued(room)
    told(room, ticket)
    wanted(room, ticket)
    room.ask(cmd.Printed(ticket, "failed", "no paper"))
    assert retold(room) == []


def test_a_late_word_on_the_first_paper_tells_nothing_of_the_copy(room: EngineRoom) -> None:
    ticket = issued(room)
    wanted(room, ticket)
    told(room, ticket)
    assert retold(room) == [(ticket, 1)]
    told(room, ticket)
    assert retold(room) == []


def test_a_late_word_on_a_copy_tells_nothing_of_the_next(room: EngineRoom) -> None:
    ticket = issued(room)
    told(room, ticket)
    wanted(room, ticket)
    wanted(room, ticket)
    told(room, ticket)
    assert retold(room) == [(ticket, 2)]
    told(room, ticket)
    assert retold(room) == []


def test_the_word_of_another_kiosk_is_on_a_paper_of_its_own(room: EngineRoom) -> None:
    ticket = issued(room)
    wanted(room, ticket, "counter-2")
    told(room, ticket, "kiosk-1")
    assert retold(room, client="kiosk-2") == [(ticket, 1)]
    told(room, ticket, "kiosk-2")
    assert retold(room, client="kiosk-2") == []


def test_nobody_waits_for_a_copy_longer_than_two_minutes(room: EngineRoom) -> None:
    wanted(room, room.issue())
    room.clock.advance(RETELL_FOR.total_seconds())
    assert retold(room) == []


def test_a_flood_of_wishes_is_kept_in_bounds(room: EngineRoom) -> None:
    tickets = [room.issue() for _ in range(MAX_RETOLD + 3)]
    for ticket in tickets:
        wanted(room, ticket)
    assert [ticket for ticket, _ in retold(room)] == tickets[3:]
