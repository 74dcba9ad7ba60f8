"""The single writer: commit, then speak; once, whatever is sent again; and nobody suffers for another's fault."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from broker import engine
from broker.domain import commands as cmd
from broker.domain.errors import Code, DomainError, NotLetInError
from broker.domain.hall import Hall
from broker.domain.queue.forward import MOST_CALLS, Forward
from broker.engine import (
    BOARD_SHARE,
    COUNTERS_WAIT_S,
    HEARTBEAT_S,
    LOOK_EVERY_S,
    MAX_BATCH,
    PLACES_SHARE,
    REBUILD_RETRY_S,
    RUSH_GAP_S,
    SNAPSHOT_GAP_S,
    SNAPSHOT_SHARE,
    SURPLUS_GAP_S,
)
from broker.inbox import Reconnected
from broker.ports import StorageError, Submission
from tests.fakes.clock import FakeClock
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire
from tests.support.caller import wait_until


@pytest.fixture
def diary() -> list[str]:
    return []


@pytest.fixture
def store(diary: list[str]) -> MemoryStore:
    return MemoryStore(diary=diary)


@pytest.fixture
def room(store: MemoryStore, diary: list[str]) -> EngineRoom:
    room = EngineRoom(store=store, wire=RecordingWire(diary=diary))
    room.engine.step([])
    diary.clear()
    return room


def issue(service: str = "visa") -> cmd.Issue:
    return cmd.Issue(str(uuid.uuid4()), service, None, None)


# -- commit, then speak -------------------------------------------------------------------------------------------


def test_nothing_is_said_before_the_commit(room: EngineRoom, diary: list[str]) -> None:
    room.clock.advance(1)
    room.ask_all(room.submission(issue(), client="k1"), room.submission(issue(), client="k2"))
    assert diary == ["commit", "reply k1", "reply k2", "event 1", "event 2", "show"]


def test_a_batch_is_one_commit(room: EngineRoom, diary: list[str]) -> None:
    room.ask_all(*(room.submission(issue()) for _ in range(50)))
    assert diary.count("commit") == 1


def test_a_refused_request_is_answered_and_changes_nothing(room: EngineRoom) -> None:
    reply = room.ask(issue("fishing"))
    assert reply["error"] == "unknown_service"
    assert room.hall.seq == 0
    assert room.wire.told == []


def test_later_requests_of_a_batch_see_what_earlier_ones_did(room: EngineRoom) -> None:
    token = room.sign_in()
    replies = room.ask_all(room.submission(issue()), room.submission(cmd.Next("c1", token)))
    assert [reply["number"] for reply in replies] == ["B-001", "B-001"]


def test_when_a_commit_fails_everyone_in_it_hears_so(room: EngineRoom, store: MemoryStore, diary: list[str]) -> None:
    room.issue()
    before = contents(room.hall)
    diary.clear()
    store.failing_commits = 1
    replies = room.ask_all(room.submission(issue()), room.submission(issue("fishing")))
    assert [reply["error"] for reply in replies] == ["storage_failed", "storage_failed"]
    assert contents(room.hall) == before
    assert not any(line.startswith("event") for line in diary)


def test_a_number_that_nobody_was_told_is_given_out_again(room: EngineRoom, store: MemoryStore) -> None:
    store.failing_commits = 1
    room.ask(issue())
    assert room.ask(issue())["number"] == "B-001"
    assert room.hall.seq == 1


def test_a_wrong_time_in_the_future_of_a_lost_batch_leaves_no_gap_in_seq(room: EngineRoom, store: MemoryStore) -> None:
    for _ in range(5):
        store.failing_commits = 1
        room.ask(issue())
        room.issue()
    assert [recorded.seq for recorded in room.wire.told] == [1, 2, 3, 4, 5]


# -- once, whatever is sent again ---------------------------------------------------------------------------------


def test_a_request_twice_in_a_batch_is_done_once(room: EngineRoom) -> None:
    one = room.submission(issue())
    replies = room.ask_all(one, Submission(one.client, one.request_id, issue()))
    assert replies[0] == replies[1]
    assert room.hall.seq == 1


def test_a_request_sent_again_is_done_once(room: EngineRoom) -> None:
    one = room.submission(issue())
    first = room.ask_all(one)
    room.clock.advance(60)
    room.issue()
    assert room.ask_all(one) == first
    assert room.hall.seq == 2


def test_a_request_sent_again_after_a_restart_is_done_once(room: EngineRoom) -> None:
    one = room.submission(issue())
    first = room.ask_all(one)
    room.restart()
    assert room.ask_all(one) == first
    assert room.hall.seq == 1


def test_the_same_id_of_another_client_is_another_request(room: EngineRoom) -> None:
    numbers = [room.ask(issue(), client=client, request="1")["number"] for client in ("k1", "k2")]
    assert numbers == ["B-001", "B-002"]


def test_a_refusal_is_remembered_too(room: EngineRoom) -> None:
    early = room.submission(cmd.Next("c1", "token"))
    first = room.ask_all(early)
    assert first[0]["error"] == "no_session"
    room.sign_in()
    room.issue()
    assert room.ask_all(early) == first


def test_a_request_that_came_to_nothing_is_remembered_too(room: EngineRoom) -> None:
    early = room.submission(cmd.Next("c1", room.sign_in()))
    first = room.ask_all(early)
    assert first[0]["events"] == []
    room.issue()
    assert room.ask_all(early) == first


def test_a_failed_commit_is_not_remembered(room: EngineRoom, store: MemoryStore) -> None:
    one = room.submission(issue())
    store.failing_commits = 1
    assert room.ask_all(one)[0]["error"] == "storage_failed"
    assert room.ask_all(one)[0]["number"] == "B-001"


def test_what_could_not_be_decoded_has_used_its_id_up_as_well(room: EngineRoom) -> None:
    bad = DomainError(Code.BAD_REQUEST, "service: Field required", field="service")
    first = room.ask(bad, request="same")
    assert first["error"] == "bad_request"
    assert room.ask(issue(), request="same") == first
    room.restart()
    assert room.ask(issue(), request="same") == first
    assert room.hall.seq == 0


def test_what_can_change_nothing_is_never_written_but_heard_again(room: EngineRoom, store: MemoryStore) -> None:
    """A client that only looks, or that may not send this at all, would fill the disk else."""
    number = room.ask(issue(), request="a ticket")["number"]
    room.ask(DomainError(Code.BAD_REQUEST, "no"), request="refused")
    room.ask(cmd.Next("c1", room.sign_in()), request="nobody waits there")
    look = room.ask(cmd.Lookup(number), request="a look")
    not_let_in = room.ask(NotLetInError(Code.NOT_ALLOWED, "a display sends nothing"), request="at the door")
    assert room.ask(issue(), request="a look") == look
    assert room.ask(issue(), request="at the door") == not_let_in
    kept = {request for _, request in store.known_requests()}
    assert {"a ticket", "refused", "nobody waits there"} <= kept
    assert not kept & {"a look", "at the door"}


def test_replies_are_remembered_a_day_and_forgotten_after_two(room: EngineRoom, store: MemoryStore) -> None:
    one = room.submission(issue())
    first = room.ask_all(one)
    room.clock.advance(24 * 3600)
    assert room.ask_all(one) == first
    room.clock.advance(25 * 3600)
    room.engine.step([])
    assert one.key not in store.replies


def test_a_device_that_asks_in_a_loop_fills_neither_disk_nor_memory(
    room: EngineRoom, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "KEPT_REPLIES", 200)
    monkeypatch.setattr(engine, "SURPLUS_REPLIES", 50)
    one = room.submission(issue())
    first = room.ask_all(one)
    for _ in range(100):
        room.ask_all(*(room.submission(issue("fishing"), client="loop") for _ in range(20)))
        room.clock.advance(SURPLUS_GAP_S / 2)
        assert len(store.replies) <= 200 + 50 + 40
    last = room.submission(issue())
    assert room.ask_all(last) == room.ask_all(last)
    assert room.ask_all(one) == first, "nobody else is forgotten for it"


def test_not_being_able_to_forget_is_no_reason_to_stop(room: EngineRoom, store: MemoryStore) -> None:
    store.unforgettable = True
    room.clock.advance(2 * 3600)
    assert room.ask(issue())["number"] == "B-001"
    assert room.ask(issue())["number"] == "B-002"
    assert room.engine.failures == 0


# -- what was meant until a moment ------------------------------------------------------------------------------------


def test_a_request_that_comes_too_late_is_refused_and_that_is_final(room: EngineRoom) -> None:
    """Space was pressed as the cable went, the cable is back after 40 minutes: nobody is called to an empty desk."""
    token = room.sign_in()
    room.issue()
    pressed = replace(room.submission(cmd.Next("c1", token)), until=room.clock.now() + dt.timedelta(seconds=10))
    room.clock.advance(40 * 60)
    late = room.ask_all(pressed)
    assert late[0]["error"] == "too_late"
    assert room.ask_all(replace(pressed, until=None)) == late
    assert [ticket.state for ticket in room.hall.tickets.values()] == ["waiting"]


@pytest.mark.parametrize("late_s", [0, -1])
def test_a_request_in_time_is_done(room: EngineRoom, late_s: int) -> None:
    until = room.clock.now() - dt.timedelta(seconds=late_s)
    assert "error" not in room.ask_all(replace(room.submission(issue()), until=until))[0]


def test_what_was_done_in_time_gets_its_reply_also_later(room: EngineRoom) -> None:
    one = replace(room.submission(issue()), until=room.clock.now() + dt.timedelta(seconds=10))
    first = room.ask_all(one)
    room.clock.advance(60)
    assert room.ask_all(one) == first


# -- an unreadable store ------------------------------------------------------------------------------------------


def test_an_engine_does_not_start_on_a_store_that_cannot_be_read() -> None:
    with pytest.raises(StorageError):
        EngineRoom(store=MemoryStore(unreadable=True))


def test_while_the_store_cannot_be_read_everyone_hears_not_ready(room: EngineRoom, store: MemoryStore) -> None:
    room.issue()
    store.failing_commits, store.unreadable = 1, True
    one = room.submission(issue())
    assert room.ask_all(one)[0]["error"] == "storage_failed"
    assert room.ask_all(one)[0]["error"] == "not_ready"
    with pytest.raises(StorageError):
        assert room.hall
    store.unreadable = False
    assert room.ask_all(one)[0]["error"] == "not_ready"
    room.clock.advance(REBUILD_RETRY_S)
    assert room.ask_all(one)[0]["number"] == "B-002"


def test_while_the_store_cannot_be_trusted_staff_hear_so_and_why(room: EngineRoom, store: MemoryStore) -> None:
    store.unreadable = True
    room.clock.advance(LOOK_EVERY_S)
    room.engine.step([])
    assert room.wire.devices["journal"]
    store.unreadable = False
    room.clock.advance(REBUILD_RETRY_S)
    room.engine.step([])
    assert "journal" not in room.wire.devices


def test_while_the_store_cannot_be_read_nothing_is_drawn(room: EngineRoom, store: MemoryStore) -> None:
    store.failing_commits, store.unreadable = 1, True
    room.ask(issue())
    room.wire.shown.clear()
    room.clock.advance(60)
    room.engine.step([Reconnected()])
    assert room.wire.shown == []
    store.unreadable = False
    room.clock.advance(60)
    room.engine.step([])
    assert len(room.wire.shown) == 1


def test_while_the_store_cannot_be_read_the_engine_rests_between_trials(room: EngineRoom, store: MemoryStore) -> None:
    store.failing_commits, store.unreadable = 1, True
    room.ask(issue())
    room.clock.advance(0.25)
    room.engine.step([])
    assert room.engine._until_next_tick() == pytest.approx(REBUILD_RETRY_S - 0.25)


def test_a_reconnect_while_the_store_cannot_be_read_is_made_up_for(room: EngineRoom, store: MemoryStore) -> None:
    store.failing_commits, store.unreadable = 1, True
    room.ask(issue())
    room.engine.step([Reconnected()])
    store.unreadable = False
    room.clock.advance(REBUILD_RETRY_S)
    room.engine.step([])
    assert any(shown.everything for shown in room.wire.shown)


# -- a fault nobody foresaw ---------------------------------------------------------------------------------------


def run_until_answered(room: EngineRoom, submissions: Sequence[Submission]) -> None:
    """Let the true loop of the engine work on what is queued."""
    for submission in submissions:
        room.engine.submit(submission)
    thread = threading.Thread(target=room.engine.run)
    thread.start()
    wait_until(lambda: len(room.wire.replies) >= len(submissions), "everyone is answered")
    room.engine.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_a_poisonous_request_hurts_nobody_else(room: EngineRoom) -> None:
    room.wire.poisonous = "poison"
    batch = [
        room.submission(issue(), request="before"),
        room.submission(issue(), request="poison"),
        room.submission(issue(), request="after"),
    ]
    run_until_answered(room, batch)
    replies = {reply["id"]: reply for _, reply in room.wire.replies}
    assert replies["before"]["number"] == "B-001"
    assert replies["poison"]["error"] == "not_ready"
    assert replies["after"]["number"] == "B-002"
    assert [recorded.seq for recorded in room.wire.told] == [1, 2]
    assert room.engine.failures == 2


def test_a_command_that_breaks_the_rules_of_python_hurts_nobody_else(room: EngineRoom) -> None:
    nonsense = cmd.Issue(str(uuid.uuid4()), ["not", "hashable"], None, None)  # type: ignore[arg-type]  # on purpose
    run_until_answered(room, [room.submission(nonsense, request="bad"), room.submission(issue(), request="good")])
    replies = {reply["id"]: reply for _, reply in room.wire.replies}
    assert replies["bad"]["error"] == "not_ready"
    assert replies["good"]["number"] == "B-001"


def test_a_picture_that_cannot_be_drawn_stops_no_request_and_does_not_spin(room: EngineRoom) -> None:
    room.wire.blind = True
    run_until_answered(room, [room.submission(issue(), request="good")])
    assert {reply["number"] for _, reply in room.wire.replies} == {"B-001"}
    assert room.hall.seq == 1
    assert room.engine.failures <= 2


@pytest.mark.parametrize("unsaid", [[Reconnected()], []], ids=["everything", "counters"])
def test_a_picture_that_could_not_be_drawn_is_made_up_for_at_the_next_heartbeat(
    room: EngineRoom, unsaid: list[Reconnected]
) -> None:
    room.clock.advance(1)
    room.wire.blind = True
    with pytest.raises(RuntimeError):
        room.engine.step([room.submission(issue()), *unsaid])
    room.wire.blind = False
    room.wire.shown.clear()
    room.engine.step([])
    assert room.wire.shown == []
    room.clock.advance(HEARTBEAT_S)
    room.engine.step([])
    assert [(shown.seq, shown.everything) for shown in room.wire.shown] == [(1, True)]


def test_a_journal_that_breaks_the_rebuilding_stops_nobody_and_does_not_spin(
    room: EngineRoom, store: MemoryStore
) -> None:
    store.failing_commits, store.incomprehensible = 1, True
    run_until_answered(room, [room.submission(issue(), request="lost")])
    assert {reply["error"] for _, reply in room.wire.replies} <= {"storage_failed", "not_ready"}
    assert room.engine.failures <= 2
    store.incomprehensible = False
    room.clock.advance(REBUILD_RETRY_S)
    assert room.ask(issue())["number"] == "B-001"


def test_more_requests_than_a_batch_holds_are_all_answered_in_order(room: EngineRoom) -> None:
    clients = ["kiosk-1", "kiosk-2", "kiosk-3"]
    asked = [room.submission(issue(), client=client) for client in clients for _ in range(MAX_BATCH)]
    run_until_answered(room, asked)
    for client in clients:
        answered = [reply["id"] for asker, reply in room.wire.replies if asker == client]
        assert answered == [submission.request_id for submission in asked if submission.client == client]
    assert room.hall.seq == len(asked)


def test_a_fault_while_the_left_are_closed_leaves_no_gap_in_seq(room: EngineRoom, store: MemoryStore) -> None:
    for _ in range(2):
        room.issue("collection")
    room.clock.advance(24 * 3600)
    store.breaking_commits = 1
    with pytest.raises(RuntimeError):
        room.engine.step([])
    room.clock.advance(HEARTBEAT_S)
    room.engine.step([])
    assert [recorded.seq for recorded in room.wire.told] == [1, 2, 3, 4]
    assert [ticket.state for ticket in room.hall.tickets.values()] == ["cancelled"] * 2


@pytest.mark.parametrize("fault", ["failing_commits", "breaking_commits"])
def test_whatever_goes_wrong_before_a_commit_is_over_drops_the_hall(
    room: EngineRoom, store: MemoryStore, fault: str
) -> None:
    room.issue()
    setattr(store, fault, 1)
    with contextlib.suppress(RuntimeError):
        room.engine.step([room.submission(issue())])
    room.issue()
    assert [recorded.seq for recorded in room.wire.told] == [1, 2]
    assert room.hall.seq == 2


# -- pictures -----------------------------------------------------------------------------------------------------


def test_a_change_is_shown_at_once_after_a_quiet_time(room: EngineRoom) -> None:
    room.clock.advance(1)
    room.wire.shown.clear()
    room.issue()
    assert [(shown.seq, shown.counters) for shown in room.wire.shown] == [(1, True)]


def test_a_burst_is_shown_no_faster_than_the_gap_and_its_end_always(room: EngineRoom) -> None:
    room.clock.advance(1)
    room.wire.shown.clear()
    for _ in range(100):
        room.issue()
        room.clock.advance(SNAPSHOT_GAP_S / 3)
    room.clock.advance(RUSH_GAP_S)
    room.engine.step([])
    moments = [shown.at.timestamp() for shown in room.wire.shown]
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(gaps) >= SNAPSHOT_GAP_S - 1e-5  # the clock has whole microseconds
    assert len(moments) <= 40
    assert room.wire.shown[-1].seq == 100


def test_the_hall_is_repeated_every_5_s_though_nothing_happens(room: EngineRoom) -> None:
    room.wire.shown.clear()
    for _ in range(100):
        room.clock.advance(0.2)
        room.engine.step([])
    assert [shown.counters for shown in room.wire.shown] == [False] * 4


def test_after_a_reconnect_everything_retained_is_said_again(room: EngineRoom) -> None:
    room.wire.shown.clear()
    room.engine.step([Reconnected()])
    assert [shown.everything for shown in room.wire.shown] == [True]


def test_a_reconnect_shows_what_its_own_batch_did(room: EngineRoom) -> None:
    room.wire.shown.clear()
    room.engine.step([Reconnected(), room.submission(issue())])
    assert [(shown.seq, shown.everything) for shown in room.wire.shown] == [(1, True)]


def test_a_restarted_engine_shows_the_hall_without_being_asked(room: EngineRoom) -> None:
    room.issue()
    room.restart()
    room.wire.shown.clear()
    room.engine.step([])
    assert [(shown.seq, shown.counters) for shown in room.wire.shown] == [(1, True)]


def test_a_rush_is_shown_ten_times_a_second_and_what_comes_after_it_at_once(room: EngineRoom) -> None:
    room.clock.advance(1)
    room.wire.shown.clear()
    for _ in range(100):
        room.issue()
        room.clock.advance(0.04)
    moments = [shown.at.timestamp() for shown in room.wire.shown]
    assert moments[1] - moments[0] < 0.05
    assert min(later - earlier for earlier, later in itertools.pairwise(moments[10:])) > RUSH_GAP_S - 1e-5
    room.clock.advance(1)
    room.engine.step([])
    room.wire.shown.clear()
    room.clock.advance(1)
    room.issue()
    assert len(room.wire.shown) == 1


class SlowWire(RecordingWire):
    """Pictures that take their time."""

    def __init__(self, clock: FakeClock, *, takes_s: float) -> None:
        super().__init__()
        self.clock, self.takes_s = clock, takes_s

    def show(self, hall: Hall, now: dt.datetime, *, unanswered_s: int = 0) -> None:
        """Let time pass meanwhile."""
        super().show(hall, now, unanswered_s=unanswered_s)
        self.clock.advance(self.takes_s)


@pytest.mark.parametrize("takes_s", [0.015, 0.03])
def test_the_longer_a_picture_takes_the_longer_the_next_one_waits(takes_s: float) -> None:
    """However large the office is, hall and counters take their share of the engine's time at most."""
    clock = FakeClock()
    wire = SlowWire(clock, takes_s=takes_s)
    room = EngineRoom(wire=wire, clock=clock)
    room.engine.step([])
    wire.shown.clear()
    begun = clock.monotonic()
    while clock.monotonic() - begun < 10:
        room.issue()
        clock.advance(0.001)
    assert 0.8 * SNAPSHOT_SHARE <= len(wire.shown) * takes_s / 10 <= 1.05 * SNAPSHOT_SHARE
    assert pytest.approx(0.1) == SNAPSHOT_SHARE + PLACES_SHARE + BOARD_SHARE, "a tenth, with all that comes behind"


