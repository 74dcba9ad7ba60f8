"""The backup of the README is tried, beside a broker at work: a recipe that nobody runs is a rumour."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened

README = Path(__file__).parents[3] / "README.md"


def test_the_backup_of_the_readme_holds_every_ticket_of_a_working_office(tmp_path: Path) -> None:
    (recipe,) = re.findall(r'^\.venv/bin/python -c (".+")$', README.read_text(), re.MULTILINE)
    (code,) = shlex.split(recipe)
    (tmp_path / "var").mkdir()
    copy = tmp_path / "copy.db"
    with closing(SqlStore(f"sqlite:///{tmp_path}/var/office.db", "demo")) as store:
        room = EngineRoom(store=store)
        for _ in range(60):
            room.issue("visa")
        code = code.replace("/media/backup/office.db", str(copy))
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    with opened(copy) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (60,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
