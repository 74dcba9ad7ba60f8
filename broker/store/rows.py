"""What a unit of work means for the tables: events, tickets, sessions and replies as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.sql.dml import Insert, Update

from broker.domain import events as ev
from broker.domain.model import Ticket
from broker.ports import Recorded, Work
from broker.store.journal import body_of, chain
from broker.store.tables import EventRow, ReplyRow, SessionRow, TicketRow, table_of

_EVENTS = table_of(EventRow)
_TICKETS = table_of(TicketRow)
_SESSIONS = table_of(SessionRow)
_REPLIES = table_of(ReplyRow)
_CHANGING = (
    "service",
    "stage",
    "state",
    "counter",
    "waiting_since",
    "called_at",
    "started_at",
    "times_called",
    "copies",
    "paper",
)
"""What an event may change of a ticket's row."""
_INSERT_EVENT, _INSERT_TICKET, _INSERT_REPLY = insert(_EVENTS), insert(_TICKETS), insert(_REPLIES)
_UPDATE_TICKET = (
    update(_TICKETS)
    .where(_TICKETS.c.id == bindparam("ticket_id"))
    .values({name: bindparam(name) for name in _CHANGING})
)


def write_events(connection: Connection, office: str, events: Sequence[Recorded], last_hash: str) -> str:
    """Write lines of the journal; return the hash of the last one."""
    rows = []
    for recorded in events:
        body = body_of(recorded.event)
        last_hash = chain(last_hash, seq=recorded.seq, event=recorded.event, client=recorded.client, body=body)
        at, ticket, counter = columns_of(recorded.event)
        rows.append(
            {
                "office": office,
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
    _run(connection, _INSERT_EVENT, rows)
    return last_hash


def write_tickets(connection: Connection, office: str, events: Sequence[Recorded]) -> None:
    """Write new tickets, then one update for each that changed: how the last event of the batch left it."""
    _run(connection, _INSERT_TICKET, [_new_ticket(office, recorded) for recorded in events if _issues(recorded)])
    last = {r.ticket.id: r.ticket for r in events if r.ticket is not None and not _issues(r)}
    _run(connection, _UPDATE_TICKET, [{"ticket_id": ticket.id, **_changing(ticket)} for ticket in last.values()])


def write_sessions(connection: Connection, office: str, events: Sequence[Recorded]) -> None:
    """Write who sat where; whoever opens a counter ends the session before."""
    for recorded in events:
        fact = recorded.event
        if isinstance(fact, ev.Opened | ev.Closed):
            of_counter = (_SESSIONS.c.office == office, _SESSIONS.c.counter == fact.counter)
            last = update(_SESSIONS).where(*of_counter, _SESSIONS.c.closed_at.is_(None))
            connection.execute(last.values(closed_at=fact.at))
        if isinstance(fact, ev.Opened):
            connection.execute(
                insert(_SESSIONS).values(
                    office=office,
                    opened_seq=recorded.seq,
                    counter=fact.counter,
                    officer=fact.officer,
                    opened_at=fact.at,
                )
            )


def write_replies(connection: Connection, office: str, work: Work) -> None:
    """Write the answers, so that a request that is sent again is done once."""
    rows = [
        {"office": office, "client": client, "request": request, "at": work.at, "payload": payload}
        for (client, request), payload in work.replies.items()
    ]
    _run(connection, _INSERT_REPLY, rows)


def columns_of(event: ev.Event) -> tuple[dt.datetime, str | None, str | None]:
    """Return what stands beside a line so that queries need not read it."""
    return event.at, getattr(event, "ticket", None), getattr(event, "counter", None)


def _run(connection: Connection, statement: Insert | Update, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


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


def _changing(ticket: Ticket) -> Mapping[str, Any]:
    return {name: getattr(ticket, name) for name in _CHANGING} | {"state": ticket.state.value}


def _ticket_of(recorded: Recorded) -> Ticket:
    if recorded.ticket is None:
        message = f"event {recorded.seq} concerns no ticket"
        raise ValueError(message)
    return recorded.ticket
