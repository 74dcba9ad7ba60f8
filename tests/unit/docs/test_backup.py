"""The backup of the README is tried, beside a broker at work: a recipe that nobody runs is a rumour."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from broker.bootstrap.tokens import SessionTokens
from broker.store.head import Head
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

README = Path(__file__).parents[3] / "README.md"


def test_the_backup_of_the_readme_holds_every_ticket_of_a_working_office(tmp_path: Path) -> None:
    (recipe,) = re.findall(r'^\.venv/bin/python -c (".+")$', README.read_text(), re.MULTILINE)
    (code,) = shlex.split(recipe)
    (ends,) = re.findall(r"^cp -p (.+) /media/backup/$", README.read_text(), re.MULTILINE)
    (tmp_path / "var").mkdir()
    backup = tmp_path / "backup"
    backup.mkdir()
    copy = backup / "office.db"
    url = f"sqlite:///{tmp_path}/var/office.db"
    SessionTokens(tmp_path / "var" / "sessions.key")
    with closing(SqlStore(url, "demo", Head(tmp_path / "var", "demo"))) as store:
        room = EngineRoom(store=store)
        for _ in range(60):
            room.issue("visa")
        for pattern in ends.split():
            for path in tmp_path.glob(pattern):
                shutil.copy2(path, backup)
        room.issue("visa")
        code = code.replace("/media/backup/office.db", str(copy))
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    with opened(copy) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (61,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {path.name for path in backup.iterdir()} == {"office.db", "journal-demo.head", "journal.key", "sessions.key"}
    with closing(SqlStore(f"sqlite:///{copy}", "demo", Head(backup, "demo"))) as store:  # on a new machine
        room = EngineRoom(store=store)
        room.ids = iter(range(1_000, 2_000))
        room.issue("visa")
        assert store.verify() is None
