"""From the journal to facts: each line belongs to one day, and what was undone is not counted."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from broker.domain import commands as cmd
from broker.reports.facts import ClockChange, DayFacts, Wait, facts_of, micros, midnight_us, text_of
from broker.reports.fold import Carry, FinishedDay, Fold, carry_of
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import PIN, small_office

HOUR_US = 3_600_000_000


def folded(room: EngineRoom, carry: Carry | None = None, *, after: int = 0) -> tuple[list[FinishedDay], DayFacts]:
    """Return the days that are over, and the one that runs."""
    fold = Fold(room.office.zone, carry)
    ended: list[FinishedDay] = []
    for recorded in room.wire.told[after:]:
        day = fold.hear(recorded.seq, recorded.client, recorded.event)
        if day is not None:
            ended.append(day)
    running = fold.running(room.clock.now())
    assert running is not None
    return ended, running


def of_kind(facts: DayFacts, kind: str) -> int:
    """Return how often something happened."""
    return sum(count.n for count in facts.counts if count.kind == kind)


def spent(facts: DayFacts, does: str) -> float:
    """Return for how many seconds counters were in a state."""
    return sum(desk.us for desk in facts.desks if desk.does == does) / 1_000_000


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom()


def test_a_visit_is_an_arrival_a_wait_and_a_service(room: EngineRoom) -> None:
    room.sign_in()
    room.issue("visa", "priority")
    room.clock.advance(120)
    room.call_next()
    room.clock.advance(30)
    room.start()
    room.clock.advance(300)
    room.finish()

    _, facts = folded(room)

    assert (of_kind(facts, "arrival"), of_kind(facts, "served")) == (1, 1)
    (wait,) = facts.waits
    assert (wait.service, wait.lane, wait.stage, wait.counter) == ("visa", "priority", "check", "c1")
    assert (wait.waited_us, wait.is_first, wait.promised_s) == (120_000_000, 1, 900)
    (visit,) = facts.visits
    assert (visit.taken_us, visit.way_us, visit.end) == (330_000_000, 30_000_000, "finished")
    assert (spent(facts, "idle"), spent(facts, "busy")) == (120, 330)


def test_a_call_that_is_taken_back_was_none(room: EngineRoom) -> None:
    room.sign_in()
    room.issue("visa")
    room.clock.advance(60)
    room.call_next()
    room.clock.advance(10)
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    room.clock.advance(20)
    room.call_next()

    _, facts = folded(room)

    (wait,) = facts.waits
    assert (wait.waited_us, wait.is_first) == (90_000_000, 1)
    assert spent(facts, "idle") == 90


def test_finished_and_called_by_one_key_are_both_taken_back(room: EngineRoom) -> None:
    room.sign_in()
    for _ in range(2):
        room.issue("visa")
    room.call_next()
    room.clock.advance(200)
    room.finish()
    room.call_next()
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    room.clock.advance(100)

    _, facts = folded(room)

    assert (of_kind(facts, "served"), len(facts.visits), len(facts.waits)) == (0, 0, 1)
    assert spent(facts, "busy") == 300
    assert sorted(one.state for one in facts.still) == ["called", "waiting"]


STAFF, WHY = "staff session", "the scanner is broken"


@pytest.mark.parametrize("act", ["cancel", "transfer", "call"])
def test_an_act_of_the_staff_counts_and_one_that_is_taken_back_was_none(act: str) -> None:
    room = EngineRoom(office=small_office(supervisors=frozenset({"dewi"})))
    room.sign_in()
    ticket = room.issue("visa", "priority")
    if act != "call":
        room.call_next()
    before = folded(room)[1]
    assert "error" not in room.ask(cmd.StaffIn("dewi", PIN, STAFF))
    acts: dict[str, cmd.StaffCancel | cmd.StaffTransfer | cmd.StaffCall] = {
        "cancel": cmd.StaffCancel(STAFF, ticket, WHY),
        "transfer": cmd.StaffTransfer(STAFF, ticket, WHY, to_counter="c4"),
        "call": cmd.StaffCall(STAFF, ticket, "c1", WHY),
    }
    assert "error" not in room.ask(acts[act])
    after = folded(room)[1]
    assert (after.counts, after.waits) != (before.counts, before.waits)

    assert "error" not in room.ask(cmd.StaffUndo(STAFF))

    again = folded(room)[1]
    assert (again.counts, again.waits, again.visits) == (before.counts, before.waits, before.visits)
    assert [(one.state, one.stage) for one in again.still] == [(one.state, one.stage) for one in before.still]


def test_what_the_end_of_a_day_closes_belongs_to_that_day(room: EngineRoom) -> None:
    room.sign_in()
    room.issue("visa")
    room.clock.advance(600)
    room.issue("visa")
    room.clock.advance(24 * 3600)
    room.engine.step([])
    room.clock.advance(3600)
    room.issue("visa")

    (yesterday,), today = folded(room)

    assert of_kind(yesterday.facts, "left") == 2
    assert yesterday.facts.waits == (), "nobody knows when they went"
    assert yesterday.facts.until_us == midnight_us(today.day, room.office.zone)
    assert spent(yesterday.facts, "idle") == 0, "nothing was done at the counter after signing in"
    assert (of_kind(today, "left"), of_kind(today, "arrival")) == (0, 1)


def test_who_waits_over_midnight_waits_on_into_the_next_day(room: EngineRoom) -> None:
    room.clock.advance(15.5 * 3600)  # half past eleven at night
    room.sign_in()
    room.issue("visa")
    room.issue("visa")
    room.call_next()
    room.clock.advance(40 * 60)
    room.finish()
    room.call_next()
    room.clock.advance(300)

    (yesterday,), today = folded(room)

    (still,) = [one for one in yesterday.facts.still if one.state == "waiting"]
    assert yesterday.facts.until_us - still.since_us == 30 * 60_000_000
    (wait,) = today.waits
    assert wait.waited_us == 40 * 60_000_000
    (visit,) = today.visits
    assert visit.taken_us == 40 * 60_000_000
    assert (spent(yesterday.facts, "busy"), spent(today, "busy")) == (30 * 60, 10 * 60 + 300)


def test_a_clock_that_is_set_makes_no_wait_longer(room: EngineRoom) -> None:
    room.sign_in()
    room.issue("visa")
    room.clock.advance(60)
    room.engine.step([])
    room.clock.set_back(7200)
    room.engine.step([])
    room.clock.advance(60)
    room.call_next()

    _, facts = folded(room)

    (wait,) = facts.waits
    assert 119_000_000 <= wait.waited_us <= 121_000_000
    assert [change.by_us for change in facts.clocks] == [-7_200_000_000]
    assert 119 <= spent(facts, "idle") <= 121


def test_facts_and_what_is_carried_are_the_same_again_after_being_written_down(room: EngineRoom) -> None:
    a_busy_day(room)
    room.clock.advance(24 * 3600)
    room.engine.step([])
    a_day_of_journeys(room)

    (first,), running = folded(room)

    for facts in (first.facts, running):
        assert facts_of(text_of(facts)) == facts
    assert carry_of(first.carry.text()) == first.carry
    again = folded(room, carry_of(first.carry.text()), after=first.carry.last_seq)
    assert again == ([], running)


def test_time_at_a_counter_is_divided_by_half_hours_of_the_offices_clock() -> None:
    room = EngineRoom()
    room.clock.advance(10 * 60)
    room.sign_in()
    room.clock.advance(HOUR_US / 1_000_000)
    room.ask(cmd.Pause("c1", room.sessions["c1"]))
    room.clock.advance(600)

    _, facts = folded(room)

    begun = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=facts.until_us)
    assert begun.astimezone(room.office.zone).hour >= 9
    by_half_hour = {(desk.half_hour, desk.does): desk.us // 60_000_000 for desk in facts.desks}
    first = min(half_hour for half_hour, _ in by_half_hour)
    assert sum(by_half_hour.values()) == 70
    assert by_half_hour[first + 1, "idle"] == 30


def test_an_hour_that_comes_twice_is_counted_twice() -> None:
    zone = ZoneInfo("Europe/Berlin")
    begin = dt.datetime(2026, 10, 25, tzinfo=zone)
    assert micros(begin) == midnight_us(dt.date(2026, 10, 25), zone)
    assert midnight_us(dt.date(2026, 10, 26), zone) - micros(begin) == 25 * HOUR_US


def test_numbers_are_kept_as_narrow_as_they_are_and_nothing_stays_nothing() -> None:
    waits = tuple(
        Wait(47, "visa", "regular", "check", counter, None, waited_us, 1, promised_s, None, 0)
        for counter, waited_us, promised_s in (("c1", 0, None), (None, 1 << 40, 127), ("c1", 1 << 62, 40_000))
    )
    facts = DayFacts(dt.date(2026, 3, 2), 1, 9, 1 << 50, waits=waits, clocks=(ClockChange(-5_400_000_000, -2),))

    assert facts_of(text_of(facts)) == facts
