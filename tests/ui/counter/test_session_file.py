"""The session on disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from counter.desk.session import Session, SessionFile

SESSION = Session("c3", "siti", "token-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counter-3" / "session.json"


def test_what_is_kept_is_there_for_the_next_run(path: Path) -> None:
    SessionFile(path).save(SESSION)
    assert SessionFile(path).load() == SESSION


def test_only_the_owner_may_read_it(path: Path) -> None:
    SessionFile(path).save(SESSION)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_cleared_session_is_gone_and_clearing_twice_is_fine(path: Path) -> None:
    sessions = SessionFile(path)
    sessions.save(SESSION)
    sessions.clear()
    sessions.clear()
    assert sessions.load() is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"counter": "c3"}', '{"counter": 3, "officer": "a", "token": "b"}']
)
def test_a_broken_file_only_costs_a_pin(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    assert SessionFile(path).load() is None


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    SessionFile(blocked / "session.json").save(SESSION)
    assert "not kept" in caplog.text


def test_the_token_is_not_shown_where_a_session_is_printed() -> None:
    assert "token-1" not in repr(SESSION)
