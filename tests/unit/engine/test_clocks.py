"""Whatever the clock does: nobody is cancelled by it, no number lives twice, no office closes, and staff hear of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.bootstrap.clock_file import ClockFile
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.model import DONE, Hours
from broker.engine import HEARTBEAT_S
from broker.office_time import ANY_TIME, JUMP_S, OfficeTime
from broker.ports import Recorded, Work
from broker.store.sql import SqlStore
from hardware.boot import since_boot_s
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import small_office
from tests.fakes.store import MemoryStore
from tests.support.trials import examples

HOUR_S, DAY_S = 3600.0, 24 * 3600.0
DAYTIME = Hours({weekday: ((dt.time(7), dt.time(16)),) for weekday in range(7)})


def set_clock(room: EngineRoom, seconds: float) -> None:
    """Set the wall clock, and let the engine look at it."""
    room.clock.set_back(-seconds)
    room.engine.step([])


def night_watch(room: EngineRoom) -> None:
    """Let the engine do what is due by time."""
    for _ in range(3):
        room.clock.advance(HEARTBEAT_S)
        room.engine.step([])


def numbers(room: EngineRoom) -> list[str]:
    return [recorded.event.number for recorded in room.wire.told if isinstance(recorded.event, ev.Issued)]


def live(room: EngineRoom) -> list[str]:
    return [ticket.number for ticket in room.hall.tickets.values() if ticket.state not in DONE]


# -- the public reports ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("by_s", [DAY_S, -DAY_S, 26 * HOUR_S, -26 * HOUR_S, 400 * DAY_S, -400 * DAY_S])
def test_a_clock_that_is_put_right_cancels_nobody_and_gives_no_number_twice(by_s: float, *, restarts: bool) -> None:
    room = EngineRoom()
    for _ in range(3):
        room.issue()
    room.clock.set_back(-by_s)
    if restarts:
        room.restart()
    night_watch(room)
    assert live(room) == ["B-001", "B-002", "B-003"]
    for _ in range(3):
        room.issue()
    assert live(room) == [f"B-00{number}" for number in range(1, 7)]


def test_an_office_whose_clock_was_a_day_ahead_once_is_not_closed() -> None:
    room = EngineRoom(office=small_office(hours=DAYTIME))
    room.issue()
    set_clock(room, 26 * HOUR_S)
    room.issue()
    set_clock(room, 12 * HOUR_S)
    room.issue()
    set_clock(room, -38 * HOUR_S)
    for _ in range(4):
        room.clock.advance(HOUR_S)
        room.issue()
    assert numbers(room) == [f"B-00{number}" for number in range(1, 8)]


def test_when_the_day_has_turned_in_earnest_everything_is_as_ever() -> None:
    room = EngineRoom(office=small_office(hours=DAYTIME))
    room.issue("collection")
    set_clock(room, 2 * DAY_S)
    room.clock.advance(16 * HOUR_S)
    night_watch(room)
    assert live(room) == []
    assert room.ask(cmd.Issue("t", "visa", None, None))["error"] == "service_closed"
    room.clock.advance(8 * HOUR_S)
    room.issue()
    assert numbers(room) == ["J-001", "B-001"]
    night_watch(room)
    assert "clock" not in room.wire.devices, "staff have nothing to know of it any more"


def test_a_session_outlives_a_clock_that_is_set() -> None:
    room = EngineRoom()
    room.sign_in()
    room.issue()
    for by_s in (3 * DAY_S, -5 * DAY_S, 2 * DAY_S):
        set_clock(room, by_s)
        night_watch(room)
    assert room.call_next()["number"] == "B-001"


@pytest.mark.parametrize("by_s", [3 * DAY_S, -3 * DAY_S])
def test_numbers_that_were_lent_are_known_after_a_clock_was_set_by_days_and_a_restart(
    tmp_path: Path, by_s: float
) -> None:
    """The day is the same one: lent anew, two kiosks would print them."""
    office = small_office(kiosks=frozenset({"kiosk-1", "kiosk-2"}))
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")) as store:
        room = EngineRoom(store=store, office=office)
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
        lent, known = set(room.hall.lent), store.given
        room.clock.advance(HOUR_S)
        set_clock(room, by_s)
        room.issue()
        room.restart()
        assert set(room.hall.lent) == lent
        room.ids = iter(range(500, 510))
        room.ask(cmd.Lease("visa", "regular", 0, "kiosk-2", "another chance"))
        assert len({one.blank.sequence for one in room.hall.lent.values()}) == 2 * len(lent)
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")) as store:
        assert store.given.in_advance["B"] == known.in_advance["B"] + len(lent)
        assert store.tickets_there(lent).keys() == lent


@pytest.mark.parametrize("by_s", [3 * DAY_S, -3 * DAY_S])
def test_numbers_that_were_passed_over_are_known_after_a_clock_was_set_by_days(tmp_path: Path, by_s: float) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")) as store:
        room = EngineRoom(store=store)
        room.issue()
        if by_s < 0:
            set_clock(room, by_s)
        at = room.clock.now()
        skipped = ev.NumbersSkipped(at=at, day=MORNING.date(), numbers={"B": 40}, in_advance={"B": 904}, why="recover")
        store.commit(Work(at=at, events=[Recorded(room.hall.seq + 1, skipped, "broker", None)]))
        known = store.given
        room.restart()
        if by_s > 0:
            set_clock(room, by_s)
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")) as store:
        assert store.given == known
        assert (store.given.numbers["B"], store.given.in_advance["B"]) == (40, 904)


def test_waits_and_the_order_of_turns_stay_as_they_were() -> None:
    room = EngineRoom()
    room.sign_in()
    room.issue()
    room.clock.advance(600)
    priority = room.issue(lane="priority")
    room.clock.advance(300)
    for by_s in (-HOUR_S, 30 * DAY_S, -29 * DAY_S):
        set_clock(room, by_s)
    room.clock.advance(300)
    room.call_next()
    event = room.wire.told[-1].event
    assert isinstance(event, ev.Called)
    assert (event.ticket, event.reason.waited_s) == (priority, 600)


def test_the_last_action_can_be_taken_back_as_long_as_ever() -> None:
    room = EngineRoom()
    room.sign_in()
    room.issue()
    room.call_next()
    set_clock(room, DAY_S)
    room.clock.advance(29)
    assert "error" not in room.ask(cmd.Undo("c1", room.sessions["c1"]))


def test_a_request_that_was_answered_is_done_once_though_the_clock_says_weeks_have_passed() -> None:
    room = EngineRoom()
    one = room.submission(cmd.Issue("00000000-0000-0000-0000-00000000aaaa", "visa", None, None))
    first = room.ask_all(one)
    set_clock(room, 30 * DAY_S)
    room.clock.advance(2 * HOUR_S)
    room.engine.step([])
    assert room.ask_all(one) == first


def test_staff_hear_of_it_and_the_journal_has_it() -> None:
    room = EngineRoom()
    room.issue()
    set_clock(room, -7200)
    assert room.wire.devices["clock"] == "jumped by -7200 s at 2026-03-02 06:00:00"
    (event,) = [recorded.event for recorded in room.wire.told if isinstance(recorded.event, ev.ClockSet)]
    assert (event.by_s, event.at) == (-7200.0, room.clock.now())
    assert [recorded.seq for recorded in room.wire.told] == [1, 2]
    room.wire.devices.clear()
    room.restart()
    assert room.wire.devices["clock"] == "was set at 2026-03-02 06:00:00", "as long as the day goes on by it"


def test_a_disk_that_refuses_keeps_the_old_time_until_it_is_written_down() -> None:
    store = MemoryStore()
    room = EngineRoom(store=store)
    room.issue()
    store.failing_commits = 1
    set_clock(room, 2 * DAY_S)
    room.clock.advance(1)
    room.engine.step([])
    assert [type(recorded.event) for recorded in room.wire.told] == [ev.Issued, ev.ClockSet]
    room.issue()
    assert live(room) == ["B-001", "B-002"]


# -- what is no jump ------------------------------------------------------------------------------------------------


def test_a_clock_that_drifts_is_followed_and_never_backwards() -> None:
    room = EngineRoom()
    for drift_s in (-30, -20, 15, -40, 59):
        room.clock.set_back(-drift_s)
        room.issue()
        room.clock.advance(120)
    times = [recorded.event.at for recorded in room.wire.told]
    assert times == sorted(times)
    assert "clock" not in room.wire.devices


def test_while_a_clock_that_is_a_little_behind_catches_up_waits_grow_at_half_the_pace() -> None:
    clock = FakeClock()
    time = OfficeTime(clock.now, clock.monotonic)
    clock.set_back(40)
    seen = []
    for _ in range(5):
        clock.advance(20)
        seen.append((time.now() - MORNING).total_seconds())
    assert seen == [10, 20, 30, 40, 60]


def test_a_night_in_which_nothing_ran_is_a_night() -> None:
    room = EngineRoom()
    room.issue()
    room.clock.advance(23 * HOUR_S)
    room.restart()
    night_watch(room)
    assert live(room) == []
    room.issue()
    assert numbers(room) == ["B-001", "B-001"]
    assert "clock" not in room.wire.devices


def test_where_the_machine_was_restarted_too_a_clock_ahead_is_time_that_has_passed_and_one_behind_was_set() -> None:
    for by_s, left in ((DAY_S, 0), (-DAY_S, 1)):
        room = EngineRoom()
        room.issue()
        room.mark.begun_s = None
        room.clock.set_back(-by_s)
        room.restart()
        night_watch(room)
        assert len(live(room)) == left


def test_what_is_believed_of_the_clock_is_kept_until_the_machine_is_started_anew(
    tmp_path: Path,
) -> None:
    boot = tmp_path / "boot_id"
    boot.write_text("one\n", encoding="ascii")
    kept = ClockFile(tmp_path / "clock.json", boot=boot)
    assert kept.load() is None
    kept.save(1234.5)
    assert kept.load() == 1234.5
    boot.write_text("two\n", encoding="ascii")
    assert kept.load() is None
    (tmp_path / "clock.json").write_text("{}", encoding="ascii")
    assert kept.load() is None
    assert ClockFile(tmp_path / "none.json", boot=tmp_path / "no").load() is None
    assert since_boot_s() <= since_boot_s()


def test_a_machine_without_a_clock_of_its_own_that_is_told_the_time_after_its_start_was_off_meanwhile() -> None:
    """It wakes up with the time at which it was switched off, and hears a minute later that it is the next morning."""
    room = EngineRoom()
    room.issue("collection")
    room.mark.begun_s = None
    room.clock.advance(60)
    room.restart()
    night_watch(room)
    assert len(live(room)) == 1
    set_clock(room, DAY_S)
    night_watch(room)
    assert live(room) == []
    room.issue("collection")
    assert numbers(room) == ["J-001", "J-001"]


# -- a step that is not believed yet --------------------------------------------------------------------------------

BELIEVE_S = 600.0


def doubting(*, clock: FakeClock | None = None, earliest: dt.datetime = ANY_TIME) -> EngineRoom:
    office = small_office(hours=DAYTIME)
    return EngineRoom(office=office, believe_after_s=BELIEVE_S, clock=clock or FakeClock(), earliest=earliest)


def clock_sets(room: EngineRoom) -> list[float]:
    return [recorded.event.by_s for recorded in room.wire.told if isinstance(recorded.event, ev.ClockSet)]


@pytest.mark.parametrize("lasts_s", [0.1, BELIEVE_S - 1])
@pytest.mark.parametrize("by_s", [DAY_S, -DAY_S, 36 * 365 * DAY_S, -56 * 365 * DAY_S, 2 * HOUR_S])
def test_a_large_step_that_does_not_last_changes_nothing_but_that_staff_are_told(by_s: float, lasts_s: float) -> None:
    room = doubting()
    room.issue()
    before = room.engine.now()
    set_clock(room, by_s)
    said = (before + dt.timedelta(seconds=by_s)).astimezone(room.office.zone)
    assert room.wire.devices["clock"] == f"doubted, it says {said:%Y-%m-%d %H:%M:%S}"
    room.clock.advance(lasts_s)
    room.issue()
    assert (room.engine.now() - before).total_seconds() == pytest.approx(lasts_s)
    set_clock(room, -by_s)
    night_watch(room)
    assert "clock" not in room.wire.devices
    room.issue()
    assert (clock_sets(room), numbers(room)) == ([], ["B-001", "B-002", "B-003"])


def test_an_undo_is_by_the_office_s_own_time_while_the_clock_is_doubted() -> None:
    room = doubting()
    room.sign_in()
    room.issue()
    room.call_next()
    room.clock.advance(29)
    set_clock(room, -2 * HOUR_S)
    room.clock.advance(4)
    assert room.ask(cmd.Undo("c1", room.sessions["c1"]))["error"] == "nothing_to_undo"


@pytest.mark.parametrize("by_s", [DAY_S, -2 * HOUR_S])
def test_a_large_step_that_lasts_is_believed(by_s: float) -> None:
    room = doubting()
    room.issue()
    set_clock(room, by_s)
    room.clock.advance(BELIEVE_S / 2)
    set_clock(room, 100.0)  # another step: it begins to last anew
    room.clock.advance(BELIEVE_S - 1)
    room.engine.step([])
    assert clock_sets(room) == []
    room.clock.advance(1)
    room.engine.step([])
    assert clock_sets(room) == [by_s + 100]
    assert room.wire.devices["clock"].startswith("jumped by")


def test_a_small_step_is_believed_at_once_as_ever() -> None:
    room = doubting()
    room.issue()
    set_clock(room, -3000)
    assert clock_sets(room) == [-3000]


def test_a_person_may_say_that_the_clock_is_right() -> None:
    room = doubting()
    room.issue()
    set_clock(room, 5 * DAY_S)
    assert clock_sets(room) == []
    room.engine.believe_clock()
    room.engine.step([])
    assert clock_sets(room) == [5 * DAY_S]
    room.engine.believe_clock()  # where nothing is in doubt it means nothing
    room.engine.step([])
    set_clock(room, 5 * DAY_S)
    assert clock_sets(room) == [5 * DAY_S]


def test_a_machine_that_wakes_up_in_1970_goes_on_by_the_journal_however_long_that_lasts() -> None:
    room = doubting(earliest=MORNING - dt.timedelta(days=60))
    room.issue()
    last = room.engine.now()
    room.mark.begun_s = None
    room.clock.set_back(56 * 365 * DAY_S)
    room.restart()
    room.clock.advance(2 * BELIEVE_S)
    room.issue()
    assert (clock_sets(room), numbers(room)) == ([], ["B-001", "B-002"])
    assert room.engine.now() - last == dt.timedelta(seconds=2 * BELIEVE_S)
    room.clock.set_back(-56 * 365 * DAY_S)
    room.clock.advance(60)
    room.issue()
    assert numbers(room) == ["B-001", "B-002", "B-003"]


def test_a_new_office_on_a_machine_that_wakes_up_in_1970_believes_the_first_time_that_can_be() -> None:
    room = doubting(earliest=MORNING - dt.timedelta(days=60), clock=FakeClock(at=MORNING - dt.timedelta(days=20_000)))
    set_clock(room, 20_000 * DAY_S)
    assert room.engine.now() == room.clock.now()
    assert "clock" not in room.wire.devices


@pytest.mark.parametrize(("by_s", "is_believed"), [(20 * DAY_S, True), (36 * 365 * DAY_S, False)])
def test_where_the_machine_was_started_anew_a_clock_that_is_decades_ahead_is_doubted(
    by_s: float, *, is_believed: bool
) -> None:
    room = doubting()
    room.issue()
    last = room.engine.now()
    room.mark.begun_s = None
    room.clock.set_back(-by_s)
    room.restart()
    room.engine.step([])
    assert (room.engine.now() - last >= dt.timedelta(days=20)) is is_believed
    assert ("clock" in room.wire.devices) is not is_believed


# -- anything at all ------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.floats(-40 * DAY_S, 40 * DAY_S).filter(lambda by_s: abs(by_s) > 2 * JUMP_S)),
        st.tuples(st.just("set"), st.sampled_from([DAY_S, -DAY_S, 12 * HOUR_S, -12 * HOUR_S, 365 * DAY_S])),
        st.tuples(st.just("pass"), st.floats(0, 1800)),
        st.tuples(st.sampled_from(["restart", "issue", "issue", "serve", "in", "out"]), st.just(0.0)),
    ),
    max_size=25,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(60))
@given(STEPS, st.sampled_from([0.0, 600.0]))
def test_however_the_clock_is_set_in_a_day_nothing_is_lost_or_doubled(
    steps: list[tuple[str, float]], believe_after_s: float
) -> None:
    room = EngineRoom(office=small_office(hours=DAYTIME), believe_after_s=believe_after_s)
    issued = [room.issue()]  # the day has begun: what is set before that is the time for which the machine was off
    served = 0
    for kind, amount in steps:
        match kind:
            case "set":
                room.clock.set_back(-amount)
            case "pass":
                room.clock.advance(amount)
            case "restart":
                room.restart()
            case "issue":
                issued.append(room.issue())
            case "serve" if "c1" in room.sessions and "error" not in (reply := room.call_next()) and reply["events"]:
                room.finish()
                served += 1
            case "in" if "c1" not in room.sessions:
                room.sign_in()
            case "out" if "c1" in room.sessions:
                assert "error" not in room.ask(cmd.Close("c1", room.sessions.pop("c1")))
            case _:
                pass
        room.engine.step([])
        night_watch(room)
    told = [recorded.event for recorded in room.wire.told]
    assert [event for event in told if isinstance(event, ev.Cancelled)] == []
    assert len(live(room)) == len(issued) - served
    assert max(Counter(live(room)).values(), default=1) == 1
    assert max(Counter(numbers(room)).values(), default=1) == 1, "all in one true day"
    assert [recorded.seq for recorded in room.wire.told] == list(range(1, len(told) + 1))
    before = contents(room.hall)
    room.restart()
    assert contents(room.hall) == before


@pytest.mark.parametrize("by_s", [3 * DAY_S, -3 * DAY_S])
def test_a_real_database_gives_the_same_numbers_on(tmp_path: Path, by_s: float) -> None:
    url, clock = f"sqlite:///{tmp_path}/office.db", FakeClock()
    with closing(SqlStore(url, "demo")) as store:
        room = EngineRoom(store=store, clock=clock)
        room.sign_in()
        for _ in range(3):
            room.issue()
            room.call_next()
            room.finish()
        one = room.submission(cmd.Issue("00000000-0000-0000-0000-00000000aaaa", "visa", None, None))
        first = room.ask_all(one)
        set_clock(room, by_s)
        room.issue()
        set_clock(room, 26 * HOUR_S)
        room.ask(cmd.Close("c1", room.sessions["c1"]))
        mark = room.mark
    with closing(SqlStore(url, "demo")) as store:
        again = EngineRoom(store=store, clock=clock, mark=mark)
        again.ids = iter(range(1000, 2000))
        store.forget_replies(clock.now() - dt.timedelta(hours=48), most=1000)
        again.issue()
        assert numbers(again) == ["B-006"]
        assert again.ask_all(one) == first


def test_days_that_a_clock_ahead_has_used_up_are_not_begun_again(tmp_path: Path) -> None:
    """It was two days ahead from the start: days stay ahead, for a number is given out once a day."""
    url, clock = f"sqlite:///{tmp_path}/office.db", FakeClock()
    clock.set_back(-2 * DAY_S)
    seen: list[str] = []
    for day in range(5):
        with closing(SqlStore(url, "demo")) as store:
            room = EngineRoom(store=store, clock=clock)
            room.ids = iter(range(1000 * (day + 1), 1000 * (day + 2)))
            room.issue()
            room.sign_in()
            room.call_next()
            room.finish()
            room.ask(cmd.Close("c1", room.sessions["c1"]))
            if day == 0:
                set_clock(room, -2 * DAY_S)
            seen += numbers(room)
        clock.advance(DAY_S)
    assert seen == ["B-001"] * 5
