"""The database, looked at from outside while it may be in use."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.doctor import truth
from broker.store.checkup import Checkup, check_up
from broker.store.head import Head
from broker.store.sql import SqlStore
from broker.store.write_ahead import spoilt_frame
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened
from tests.unit.store.frozen import thaw

HOLDS = """
import sqlite3
connection = sqlite3.connect({path!r}, isolation_level=None)
for statement in {statement!r}.split(";"):
    connection.execute(statement).fetchone()
print("held", flush=True)
input()
"""
"""Another program that uses the office's database, until it is told to end."""
DATABASES = Path(__file__).parents[2] / "databases"


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def look(path: Path) -> Checkup | None:
    """Return what the doctor reads."""
    return check_up(url(path), "demo", Head(path.parent, "demo"))


def test_no_database_yet_is_no_fault_and_none_is_made(tmp_path: Path) -> None:
    assert look(tmp_path / "office.db") is None
    assert truth.store(None).verdict == "good"
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_read_beside_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "an office.db"
    store = SqlStore(url(path), "demo")
    a_busy_day(EngineRoom(store=store))
    found = look(path)
    store.close()
    assert found is not None
    assert found.events > 0
    assert found.last_at is not None
    assert found.last_at.tzinfo is dt.UTC
    assert truth.store(found).verdict == "good"


@pytest.mark.parametrize("dump", sorted(DATABASES.glob("*.sql"))[:-1], ids=lambda path: path.stem)
def test_an_earlier_version_is_left_as_it_is(dump: Path, tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    thaw(dump, path)
    before = path.read_bytes()
    found = look(path)
    assert found is not None
    assert found.is_old
    assert truth.store(found).verdict == "warning"
    assert path.read_bytes() == before


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    path.write_bytes(b"this is no database, but it is long enough to be looked at" * 100)
    found = look(path)
    assert found is not None
    finding = truth.store(found)
    assert finding.verdict == "fault"
    assert "office.db cannot be read: file is not a database" in finding.seen


# -- what would be lost, what cannot be written, who keeps the log ------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Iterator[EngineRoom]:
    """Yield an office at work on a file called office.db."""
    store = SqlStore(url(tmp_path / "office.db"), "demo", Head(tmp_path, "demo"))
    room = EngineRoom(store=store)
    a_busy_day(room)
    yield room
    store.close()


def seen(path: Path) -> str:
    """Return the doctor's verdict and words, which end at what holds in every folder."""
    finding = truth.store(look(path))
    return f"{finding.verdict}: {finding.seen}"


def test_an_emptied_or_missing_database_is_a_fault_not_a_new_office(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with closing(SqlStore(url(path), "demo", Head(tmp_path, "demo"))) as store:
        a_busy_day(EngineRoom(store=store))
    path.write_bytes(b"")
    assert seen(path) == f"fault: {path} is empty, but its journal had 19 lines"
    path.unlink()
    assert seen(path) == f"fault: {path} is not there, but its journal had 19 lines"


def test_a_cut_journal_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    with closing(SqlStore(url(path), "demo", Head(tmp_path, "demo"))) as store:
        a_busy_day(EngineRoom(store=store))
    with opened(path) as connection:
        connection.execute("DELETE FROM events WHERE seq > 12")
    assert seen(path).startswith("fault: lines 13 to 19 are missing at the end of the journal")


@pytest.mark.usefixtures("office")
def test_a_lock_that_makes_every_write_fail_is_a_fault_and_its_holder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.store.checkup.PATIENCE_S", 0.05)
    path = tmp_path / "office.db"
    assert seen(path).startswith("good")
    code = HOLDS.format(path=str(path), statement="BEGIN IMMEDIATE")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        said = seen(path)
        holder.communicate(b"\n")
    assert "cannot be written: database is locked; the lock is held by" in said
    assert f"({holder.pid})" in said


def test_the_trial_leaves_nothing_behind_and_holds_nobody_up(office: EngineRoom, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in tmp_path.glob("office.db*") if "shm" not in path.name}
    assert seen(tmp_path / "office.db").startswith("good")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("office.db*") if "shm" not in path.name} == before
    office.issue("visa")


def test_the_trial_leaves_the_log_of_a_broker_that_died_as_it_is(office: EngineRoom, tmp_path: Path) -> None:
    dead = tmp_path / "dead"
    dead.mkdir()
    for path in (*tmp_path.glob("office.db*"), *tmp_path.glob("journal*")):
        shutil.copy(path, dead / path.name)
    log = (dead / "office.db-wal").read_bytes()
    assert log
    assert seen(dead / "office.db").startswith("good: 19 events")
    assert (dead / "office.db-wal").read_bytes() == log
    assert office.hall.seq == 19


@pytest.mark.usefixtures("office")
def test_a_spoilt_page_of_the_log_is_a_fault_while_the_broker_still_works(tmp_path: Path) -> None:
    log = tmp_path / "office.db-wal"
    assert spoilt_frame(log) is None
    content = bytearray(log.read_bytes())
    content[32 + 24 + 3 * (4096 + 24) + 100] ^= 1
    log.write_bytes(content)
    assert "office.db-wal is spoilt at its page 4" in seen(tmp_path / "office.db")


@pytest.mark.usefixtures("office")
def test_a_page_that_is_just_being_written_is_no_fault(tmp_path: Path) -> None:
    log = tmp_path / "office.db-wal"
    content = bytearray(log.read_bytes())
    content[-1] ^= 1
    log.write_bytes(content)
    assert spoilt_frame(log) is None


def test_a_reader_that_keeps_the_log_is_named_and_it_shrinks_when_it_is_gone(
    office: EngineRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.store.checkup.LARGE_LOG_BYTES", 1 << 20)
    monkeypatch.setattr("broker.doctor.truth.LARGE_LOG_BYTES", 1 << 20)
    path, log = tmp_path / "office.db", tmp_path / "office.db-wal"
    assert isinstance(office.store, SqlStore)
    office.store._connection.connection.cursor().execute("PRAGMA journal_size_limit=100000")
    office.store._connection.connection.cursor().execute("PRAGMA wal_autocheckpoint=50")
    code = HOLDS.format(path=str(path), statement="BEGIN; SELECT * FROM events")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        while log.stat().st_size < 1 << 20:
            office.issue("visa")
        said = seen(path)
        reader.communicate(b"\n")
    assert said.startswith("warning")
    assert "kept there by" in said
    assert f"({reader.pid})" in said
    for _ in range(3):
        office.issue("visa")
    assert log.stat().st_size < 1 << 19
    assert seen(path).startswith("good")
