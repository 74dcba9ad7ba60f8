"""The decisions of feedback: a command, the hall as it is and the book give facts and entries, or an error."""

from __future__ import annotations

import datetime as dt

from broker.domain.feedback import commands as cmd
from broker.domain.feedback import ratings, staff
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Answer, Decided
from broker.domain.hall import Hall


def decide(hall: Hall, book: Book, command: cmd.FeedbackCommand, now: dt.datetime) -> Decided:
    """Return what happens and what is kept; `DomainError` where it may not."""
    match command:
        case cmd.StaffIn():
            return staff.sign_in(book, command, now)
        case cmd.StaffOut():
            return staff.sign_out(book, command, now)
        case cmd.Rate():
            return ratings.rate(hall, book, command, now)
        case _:
            raise NotImplementedError(type(command).__name__)


def answer(hall: Hall, book: Book, question: cmd.Question, now: dt.datetime) -> Answer:
    """Return what a question finds; `DomainError` where whoever asks may not know."""
    match question:
        case cmd.Ratings():
            return ratings.of_officer(hall, book, question, now)
        case _:
            raise NotImplementedError(type(question).__name__)
