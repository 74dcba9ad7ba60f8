"""What a hall is rebuilt from: where in the journal that begins, and what of it still matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, text

from broker.domain import events as ev
from broker.domain.vocabulary import Event
from broker.ports import Past
from broker.store.journal import event_of
from broker.store.lately import lately
from broker.store.tables import LIVE, OPEN

LONGEST_DAY = dt.timedelta(hours=25)
"""An office day, with the hour that some zones turn their clocks back."""

_LINES = text("SELECT seq, type, body FROM events WHERE office = :office AND seq >= :first ORDER BY seq")
_LAST_SEQ = text("SELECT max(seq) FROM events WHERE office = :office")
_LAST_AT = text("SELECT at FROM events WHERE office = :office ORDER BY seq DESC LIMIT 1")
"""By the journal's order: a clock that was put right goes on before what it wrote while it was ahead."""
_LAST_DAY = text("SELECT max(day) FROM tickets WHERE office = :office")
_OLDEST_LIVE = text(f"SELECT min(first_seq) FROM tickets WHERE office = :office AND {LIVE}")  # noqa: S608 - ours
_SESSIONS = text(f"SELECT opened_seq FROM sessions WHERE office = :office AND {OPEN}")  # noqa: S608 - ours
_FIRST_OF_LATE = text("SELECT min(seq) FROM events WHERE office = :office AND at >= :since")
_OLDEST_TOUCHED = text(
    "SELECT min(first_seq) FROM tickets WHERE id IN "
    "(SELECT ticket FROM events WHERE office = :office AND at >= :since AND ticket IS NOT NULL)"
)


_OLDEST_LEASE = text("SELECT min(seq) FROM events WHERE office = :office AND type = 'numbers_leased' AND at >= :since")
LONGEST_LEASE = 2 * LONGEST_DAY
"""Lent numbers count for their office day and the next one."""


def read_past(connection: Connection, office: str) -> Past:
    """Return the events that make today's hall: from the first of any live ticket, open session, or today."""
    rows = connection.execute(_LINES, {"office": office, "first": first_needed_seq(connection, office)})
    events = [(seq, event_of(name, body)) for seq, name, body in rows]
    last_day = connection.scalar(_LAST_DAY, {"office": office})
    return Past(
        _last_seq(connection, office),
        list(_of_tickets_issued_in(events)),
        None if last_day is None else dt.date.fromisoformat(str(last_day)),
    )


def first_needed_seq(connection: Connection, office: str) -> int:
    """Return where the rebuild starts: the first event of any ticket that lives or was touched of late.

    Of late is the last office day and a little more: the store knows no time zones.
    """
    of_office = {"office": office}
    last_at = connection.scalar(_LAST_AT, of_office) or 0
    of_late = {"office": office, "since": last_at - LONGEST_DAY // dt.timedelta(microseconds=1)}
    of_leases = {"office": office, "since": lately(connection, office, LONGEST_LEASE)}
    found = [
        connection.scalar(_OLDEST_LEASE, of_leases),
        connection.scalar(_OLDEST_LIVE, of_office),
        min(connection.scalars(_SESSIONS, of_office), default=None),  # `min` in SQL would walk through all of them
        connection.scalar(_FIRST_OF_LATE, of_late),
        connection.scalar(_OLDEST_TOUCHED, of_late),
    ]
    needed = [seq for seq in found if seq is not None]
    return min(needed) if needed else _last_seq(connection, office) + 1


def _last_seq(connection: Connection, office: str) -> int:
    return connection.scalar(_LAST_SEQ, {"office": office}) or 0


def _of_tickets_issued_in(events: Iterable[tuple[int, Event]]) -> Iterator[tuple[int, Event]]:
    """Leave out what concerns tickets issued before the first event: those are done, or it would begin earlier."""
    issued: set[str] = set()
    for seq, fact in events:
        if isinstance(fact, ev.Issued):
            issued.add(fact.ticket)
        ticket = getattr(fact, "ticket", None)
        if ticket is None or ticket in issued:
            yield seq, fact
