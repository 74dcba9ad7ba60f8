"""Whether the journal is what was written: every line, the chain of hashes over them, and its end."""

from __future__ import annotations

from sqlalchemy import Connection, select, text
from sqlmodel import col

from broker.store.head import Mark
from broker.store.journal import GENESIS, Broken, chain_text, event_of
from broker.store.recounted import Recounting
from broker.store.retold import Retelling
from broker.store.rows import columns_of
from broker.store.tables import EventRow, table_of

_EVENTS = table_of(EventRow)
ANSWERED = "requests had been answered up to there"
COMPLAINED = "something was done about a complaint there"
COUNTED = "an office day was closed there"
SIGNED_IN = "somebody of the staff signed in there"
ISSUED, OPENED, REPLIED = "a ticket was issued there", "a counter was opened there", "a request was answered there"
_ANCHORS = (
    (
        ISSUED,
        text(
            "SELECT max(first_seq) FROM tickets WHERE office = :office "
            "AND day = (SELECT max(day) FROM tickets WHERE office = :office)"
        ),
    ),
    (ISSUED, text("SELECT max(seq) FROM promises WHERE office = :office")),
    (ISSUED, text("SELECT max(seq) FROM print_jobs WHERE office = :office")),
    (OPENED, text("SELECT max(opened_seq) FROM sessions WHERE office = :office")),
    (SIGNED_IN, text("SELECT max(seq) FROM staff_sessions WHERE office = :office")),
    (COMPLAINED, text("SELECT max(seq) FROM complaint_steps WHERE office = :office")),
    (COUNTED, text("SELECT max(seq) FROM closed_days WHERE office = :office")),
    (REPLIED, text("SELECT seq FROM replies WHERE office = :office ORDER BY at DESC LIMIT 1")),
)
"""What else knows that a line was written, so that who cuts the journal has to know of all of them."""


def find_broken(connection: Connection, office: str, mark: Mark | None) -> Broken | None:
    """Walk the whole journal; return the first line that was altered, removed, put in, or is missing at the end.

    Where all of that is whole, the first ticket or complaint of which the table beside it says otherwise than the
    journal. `mark` is the end that was written down outside the database, read before the walk: a working broker goes
    on.
    """
    previous, expected, retelling = GENESIS, 1, Retelling(connection, office)
    recounting = Recounting(connection, office)
    otherwise: list[Broken] = []
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
        otherwise += [Broken(ticket.order, why) for ticket, why in retelling.hear(fact)][: not otherwise]
        recounting.hear(line.seq, fact)
        expected += 1
    otherwise += [Broken(ticket.order, why) for ticket, why in retelling.rest()][: not otherwise]
    otherwise += [Broken(seq or expected - 1, why) for seq, why in recounting.rest()][: not otherwise]
    return _missing_end(connection, office, expected - 1, mark) or (otherwise[0] if otherwise else None)


def last_mark(connection: Connection, office: str) -> Mark:
    """Return where the journal ends in the database; an empty one ends at line 0."""
    last = select(col(EventRow.seq), col(EventRow.hash)).where(col(EventRow.office) == office)
    found = connection.execute(last.order_by(col(EventRow.seq).desc()).limit(1)).first()
    return Mark(0, GENESIS) if found is None else Mark(*found)


def newest_known(connection: Connection, office: str) -> tuple[int, str]:
    """Return the last line that the tables beside the journal know of, and why."""
    newest, why = 0, ""
    for what, statement in _ANCHORS:
        known = connection.scalar(statement, {"office": office}) or 0
        if known > newest:
            newest, why = known, what
    return newest, why


def contradiction(connection: Connection, office: str, mark: Mark | None) -> str:
    """Return in words what the database is short of against an end that was answered for, or nothing.

    Where no end was written down, or the file with it is gone, the tables beside the journal tell.
    """
    last = last_mark(connection, office)
    if mark is not None and last.seq < mark.seq:
        return _missing(last.seq, mark.seq, ANSWERED)
    known, why = newest_known(connection, office)
    if last.seq < known:
        return _missing(last.seq, known, why)
    if mark is None:
        return ""
    of_line = (col(EventRow.office) == office, col(EventRow.seq) == mark.seq)
    found = connection.scalar(select(col(EventRow.hash)).where(*of_line))
    if mark.seq > 0 and found != mark.hash:
        return f"line {mark.seq} of the journal is not the one that was written"
    return ""


def _missing_end(connection: Connection, office: str, last: int, mark: Mark | None) -> Broken | None:
    if mark is not None and mark.seq > last:
        return Broken(last + 1, _missing(last, mark.seq, ANSWERED))
    known, why = newest_known(connection, office)
    return Broken(last + 1, _missing(last, known, why)) if known > last else None


def _missing(last: int, known: int, why: str) -> str:
    if last == 0:
        return f"the journal is empty, but had {known} lines: {why}"
    lines = f"line {known} is" if known == last + 1 else f"lines {last + 1} to {known} are"
    return f"{lines} missing at the end of the journal: {why}"
