"""The rows of one office for those who only read: never made, never brought up to date, never written to."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, func, select
from sqlmodel import col

from broker.domain.feedback.counting import Counting
from broker.domain.feedback.surveys import SurveyAnswer
from broker.domain.queue.outcomes import Outcome
from broker.ports import Line, StorageError
from broker.reports.facts import DayFacts
from broker.reports.figures import History, without_looking_for_garbage
from broker.reports.tickets import TracedDay
from broker.store.archived import Years, archived
from broker.store.audit import contradiction, find_break, find_broken, last_mark
from broker.store.closed_days import (
    lines_to_move,
    read_alerts,
    read_course,
    read_digest,
    read_history,
    read_numbers,
    read_ticket,
    read_traced,
)
from broker.store.database import converted, file_of, open_read_only
from broker.store.ends import End
from broker.store.given import Given, given_in
from broker.store.head import Mark
from broker.store.journal import Broken
from broker.store.moments import moment
from broker.store.officers import read_who_left
from broker.store.promises import read_outcomes
from broker.store.surveys import read_answers, read_counting
from broker.store.tables import (
    EventRow,
    RatingRow,
    ReplyRow,
    SessionRow,
    StaffSessionRow,
    SurveyAnswerRow,
    TicketRow,
    WordsRow,
    table_of,
)

_OF_PEOPLE = [
    table_of(row)
    for row in (WordsRow, ReplyRow, TicketRow, EventRow, SessionRow, StaffSessionRow, RatingRow, SurveyAnswerRow)
]

log = logging.getLogger(__name__)


class Archive:
    """What commands read while the broker works, or while nobody does. Every method may raise `StorageError`."""

    def __init__(self, url: str, office: str) -> None:
        """Open the database; `StorageError` where it is not there, or of another version."""
        self._office = office
        self._file = file_of(url)
        with converted("open the database"):
            self._engine = open_read_only(url)

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def outcomes(self, since: dt.datetime) -> list[Outcome]:
        """Return what visitors were promised since a moment, and what came true."""
        with self._reading("read the promises") as connection:
            return read_outcomes(connection, self._office, since)

    def surveys(self, codes: Mapping[str, tuple[str, ...]], today: dt.date) -> Counting:
        """Return what is known of surveys: answers, closed periods, plans, visitors; `codes` are their elements."""
        with self._reading("read the surveys") as connection:
            return read_counting(connection, self._office, codes, today)

    def answers(self, survey: str, first: dt.date, last: dt.date) -> list[SurveyAnswer]:
        """Return the answers of some days."""
        with self._reading("read the answers") as connection:
            return read_answers(connection, self._office, survey, first, last)

    def history(self, zone: dt.tzinfo, first: dt.date, last: dt.date, now: dt.datetime) -> History:
        """Return the facts of some days, both included: what `broker.reports.figures.report` is asked with."""
        with self._reading("read the days") as connection, without_looking_for_garbage():
            return read_history(connection, self._office, zone, (first, last), now)

    def digest_of_days(self, first: dt.date, last: dt.date) -> str:
        """Return what changes with whatever is kept of the closed days of a span."""
        with self._reading("read the days") as connection:
            return read_digest(connection, self._office, first, last)

    def course(self, zone: dt.tzinfo, now: dt.datetime, every: dt.timedelta) -> list[DayFacts]:
        """Return the facts of the day that runs as they were at each step of time, and as they are now."""
        with self._reading("read the day") as connection:
            return read_course(connection, self._office, zone, now, every)

    def ticket(self, ticket: str) -> list[Line]:
        """Return what the journal says of a ticket, from its number on; nothing where there is no such one.

        What was moved away is looked through where it was laid, as far as that is at hand. So it is in `traced`, and
        in `numbers`.
        """
        with self._reading("read a ticket's history") as connection, ExitStack() as stack:
            later = [connection]
            lines = read_ticket(connection, self._office, ticket)
            for years in reversed([] if lines is not None else archived(connection, self._office)):
                older = self._moved(years, stack)
                if older is not None:
                    lines = read_ticket(older, self._office, ticket, later)
                    later.insert(0, older)
                if lines is not None:
                    break
            return list(lines or ())

    def alerts(self, lines: int) -> list[tuple[str, str]]:
        """Return what the last lines of the journal tell of alerts, in order: types and facts, as kept."""
        with self._reading("read the alerts") as connection:
            return read_alerts(connection, self._office, lines)

    def traced(self, zone: dt.tzinfo, days: Iterable[DayFacts]) -> list[TracedDay]:
        """Return some days once more from the journal, with the tickets; those that it does not tell are not there."""
        wanted, found = list(days), list[TracedDay]()
        with self._reading("read the days") as connection, without_looking_for_garbage(), ExitStack() as stack:
            for years in archived(connection, self._office):
                moved = [facts for facts in wanted if facts.last_seq <= years.last_seq]
                wanted = [facts for facts in wanted if facts.last_seq > years.last_seq]
                older = self._moved(years, stack) if moved else None
                if older is not None:
                    found += read_traced(connection, self._office, zone, moved, journal=older)
            return found + read_traced(connection, self._office, zone, wanted)

    def numbers(self, tickets: Sequence[str]) -> dict[str, str]:
        """Return the numbers of tickets by their ids."""
        with self._reading("read the tickets") as connection, ExitStack() as stack:
            found = read_numbers(connection, self._office, tickets)
            for years in reversed(archived(connection, self._office)):
                missing = [ticket for ticket in tickets if ticket not in found]
                older = self._moved(years, stack) if missing else None
                if older is not None:
                    found |= read_numbers(older, self._office, missing)
            return found

    def verify(self, mark: Mark | None, ends: Collection[End] = (), archives: Sequence[Archive] = ()) -> Broken | None:
        """Walk the whole journal; return the first line that was altered, removed, put in, or is missing.

        `mark` is the end that was written down, read before this is called; `ends` are what was kept elsewhere, and
        `archives` what was moved away, in any order.
        """
        in_order = sorted(archives, key=lambda one: one.end().seq)
        with self._reading("verify the journal", ValueError) as connection, ExitStack() as stack:
            parts = [stack.enter_context(one._reading("verify the archive", ValueError)) for one in in_order]  # noqa: SLF001 - of our own
            return find_broken(connection, self._office, mark, ends, parts)

    def find_break(self, mark: Mark | None, archives: Sequence[Archive] = ()) -> Broken | None:
        """Walk the chain of hashes alone, which is fast; else as `verify`."""
        in_order = sorted(archives, key=lambda one: one.end().seq)
        with self._reading("verify the journal") as connection, ExitStack() as stack:
            parts = [stack.enter_context(one._reading("verify the archive")) for one in in_order]  # noqa: SLF001 - of our own
            return find_break(connection, self._office, mark, parts)

    def years_away(self) -> list[Years]:
        """Return what was moved into files of their own, in order."""
        with self._reading("read what was archived") as connection:
            return archived(connection, self._office)

    def tickets_to(self, line: int) -> int:
        """Return how many tickets were issued up to a line of the journal."""
        with self._reading("count the tickets") as connection:
            of_them = col(TicketRow.office) == self._office, col(TicketRow.first_seq) <= line
            return connection.scalar(select(func.count()).select_from(TicketRow).where(*of_them)) or 0

    def hash_of(self, line: int) -> str | None:
        """Return the hash of a line of the journal, or None where it is not here."""
        with self._reading("read the journal") as connection:
            of_line = col(EventRow.office) == self._office, col(EventRow.seq) == line
            found: str | None = connection.scalar(select(col(EventRow.hash)).where(*of_line))
            return found

    def lines_to_move(self, before: dt.date) -> tuple[dt.date, Mark] | str:
        """Return the last office day before a date that can be moved away, with its last line; or why none can be.

        What the hall is rebuilt from stays, and so does the last office day: its numbers are not given out again.
        """
        with self._reading("look what can be archived") as connection:
            return lines_to_move(connection, self._office, before)

    def contradiction(self, mark: Mark | None) -> str:
        """Return in words what the database is short of against the end that was written down, or nothing."""
        with self._reading("read the journal") as connection:
            return contradiction(connection, self._office, mark)

    def given(self) -> Given:
        """Return the highest number of each series on the latest day."""
        with self._reading("read the numbers") as connection:
            return given_in(connection, self._office)

    def who_left(self, known: Collection[str]) -> set[str]:
        """Return of which officers PIN, password or second factor is kept who are not `known`."""
        with self._reading("read the officers") as connection:
            return read_who_left(connection, self._office, known)

    def kept(self) -> dict[str, int]:
        """Return how many rows of each table there are that says anything of people."""
        with self._reading("count what is kept") as connection:
            return {
                table.name: connection.scalar(
                    select(func.count()).select_from(table).where(table.c.office == self._office)
                )
                or 0
                for table in _OF_PEOPLE
            }

    def begun(self) -> dt.datetime | None:
        """Return when the first line of the journal was written."""
        with self._reading("read the journal") as connection:
            found = connection.scalar(select(func.min(col(EventRow.at))).where(col(EventRow.office) == self._office))
            return None if found is None else moment(found)

    def kept_until(self) -> dt.date | None:
        """Return the next day after which something is erased that somebody wrote."""
        with self._reading("read what is kept") as connection:
            of_office = col(WordsRow.office) == self._office
            found: dt.date | None = connection.scalar(select(func.min(col(WordsRow.purge_after))).where(of_office))
            return found

    def end(self) -> Mark:
        """Return where the journal ends."""
        with self._reading("read the journal") as connection:
            return last_mark(connection, self._office)

    def _moved(self, years: Years, stack: ExitStack) -> Connection | None:
        """Return what was moved away, for reading until the stack ends; None where it is not at hand.

        It is taken for what it was where it ends as it did: its whole digest is held against when it is put back, and
        by `antrean journal verify --archive`.
        """
        file = None if self._file is None else years.at_hand(self._file)
        if file is None:
            return None
        try:
            older = Archive(f"sqlite:///{file}", self._office)
            stack.callback(older.close)
            if older.end() != Mark(years.last_seq, years.hash):
                log.warning("%s is not the archive that was made of the years up to %s", file, years.day)
                return None
            return stack.enter_context(older._reading("read the archive"))
        except StorageError as error:
            log.warning("%s", error)
            return None

    @contextmanager
    def _reading(self, what: str, *more: type[Exception]) -> Iterator[Connection]:
        with converted(what, *more), self._engine.connect() as connection:
            yield connection
