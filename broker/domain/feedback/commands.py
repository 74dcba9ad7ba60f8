"""What visitors say, and what staff ask who have no counter: the requests of the wire, decoded.

A field is annotated as in `broker.domain.commands`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Len

from broker.domain.commands import MADE, AtCounter, Check, Id, Pin

Score = Literal[1, 2, 3, 4]
Sentence = Annotated[str, Len(0, 500)]


@dataclass(frozen=True, slots=True)
class FeedbackCommand:
    """Is decided by the book of feedback, beside the hall."""


@dataclass(frozen=True, slots=True)
class Question(FeedbackCommand):
    """Changes nothing, and is answered anew each time: what it tells may stand nowhere open on the disk."""


@dataclass(frozen=True, slots=True)
class StaffIn(FeedbackCommand):
    """Somebody of the staff signs in without a counter; whether the PIN is right was found out before."""

    officer: Id
    pin: Pin = field(repr=False)
    token: Annotated[str, MADE] = field(default="", repr=False)
    pin_matches: Annotated[bool, MADE] = False
    locked_s: Annotated[int, MADE] = 0


@dataclass(frozen=True, slots=True)
class StaffOut(FeedbackCommand):
    """End such a session."""

    session: Id = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class Ratings(AtCounter, Question):
    """How the officer who is signed in there was rated of late."""


COMMANDS: dict[str, type[FeedbackCommand]] = {
    "staff_in": StaffIn,
    "staff_out": StaffOut,
    "rate": Rate,
    "ratings": Ratings,
}
"""Every command of feedback by its name on the wire."""
