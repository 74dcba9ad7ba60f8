"""What the SQL store promises beyond the seam: durability, migrations, a journal that shows tampering."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from broker.domain import commands as cmd
from broker.ports import StorageError
from broker.store.archive import Archive
from broker.store.copies import copies_of, keep_copy
from broker.store.database import MIGRATIONS, VERSION, resolve_url
from broker.store.journal import Broken
from broker.store.sql import SqlStore
from tests.fakes.days import a_busy_day, a_day_of_journeys
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.support.sqlite import opened
from tests.unit.store.frozen import thaw

FROZEN = Path(__file__).parents[2] / "databases"
OLD = [dump for dump in sorted(FROZEN.glob("*.sql")) if dump.stem != VERSION]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "office.db"


@pytest.fixture
def store(database: Path) -> Iterator[SqlStore]:
    store = open_store(database)
    yield store
    store.close()


def open_store(database: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{database}", "demo")


def tamper(database: Path, statement: str) -> None:
    """Change the file behind the engine's back."""
    with opened(database) as connection:
        assert connection.execute(statement).rowcount != 0


# -- tables and migrations ----------------------------------------------------------------------------------------


def test_migrations_make_exactly_the_tables_of_the_rows(store: SqlStore) -> None:
    context = MigrationContext.configure(store._connection, opts={"compare_type": True})
    assert compare_metadata(context, SQLModel.metadata) == []


@pytest.mark.parametrize("dump", sorted(FROZEN.glob("*.sql")), ids=lambda dump: dump.stem)
def test_a_database_of_an_earlier_version_opens_and_means_the_same(dump: Path, tmp_path: Path) -> None:
    """The frozen day is the one that `a_busy_day` plays, so the hall is known without reading the file."""
    thaw(dump, tmp_path / "old.db")
    store, fresh = open_store(tmp_path / "old.db"), EngineRoom()
    a_busy_day(fresh)
    old = EngineRoom(store=store)
    assert contents(old.hall) == contents(fresh.hall)
    assert store.verify() is None
    old.ids = iter(range(1_000, 2_000))
    old.issue("visa")
    assert store.verify() is None
    store.close()


def test_there_is_a_frozen_database_of_the_first_version() -> None:
    assert (FROZEN / "0001.sql").is_file()


def test_a_database_of_a_later_version_is_refused_with_a_word(store: SqlStore, database: Path) -> None:
    store.close()
    with opened(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="9999"):
        open_store(database)


def test_a_file_that_is_no_database_is_refused_with_a_word(database: Path) -> None:
    database.write_bytes(b"this is a text about queues\n" * 100)
    with pytest.raises(StorageError, match="not a database"):
        open_store(database)


def test_a_folder_that_cannot_be_made_is_refused_with_a_word(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open"):
        SqlStore(f"sqlite:///{tmp_path}/missing/office.db", "demo")


def test_a_journal_of_a_later_version_is_refused_with_a_word(store: SqlStore, database: Path) -> None:
    a_busy_day(EngineRoom(store=store))
    tamper(database, "UPDATE events SET type = 'beamed' WHERE seq = 5")
    with pytest.raises(StorageError, match="beamed"):
        store.past()


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("sqlite:///office.db", "sqlite:///{data}/office.db"),
        ("sqlite:///deep/office.db", "sqlite:///{data}/deep/office.db"),
        ("sqlite:////srv/office.db", "sqlite:////srv/office.db"),
        ("sqlite:///office.db\r", "sqlite:///{data}/office.db"),
        (" sqlite:///office.db ", "sqlite:///{data}/office.db"),
        ("postgresql+psycopg://ann:pw@db/antrean", "postgresql+psycopg://ann:pw@db/antrean"),
    ],
)
def test_a_relative_path_lies_below_the_data_folder(url: str, resolved: str, tmp_path: Path) -> None:
    assert resolve_url(url, tmp_path) == resolved.format(data=tmp_path)


def test_what_is_no_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no database"):
        resolve_url("no database", tmp_path)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///office.db?mode=memory", "sqlite:///."]
)
def test_an_office_that_no_file_would_keep_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"names (no file|a folder)"):
        resolve_url(url, tmp_path)


# -- before the tables change -------------------------------------------------------------------------------------


