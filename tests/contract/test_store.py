"""What an engine may rely on, whatever keeps its truth."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.feedback import commands as fb
from broker.domain.hall import Hall
from broker.domain.model import Journey
from broker.ports import Recorded, StorageError, Store, Work
from broker.reports.facts import facts_of
from broker.reports.fold import carry_of
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.dispatch import POLICIES
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import (
    HELD,
    book_of,
    casebook_office,
    complain,
    finished,
    look,
    move,
    rate,
    said,
    staff_in,
)
from tests.fakes.halls import contents
from tests.fakes.offices import small_office
from tests.fakes.store import MemoryStore

DAY_S = 24 * 3600


@dataclass
class Disk:
    """Somewhere to keep a store; `reopen` is what a new process would see."""

    reopen: Callable[[], Store]
    break_next_commit: Callable[[Store], None]


@pytest.fixture(params=["memory", "sql"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "memory":
        kept = MemoryStore()
        yield Disk(lambda: kept, lambda _: setattr(kept, "failing_commits", 1))
        return
    opened: list[SqlStore] = []

    def reopen() -> SqlStore:
        while opened:
            opened.pop().close()
        opened.append(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", key=OfficeKey(tmp_path / "office.key")))
        return opened[0]

    yield Disk(reopen, _let_the_next_commit_fail)
    opened[0].close()


def _let_the_next_commit_fail(store: Store) -> None:
    """Take away the last table that a commit writes, and give it back when it has failed."""
    assert isinstance(store, SqlStore)
    connection = store._connection
    connection.exec_driver_sql(
        "CREATE TRIGGER full BEFORE INSERT ON replies BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
    )
    connection.commit()
    commit = store.commit

    def fail_once(work: Work) -> None:
        try:
            commit(work)
        finally:
            connection.exec_driver_sql("DROP TRIGGER full")
            connection.commit()
            store.commit = commit  # type: ignore[method-assign]  # back to what it was

    store.commit = fail_once  # type: ignore[method-assign]  # one failure, then the real thing


@pytest.fixture
def room(disk: Disk) -> EngineRoom:
    return EngineRoom(store=disk.reopen())


def after_restart(room: EngineRoom, disk: Disk) -> EngineRoom:
    """Return a room whose engine was rebuilt from what is kept, at the same moment."""
    return EngineRoom(store=disk.reopen(), clock=room.clock, office=room.office, sessions=room.sessions, ids=room.ids)


def _same_after_restart(room: EngineRoom, disk: Disk) -> EngineRoom:
    live = contents(room.hall)
    again = after_restart(room, disk)
    assert contents(again.hall) == live
    return again


def test_the_rebuilt_hall_is_the_live_one(room: EngineRoom, disk: Disk) -> None:
    a_busy_day(room)
    live = contents(room.hall)
    assert len(live["tickets"]) == 5
    assert live["missed"]
    assert contents(after_restart(room, disk).hall) == live


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_day_of_journeys_is_rebuilt_whatever_the_policy(disk: Disk, policy: str) -> None:
    office = small_office(policy=POLICIES[policy], journey=Journey(rejoin_behind=1))
    room = EngineRoom(store=disk.reopen(), office=office)
    a_day_of_journeys(room)
    live = contents(room.hall)
    assert live["held"]
    assert live["missed"]
    assert live["undoable"]
    assert any(key[3] for key in live["groups"]), "somebody waits for one counter"
    again = EngineRoom(store=disk.reopen(), clock=room.clock, office=office)
    assert contents(again.hall) == live


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_morning_after_is_rebuilt_whatever_the_policy(disk: Disk, policy: str) -> None:
    """What is read again begins some hours ago: nothing of today may hang on what was before."""
    office = small_office(policy=POLICIES[policy])
    room = EngineRoom(store=disk.reopen(), office=office)
    a_day_of_journeys(room)
    for night in range(3):
        room.clock.advance(DAY_S)
        for _ in range(2):
            room.issue("visa", "priority")
            room.issue("passport")
        room.ask(cmd.Finish("c1", room.sessions["c1"]))
        room.call_next("c1")
        room.clock.advance(40 + night)
        again = EngineRoom(store=disk.reopen(), clock=room.clock, sessions=room.sessions, ids=room.ids, office=office)
        assert contents(again.hall) == contents(room.hall)
        room = again


def test_an_action_can_be_taken_back_after_a_restart(room: EngineRoom, disk: Disk) -> None:
    room.sign_in("c1")
    ticket = room.issue("passport")
    room.call_next("c1")
    room.start("c1")
    before = room.hall.tickets[ticket]
    room.finish("c1")
    again = after_restart(room, disk)
    again.clock.advance(30)
    assert again.ask(cmd.Undo("c1", again.sessions["c1"]))["events"] == ["undone"]
    after = again.hall.tickets[ticket]
    assert (after.state, after.stage, after.counter) == (before.state, before.stage, before.counter)
    assert contents(after_restart(again, disk).hall) == contents(again.hall)


def test_who_was_sent_to_a_counter_falls_back_after_a_restart_too(room: EngineRoom, disk: Disk) -> None:
    room.sign_in("c1", "sari")
    room.sign_in("c2", "budi")
    ticket = room.issue("passport")
    room.call_next("c2")
    room.ask(cmd.Transfer("c2", room.sessions["c2"], to_counter="c1"))
    again = after_restart(room, disk)
    assert again.call_next("c2")["events"] == []
    again.clock.advance(again.office.journey.sent_fallback_s)
    assert again.call_next("c2")["number"] == again.hall.tickets[ticket].number


def test_the_rebuilt_hall_is_the_live_one_after_two_nights_with_tickets_left_over(room: EngineRoom, disk: Disk) -> None:
    a_busy_day(room)
    room.clock.advance(DAY_S)
    room.issue("visa")
    room.finish("c1")
    for _ in range(4):
        room.call_next("c1")
        room.start("c1")
        room.clock.advance(100)
        room.finish("c1")
        room = _same_after_restart(room, disk)
    room.clock.advance(DAY_S)
    room.issue("visa")
    _same_after_restart(room, disk)


def test_a_visitor_of_days_ago_served_today_counts_after_a_restart(room: EngineRoom, disk: Disk) -> None:
    """Issued before anything of today, and done: nothing of the day may hang on its first event."""
    left_over = room.issue("visa")
    room.clock.advance(3 * DAY_S)
    room.sign_in("c1", "sari")
    room.issue("collection")
    room.call_next("c1")
    room.start("c1")
    room.clock.advance(240)
    room.finish("c1")
    assert room.hall.desks["c1"].served_today == 1
    again = after_restart(room, disk)
    assert contents(again.hall) == contents(room.hall)
    assert again.hall.find(left_over) is not None


def test_a_closed_day_leaves_nothing_to_rebuild_but_the_next_seq(room: EngineRoom, disk: Disk) -> None:
    room.sign_in("c1")
    room.issue("visa")
    room.call_next("c1")
    room.finish("c1")
    room.ask(cmd.Close("c1", room.sessions["c1"]))
    seq = room.hall.seq
    room.clock.advance(3 * DAY_S)
    again = after_restart(room, disk)
    again.issue("visa")
    assert again.hall.seq == seq + 2, "the number, and behind it that the day before was closed"
    assert [ticket.number for ticket in again.hall.tickets.values()] == ["B-001"]


def test_seq_and_numbers_go_on_after_a_restart(room: EngineRoom, disk: Disk) -> None:
    room.issue("visa")
    room.issue("visa")
    again = after_restart(room, disk)
    again.issue("visa")
    assert [ticket.number for ticket in again.hall.tickets.values()] == ["B-001", "B-002", "B-003"]
    assert again.hall.seq == 3


def test_a_closed_day_and_the_lines_behind_it_are_there_after_a_restart(room: EngineRoom, disk: Disk) -> None:
    a_busy_day(room)
    room.clock.advance(DAY_S)
    room.engine.step([])
    room.issue("visa")
    for _ in range(2):
        room.clock.advance(61)
        room.engine.step([])
    carried = disk.reopen().carry()
    assert carried is not None
    carry = carry_of(carried)
    assert (carry.day, carry.last_seq) == (MORNING.date(), 23)
    (first, second) = disk.reopen().lines(carry.last_seq, most=2)
    assert (first.seq, first.client, type(first.event)) == (24, "kiosk-1", ev.Issued)
    assert (second.seq, type(second.event)) == (25, ev.DayClosed)
    (kept,) = disk.reopen().closed_days(MORNING.date(), MORNING.date() + dt.timedelta(days=5))
    assert facts_of(kept).day == MORNING.date()
    assert not disk.reopen().closed_days(MORNING.date() + dt.timedelta(days=1), MORNING.date() + dt.timedelta(days=5))


def test_lent_numbers_outlive_a_restart_until_the_day_after_theirs_is_over(disk: Disk) -> None:
    room = EngineRoom(store=disk.reopen(), office=small_office(kiosks=frozenset({"kiosk-1"})))
    room.issue("visa")
    lease = cmd.Lease("visa", "regular", 0, "kiosk-1", "chance")
    room.ask(lease, request="lease-1")
    room.ask(lease, request="lease-1")
    first, *others = room.hall.lent.values()
    came_at = room.clock.now() + dt.timedelta(minutes=5)
    room.clock.advance(DAY_S)
    room.issue("collection")
    room = _same_after_restart(room, disk)
    blank = first.blank
    number = f"{first.series}-{blank.sequence}"
    paper = cmd.HandIn(
        *(blank.ticket, first.day.isoformat(), number, "visa", "regular", blank.check, came_at),
        key=blank.key,
        asker="kiosk-1",
    )
    assert "error" not in room.ask(paper)
    assert room.ask(paper)["error"] == "already_given"
    taken_in = room.hall.tickets[blank.ticket]
    assert (taken_in.number, taken_in.issued_at, taken_in.key) == ("B-900", came_at, blank.key)
    room = _same_after_restart(room, disk)
    assert set(room.hall.lent) == {one.blank.ticket for one in others}
    room.clock.advance(DAY_S)
    room.engine.step([])
    assert not room.hall.lent
    assert room.ask(replace(paper, ticket=others[0].blank.ticket, number="B-901"))["error"] == "too_late"
    _same_after_restart(room, disk)


def test_a_remembered_reply_survives_a_restart(room: EngineRoom, disk: Disk) -> None:
    ask = cmd.Issue(str(uuid.uuid4()), "visa", None, None)
    first = room.ask(ask, request="same")
    again = after_restart(room, disk)
    repeated = again.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None), request="same")
    assert repeated == first
    assert len(again.hall.tickets) == 1


def test_tickets_that_wait_live_through_midnight_and_a_restart(room: EngineRoom, disk: Disk) -> None:
    waiting = room.issue("visa")
    room.clock.advance(DAY_S)
    again = after_restart(room, disk)
    again.sign_in("c1")
    today = again.issue("visa")
    assert again.hall.tickets[waiting].number == again.hall.tickets[today].number == "B-001"
    again.call_next("c1")
    assert again.hall.desks["c1"].ticket == waiting


def test_a_session_lives_through_a_restart(room: EngineRoom, disk: Disk) -> None:
    room.sign_in("c1")
    room.issue("visa")
    again = after_restart(room, disk)
    assert again.call_next("c1")["number"] == "B-001"


def test_a_failing_commit_leaves_nothing(room: EngineRoom, disk: Disk) -> None:
    room.issue("visa")
    before = contents(room.hall)
    disk.break_next_commit(room.store)
    reply = room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None), request="lost")
    assert reply["error"] == "storage_failed"
    assert contents(room.hall) == before
    assert ("kiosk-1", "lost") not in set(room.store.known_requests())
    assert contents(after_restart(room, disk).hall) == before


def test_after_a_failing_commit_the_next_one_works_and_the_number_is_used(room: EngineRoom, disk: Disk) -> None:
    disk.break_next_commit(room.store)
    room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))
    room.issue("visa")
    again = after_restart(room, disk)
    assert [ticket.number for ticket in again.hall.tickets.values()] == ["B-001"]
    assert again.hall.seq == 1


def test_the_same_number_twice_in_a_day_is_refused(disk: Disk) -> None:
    store = disk.reopen()
    store.commit(_work(_issued(1, "visa-1")))
    with pytest.raises(StorageError):
        store.commit(_work(_issued(2, "visa-2")))
    assert store.past().last_seq == 1


def test_the_same_number_on_another_day_is_none_of_that(disk: Disk) -> None:
    store = disk.reopen()
    store.commit(_work(_issued(1, "visa-1")))
    store.commit(_work(_issued(2, "visa-2", at=MORNING + dt.timedelta(days=1))))
    assert [event.ticket for _, event in store.past().events if isinstance(event, ev.Issued)] == ["visa-1", "visa-2"]


def test_replies_are_forgotten_by_age(disk: Disk) -> None:
    store = disk.reopen()
    for hours, request in ((0, "old"), (5, "new")):
        work = Work(MORNING + dt.timedelta(hours=hours))
        work.replies[("kiosk-1", request)] = request.encode()
        store.commit(work)
    store.forget_replies(MORNING + dt.timedelta(hours=1), most=100)
    assert list(store.known_requests()) == [("kiosk-1", "new")]
    assert store.reply(("kiosk-1", "old")) is None
    assert store.reply(("kiosk-1", "new")) == b"new"


def test_of_too_many_replies_the_oldest_are_forgotten(disk: Disk) -> None:
    store = disk.reopen()
    for minute in range(10):
        work = Work(MORNING + dt.timedelta(minutes=minute))
        work.replies[("loop", str(minute))] = b"no"
        store.commit(work)
    store.forget_replies(MORNING, most=10)
    assert len(list(store.known_requests())) == 10
    store.forget_replies(MORNING, most=3)
    assert sorted(store.known_requests()) == [("loop", "7"), ("loop", "8"), ("loop", "9")]


def test_who_asks_in_a_loop_makes_nobody_elses_replies_go(disk: Disk) -> None:
    store = disk.reopen()
    asked = ["kiosk-1", "kiosk-2", "kiosk-1", *["loop"] * 6, "kiosk-1", *["gong"] * 4]
    for minute, client in enumerate(asked):
        work = Work(MORNING + dt.timedelta(minutes=minute))
        work.replies[(client, str(minute))] = b"yes"
        store.commit(work)
    store.forget_replies(MORNING, most=10)
    left = sorted(int(request) for _, request in store.known_requests())
    assert left == [0, 1, 2, 6, 7, 8, 9, 11, 12, 13], "whoever has little has it all; the others as much as each other"
    store.forget_replies(MORNING, most=0)
    assert list(store.known_requests()) == []


def test_replies_of_two_clients_with_the_same_request_id_are_two(disk: Disk) -> None:
    store = disk.reopen()
    work = Work(MORNING)
    work.replies[("kiosk-1", "1")] = b"one"
    work.replies[("kiosk-2", "1")] = b"two"
    store.commit(work)
    assert store.reply(("kiosk-1", "1")) == b"one"
    assert store.reply(("kiosk-2", "1")) == b"two"


def _issued(seq: int, ticket: str, at: dt.datetime = MORNING) -> Recorded:
    office = small_office()
    event = ev.Issued(
        at=at,
        ticket=ticket,
        number="B-001",
        day=office.day(at),
        series="B",
        sequence=1,
        service="visa",
        lane="regular",
        language="id",
        stage="check",
    )
    hall = Hall(office)
    apply(hall, event)
    return Recorded(seq, event, "kiosk-1", hall.tickets[ticket])


def _work(*recorded: Recorded) -> Work:
    return Work(recorded[0].event.at, list(recorded))


def test_a_chosen_pin_is_kept_with_what_happened_or_not_at_all(disk: Disk) -> None:
    store = disk.reopen()
    first, second = cmd.NewPin("a hash", "a seed"), cmd.NewPin("another hash", "a seed")
    changed = ev.PinChanged(at=MORNING, counter="c1", officer="sari")
    store.commit(Work(MORNING, [Recorded(1, changed, "counter-1", None)], pins={"sari": first}))
    assert store.pins() == {"sari": first}
    disk.break_next_commit(store)
    with pytest.raises(StorageError):
        store.commit(
            Work(MORNING, [Recorded(2, changed, "counter-1", None)], {("c", "r"): b"{}"}, pins={"sari": second})
        )
    assert disk.reopen().pins() == {"sari": first}
    store = disk.reopen()
    store.commit(Work(MORNING, [Recorded(2, changed, "counter-1", None)], pins={"sari": second, "budi": first}))
    store = disk.reopen()
    assert store.pins() == {"sari": second, "budi": first}
    store.forget_officers({"sari", "dewi"})
    assert store.pins() == {"sari": second}
    assert disk.reopen().pins() == {"sari": second}


# -- feedback -------------------------------------------------------------------------------------------------------


@pytest.fixture
def heard(disk: Disk) -> EngineRoom:
    return EngineRoom(office=casebook_office(), store=disk.reopen())


def a_day_of_feedback(room: EngineRoom) -> str:
    """Let visitors and staff say all that they can; return the number of a complaint that goes on."""
    room.sign_in("c1", "sari")
    rate(room, finished(room), 3)
    rate(room, finished(room), 1, text="It took long.")
    session, gone = staff_in(room, "budi"), staff_in(room, "dewi")
    room.ask(cmd.StaffOut(gone))
    for row in ("a", "b"):
        room.ask(fb.Suggest(f"More chairs {row}", "visa", "en", row))
    room.ask(fb.MarkSuggestion(session, "a", ("chairs",), is_read=True))
    first, second, third = (complain(room, contact="0812", ticket="A-012") for _ in range(3))
    move(room, first, "forward", session=session, to="Kantor Wilayah")
    move(room, first, "answer", session=session, text="Sorry.")
    move(room, first, "reply", secret=HELD, text="Why?")
    move(room, second, "merge", session=session, into=first)
    move(room, third, "answer", session=session, text="Sorry.")
    room.clock.advance(20 * DAY_S)
    room.engine.step([])
    assert book_of(room).complaints[third].state == "closed"
    return first


def test_what_was_said_is_the_same_after_a_restart(heard: EngineRoom, disk: Disk) -> None:
    number = a_day_of_feedback(heard)
    heard.ask(cmd.StaffIn("dewi", "1234", "token"))  # whose sign-in lets go of sessions that are over
    heard.engine._forget_feedback()
    before = said(book_of(heard))
    again = after_restart(heard, disk)
    assert said(book_of(again)) == before
    assert [look(again, number, secret=HELD, step=step).get("text") for step in range(4)] == [
        "It was slow.",
        None,
        "Sorry.",
        "Why?",
    ]


@pytest.mark.parametrize("command", ["rate", "suggest", "complain", "answer"])
def test_of_what_could_not_be_written_nothing_is_left(heard: EngineRoom, disk: Disk, command: str) -> None:
    heard.sign_in("c1", "sari")
    ticket, number, session = finished(heard), complain(heard), staff_in(heard)
    asked: dict[str, fb.FeedbackCommand] = {
        "rate": fb.Rate(ticket, 2, text="Slow.", asker="kiosk-1", row="x", words_row="row"),
        "suggest": fb.Suggest("More chairs", row="row"),
        "complain": fb.Complain("complaint", "Again.", "0812", ticket="A-012", secret=HELD),
        "answer": fb.MoveComplaint(number, "answer", "Sorry.", session=session),
    }
    before, seq = said(book_of(heard)), heard.hall.seq
    disk.break_next_commit(heard.store)
    assert heard.ask(asked[command], request="first")["error"] == "storage_failed"
    assert (said(book_of(heard)), heard.hall.seq) == (before, seq)
    again = after_restart(heard, disk)
    assert said(book_of(again)) == before
    assert list(again.store.words(["s/row", "c/2026-0002/0", f"c/{number}/1"])) == []
    done = again.ask(asked[command], request="first")
    assert "error" not in done
    assert again.ask(asked[command], request="first") == done
    assert again.hall.seq == seq + 1


def test_what_is_erased_is_gone_for_every_reader(heard: EngineRoom, disk: Disk) -> None:
    a_day_of_feedback(heard)
    ids = ["s/a", "c/2026-0002/0", "c/2026-0003/contact"]
    assert len(heard.store.words(ids)) == 3
    heard.clock.advance(400 * DAY_S)
    heard.engine.step([])
    again = after_restart(heard, disk)
    assert again.store.words(ids) == {}
    assert list(book_of(again).complaints) == ["2026-0001"]
    assert again.store.words(["c/2026-0001/0"]) == {"c/2026-0001/0": "It was slow."}
