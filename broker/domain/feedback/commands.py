"""What visitors say, and what staff ask who have no counter: the requests of the wire, decoded.

A field is annotated as in `broker.domain.commands`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, Len

from broker.domain.commands import MADE, AtCounter, Check, Id, Note

Score = Annotated[int, Ge(1), Le(4)]
"""A whole number: to a `Literal` true would be 1, and the worst that can be given."""
Sentence = Annotated[str, Len(0, 500)]
Text = Annotated[str, Len(1, 2000)]
"""What somebody writes; in bytes not more than `texts.MAX_BYTES`, so that it fits a message."""
Remark = Annotated[str, Len(0, 2000)]
Short = Annotated[str, Len(1, 80)]
Contact = Annotated[str, Len(0, 200)]
Tags = Annotated[tuple[Annotated[str, Len(1, 20)], ...], Len(0, 5)]
Page = Annotated[int, Ge(0), Le(9999)]
Kind = Literal["information", "aspiration", "complaint", "supervision"]
Action = Literal["verify", "forward", "answer", "close", "reject", "reopen", "merge", "reply"]


@dataclass(frozen=True, slots=True)
class FeedbackCommand:
    """Is decided by the book of feedback, beside the hall."""


@dataclass(frozen=True, slots=True)
class Question(FeedbackCommand):
    """Changes nothing, and is answered anew each time: what it tells may stand nowhere open on the disk."""


@dataclass(frozen=True, slots=True)
class Rate(FeedbackCommand):
    """A visitor who is done says how it was, once, with a sentence or without."""

    ticket: Id
    score: Score
    check: Check | None = field(default=None, repr=False)
    text: Sentence | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""
    row: Annotated[str, MADE] = ""
    """A random id: what is kept of it tells neither when nor in which order it came."""
    words_row: Annotated[str, MADE] = ""
    """Another one for the sentence: it is joined to nobody who served."""


@dataclass(frozen=True, slots=True)
class Ratings(AtCounter, Question):
    """How the officer who is signed in there was rated of late."""


@dataclass(frozen=True, slots=True)
class Suggest(FeedbackCommand):
    """Put something into the suggestion box."""

    text: Text = field(repr=False)
    service: Id | None = None
    language: Id | None = None
    row: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class ListSuggestions(Question):
    """What is in the box: what nobody has read first, then the newest."""

    session: Id = field(repr=False)
    page: Page = 0


@dataclass(frozen=True, slots=True)
class ReadSuggestion(Question):
    """All of one suggestion."""

    session: Id = field(repr=False)
    suggestion: Id


@dataclass(frozen=True, slots=True)
class MarkSuggestion(FeedbackCommand):
    """Tag a suggestion, or take it as read."""

    session: Id = field(repr=False)
    suggestion: Id
    tags: Tags | None = None
    is_read: bool | None = None


@dataclass(frozen=True, slots=True)
class Complain(FeedbackCommand):
    """Complain, ask, wish; whoever does gets a number and a secret."""

    kind: Kind
    text: Text = field(repr=False)
    contact: Contact | None = field(default=None, repr=False)
    anonymous: bool = False
    confidential: bool = False
    ticket: Id | None = None
    """A number, where it is about a visit."""
    service: Id | None = None
    language: Id | None = None
    session: Id | None = field(default=None, repr=False)
    """Of whoever enters it for somebody."""
    secret: Annotated[str, MADE] = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReadComplaint(Question):
    """How a complaint stands; or the words of one of its steps; or how to reach whoever complained."""

    complaint: Id
    secret: Id | None = field(default=None, repr=False)
    session: Id | None = field(default=None, repr=False)
    step: Page | None = None
    contact: bool = False


@dataclass(frozen=True, slots=True)
class MoveComplaint(FeedbackCommand):
    """Do something about a complaint: by staff, or by who holds its secret."""

    complaint: Id
    action: Action
    text: Remark | None = field(default=None, repr=False)
    to: Short | None = None
    into: Id | None = None
    secret: Id | None = field(default=None, repr=False)
    session: Id | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ListComplaints(Question):
    """The complaints by their next date."""

    session: Id = field(repr=False)
    state: Literal["open", "all"] = "open"
    page: Page = 0


@dataclass(frozen=True, slots=True)
class Purge(FeedbackCommand):
    """Erase now what has been kept long enough."""

    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Invitations(Question):
    """Which surveys the holder of a ticket is asked to answer."""

    ticket: Id
    check: Check | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class GiveSurvey(FeedbackCommand):
    """Somebody answers all questions of a survey: with an invitation, at a feedback kiosk, or on a form for staff."""

    survey: Id
    version: Annotated[str, Len(1, 40)]
    answers: dict[Id, Score] = field(repr=False)
    service: Id | None = None
    profile: dict[Id, Id] | None = field(default=None, repr=False)
    text: Sentence | None = field(default=None, repr=False)
    invitation: Id | None = field(default=None, repr=False)
    language: Id | None = None
    session: Id | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""
    row: Annotated[str, MADE] = ""
    words_row: Annotated[str, MADE] = ""
    """What is written beside the answers stands under an id of its own: it is not joined to them."""


@dataclass(frozen=True, slots=True)
class MakePlan(FeedbackCommand):
    """A supervisor says what the office does about an element of a closed period."""

    session: Id = field(repr=False)
    survey: Id
    period: Id
    element: Id
    plan: Note
    by: Annotated[str, Len(1, 10)]
    """A date."""


COMMANDS: dict[str, type[FeedbackCommand]] = {
    "rate": Rate,
    "ratings": Ratings,
    "suggest": Suggest,
    "suggestions": ListSuggestions,
    "suggestion": ReadSuggestion,
    "suggestion_step": MarkSuggestion,
    "complain": Complain,
    "complaint": ReadComplaint,
    "complaint_step": MoveComplaint,
    "complaints": ListComplaints,
    "purge": Purge,
    "invited": Invitations,
    "survey": GiveSurvey,
    "survey_plan": MakePlan,
}
"""Every command of feedback by its name on the wire."""
