"""A journal that is shorter than it was, taken as it is because somebody says so: the tables beside it follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from sqlalchemy import Connection, select, text
from sqlmodel import col

from broker.domain.model import Ticket
from broker.store.audit import contradiction, last_mark
from broker.store.copies import keep_whole
from broker.store.database import converted, file_of, open_database, prepare_file
from broker.store.journal import event_of
from broker.store.lease import FileHold
from broker.store.recounted import Recounting
from broker.store.retold import Retelling
from broker.store.rows import columns_of_ticket
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
            copy = None if path is None else keep_whole(path, path.with_name(f"{path.name}.before-accept"))
            with engine.begin() as connection:
                end = last_mark(connection, office).seq
                for statement in _LATER:
                    connection.execute(text(statement), {"office": office, "end": end})
                _retell(connection, office)
        finally:
            engine.dispose()
    kept = "" if copy is None else f"; the database as it was is kept: {copy}"
    return f"what the journal does not tell of is taken out of the tables beside it{kept}"


def _retell(connection: Connection, office: str) -> None:
    """Put tickets and sessions back to where the last line of the journal left them."""
    retelling, recounting = Retelling(connection, office), Recounting(connection, office)
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
