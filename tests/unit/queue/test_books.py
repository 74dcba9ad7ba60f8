"""What was promised and what came true, on disk: journal, table, and the figures that `antrean waits` prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.model import Promised
from broker.domain.queue.outcomes import Outcome
from broker.store.archive import Archive
from broker.store.database import MIGRATIONS
from broker.store.journal import body_of, event_of
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.unit.store.frozen import thaw

FROZEN = Path(__file__).parents[2] / "databases"
EVER = MORNING - dt.timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")
    yield store
    store.close()


@pytest.fixture
def room(store: SqlStore) -> EngineRoom:
    room = EngineRoom(store=store)
    room.sign_in("c1", "sari")
    return room


def waited(store: SqlStore, since: dt.datetime = EVER) -> list[float | None]:
    """Return what came of each promise: seconds, or None."""
    return [outcome.waited_s for outcome in outcomes(store, since)]


def outcomes(store: SqlStore, since: dt.datetime = EVER) -> list[Outcome]:
    """Return what `antrean waits` reads beside the broker."""
    with closing(Archive(str(store._engine.url), "demo")) as archive:
        return archive.outcomes(since)


def test_a_promise_is_kept_with_what_came_of_it(room: EngineRoom, store: SqlStore) -> None:
    room.issue("visa")
    room.call_next()
    room.clock.advance(60)
    room.issue("visa", "priority")
    room.clock.advance(240)
    room.finish()
    room.call_next()
    told = [outcome.promised for outcome in outcomes(store)]
    assert (told[0], told[1].ahead, told[1].counters) == (Promised(0, 0, 60, 600, 1), 0, 1)
    assert 0 < told[1].low_s < 540 < told[1].high_s
    assert outcomes(store)[1] == Outcome(told[1], "priority", 240)
    assert waited(store) == [0, 240]


def test_without_an_open_counter_nothing_was_promised(store: SqlStore) -> None:
    EngineRoom(store=store).issue("visa")
    assert waited(store) == []


def test_who_is_not_called_has_no_outcome(room: EngineRoom, store: SqlStore) -> None:
    ticket = room.issue("visa")
    room.ask(cmd.Cancel(ticket))
    assert waited(store) == [None]


def test_the_first_call_counts(room: EngineRoom, store: SqlStore) -> None:
    """A missed visitor who is called again, or the next stage, changes nothing."""
    ticket = room.issue("passport")
    room.clock.advance(30)
    room.call_next()
    room.ask(cmd.NoShow("c1", room.sessions["c1"]))
    room.clock.advance(100)
    room.ask(cmd.Rejoin(ticket))
    room.call_next()
    room.finish()
    room.clock.advance(100)
    room.call_next()
    assert waited(store) == [30]


def test_a_call_that_is_taken_back_did_not_come(room: EngineRoom, store: SqlStore) -> None:
    room.issue("visa")
    room.clock.advance(30)
    room.call_next()
    room.clock.advance(10)
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    assert waited(store) == [None]
    room.clock.advance(60)
    room.call_next()
    assert waited(store) == [100]


def test_only_what_was_asked_for_and_only_this_office(room: EngineRoom, store: SqlStore) -> None:
    room.issue("visa")
    room.clock.advance(3 * 24 * 3600)
    room.issue("visa")
    assert len(outcomes(store)) == 2
    assert len(outcomes(store, room.clock.now() - dt.timedelta(days=1))) == 1


# -- for ever -------------------------------------------------------------------------------------------------------


def test_a_number_of_before_the_promises_reads_as_one_without() -> None:
    body = (
        '{"at":"2026-03-02T01:00:00+00:00","day":"2026-03-02","lane":"regular","language":"id","number":"A-001",'
        '"sequence":1,"series":"A","service":"passport","stage":"check","ticket":"t"}'
    )
    event = event_of("issued", body)
    assert isinstance(event, ev.Issued)
    assert event.promised is None


def test_a_promise_reads_as_it_was_written(room: EngineRoom) -> None:
    room.issue("visa")
    issued = next(event for _, event in room.store.past().events if isinstance(event, ev.Issued))
    assert issued.promised == Promised(0, 0, 60, 600, 1)
    assert event_of("issued", body_of(issued)) == issued


def test_a_frozen_database_stands_for_every_version_of_the_tables() -> None:
    versions = {path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    assert {dump.stem for dump in FROZEN.glob("*.sql")} == versions


def test_the_promises_of_the_second_version_are_read(tmp_path: Path) -> None:
    thaw(FROZEN / "0002.sql", tmp_path / "old.db")
    store = SqlStore(f"sqlite:///{tmp_path}/old.db", "demo")
    assert [(outcome.lane, outcome.waited_s) for outcome in outcomes(store)] == [
        ("regular", 414.5),
        ("regular", 443),
        ("priority", 31.5),
        ("regular", None),
    ]
    store.close()
