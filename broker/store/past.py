"""What a hall is rebuilt from: where in the journal that begins, and what of it still matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, select, union_all
from sqlmodel import col

from broker.domain import events as ev
from broker.domain.model import DONE
from broker.ports import Past
from broker.store.journal import event_of
from broker.store.tables import EventRow, SessionRow, TicketRow

LONGEST_DAY = dt.timedelta(hours=25)
"""An office day, with the hour that some zones turn their clocks back."""


def read_past(connection: Connection, office: str) -> Past:
    """Return the events that make today's hall: from the first of any live ticket, open session, or today."""
    rows = connection.execute(
        select(col(EventRow.seq), col(EventRow.type), col(EventRow.body))
        .where(col(EventRow.office) == office, col(EventRow.seq) >= _first_needed_seq(connection, office))
        .order_by(col(EventRow.seq))
    )
    events = [(seq, event_of(name, body)) for seq, name, body in rows]
    return Past(_last_seq(connection, office), list(_of_tickets_issued_in(events)))


def _first_needed_seq(connection: Connection, office: str) -> int:
    """Return where the rebuild starts: the first event of any ticket that lives or was touched of late."""
    tickets = select(func.min(col(TicketRow.first_seq))).where(col(TicketRow.office) == office)
    live = tickets.where(col(TicketRow.state).not_in([state.value for state in DONE]))
    sessions = select(func.min(col(SessionRow.opened_seq))).where(
        col(SessionRow.office) == office, col(SessionRow.closed_at).is_(None)
    )
    of_late = _events_of_late(connection, office)
    touched = tickets.where(col(TicketRow.id).in_(of_late.with_only_columns(col(EventRow.ticket))))
    first_of_late = of_late.with_only_columns(func.min(col(EventRow.seq)))
    needed = union_all(live, sessions, touched, first_of_late)
    seqs = [seq for (seq,) in connection.execute(needed) if seq is not None]
    return min(seqs) if seqs else _last_seq(connection, office) + 1


def _events_of_late(connection: Connection, office: str) -> Select[Any]:
    """Return the events of the last office day and a little more: the store knows no time zones."""
    in_office = col(EventRow.office) == office
    last_at = connection.scalar(select(func.max(col(EventRow.at))).where(in_office))
    since = (last_at or dt.datetime.min.replace(tzinfo=dt.UTC) + LONGEST_DAY) - LONGEST_DAY
    return select(EventRow).where(in_office, col(EventRow.at) >= since)


def _last_seq(connection: Connection, office: str) -> int:
    return connection.scalar(select(func.max(col(EventRow.seq))).where(col(EventRow.office) == office)) or 0


def _of_tickets_issued_in(events: Iterable[tuple[int, ev.Event]]) -> Iterator[tuple[int, ev.Event]]:
    """Leave out what concerns tickets issued before the first event: those are done, or it would begin earlier."""
    issued: set[str] = set()
    for seq, fact in events:
        if isinstance(fact, ev.Issued):
            issued.add(fact.ticket)
        if getattr(fact, "ticket", None) in issued or not hasattr(fact, "ticket"):
            yield seq, fact
