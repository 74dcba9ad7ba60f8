"""The rows: dumb, one class a table. They are not domain objects and validate nothing.

Moments are whole microseconds since 1970 (`broker.store.moments`). What is written per request is written by
`broker.store.writing`, in SQL of its own; these classes are what migrations and readers go by.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Column, Date, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel

LIVE = "state NOT IN ('finished', 'no_show', 'cancelled')"
"""Tickets that somebody still waits with; said in just these words, or SQLite does not use the index."""
OPEN = "closed_at IS NULL"
QUEUED = "state = 'queued'"
"""The index holds all that is asked of it: one that does not, SQLite passes over in a table without rowid."""


def _moment(*, nullable: bool = False) -> Column[int]:
    return Column(BigInteger, nullable=nullable)


def _seq(*, key: bool = False) -> Column[int]:
    return Column(BigInteger, primary_key=key, autoincrement=False, nullable=False)


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class EventRow(SQLModel, table=True):
    """One line of the journal; `hash` covers the line and the hash before it."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_office_at", "office", "at"),)

    office: str = Field(primary_key=True)
    seq: int = Field(sa_column=_seq(key=True))
    at: int = Field(sa_column=_moment())
    type: str
    client: str
    ticket: str | None = None
    counter: str | None = None
    body: str = Field(sa_column=Column(Text, nullable=False))
    hash: str


class TicketRow(SQLModel, table=True):
    """One ticket as it is now; `first_seq` is the event that issued it."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("one_number_a_day", "office", "day", "series", "number", unique=True),
        _partial("ix_tickets_live", "office", "first_seq", where=LIVE),
    )

    id: str = Field(primary_key=True)
    office: str
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    series: str
    number: int
    service: str
    lane: str
    language: str
    stage: str
    state: str
    counter: str | None = None
    issued_at: int = Field(sa_column=_moment())
    waiting_since: int = Field(sa_column=_moment())
    called_at: int | None = Field(default=None, sa_column=_moment(nullable=True))
    started_at: int | None = Field(default=None, sa_column=_moment(nullable=True))
    times_called: int = 0
    copies: int = 0
    paper: str | None = None
    first_seq: int = Field(sa_column=_seq())


class SessionRow(SQLModel, table=True):
    """An officer at a counter, from signing in to signing out; `closed_at` is empty while it lasts."""

    __tablename__ = "sessions"
    __table_args__ = (_partial("ix_sessions_open", "office", "counter", where=OPEN),)

    office: str = Field(primary_key=True)
    opened_seq: int = Field(sa_column=_seq(key=True))
    counter: str
    officer: str
    opened_at: int = Field(sa_column=_moment())
    closed_at: int | None = Field(default=None, sa_column=_moment(nullable=True))


class ReplyRow(SQLModel, table=True):
    """The answer to a request, so that the same request is done once; `seq` is where the journal ended with it."""

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_office_at", "office", "at"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    client: str = Field(primary_key=True)
    request: str = Field(primary_key=True)
    at: int = Field(sa_column=_moment())
    seq: int = Field(sa_column=_seq())
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PromiseRow(SQLModel, table=True):
    """What a visitor was told with the number, and when the call came; `called_at` is empty until it does.

    `seq` is the ticket's first: rows of one day lie together, however many years there are.
    """

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_office_at", "office", "at"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    seq: int = Field(sa_column=_seq(key=True))
    ticket: str
    at: int = Field(sa_column=_moment())
    stage: str
    lane: str
    ahead: int
    low_s: int
    high_s: int
    average_s: float
    counters: int
    called_at: int | None = Field(default=None, sa_column=_moment(nullable=True))


class PrintJobRow(SQLModel, table=True):
    """One paper of a ticket; `copy_no` 0 is the first, `client` asked for it, `printer` told what became of it.

    `seq` is the ticket's first, as in the promises.
    """

    __tablename__ = "print_jobs"
    __table_args__ = (
        _partial("ix_print_jobs_queued", "office", "client", "state", "queued_at", where=QUEUED),
        {"sqlite_with_rowid": False},
    )

    office: str = Field(primary_key=True)
    seq: int = Field(sa_column=_seq(key=True))
    copy_no: int = Field(primary_key=True)
    ticket: str
    client: str
    printer: str | None = None
    state: str
    """`queued`, then `confirmed`, `unconfirmed` or `failed`."""
    reason: str | None = None
    queued_at: int = Field(sa_column=_moment())
    at: int = Field(sa_column=_moment())
    """When the state was last heard of."""


class PinRow(SQLModel, table=True):
    """The PIN that an officer has chosen, as an argon2 hash, and what the configuration said then."""

    __tablename__ = "pins"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    officer: str = Field(primary_key=True)
    hash: str
    seed: str
    at: int = Field(sa_column=_moment())


class PasswordRow(SQLModel, table=True):
    """The password by which an officer signs in at the pages, as an argon2 hash, and the PIN's seed of then."""

    __tablename__ = "passwords"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    officer: str = Field(primary_key=True)
    hash: str
    seed: str
    at: int = Field(sa_column=_moment())


