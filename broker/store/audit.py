"""Whether the journal is what was written: every line, the chain of hashes over them, and its end."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlmodel import col

from broker.store.head import Mark
from broker.store.journal import GENESIS, Broken, chain_text, event_of
from broker.store.rows import columns_of
from broker.store.tables import EventRow, ReplyRow, SessionRow, TicketRow, table_of

_EVENTS = table_of(EventRow)


def find_broken(connection: Connection, office: str, mark: Mark | None) -> Broken | None:
    """Walk the whole journal; return the first line that was altered, removed, put in, or is missing at the end.

    `mark` is the end that was written down outside the database, read before the walk: a working broker goes on.
    """
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
        if mark is not None and line.seq == mark.seq and line.hash != mark.hash:
            return Broken(line.seq, "the journal up to here was written anew: it had another end")
        expected += 1
    return _missing_end(connection, office, expected - 1, mark)


def last_mark(connection: Connection, office: str) -> Mark:
    """Return where the journal ends in the database; an empty one ends at line 0."""
    last = select(col(EventRow.seq), col(EventRow.hash)).where(col(EventRow.office) == office)
    found = connection.execute(last.order_by(col(EventRow.seq).desc()).limit(1)).first()
    return Mark(0, GENESIS) if found is None else Mark(*found)


def newest_reply_seq(connection: Connection, office: str) -> int:
    """Return where the journal ended when the newest of the remembered replies was given; 0 where there is none."""
    newest = select(col(ReplyRow.seq)).where(col(ReplyRow.office) == office).order_by(col(ReplyRow.at).desc()).limit(1)
    return connection.scalar(newest) or 0


def contradiction(connection: Connection, office: str, mark: Mark) -> str:
    """Return in words what the database is short of against an end that was answered for, or nothing."""
    last = last_mark(connection, office)
    if last.seq < mark.seq:
        return _missing(last.seq, mark.seq, "requests had been answered up to there")
    answered = newest_reply_seq(connection, office)
    if last.seq < answered:
        return _missing(last.seq, answered, "a request was answered there")
    of_line = (col(EventRow.office) == office, col(EventRow.seq) == mark.seq)
    found = connection.scalar(select(col(EventRow.hash)).where(*of_line))
    if mark.seq > 0 and found != mark.hash:
        return f"line {mark.seq} of the journal is not the one that was written"
    return ""


def _missing_end(connection: Connection, office: str, last: int, mark: Mark | None) -> Broken | None:
    if mark is not None and mark.seq > last:
        return Broken(last + 1, _missing(last, mark.seq, "requests had been answered up to there"))
    for what, column, whose in (
        ("a ticket was issued there", col(TicketRow.first_seq), col(TicketRow.office)),
        ("a counter was opened there", col(SessionRow.opened_seq), col(SessionRow.office)),
        ("a request was answered there", col(ReplyRow.seq), col(ReplyRow.office)),
    ):
        known = connection.scalar(select(func.max(column)).where(whose == office)) or 0
        if known > last:
            return Broken(last + 1, _missing(last, known, what))
    return None


def _missing(last: int, known: int, why: str) -> str:
    if last == 0:
        return f"the journal is empty, but had {known} lines: {why}"
    lines = f"line {known} is" if known == last + 1 else f"lines {last + 1} to {known} are"
    return f"{lines} missing at the end of the journal: {why}"
