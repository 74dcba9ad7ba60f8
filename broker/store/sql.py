"""The store on SQLite (or another SQL database): one transaction a batch, durable before anyone is answered."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from broker.domain.commands import NewFactor, NewPin
from broker.domain.events import ClockSet
from broker.domain.feedback.book import Book
from broker.domain.feedback.events import Purged
from broker.domain.model import Office
from broker.ports import Health, Line, Past, Recorded, RequestKey, SealError, StorageError, Work
from broker.store.audit import contradiction, find_broken, last_mark
from broker.store.closed_days import read_carry, read_closed, read_lines, write_closed_days
from broker.store.database import BUSY_TIMEOUT_MS, converted, file_of, open_database, prepare_file
from broker.store.feedback import forget_spent, read_book, read_mark, read_words, write_feedback, write_mark
from broker.store.file_watch import FileWatch
from broker.store.given import NONE_GIVEN, Given, given_in, tickets_there
from broker.store.head import Head, Mark
from broker.store.health import delete_health, write_health
from broker.store.journal import Broken
from broker.store.lease import RENEW_S, FileHold, Lease
from broker.store.moments import micros
from broker.store.office_key import OfficeKey
from broker.store.officers import forget_officers, read_factors, read_passwords, read_pins, write_officers
from broker.store.papers import give_up_old_papers, write_papers
from broker.store.past import read_past
from broker.store.promises import write_promises
from broker.store.rows import surplus_replies, write_events, write_replies, write_sessions, write_tickets
from broker.store.tables import ReplyRow
from broker.store.write_ahead import LogIndex, LogWatch, spoilt_frame
from broker.store.writing import Writing

_FORGET_REPLIES = "DELETE FROM replies WHERE office = ? AND at < ?"
_FORGET_REPLY = "DELETE FROM replies WHERE office = ? AND client = ? AND request = ?"
_MOVE_REPLIES = "UPDATE replies SET at = at + ? WHERE office = ?"
"""A clock that is set makes no reply older: forgotten too early, its request would be done twice."""

log = logging.getLogger(__name__)


def _clock_sets(events: Sequence[Recorded]) -> list[float]:
    return [recorded.event.by_s for recorded in events if isinstance(recorded.event, ClockSet)]


class SqlStore:
    """Rows of one office. Used by one thread."""

    def __init__(self, url: str, office: str, head: Head | None = None, *, key: OfficeKey | None = None) -> None:
        """Open the database and bring its tables up to date; `key` seals what people write.

        `StorageError` where that fails, where another engine works with it, or where the journal does not reach the end
        that `head` knows: a number that was given out must not be given out again.
        """
        self._office = office
        self._head = head
        self._key = key
        known = None if head is None else head.read()
        path = file_of(url)
        self._hold: FileHold | None = None
        with ExitStack() as undoing:
            with converted("open the database"):
                prepare_file(path, lines=0 if known is None else known.seq)
                if path is not None:
                    self._hold = FileHold(path, office)
                    undoing.callback(self._hold.close)
                self._engine = open_database(url)
            undoing.pop_all()
        self._watch = FileWatch(path)
        self._log = None if path is None else path.with_name(path.name + "-wal")
        self._index = None if path is None else LogIndex(path)
        self._fault = ""
        with ExitStack() as undoing:
            if self._hold is not None:
                undoing.callback(self._hold.close)
            undoing.callback(self._engine.dispose)
            self._is_sqlite = self._engine.dialect.name == "sqlite"
            self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
            self._connect()
            undoing.callback(self._connection.close)
            self._is_durable = True
            with self._reading("read the journal"):
                self._require(known)  # before anything is written
            with converted("begin to write"):
                self._lease = Lease(self._connection, office)
            self._end = self._read_end(known)
            undoing.pop_all()

    def look(self) -> None:
        """Look whether what was answered would still be there after a power cut. Takes 0.2 s where the log is long.

        `StorageError` where a page of the log is spoilt; from then on nothing is written, for it would be lost.
        """
        if self._log is None or self._index is None:
            return
        spoilt = spoilt_frame(self._log, pages=self._index.pages())
        if spoilt is not None:
            self._fault = (
                f"{self._log} is spoilt at its page {spoilt}: what was written after that would be lost at the next "
                "start, and its numbers given out twice. Make a backup with SQLite now, while the broker runs"
            )
            raise StorageError(self._fault)

    @property
    def keep_every_s(self) -> float:
        """Return how often `keep` is to be called: the right to write is lent for seconds on a database server."""
        return math.inf if self._is_sqlite else RENEW_S

    def keep(self) -> None:
        """Keep the right to write though nobody asks for anything."""
        with self._writing("keep the right to write", durable=False):
            pass

    def settle(self) -> None:
        """Bring the journal's end, as it is written down outside, to the disk. May be called from any thread."""
        if self._head is not None:
            self._head.settle()

    def log_watch(self) -> LogWatch | None:
        """Return what looks at the log often and cheaply, from another thread; None where there is no file."""
        return None if self._log is None or self._index is None else LogWatch(self._log, self._index)

    def close(self) -> None:
        """Let the file go; again does nothing."""
        if self._connection.closed:
            return
        if self._head is not None:
            self._head.close()
        self._cursor.close()  # else the file stays open behind it, and its log stays
        with suppress(StorageError), converted("give the database back"):
            self._lease.give_back(self._connection)
        self._connection.close()
        self._engine.dispose()
        if self._index is not None:
            self._index.close()
        if self._hold is not None:
            self._hold.close()

    def past(self) -> Past:
        """Return the events that make today's hall: from the first of any live ticket, open session, or today.

        `StorageError` where the disk says less than what was answered. A database server that was started anew is asked
        again by this, and the right to write is still the one that was lent: whoever took it over meanwhile has it.
        """
        self._require_trust()
        if not self._is_sqlite and self._driver.closed:
            self._connection.invalidate()
            self._connect()
        with self._reading("rebuild the hall"):
            self._require(self._end)
            self._end = replace(last_mark(self._connection, self._office), given=self._end.given)
            return read_past(self._connection, self._office)

    @property
    def given(self) -> Given:
        """Return the numbers that this database knows to have been given out."""
        return self._end.given

    def tickets_there(self, tickets: Collection[str]) -> dict[str, dt.date]:
        """Return which of these tickets this database knows, as given out or as lent of late, and their days."""
        with self._reading("look for tickets"):
            return tickets_there(self._connection, self._office, tickets)

    def commit(self, work: Work) -> None:
        """Write events, the tables they change, and the replies in one transaction, all or nothing.

        With events it is durable when this returns. Without any it holds answers alone, refusals and looks, for which
        nobody waits for the disk: they outlive this process at once, and a power cut with the next events.
        """
        office, events = self._office, work.events
        self._require_trust()
        end = self._end
        erases = any(isinstance(recorded.event, Purged) for recorded in events)
        with self._writing("write", durable=bool(events)) as writing, self._without_traces(erases=erases):
            if events:
                given = end.given.after(recorded.event for recorded in events)
                end = Mark(events[-1].seq, write_events(writing, office, events, end.hash), given)
                write_tickets(writing, office, events)
                write_promises(writing, office, events)
                write_papers(writing, office, events)
                write_sessions(writing, office, events)
                writing.rows(_MOVE_REPLIES, [(round(by_s * 1e6), office) for by_s in _clock_sets(events)])
                write_officers(writing, office, work, self._key)
                write_feedback(writing, office, work, self._key)
                write_closed_days(writing, office, work)
            write_replies(writing, office, work, end.seq)
        if events:
            self._end = end
            if self._head is not None:
                self._head.write(end)
        if erases:
            self._empty_log()

    def feedback(self, office: Office, now: dt.datetime) -> Book:
        """Return the book of feedback as the tables tell it; `SealError` where its key is not there."""
        key = self._required_key()
        with self._reading("read by what the key is known"):
            known = read_mark(self._connection, self._office)
        mark = key.open(known)
        if known is None:
            with self._writing("write by what the key is known", durable=True) as writing:
                write_mark(writing, self._office, mark)
        with self._reading("read what was said"):
            return read_book(self._connection, office, now, key)

    def words(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return by id what somebody wrote, opened; what was erased is not among it."""
        with self._reading("read what somebody wrote"):
            return read_words(self._connection, self._office, ids, self._required_key())

    def forget_spent(self, before: dt.date) -> None:
        """Forget who has rated or answered on days before `before`."""
        with self._writing("forget who was asked", durable=False) as writing:
            forget_spent(writing, self._office, before)

    def pins(self) -> Mapping[str, NewPin]:
        """Return by officer what is kept of the PINs that were chosen."""
        with self._reading("read the PINs"):
            return read_pins(self._connection, self._office)

    def passwords(self) -> Mapping[str, NewPin]:
        """Return by officer what is kept of passwords."""
        with self._reading("read the passwords"):
            return read_passwords(self._connection, self._office)

    def factors(self) -> Mapping[str, NewFactor]:
        """Return by officer the second factors, opened; without the office's key their secrets are empty."""
        with self._reading("read the second factors"):
            return read_factors(self._connection, self._office, self._key)

    def forget_officers(self, known: Collection[str]) -> None:
        """Forget PINs, passwords and second factors of all officers who are not `known`."""
        with self._writing("forget who left", durable=True) as writing, self._without_traces(erases=True):
            forget_officers(writing, self._office, known)
        self._empty_log()

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

    def forget_replies(self, before: dt.datetime, *, most: int) -> None:
        """Delete replies older than `before`, and of more than `most` the oldest of the clients that have most."""
        of_office = col(ReplyRow.office) == self._office
        with self._writing("forget old replies", durable=True) as writing:
            writing.rows(_FORGET_REPLIES, [(self._office, micros(before))])
        with self._reading("count the remembered replies"):
            count = self._connection.scalar(select(func.count()).select_from(ReplyRow).where(of_office)) or 0
            if count <= most:
                return
            keys = select(col(ReplyRow.client), col(ReplyRow.request)).where(of_office).order_by(col(ReplyRow.at))
            oldest_first = [(client, request) for client, request in self._connection.execute(keys)]
        with self._writing("forget the replies of who asks in a loop", durable=True) as writing:
            writing.rows(_FORGET_REPLY, [(self._office, *key) for key in surplus_replies(oldest_first, most)])

    def carry(self) -> str | None:
        """Return what goes on after the last day that was closed; None where none was."""
        with self._reading("read the closed days"):
            return read_carry(self._connection, self._office)

    def lines(self, after: int, *, most: int) -> Sequence[Line]:
        """Return lines of the journal behind one of them, in order."""
        with self._reading("read the journal"):
            return read_lines(self._connection, self._office, after, most)

    def closed_days(self, first: dt.date, last: dt.date) -> Sequence[str]:
        """Return the facts of the days of a span that were closed."""
        with self._reading("read closed days"):
            return read_closed(self._connection, self._office, first, last)

    def note_health(self, healths: Sequence[Health], at: dt.datetime) -> None:
        """Write down how clients' devices fare, in the order in which they told, where that has changed.

        Nobody waits for the disk: what is lost in a power cut is told again.
        """
        with self._writing("write down how devices fare", durable=False) as writing:
            write_health(writing, self._office, healths, at)

    def forget_health(self, before: dt.datetime) -> None:
        """Delete how devices fared before a moment; the latest word on each stays."""
        with self._writing("forget how devices fared", durable=False) as writing:
            delete_health(writing, self._office, before)

    def give_up_papers(self, before: dt.datetime, at: dt.datetime) -> None:
        """Take papers that were asked for before a moment, and of which nobody has told, as `unconfirmed`."""
        with self._writing("give up old papers", durable=False) as writing:
            writing.steps([give_up_old_papers(self._office, before, at)])

    def verify(self) -> Broken | None:
        """Walk the whole journal; return the first line that was altered, removed, put in, or is missing."""
        with self._reading("verify the journal"):
            return find_broken(self._connection, self._office, self._end)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        """Open the one connection to the database, and what statements that run with every request go through."""
        with converted("open the database"):
            self._connection = self._engine.connect()
        dialect = self._engine.dialect
        driver: Any = self._connection.connection.driver_connection
        self._driver, self._cursor = driver, driver.cursor()
        self._write = Writing(self._cursor, "?" if dialect.paramstyle == "qmark" else "%s")

    def _read_end(self, known: Mark | None) -> Mark:
        """Return where the journal ends, which was held against the head; the head goes on from there."""
        with self._reading("read the journal"):
            given = given_in(self._connection, self._office).joined(NONE_GIVEN if known is None else known.given)
            end = replace(last_mark(self._connection, self._office), given=given)
        if self._head is not None:
            self._head.refuse_empty(end.seq)
            if known is None and end.seq > 0:
                log.warning("the journal's end was written down nowhere before; from now on it is: line %d", end.seq)
            elif known is not None and end.seq > known.seq:
                log.warning("the journal goes on after line %d, where its end was last written down", known.seq)
            self._head.prepare(end)
        self._watch.look()
        return end

    def _required_key(self) -> OfficeKey:
        if self._key is None:
            message = "there is no key to seal with what people write"
            raise SealError(message)
        return self._key

    def _require_trust(self) -> None:
        """Raise `StorageError` where the files are not ours any more, or one of them is known to be spoilt."""
        if self._fault:
            raise StorageError(self._fault)
        self._watch.look()

    def _require(self, mark: Mark | None) -> None:
        """Raise `StorageError` where the database does not hold what was answered, up to `mark` where that is known."""
        why = contradiction(self._connection, self._office, mark)
        if why:
            message = (
                f"no number is given out, for some would be given twice: {why}. Keep a copy of the data folder, then "
                "put the whole database back; or, if that is what was done, take it as it is: antrean recover"
            )
            raise StorageError(message)

    @contextmanager
    def _writing(self, what: str, *, durable: bool) -> Iterator[Writing]:
        """Write in one transaction on the driver itself, and wait for the disk only where it is to be durable."""
        with converted(what, self._driver_error):
            if self._is_sqlite:
                self._wait_for_the_disk(durable=durable)
                self._cursor.execute("BEGIN IMMEDIATE")
            try:
                self._lease.require(self._write)
                yield self._write
                self._driver.commit()
            except BaseException:
                with suppress(self._driver_error):  # where the server is gone there is nothing to be undone
                    self._driver.rollback()
                raise

    @contextmanager
    def _without_traces(self, *, erases: bool) -> Iterator[None]:
        """Let SQLite overwrite what is deleted where somebody wrote it; all else would be slower by that."""
        if erases and self._is_sqlite:
            self._cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            if erases and self._is_sqlite:
                self._cursor.execute("PRAGMA secure_delete=OFF")

    def _empty_log(self) -> None:
        """Cut SQLite's log to nothing: pages of before stand in it until they are overwritten.

        Where somebody reads just then they stay so long; nobody is held up for that.
        """
        if not self._is_sqlite:
            return
        with suppress(self._driver_error):
            self._cursor.execute("PRAGMA busy_timeout=0")
            self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def _wait_for_the_disk(self, *, durable: bool) -> None:
        """Set whether the next commit is on the disk when it returns (WAL: a full sync of all before it, or none)."""
        if durable != self._is_durable:
            self._cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._is_durable = durable

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """End the implicit transaction of a read, so that it never holds an old picture of the file."""
        with converted(what):
            try:
                yield
            finally:
                self._connection.rollback()
