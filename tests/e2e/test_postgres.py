"""The office's truth on a real PostgreSQL: what holds for a file holds there, too, and one engine alone writes."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from broker.domain import commands as cmd
from broker.domain.alerts import AlertRules, Rule
from broker.engine import REBUILD_RETRY_S
from broker.ports import StorageError
from broker.reports.figures import FIGURES, Question, report
from broker.reports.tickets import Asked, listing
from broker.store.archive import Archive
from broker.store.checkup import check_up
from broker.store.head import Head
from broker.store.lease import LENT_S, RENEW_S
from broker.store.recovery import examine, recover
from broker.store.sql import SqlStore
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import small_office
from tests.support.postgres import LACKING, REQUIRED, Server, programs, served

OFFICE = small_office(alerts=AlertRules((Rule("wait", "wait", ("supervisor",), limit=1, end=0.5, for_s=0),)))
DAY_S = 24 * 3600
ZONE = ZoneInfo("Asia/Jakarta")
HOLDS = """
import sys
from broker.store.sql import SqlStore
store = SqlStore(sys.argv[1], "demo")
print("open", flush=True)
for line in sys.stdin:
    store.keep()
"""
KEEPS = """
import sys, time
from broker.store.sql import SqlStore
store = SqlStore(sys.argv[1], "demo")
print("open", flush=True)
while True:
    time.sleep(0.5)
    store.keep()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        assert not os.environ.get(REQUIRED), LACKING
        pytest.skip(LACKING)
    with served(found) as server:
        yield server


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(url, "demo", Head(tmp_path, "demo"))) as store:
        yield store


def change(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def count(url: str, table: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - ours
    engine.dispose()
    return int(found)


@contextmanager
def running(program: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """Yield an engine of another process, with the right to write; it is killed at the end."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program, url], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


def live(url: str, folder: Path) -> EngineRoom:
    """Let an office work for three days, the last of them still on; return what is left in the room."""
    with closing(SqlStore(url, "demo", Head(folder, "demo"))) as store:
        room = EngineRoom(store=store, clock=FakeClock(), office=OFFICE)
        for last, play in ((False, a_busy_day), (False, a_day_of_journeys), (True, a_busy_day)):
            play(room)
            room.clock.advance(0 if last else DAY_S)
            for _ in range(4):  # days that are over are counted in pauses, and alerts looked at
                room.engine.step([])
                room.clock.advance(61)
        assert store.verify() is None
    return room


def test_migrations_make_exactly_the_tables_of_the_rows(store: SqlStore) -> None:
    context = MigrationContext.configure(store._connection, opts={"compare_type": True})
    assert compare_metadata(context, SQLModel.metadata) == []


def test_days_come_to_the_same_as_in_a_file(url: str, tmp_path: Path) -> None:
    """Numbers, journal, tables, closed days, reports, the tickets behind figures, and what a new engine begins with."""
    found = []
    for place, where in (("server", url), ("file", f"sqlite:///{tmp_path}/office.db")):
        folder = tmp_path / place
        folder.mkdir()
        room = live(where, folder)
        now, first = room.clock.now(), MORNING.date()
        question = Question(first, first + dt.timedelta(days=3), ("lane",))
        with closing(SqlStore(where, "demo", Head(folder, "demo"))) as store:
            again = EngineRoom(store=store, clock=room.clock, office=OFFICE)
            assert again.hall.tickets == room.hall.tickets
            assert again.hall.alerts.keys() == room.hall.alerts.keys() != set()
            alerts = again.hall.alerts
            assert len(store.closed_days(first, now.date())) == 2
            kept = store.pins(), store.past().last_seq, store.given, list(store.closed_days(first, now.date()))
        with closing(Archive(where, "demo")) as archive:
            history = archive.history(ZONE, question.first, question.last, now)
            asked = Asked(next(one for one in FIGURES if one.id == "arrivals"), replace(question, by=()))
            tickets = listing(history, asked, lambda days: archive.traced(ZONE, days), a_page=None)
            told = [archive.ticket(row.ticket) for row in tickets.rows[:5]]
            figures = report(history, question, figures=FIGURES)
            course = archive.course(ZONE, now, dt.timedelta(minutes=5))
            told_of_alerts = archive.alerts(1000)
            assert {name for name, _ in told_of_alerts} >= {"alert_raised", "alert_ended"}
            outcomes, numbers = archive.outcomes(MORNING), archive.numbers([row.ticket for row in tickets.rows])
            assert archive.verify(Head(folder, "demo").read()) is None
            assert tickets.untold == 0
            read = (told_of_alerts, figures, tickets, told, course, outcomes, numbers, archive.end(), archive.kept())
            found.append((kept, alerts, *read))
        checkup = check_up(where, "demo", Head(folder, "demo"))
        assert checkup is not None
        assert (checkup.damage, checkup.lost, checkup.refusal) == ("", "", "")
    on_server, in_file = found
    assert on_server == in_file


def test_a_second_engine_is_refused_while_the_first_one_works(store: SqlStore, url: str) -> None:
    """Also from another machine, where no lock of a file reaches: the right is lent by the server's clock."""
    room = EngineRoom(store=store)
    room.issue("visa")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as second:
        while second.poll() is None:
            store.keep()
            time.sleep(RENEW_S / 2)  # the server's clock: nothing here can be set
        assert second.stderr is not None
        said = second.stderr.read()
    assert "another broker (" in said
    assert f"process {os.getpid()}) already works with this database" in said
    room.issue("visa")
    assert store.verify() is None


def test_who_is_killed_is_followed_and_who_stood_still_writes_nothing_any_more(url: str, tmp_path: Path) -> None:
    with running(HOLDS, url) as first:
        first.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        with closing(SqlStore(url, "demo", Head(tmp_path, "demo"))) as second:
            assert time.monotonic() - begun < LENT_S + RENEW_S
            EngineRoom(store=second).issue("visa")
            first.send_signal(signal.SIGCONT)
            _, said = first.communicate("write\n")
            assert "another broker has taken this office over" in said
            assert second.verify() is None


def test_two_offices_share_a_server_and_nothing_else(store: SqlStore, url: str) -> None:
    EngineRoom(store=store).issue("visa")
    with closing(SqlStore(url, "branch")) as other:
        room = EngineRoom(store=other)
        room.ids = iter(range(50, 60))
        room.issue("visa")
        assert (other.verify(), store.verify()) == (None, None)
        assert (other.past().last_seq, store.past().last_seq) == (1, 1)


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_was_started_anew_is_gone_on_with(server: Server, store: SqlStore, how: str) -> None:
    """What was answered is there, what could not be written is refused, and nobody has to start the broker again."""
    room = EngineRoom(store=store)
    room.issue("visa")
    server.stop(how)
    try:
        assert room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))["error"] == "storage_failed"
    finally:
        server.start()
    room.clock.advance(REBUILD_RETRY_S)
    room.engine.step([])
    reply = room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))
    assert "error" not in reply, reply
    assert [ticket.sequence for ticket in room.hall.tickets.values()] == [1, 2]
    assert store.verify() is None


