"""`antrean backup` and `antrean restore`: the office's truth in a folder of its own, whole, looked at, and put back.

A copy of the file alone is none: the newest tickets stand in the log beside it. And a copy that was put back beside the
log of another database is destroyed by it. Both are seen to here, and so is that no number comes twice by it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from broker.config import Settings
from broker.config.document import named_files, read_document
from broker.config.logins import BOOK, LoginError, joined_books, read_book, write_book
from broker.ports import StorageError
from broker.store.archive import Archive
from broker.store.archived import ASIDE, Years, years_in
from broker.store.copies import MANIFEST, backups_in, keep_whole, name_of_backup, stamp
from broker.store.database import VERSION, LaterVersionError, file_of, resolve_url
from broker.store.given import NONE_GIVEN, Given, of_number
from broker.store.head import Head
from broker.store.lease import FileHold
from broker.store.recovery import examine, go_on_behind, told_beside
from hardware.files import sync, write_whole

DATABASE, CONFIG = "office.db", "config.yaml"
KEYS: Final = ("ca.key", "journal.key", "office.key", "sessions.key")
"""Without them a database is there, but what it says cannot be proved, read, or gone on with; and no machine would know
who answers for the office now."""
BESIDE: Final = "beside"
"""Below a backup: the files that config.yaml names, such as logo and surveys, each where it lies beside that."""
KEPT = 14
"""So many backups stay in a folder."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup, as its manifest tells."""

    folder: Path
    office: str
    made_at: dt.datetime
    tables: str
    """The version of the tables in it."""
    lines: int
    """Of the journal."""
    given: Given
    digests: dict[str, str]
    """By file: SHA-256."""
    unheld: tuple[str, ...] = ()
    """In words which archives of years do not lie beside the backups as they should."""


