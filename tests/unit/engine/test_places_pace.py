"""When it is said where everybody stands: at once after a calm, seldom in a rush, and always behind the requests."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable

import pytest

from broker.domain import commands as cmd
from broker.domain.hall import Hall
from broker.engine import HEARTBEAT_S, PLACES_EVERY_S, PLACES_GAP_S, PLACES_SHARE, PLACES_WAIT_S, RUSH_PLACES_GAP_S
from tests.fakes.clock import FakeClock
from tests.fakes.engine_room import EngineRoom
from tests.fakes.wire import RecordingWire


class Pages(RecordingWire):
    """A wire on which drawing takes time, and during which somebody may ask."""

    def __init__(self) -> None:
        super().__init__()
        self.clock: FakeClock | None = None
        self.takes_s = 0.0
        self.comes: Callable[[], object] = lambda: None

    def show_waiting(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Take time; stop where somebody asks."""
        if self.clock is not None:
            self.clock.advance(self.takes_s)
        self.comes()
        if is_pressed():
            self.diary.append("stopped")
            return False
        self.diary.append("places")
        return super().show_waiting(hall, now, is_pressed=is_pressed)


@pytest.fixture
def room() -> EngineRoom:
    wire = Pages()
    room = EngineRoom(wire=wire)
    wire.clock = room.clock
    room.engine.step([])
    room.clock.advance(3)
    room.engine.step([])
    wire.placed.clear()
    wire.diary.clear()
    return room


def wire_of(room: EngineRoom) -> Pages:
    assert isinstance(room.wire, Pages)
    return room.wire


def coming(room: EngineRoom) -> None:
    room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))


def run(room: EngineRoom, seconds: float, every_s: float, *, asks: bool) -> list[float]:
    """Let time pass; return when it was said where everybody stands, in seconds from now."""
    begun, wire = room.clock.now(), wire_of(room)
    wire.placed.clear()
    for _ in range(round(seconds / every_s)):
        if asks:
            coming(room)
        room.engine.step(room.engine.take(0))
        room.clock.advance(every_s)
    return [(at - begun).total_seconds() for _, at in wire.placed]


def test_the_first_change_after_a_calm_is_said_at_once_behind_the_answer_and_the_hall(room: EngineRoom) -> None:
    coming(room)
    room.engine.step(room.engine.take(0))
    told = [line.split()[0] for line in wire_of(room).diary]
    assert told == ["reply", "event", "show", "places"]
    assert wire_of(room).placed[0][0] == room.engine.hall.seq


def test_changes_come_down_from_a_quarter_of_a_second_to_one_in_a_rush_and_the_last_is_not_lost(
    room: EngineRoom,
) -> None:
    said = run(room, 20, 0.05, asks=True)
    gaps = [later - earlier for earlier, later in itertools.pairwise(said)]
    assert gaps[0] >= PLACES_GAP_S
    assert gaps[-1] >= RUSH_PLACES_GAP_S - 0.05
    assert max(gaps) <= RUSH_PLACES_GAP_S + PLACES_WAIT_S + 0.1
    run(room, 2, 0.05, asks=False)
    assert wire_of(room).placed[-1][0] == room.engine.hall.seq


def test_while_nothing_happens_it_is_looked_at_every_five_seconds_and_the_engine_sleeps_until_then(
    room: EngineRoom,
) -> None:
    run(room, 1, 0.05, asks=False)
    said = run(room, 4 * PLACES_EVERY_S, 0.25, asks=False)
    assert 3 <= len(said) <= 4
    assert 0 < room.engine._until_next_tick() <= PLACES_EVERY_S


def test_whoever_asks_meanwhile_is_answered_first_and_it_is_done_in_time_all_the_same(room: EngineRoom) -> None:
    wire = wire_of(room)
    wire.comes = lambda: coming(room)
    coming(room)
    begun = room.clock.monotonic()
    while not wire.placed:
        room.engine.step(room.engine.take(0))
        room.clock.advance(0.01)
    assert "stopped" in wire.diary
    assert room.clock.monotonic() - begun <= PLACES_GAP_S + PLACES_WAIT_S + 0.1


def test_the_longer_it_takes_the_seldomer_it_is_done(room: EngineRoom) -> None:
    wire = wire_of(room)
    wire.takes_s = 0.03
    begun = room.clock.monotonic()
    run(room, 60, 0.02, asks=True)
    drawn = wire.takes_s * (wire.diary.count("places") + wire.diary.count("stopped"))
    assert drawn <= PLACES_SHARE * (room.clock.monotonic() - begun) + 2 * wire.takes_s


def test_a_picture_of_places_that_fails_is_made_up_for(room: EngineRoom) -> None:
    wire = wire_of(room)

    def fails() -> None:
        message = "nobody can draw this"
        raise RuntimeError(message)

    wire.comes = fails
    coming(room)
    with pytest.raises(RuntimeError):
        room.engine.step(room.engine.take(0))
    wire.comes = lambda: None
    room.clock.advance(HEARTBEAT_S)
    room.engine.step([])
    assert wire.shown[-1].everything
