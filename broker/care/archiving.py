"""`antrean archive`: years that nobody works with any more move out of the database, into a file of their own.

Both files are made anew beside what is there, looked at together, and only then take their places: the archive first,
then, by one rename, the database. Whoever is cut off in between has the database of before, or the one of after.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from broker.care.backup import read_backup
from broker.config import Settings
from broker.contract.topics import ENGINE_CLIENT
from broker.domain.events import Archived
from broker.ports import Recorded, StorageError, Work
from broker.store.archive import Archive
from broker.store.archived import Years
from broker.store.copies import keep_whole
from broker.store.database import converted, file_of, resolve_url
from broker.store.given import NONE_GIVEN
from broker.store.head import Head, Mark
from broker.store.journal import GENESIS
from broker.store.lease import FileHold
from broker.store.moments import micros
from broker.store.sql import SqlStore
from hardware.files import sync

MOVED: Final[Mapping[str, str]] = {
    "events": "seq",
    "tickets": "first_seq",
    "promises": "seq",
    "print_jobs": "seq",
    "sessions": "opened_seq",
    "staff_sessions": "seq",
}
"""What goes with the lines of the journal, and by which line each row goes."""
KEPT = ".before-archive"
"""The database as it was, beside it, where no backup was named."""
_MAKING = ".archive-"
_CACHE_KIB = 200_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be moved."""

    database: Path
    office: str
    day: dt.date
    """The last office day that goes."""
    first: Mark
    """The line before the first that goes."""
    last: Mark
    """The last line that goes."""
    end: Mark
    """Where the journal ends now."""
    tickets: int
    file: Path
    """Where it is laid."""


def plan_archive(settings: Settings, data: Path, before: dt.date, folder: Path) -> Plan:
    """Return what would be moved; `StorageError` in words where that is nothing, or cannot be.

    The database is opened as the broker does it: it has to be whole against its head, and of this version afterwards.
    """
    office, url = settings.office.id, resolve_url(settings.store.url, data)
    database = file_of(url)
    if database is None:
        message = (
            "the database is on a server of its own, and nothing is moved out of that: it grows as the server lets it"
        )
        raise StorageError(message)
    if not folder.is_dir():
        message = f"{folder} is not there: is the disk plugged in and mounted?"
        raise StorageError(message)
    if not database.is_file():
        message = f"there is no database at {database}"
        raise StorageError(message)
    SqlStore(url, office, Head(data, office)).close()
    with closing(Archive(url, office)) as archive:
        found, end, away = archive.lines_to_move(before), archive.end(), archive.years_away()
        if isinstance(found, str):
            message = f"nothing is moved: {found}"
            raise StorageError(message)
        day, last = found
        tickets = archive.tickets_to(last.seq)
    first = Mark(away[-1].last_seq, away[-1].hash) if away else Mark(0, GENESIS)
    file = folder / f"antrean-{office}-until-{day}.db"
    if any(Path(years.file) == file.absolute() for years in away):
        message = f"{file} holds what was archived before: name another folder"
        raise StorageError(message)
    return Plan(database, office, day, first, last, end, tickets, file)


def archive_years(plan: Plan, head: Head, *, now: dt.datetime, backup: Path | None = None) -> list[str]:
    """Move it; return in words what was done. For one process alone, while no broker works with the database.

    `backup` is one that knows all that goes; without one the database stays beside as it was. `StorageError` where it
    cannot be done: then nothing has changed.
    """
    url, database = f"sqlite:///{plan.database}", plan.database
    if backup is not None:
        _require_backup(backup, plan)
    with ExitStack() as held, converted("archive", sqlite3.Error):
        for office in _offices(database):
            held.callback(FileHold(database, office).close)
        mark = head.read()
        for left in database.parent.glob(f"{_MAKING}*"):  # of one that was cut off
            shutil.rmtree(left, ignore_errors=True)
        _require_unread(database)
        making = held.enter_context(tempfile.TemporaryDirectory(dir=database.parent, prefix=_MAKING))
        part = plan.file.with_name(f".{plan.file.name}.part")
        held.callback(part.unlink, missing_ok=True)
        new = Path(making) / database.name
        _copy_rows(plan, part, goes=True)
        digest = _digest(part)
        _copy_rows(plan, new, goes=False)
        _tell(new, plan, digest, now)
        _look_at(new, part, plan, mark)
        sync(new)
        _lay_down(part, plan)
        done = [f"archived: {plan.file}, lines {plan.first.seq + 1} to {plan.last.seq}, {plan.tickets} tickets"]
        done += [] if backup is not None else [f"the database as it was stays: {_keep(database)}"]
        _require_unread(database)
        for beside in (database.with_name(database.name + end) for end in ("-wal", "-shm")):
            beside.unlink(missing_ok=True)  # nothing is in them; left there they would be taken for the new one's
        new.replace(database)
        sync(database.parent)
    with closing(Archive(url, plan.office)) as archive:
        given = archive.given().joined(NONE_GIVEN if mark is None else mark.given)
        head.prepare(replace(archive.end(), given=given))
    head.close()
    return done


def opened(file: Path, office: str, known: Sequence[Years]) -> Archive:
    """Return an archive for reading; `StorageError` in words where it is none of the `known` files as it was made."""
    if not file.is_file():
        message = f"there is no archive at {file}"
        raise StorageError(message)
    digest = _digest(file)
    if all(years.digest != digest for years in known):
        message = f"{file} is no archive of this database as it was made: another file, or one that was changed since"
        raise StorageError(message)
    return Archive(f"sqlite:///{file}", office)


