"""Where the rows live: the URL, a connection that is durable or one that only reads, tables brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import create_engine

from broker.extras import lacking
from broker.ports import StorageError
from broker.store.copies import keep_copy
from broker.store.journal import UnreadableError
from hardware.files import for_owner_alone

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = "0011"
"""The newest of the migrations: what this program reads and writes."""
BUSY_TIMEOUT_MS = 2000
LOG_PAGES = 2_500
"""So many pages of the write-ahead log are brought into the file at once: every 200 tickets, so not one in a hundred of
them waits for it, and the pages that all of them change are written once."""
LOG_BYTES = 12 << 20
"""What grew beyond this while somebody read shrinks again with the next round of the write-ahead log."""

log = logging.getLogger(__name__)


class LaterVersionError(StorageError):
    """A later program has brought the tables to a shape that this one does not know."""


def resolve_url(url: str, data_dir: Path) -> str:
    """Return `url` with a relative SQLite path laid below the data folder.

    `StorageError` where it is no URL, or names no file: an office that lives in memory would be gone with the process.
    """
    try:
        parsed = make_url(url.strip())
    except ArgumentError as error:
        message = f"store.url is not a database URL: {url}"
        raise StorageError(message) from error
    if parsed.get_backend_name() != "sqlite":
        return url.strip()
    if parsed.database in {None, "", ":memory:"} or parsed.query:
        message = f"store.url names no file, such as sqlite:///office.db: {url}"
        raise StorageError(message)
    path = (data_dir / str(parsed.database)).absolute()
    if path.is_dir():
        message = f"store.url names a folder, not a file: {path}"
        raise StorageError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    return parsed.set(database=str(path)).render_as_string(hide_password=False)


def file_of(url: str) -> Path | None:
    """Return the file behind a URL, or None where the database is no file of this machine."""
    parsed = make_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def prepare_file(path: Path | None, *, lines: int = 0) -> None:
    """Make the file of a database where there is none, for its owner alone.

    Where a journal of so many `lines` is known to have been there and is gone, `StorageError` before the library
    touches what is left.
    """
    _require_content(path, lines)
    _keep_for_owner(path)


def open_database(url: str) -> Engine:
    """Return the database for its one writer, the tables up to date; the library's errors where that fails.

    A database of an earlier version is copied before it is changed. Its file is there: see `prepare_file`.
    """
    engine = create_engine(url, **_of_server(make_url(url)))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_writes)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _server_writes)
    try:
        _bring_up_to_date(engine, file_of(url))
    except BaseException:
        engine.dispose()  # else the file stays open until the garbage is collected
        raise
    return engine


def open_read_only(url: str) -> Engine:
    """Return the database for reading alone: it is not made, not brought up to date, not written to in any way.

    `StorageError` where it is not there, or is not of this version: then it would not mean what we read in it.
    """
    path = file_of(url)
    if path is not None and not path.is_file():
        message = f"there is no database at {path}"
        raise StorageError(message)
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            require_this_version(connection, str(path or make_url(url).render_as_string()))
    except BaseException:
        engine.dispose()
        raise
    return engine


def reading_engine(url: str) -> Engine:
    """Return the database whatever its version is; nothing can be written through it.

    All that one connection reads is of one moment, whatever a working broker writes meanwhile.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(_read_only(parsed))
        event.listen(engine, "connect", _begun_by_us)
        event.listen(engine, "begin", _begin)
        return engine
    only_reading = {"postgresql_readonly": True}
    return create_engine(
        parsed, isolation_level="REPEATABLE READ", execution_options=only_reading, **_of_server(parsed)
    )


def version_of(connection: Connection) -> str | None:
    """Return the version of the tables, or None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


@contextmanager
def converted(what: str, *more: type[Exception]) -> Iterator[None]:
    """Turn the library's errors, and `more` of them, into ours, with a word on what was tried."""
    try:
        yield
    except (SQLAlchemyError, UnreadableError, ImportError, OSError, *more) as error:  # type: ignore[misc]  # unpacked
        message = f"cannot {what}: {cause_of(error)}"
        raise StorageError(message) from error


