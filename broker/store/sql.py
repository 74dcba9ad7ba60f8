"""The store on SQLite (or another SQL database): one transaction a batch, durable before anyone is answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import delete, select
from sqlmodel import col

from broker.ports import Health, Past, RequestKey, Work
from broker.store.audit import find_broken
from broker.store.database import converted, open_database
from broker.store.health import delete_health, write_health
from broker.store.journal import GENESIS, Broken
from broker.store.papers import write_papers
from broker.store.past import read_past
from broker.store.promises import write_promises
from broker.store.rows import write_events, write_replies, write_sessions, write_tickets
from broker.store.tables import EventRow, ReplyRow


class SqlStore:
    """Rows of one office. Used by one thread."""

    def __init__(self, url: str, office: str) -> None:
        """Open the database and bring its tables up to date; `StorageError` where that fails."""
        self._office = office
        self._last_hash = GENESIS
        with converted("open the database"):
            self._engine = open_database(url)
            self._connection = self._engine.connect()
            self._last_hash = self._read_last_hash()

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()
        self._engine.dispose()

    def past(self) -> Past:
        """Return the events that make today's hall: from the first of any live ticket, open session, or today."""
        with self._reading("rebuild the hall"):
            self._last_hash = self._read_last_hash()
            return read_past(self._connection, self._office)

    def commit(self, work: Work) -> None:
        """Write events, the tables they change, and the replies in one durable transaction."""
        connection, office, events = self._connection, self._office, work.events
        with converted("write"), connection.begin():
            last_hash = write_events(connection, office, events, self._last_hash)
            write_tickets(connection, office, events)
            write_promises(connection, office, events)
            write_papers(connection, office, events)
            write_sessions(connection, office, events)
            write_replies(connection, office, work)
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

    def forget_replies(self, before: dt.datetime) -> None:
        """Delete replies older than `before`."""
        with converted("forget old replies"), self._connection.begin():
            self._connection.execute(
                delete(ReplyRow).where(col(ReplyRow.office) == self._office, col(ReplyRow.at) < before)
            )

    def note_health(self, healths: Sequence[Health], at: dt.datetime) -> None:
        """Write down how clients' devices fare, in the order in which they told, where that has changed."""
        with converted("write down how devices fare"), self._connection.begin():
            write_health(self._connection, self._office, healths, at)

    def forget_health(self, before: dt.datetime) -> None:
        """Delete how devices fared before a moment; the latest word on each stays."""
        with converted("forget how devices fared"), self._connection.begin():
            delete_health(self._connection, self._office, before)

    def verify(self) -> Broken | None:
        """Walk the whole journal; return the first line that was altered, removed or put in."""
        with self._reading("verify the journal"):
            return find_broken(self._connection, self._office)

    # -- inside ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """End the implicit transaction of a read, so that it never holds an old picture of the file."""
        with converted(what):
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
