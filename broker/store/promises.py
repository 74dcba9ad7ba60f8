"""What visitors were told about their wait and what came true, as a table beside the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from broker.domain import events as ev
from broker.domain.hall import UNDO_WINDOW
from broker.domain.model import Promised
from broker.domain.queue.outcomes import Outcome
from broker.ports import Recorded
from broker.store.tables import PromiseRow, table_of

_ROWS = table_of(PromiseRow)


def write_promises(connection: Connection, office: str, events: Sequence[Recorded]) -> None:
    """Write down what was promised, and when the first call came; a call that was taken back did not come."""
    for recorded in events:
        match recorded.event:
            case ev.Issued(promised=Promised() as promised) as fact:
                connection.execute(insert(_ROWS), _new(office, fact, promised))
            case ev.Called(ticket=ticket, at=at):
                waiting = update(_ROWS).where(_ROWS.c.ticket == ticket, _ROWS.c.called_at.is_(None))
                connection.execute(waiting.values(called_at=at))
            case ev.Undone(ticket=ticket, at=at, action="called"):
                called = update(_ROWS).where(_ROWS.c.ticket == ticket, _ROWS.c.called_at >= at - UNDO_WINDOW)
                connection.execute(called.values(called_at=None))
            case _:
                pass


def read_outcomes(connection: Connection, office: str, since: dt.datetime) -> list[Outcome]:
    """Return every promise given since a moment, with what came true, the oldest first."""
    wanted = select(_ROWS).where(_ROWS.c.office == office, _ROWS.c.at >= since).order_by(_ROWS.c.at, _ROWS.c.ticket)
    return [
        Outcome(
            promised=Promised(row.ahead, row.low_s, row.high_s, row.average_s, row.counters),
            lane=row.lane,
            waited_s=None if row.called_at is None else (row.called_at - row.at).total_seconds(),
        )
        for row in connection.execute(wanted)
    ]


def _new(office: str, fact: ev.Issued, promised: Promised) -> dict[str, Any]:
    return {
        "ticket": fact.ticket,
        "office": office,
        "at": fact.at,
        "stage": fact.stage,
        "lane": fact.lane,
        "ahead": promised.ahead,
        "low_s": promised.low_s,
        "high_s": promised.high_s,
        "average_s": promised.average_s,
        "counters": promised.counters,
    }
