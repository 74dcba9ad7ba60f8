"""Feedback in the shapes of the wire: what a request led to, what a question found, what is published. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from broker.contract import messages as ms
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import ratings
from broker.domain.feedback.book import Book
from broker.domain.hall import Hall
from broker.domain.vocabulary import Event
from broker.ports import Opened


def result_of(
    command: cmd.FeedbackCommand,
    events: Sequence[Event],  # noqa: ARG001 - commands to come tell of them
    book: Book,
    now: dt.datetime,  # noqa: ARG001 - the same
) -> dict[str, Any]:
    """Return the result of a request that is done."""
    match command:
        case cmd.StaffIn():
            office, officer = book.office, command.officer
            return {"session": command.token, "officer": office.officers[officer], "role": office.role_of(officer)}
        case _:
            return {}


def answer_shape(opened: Opened, now: dt.datetime) -> dict[str, Any]:  # noqa: ARG001 - deadlines go by it
    """Return what a question found, with its words."""
    return {name: _plain(found, opened) for name, found in opened.answer.found.items()}


def _plain(found: object, opened: Opened) -> Any:  # noqa: ANN401 - whatever JSON holds
    match found:
        case dt.date():
            return found.isoformat()
        case dict():
            return {name: _plain(inner, opened) for name, inner in found.items()}
        case list() | tuple():
            return [_plain(inner, opened) for inner in found]
        case _:
            return found


def feedback_shape(hall: Hall, book: Book, now: dt.datetime) -> ms.FeedbackMessage:
    """Return `state/feedback`."""
    rules = book.office.feedback
    today = hall.day_of(now)
    return ms.FeedbackMessage(
        at=now.astimezone(hall.office.zone),
        ratings=ratings.of_month(book, today) if rules.rating else (),
    )
