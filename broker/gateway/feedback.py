"""Feedback in the shapes of the wire: what a request led to, what a question found, what is published. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from broker.contract import messages as ms
from broker.domain import checks
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import complaints, ratings
from broker.domain.feedback import events as ev
from broker.domain.feedback.book import Book, Complaint, Step
from broker.domain.feedback.complaints import Seen, seen_by
from broker.domain.feedback.entries import Suggestion
from broker.domain.feedback.suggestions import WordsOf, words_of
from broker.domain.hall import Hall
from broker.domain.model import Office
from broker.domain.vocabulary import Event
from broker.gateway.surveys import SurveyShapes
from broker.ports import Opened

BEGINNING = 80
"""So many characters of a suggestion stand in a list."""
MAX_STEPS_BYTES = 7000
SHORT = 12
"""So many characters of names are left where the message would not fit."""


def result_of(
    command: cmd.FeedbackCommand, events: Sequence[Event], hall: Hall, book: Book, now: dt.datetime
) -> dict[str, Any]:
    """Return the result of a request that is done."""
    office = book.office
    match command:
        case cmd.MarkSuggestion():
            return {"suggestion": _suggestion(book.suggestions[command.suggestion], {})}
        case cmd.Complain():
            number = next(event.number for event in events if isinstance(event, ev.Complained))
            return {"receipt": _plain(receipt_shape(book.complaints[number], command.secret, office))}
        case cmd.MoveComplaint():
            by = None if command.session is None else checks.staff_signed_in(hall, command.session, now)
            seen = seen_by(book, book.complaints[command.complaint], by, office.day(now))
            return {"complaint": _plain(complaint_shape(seen, office))}
        case cmd.Purge():
            done = [event for event in events if isinstance(event, ev.Purged)]
            return {
                "report": {
                    "before": office.day(now).isoformat(),
                    "suggestions": sum(event.suggestions for event in done),
                    "complaints": sum(event.complaints for event in done),
                }
            }
        case _:
            return {}


def answer_shape(opened: Opened, office: Office) -> dict[str, Any]:
    """Return what a question found, with its words."""
    return {name: _found(found, opened.words, office) for name, found in opened.answer.found.items()}


def _found(found: object, words: Mapping[str, str], office: Office) -> Any:  # noqa: ANN401, PLR0911 - whatever JSON holds, one a kind
    match found:
        case WordsOf():
            return words.get(found, "")
        case Seen():
            return _plain(complaint_shape(found, office))
        case Suggestion():
            return _suggestion(found, words)
        case dt.date():
            return found.isoformat()
        case dict():
            return {name: _found(inner, words, office) for name, inner in found.items()}
        case list() | tuple():
            return [_found(inner, words, office) for inner in found]
        case _:
            return found


def feedback_shape(hall: Hall, book: Book, now: dt.datetime, surveys: SurveyShapes) -> ms.FeedbackMessage:
    """Return `state/feedback`."""
    rules = book.office.feedback
    today = hall.day_of(now)
    return ms.FeedbackMessage(
        at=now.astimezone(hall.office.zone),
        complaints=None if rules.complaints is None else _figures(complaints.figures(book, today)),
        ratings=ratings.of_month(book, today) if rules.rating else (),
        surveys=surveys.progress(book, today),
        suggestions=rules.suggestions,
        results=surveys.results(book),
    )


def receipt_shape(complaint: Complaint, secret: str, office: Office) -> ms.Receipt:
    """Return what whoever complained holds. The secret stands behind `#`: no server is told of it by a link."""
    link = None if office.public_url is None else f"{office.public_url.rstrip('/')}/c/{complaint.number}#{secret}"
    return ms.Receipt(
        number=complaint.number,
        secret=secret,
        kind=complaint.kind,
        received_at=complaint.received_at.astimezone(office.zone),
        verify_by=complaint.verify_by,
        answer_by=complaint.answer_by,
        qr=link,
    )


def complaint_shape(seen: Seen, office: Office) -> ms.Complaint:
    """Return a complaint as whoever looks may see it: of staff, and of the ticket, only staff are told."""
    found = seen.complaint
    steps = [_step(step, office, is_staff=seen.is_staff) for step in found.steps] if seen.has_steps else []
    if sum(len(step.model_dump_json().encode()) for step in steps) > MAX_STEPS_BYTES:
        short = [{"to": step.to and step.to[:SHORT], "by": step.by and step.by[:SHORT]} for step in steps]
        steps = [step.model_copy(update=names) for step, names in zip(steps, short, strict=True)]
    return ms.Complaint(
        number=found.number,
        kind=found.kind,
        state=found.state,
        received_at=found.received_at.astimezone(office.zone),
        verify_by=found.verify_by,
        answer_by=found.answer_by,
        closes_on=found.closes_on,
        is_overdue=found.is_overdue(seen.today),
        anonymous=found.anonymous,
        confidential=found.confidential,
        service=found.service,
        ticket=found.ticket if seen.has_ticket else None,
        has_contact=found.has_contact,
        merged_into=found.merged_into,
        language=found.language,
        steps=tuple(steps),
    )


def _step(step: Step, office: Office, *, is_staff: bool) -> ms.ComplaintStep:
    by = None if step.officer is None or not is_staff else office.officers.get(step.officer, step.officer)
    at = step.at.astimezone(office.zone).replace(microsecond=0)
    return ms.ComplaintStep(at=at, type=step.type, by=by, to=step.to, has_text=step.has_text)


def _suggestion(found: Suggestion, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - an object of JSON
    text = words.get(words_of(found.id), "")
    return _plain(
        ms.Suggestion(
            id=found.id,
            day=found.day,
            text=text[:BEGINNING],
            is_whole=0 < len(text) <= BEGINNING,
            service=found.service,
            language=found.language,
            tags=found.tags,
            is_read=found.is_read,
        )
    )


def _figures(figures: complaints.Figures) -> ms.ComplaintFigures:
    return ms.ComplaintFigures(
        since=figures.since,
        received=figures.received,
        answered=figures.answered,
        in_time=figures.in_time,
        open=figures.open,
        due_soon=figures.due_soon,
        overdue=figures.overdue,
    )


def _plain(message: ms.Message) -> Any:  # noqa: ANN401 - an object of JSON
    return message.model_dump(mode="json")
