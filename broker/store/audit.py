"""Whether the journal is what was written: every line, and the chain of hashes over them."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlmodel import col

from broker.store.journal import GENESIS, Broken, chain_text, event_of
from broker.store.rows import columns_of
from broker.store.tables import EventRow, table_of

_EVENTS = table_of(EventRow)


def find_broken(connection: Connection, office: str) -> Broken | None:
    """Walk the whole journal; return the first line that was altered, removed or put in."""
    previous, expected = GENESIS, 1
    for line in connection.execute(select(_EVENTS).where(col(EventRow.office) == office).order_by(col(EventRow.seq))):
        if line.seq != expected:
            return Broken(line.seq, f"line {expected} is missing")
        previous = chain_text(previous, seq=line.seq, name=line.type, client=line.client, body=line.body)
        if previous != line.hash:
            return Broken(line.seq, "the line or one before it was altered")
        fact = event_of(line.type, line.body)
        if (line.at, line.ticket, line.counter) != columns_of(fact):
            return Broken(line.seq, "time, ticket or counter beside the line was altered")
        expected += 1
    return None
