"""Whether the journal is what was written: every line, the chain of hashes over them, and its end."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, select, text
from sqlmodel import col

from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.store.ends import End
from broker.store.head import Mark
from broker.store.journal import GENESIS, Broken, UnreadableError, chain_text, event_of
from broker.store.recounted import Recounting
from broker.store.retold import Retelling
from broker.store.rows import columns_of
from broker.store.tables import EventRow, table_of

_EVENTS = table_of(EventRow)
ANSWERED = "requests had been answered up to there"
COMPLAINED = "something was done about a complaint there"
COUNTED = "an office day was closed there"
KEPT = "an end that was kept outside names it"
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
_IMPOSSIBLE = (LookupError, TypeError, ValueError, AttributeError, AssertionError)
"""What comes of a line that is well made and never happened, such as a call of a number that nobody has."""


def find_broken(connection: Connection, office: str, mark: Mark | None, ends: Collection[End] = ()) -> Broken | None:
    """Walk the whole journal; return the first line that was altered, removed, put in, or is missing at the end.

    Where all of that is whole, the first line that cannot have happened, or of which the tables beside it say otherwise
    than the journal. `mark` is the end that was written down outside the database, read before the walk: a working
    broker goes on. `ends` are what somebody kept outside the machine.
    """
    previous, expected = GENESIS, 1
    kept: dict[int, list[End]] = {}
    for end in ends:
        kept.setdefault(end.seq, []).append(end)
    tables = _Tables(connection, office)
    for line in connection.execute(select(_EVENTS).where(col(EventRow.office) == office).order_by(col(EventRow.seq))):
        if line.seq != expected:
            return Broken(line.seq, f"line {expected} is missing")
        previous = chain_text(previous, seq=line.seq, name=line.type, client=line.client, body=line.body)
        if why := _altered(line, previous, mark, kept.get(line.seq, ())):
            return Broken(line.seq, why)
        try:
            fact = event_of(line.type, line.body)
        except UnreadableError as error:
            return Broken(line.seq, f"{error}. If a newer program wrote it, use that one")
        if (line.at, line.ticket, line.counter) != columns_of(fact):
            return Broken(line.seq, "time, ticket or counter beside the line was altered")
        tables.hear(line.seq, fact)
        expected += 1
    return _missing_end(connection, office, expected - 1, mark, kept) or tables.first_difference(expected - 1)


def _altered(line: Row[Any], digest: str, mark: Mark | None, kept: Collection[End]) -> str:
    """Return in words why a line is not the one that was written, or nothing; `digest` is what its hash has to be."""
    if line.hash != digest:
        return "the line or one before it was altered"
    if mark is not None and line.seq == mark.seq and line.hash != mark.hash:
        return "the journal up to here was written anew: it had another end"
    if not all(line.hash.startswith(end.hash) for end in kept):
        return "the journal up to here was written anew: an end that was kept outside is another"
    return ""


class _Tables:
    """What the tables beside the journal say otherwise, of which the first is kept."""

    def __init__(self, connection: Connection, office: str) -> None:
        self._retelling, self._recounting = Retelling(connection, office), Recounting(connection, office)
        self._found: Broken | None = None
        self._is_told = True

    def hear(self, seq: int, fact: Event) -> None:
        """Take one line in. After one that cannot have happened nothing is told any more."""
        if not self._is_told:
            return
        try:
            for ticket, why in self._retelling.hear(fact):
                self._found = self._found or Broken(ticket.order, why)
            self._recounting.hear(seq, fact)
        except _IMPOSSIBLE:
            self._is_told = False
            self._found = self._found or Broken(
                seq, f"after the lines before it no {EVENT_NAMES[type(fact)]} can have happened"
            )

    def first_difference(self, last: int) -> Broken | None:
        """Return the first difference, after the last line."""
        if self._is_told:
            of_tickets = ((ticket.order, why) for ticket, why in self._retelling.rest())
            rest = (Broken(seq or last, why) for seq, why in chain(of_tickets, self._recounting.rest()))
            self._found = self._found or next(rest, None)
        return self._found


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


def _missing_end(
    connection: Connection, office: str, last: int, mark: Mark | None, kept: Collection[int]
) -> Broken | None:
    if mark is not None and mark.seq > last:
        return Broken(last + 1, _missing(last, mark.seq, ANSWERED))
    if max(kept, default=0) > last:
        return Broken(last + 1, _missing(last, max(kept), KEPT))
    known, why = newest_known(connection, office)
    return Broken(last + 1, _missing(last, known, why)) if known > last else None


def _missing(last: int, known: int, why: str) -> str:
    if last == 0:
        return f"the journal is empty, but had {known} lines: {why}"
    lines = f"line {known} is" if known == last + 1 else f"lines {last + 1} to {known} are"
    return f"{lines} missing at the end of the journal: {why}"
