"""Where the journal in a database begins: what was before lies in files of its own, each behind the one before it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select

from broker.store.database import converted, reading_engine
from broker.store.journal import GENESIS
from broker.store.tables import ArchivedRow, ClosedDayRow, table_of

ASIDE: Final = "archive"
"""A folder beside backups, and beside a database where what was put back could not be laid where it was."""
_ROWS, _DAYS = table_of(ArchivedRow), table_of(ClosedDayRow)


@dataclass(frozen=True, slots=True)
class Years:
    """What was moved into one file: its lines, and the last office day that is in it as a whole."""

    first_seq: int
    previous: str
    """The hash of the line before the first."""
    last_seq: int
    hash: str
    day: dt.date
    seq: int
    """The line that tells of it."""
    file: str
    """Where it was laid."""
    digest: str

    def at_hand(self, database: Path) -> Path | None:
        """Return where the file of it lies now, or None where that is not known here."""
        laid = Path(self.file)
        return next((path for path in (laid, database.parent / ASIDE / laid.name) if path.is_file()), None)

    def held(self, backups: Path) -> Path:
        """Return where a folder of backups holds it: under a name that no other file can have."""
        laid = Path(self.file)
        return backups / ASIDE / f"{laid.stem}-{self.digest[:12]}{laid.suffix}"


@dataclass(frozen=True, slots=True)
class Beginning:
    """The line behind which a journal begins, with its hash, and the last office day before that."""

    seq: int = 0
    hash: str = GENESIS
    day: dt.date = dt.date.min


FIRST: Final = Beginning()
"""Nothing was moved away."""


def archived(connection: Connection, office: str) -> list[Years]:
    """Return what was moved away, in order."""
    names = ("first_seq", "previous", "last_seq", "hash", "day", "seq", "file", "digest")
    wanted = select(*(_ROWS.c[name] for name in names)).where(_ROWS.c.office == office)
    return [Years(*row) for row in connection.execute(wanted.order_by(_ROWS.c.last_seq))]


def years_in(url: str, office: str) -> list[Years]:
    """Return what was moved out of a database, whatever its version is."""
    engine = reading_engine(url)
    try:
        with converted("read what was archived"), engine.connect() as connection:
            return archived(connection, office) if inspect(connection).has_table(_ROWS.name) else []
    finally:
        engine.dispose()


def beginning(connection: Connection, office: str) -> Beginning:
    """Return where the journal in a database begins."""
    years = archived(connection, office)
    return Beginning(years[-1].last_seq, years[-1].hash, years[-1].day) if years else FIRST


def carry_of_day(connection: Connection, office: str, day: dt.date) -> str | None:
    """Return what went on after an office day that was closed."""
    found: str | None = connection.scalar(select(_DAYS.c.carry).where(_DAYS.c.office == office, _DAYS.c.day == day))
    return found
