"""The rows: dumb, one class a table. They are not domain objects and validate nothing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, kept as UTC: SQLite has no time zones of its own."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Store UTC without an offset."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Give the offset back."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class EventRow(SQLModel, table=True):
    """One line of the journal; `hash` covers the line and the hash before it."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_office_at", "office", "at"),)

    office: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    type: str
    client: str
    ticket: str | None = Field(default=None, index=True)
    counter: str | None = None
    body: str = Field(sa_column=Column(Text, nullable=False))
    hash: str


class TicketRow(SQLModel, table=True):
    """One ticket as it is now; `first_seq` is the event that issued it."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("office", "day", "series", "number", name="one_number_a_day"),)

    id: str = Field(primary_key=True)
    office: str
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    series: str
    number: int
    service: str
    lane: str
    language: str
    stage: str
    state: str = Field(index=True)
    counter: str | None = None
    issued_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    waiting_since: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    called_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    started_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    times_called: int = 0
    copies: int = 0
    paper: str | None = None
    first_seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class SessionRow(SQLModel, table=True):
    """An officer at a counter, from signing in to signing out; `closed_at` is empty while it lasts."""

    __tablename__ = "sessions"

    office: str = Field(primary_key=True)
    opened_seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    counter: str
    officer: str
    opened_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    closed_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class ReplyRow(SQLModel, table=True):
    """The answer to a request, so that the same request is done once."""

    __tablename__ = "replies"

    office: str = Field(primary_key=True)
    client: str = Field(primary_key=True)
    request: str = Field(primary_key=True)
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PromiseRow(SQLModel, table=True):
    """What a visitor was told with the number, and when the call came; `called_at` is empty until it does."""

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_office_at", "office", "at"),)

    ticket: str = Field(primary_key=True)
    office: str
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    stage: str
    lane: str
    ahead: int
    low_s: int
    high_s: int
    average_s: float
    counters: int
    called_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class PrintJobRow(SQLModel, table=True):
    """One paper of a ticket; `copy_no` 0 is the first, `client` asked for it, `printer` told what became of it."""

    __tablename__ = "print_jobs"
    __table_args__ = (Index("ix_print_jobs_office_state", "office", "state"),)

    ticket: str = Field(primary_key=True)
    copy_no: int = Field(primary_key=True)
    office: str
    client: str
    printer: str | None = None
    state: str
    """`queued`, then `confirmed`, `unconfirmed` or `failed`."""
    reason: str | None = None
    queued_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    """When the state was last heard of."""


class DeviceHealthRow(SQLModel, table=True):
    """One change of one device of one client; the device `connection` is the client's own."""

    __tablename__ = "device_health"
    __table_args__ = (Index("ix_device_health_office_client", "office", "client"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str
    client: str
    device: str
    state: str
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


def table_of(row: type[SQLModel]) -> Table:
    """Return the table of a row, for statements that name columns."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    return table
