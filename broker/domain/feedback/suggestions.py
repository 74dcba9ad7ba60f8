"""The suggestion box: what is put in, read and tagged."""

from __future__ import annotations

import datetime as dt

from broker.domain import checks
from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import events as ev
from broker.domain.feedback import texts
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Answer, Decided, Suggestion, Words
from broker.domain.hall import Hall

PAGE = 8
"""So many fit a message with their tags and beginnings, whatever the script."""


def suggest(hall: Hall, book: Book, command: cmd.Suggest, now: dt.datetime) -> Decided:
    """Take a suggestion."""
    if not book.office.feedback.suggestions:
        raise DomainError(Code.NOT_ALLOWED, "there is no suggestion box here")
    text = texts.required(command.text, "text")
    day = hall.day_of(now)
    last = day + book.office.feedback.purge_after
    service, language = offered(book, command.service, command.language)
    return Decided(
        [ev.Suggested(at=now, text=book.keyed(text))],
        [
            Suggestion(command.row, day, service, language, purge_after=last),
            Words(words_of(command.row), text, last),
        ],
    )


def mark(hall: Hall, book: Book, command: cmd.MarkSuggestion, now: dt.datetime) -> Decided:
    """Tag a suggestion, or take it as read. What is so already is no event."""
    officer = checks.permitted(hall, command.session, "suggestion_step", now)
    found = _known(book, command.suggestion)
    tags = None if command.tags is None else tuple(dict.fromkeys(texts.required(tag, "tags") for tag in command.tags))
    is_as_before = tags in {None, found.tags} and command.is_read in {None, found.is_read}
    if is_as_before:
        return Decided()
    marked = ev.SuggestionMarked(at=now, suggestion=found.id, officer=officer, tags=tags, is_read=command.is_read)
    return Decided([marked])


def in_box(hall: Hall, book: Book, question: cmd.ListSuggestions, now: dt.datetime) -> Answer:
    """Return a page of the box: what nobody has read first, then the newest day."""
    checks.permitted(hall, question.session, "suggestions", now)
    found = sorted(book.suggestions.values(), key=lambda one: (one.is_read, -one.day.toordinal(), one.id))
    page = found[question.page * PAGE : (question.page + 1) * PAGE]
    return Answer({"suggestions": page, "pages": pages_of(len(found), PAGE)}, [words_of(one.id) for one in page])


def read(hall: Hall, book: Book, question: cmd.ReadSuggestion, now: dt.datetime) -> Answer:
    """Return all that somebody wrote."""
    checks.permitted(hall, question.session, "suggestion", now)
    words = words_of(_known(book, question.suggestion).id)
    return Answer({"text": WordsOf(words)}, [words])


def offered(book: Book, service: str | None, language: str | None) -> tuple[str | None, str]:
    """Return service and language, where the office has them; its own language where none is said."""
    office = book.office
    if service is not None and service not in office.services:
        raise DomainError(Code.UNKNOWN_SERVICE, f"no service {service}", service=service)
    if language is not None and language not in office.languages:
        message = f"language: {language} is not one of {', '.join(office.languages)}"
        raise DomainError(Code.BAD_REQUEST, message, field="language")
    return service, language or office.languages[0]


def pages_of(count: int, of_page: int) -> int:
    """Return how many pages hold so many; there is always one."""
    return max(1, -(-count // of_page))


def words_of(suggestion: str) -> str:
    """Return under which id the words of a suggestion stand."""
    return f"s/{suggestion}"


def _known(book: Book, suggestion: str) -> Suggestion:
    found = book.suggestions.get(suggestion)
    if found is None:
        raise DomainError(Code.UNKNOWN_SUGGESTION, "no such suggestion")
    return found


class WordsOf(str):
    """The id of words that stand in an answer in its place."""

    __slots__ = ()