@pytest.mark.parametrize(
    "harm",
    ["DELETE FROM events WHERE seq > 20", "TRUNCATE events, tickets, promises, print_jobs"],
)
def test_a_database_that_lost_something_is_noticed_and_recovered_behind_its_numbers(
    url: str, tmp_path: Path, harm: str
) -> None:
    live(url, tmp_path)
    with closing(SqlStore(url, "demo", Head(tmp_path, "demo"))) as store:
        given = store.given
    change(url, harm)
    with pytest.raises(StorageError, match="no number is given out, for some would be given twice"):
        SqlStore(url, "demo", Head(tmp_path, "demo"))
    finding = examine(url, Head(tmp_path, "demo"), "demo", data=tmp_path, zone=ZONE)
    assert finding.why
    assert given.day is not None
    now = dt.datetime.combine(given.day, dt.time(12), ZONE)
    assert recover(url, Head(tmp_path, "demo"), "demo", finding, now)
    with closing(SqlStore(url, "demo", Head(tmp_path, "demo"))) as store:
        assert store.verify() is None
        room = EngineRoom(store=store, clock=FakeClock(now))
        room.ids = iter(range(10**6, 10**7))
        ticket = room.hall.tickets[room.issue("visa")]
        assert ticket.sequence > given.numbers[ticket.series]
        assert store.verify() is None


def test_nothing_is_recovered_below_an_engine_that_works(url: str, tmp_path: Path) -> None:
    """It works on another machine, where no lock of this folder reaches: its tables are not to change below it."""
    live(url, tmp_path)
    with running(KEEPS, url) as keeper:
        change(url, "DELETE FROM events WHERE seq > 20")
        finding = examine(url, Head(tmp_path, "demo"), "demo", data=tmp_path, zone=ZONE)
        before = count(url, "tickets")
        with pytest.raises(StorageError, match="another broker"):
            recover(url, Head(tmp_path, "demo"), "demo", finding, MORNING)
        assert keeper.poll() is None
    assert count(url, "tickets") == before > 0


def test_no_password_is_said_where_the_server_cannot_be_reached(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://antrean:s3cret-word@/office?host={tmp_path}"
    with pytest.raises(StorageError) as refused:
        SqlStore(url, "demo", Head(tmp_path, "demo"))
    assert "s3cret-word" not in str(refused.value)
    checkup = check_up(url, "demo", Head(tmp_path, "demo"))
    assert checkup is not None
    assert checkup.damage
    assert "s3cret-word" not in f"{checkup.damage}{checkup.where}"


def test_a_reader_cannot_write(store: SqlStore, url: str) -> None:
    EngineRoom(store=store).issue("visa")
    with closing(Archive(url, "demo")) as archive, archive._engine.connect() as connection:
        with pytest.raises(Exception, match="read-only"):
            connection.execute(text("DELETE FROM events"))
        assert connection.dialect.name == "postgresql"
