"""Quotas under a rush, and the end of the day: what the engine does by the rules, on disk and on the wire."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest

from broker.contract.topics import ENGINE_CLIENT
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.decide import END_OF_DAY
from broker.domain.model import Office
from broker.ports import Submission
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire
from tests.support.caller import wait_until

NIGHT_S = 8 * 3600
QUOTA = 30


def _office(of: str) -> Office:
    if of == "lane":
        return small_office(lanes=(replace(REGULAR, quota=QUOTA), PRIORITY))
    office = small_office()
    return replace(office, services={**office.services, "visa": replace(office.services["visa"], quota=QUOTA)})


def issue() -> cmd.Issue:
    return cmd.Issue(str(uuid.uuid4()), "visa", None, None)


# -- quotas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["lane", "service"])
def test_a_quota_is_exact_in_one_batch(of: str) -> None:
    room = EngineRoom(office=_office(of))
    replies = room.ask_all(*(room.submission(issue(), client=f"kiosk-{n % 8}") for n in range(QUOTA + 20)))
    assert [reply.get("error") for reply in replies] == [None] * QUOTA + ["quota_reached"] * 20
    assert [reply["number"] for reply in replies[:QUOTA]] == [f"B-{n:03d}" for n in range(1, QUOTA + 1)]


@pytest.mark.parametrize("of", ["lane", "service"])
def test_a_quota_is_exact_when_eight_kiosks_ask_at_once(of: str) -> None:
    """Through the true loop of the engine, from eight threads."""
    room = EngineRoom(office=_office(of))
    engine = threading.Thread(target=room.engine.run)
    engine.start()

    def ask(kiosk: int) -> None:
        for n in range(10):
            room.engine.submit(Submission(f"kiosk-{kiosk}", f"{kiosk}-{n}", issue()))

    kiosks = [threading.Thread(target=ask, args=(kiosk,)) for kiosk in range(8)]
    for kiosk in kiosks:
        kiosk.start()
    for kiosk in kiosks:
        kiosk.join()
    wait_until(lambda: len(room.wire.replies) == 80, "everyone is answered")
    room.engine.stop()
    engine.join(timeout=5)
    numbers = [reply["number"] for _, reply in room.wire.replies if "error" not in reply]
    assert sorted(numbers) == [f"B-{n:03d}" for n in range(1, QUOTA + 1)]
    assert {reply["error"] for _, reply in room.wire.replies if "error" in reply} == {"quota_reached"}


def test_a_quota_is_not_used_up_by_what_the_disk_lost() -> None:
    store = MemoryStore()
    room = EngineRoom(office=_office("lane"), store=store)
    room.ask_all(*(room.submission(issue()) for _ in range(QUOTA - 1)))
    store.failing_commits = 1
    assert room.ask(issue())["error"] == "storage_failed"
    assert "error" not in room.ask(issue())
    assert room.ask(issue())["error"] == "quota_reached"


def test_a_quota_counts_on_after_a_restart() -> None:
    room = EngineRoom(office=_office("lane"))
    room.ask_all(*(room.submission(issue()) for _ in range(QUOTA)))
    room.restart()
    assert room.ask(issue())["error"] == "quota_reached"


# -- the end of the day ---------------------------------------------------------------------------------------------


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def left(store: MemoryStore) -> EngineRoom:
    """Return the engine of an office at closing time: two wait where nobody serves, one where somebody does."""
    room = EngineRoom(store=store, wire=RecordingWire())
    room.issue("collection")
    room.issue("collection", "priority")
    room.issue("visa")
    room.clock.advance(15 * 3600)
    room.sign_in("c1", "sari")
    room.engine.step([])
    room.wire.told.clear()
    return room


def told(room: EngineRoom) -> list[tuple[str, str]]:
    """Return (number, client) of what was closed."""
    return [
        (recorded.ticket.number, recorded.client)
        for recorded in room.wire.told
        if isinstance(recorded.event, ev.Cancelled) and recorded.ticket is not None
    ]


def test_in_the_night_the_office_itself_closes_who_is_left_and_says_so(left: EngineRoom, store: MemoryStore) -> None:
    left.clock.advance(NIGHT_S)
    left.engine.step([])
    assert told(left) == [("J-001", ENGINE_CLIENT), ("JP-001", ENGINE_CLIENT)]
    assert [recorded.event for recorded in store.events[-2:]] == [recorded.event for recorded in left.wire.told]
    assert all(getattr(recorded.event, "reason", "") == END_OF_DAY for recorded in left.wire.told)
    assert left.wire.shown[-1].seq == left.hall.seq
    assert [ticket.state.value for ticket in left.hall.tickets.values()] == ["cancelled", "cancelled", "waiting"]


def test_nobody_needs_to_ask_for_it_and_it_is_done_once(left: EngineRoom) -> None:
    left.clock.advance(NIGHT_S)
    for _ in range(5):
        left.engine.step([])
        left.clock.advance(10)
    assert len(told(left)) == 2


def test_the_closing_is_on_disk_before_it_is_said(left: EngineRoom, store: MemoryStore) -> None:
    events = len(store.events)
    left.clock.advance(NIGHT_S)
    store.failing_commits = 1
    left.engine.step([])
    assert (told(left), len(store.events)) == ([], events)
    left.clock.advance(10)
    left.engine.step([])
    assert len(told(left)) == 2
    assert [recorded.seq for recorded in store.events] == list(range(1, events + 3))


def test_an_office_that_slept_over_the_night_closes_on_waking(left: EngineRoom) -> None:
    left.clock.advance(NIGHT_S)
    left.restart()
    left.engine.step([])
    assert len(told(left)) == 2


def test_a_restart_after_the_closing_finds_it_closed(left: EngineRoom) -> None:
    left.clock.advance(NIGHT_S)
    left.engine.step([])
    before = contents(left.hall)
    left.restart()
    assert contents(left.hall) == before


def test_the_hall_after_a_journey_is_the_same_after_a_restart(store: MemoryStore) -> None:
    room = EngineRoom(store=store)
    room.sign_in("c1", "sari")
    room.issue("passport")
    room.call_next()
    room.ask(cmd.Transfer("c1", room.sessions["c1"], to_counter="c3"))
    before = contents(room.hall)
    room.restart()
    assert contents(room.hall) == before
    reply = room.ask(cmd.Undo("c1", room.sessions["c1"]))
    assert reply["events"] == ["undone"]
