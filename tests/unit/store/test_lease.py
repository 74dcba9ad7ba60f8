"""One engine an office: two on one store would give numbers out twice, whatever folder they were started in."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.ports import StorageError
from broker.store.head import Head
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

HOLDS = """
import sys, time
from broker.store.sql import SqlStore
store = SqlStore(sys.argv[1], "demo")
print("open", flush=True)
time.sleep(60)
"""


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/office.db"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(url(tmp_path), "demo", Head(tmp_path, "demo"))) as store:
        yield store


def test_a_second_engine_is_refused_whatever_its_folder_is(store: SqlStore, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    room = EngineRoom(store=store)
    room.issue("visa")
    with pytest.raises(StorageError, match=r"another broker already works with .*office\.db: two would give numbers"):
        SqlStore(url(tmp_path), "demo", Head(other, "demo"))
    with pytest.raises(StorageError, match="another broker"):
        SqlStore(url(tmp_path), "demo", Head(other, "demo"))
    room.issue("visa")
    assert store.verify() is None


def test_who_is_killed_is_followed_at_once(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS, url(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StorageError, match="another broker"):
            SqlStore(url(tmp_path), "demo")
        holder.send_signal(signal.SIGKILL)
    with closing(SqlStore(url(tmp_path), "demo")) as store:
        EngineRoom(store=store).issue("visa")


def test_an_engine_that_another_one_followed_writes_nothing_any_more(store: SqlStore, tmp_path: Path) -> None:
    """Where the system's lock does not reach, on a disk of another machine, the epoch in the database does."""
    room = EngineRoom(store=store)
    room.issue("visa")
    with opened(tmp_path / "office.db") as connection:
        (lines,) = connection.execute("SELECT count(*) FROM events").fetchone()
        connection.execute("UPDATE leases SET epoch = epoch + 1")
    for _ in range(2):
        assert room.ask(cmd.Issue(str(uuid.uuid4()), "visa", None, None))["error"] == "storage_failed"
    with pytest.raises(StorageError, match="another broker has taken this office over"):
        store.keep()
    with opened(tmp_path / "office.db") as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (lines,)


def test_each_change_of_hands_raises_the_epoch(tmp_path: Path) -> None:
    epochs = []
    for _ in range(3):
        with closing(SqlStore(url(tmp_path), "demo")), opened(tmp_path / "office.db") as connection:
            epochs += connection.execute("SELECT epoch FROM leases WHERE office = 'demo'").fetchone()
    assert epochs == [1, 2, 3]


def test_an_engine_that_is_refused_has_changed_nothing(store: SqlStore, tmp_path: Path) -> None:
    EngineRoom(store=store).issue("visa")
    before = (tmp_path / "office.db-wal").read_bytes()
    with pytest.raises(StorageError):
        SqlStore(url(tmp_path), "demo")
    assert (tmp_path / "office.db-wal").read_bytes() == before
