"""What facts and entries do to the book. Never refuses: both are true already."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from broker.domain.feedback import entries as en
from broker.domain.feedback import events as ev
from broker.domain.feedback.book import NOBODY, Book, Complaint, Counts, Step
from broker.domain.feedback.counting import Pass, Plan, closed_of
from broker.domain.feedback.surveys import SurveyAnswer


def apply(book: Book, event: ev.FeedbackEvent) -> None:
    """Make one fact part of the book."""
    match event:
        case ev.SuggestionMarked():
            _mark(book, event)
        case ev.Complained():
            _complained(book, event)
        case ev.ComplaintMoved():
            _moved(book, event)
        case ev.Purged():
            _purged(book, event)
        case ev.Invited():
            asked = Pass(event.survey, event.ticket, event.service, event.day)
            book.counting.invite(book.keyed, asked)
        case ev.SurveyDaySealed():
            book.counting.seal(event.survey, event.day, event.digest)
        case ev.SurveyClosed():
            book.counting.close(closed_of(event))
            book.version += 1
        case _:
            pass  # that somebody rated or suggested is told by the entry beside it


def enter(book: Book, entry: en.Entry) -> None:
    """Make part of the book what is kept beside the journal."""
    match entry:
        case en.Spent():
            book.spent[entry.digest] = entry.day
        case en.Rating():
            before = book.ratings.get((entry.day, entry.officer), NOBODY)
            book.ratings[entry.day, entry.officer] = one_more(before, entry.score)
            book.version += 1
        case en.Suggestion():
            book.suggestions[entry.id] = entry
        case en.Subject():
            found = book.complaints[entry.complaint]
            book.complaints[entry.complaint] = replace(found, ticket=entry.ticket)
        case SurveyAnswer():
            rules = book.office.feedback.surveys.get(entry.survey)
            book.counting.answer(entry, () if rules is None else rules.codes)
            book.version += 1
        case en.Served():
            book.counting.serve(entry.day, entry.service, entry.by)
            book.version += 1
        case en.PlanText():
            book.counting.plans[entry.survey, entry.period, entry.element] = Plan(entry.text, entry.by)
            book.version += 1
        case en.Words():
            pass  # words are sealed, and opened for who may read them alone
        case _:
            assert_never(entry)


def _mark(book: Book, event: ev.SuggestionMarked) -> None:
    found = book.suggestions.get(event.suggestion)
    if found is not None:
        tags = found.tags if event.tags is None else event.tags
        is_read = found.is_read if event.is_read is None else event.is_read
        book.suggestions[event.suggestion] = replace(found, tags=tags, is_read=is_read)


def _complained(book: Book, event: ev.Complained) -> None:
    book.version += 1
    book.last_of_year[event.year] = event.sequence
    book.complaints[event.number] = Complaint(
        number=event.number,
        year=event.year,
        sequence=event.sequence,
        kind=event.kind,
        state="received",
        received_on=event.day,
        received_at=event.at,
        verify_by=event.verify_by,
        answer_by=event.answer_by,
        closes_on=None,
        answered_on=None,
        in_time=False,
        anonymous=event.anonymous,
        confidential=event.confidential,
        has_contact=event.has_contact,
        service=event.service,
        ticket=None,
        language=event.language,
        secret=event.secret,
        merged_into=None,
        purge_after=None,
        is_purged=False,
        steps=(Step(event.at, "received", event.officer, has_text=True),),
    )


def _moved(book: Book, event: ev.ComplaintMoved) -> None:
    found = book.complaints.get(event.number)
    if found is None:
        return
    book.version += 1
    is_first_answer = event.state in {"answered", "rejected"} and found.answered_on is None
    step = Step(event.at, event.type, event.officer, event.to, event.text is not None)
    book.complaints[event.number] = replace(
        found,
        state=event.state,
        answer_by=event.answer_by,
        closes_on=event.closes_on,
        answered_on=event.day if is_first_answer else found.answered_on,
        in_time=event.day <= found.answer_by if is_first_answer else found.in_time,
        merged_into=event.into or found.merged_into,
        purge_after=event.purge_after,
        steps=(*found.steps, step),
    )


def _purged(book: Book, event: ev.Purged) -> None:
    """Let go of what was to be kept to days before; of a complaint it stays that there was one."""
    book.version += 1
    book.suggestions = {name: one for name, one in book.suggestions.items() if one.purge_after >= event.day}
    for number, found in tuple(book.complaints.items()):
        if found.purge_after is None or found.purge_after >= event.day:
            continue
        if found.year < event.day.year:
            del book.complaints[number]
        else:
            book.complaints[number] = found.without_words()


def one_more(counts: Counts, score: int) -> Counts:
    """Return the counts with one more of a score."""
    first, second, third, fourth = (count + (place == score) for place, count in enumerate(counts, 1))
    return first, second, third, fourth
