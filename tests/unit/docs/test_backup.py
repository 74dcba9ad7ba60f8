"""The backup of the README is tried, beside a broker at work: a recipe that nobody runs is a rumour."""

from __future__ import annotations

import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest

from broker.bootstrap.tokens import SessionTokens
from broker.cli import main
from broker.store.head import Head
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

ROOT = Path(__file__).parents[3]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["antrean", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


def test_the_backup_of_the_readme_holds_every_ticket_of_a_working_office(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    recipes = re.findall(
        r"^\.venv/bin/antrean ((?:backup|restore) .+)$", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    backup, restore = (shlex.split(recipe) for recipe in recipes)
    media, var, new = tmp_path / "media", tmp_path / "var", tmp_path / "new"
    SessionTokens(var / "sessions.key")
    with closing(SqlStore(f"sqlite:///{var}/office.db", "demo", Head(var, "demo"))) as store:
        room = EngineRoom(store=store)
        for _ in range(61):
            room.issue("visa")
        places = ("--config", str(ROOT / "config.yaml"), "--data", str(var))
        run(monkeypatch, *(word.replace("/media/backup", str(media)) for word in backup), *places)
    (made,) = media.iterdir()
    assert re.fullmatch(restore[1].rpartition("/")[2].replace("20261127T150000Z", r"\d{8}T\d{6}Z"), made.name)
    with opened(made / "office.db") as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (61,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    run(monkeypatch, "restore", "--yes", str(made), "--config", str(tmp_path / "config.yaml"), "--data", str(new))
    assert (tmp_path / "config.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()
    with closing(SqlStore(f"sqlite:///{new}/office.db", "demo", Head(new, "demo"))) as store:  # on a new machine
        room = EngineRoom(store=store)
        room.ids = iter(range(1_000, 2_000))
        assert room.hall.tickets[room.issue("visa")].number == "B-062"
        assert store.verify() is None
    assert (new / "sessions.key").read_bytes() == (var / "sessions.key").read_bytes()
