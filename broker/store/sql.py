"""The store on SQLite (or another SQL database): one transaction a batch, durable before anyone is answered."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, Select, Table, bindparam, delete, event, func, insert, select, union_all, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel import SQLModel, col, create_engine

from broker.domain import events as ev
from broker.domain.model import DONE, Ticket
from broker.domain.outcomes import Outcome
from broker.ports import Past, Recorded, RequestKey, StorageError, Work
from broker.store.health import delete_health, write_health
from broker.store.journal import GENESIS, Broken, UnreadableError, body_of, chain, chain_text, event_of
from broker.store.papers import write_papers
from broker.store.promises import read_outcomes, write_promises
from broker.store.tables import DeviceHealthRow, EventRow, PrintJobRow, PromiseRow, ReplyRow, SessionRow, TicketRow

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 2000
LONGEST_DAY = dt.timedelta(hours=25)
"""An office day, with the hour that some zones turn their clocks back."""

log = logging.getLogger(__name__)


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


class SqlStore:
    """Rows of one office. Used by one thread."""

    def __init__(self, url: str, office: str) -> None:
        """Open the database and bring its tables up to date; `StorageError` where that fails."""
        self._office = office
        self._last_hash = GENESIS
        with _converted("open the database"):
            self._engine = create_engine(url)
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _sqlite_pragmas)
            _migrate(self._engine)
            self._connection = self._engine.connect()
            self._statements = _Statements()
            self._last_hash = self._read_last_hash()

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()
        self._engine.dispose()

    def past(self) -> Past:
        """Return the events that make today's hall: from the first of any live ticket, open session, or today."""
        with self._reading("rebuild the hall"):
            self._last_hash = self._read_last_hash()
            columns = col(EventRow.seq), col(EventRow.type), col(EventRow.body)
            rows = self._connection.execute(
                select(*columns)
                .where(col(EventRow.office) == self._office, col(EventRow.seq) >= self._first_needed_seq())
                .order_by(col(EventRow.seq))
            )
            events = [(seq, event_of(name, body)) for seq, name, body in rows]
            return Past(self._last_seq(), list(_of_tickets_issued_in(events)))

    def commit(self, work: Work) -> None:
        """Write events, the tables they change, and the replies in one durable transaction."""
        rows, last_hash = self._event_rows(work.events)
        with _converted("write"), self._connection.begin():
            self._run(self._statements.insert_event, rows)
            self._run(self._statements.insert_ticket, [_new_ticket(self._office, r) for r in work.events if _issues(r)])
            self._run(self._statements.update_ticket, _changed_tickets(work.events))
            write_promises(self._connection, self._office, work.events)
            write_papers(self._connection, self._office, work.events)
            self._write_sessions(work.events)
            self._run(self._statements.insert_reply, self._reply_rows(work))
        self._last_hash = last_hash

    def known_requests(self) -> Iterable[RequestKey]:
        """Return the key of every remembered reply."""
        with self._reading("read the remembered requests"):
            rows = self._connection.execute(
                select(col(ReplyRow.client), col(ReplyRow.request)).where(col(ReplyRow.office) == self._office)
            )
            return [(client, request) for client, request in rows]

    def reply(self, key: RequestKey) -> bytes | None:
        """Return a remembered reply."""
        client, request = key
        with self._reading("read a remembered reply"):
            return self._connection.scalar(
                select(col(ReplyRow.payload)).where(
                    col(ReplyRow.office) == self._office,
                    col(ReplyRow.client) == client,
                    col(ReplyRow.request) == request,
                )
            )

    def outcomes(self, since: dt.datetime) -> list[Outcome]:
        """Return what visitors were promised since a moment, and what came true."""
        with self._reading("read the promises"):
            return read_outcomes(self._connection, self._office, since)

    def forget_replies(self, before: dt.datetime) -> None:
        """Delete replies older than `before`."""
        with _converted("forget old replies"), self._connection.begin():
            self._connection.execute(
                delete(ReplyRow).where(col(ReplyRow.office) == self._office, col(ReplyRow.at) < before)
            )

    def note_health(self, client: str, states: Mapping[str, str], at: dt.datetime) -> None:
        """Write down how a client's devices fare, where that has changed."""
        with _converted("write down how devices fare"), self._connection.begin():
            write_health(self._connection, self._office, client, states, at)

    def forget_health(self, before: dt.datetime) -> None:
        """Delete how devices fared before a moment; the latest word on each stays."""
        with _converted("forget how devices fared"), self._connection.begin():
            delete_health(self._connection, self._office, before)

    def verify(self) -> Broken | None:
        """Walk the whole journal; return the first line that was altered, removed or put in."""
        previous, expected = GENESIS, 1
        statement = select(_table(EventRow)).where(col(EventRow.office) == self._office).order_by(col(EventRow.seq))
        with self._reading("verify the journal"):
            for line in self._connection.execute(statement):
                if line.seq != expected:
                    return Broken(line.seq, f"line {expected} is missing")
                previous = chain_text(previous, seq=line.seq, name=line.type, client=line.client, body=line.body)
                if previous != line.hash:
                    return Broken(line.seq, "the line or one before it was altered")
                fact = event_of(line.type, line.body)
                if (line.at, line.ticket, line.counter) != _columns_of(fact):
                    return Broken(line.seq, "time, ticket or counter beside the line was altered")
                expected += 1
        return None

    # -- inside ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """End the implicit transaction of a read, so that it never holds an old picture of the file."""
        with _converted(what):
            try:
                yield
            finally:
                self._connection.rollback()

    def _read_last_hash(self) -> str:
        statement = (
            select(col(EventRow.hash))
            .where(col(EventRow.office) == self._office)
            .order_by(col(EventRow.seq).desc())
            .limit(1)
        )
        found = self._connection.scalar(statement)
        self._connection.rollback()
        return GENESIS if found is None else str(found)

    def _first_needed_seq(self) -> int:
        """Return where the rebuild starts: the first event of any ticket that lives or was touched of late."""
        tickets = select(func.min(col(TicketRow.first_seq))).where(col(TicketRow.office) == self._office)
        live = tickets.where(col(TicketRow.state).not_in([state.value for state in DONE]))
        sessions = select(func.min(col(SessionRow.opened_seq))).where(
            col(SessionRow.office) == self._office, col(SessionRow.closed_at).is_(None)
        )
        of_late = self._events_of_late()
        touched = tickets.where(col(TicketRow.id).in_(of_late.with_only_columns(col(EventRow.ticket))))
        first_of_late = of_late.with_only_columns(func.min(col(EventRow.seq)))
        needed = union_all(live, sessions, touched, first_of_late)
        seqs = [seq for (seq,) in self._connection.execute(needed) if seq is not None]
        return min(seqs) if seqs else self._last_seq() + 1

    def _events_of_late(self) -> Select[Any]:
        """Return the events of the last office day and a little more: the store knows no time zones."""
        in_office = col(EventRow.office) == self._office
        last_at = self._connection.scalar(select(func.max(col(EventRow.at))).where(in_office))
        since = (last_at or dt.datetime.min.replace(tzinfo=dt.UTC) + LONGEST_DAY) - LONGEST_DAY
        return select(EventRow).where(in_office, col(EventRow.at) >= since)

    def _last_seq(self) -> int:
        last = select(func.max(col(EventRow.seq))).where(col(EventRow.office) == self._office)
        return self._connection.scalar(last) or 0

    def _event_rows(self, events: Sequence[Recorded]) -> tuple[list[dict[str, Any]], str]:
        rows, last_hash = [], self._last_hash
        for recorded in events:
            body = body_of(recorded.event)
            last_hash = chain(last_hash, seq=recorded.seq, event=recorded.event, client=recorded.client, body=body)
            at, ticket, counter = _columns_of(recorded.event)
            rows.append(
                {
                    "office": self._office,
                    "seq": recorded.seq,
                    "at": at,
                    "type": ev.EVENT_NAMES[type(recorded.event)],
                    "client": recorded.client,
                    "ticket": ticket,
                    "counter": counter,
                    "body": body,
                    "hash": last_hash,
                }
            )
        return rows, last_hash

    def _reply_rows(self, work: Work) -> list[dict[str, Any]]:
        return [
            {"office": self._office, "client": client, "request": request, "at": work.at, "payload": payload}
            for (client, request), payload in work.replies.items()
        ]

    def _run(self, statement: Insert | Update, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)

    def _write_sessions(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            fact = recorded.event
            if isinstance(fact, ev.Opened | ev.Closed):
                self._connection.execute(
                    update(SessionRow)
                    .where(
                        col(SessionRow.office) == self._office,
                        col(SessionRow.counter) == fact.counter,
                        col(SessionRow.closed_at).is_(None),
                    )
                    .values(closed_at=fact.at)
                )
            if isinstance(fact, ev.Opened):
                self._connection.execute(
                    insert(SessionRow).values(
                        office=self._office,
                        opened_seq=recorded.seq,
                        counter=fact.counter,
                        officer=fact.officer,
                        opened_at=fact.at,
                    )
                )


class _Statements:
    """The statements of a commit, built once."""

    def __init__(self) -> None:
        self.insert_event = insert(_table(EventRow))
        self.insert_ticket = insert(_table(TicketRow))
        self.insert_reply = insert(_table(ReplyRow))
        changing = (
            "service",
            "stage",
            "state",
            "counter",
            "waiting_since",
            "called_at",
            "started_at",
            "times_called",
            "copies",
        )
        tickets = _table(TicketRow)
        self.update_ticket = (
            update(tickets)
            .where(tickets.c.id == bindparam("ticket_id"))
            .values({name: bindparam(name) for name in (*changing, "paper")})
        )


def _of_tickets_issued_in(events: Iterable[tuple[int, ev.Event]]) -> Iterator[tuple[int, ev.Event]]:
    """Leave out what concerns tickets issued before the first event: those are done, or it would begin earlier."""
    issued: set[str] = set()
    for seq, fact in events:
        if isinstance(fact, ev.Issued):
            issued.add(fact.ticket)
        if getattr(fact, "ticket", None) in issued or not hasattr(fact, "ticket"):
            yield seq, fact


def _table(row: type[SQLModel]) -> Table:
    table: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    return table


def _columns_of(event: ev.Event) -> tuple[dt.datetime, str | None, str | None]:
    """Return what stands beside a line so that queries need not read it."""
    return event.at, getattr(event, "ticket", None), getattr(event, "counter", None)


def _issues(recorded: Recorded) -> bool:
    return isinstance(recorded.event, ev.Issued)


def _new_ticket(office: str, recorded: Recorded) -> dict[str, Any]:
    ticket = _ticket_of(recorded)
    fixed = {
        "id": ticket.id,
        "office": office,
        "day": ticket.day,
        "series": ticket.series,
        "number": ticket.sequence,
        "lane": ticket.lane,
        "language": ticket.language,
        "issued_at": ticket.issued_at,
        "first_seq": recorded.seq,
    }
    return fixed | dict(_changing(ticket))


def _changed_tickets(events: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Return one update a ticket: how the last event of the batch left it."""
    last = {r.ticket.id: r.ticket for r in events if r.ticket is not None and not _issues(r)}
    return [{"ticket_id": ticket.id, **_changing(ticket)} for ticket in last.values()]


def _changing(ticket: Ticket) -> Mapping[str, Any]:
    return {
        "service": ticket.service,
        "stage": ticket.stage,
        "state": ticket.state.value,
        "counter": ticket.counter,
        "waiting_since": ticket.waiting_since,
        "called_at": ticket.called_at,
        "started_at": ticket.started_at,
        "times_called": ticket.times_called,
        "copies": ticket.copies,
        "paper": ticket.paper,
    }


def _ticket_of(recorded: Recorded) -> Ticket:
    if recorded.ticket is None:
        message = f"event {recorded.seq} concerns no ticket"
        raise ValueError(message)
    return recorded.ticket


@contextmanager
def _converted(what: str) -> Iterator[None]:
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


def metadata_tables() -> Sequence[Table]:
    """Return the tables as the rows declare them (for the check against the migrations)."""
    return [
        _table(row) for row in (EventRow, TicketRow, SessionRow, ReplyRow, PromiseRow, PrintJobRow, DeviceHealthRow)
    ]
