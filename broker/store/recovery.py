"""A database that says less than was answered, taken as it is because somebody says so.

What is missing is said before; the tables follow the journal; and the journal goes on behind every number that was
given out, by whatever knows of it: the head, the tables, the papers of the kiosks.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select, text
from sqlalchemy.engine import make_url
from sqlmodel import col

from broker.contract.topics import ENGINE_CLIENT
from broker.domain.events import NumbersSkipped
from broker.domain.identity import number_text
from broker.domain.model import Ticket
from broker.ports import Recorded, StorageError, Work
from broker.store.archived import beginning
from broker.store.audit import carried_into, contradiction, last_mark
from broker.store.copies import keep_whole, stamp
from broker.store.database import (
    converted,
    file_of,
    open_database,
    prepare_file,
    reading_engine,
    require_this_version,
)
from broker.store.given import NONE_GIVEN, Given, given_in, given_to_kiosks, in_no_queue, tickets_there
from broker.store.head import Head
from broker.store.journal import event_of
from broker.store.lease import FileHold, Lease
from broker.store.recounted import Recounting
from broker.store.retold import Retelling
from broker.store.rows import columns_of_ticket
from broker.store.sql import SqlStore
from broker.store.tables import EventRow, TicketRow, table_of

_EVENTS, _TICKETS = table_of(EventRow), table_of(TicketRow)
_LATER = (
    "DELETE FROM tickets WHERE office = :office AND first_seq > :end",
    "DELETE FROM promises WHERE office = :office AND seq > :end",
    "DELETE FROM print_jobs WHERE office = :office AND seq > :end",
    "DELETE FROM sessions WHERE office = :office AND opened_seq > :end",
    "DELETE FROM staff_sessions WHERE office = :office AND seq > :end",
    "DELETE FROM survey_periods WHERE office = :office AND seq > :end",
    "DELETE FROM closed_days WHERE office = :office AND seq > :end",
    "DELETE FROM replies WHERE office = :office AND seq > :end",
)
_LAST_OPENED = (
    "UPDATE sessions SET closed_at = NULL WHERE office = :office AND opened_seq = "
    "(SELECT max(seq) FROM events WHERE office = :office AND type = 'opened' AND counter = :counter)"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a database is short of, against all that is known beside it."""

    why: str
    """In words; empty where nothing is missing."""
    lines: int = 0
    """Of the journal that there are."""
    answered: int | None = None
    """The last line that was answered for; None where that was written down nowhere, or cannot be believed."""
    known: Given = NONE_GIVEN
    """The numbers of which its journal tells: tickets of which it does not are taken out of the tables."""
    given: Given = NONE_GIVEN
    """The numbers that were given out, by all that knows."""
    unqueued: tuple[str, ...] = ()
    """Numbers on papers of kiosks of here that the database knows, as lent or as passed over, without their tickets."""
    is_unusable: bool = False
    """The file is not there, empty, or no database any more: a new one has to begin."""


def examine(url: str, head: Head, office: str, *, data: Path, zone: dt.tzinfo) -> Finding:
    """Look what a database is short of, and change nothing; below `data` kiosks of here keep theirs."""
    try:
        mark, why = head.read(), ""
    except StorageError as error:
        mark, why = None, str(error)
    answered_for = NONE_GIVEN if mark is None else mark.given
    given = answered_for.with_papers(given_to_kiosks(data, zone))
    path, answered = file_of(url), None if mark is None else mark.seq
    unusable = Finding("", 0, answered, NONE_GIVEN, given, is_unusable=True)
    if path is not None and (not path.is_file() or path.stat().st_size == 0):
        state = f"{path} is {'empty' if path.is_file() else 'not there'}"
        return replace(unusable, why=state if answered or not given.is_empty else "")
    engine = reading_engine(url)
    try:
        with converted("look at the database"), engine.connect() as connection:
            require_this_version(connection, str(path or make_url(url).render_as_string()))
            lines = last_mark(connection, office).seq
            known, in_tables = given_in(connection, office, line=lines), given_in(connection, office)
            there = partial(tickets_there, connection, office)
            given = answered_for.with_papers(given_to_kiosks(data, zone, there))
            unqueued = in_no_queue(connection, office, data, zone, known)
            why = why or contradiction(connection, office, mark) or _by_kiosks(given, in_tables)
    except StorageError as error:
        if path is None or not _is_damage(error):
            raise
        return replace(unusable, why=f"{path} is damaged: {error}")
    finally:
        engine.dispose()
    try:
        head.refuse_empty(lines)
    except StorageError as error:
        why = str(error)
    return Finding(why, lines, answered, known, given.joined(in_tables), unqueued)


def told_beside(head: Head, *, data: Path, zone: dt.tzinfo) -> Finding | None:
    """Return what is known of a database without reading it, as of one of a later version; None where nothing tells.

    Raises `StorageError` where the head cannot be believed.
    """
    mark = head.read()
    if mark is None:
        return None
    return Finding("", answered=mark.seq, given=given_to_kiosks(data, zone).joined(mark.given))