def _require_backup(folder: Path, plan: Plan) -> None:
    """Raise `StorageError` where a backup does not know all that goes."""
    made = read_backup(folder)
    with closing(Archive(f"sqlite:///{folder / 'office.db'}", plan.office)) as archive:
        known = made.office == plan.office and archive.hash_of(plan.last.seq) == plan.last.hash
    if not known:
        message = f"{folder} does not know the lines up to {plan.last.seq}: make a backup now (antrean backup FOLDER)"
        raise StorageError(message)


def _offices(database: Path) -> list[str]:
    """Return all offices that write to a file: the whole of it is to be still."""
    with closing(_reading(database)) as connection:
        return [office for (office,) in connection.execute("SELECT office FROM leases ORDER BY office")]


def _require_unread(database: Path) -> None:
    """Bring all that stands in the log into the file; `StorageError` where somebody else reads in it."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    log = database.with_name(f"{database.name}-wal")
    if is_busy or (log.exists() and log.stat().st_size > 0):
        message = f"somebody reads {database} just now (a report, a backup): stop the pages, too, and ask again"
        raise StorageError(message)


def _copy_rows(plan: Plan, target: Path, *, goes: bool) -> None:
    """Make a database of the rows that go, or of all others.

    An archive has the tables of what goes with the journal, and what was archived before it; all others are empty.
    """
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(target, uri=True, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ? AS old", (f"file:{quote(str(plan.database))}?mode=ro",))
        made = connection.execute("SELECT type, name, sql FROM old.sqlite_master WHERE sql IS NOT NULL").fetchall()
        connection.execute("BEGIN")
        for _, name, sql in (one for one in made if one[0] == "table"):
            connection.execute(sql)
            values: tuple[object, ...] = ()
            where = "1" if name == "alembic_version" or not goes else "0"
            if name in MOVED:
                of_plan, values = f"office = ? AND {MOVED[name]} <= ?", (plan.office, plan.last.seq)
                where = of_plan if goes else f"NOT ({of_plan})"
            elif name == "archived" and goes:
                where, values = "office = ?", (plan.office,)
            copied = f'INSERT INTO main."{name}" SELECT * FROM old."{name}" WHERE {where}'  # noqa: S608 - names of ours
            connection.execute(copied, values)
        for _, _, sql in (one for one in made if one[0] == "index"):
            connection.execute(sql)
        connection.execute("COMMIT")
        said = str(connection.execute("PRAGMA main.integrity_check(1)").fetchone()[0])
        connection.execute("DETACH old")
    if said != "ok":
        message = (
            f"what was copied from {plan.database} is damaged ({said}): so is the database; antrean doctor says more"
        )
        raise StorageError(message)
    sync(target)


def _tell(new: Path, plan: Plan, digest: str, now: dt.datetime) -> None:
    """Let the new database know what was moved away, and its journal tell of it."""
    seq, file = plan.end.seq + 1, str(plan.file.absolute())
    row = (plan.office, plan.last.seq, plan.first.seq + 1, plan.first.hash, plan.last.hash, plan.day.isoformat())
    with closing(sqlite3.connect(new)) as connection, connection:
        connection.execute(
            "INSERT INTO archived (office, last_seq, first_seq, previous, hash, day, seq, file, digest, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, seq, file, digest, micros(now)),
        )
    with closing(SqlStore(f"sqlite:///{new}", plan.office)) as store:
        at = store.lines(plan.end.seq - 1, most=1)[0].event.at
        fact = Archived(
            at=at, day=plan.day, first=plan.first.seq + 1, last=plan.last.seq, hash=plan.last.hash, digest=digest
        )
        store.commit(Work(at=at, events=[Recorded(seq, fact, ENGINE_CLIENT, None)]))


def _look_at(new: Path, part: Path, plan: Plan, mark: Mark | None) -> None:
    """Raise `StorageError` where both files together are not all that was there, or their chain is broken.

    Whether tables say what the journal says is the same after as before, and `journal verify` tells it.
    """
    with (
        closing(Archive(f"sqlite:///{new}", plan.office)) as rest,
        closing(Archive(f"sqlite:///{part}", plan.office)) as away,
    ):
        broken = rest.find_break(mark, (away,))
    if broken is not None:
        message = f"nothing was moved, for the journal is broken at line {broken.seq}: {broken.why}"
        raise StorageError(message)
    with closing(_reading(plan.database)) as old, closing(_reading(new)) as left, closing(_reading(part)) as gone:
        for (table,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            count = f'SELECT count(*) FROM "{table}"'  # noqa: S608 - a name of ours
            before, after, away_now = (one.execute(count).fetchone()[0] for one in (old, left, gone))
            moved, told = away_now * (table in MOVED), table in {"events", "archived"}
            if after + moved != before + told:
                message = f"nothing was moved, for not all rows of {table} are in the copies"
                raise StorageError(message)


def _lay_down(part: Path, plan: Plan) -> None:
    """Give the archive its name; nobody writes to it any more."""
    if plan.file.exists() and not _is_left_over(plan):
        message = f"{plan.file} is there already, and is another one: name another folder, or take it away"
        raise StorageError(message)
    part.chmod(0o400)
    part.replace(plan.file)
    sync(plan.file.parent)


def _is_left_over(plan: Plan) -> bool:
    """Tell whether a file of this name is of one that was cut off: all in it is still in the database."""
    try:
        with closing(Archive(f"sqlite:///{plan.file}", plan.office)) as archive:
            end = archive.end()
            return (end.seq, end.hash) == (plan.last.seq, plan.last.hash)
    except StorageError:
        return False


def _keep(database: Path) -> Path:
    """Let the database as it is have a second name, which stays when another file takes its first."""
    kept = database.with_name(database.name + KEPT)
    kept.unlink(missing_ok=True)
    try:
        os.link(database, kept)
    except OSError:  # a file system without links
        keep_whole(database, kept)
    sync(database.parent)
    return kept


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
