"""No statement at the start or with a request walks through a table: an office of years is as fast as a new one.

The statements are those that the database really got, heard through its own trace; so nobody keeps a list.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlmodel
from sqlalchemy import event

from broker.domain import commands as cmd
from broker.domain.model import DONE
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from broker.store.head import Head
from broker.store.sql import SqlStore
from broker.store.tables import LIVE
from tests.fakes.clock import MORNING
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

WALKS = re.compile(r"\bSCAN (?!CONSTANT ROW)|USE TEMP B-TREE|AUTOMATIC")
PLANNED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
OF_OFFICE = re.compile(r"\(office=\?\)")
"""One office is mostly all there is, so this is a walk too, but through an index of few or to one end of it."""
FEW = re.compile(r"ix_tickets_live|ix_sessions_open|ix_print_jobs_queued|ix_replies_office_at")
OF_OFFICERS = re.compile(r"\bFROM second_factors\b|\bleases\b|\bFROM archived\b")
"""Has a row for each officer at most, and is read when the office opens; or one for the office, or for each archive."""
ONE_END = re.compile(r"\b(max|min)\(|LIMIT 1\b")
OF_SQLITE = re.compile(r"sqlite_master|alembic_version", re.IGNORECASE)
"""What the library asks of its own tables, which have a row each."""


class Ear:
    """Hears every statement of every connection that is opened."""

    def __init__(self) -> None:
        self.heard: dict[str, None] = {}

    def listen(self, connection: sqlite3.Connection, _record: object) -> None:
        """Hear a connection from its first statement on."""
        connection.set_trace_callback(self._hear)

    def _hear(self, statement: str) -> None:
        self.heard[statement] = None


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Return what hears every store that is opened from now on, on a database that has its tables."""
    SqlStore(f"sqlite:///{tmp_path}/office.db", "demo").close()
    ear, make = Ear(), sqlmodel.create_engine

    def made(url: object, **options: object) -> object:
        engine = make(url, **options)  # type: ignore[call-overload]  # handed through
        event.listen(engine, "connect", ear.listen)
        return engine

    monkeypatch.setattr("broker.store.database.create_engine", made)
    return ear


def walks(ear: Ear, database: Path) -> list[tuple[str, str]]:
    """Return each statement that walks through a table, with what its plan says."""
    found = []
    with opened(database) as connection:
        for statement in ear.heard:
            if PLANNED.match(statement) and not OF_SQLITE.search(statement):
                steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
                found += [(statement, step) for step in steps if _walks(statement, step)]
    return found


def _walks(statement: str, step: str) -> bool:
    is_short = FEW.search(step) or ONE_END.search(statement) or OF_OFFICERS.search(statement)
    through_office = OF_OFFICE.search(step) and not is_short
    return bool(WALKS.search(step) or through_office)


@pytest.mark.parametrize("day", [a_busy_day, a_day_of_journeys], ids=lambda day: day.__name__)
def test_no_statement_of_a_day_walks_through_a_table(ear: Ear, tmp_path: Path, day: object) -> None:
    assert callable(day)
    path = tmp_path / "office.db"
    with closing(SqlStore(f"sqlite:///{path}", "demo", Head(tmp_path, "demo"))) as store:
        room = EngineRoom(store=store)
        day(room)
        ticket = room.issue("visa")
        room.ask(cmd.Printed(ticket, "confirmed", None))
        for _ in range(2):
            room.ask(cmd.Reprint(ticket), request="twice")
        room.ask(cmd.Issue("no-uuid", "no-service", None, None))
        for state in (ONLINE, OFFLINE, ONLINE):
            store.note_health([Health("kiosk-1", {CONNECTION: state, "printer": "ready"})], MORNING)
    with closing(SqlStore(f"sqlite:///{path}", "demo", Head(tmp_path, "demo"))) as store:
        EngineRoom(store=store)  # which finds a past
        store.forget_replies(MORNING, most=1)
        store.forget_health(MORNING)
        store.give_up_papers(MORNING, MORNING + dt.timedelta(days=1))
    kinds = {statement.split()[0].upper() for statement in ear.heard}
    assert {"SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT"} <= kinds, "else nothing was heard"
    assert walks(ear, path) == []


def test_the_test_would_notice(ear: Ear, tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")
    store._connection.exec_driver_sql("SELECT * FROM tickets WHERE lane = 'regular'")
    store._connection.exec_driver_sql("SELECT * FROM events WHERE office = 'demo' AND client = 'kiosk-1'")
    store.close()
    assert len(walks(ear, tmp_path / "office.db")) == 2


def test_what_the_index_calls_live_is_what_the_domain_calls_so() -> None:
    assert set(re.findall(r"'(\w+)'", LIVE)) == {state.value for state in DONE}
