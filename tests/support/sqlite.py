"""An SQLite file as another program sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def opened(database: Path | str, *, uri: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection, commit what was done with it, and let the file go: sqlite3 alone does only the former."""
    with closing(sqlite3.connect(database, uri=uri)) as connection, connection:
        yield connection
