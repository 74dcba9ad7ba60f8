"""A look at the database from outside: it leaves nothing behind, so that it may run beside a working broker."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from broker.ports import StorageError
from broker.store.audit import contradiction
from broker.store.database import VERSION, cause_of, file_of, reading_engine, version_of
from broker.store.head import Head, Mark
from broker.store.moments import moment
from broker.store.tables import EventRow
from broker.store.write_ahead import LogIndex, name_of, readers_of, spoilt_frame, writers_of

PATIENCE_S = 2.5
"""A broker waits for a lock no longer: what takes so long fails for it too."""
LARGE_LOG_BYTES = 32 << 20
"""A log that nobody keeps is brought into the database at a third of this."""
LOOK_AGAIN_S = 0.3
"""Who reads in the log at both looks is no passing reader."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was read. `damage`, `lost` and `refusal` say in words what is wrong, or nothing."""

    where: str
    events: int = 0
    last_at: dt.datetime | None = None
    is_old: bool = False
    damage: str = ""
    """Why the database cannot be used."""
    lost: str = ""
    """What of the journal had been answered and is not there."""
    refusal: str = ""
    """Why nothing can be written."""
    log_bytes: int = 0
    readers: tuple[str, ...] = ()
    """Who keeps a large log from being brought into the database."""


def check_up(url: str, office: str, head: Head) -> Checkup | None:
    """Return how the database fares, or None where there is none yet. Raises nothing: what goes wrong is the answer."""
    path = file_of(url)
    where = make_url(url).render_as_string() if path is None else str(path)
    try:
        mark = head.read()
    except StorageError as error:
        return Checkup(where, damage=str(error))
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        if mark is None or mark.seq == 0:
            return None
        state = "empty" if path.exists() else "not there"
        return Checkup(where, lost=f"{where} is {state}, but its journal had {mark.seq} lines")
    try:
        engine = reading_engine(url)
        try:
            with engine.connect() as connection:
                found = _read(connection, office, where, mark)
                head.refuse_empty(found.events)
                if path is not None and not found.damage:
                    found = replace(found, refusal=_try_to_write(path))
        finally:
            engine.dispose()
    except StorageError as error:
        return Checkup(where, damage=str(error))
    except (SQLAlchemyError, ImportError) as error:
        return Checkup(where, damage=f"{where} cannot be read: {cause_of(error)}")
    return found if path is None or found.damage else _with_log(found, path)


def _read(connection: Connection, office: str, where: str, mark: Mark | None) -> Checkup:
    if connection.dialect.name == "sqlite":
        said = str(connection.scalar(text("PRAGMA quick_check(1)")))
        if said != "ok":
            return Checkup(where, damage=f"{where} is damaged: {said}")
    of_office = col(EventRow.office) == office
    events = connection.scalar(select(func.count()).where(of_office)) or 0
    version = version_of(connection)
    last_at = connection.scalar(select(func.max(col(EventRow.at))).where(of_office)) if version == VERSION else None
    lost = "" if version != VERSION else contradiction(connection, office, mark)
    return Checkup(where, events, None if last_at is None else moment(last_at), version != VERSION, lost=lost)


def _try_to_write(path: Path) -> str:
    """Take the lock for writing, write, and take it back; return why that is not possible, or nothing.

    Whoever calls this has the file open for reading: else closing it would bring the log into the database.
    """
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=PATIENCE_S, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE alembic_version SET version_num = version_num")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        holders = ", ".join(sorted(name_of(pid) for pid in writers_of(path)))
        return f"{error}; the lock is held by {holders}" if holders else str(error)
    return ""


def _with_log(found: Checkup, path: Path) -> Checkup:
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    index = LogIndex(path)
    spoilt = spoilt_frame(log, pages=index.pages())
    index.close()
    if spoilt is not None:
        damage = f"{log} is spoilt at its page {spoilt}: whatever was written after that is lost at the next start"
        return replace(found, damage=damage, log_bytes=size)
    if size < LARGE_LOG_BYTES:
        return replace(found, log_bytes=size)
    readers = readers_of(path)
    time.sleep(LOOK_AGAIN_S)
    lasting = readers & readers_of(path)
    return replace(found, log_bytes=size, readers=tuple(sorted(name_of(pid) for pid in lasting)))
