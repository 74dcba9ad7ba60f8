"""What a unit of work means for the tables: events, tickets, sessions and replies as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from broker.domain import events as ev
from broker.domain.model import Ticket
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.permissions import SESSION_LASTS
from broker.ports import Recorded, RequestKey, Work
from broker.store.journal import body_of, chain
from broker.store.moments import micros, micros_or_none
from broker.store.writing import Step, Writing, insert_into

_INSERT_EVENT = insert_into("events", "office, seq, at, type, client, ticket, counter, body, hash")
_CHANGING = "service, stage, state, counter, waiting_since, called_at, started_at, times_called, copies, paper"
_INSERT_TICKET = insert_into(
    "tickets", f"{_CHANGING}, id, office, day, series, number, lane, language, issued_at, first_seq"
)
_UPDATE_TICKET = f"UPDATE tickets SET {_CHANGING.replace(',', ' = ?,')} = ? WHERE id = ?"  # noqa: S608 - names of ours
_CLOSE_SESSION = "UPDATE sessions SET closed_at = ? WHERE office = ? AND counter = ? AND closed_at IS NULL"
_OPEN_SESSION = insert_into("sessions", "office, opened_seq, counter, officer, opened_at")
LONGEST_STAFF_SESSION = SESSION_LASTS * 3
"""So far back a session is looked for that is ended; with room for a clock that was set."""
_OPEN_STAFF_SESSION = insert_into("staff_sessions", "office, seq, officer, session, opened_at")
_CLOSE_STAFF_SESSION = (
    "UPDATE staff_sessions SET closed_at = ? WHERE office = ? AND opened_at > ? AND session = ? AND closed_at IS NULL"
)
_INSERT_REPLY = insert_into("replies", "office, client, request, at, seq, payload")


def write_events(writing: Writing, office: str, events: Sequence[Recorded], last_hash: str) -> str:
    """Write lines of the journal; return the hash of the last one."""
    rows = []
    for recorded in events:
        event = recorded.event
        body = body_of(event)
        last_hash = chain(last_hash, seq=recorded.seq, event=event, client=recorded.client, body=body)
        at, ticket, counter = columns_of(event)
        rows.append(
            (office, recorded.seq, at, EVENT_NAMES[type(event)], recorded.client, ticket, counter, body, last_hash)
        )
    writing.rows(_INSERT_EVENT, rows)
    return last_hash


def write_tickets(writing: Writing, office: str, events: Sequence[Recorded]) -> None:
    """Write new tickets, then one update for each that changed: how the last event of the batch left it."""
    new = []
    changed: dict[str, Ticket] = {}
    for recorded in events:
        ticket = recorded.ticket
        if ticket is None:
            continue
        if isinstance(recorded.event, ev.Issued):
            day = ticket.day.isoformat()
            fixed = (ticket.id, office, day, ticket.series, ticket.sequence, ticket.lane, ticket.language)
            new.append((*_changing(ticket), *fixed, micros(ticket.issued_at), recorded.seq))
        else:
            changed[ticket.id] = ticket
    writing.rows(_INSERT_TICKET, new)
    writing.rows(_UPDATE_TICKET, [(*_changing(ticket), ticket.id) for ticket in changed.values()])


def write_sessions(writing: Writing, office: str, events: Sequence[Recorded]) -> None:
    """Write who sat where, and who worked without a counter; whoever opens a counter ends the session before."""
    writing.steps(_sessions(office, events))


def write_replies(writing: Writing, office: str, work: Work, last_seq: int) -> None:
    """Write the answers, so that a request that is sent again is done once."""
    at = micros(work.at)
    rows = [(office, client, request, at, last_seq, payload) for (client, request), payload in work.replies.items()]
    writing.rows(_INSERT_REPLY, rows)


def surplus_replies(oldest_first: Sequence[RequestKey], most: int) -> list[RequestKey]:
    """Return which of too many replies go: the oldest of the clients that have most, until all keep `most` together."""
    counts = Counter(client for client, _ in oldest_first)
    share, left = 0, most
    for place, count in enumerate(sorted(counts.values())):
        share = left // (len(counts) - place)
        if count > share:
            break
        share, left = count, left - count
    gone = []
    for client, request in oldest_first:
        if counts[client] > share:
            counts[client] -= 1
            gone.append((client, request))
    return gone


def columns_of(event: Event) -> tuple[int, str | None, str | None]:
    """Return what stands beside a line so that queries need not read it."""
    return micros(event.at), getattr(event, "ticket", None), getattr(event, "counter", None)


def _sessions(office: str, events: Sequence[Recorded]) -> Iterator[Step]:
    for recorded in events:
        fact = recorded.event
        if isinstance(fact, ev.Opened | ev.Closed):
            yield _CLOSE_SESSION, (micros(fact.at), office, fact.counter)
        if isinstance(fact, ev.Opened):
            yield _OPEN_SESSION, (office, recorded.seq, fact.counter, fact.officer, micros(fact.at))
        if isinstance(fact, ev.StaffSignedIn):
            yield _OPEN_STAFF_SESSION, (office, recorded.seq, fact.officer, fact.session, micros(fact.at))
        if isinstance(fact, ev.StaffSignedOut | ev.StaffRevoked):
            since = micros(fact.at - LONGEST_STAFF_SESSION)
            yield _CLOSE_STAFF_SESSION, (micros(fact.at), office, since, fact.session)


def columns_of_ticket(ticket: Ticket) -> dict[str, Any]:
    """Return what an event may change of a ticket's row."""
    return dict(zip(_CHANGING.split(", "), _changing(ticket), strict=True))


def _changing(ticket: Ticket) -> tuple[Any, ...]:
    """Return the values of `_CHANGING`."""
    return (
        ticket.service,
        ticket.stage,
        ticket.state.value,
        ticket.counter,
        micros(ticket.waiting_since),
        micros_or_none(ticket.called_at),
        micros_or_none(ticket.started_at),
        ticket.times_called,
        ticket.copies,
        ticket.paper,
    )
