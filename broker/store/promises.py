"""What visitors were told about their wait and what came true, as a table beside the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from broker.domain import events as ev
from broker.domain.model import Promised
from broker.domain.queue.outcomes import Outcome
from broker.permissions import UNDO_WINDOW
from broker.ports import Recorded
from broker.store.moments import micros
from broker.store.tables import PromiseRow, table_of
from broker.store.writing import Step, Writing, insert_into

_ROWS = table_of(PromiseRow)
_INSERT = insert_into("promises", "office, seq, ticket, at, stage, lane, ahead, low_s, high_s, average_s, counters")
_OF_TICKET = "office = ? AND seq = (SELECT first_seq FROM tickets WHERE id = ?)"
_CALLED = f"UPDATE promises SET called_at = ? WHERE {_OF_TICKET} AND called_at IS NULL"  # noqa: S608 - ours
_TAKEN_BACK = f"UPDATE promises SET called_at = NULL WHERE {_OF_TICKET} AND called_at >= ?"  # noqa: S608 - ours


def write_promises(writing: Writing, office: str, events: Sequence[Recorded]) -> None:
    """Write down what was promised, and when the first call came; a call that was taken back did not come."""
    writing.steps(_steps(office, events))


def read_outcomes(connection: Connection, office: str, since: dt.datetime) -> list[Outcome]:
    """Return every promise given since a moment, with what came true, the oldest first."""
    wanted = select(_ROWS).where(_ROWS.c.office == office, _ROWS.c.at >= micros(since))
    return [
        Outcome(
            promised=Promised(row.ahead, row.low_s, row.high_s, row.average_s, row.counters),
            lane=row.lane,
            waited_s=None if row.called_at is None else (row.called_at - row.at) / 1_000_000,
        )
        for row in connection.execute(wanted.order_by(_ROWS.c.at, _ROWS.c.ticket))
    ]


def _steps(office: str, events: Sequence[Recorded]) -> Iterator[Step]:
    for recorded in events:
        match recorded.event:
            case ev.Issued(promised=Promised() as told) as fact:
                where = (office, recorded.seq, fact.ticket, micros(fact.at), fact.stage, fact.lane)
                yield _INSERT, (*where, told.ahead, told.low_s, told.high_s, told.average_s, told.counters)
            case ev.Called(ticket=ticket, at=at):
                yield _CALLED, (micros(at), office, ticket)
            case ev.Undone(ticket=ticket, at=at, action="called"):
                yield _TAKEN_BACK, (office, ticket, micros(at - UNDO_WINDOW))
            case _:
                pass
