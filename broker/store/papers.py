"""Every paper that a ticket was to have, as a job with its outcome: a table beside the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from broker.domain import events as ev
from broker.ports import Recorded
from broker.store.moments import micros
from broker.store.writing import Step, Writing, insert_into

QUEUED = "queued"
NEVER_TOLD = "it came back and has not told what became of this paper"
"""The reason of a job whose client was gone in between; should it tell after all, its word replaces this one."""
NOBODY_TOLD = "nobody has told what became of this paper"
"""The reason of a job that is old: its client never prints, or never came back."""

_FIRST = "office, seq, copy_no, ticket, client, state, queued_at, at"
_INSERT = insert_into("print_jobs", _FIRST)
_INSERT_COPY = (
    f"INSERT INTO print_jobs ({_FIRST}) SELECT office, first_seq, ?, id, ?, '{QUEUED}', ?, ? "  # noqa: S608 - ours
    "FROM tickets WHERE id = ?"
)
_OF_TICKET = "office = ? AND seq = (SELECT first_seq FROM tickets WHERE id = ?)"
_TOLD = (
    f"UPDATE print_jobs SET state = ?, reason = ?, at = ?, printer = ? WHERE {_OF_TICKET} AND copy_no = coalesce("  # noqa: S608 - ours
    f"(SELECT min(copy_no) FROM print_jobs WHERE {_OF_TICKET} AND state = '{QUEUED}' AND (copy_no > 0 OR client = ?)), "
    f"(SELECT min(copy_no) FROM print_jobs WHERE {_OF_TICKET} AND state = '{QUEUED}'), "
    f"(SELECT max(copy_no) FROM print_jobs WHERE {_OF_TICKET}))"
)
"""A report names the ticket only (protocol, `printed`).

Papers are printed in order, so it is about the first that is open; but the first paper of a ticket that another client
took is that client's own. Where none is open it is a later word on the last one.
"""
_GIVE_UP = (
    "UPDATE print_jobs SET state = 'unconfirmed', reason = ?, at = ? "
    "WHERE office = ? AND client = ? AND state = 'queued'"
)
_GIVE_UP_OLD = (
    "UPDATE print_jobs SET state = 'unconfirmed', reason = ?, at = ? "
    "WHERE office = ? AND state = 'queued' AND queued_at < ?"
)


def write_papers(writing: Writing, office: str, events: Sequence[Recorded]) -> None:
    """Queue a job for each paper that was asked for, and write down what became of it; the tickets stand already."""
    writing.steps(_steps(office, events))


def give_up_papers(office: str, client: str, at: dt.datetime) -> Step:
    """Take the jobs that a client left open when it went as `unconfirmed`: paper may have come out or not."""
    return _GIVE_UP, (NEVER_TOLD, micros(at), office, client)


def give_up_old_papers(office: str, before: dt.datetime, at: dt.datetime) -> Step:
    """Take jobs that are still open after so long as `unconfirmed`: else they would be looked through for ever."""
    return _GIVE_UP_OLD, (NOBODY_TOLD, micros(at), office, micros(before))


def _steps(office: str, events: Sequence[Recorded]) -> Iterator[Step]:
    for recorded in events:
        at, client = micros(recorded.event.at), recorded.client
        match recorded.event:
            case ev.Issued(ticket=ticket):
                yield _INSERT, (office, recorded.seq, 0, ticket, client, QUEUED, at, at)
            case ev.Reprinted(ticket=ticket) if recorded.ticket is not None:
                yield _INSERT_COPY, (recorded.ticket.copies, client, at, at, ticket)
            case ev.Printed(ticket=ticket, outcome=outcome, reason=reason):
                told, key = (outcome, reason, at, client), (office, ticket)
                yield _TOLD, (*told, *key, *key, client, *key, *key)
            case _:
                pass
