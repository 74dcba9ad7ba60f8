"""The database, looked at from outside while it may be in use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from broker.doctor import truth
from broker.store.checkup import check_up
from broker.store.sql import SqlStore
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.unit.store.frozen import thaw

DATABASES = Path(__file__).parents[2] / "databases"


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_no_database_yet_is_no_fault_and_none_is_made(tmp_path: Path) -> None:
    assert check_up(url(tmp_path / "office.db"), "demo") is None
    assert truth.store(None).verdict == "good"
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_read_beside_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "an office.db"
    store = SqlStore(url(path), "demo")
    a_busy_day(EngineRoom(store=store))
    found = check_up(url(path), "demo")
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
    found = check_up(url(path), "demo")
    assert found is not None
    assert found.is_old
    assert truth.store(found).verdict == "warning"
    assert path.read_bytes() == before


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    path.write_bytes(b"this is no database, but it is long enough to be looked at" * 100)
    found = check_up(url(path), "demo")
    assert found is not None
    finding = truth.store(found)
    assert finding.verdict == "fault"
    assert "office.db cannot be read: file is not a database" in finding.seen
