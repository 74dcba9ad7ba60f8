"""Complaints, ratings, surveys, closed days, promises, sessions by the journal: what the tables have to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, select, text
from sqlmodel import col

from broker.domain.events import Archived, DayClosed, Issued, Opened, StaffSignedIn
from broker.domain.feedback.apply import apply
from broker.domain.feedback.book import Book
from broker.domain.feedback.events import Complained, FeedbackEvent, Invited, Rated, SurveyClosed, SurveyDaySealed
from broker.domain.feedback.surveys import seal_of
from broker.domain.model import Office, Promised
from broker.domain.vocabulary import Event
from broker.reports.facts import digest_of
from broker.store.archived import FIRST, Beginning, archived
from broker.store.journal import body_of
from broker.store.surveys import read_answers
from broker.store.tables import (
    ClosedDayRow,
    ComplaintRow,
    ComplaintStepRow,
    PromiseRow,
    RatingRow,
    SessionRow,
    StaffSessionRow,
    SurveyDayRow,
    SurveyPeriodRow,
    WordsRow,
    table_of,
)

_COUNTED = table_of(ClosedDayRow)
_DAYS, _PERIODS = table_of(SurveyDayRow), table_of(SurveyPeriodRow)
_COMPLAINTS, _STEPS, _WORDS = table_of(ComplaintRow), table_of(ComplaintStepRow), table_of(WordsRow)
_SESSIONS, _AT_PAGES, _PROMISES = table_of(SessionRow), table_of(StaffSessionRow), table_of(PromiseRow)
_NEVER_ISSUED = text(
    "SELECT series || '-' || number, day FROM tickets WHERE office = :office AND NOT EXISTS (SELECT 1 FROM events "
    "WHERE events.office = tickets.office AND seq = first_seq AND type = 'issued' AND ticket = id)"
)
AT_ONCE = 500
"""So many promises are compared at once."""
_TOLD = ("ahead", "low_s", "high_s", "average_s", "counters")
COMPARED = (
    "kind",
    "state",
    "received_on",
    "verify_by",
    "answer_by",
    "closes_on",
    "answered_on",
    "in_time",
    "anonymous",
    "confidential",
    "service",
    "secret",
    "merged_into",
    "purge_after",
)
"""What somebody would go by. Whose it is and which ticket is erased in time, and the journal never had it."""


class Recounting:
    """Lets all happen again that belongs to feedback, and keeps how days were closed and what was moved away.

    It is fed every line. Of what was begun in lines that were moved away, and are not heard, nothing is said.
    """

    def __init__(self, connection: Connection, office: str, begun: Beginning = FIRST) -> None:
        """Begin before the first line."""
        self._connection = connection
        self._office = office
        self._start = begun
        self._archived: dict[int, Archived] = {}
        """By line: what it says was moved away."""
        self._book = Book(Office(office, dt.UTC, (), {}, {}, {}, {}, {}), lambda text: text)
        first_step = select(_STEPS.c.number).where(_STEPS.c.office == office, _STEPS.c.step == 0)
        self._before = set(connection.scalars(first_step.where(_STEPS.c.seq <= begun.seq))) if begun.seq else set()
        """Complaints that came in before that."""
        self._begun: dict[str, int] = {}
        """By complaint: the line that tells of it first."""
        self._last = begun.seq
        self._rated = 0
        self._sealed: dict[tuple[str, dt.date], tuple[int, str]] = {}
        """By survey and day: the line that sealed it, and the digest."""
        self._closed: dict[tuple[str, str], tuple[int, str]] = {}
        """By survey and period: the line that closed it, and what it says."""

        self._counted: dict[dt.date, tuple[int, str]] = {}
        """By office day: the line that closed it, and the digest."""

    def hear(self, seq: int, fact: Event) -> None:
        """Take one line in."""
        self._last = seq
        if isinstance(fact, DayClosed):
            self._counted[fact.day] = seq, fact.digest
        elif isinstance(fact, SurveyDaySealed):
            self._sealed[fact.survey, fact.day] = seq, fact.digest
        elif isinstance(fact, SurveyClosed):
            self._closed[fact.survey, fact.period] = seq, body_of(fact)
        elif isinstance(fact, Archived):
            self._archived[seq] = fact
        elif isinstance(fact, FeedbackEvent) and not isinstance(fact, Invited):
            if getattr(fact, "number", None) in self._before:
                return
            apply(self._book, fact)
            self._rated += isinstance(fact, Rated)
            if isinstance(fact, Complained):
                self._begun[fact.number] = seq

    def rest(self) -> Iterator[tuple[int, str]]:
        """Yield after the last line what the tables say otherwise, with the line that it concerns."""
        wanted = select(_COMPLAINTS).where(col(ComplaintRow.office) == self._office)
        rows = {row.number: row for row in self._connection.execute(wanted)}
        counts = self._step_counts()
        for number, told in self._book.complaints.items():
            if number not in rows:
                yield self._begun[number], f"complaint {number} is not in the table of complaints"
                continue
            for name in COMPARED:
                said, written = getattr(told, name), getattr(rows[number], name)
                if said != written:
                    what = "another secret" if name == "secret" else f"{name} {written}, not {said}"
                    yield self._begun[number], f"of complaint {number} the table of complaints says {what}"
                    break
            if counts.get(number, 0) != len(told.steps):
                yield self._begun[number], f"of complaint {number} not all steps are in the table of its steps"
        for number in rows.keys() - self._begun.keys() - self._before:
            yield 0, f"the journal tells of no complaint {number}, but the table does"
        kept = self._connection.scalar(select(func.count()).where(col(RatingRow.office) == self._office)) or 0
        if kept < self._rated:
            yield 0, f"the journal tells of {self._rated} ratings, but the table has {kept}"

        yield from self._surveys()
        yield from self._closed_days()
        yield from self._moved_away()

    def _moved_away(self) -> Iterator[tuple[int, str]]:
        """Yield where the journal does not tell what the table says was moved away."""
        for years in archived(self._connection, self._office):
            told = self._archived.pop(years.seq, None)
            said = years.first_seq, years.last_seq, years.hash, years.day, years.digest
            if years.seq > self._start.seq and (
                told is None or (told.first, told.last, told.hash, told.day, told.digest) != said
            ):
                yield years.seq, f"the journal does not tell that lines {said[0]} to {said[1]} were archived"
        for seq in self._archived:
            yield seq, "the lines that were archived then are not in the table of what was archived"

    def _closed_days(self) -> Iterator[tuple[int, str]]:
        """Yield where the figures of a closed day are not those that were written down."""
        wanted = select(_COUNTED.c.day, _COUNTED.c.facts, _COUNTED.c.carry).where(
            _COUNTED.c.office == self._office, _COUNTED.c.seq > self._start.seq
        )
        missing = dict(self._counted)
        for day, facts, carry in self._connection.execute(wanted):
            seq, digest = missing.pop(day, (0, ""))
            if not digest:
                yield 0, f"the journal does not tell that {day} was closed, but the table does"
            elif digest_of(facts, carry) != digest:
                yield seq, f"the figures of {day} are not those that were closed"
        for day, (seq, _) in missing.items():
            yield seq, f"the figures of {day} are gone from the table of closed days"

    def _surveys(self) -> Iterator[tuple[int, str]]:
        """Yield where sealed answers and closed periods are not as they were."""
        for (survey, day), (seq, digest) in self._sealed.items():
            answers = read_answers(self._connection, self._office, survey, day, day)
            if seal_of(answer.digest for answer in answers) != digest:
                yield seq, f"the answers to {survey} of {day} are not those that were sealed"
        for survey, day in self._days_in_table() - self._sealed.keys():
            yield 0, f"the journal tells of no seal of {survey} of {day}, but the table does"
        wanted = select(_PERIODS.c.survey, _PERIODS.c.period, _PERIODS.c.body).where(
            _PERIODS.c.office == self._office, _PERIODS.c.seq > self._start.seq
        )
        rows = {(survey, period): body for survey, period, body in self._connection.execute(wanted)}
        for key, (seq, body) in self._closed.items():
            if rows.pop(key, None) != body:
                yield seq, f"the table says otherwise of the period {key[1]} of {key[0]}"
        for survey, period in rows:
            yield 0, f"the journal tells of no closed period {period} of {survey}, but the table does"

    def _days_in_table(self) -> set[tuple[str, dt.date]]:
        of_office = _DAYS.c.office == self._office, _DAYS.c.day > self._start.day
        wanted = select(_DAYS.c.survey, _DAYS.c.day).where(*of_office)
        return {(survey, day) for survey, day in self._connection.execute(wanted)}

    def put_back(self) -> None:
        """Let the tables say what the journal says, where they knew of more; so too the words of complaints.

        Answers stay: their days are sealed anew.
        """
        for survey, day in self._days_in_table() - self._sealed.keys():
            of_day = _DAYS.c.office == self._office, _DAYS.c.survey == survey, _DAYS.c.day == day
            self._connection.execute(delete(_DAYS).where(*of_day))
        closed = select(_COUNTED.c.day).where(_COUNTED.c.office == self._office, _COUNTED.c.seq > self._start.seq)
        for day in set(self._connection.scalars(closed)) - self._counted.keys():
            self._connection.execute(delete(_COUNTED).where(_COUNTED.c.office == self._office, _COUNTED.c.day == day))
        for number in self._step_counts().keys() - self._begun.keys() - self._before:
            self._forget(number, 0)
        for row in self._connection.execute(select(_COMPLAINTS.c.number).where(_COMPLAINTS.c.office == self._office)):
            if row.number not in self._begun and row.number not in self._before:
                of_it = _COMPLAINTS.c.office == self._office, _COMPLAINTS.c.number == row.number
                self._connection.execute(delete(_COMPLAINTS).where(*of_it))
        later = select(_STEPS.c.number, func.min(_STEPS.c.step)).where(_STEPS.c.office == self._office)
        for number, step in self._connection.execute(later.where(_STEPS.c.seq > self._last).group_by(_STEPS.c.number)):
            if number in self._before:
                self._forget(number, step)
        for told in self._book.complaints.values():
            self._forget(told.number, len(told.steps))
            values = {name: getattr(told, name) for name in COMPARED}
            of_it = _COMPLAINTS.c.office == self._office, _COMPLAINTS.c.number == told.number
            self._connection.execute(_COMPLAINTS.update().where(*of_it).values(**values))

    def _forget(self, number: str, first: int) -> None:
        """Take out the steps of a complaint from one on, with their words."""
        of_it = _STEPS.c.office == self._office, _STEPS.c.number == number, _STEPS.c.step >= first
        gone = [row.step for row in self._connection.execute(select(_STEPS.c.step).where(*of_it))]
        self._connection.execute(delete(_STEPS).where(*of_it))
        names = [f"c/{number}/{step}" for step in gone] + ([f"c/{number}/contact"] if first == 0 else [])
        self._connection.execute(delete(_WORDS).where(_WORDS.c.office == self._office, _WORDS.c.id.in_(names)))

    def _step_counts(self) -> dict[str, int]:
        number = col(ComplaintStepRow.number)
        counted = select(number, func.count()).where(col(ComplaintStepRow.office) == self._office).group_by(number)
        return {of: count for of, count in self._connection.execute(counted)}  # noqa: C416 - a row is no pair


class OfLines:
    """Tables of which each row belongs to one line, and goes where that goes: promises, sessions, tickets.

    It is fed every line.
    """

    def __init__(self, connection: Connection, office: str) -> None:
        """Begin before the first line."""
        self._connection = connection
        self._office = office
        self._worked: dict[int, tuple[str, ...]] = {}
        """By line: who signed in, and at which counter, if at any."""
        self._promised: dict[int, tuple[str, Promised]] = {}
        """By line: the ticket, and what was told with it; those that were not compared yet."""
        self._otherwise: list[tuple[int, str]] = []
        self._promises = 0

    def hear(self, seq: int, fact: Event) -> None:
        """Take one line in."""
        if isinstance(fact, Issued):
            self._promise(seq, fact)
        elif isinstance(fact, Opened):
            self._worked[seq] = fact.officer, fact.counter
        elif isinstance(fact, StaffSignedIn):
            self._worked[seq] = (fact.officer,)

    def rest(self) -> Iterator[tuple[int, str]]:
        """Yield after the last line what the tables say otherwise, with the line that it concerns."""
        self._compare_promises()
        yield from self._otherwise
        kept = self._connection.scalar(select(func.count()).where(_PROMISES.c.office == self._office)) or 0
        if kept != self._promises:
            yield 0, f"the journal tells of {self._promises} promises, but the table has {kept}"
        yield from self._who_worked()
        for number, day in self._connection.execute(_NEVER_ISSUED, {"office": self._office}):
            yield 0, f"the journal tells of no ticket {number} of {day}, but the table of tickets does"

    def _promise(self, seq: int, fact: Issued) -> None:
        if fact.promised is not None:
            self._promised[seq] = fact.ticket, fact.promised
            self._promises += 1
        if len(self._promised) >= AT_ONCE:
            self._compare_promises()

    def _compare_promises(self) -> None:
        """Find what visitors were told otherwise than the table of promises says."""
        if not self._promised:
            return
        of_them = _PROMISES.c.seq >= min(self._promised), _PROMISES.c.seq <= max(self._promised)
        found = self._connection.execute(select(_PROMISES).where(_PROMISES.c.office == self._office, *of_them))
        rows = {row.seq: row for row in found}
        for seq, (ticket, told) in self._promised.items():
            row = rows.get(seq)
            if row is None:
                self._otherwise.append((seq, "what was promised there is not in the table of promises"))
            elif (row.ticket, *(getattr(row, name) for name in _TOLD)) != (
                ticket,
                *(getattr(told, name) for name in _TOLD),
            ):
                self._otherwise.append((seq, "the table of promises says otherwise of what was promised there"))
        self._promised.clear()

    def _who_worked(self) -> Iterator[tuple[int, str]]:
        """Yield where the tables of sessions say otherwise of who signed in."""
        missing = dict(self._worked)
        at_counters = select(_SESSIONS.c.opened_seq, _SESSIONS.c.officer, _SESSIONS.c.counter)
        at_pages = select(_AT_PAGES.c.seq, _AT_PAGES.c.officer)
        for rows, table in ((at_counters, _SESSIONS), (at_pages, _AT_PAGES)):
            for seq, *who in self._connection.execute(rows.where(table.c.office == self._office)):
                if missing.pop(seq, None) != tuple(who):
                    yield seq, f"the table of sessions says {' at '.join(who)}, and the journal does not"
        for seq, who_worked in missing.items():
            yield seq, f"that {' at '.join(who_worked)} signed in is not in the table of sessions"