def _is_damage(error: StorageError) -> bool:
    """Tell whether the file is no database any more; one that is locked, older, or not ours to read is whole."""
    cause = getattr(error.__cause__, "orig", None)
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _by_kiosks(given: Given, known: Given) -> str:
    missing = given.in_words(known)
    return f"kiosks of this machine have numbers of which the database does not tell: {missing}" if missing else ""


def recover(url: str, head: Head, office: str, finding: Finding, now: dt.datetime) -> list[str]:
    """Take the database as it is, and let numbers go on behind those that were given out; return what was done.

    For one process alone, while no broker works. `StorageError` where it cannot be done. The head goes last: until the
    numbers stand in the database it keeps every broker from beginning, whatever happens in between.
    """
    path, done = file_of(url), []
    if finding.is_unusable and path is not None:
        with ExitStack() as held:
            if path.is_file():
                held.callback(FileHold(path, office).close)
            for one in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"), path):
                if one.is_file():
                    one.replace(aside := one.with_name(f"{one.name}.unusable-{stamp(now)}"))
                    done.append(f"put aside: {aside}")
    else:
        done += [said] if (said := follow_journal(url, office)) else []
    done += go_on_behind(url, office, finding.given.beyond(finding.known), now)
    if head.path.exists():
        done.append(f"what was known of the journal's end is put aside: {head.put_aside(stamp(now))}")
    SqlStore(url, office, head).close()  # which writes down where it ends now
    return done


def go_on_behind(url: str, office: str, missing: Given, now: dt.datetime) -> list[str]:
    """Let the office go on behind numbers that its database does not know; return in words what was done."""
    if missing.day is None or missing.is_empty:
        return []
    with closing(SqlStore(url, office)) as store:
        past = store.past()
        at = max([now, *(event.at for _, event in past.events[-1:])])
        event = NumbersSkipped(
            at=at, day=missing.day, numbers=missing.numbers, in_advance=missing.in_advance, why="recover"
        )
        store.commit(Work(at=at, events=[Recorded(past.last_seq + 1, event, ENGINE_CLIENT, None)]))
    last = [number_text(*one) for numbers in (missing.numbers, missing.in_advance) for one in sorted(numbers.items())]
    return [f"numbers of {missing.day} go on behind {', '.join(last)}"]


def follow_journal(url: str, office: str) -> str:
    """Let the tables say what the journal says, where they knew of more; return in words what was done, or nothing.

    For one process alone, while no broker works. `StorageError` where it cannot be done; then nothing has changed.
    """
    path = file_of(url)
    if path is not None and (not path.is_file() or path.stat().st_size == 0):
        return ""
    with converted("take the journal as it is"), ExitStack() as held:
        prepare_file(path)
        if path is not None:
            held.callback(FileHold(path, office).close)
        engine = open_database(url)
        try:
            with engine.connect() as connection:
                if not contradiction(connection, office, None):
                    return ""
                connection.rollback()
                lease = Lease(connection, office) if path is None else None
            copy = None if path is None else keep_whole(path, path.with_name(f"{path.name}.before-recover"))
            with engine.begin() as connection:
                if lease is not None:  # on a server, where no lock of a file tells of a broker on another machine
                    lease.hold(connection)
                end = last_mark(connection, office).seq
                for statement in _LATER:
                    connection.execute(text(statement), {"office": office, "end": end})
                _retell(connection, office)
            if lease is not None:
                with engine.connect() as connection:
                    lease.give_back(connection)
        finally:
            engine.dispose()
    kept = "" if copy is None else f"; the database as it was is kept: {copy}"
    return f"what the journal does not tell of is taken out of the tables beside it{kept}"


def _retell(connection: Connection, office: str) -> None:
    """Put tickets and sessions back to where the last line of the journal left them."""
    begun = beginning(connection, office)
    retelling = Retelling(connection, office, begun, carried=carried_into(connection, office, begun))
    recounting = Recounting(connection, office, begun)
    lines = select(_EVENTS).where(col(EventRow.office) == office).order_by(col(EventRow.seq))
    changed: dict[str, Ticket] = {}
    for line in connection.execute(lines):
        fact = event_of(line.type, line.body)
        changed |= _by_id(retelling.hear(fact))
        recounting.hear(line.seq, fact)
    changed |= _by_id(retelling.rest())
    for ticket in changed.values():
        connection.execute(_TICKETS.update().where(_TICKETS.c.id == ticket.id).values(**columns_of_ticket(ticket)))
    recounting.put_back()
    for desk in retelling.hall.desks.values():
        if desk.session is not None:
            connection.execute(text(_LAST_OPENED), {"office": office, "counter": desk.counter})


def _by_id(found: Iterator[tuple[Ticket, str]]) -> dict[str, Ticket]:
    return {ticket.id: ticket for ticket, _ in found}
