"""Feedback on the disk: what goes into its tables with a unit of work, and the book that they tell at a start."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, func, select
from sqlmodel import col

from broker.domain.feedback import entries as en
from broker.domain.feedback import events as ev
from broker.domain.feedback.apply import enter
from broker.domain.feedback.book import NOBODY, Book, Complaint, first_rated
from broker.domain.feedback.book import Step as ComplaintStep
from broker.domain.feedback.surveys import SurveyAnswer
from broker.domain.model import Office
from broker.ports import Recorded, Work
from broker.store.moments import micros, moment
from broker.store.office_key import OfficeKey
from broker.store.surveys import read_counting, read_passes
from broker.store.surveys import steps_of as survey_steps_of
from broker.store.surveys import steps_of_events as survey_steps_of_events
from broker.store.tables import (
    ComplaintRow,
    ComplaintStepRow,
    OfficeKeyRow,
    RatingRow,
    SpentRow,
    SuggestionRow,
    WordsRow,
    table_of,
)
from broker.store.writing import Step, Writing, insert_into

_INSERT_SPENT = insert_into("spent", "office, digest, day")
_FORGET_SPENT = "DELETE FROM spent WHERE office = ? AND day < ?"
_INSERT_RATING = insert_into("ratings", "office, id, day, service, officer, score")
_INSERT_WORDS = insert_into("words", "office, id, sealed, purge_after")
_INSERT_SUGGESTION = insert_into("suggestions", "office, id, day, service, language, tags, is_read, purge_after")
_MARK_TAGS = "UPDATE suggestions SET tags = ? WHERE office = ? AND id = ?"
_MARK_READ = "UPDATE suggestions SET is_read = ? WHERE office = ? AND id = ?"
_OF_COMPLAINT = (
    "number, year, sequence, kind, state, received_on, received_at, verify_by, answer_by, closes_on, answered_on, "
    "in_time, anonymous, confidential, has_contact, service, ticket, language, secret, merged_into, "
    "purge_after, is_purged"
)
_DELETE_COMPLAINT = "DELETE FROM complaints WHERE office = ? AND number = ?"
_INSERT_COMPLAINT = insert_into("complaints", f"office, {_OF_COMPLAINT}")
_INSERT_STEP = insert_into("complaint_steps", "office, number, step, seq, at, type, officer, sent_to, has_text")
_SUBJECT = "UPDATE complaints SET ticket = ? WHERE office = ? AND number = ?"
_KEEP_WORDS = "UPDATE words SET purge_after = ? WHERE office = ? AND id >= ? AND id < ?"
_PURGE = (
    "DELETE FROM words WHERE office = ? AND purge_after < ?",
    "DELETE FROM suggestions WHERE office = ? AND purge_after < ?",
)
_PURGE_STEPS = (
    "UPDATE complaint_steps SET has_text = ? WHERE office = ? AND number IN "
    "(SELECT number FROM complaints WHERE office = ? AND purge_after < ? AND is_purged = ?)"
)
_PURGE_COMPLAINTS = (
    "UPDATE complaints SET ticket = NULL, has_contact = ?, is_purged = ? "
    "WHERE office = ? AND purge_after < ? AND is_purged = ?"
)
_INSERT_KEY = insert_into("office_keys", "office, mark")


def write_feedback(writing: Writing, office: str, work: Work, key: OfficeKey | None) -> None:
    """Write what a unit of work means for the tables of feedback; words are sealed here."""
    for recorded in work.events:
        if isinstance(recorded.event, ev.FeedbackEvent):
            writing.steps(_steps_of_fact(recorded, recorded.event, office))
    writing.steps(survey_steps_of_events(office, work.events))
    if work.entries and key is not None:
        writing.steps(step for entry in work.entries for step in _steps_of(entry, office, key))
    for recorded in work.events:  # after the words, for some may have come with the same unit of work
        if recorded.complaint is not None:
            writing.steps(_keep_words(recorded.complaint, office))


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
    for day, digest in connection.execute(
        select(col(SpentRow.day), col(SpentRow.digest)).where(col(SpentRow.office) == rules.id)
    ):
        enter(book, en.Spent(day, digest))
    _read_ratings(connection, book, first_rated(today))
    _read_suggestions(connection, book)
    _read_complaints(connection, book, today.year)
    codes = {survey.id: survey.codes for survey in rules.feedback.surveys.values()}
    book.counting = read_counting(connection, rules.id, codes, today)
    read_passes(connection, book, today)
    book.version = 0
    return book


def _read_ratings(connection: Connection, book: Book, first: dt.date) -> None:
    key = col(RatingRow.day), col(RatingRow.officer), col(RatingRow.score)
    counted = select(*key, func.count()).where(col(RatingRow.office) == book.office.id, col(RatingRow.day) >= first)
    for day, officer, score, count in connection.execute(counted.group_by(*key)):
        counts = list(book.ratings.get((day, officer), NOBODY))
        counts[score - 1] += count
        book.ratings[day, officer] = (counts[0], counts[1], counts[2], counts[3])


def _read_suggestions(connection: Connection, book: Book) -> None:
    table = table_of(SuggestionRow)
    for row in connection.execute(select(table).where(col(SuggestionRow.office) == book.office.id)):
        tags = tuple(json.loads(row.tags))
        enter(book, en.Suggestion(row.id, row.day, row.service, row.language, tags, row.is_read, row.purge_after))


def _read_complaints(connection: Connection, book: Book, year: int) -> None:
    """Read the complaints of this year, and all whose words are kept."""
    table, of_office = table_of(ComplaintRow), col(ComplaintRow.office) == book.office.id
    last = select(col(ComplaintRow.year), func.max(col(ComplaintRow.sequence))).where(of_office)
    for of, number in connection.execute(last.group_by(col(ComplaintRow.year))):
        book.last_of_year[of] = number
    wanted = of_office, (col(ComplaintRow.year) >= year) | ~col(ComplaintRow.is_purged)
    steps = _read_steps(connection, book.office.id, year)
    for row in connection.execute(select(table).where(*wanted).order_by(col(ComplaintRow.received_at))):
        facts = {name: getattr(row, name) for name in _OF_COMPLAINT.split(", ")}
        facts["received_at"] = moment(row.received_at)
        book.complaints[row.number] = Complaint(**facts, steps=tuple(steps.get(row.number, ())))


def _read_steps(connection: Connection, office: str, year: int) -> dict[str, list[ComplaintStep]]:
    table, of = table_of(ComplaintStepRow), table_of(ComplaintRow)
    found: dict[str, list[ComplaintStep]] = {}
    same = (of.c.office == table.c.office) & (of.c.number == table.c.number)
    wanted = (table.c.office == office) & ((of.c.year >= year) | ~of.c.is_purged)
    for row in connection.execute(select(table).join(of, same).where(wanted).order_by(table.c.number, table.c.step)):
        step = ComplaintStep(moment(row.at), row.type, row.officer, row.sent_to, row.has_text)
        found.setdefault(row.number, []).append(step)
    return found


def _steps_of_fact(recorded: Recorded, fact: ev.FeedbackEvent, office: str) -> Iterator[Step]:
    match fact:
        case ev.SuggestionMarked():
            if fact.tags is not None:
                yield _MARK_TAGS, (tags_text(fact.tags), office, fact.suggestion)
            if fact.is_read is not None:
                yield _MARK_READ, (fact.is_read, office, fact.suggestion)
        case ev.Complained() | ev.ComplaintMoved():
            yield from _steps_of_complaint(recorded, office)
        case ev.Purged():
            before = fact.day.isoformat()
            for statement in _PURGE:
                yield statement, (office, before)
            yield _PURGE_STEPS, (False, office, office, before, False)
            yield _PURGE_COMPLAINTS, (False, True, office, before, False)


def _steps_of_complaint(recorded: Recorded, office: str) -> Iterator[Step]:
    found = recorded.complaint
    if found is None:
        return
    yield from rewrite(found, office)
    step, at = len(found.steps) - 1, found.steps[-1]
    yield (
        _INSERT_STEP,
        (
            office,
            found.number,
            step,
            recorded.seq,
            micros(at.at),
            at.type,
            at.officer,
            at.to,
            at.has_text,
        ),
    )


def _keep_words(found: Complaint, office: str) -> Iterator[Step]:
    """Yield until when all words of a complaint are kept."""
    yield _KEEP_WORDS, (_day(found.purge_after), office, f"c/{found.number}/", f"c/{found.number}0")


def rewrite(found: Complaint, office: str) -> Iterator[Step]:
    """Yield what lets the table say of a complaint what the book says."""
    values = [getattr(found, name) for name in _OF_COMPLAINT.split(", ")]
    yield _DELETE_COMPLAINT, (office, found.number)
    yield _INSERT_COMPLAINT, (office, *(_cell(value) for value in values))


def _cell(value: object) -> object:
    match value:
        case dt.datetime():
            return micros(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def tags_text(tags: Sequence[str]) -> str:
    """Return tags as they stand in a row."""
    return json.dumps(tags, ensure_ascii=False)


def _steps_of(entry: en.Entry, office: str, key: OfficeKey) -> Iterator[Step]:
    match entry:
        case en.Spent():
            yield _INSERT_SPENT, (office, entry.digest, entry.day.isoformat())
        case en.Rating():
            row = (office, entry.row, entry.day.isoformat(), entry.service, entry.officer, entry.score)
            yield _INSERT_RATING, row
        case en.Suggestion():
            kept = (tags_text(entry.tags), entry.is_read, entry.purge_after.isoformat())
            yield _INSERT_SUGGESTION, (office, entry.id, entry.day.isoformat(), entry.service, entry.language, *kept)
        case en.Subject():
            yield _SUBJECT, (entry.ticket, office, entry.complaint)
        case SurveyAnswer() | en.Served() | en.PlanText():
            yield from survey_steps_of(entry, office)
        case en.Words():
            yield _INSERT_WORDS, (office, entry.id, key.seal(entry.id, entry.text), _day(entry.purge_after))