def cause_of(error: Exception) -> object:
    """Return what one of the library's errors comes to, without the statement and its values: they are no news."""
    found = lacking(error) if isinstance(error, ImportError) else getattr(error, "orig", None)
    return found or error


def _bring_up_to_date(engine: Engine, path: Path | None) -> None:
    """Migrate in one transaction: half a migration would be a database that no version can read."""
    with engine.connect() as connection:
        version = version_of(connection)
    if version == VERSION:
        return
    if version is not None and version > VERSION:
        raise StorageError(_of_a_later_version(str(path or engine.url), version))
    if version is not None and path is not None:
        copy = keep_copy(path, version)
        log.warning("the database is brought from version %s to %s; a copy is kept: %s", version, VERSION, copy)
    from alembic import command  # noqa: PLC0415 - takes 0.1 s, and only the first start of a new version needs it
    from alembic.config import Config  # noqa: PLC0415 - the same
    from alembic.util import CommandError  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, VERSION)
        except CommandError as error:  # a version between ours that is none of ours
            message = f"cannot bring {path or engine.url} up to date: {error}"
            raise StorageError(message) from error


def _require_content(path: Path | None, lines: int) -> None:
    """Refuse a file that was emptied or taken away: the library would delete the log beside it and begin anew."""
    if path is None or (path.is_file() and path.stat().st_size > 0):
        return
    log_beside = path.with_name(path.name + "-wal")
    if lines > 0 or (log_beside.is_file() and log_beside.stat().st_size > 0):
        what = f"the journal had {lines} lines" if lines else f"{log_beside.name} beside it is not"
        message = (
            f"{path} is {'empty' if path.is_file() else 'not there'}, but {what}: no number is given out, for it would "
            "be given twice. Put the database back; or begin anew with an empty data folder"
        )
        raise StorageError(message)


def _keep_for_owner(path: Path | None) -> None:
    """Let nobody else read who came when: SQLite gives its log the same rights as the file has."""
    if path is None:
        return
    try:
        for_owner_alone(path, make=True)
        for beside in (*path.parent.glob(f"{path.name}-*"), *path.parent.glob(f"{path.name}.*")):
            for_owner_alone(beside)
    except OSError as error:
        log.warning("others may read %s: its rights cannot be changed: %s", path, error.strerror or error)


def require_this_version(connection: Connection, where: str) -> None:
    """Raise `StorageError` in words where the tables are not those that this program reads."""
    version = version_of(connection)
    if version is None:
        message = f"{where} has no tables: no broker has worked with it yet"
        raise StorageError(message)
    if version < VERSION:
        message = (
            f"{where} is of an earlier version ({version}; this program reads {VERSION}): "
            "the next start of the broker brings it up to date and keeps a copy; reading changes nothing"
        )
        raise StorageError(message)
    if version > VERSION:
        raise LaterVersionError(_of_a_later_version(where, version))


def _of_a_later_version(where: str, version: str) -> str:
    return f"{where} is of a later version ({version}; this program knows {VERSION}): use the program that wrote it"


def _read_only(parsed: URL) -> URL:
    return parsed.set(database=f"file:{quote(str(parsed.database))}", query={"mode": "ro", "uri": "true"})


def _sqlite_writes(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever DBAPI it is
    """Durable and checked: WAL with a full sync at each commit, and foreign keys on; transactions are begun by us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"journal_size_limit={LOG_BYTES}",
        f"wal_autocheckpoint={LOG_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _server_writes(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever DBAPI it is
    """Durable whatever the server's habit is: what was answered is on its disk."""
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    cursor.close()
    connection.commit()


def _of_server(url: URL) -> dict[str, Any]:
    """Return how a server is asked: one that is gone, or behind a cable that was pulled, is a fault within seconds."""
    if url.get_backend_name() != "postgresql":
        return {}
    patience = {
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }
    return {"connect_args": {name: value for name, value in patience.items() if name not in url.query}}


def _begun_by_us(connection: Any, _record: object) -> None:  # noqa: ANN401 - the same
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """Begin in so many words: the driver would leave changes of tables out of the transaction."""
    connection.exec_driver_sql("BEGIN")
