"""What happened beside the hall, as the journal tells it: never a word that somebody wrote, nor who answered what.

Of a text it says a digest that is keyed with the office's key, so that a short one cannot be guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackEvent:
    """A fact of the book of feedback; the hall passes over it."""

    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedIn(FeedbackEvent):
    """Somebody of the staff signed in without a counter."""

    officer: str
    session: str = field(repr=False)
    """Digest of the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedOut(FeedbackEvent):
    """That session is over."""

    officer: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(FeedbackEvent):
    """A visitor gave a rating: neither who, nor of whom, nor which."""


EVENT_TYPES: dict[str, type[FeedbackEvent]] = {
    "staff_signed_in": StaffSignedIn,
    "staff_signed_out": StaffSignedOut,
    "rated": Rated,
}