# -- while nobody waits ---------------------------------------------------------------------------------------------


def test_while_nobody_waits_the_hall_is_played_to_its_end() -> None:
    """So nobody who asks next waits for it; what is told is the same."""
    room = EngineRoom()
    room.sign_in()
    for _ in range(MOST_CALLS + 6):
        room.issue()
    ahead = room.hall.played
    assert ahead is not None
    assert not ahead.play(1)
    room.clock.advance(0.3)
    room.issue()
    assert room.hall.played is ahead, "the newcomer was told from what was played before"
    newcomer = "check", "visa", "regular", ""
    assert ahead.newcomer(newcomer) == Forward(room.hall, room.clock.now()).newcomer(newcomer)


def test_a_request_that_waits_is_not_kept_waiting_by_what_can_be_done_later() -> None:
    room = EngineRoom()
    room.sign_in()
    room.tidied.clear()
    room.clock.advance(10)
    room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))
    room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))
    first, *_ = room.engine.take(0)
    room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))
    room.engine.step([first])
    assert not room.tidied
    room.engine.step(room.engine.take(0))
    assert len(room.tidied) == 1
    room.engine.step([])
    assert len(room.tidied) == 1, "once a second is enough"
    room.clock.advance(1)
    room.engine.step([])
    assert len(room.tidied) == 2


