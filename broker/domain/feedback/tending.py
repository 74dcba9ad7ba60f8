"""What time alone brings about: answers to which nobody replied are closed, and what was kept long enough is erased."""

from __future__ import annotations

import datetime as dt

from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import events as ev
from broker.domain.feedback import polling
from broker.domain.feedback.book import Book
from broker.domain.feedback.complaints import moved
from broker.domain.feedback.entries import Decided
from broker.domain.hall import Hall

CARE_CLIENT = "care"
"""Who alone asks to erase something: `antrean purge`."""


def tend(hall: Hall, book: Book, now: dt.datetime) -> Decided:
    """Return what is due by now. Nothing ends because a clock was set."""
    if hall.doubted_since is not None:
        return Decided()
    return Decided([*_closed(hall, book, now), *_purged(hall, book, now), *polling.due(hall, book, now)])


def purge(hall: Hall, book: Book, command: cmd.Purge, now: dt.datetime) -> Decided:
    """Erase now what has been kept long enough."""
    if command.asker != CARE_CLIENT:
        raise DomainError(Code.NOT_ALLOWED, "what is kept is erased by itself, or by antrean purge")
    return Decided(_purged(hall, book, now))


def _closed(hall: Hall, book: Book, now: dt.datetime) -> list[ev.FeedbackEvent]:
    today = hall.day_of(now)
    left = [one for one in book.complaints.values() if one.closes_on is not None and one.closes_on < today]
    return [moved(hall, book, one, now, done="closed", state="closed") for one in left]


def _purged(hall: Hall, book: Book, now: dt.datetime) -> list[ev.FeedbackEvent]:
    today = hall.day_of(now)
    suggestions = sum(one.purge_after < today for one in book.suggestions.values())
    kept = (one.purge_after for one in book.complaints.values() if not one.is_purged)
    complaints = sum(last is not None and last < today for last in kept)
    if not suggestions and not complaints:
        return []
    return [ev.Purged(at=now, day=today, suggestions=suggestions, complaints=complaints)]