def back_up(
    settings: Settings,
    config: Path,
    data: Path,
    into: Path,
    *,
    now: dt.datetime,
    keep: int = KEPT,
    with_years: bool = True,
) -> Backup:
    """Make a backup in a new folder below `into`, look whether it is whole, and let the oldest go; return it.

    Works beside a broker at work and never holds it up. `StorageError` or OSError where it cannot be made: then
    nothing of it is left. `with_years`: copy beside it what `antrean archive` moved away and is not there yet.
    """
    database = file_of(resolve_url(settings.store.url, data))
    if database is None:
        message = "the database is on a server of its own: back it up with its own tool, such as pg_dump"
        raise StorageError(message)
    if not database.is_file():
        message = f"{database} is not there: no broker has worked here yet, or --data is to name another folder"
        raise StorageError(message)
    office = settings.office.id
    folder = into / name_of_backup(office, now)
    if folder.exists():
        message = f"{folder} is there already"
        raise StorageError(message)
    with _made_whole(folder) as part:
        head = Head(data, office)
        for path in (head.path, *(data / name for name in (*KEYS, BOOK))):  # an end may be older than the database only
            if path.is_file():
                _copy(path, part / path.name)
        keep_whole(database, part / DATABASE)
        if config.is_file():
            _copy(config, part / CONFIG)
            for name in _named_beside(config):
                _copy(config.parent / name, part / BESIDE / name)
        made = _looked_at(part, office, now)
    known = backups_in(into, office)
    # What a wrong clock has dated ahead goes first: it must not stand in the place of what was made now.
    for old in sorted(known, key=lambda one: (known[one] <= now, known[one]))[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return replace(made, folder=folder, unheld=tuple(_hold_years(folder, database, office, now) if with_years else ()))


def read_backup(folder: Path) -> Backup:
    """Return what a backup says of itself, every file held against its digest; `StorageError` in words else."""
    try:
        said: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        given = NONE_GIVEN
        if said["day"]:
            given = Given(dt.date.fromisoformat(said["day"]), dict(said["numbers"]), dict(said.get("in_advance", {})))
        backup = Backup(
            folder,
            str(said["office"]),
            dt.datetime.fromisoformat(said["made_at"]),
            str(said["tables"]),
            int(said["lines"]),
            given,
            dict(said["files"]),
        )
    except FileNotFoundError as error:
        message = f"{folder} is no backup: it has no {MANIFEST}. A folder that antrean backup has made is meant"
        raise StorageError(message) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{folder / MANIFEST} cannot be understood: the backup is damaged; take another one"
        raise StorageError(message) from error
    for name, digest in backup.digests.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            message = f"{folder / name} is not what was written there: the backup is damaged; take another one"
            raise StorageError(message)
    if backup.tables > VERSION:
        message = (
            f"{folder} was made by a later version of antrean (tables {backup.tables}; this program knows {VERSION}): "
            "use the program that made it, or a newer one"
        )
        raise StorageError(message)
    return backup


@dataclass(frozen=True, slots=True)
class Plan:
    """What putting a backup back would mean."""

    backup: Backup
    behind: int
    """So many lines of the journal were answered for after it."""
    lost: str
    """The numbers that were given out after it, in words; empty where it knows all."""
    given: Given
    """All that were given out, by whatever knows."""
    is_blind: bool
    """Nothing here tells of what was given out after it, as on a new disk."""


def plan_restore(
    backup: Backup, settings: Settings, data: Path, *, now: dt.datetime, held: Collection[str] = ()
) -> Plan:
    """Return what would be missing; `StorageError` where it is a backup of another office.

    What was given out is known by the database that is there, as far as it can be read, by the head, by papers, and by
    people: `held` are numbers of today that somebody has.
    """
    office, url = settings.office, resolve_url(settings.store.url, data)
    if backup.office != office.id:
        message = f"{backup.folder} is a backup of the office {backup.office}, and this is {office.id}"
        raise StorageError(message)
    head = Head(data, office.id)
    try:
        there = examine(url, head, office.id, data=data, zone=office.zone)
    except LaterVersionError:  # whoever goes back to an older program has one; the head knows the numbers
        if (told := told_beside(head, data=data, zone=office.zone)) is None:
            raise
        there = told
    given = backup.given.joined(there.given)
    is_blind = there.answered is None and not there.lines and there.given.is_empty
    behind = max(0, max(there.answered or 0, there.lines) - backup.lines)
    today = now.astimezone(office.zone).date()
    for number in held:
        one = of_number(number, max(today, given.day or today))
        if one.is_empty:
            message = f"{number} is no number as it stands on a ticket, such as A-057"
            raise StorageError(message)
        given = given.joined(one)
    return Plan(backup, behind, given.in_words(backup.given), given, is_blind=is_blind and not held)


def put_back_config(backup: Backup, config: Path) -> list[Path]:
    """Put the configuration back where there is none, and what it names beside it; return what was put back."""
    if config.exists() or CONFIG not in backup.digests:
        return []
    beside = {name: config.parent / Path(name).relative_to(BESIDE) for name in backup.digests if "/" in name}
    missing = {name: path for name, path in beside.items() if not path.exists()}
    for name, path in ({CONFIG: config} | missing).items():
        _copy(backup.folder / name, path)
    return [config, *missing.values()]


def _free(path: Path) -> Path:
    """Return a path that nothing stands at: whoever restores again within a second loses nothing of either time."""
    names = (path if at == 1 else path.with_name(f"{path.name}-{at}") for at in count(1))
    return next(one for one in names if not one.exists())


def restore(plan: Plan, settings: Settings, data: Path, *, now: dt.datetime) -> list[str]:
    """Put a backup back; return in words what was done. For one process alone, while no broker works.

    It is made ready beside, with the numbers that it does not know, before anything is touched; and the head changes
    last. Whenever this ends early, a broker either finds all in order or refuses to begin.
    """
    backup, office = plan.backup, settings.office.id
    database = file_of(resolve_url(settings.store.url, data))
    if database is None:
        message = "the database is on a server of its own: put it back with its own tool"
        raise StorageError(message)
    home, head = database.parent, Head(data, office).path
    aside = _free(home / f"before-restore-{stamp(now)}")
    beside = [name for name in (*KEYS, head.name) if name in backup.digests]
    done = [f"put back: {backup.lines} lines of the journal, up to {backup.made_at:%Y-%m-%d %H:%M} UTC"]
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as made, ExitStack() as held:
        ready = Path(made) / DATABASE
        _copy(backup.folder / DATABASE, ready)
        done += go_on_behind(f"sqlite:///{ready}", office, plan.given.beyond(backup.given), now)
        if database.is_file():
            held.callback(FileHold(database, office).close)
        logs = (database.with_name(database.name + end) for end in ("-wal", "-shm"))
        there = [path for path in (*logs, database) if path.exists()]
        replaced = [path for path in (*(data / name for name in (*beside, BOOK)), head) if path.exists()]
        if there or replaced:
            aside.mkdir(mode=0o700)
            done.insert(0, f"what was there is put aside: {aside}")
        for path in replaced:
            _copy(path, aside / path.name)
        for path in there:  # the log with its file: left beside another one it would destroy it
            path.replace(aside / path.name)
        ready.replace(database)
        sync(home)
    done += _put_back_years(backup.folder.parent, database, office)
    done += _put_back_logins(backup, data)
    for name in beside:
        _copy(backup.folder / name, data / name)
    if head.name not in beside:
        head.unlink(missing_ok=True)
    return done


def _put_back_logins(backup: Backup, data: Path) -> list[str]:
    """Let the devices that had logins have them again; what was decided since, such as that one is revoked, stays."""
    if BOOK not in backup.digests:
        return []
    before = read_book(backup.folder)
    try:
        book = joined_books(before, read_book(data))
    except LoginError:  # it is put aside
        book = before
    write_book(data, book)
    if book != before:
        return []
    return ["devices log in as at that time: revoke again whom you revoked since (antrean provision --list)"]


def _hold_years(made: Path, database: Path, office: str, now: dt.datetime) -> Iterator[str]:
    """Copy beside the backups what was moved away and is not there yet; yield in words what cannot be had.

    Such a file never changes, so it is copied once; and one of them is read again each day, in turn.
    """
    away = years_in(f"sqlite:///{made / DATABASE}", office)
    for turn, years in enumerate(away):
        source, held = years.at_hand(database), years.held(made.parent)
        is_there = held.is_file() and (turn != now.toordinal() % len(away) or _digest(held) == years.digest)
        if source is not None and held.exists() and source.samefile(held):
            yield f"{held} is there once only, among the backups: copy it to another disk, too"
        elif not is_there and source is None:
            damaged = f"; what lies at {held} is damaged" if held.is_file() else ""
            yield f"the years up to {years.day} are in no backup: there is no archive at {years.file}{damaged}"
        elif not is_there and source is not None:
            try:
                is_there = _copy_years(years, source, held)
            except OSError as error:
                yield f"{source} cannot be copied to {held}: {error.strerror or error}"
            else:
                if not is_there:
                    yield f"{source} is not the archive as it was made, and is in no backup: put it back from elsewhere"


def _put_back_years(backups: Path, database: Path, office: str) -> Iterator[str]:
    """Lay what was moved away where it was, or beside the database; yield in words what was done."""
    for years in years_in(f"sqlite:///{database}", office):
        laid, there, held = Path(years.file), years.at_hand(database), years.held(backups)
        if there is not None:
            if _digest(there) != years.digest:
                yield f"{there} is not the archive as it was made: put it back from elsewhere (one may lie at {held})"
            continue
        why = "is not there"
        for target in (laid, database.parent / ASIDE / laid.name):
            if not held.is_file() or (target == laid and not target.parent.is_dir()):
                continue
            try:
                if _copy_years(years, held, target):
                    yield f"put back: {target}"
                    break
                why = "is damaged"
            except OSError as error:
                why = f"cannot be copied: {error.strerror or error}"
        else:
            yield (
                f"not put back: the tickets of the years up to {years.day}, for {held} {why}. Reports of those years "
                f"go on; whoever has the file lays it at {laid}"
            )


def _copy_years(years: Years, source: Path, target: Path) -> bool:
    """Copy an archive; tell whether it is as it was made. Else nothing has changed."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    looked_at = target.with_name(f".{target.name}")
    try:
        _copy(source, looked_at)
        if is_whole := _digest(looked_at) == years.digest:
            looked_at.chmod(0o400)
            looked_at.replace(target)
            sync(target.parent)
    finally:
        looked_at.unlink(missing_ok=True)
    return is_whole


def _named_beside(config: Path) -> list[Path]:
    """Return the files that a configuration names and that lie at its side or below, from there on."""
    names = {Path(place[key]) for place, key in named_files(read_document(config).data)}
    return sorted(
        name for name in names if not name.is_absolute() and ".." not in name.parts and (config.parent / name).is_file()
    )


def _looked_at(part: Path, office: str, now: dt.datetime) -> Backup:
    """Return what has been copied, after it was read as a whole; `StorageError` where it is not what it should be."""
    database = part / DATABASE
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        said = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        version = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    if said != "ok":
        message = f"the copy of the database is damaged ({said}): so is the database itself; antrean doctor says more"
        raise StorageError(message)
    mark = Head(part, office).read()
    with closing(Archive(f"sqlite:///{database}", office)) as archive:
        broken, end, given = archive.verify(mark), archive.end(), archive.given()
    if broken is not None:
        message = f"the journal in the copy is broken at line {broken.seq}: {broken.why}"
        raise StorageError(message)
    files = sorted(path for path in part.rglob("*") if path.is_file())
    digests = {path.relative_to(part).as_posix(): _digest(path) for path in files}
    facts = {
        "office": office,
        "made_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "tables": version,
        "lines": end.seq,
        "end": end.hash,
        "day": None if given.day is None else given.day.isoformat(),
        "numbers": dict(given.numbers),
        "in_advance": dict(given.in_advance),
        "files": digests,
    }
    write_whole(part / MANIFEST, json.dumps(facts, indent=1).encode(), durable=True)
    return Backup(part, office, now, version, end.seq, given, digests)


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """Yield a folder for its owner alone that gets its name when all in it is on the disk, and goes if that fails."""
    part = folder.with_name(f".{folder.name}.part")
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(part)
    part.mkdir(parents=True, mode=0o700)
    try:
        yield part
        sync(part)
        part.replace(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _copy(source: Path, target: Path) -> None:
    """Copy a file durably, for its owner alone."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as read:
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with part.open("wb") as written:
            shutil.copyfileobj(read, written, _CHUNK)
    sync(part)
    part.replace(target)
    sync(target.parent)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