class PressedWire(RecordingWire):
    """Draws three counters, one after the other, while requests come in."""

    def __init__(self) -> None:
        super().__init__()
        self.comes: Callable[[], object] = lambda: None
        self.left = 0

    def show_counters(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Draw those that are left."""
        super().show_counters(hall, now, is_pressed=is_pressed)
        self.left = self.left or 3
        while self.left:
            self.left -= 1
            self.diary.append("counter")
            self.comes()
            if is_pressed():
                return False
        return True


def test_who_asks_while_counters_are_drawn_is_answered_first_and_the_rest_is_drawn_then() -> None:
    wire = PressedWire()
    room = EngineRoom(wire=wire)
    room.engine.step([])
    room.clock.advance(1)
    wire.comes = lambda: room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))
    wire.diary.clear()
    room.issue()
    wire.comes = lambda: None
    room.engine.step(room.engine.take(0))
    told = [line for line in wire.diary if not line.startswith("event")]
    assert told == ["reply kiosk-1", "show", "counter", "reply kiosk-1", "counter", "counter"]


def test_counters_do_not_wait_for_ever_where_there_is_always_somebody_who_asks() -> None:
    wire = PressedWire()
    room = EngineRoom(wire=wire)
    room.engine.step([])
    room.clock.advance(1)
    wire.comes = lambda: room.engine.submit(room.submission(cmd.Issue(str(uuid.uuid4()), "visa", None, None)))
    room.issue()
    wire.diary.clear()
    begun = room.clock.monotonic()
    while wire.left:
        room.clock.advance(0.01)
        room.engine.step(room.engine.take(0))
    assert room.clock.monotonic() - begun <= COUNTERS_WAIT_S + 0.02
