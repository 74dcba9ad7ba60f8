"""Whether the journal is what was written: every line, the chain of hashes over them, and its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, select, text
from sqlmodel import col

from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.reports.fold import carry_of
from broker.store.archived import Beginning, archived, beginning, carry_of_day
from broker.store.ends import End
from broker.store.head import Mark
from broker.store.journal import GENESIS, Broken, UnreadableError, chain_text, event_of
from broker.store.recounted import OfLines, Recounting
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


def find_broken(
    connection: Connection,
    office: str,
    mark: Mark | None,
    ends: Collection[End] = (),
    archives: Sequence[Connection] = (),
) -> Broken | None:
    """Walk the whole journal; return the first line that was altered, removed, put in, or is missing at the end.

    Where all of that is whole, the first line that cannot have happened, or of which the tables beside it say otherwise
    than the journal. `mark` is the end that was written down outside the database, read before the walk: a working
    broker goes on. `ends` are what somebody kept outside the machine. `archives` hold what was moved away, in order;
    without them the walk begins behind that.
    """
    begun = beginning(archives[0] if archives else connection, office)
    casebook = Recounting(connection, office, begun)
    walk, differences = _Walk(connection, office, mark, ends), list[Broken]()
    for part in (*archives, connection):
        tables = _Tables(part, office, casebook, carried=carried_into(connection, office, begun))
        broken = walk.along(part, begun, tables.hear_line)
        if broken is not None:
            return broken
        begun = walk.there()
        differences += tables.differences(goes_on=part is not connection)
        if not tables.is_told:
            break
    else:
        differences += [Broken(seq or begun.seq, why) for seq, why in casebook.rest()]
    return walk.missing_end() or next(iter(differences), None)


def find_break(
    connection: Connection, office: str, mark: Mark | None, archives: Sequence[Connection] = ()
) -> Broken | None:
    """Walk the chain of hashes alone, as `find_broken` does: whether lines are what was written, ten times as fast."""
    walk = _Walk(connection, office, mark, ())
    begun = beginning(archives[0] if archives else connection, office)
    for part in (*archives, connection):
        broken = walk.along(part, begun, lambda _line: "")
        if broken is not None:
            return broken
        begun = walk.there()
    return walk.missing_end()


class _Walk:
    """The chain of hashes, from one database to the next."""

    def __init__(self, connection: Connection, office: str, mark: Mark | None, ends: Collection[End]) -> None:
        self._connection = connection
        self._office = office
        self._mark = mark
        self._kept: dict[int, list[End]] = {}
        for end in ends:
            self._kept.setdefault(end.seq, []).append(end)
        self._seq, self._hash = 0, GENESIS

    def along(self, part: Connection, begun: Beginning, hear: Callable[[Row[Any]], str]) -> Broken | None:
        """Go through the lines of one database; return the first that is not what was written, or that is not heard."""
        here = beginning(part, self._office)
        if (here.seq, here.hash) != (begun.seq, begun.hash):
            return Broken(
                begun.seq + 1, f"what was archived ends at line {begun.seq}, and this begins behind {here.seq}"
            )
        self._seq, self._hash = here.seq, here.hash
        of_office = select(_EVENTS).where(col(EventRow.office) == self._office)
        for line in part.execute(of_office.order_by(col(EventRow.seq))):
            if line.seq != self._seq + 1:
                return Broken(line.seq, f"line {self._seq + 1} is missing")
            digest = chain_text(self._hash, seq=line.seq, name=line.type, client=line.client, body=line.body)
            if why := _altered(line, digest, self._mark, self._kept.get(line.seq, ())) or hear(line):
                return Broken(line.seq, why)
            self._seq, self._hash = line.seq, digest
        return None

    def there(self) -> Beginning:
        """Return where a database has to begin that goes on from here."""
        return next(
            (
                Beginning(years.last_seq, years.hash, years.day)
                for years in archived(self._connection, self._office)
                if years.last_seq == self._seq and years.hash == self._hash
            ),
            Beginning(self._seq, self._hash),
        )

    def missing_end(self) -> Broken | None:
        """Return what is missing behind the last line that there is."""
        return _missing_end(self._connection, self._office, self._seq, self._mark, self._kept)


def carried_into(connection: Connection, office: str, begun: Beginning) -> Collection[str]:
    """Return the tickets that were not done where a journal begins, by what was kept of the day before."""
    said = carry_of_day(connection, office, begun.day)
    try:
        return () if said is None else carry_of(said).tickets.keys()
    except _IMPOSSIBLE:
        return ()


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
    """What the tables beside a part of the journal say otherwise."""

    def __init__(self, connection: Connection, office: str, casebook: Recounting, *, carried: Collection[str]) -> None:
        self._retelling = Retelling(connection, office, beginning(connection, office), carried=carried)
        self._of_lines, self._casebook = OfLines(connection, office), casebook
        self._found: list[Broken] = []
        self._last = 0
        self.is_told = True

    def hear_line(self, line: Row[Any]) -> str:
        """Take one line in; return in words why it means nothing, or says otherwise than its columns, or nothing."""
        try:
            fact = event_of(line.type, line.body)
        except UnreadableError as error:
            return f"{error}. If a newer program wrote it, use that one"
        if (line.at, line.ticket, line.counter) != columns_of(fact):
            return "time, ticket or counter beside the line was altered"
        self._hear(line.seq, fact)
        return ""

    def _hear(self, seq: int, fact: Event) -> None:
        """Let it happen again. After what cannot have happened nothing is told any more."""
        self._last = seq
        if not self.is_told:
            return
        try:
            self._found += [Broken(ticket.order, why) for ticket, why in self._retelling.hear(fact)][: not self._found]
            self._of_lines.hear(seq, fact)
            self._casebook.hear(seq, fact)
        except _IMPOSSIBLE:
            self.is_told = False
            self._found.append(Broken(seq, f"after the lines before it no {EVENT_NAMES[type(fact)]} can have happened"))

    def differences(self, *, goes_on: bool) -> list[Broken]:
        """Return what is known after the last line, the first difference first."""
        if self.is_told:
            of_tickets = ((ticket.order, why) for ticket, why in self._retelling.rest(goes_on=goes_on))
            self._found += [Broken(seq or self._last, why) for seq, why in chain(of_tickets, self._of_lines.rest())]
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
    begun = beginning(connection, office)
    if mark is None or mark.seq < begun.seq:  # its line is in an archive
        return ""
    of_line = (col(EventRow.office) == office, col(EventRow.seq) == mark.seq)
    found = connection.scalar(select(col(EventRow.hash)).where(*of_line))
    found = begun.hash if mark.seq == begun.seq else found
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
