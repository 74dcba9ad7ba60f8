"""Tables of a new database, made by the migrations once and copied from then on: what is copied is what they make."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine

from broker.store import database


@contextmanager
def made_once(folder: Path) -> Iterator[None]:
    """Let this process bring the first new SQLite file up to date as ever, and every other one by a copy of it."""
    bring_up_to_date = database._bring_up_to_date
    made: dict[tuple[str, str], Path] = {}

    def copied(engine: Engine, path: Path | None) -> None:
        if path is None or not path.is_file() or path.stat().st_size > 0:
            bring_up_to_date(engine, path)
            return
        migrations = (str(database.MIGRATIONS), database.VERSION)
        if migrations not in made:
            first = folder / f"{len(made)}.db"
            pattern = create_engine(f"sqlite:///{first}")
            bring_up_to_date(pattern, first)
            pattern.dispose()
            made[migrations] = first
        with closing(engine.raw_connection()) as connection, closing(sqlite3.connect(made[migrations])) as source:
            into = connection.driver_connection
            assert isinstance(into, sqlite3.Connection)
            source.backup(into)

    database._bring_up_to_date = copied
    try:
        yield
    finally:
        database._bring_up_to_date = bring_up_to_date
