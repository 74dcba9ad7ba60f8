"""Whoever comes hears the hall at once: a screen believes only what is said while it listens."""

from __future__ import annotations

import pytest

from broker.engine import HEARTBEAT_S, NOTE_GAP_S
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from tests.fakes.engine_room import EngineRoom


@pytest.fixture
def room() -> EngineRoom:
    made = EngineRoom()
    made.engine.step([])
    made.clock.advance(NOTE_GAP_S + 0.1)
    made.engine.step([])
    return made


def says(room: EngineRoom, state: str, client: str = "kiosk-1") -> int:
    """Let a client say how it is, and the engine work; return how often the hall was shown for that."""
    before = len(room.wire.shown)
    room.engine.heard(Health(client, {CONNECTION: state, "printer": f"state {before}"}))
    room.engine.step([])
    room.engine.step([])
    return len(room.wire.shown) - before


def test_a_screen_that_comes_is_told_what_is_true_now(room: EngineRoom) -> None:
    assert says(room, ONLINE) == 1
    assert not room.wire.shown[-1].counters


def test_what_it_says_of_its_devices_later_is_no_arrival(room: EngineRoom) -> None:
    says(room, ONLINE)
    room.clock.advance(NOTE_GAP_S + 0.1)
    assert says(room, ONLINE) == 0


def test_one_that_comes_back_is_told_again(room: EngineRoom) -> None:
    says(room, ONLINE)
    for state, shown in ((OFFLINE, 0), (ONLINE, 1)):
        room.clock.advance(NOTE_GAP_S + 0.1)
        assert says(room, state) == shown


def test_one_that_comes_and_goes_all_the_time_costs_one_picture_a_second(room: EngineRoom) -> None:
    before = len(room.wire.shown)
    for step in range(40):
        room.clock.advance(0.05)
        says(room, ONLINE if step % 2 else OFFLINE)
    assert len(room.wire.shown) - before <= 2 / NOTE_GAP_S + 1
    room.clock.advance(HEARTBEAT_S)
    room.engine.step([])
    assert len(room.wire.shown) > before
