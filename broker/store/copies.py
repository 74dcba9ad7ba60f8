"""Copies of the database: one before its tables change, kept beside it, and backups in folders of their own."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from broker.ports import StorageError
from hardware.files import sync

KEPT_COPIES = 3
"""The newest of them stay, one for each version that the database has had."""

MANIFEST = "manifest.json"
"""What makes a folder a backup: it is written last."""
_STAMP = "%Y%m%dT%H%M%SZ"


def stamp(at: dt.datetime) -> str:
    """Return a moment as it stands in the names of files."""
    return f"{at.astimezone(dt.UTC):{_STAMP}}"


def name_of_backup(office: str, made_at: dt.datetime) -> str:
    """Return how the folder of a backup is called."""
    return f"antrean-{office}-{stamp(made_at)}"


def backups_in(folder: Path, office: str) -> dict[Path, dt.datetime]:
    """Return the backups of an office in a folder, the oldest first, and when each was made by the clock of then."""
    found: dict[Path, dt.datetime] = {}
    ours = re.compile(rf"antrean-{re.escape(office)}-(?P<stamp>\d{{8}}T\d{{6}}Z)")  # "city" is not "city-2"
    for path in sorted(folder.glob(f"antrean-{office}-*")):
        named = ours.fullmatch(path.name)
        if named is not None and (path / MANIFEST).is_file():
            found[path] = dt.datetime.strptime(named["stamp"], _STAMP).replace(tzinfo=dt.UTC)
    return found


def keep_copy(database: Path, version: str) -> Path:
    """Copy a database before its tables change; return where the copy lies.

    `StorageError` where there is no room for it: then nothing may be changed either.
    """
    copy = keep_whole(database, database.with_name(f"{database.name}.version-{version}"))
    for old in copies_of(database)[:-KEPT_COPIES]:
        old.unlink(missing_ok=True)
    return copy


def keep_whole(database: Path, copy: Path) -> Path:
    """Copy an SQLite file, with all that still stands in its write-ahead log, in the place of an older copy; durable.

    `StorageError` where that cannot be done.
    """
    part = copy.with_name(copy.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with (
            closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
        sync(part)
        part.replace(copy)
        sync(copy.parent)
    except (OSError, sqlite3.Error) as error:
        message = f"the database is left as it is, for no copy of it can be kept at {copy}: {error}"
        raise StorageError(message) from error
    finally:
        part.unlink(missing_ok=True)
    return copy


def copies_of(database: Path) -> list[Path]:
    """Return the copies that are kept of a database, the oldest first."""
    found = database.parent.glob(f"{database.name}.version-????")
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)
