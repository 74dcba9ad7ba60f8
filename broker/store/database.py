"""Where the rows live: the URL, a connection that is durable, tables brought up to date, errors in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import create_engine

from broker.ports import StorageError
from broker.store.journal import UnreadableError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 2000


def resolve_url(url: str, data_dir: Path) -> str:
    """Return `url` with a relative SQLite path laid below the data folder; `StorageError` where it is no URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        message = f"store.url is not a database URL: {url}"
        raise StorageError(message) from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return url
    path = Path(str(parsed.database))
    if not path.is_absolute():
        path = data_dir / path
    path.parent.mkdir(parents=True, exist_ok=True)
    return parsed.set(database=str(path.absolute())).render_as_string(hide_password=False)


def require_database(url: str) -> None:
    """Raise `StorageError` where `url` names an SQLite file that is not there: opening it would make one."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).is_file():
        message = f"there is no database at {parsed.database}"
        raise StorageError(message)


def open_database(url: str) -> Engine:
    """Return the database with its tables up to date; the library's errors where that fails."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    try:
        _migrate(engine)
    except BaseException:
        engine.dispose()  # else the file stays open until the garbage is collected
        raise
    return engine


@contextmanager
def converted(what: str) -> Iterator[None]:
    """Turn the library's errors into ours, with a word on what was tried."""
    try:
        yield
    except (SQLAlchemyError, CommandError, UnreadableError, ImportError, OSError) as error:
        cause = getattr(error, "orig", None) or error  # without the statement and its values: they are no news
        message = f"cannot {what}: {cause}"
        raise StorageError(message) from error


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _sqlite_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever DBAPI it is
    """Durable and checked: WAL with a full sync at each commit, and foreign keys on."""
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
