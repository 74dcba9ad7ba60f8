"""Ratings: one tap of a visitor who is done, and what officers see of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from broker.domain import checks
from broker.domain.errors import Code, DomainError
from broker.domain.feedback import commands as cmd
from broker.domain.feedback import entries as en
from broker.domain.feedback import events as ev
from broker.domain.feedback import texts
from broker.domain.feedback.book import NOBODY, WEEKS, Book, Counts, monday_of
from broker.domain.feedback.suggestions import words_of
from broker.domain.hall import Hall
from broker.domain.model import Ticket, TicketState

RATING = "rating"
"""The tag of a sentence beside a rating: it is read where suggestions are."""


def rate(hall: Hall, book: Book, command: cmd.Rate, now: dt.datetime) -> en.Decided:
    """Take a rating of a ticket that is finished today, once."""
    if not book.office.feedback.rating:
        raise DomainError(Code.NOT_ALLOWED, "nobody is asked for a rating here")
    ticket = checks.known_ticket(hall, command.ticket, now)
    finished_by_holder(hall, book, ticket, command, now)
    digest = book.keyed(f"rated\n{ticket.id}")
    if digest in book.spent:
        raise DomainError(Code.ALREADY_GIVEN, f"{ticket.number} was rated already", ticket=ticket.number)
    sentence = texts.sentence(command.text)
    day = hall.day_of(now)
    entries: list[en.Entry] = [
        en.Spent(day, digest),
        en.Rating(command.row, day, ticket.service, ticket.officer, command.score),
    ]
    if sentence:
        last = day + book.office.feedback.purge_after
        entries += [
            en.Suggestion(command.words_row, day, ticket.service, ticket.language, tags=(RATING,), purge_after=last),
            en.Words(words_of(command.words_row), sentence, last),
        ]
    return en.Decided([ev.Rated(at=now)], entries)


def finished_by_holder(hall: Hall, book: Book, ticket: Ticket, command: cmd.Rate, now: dt.datetime) -> None:
    """Refuse a ticket that is not finished, and whoever neither holds it nor stands where it was finished."""
    holder_or_there(hall, book, ticket, command, now)
    if ticket.state is not TicketState.FINISHED:
        raise checks.illegal(ticket, "rate")


def holder_or_there(hall: Hall, book: Book, ticket: Ticket, command: checks.ByHolder, now: dt.datetime) -> None:
    """Refuse whoever neither holds a ticket nor is the feedback kiosk at the counter that had it last."""
    kiosks = book.office.feedback.kiosks
    is_there = kiosks.get(command.asker) is not None and kiosks[command.asker] == ticket.counter
    if not is_there:
        checks.holder(hall, ticket, command, now)


def of_officer(hall: Hall, book: Book, command: cmd.Ratings, now: dt.datetime) -> en.Answer:
    """Return how the officer at a counter was rated: today, this month, and week by week, the oldest first."""
    officer = checks.signed_in(hall, command).officer
    today = hall.day_of(now)
    of_own = {day: counts for (day, who), counts in book.ratings.items() if who == officer}
    mondays = [monday_of(today) - dt.timedelta(weeks=week) for week in reversed(range(WEEKS))]
    return en.Answer(
        {
            "today": of_own.get(today, NOBODY),
            "month": _sum(counts for day, counts in of_own.items() if _month(day) == _month(today)),
            "weeks": [
                {"begin": begin, "counts": _sum(counts for day, counts in of_own.items() if monday_of(day) == begin)}
                for begin in mondays
            ],
        }
    )


def of_month(book: Book, today: dt.date) -> Counts:
    """Return how all were rated this month."""
    return _sum(counts for (day, _), counts in book.ratings.items() if _month(day) == _month(today))


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def _sum(all_counts: Iterable[Counts]) -> Counts:
    first = second = third = fourth = 0
    for one, two, three, four in all_counts:
        first, second, third, fourth = first + one, second + two, third + three, fourth + four
    return first, second, third, fourth
