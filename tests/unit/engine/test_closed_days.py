"""An office day that is over is counted once, behind the requests, and stands from then on."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.domain.events import DayClosed
from broker.reports.facts import facts_of
from broker.reports.figures import FIGURES, History, Question, report
from broker.reports.tickets import Asked, listing
from broker.store.archive import Archive
from broker.store.sql import SqlStore
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.fakes.store import MemoryStore

DAY_S = 24 * 3600
MINUTE_S = 61


def days(room: EngineRoom) -> list[DayClosed]:
    """Return which days were closed, in order."""
    return [told.event for told in room.wire.told if isinstance(told.event, DayClosed)]


def night(room: EngineRoom) -> None:
    """Let a night pass; its first moment closes what the day left."""
    room.clock.advance(DAY_S)
    room.engine.step([])


def a_minute_later(room: EngineRoom, minutes: int = 1) -> None:
    """Let the engine look what is due."""
    for _ in range(minutes):
        room.clock.advance(MINUTE_S)
        room.engine.step([])


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "office.db"


@pytest.fixture
def room(disk: Path) -> Iterator[EngineRoom]:
    store = SqlStore(f"sqlite:///{disk}", "demo")
    yield EngineRoom(store=store)
    store.close()


def history(disk: Path, room: EngineRoom, first: dt.date, last: dt.date) -> History:
    """Return what a report is made of."""
    with closing(Archive(f"sqlite:///{disk}", "demo")) as archive:
        return archive.history(room.office.zone, first, last, room.clock.now())


def test_a_day_is_closed_with_the_first_thing_of_the_next(room: EngineRoom) -> None:
    a_busy_day(room)
    a_minute_later(room)
    assert days(room) == []

    night(room)
    room.issue("visa")
    a_minute_later(room)

    (closed,) = days(room)
    assert (closed.day, closed.n) == (dt.date(2026, 3, 2), 23)


def test_a_day_is_closed_once_whatever_is_restarted(room: EngineRoom) -> None:
    for _ in range(3):
        a_busy_day(room)
        room.clock.advance(DAY_S)
        room.restart()
        a_minute_later(room, 2)
    room.issue("visa")
    room.restart()
    a_minute_later(room, 3)

    assert [closed.day.day for closed in days(room)] == [2, 3, 4]


def test_what_is_published_of_waits_follows_the_closed_days_and_stands_again_after_a_restart(room: EngineRoom) -> None:
    a_busy_day(room)
    a_minute_later(room, 2)
    assert room.wire.results == [], "nothing is closed yet"

    room.clock.advance(DAY_S)
    room.issue("visa")
    a_minute_later(room, 3)
    assert room.wire.results == [(dt.date(2026, 3, 2),)], "once, not with every look"

    room.clock.advance(DAY_S)
    room.restart()
    room.wire.results.clear()
    a_minute_later(room, 2)
    room.issue("visa")
    a_minute_later(room, 2)
    assert room.wire.results[0] == (dt.date(2026, 3, 2),)
    assert room.wire.results[-1] == (dt.date(2026, 3, 2), dt.date(2026, 3, 3))


@pytest.mark.parametrize("nights", [1, 2])
def test_tickets_behind_a_figure_are_told_whatever_is_written_between_question_and_answer(
    room: EngineRoom, disk: Path, nights: int
) -> None:
    a_busy_day(room)
    first = room.clock.now().date()
    for _ in range(nights - 1):
        room.engine._days.due_at = float("inf")  # two days that nobody closed are read in one go
        room.clock.advance(DAY_S)
        a_busy_day(room)
    known = history(disk, room, first, room.clock.now().date())
    a_busy_day(room)
    night(room)
    room.issue("visa")
    a_minute_later(room, 3)

    with closing(Archive(f"sqlite:///{disk}", "demo")) as archive:
        question = Question(first, first + dt.timedelta(days=nights - 1))
        for figure in (one for one in FIGURES if one.is_of_tickets):
            found = listing(known, Asked(figure, question), lambda days: archive.traced(room.office.zone, days))
            assert found.untold == 0, figure.id
            assert len(found.rows) == report(known, question).total.values[figure.id].n, figure.id


def test_days_of_before_are_caught_up_with_after_a_pause() -> None:
    store = MemoryStore()
    room = EngineRoom(store=store)
    room.engine._days.due_at = float("inf")  # as a broker of before, which closed no days
    for _ in range(3):
        a_busy_day(room)
        room.clock.advance(DAY_S)
        room.engine.step([])
    assert days(room) == []

    room.restart()
    room.issue("visa")
    a_minute_later(room, 3)

    assert [closed.day.day for closed in days(room)] == [2, 3, 4]
    assert [facts_of(one.facts).day for one in store.closed] == [closed.day for closed in days(room)]


def test_a_disk_that_refuses_closes_the_day_later() -> None:
    store = MemoryStore()
    room = EngineRoom(store=store)
    a_busy_day(room)
    night(room)
    room.issue("visa")
    store.failing_commits = 1
    a_minute_later(room)
    assert days(room) == []

    a_minute_later(room, 3)

    assert [closed.day.day for closed in days(room)] == [2]


def test_a_report_is_the_same_before_and_after_its_days_are_closed(room: EngineRoom, disk: Path) -> None:
    room.engine._days.due_at = float("inf")
    a_busy_day(room)
    night(room)
    a_day_of_journeys(room)
    night(room)
    room.issue("visa")
    first, last = dt.date(2026, 3, 1), dt.date(2026, 3, 4)
    open_days = history(disk, room, first, last)
    assert open_days.closed == frozenset()
    question = Question(first, last, ("day",))
    expected = report(open_days, question)

    room.engine._days.due_at = 0.0
    a_minute_later(room)
    closed_days = history(disk, room, first, last)

    assert {day.day for day in closed_days.closed} == {2, 3}
    assert closed_days.days[:2] == open_days.days[:2]
    assert report(closed_days, question).rows[:-1] == expected.rows[:-1]


def test_a_span_knows_of_the_last_day_before_it(room: EngineRoom, disk: Path) -> None:
    a_busy_day(room)
    night(room)
    room.issue("visa")
    a_minute_later(room)

    found = history(disk, room, dt.date(2026, 3, 3), dt.date(2026, 3, 3))

    assert [facts.day.day for facts in found.days] == [2, 3]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            'UPDATE closed_days SET facts = replace(facts, \'"names":["arrival\', \'"names":["left\')',
            "not those that were closed",
        ),
        ("UPDATE closed_days SET carry = replace(carry, '900', '901')", "not those that were closed"),
        ("DELETE FROM closed_days", "are gone from the table of closed days"),
        (
            "INSERT INTO closed_days SELECT office, '2026-02-27', seq, lines, digest, facts, carry FROM closed_days",
            "the journal does not tell",
        ),
    ],
)
def test_a_closed_day_that_was_altered_is_noticed(room: EngineRoom, disk: Path, statement: str, said: str) -> None:
    a_busy_day(room)
    night(room)
    room.issue("visa")
    a_minute_later(room)
    assert isinstance(room.store, SqlStore)
    assert room.store.verify() is None

    with closing(sqlite3.connect(disk)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()

    broken = room.store.verify()
    assert broken is not None
    assert said in broken.why