class FactorRow(SQLModel, table=True):
    """The secret of an officer's second factor, sealed, and which code of it was the last to count."""

    __tablename__ = "second_factors"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    officer: str = Field(primary_key=True)
    sealed: bytes
    seed: str
    step: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: int = Field(sa_column=_moment())


class StaffSessionRow(SQLModel, table=True):
    """Somebody of the staff who signed in without a counter; the token as its digest."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index("ix_staff_sessions_opened", "office", "opened_at"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    seq: int = Field(sa_column=_seq(key=True))
    officer: str
    session: str
    opened_at: int = Field(sa_column=_moment())
    closed_at: int | None = Field(default=None, sa_column=_moment(nullable=True))


class OfficeKeyRow(SQLModel, table=True):
    """By what the key is known that words of visitors are sealed with."""

    __tablename__ = "office_keys"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    mark: str


class WordsRow(SQLModel, table=True):
    """What somebody wrote, sealed; `purge_after` is the last day on which it is kept."""

    __tablename__ = "words"
    __table_args__ = (Index("ix_words_purge", "office", "purge_after"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    purge_after: dt.date | None = Field(default=None, sa_column=Column(Date, nullable=True))


class SpentRow(SQLModel, table=True):
    """What is done once and was done, as a keyed digest; forgotten with its day. Without order, as the next ones."""

    __tablename__ = "spent"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, nullable=False))


class RatingRow(SQLModel, table=True):
    """One tap of one visitor: under a random id, so that nobody can tell when it came, or of which ticket."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ix_ratings_day", "office", "day"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    service: str
    officer: str | None = None
    score: int


class SuggestionRow(SQLModel, table=True):
    """What somebody suggested, or wrote beside a rating, without its words; under a random id, as the ratings."""

    __tablename__ = "suggestions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    service: str | None = None
    language: str
    tags: str
    """A list as JSON."""
    is_read: bool
    purge_after: dt.date = Field(sa_column=Column(Date, nullable=False))


class ComplaintRow(SQLModel, table=True):
    """A complaint as it stands, without its words; `secret` as its digest."""

    __tablename__ = "complaints"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    year: int
    sequence: int
    kind: str
    state: str
    received_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    received_at: int = Field(sa_column=_moment())
    verify_by: dt.date = Field(sa_column=Column(Date, nullable=False))
    answer_by: dt.date = Field(sa_column=Column(Date, nullable=False))
    closes_on: dt.date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    answered_on: dt.date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    in_time: bool
    anonymous: bool
    confidential: bool
    has_contact: bool
    service: str | None = None
    ticket: str | None = None
    language: str
    secret: str
    merged_into: str | None = None
    purge_after: dt.date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    is_purged: bool


