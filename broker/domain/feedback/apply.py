"""What facts and entries do to the book. Never refuses: both are true already."""

from __future__ import annotations

from typing import assert_never

from broker.domain.feedback import entries as en
from broker.domain.feedback import events as ev
from broker.domain.feedback.book import NOBODY, Book, Counts, StaffSession


def apply(book: Book, event: ev.FeedbackEvent) -> None:
    """Make one fact part of the book."""
    match event:
        case ev.StaffSignedIn():
            book.staff = {key: one for key, one in book.staff.items() if book.session(key, event.at) is not None}
            book.staff[event.session] = StaffSession(event.officer, event.at)
        case ev.StaffSignedOut():
            book.staff.pop(event.session, None)
        case _:
            pass  # that somebody rated is told by the entry beside it


def enter(book: Book, entry: en.Entry) -> None:
    """Make part of the book what is kept beside the journal."""
    match entry:
        case en.Spent():
            book.spent[entry.digest] = entry.day
        case en.Rating():
            before = book.ratings.get((entry.day, entry.officer), NOBODY)
            book.ratings[entry.day, entry.officer] = one_more(before, entry.score)
            book.version += 1
        case en.Words():
            pass  # words are sealed, and opened for who may read them alone
        case _:
            assert_never(entry)


def one_more(counts: Counts, score: int) -> Counts:
    """Return the counts with one more of a score."""
    first, second, third, fourth = (count + (place == score) for place, count in enumerate(counts, 1))
    return first, second, third, fourth
