"""Makes the database that is frozen in tests/databases: run once for each version of the tables."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from broker.store.sql import SqlStore
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.sqlite import opened


def freeze(database: Path, dump: Path) -> None:
    """Let a busy day happen in a new database and write it down as SQL."""
    store = SqlStore(f"sqlite:///{database}", "demo")
    a_busy_day(EngineRoom(store=store))
    store.close()
    with opened(database) as connection:
        dump.write_text("\n".join(connection.iterdump()) + "\n")


def thaw(dump: Path, database: Path) -> None:
    """Make a database of what was written down."""
    connection = sqlite3.connect(database)
    connection.executescript(dump.read_text())
    connection.close()
