"""Every paper that a ticket was to have, as a job with its outcome: a table beside the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from broker.domain import events as ev
from broker.ports import Recorded
from broker.store.tables import PrintJobRow, table_of

_ROWS = table_of(PrintJobRow)

QUEUED = "queued"
NEVER_TOLD = "it came back and has not told what became of this paper"
"""The reason of a job whose client was gone in between; should it tell after all, its word replaces this one."""


def write_papers(connection: Connection, office: str, events: Sequence[Recorded]) -> None:
    """Queue a job for each paper that was asked for, and write down what became of it."""
    for recorded in events:
        match recorded.event:
            case ev.Issued(ticket=ticket):
                connection.execute(insert(_ROWS), _new(office, ticket, 0, recorded))
            case ev.Reprinted(ticket=ticket) if recorded.ticket is not None:
                connection.execute(insert(_ROWS), _new(office, ticket, recorded.ticket.copies, recorded))
            case ev.Printed(ticket=ticket, outcome=outcome, reason=reason, at=at):
                told = update(_ROWS).where(
                    _ROWS.c.ticket == ticket, _ROWS.c.copy_no == _copy_told_of(ticket, recorded.client)
                )
                connection.execute(told.values(state=outcome, reason=reason, at=at, printer=recorded.client))
            case _:
                pass


def give_up_papers(connection: Connection, office: str, client: str, at: dt.datetime) -> None:
    """Take the jobs that a client left open when it went as `unconfirmed`: paper may have come out or not."""
    left = update(_ROWS).where(_ROWS.c.office == office, _ROWS.c.state == QUEUED, _ROWS.c.client == client)
    connection.execute(left.values(state="unconfirmed", reason=NEVER_TOLD, at=at))


def _copy_told_of(ticket: str, printer: str) -> Any:  # noqa: ANN401 - an SQL expression
    """Return which paper a report is about, for it names the ticket only (protocol, `printed`).

    Papers are printed in order, so it is the first that is open; but the first paper of a ticket that another client
    took is that client's own. Where none is open it is a later word on the last one.
    """
    rows = _ROWS.alias()
    opened = select(func.min(rows.c.copy_no)).where(rows.c.ticket == ticket, rows.c.state == QUEUED)
    likely = opened.where((rows.c.copy_no > 0) | (rows.c.client == printer))
    newest = select(func.max(rows.c.copy_no)).where(rows.c.ticket == ticket)
    return func.coalesce(*(one.scalar_subquery() for one in (likely, opened, newest)))


def _new(office: str, ticket: str, copy: int, recorded: Recorded) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "copy_no": copy,
        "office": office,
        "client": recorded.client,
        "state": QUEUED,
        "queued_at": recorded.event.at,
        "at": recorded.event.at,
    }
