"""Feedback on the disk: what goes into its tables with a unit of work, and the book that they tell at a start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, func, select
from sqlmodel import col

from broker.domain.feedback import entries as en
from broker.domain.feedback import events as ev
from broker.domain.feedback.apply import enter
from broker.domain.feedback.book import NOBODY, SESSION_LASTS, Book, StaffSession, first_rated
from broker.domain.model import Office
from broker.ports import Recorded, Work
from broker.store.moments import micros, moment
from broker.store.office_key import OfficeKey
from broker.store.tables import OfficeKeyRow, RatingRow, SpentRow, StaffSessionRow, WordsRow
from broker.store.writing import Step, Writing, insert_into

_INSERT_SESSION = insert_into("staff_sessions", "office, seq, officer, session, opened_at")
_CLOSE_SESSION = "UPDATE staff_sessions SET closed_at = ? WHERE office = ? AND session = ? AND closed_at IS NULL"
_INSERT_SPENT = insert_into("spent", "office, digest, day")
_FORGET_SPENT = "DELETE FROM spent WHERE office = ? AND day < ?"
_INSERT_RATING = insert_into("ratings", "office, id, day, service, officer, score")
_INSERT_WORDS = insert_into("words", "office, id, sealed, purge_after")
_INSERT_KEY = insert_into("office_keys", "office, mark")


def write_feedback(writing: Writing, office: str, work: Work, key: OfficeKey | None) -> None:
    """Write what a unit of work means for the tables of feedback; words are sealed here."""
    writing.steps(_sessions(office, work.events))
    if work.entries and key is not None:
        writing.steps(step for entry in work.entries for step in _steps_of(entry, office, key))


def forget_spent(writing: Writing, office: str, before: dt.date) -> None:
    """Forget who has rated or answered on days before `before`."""
    writing.rows(_FORGET_SPENT, [(office, before.isoformat())])


def write_mark(writing: Writing, office: str, mark: str) -> None:
    """Write by what the key is known that words are sealed with from now on."""
    writing.rows(_INSERT_KEY, [(office, mark)])


def read_mark(connection: Connection, office: str) -> str | None:
    """Return by what the key is known that words were sealed with, or None where none ever were."""
    known: str | None = connection.scalar(select(col(OfficeKeyRow.mark)).where(col(OfficeKeyRow.office) == office))
    return known


def read_words(connection: Connection, office: str, ids: Collection[str], key: OfficeKey) -> dict[str, str]:
    """Return by id what somebody wrote, opened."""
    wanted = select(col(WordsRow.id), col(WordsRow.sealed)).where(
        col(WordsRow.office) == office, col(WordsRow.id).in_(ids)
    )
    return {one: key.unseal(one, sealed) for one, sealed in connection.execute(wanted)}


def read_book(connection: Connection, rules: Office, now: dt.datetime, key: OfficeKey) -> Book:
    """Return the book as the tables tell it."""
    book, today = Book(rules, key.keyed), rules.day(now)
    opened = select(col(StaffSessionRow.session), col(StaffSessionRow.officer), col(StaffSessionRow.opened_at))
    lasting = (
        col(StaffSessionRow.office) == rules.id,
        col(StaffSessionRow.closed_at).is_(None),
        col(StaffSessionRow.opened_at) > micros(now - SESSION_LASTS),
    )
    for session, officer, opened_at in connection.execute(opened.where(*lasting)):
        book.staff[session] = StaffSession(officer, moment(opened_at))
    for day, digest in connection.execute(
        select(col(SpentRow.day), col(SpentRow.digest)).where(col(SpentRow.office) == rules.id)
    ):
        enter(book, en.Spent(day, digest))
    _read_ratings(connection, book, first_rated(today))
    book.version = 0
    return book


def _read_ratings(connection: Connection, book: Book, first: dt.date) -> None:
    key = col(RatingRow.day), col(RatingRow.officer), col(RatingRow.score)
    counted = select(*key, func.count()).where(col(RatingRow.office) == book.office.id, col(RatingRow.day) >= first)
    for day, officer, score, count in connection.execute(counted.group_by(*key)):
        counts = list(book.ratings.get((day, officer), NOBODY))
        counts[score - 1] += count
        book.ratings[day, officer] = (counts[0], counts[1], counts[2], counts[3])


def _sessions(office: str, events: Sequence[Recorded]) -> Iterator[Step]:
    for recorded in events:
        match recorded.event:
            case ev.StaffSignedIn() as fact:
                yield _INSERT_SESSION, (office, recorded.seq, fact.officer, fact.session, micros(fact.at))
            case ev.StaffSignedOut() as fact:
                yield _CLOSE_SESSION, (micros(fact.at), office, fact.session)


def _steps_of(entry: en.Entry, office: str, key: OfficeKey) -> Iterator[Step]:
    match entry:
        case en.Spent():
            yield _FORGET_SPENT, (office, entry.day.isoformat())
            yield _INSERT_SPENT, (office, entry.digest, entry.day.isoformat())
        case en.Rating():
            row = (office, entry.row, entry.day.isoformat(), entry.service, entry.officer, entry.score)
            yield _INSERT_RATING, row
        case en.Words():
            last = None if entry.purge_after is None else entry.purge_after.isoformat()
            yield _INSERT_WORDS, (office, entry.id, key.seal(entry.id, entry.text), last)
