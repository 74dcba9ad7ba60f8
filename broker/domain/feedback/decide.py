"""The decisions of feedback: a command, the hall as it is and the book give facts and entries, or an error."""

from __future__ import annotations

import datetime as dt

from broker.domain.feedback import commands as cmd
from broker.domain.feedback import complaints, polling, ratings, suggestions, tending
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Answer, Decided
from broker.domain.hall import Hall


def decide(hall: Hall, book: Book, command: cmd.FeedbackCommand, now: dt.datetime) -> Decided:  # noqa: PLR0911 - one a command
    """Return what happens and what is kept; `DomainError` where it may not."""
    match command:
        case cmd.Rate():
            return ratings.rate(hall, book, command, now)
        case cmd.Suggest():
            return suggestions.suggest(hall, book, command, now)
        case cmd.MarkSuggestion():
            return suggestions.mark(hall, book, command, now)
        case cmd.Complain():
            return complaints.complain(hall, book, command, now)
        case cmd.MoveComplaint():
            return complaints.move(hall, book, command, now)
        case cmd.Purge():
            return tending.purge(hall, book, command, now)
        case cmd.GiveSurvey():
            return polling.give(hall, book, command, now)
        case cmd.MakePlan():
            return polling.make_plan(hall, book, command, now)
        case _:
            raise NotImplementedError(type(command).__name__)


def answer(hall: Hall, book: Book, question: cmd.Question, now: dt.datetime) -> Answer:
    """Return what a question finds; `DomainError` where whoever asks may not know."""
    match question:
        case cmd.Ratings():
            return ratings.of_officer(hall, book, question, now)
        case cmd.ListSuggestions():
            return suggestions.in_box(hall, book, question, now)
        case cmd.ReadSuggestion():
            return suggestions.read(hall, book, question, now)
        case cmd.ReadComplaint():
            return complaints.read(hall, book, question, now)
        case cmd.ListComplaints():
            return complaints.listed(hall, book, question, now)
        case cmd.Invitations():
            return polling.invitations(hall, book, question, now)
        case _:
            raise NotImplementedError(type(question).__name__)