class ComplaintStepRow(SQLModel, table=True):
    """One thing that happened to a complaint; `seq` is its line of the journal."""

    __tablename__ = "complaint_steps"
    __table_args__ = (Index("ix_complaint_steps_seq", "office", "seq"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    seq: int = Field(sa_column=_seq())
    at: int = Field(sa_column=_moment())
    type: str
    officer: str | None = None
    sent_to: str | None = None
    has_text: bool


class SurveyAnswerRow(SQLModel, table=True):
    """What one visitor answered: under a random id, without time, order, client or ticket."""

    __tablename__ = "survey_answers"
    __table_args__ = (Index("ix_survey_answers_day", "office", "survey", "day"), {"sqlite_with_rowid": False})

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    survey: str
    version: str
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    service: str | None = None
    channel: str
    """`phone`, `kiosk` or `paper`."""
    language: str
    answers: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: by element, 1 to 4."""
    profile: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: by question, what was chosen."""


class SurveyDayRow(SQLModel, table=True):
    """The digest over all answers of one day, made when it was over."""

    __tablename__ = "survey_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    survey: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, primary_key=True))
    answers: int
    digest: str


class SurveyPeriodRow(SQLModel, table=True):
    """A period that was closed; `body` is what the journal says of it at `seq`."""

    __tablename__ = "survey_periods"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    survey: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    end_day: dt.date = Field(sa_column=Column(Date, nullable=False))
    seq: int = Field(sa_column=_seq())
    body: str = Field(sa_column=Column(Text, nullable=False))


class SurveyPlanRow(SQLModel, table=True):
    """What the office does about an element of a closed period, and until when."""

    __tablename__ = "survey_plans"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    survey: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    element: str = Field(primary_key=True)
    plan: str = Field(sa_column=Column(Text, nullable=False))
    by_day: dt.date = Field(sa_column=Column(Date, nullable=False))


class ServedDayRow(SQLModel, table=True):
    """How many visitors were through with a service on a day."""

    __tablename__ = "served_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, primary_key=True))
    service: str = Field(primary_key=True)
    served: int


class ClosedDayRow(SQLModel, table=True):
    """An office day that is over: its facts, and what goes on after it; `digest` is over both, `seq` its line."""

    __tablename__ = "closed_days"

    office: str = Field(primary_key=True)
    day: dt.date = Field(sa_column=Column(Date, primary_key=True))
    seq: int = Field(sa_column=_seq())
    lines: int
    """Of the journal, that are of this day."""
    digest: str
    facts: str = Field(sa_column=Column(Text, nullable=False))
    carry: str = Field(sa_column=Column(Text, nullable=False))


class ArchivedRow(SQLModel, table=True):
    """A file into which lines of the journal were moved; `hash` is of the last of them, `previous` of the one before.

    `seq` is the line that tells of it, `day` the last office day that is in it as a whole.
    """

    __tablename__ = "archived"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    last_seq: int = Field(sa_column=_seq(key=True))
    first_seq: int = Field(sa_column=_seq())
    previous: str
    hash: str
    day: dt.date = Field(sa_column=Column(Date, nullable=False))
    seq: int = Field(sa_column=_seq())
    file: str = Field(sa_column=Column(Text, nullable=False))
    """Where it was laid."""
    digest: str
    at: int = Field(sa_column=_moment())
    """When, by the machine's clock."""


class LeaseRow(SQLModel, table=True):
    """Who writes for an office; `epoch` is one higher with each change of hands, and each commit looks at it."""

    __tablename__ = "leases"
    __table_args__ = ({"sqlite_with_rowid": False},)

    office: str = Field(primary_key=True)
    epoch: int = Field(sa_column=_seq())
    holder: str
    until_us: int = Field(sa_column=_moment())
    """By the database server's clock; 0 in a file, where the system's lock tells."""


class DeviceHealthRow(SQLModel, table=True):
    """One change of one device of one client; the device `connection` is the client's own."""

    __tablename__ = "device_health"
    __table_args__ = (
        Index("ix_device_health_device", "office", "client", "device"),
        Index("ix_device_health_office_at", "office", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    office: str
    client: str
    device: str
    state: str
    at: int = Field(sa_column=_moment())


def table_of(row: type[SQLModel]) -> Table:
    """Return the table of a row, for statements that name columns."""
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    return table