def _tables(database: Path) -> list[tuple[str, ...]]:
    with opened(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.mark.parametrize("dump", OLD, ids=lambda dump: dump.stem)
def test_a_copy_is_kept_before_the_tables_are_brought_up_to_date(dump: Path, tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(dump, old)
    before = _tables(old)
    open_store(old).close()
    open_store(old).close()
    (copy,) = copies_of(old)
    assert copy.name == f"office.db.version-{dump.stem}"
    assert _tables(copy) == before
    assert _tables(old) != before


def test_the_copy_holds_what_stands_only_in_the_log_beside_the_file(tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(OLD[0], old)
    with closing(sqlite3.connect(old)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE tickets SET language = 'jv'")
        other.commit()
        copy = keep_copy(old, OLD[0].stem)
    with opened(copy) as connection:
        assert connection.execute("SELECT DISTINCT language FROM tickets").fetchall() == [("jv",)]


def test_where_no_copy_can_be_kept_nothing_is_changed(tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(OLD[0], old)
    (tmp_path / f"office.db.version-{OLD[0].stem}").mkdir()
    before = _tables(old)
    with pytest.raises(StorageError, match="no copy"):
        open_store(old)
    assert _tables(old) == before


def test_only_the_newest_copies_stay(tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(OLD[0], old)
    for version in ("0001", "0002", "0003", "0004", "0005"):
        keep_copy(old, version)
    assert [copy.name[-4:] for copy in copies_of(old)] == ["0003", "0004", "0005"]


def test_a_migration_that_fails_midway_has_not_begun(tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(FROZEN / "0001.sql", old)
    tamper(old, "CREATE TABLE device_health (in_the_way)")
    before = _tables(old)
    with pytest.raises(StorageError, match="device_health"):
        open_store(old)
    assert _tables(old) == before


# -- those who only read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dump", OLD, ids=lambda dump: dump.stem)
def test_reading_never_migrates_and_says_that_the_file_is_older(dump: Path, tmp_path: Path) -> None:
    old = tmp_path / "office.db"
    thaw(dump, old)
    before = old.read_bytes()
    with pytest.raises(StorageError, match=rf"earlier version \({dump.stem}"):
        Archive(f"sqlite:///{old}", "demo")
    assert old.read_bytes() == before


def test_reading_says_that_the_file_is_newer(store: SqlStore, database: Path) -> None:
    store.close()
    tamper(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"later version .9999"):
        Archive(f"sqlite:///{database}", "demo")


def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no database"):
        Archive(f"sqlite:///{tmp_path}/office.db", "demo")
    (tmp_path / "empty.db").touch()
    with pytest.raises(StorageError, match="no tables"):
        Archive(f"sqlite:///{tmp_path}/empty.db", "demo")
    assert [path.name for path in tmp_path.iterdir()] == ["empty.db"]


def test_a_reader_cannot_write(store: SqlStore, database: Path) -> None:
    EngineRoom(store=store).issue("visa")
    with closing(Archive(f"sqlite:///{database}", "demo")) as archive:
        assert archive.verify(None) is None
        with pytest.raises(OperationalError, match="readonly"), archive._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM events")


def test_the_program_reads_what_its_newest_migration_makes() -> None:
    assert max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")) == VERSION


# -- durability ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 2000)]
)
def test_sqlite_is_durable_and_strict(store: SqlStore, pragma: str, value: object) -> None:
    assert store._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def _issue_one(room: EngineRoom) -> str | None:
    error: str | None = room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None)).get("error")
    return error


def test_a_full_disk_is_an_error_and_passes(store: SqlStore) -> None:
    room = EngineRoom(store=store)
    for _ in range(20):
        room.issue("visa")
    pages = store._connection.exec_driver_sql("PRAGMA page_count").scalar()
    store._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    store._connection.rollback()
    codes = [_issue_one(room) for _ in range(3)]
    while codes[-3:] != ["storage_failed"] * 3:
        codes.append(_issue_one(room))
    issued = 20 + codes.count(None)
    assert contents(room.hall)["last_sequence"] == {"B": issued}
    store._connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    store._connection.rollback()
    room.issue("visa")
    assert contents(room.hall)["last_sequence"] == {"B": issued + 1}
    assert store.verify() is None


def test_a_commit_is_seen_by_others_when_it_returns(store: SqlStore, database: Path) -> None:
    EngineRoom(store=store).issue("visa")
    with opened(f"file:{database}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT series, number, state FROM tickets").fetchall() == [("B", 1, "waiting")]


def test_a_reader_does_not_hold_the_engine_up(store: SqlStore, database: Path) -> None:
    room = EngineRoom(store=store)
    room.issue("visa")
    reader = sqlite3.connect(database)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM events").fetchone()
    room.issue("visa")
    reader.close()


def test_a_locked_file_is_an_error_and_passes(database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("broker.store.database.BUSY_TIMEOUT_MS", 50)
    store = open_store(database)
    room = EngineRoom(store=store)
    writer = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    reply = room.ask(cmd.Issue("00000000-0000-0000-0000-000000000001", "visa", None, None))
    assert reply["error"] == "storage_failed"
    writer.close()
    room.issue("visa")
    store.close()


@pytest.mark.parametrize(("service", "waits"), [("visa", True), ("no such service", False)])
def test_a_number_waits_for_the_disk_and_a_refusal_does_not(
    store: SqlStore,
    database: Path,
    service: str,
    waits: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Both outlive the process: others see them at once. Only what was promised must outlive a power cut."""
    room = EngineRoom(store=store)
    heard: list[str] = []
    store._driver.set_trace_callback(heard.append)
    room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))
    room.ask(cmd.Issue(str(uuid.uuid4()), service, None, None), request="this one")
    levels = [statement for statement in heard if statement.startswith("PRAGMA synchronous")]
    assert levels == ([] if waits else ["PRAGMA synchronous=NORMAL"])
    with opened(f"file:{database}?mode=ro", uri=True) as other:
        assert other.execute("SELECT count(*) FROM replies WHERE request = 'this one'").fetchone() == (1,)
    room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))
    assert store._driver.execute("PRAGMA synchronous").fetchone() == (2,)


# -- the tables say what the hall says ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", [a_busy_day, a_day_of_journeys])
def test_the_tables_hold_the_tickets_of_the_hall(
    store: SqlStore, database: Path, day: Callable[[EngineRoom], None]
) -> None:
    room = EngineRoom(store=store)
    day(room)
    columns = "id, series, number, service, lane, stage, state, counter, times_called, copies, paper"
    with opened(database) as connection:
        rows = connection.execute(f"SELECT {columns} FROM tickets ORDER BY first_seq").fetchall()  # noqa: S608 - ours
    assert rows == [
        (t.id, t.series, t.sequence, t.service, t.lane, t.stage, t.state, t.counter, t.times_called, t.copies, t.paper)
        for t in room.hall.tickets.values()
    ]


def test_the_sessions_tell_who_sat_where(store: SqlStore, database: Path) -> None:
    room = EngineRoom(store=store)
    a_busy_day(room)
    room.clock.advance(60)
    room.sign_in("c1", "sari")
    with opened(database) as connection:
        rows = connection.execute("SELECT counter, officer, closed_at IS NULL FROM sessions ORDER BY opened_seq")
        assert rows.fetchall() == [("c1", "sari", 0), ("c2", "budi", 0), ("c1", "sari", 1)]
        closed = "SELECT closed_at FROM sessions WHERE closed_at IS NOT NULL ORDER BY opened_seq"
        before = connection.execute(closed).fetchall()
        room.clock.advance(60)
        room.sign_in("c1", "sari")
        assert connection.execute(closed).fetchall()[:2] == before, "who left before, left then"


def test_nobody_can_act_as_an_officer_with_what_the_journal_says(store: SqlStore, database: Path) -> None:
    room = EngineRoom(store=store)
    token = room.sign_in("c1", "sari")
    with opened(database) as connection:
        text = " ".join(str(row) for row in connection.execute("SELECT * FROM events"))
    assert "sari" in text
    assert token not in text


def test_two_offices_share_a_database_and_nothing_else(store: SqlStore, database: Path) -> None:
    EngineRoom(store=store).issue("visa")
    other = SqlStore(f"sqlite:///{database}", "branch")
    assert other.past().last_seq == 0
    room = EngineRoom(store=other)
    room.ids = iter(range(50, 60))
    room.issue("visa")
    assert (other.verify(), store.verify()) == (None, None)
    assert store.past().last_seq == 1
    other.close()


# -- the journal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [a_busy_day, a_day_of_journeys])
def test_an_untouched_journal_is_whole(store: SqlStore, day: Callable[[EngineRoom], None]) -> None:
    day(EngineRoom(store=store))
    assert store.verify() is None


@pytest.mark.parametrize(
    ("statement", "found_at"),
    [
        ("UPDATE events SET body = replace(body, 'regular', 'priority') WHERE seq = 4", 4),
        ("UPDATE events SET client = 'kiosk-9' WHERE seq = 4", 4),
        ("UPDATE events SET type = 'recalled' WHERE seq = 4", 4),
        ("UPDATE events SET hash = substr(hash, 2) || '0' WHERE seq = 4", 4),
        ("UPDATE events SET at = '2026-01-01 00:00:00' WHERE seq = 4", 4),
        ("UPDATE events SET ticket = 'another' WHERE seq = 4", 4),
        ("UPDATE events SET counter = 'c3' WHERE seq = 4", 4),
        ("DELETE FROM events WHERE seq = 4", 5),
        ("DELETE FROM events WHERE seq = 1", 2),
        ("INSERT INTO events SELECT office, 0, at, type, client, ticket, counter, body, hash FROM events LIMIT 1", 0),
        (
            "INSERT INTO events SELECT office, 20, at, type, client, ticket, counter, body, hash FROM events LIMIT 1",
            20,
        ),
        ("UPDATE events SET seq = seq + 1000 WHERE seq > 6", 1007),
    ],
)
def test_the_journal_shows_what_was_altered_removed_or_put_in(
    store: SqlStore, database: Path, statement: str, found_at: int
) -> None:
    a_busy_day(EngineRoom(store=store))
    assert store.past().last_seq == 19
    tamper(database, statement)
    broken = store.verify()
    assert isinstance(broken, Broken)
    assert broken.seq == found_at


def test_two_lines_that_change_places_show(store: SqlStore, database: Path) -> None:
    a_busy_day(EngineRoom(store=store))
    for statement in ("seq = -1 WHERE seq = 3", "seq = 3 WHERE seq = 4", "seq = 4 WHERE seq = -1"):
        tamper(database, f"UPDATE events SET {statement}")  # noqa: S608 - our own text
    assert store.verify() is not None
