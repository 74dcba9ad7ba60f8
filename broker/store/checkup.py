"""A look at the database from outside: read only, so that it may run beside a working broker."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from broker.store.database import VERSION, reading_engine, version_of
from broker.store.tables import EventRow


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was read. `damage` says in words why the database cannot be used, or nothing."""

    where: str
    events: int = 0
    last_at: dt.datetime | None = None
    is_old: bool = False
    damage: str = ""


def check_up(url: str, office: str) -> Checkup | None:
    """Return how the database fares, or None where there is none yet. Raises nothing: what goes wrong is the answer."""
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and not Path(str(parsed.database)).exists():
        return None
    where = str(parsed.database) if is_sqlite else parsed.render_as_string()
    try:
        engine = reading_engine(url)
        try:
            with engine.connect() as connection:
                found = _read(connection, office, where, is_sqlite=is_sqlite)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = getattr(error, "orig", None) or error
        return Checkup(where, damage=f"{where} cannot be read: {reason}")
    return found


def _read(connection: Connection, office: str, where: str, *, is_sqlite: bool) -> Checkup:
    if is_sqlite:
        said = str(connection.scalar(text("PRAGMA quick_check(1)")))
        if said != "ok":
            return Checkup(where, damage=f"{where} is damaged: {said}")
    of_office = col(EventRow.office) == office
    events = connection.scalar(select(func.count()).where(of_office)) or 0
    last_at = connection.scalar(select(func.max(col(EventRow.at))).where(of_office))
    return Checkup(where, events, last_at, version_of(connection) != VERSION)
