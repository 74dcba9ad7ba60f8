"""What happened beside the hall, as the journal tells it: never a word that somebody wrote, nor who answered what.

Of a text it says a digest that is keyed with the office's key, so that a short one cannot be guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackEvent:
    """A fact of the book of feedback; the hall passes over it."""

    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(FeedbackEvent):
    """A visitor gave a rating: neither who, nor of whom, nor which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested(FeedbackEvent):
    """Something came into the suggestion box."""

    text: str
    """Digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionMarked(FeedbackEvent):
    """Somebody of the staff tagged a suggestion or read it; None: that stays as it was."""

    suggestion: str
    officer: str
    tags: tuple[str, ...] | None
    is_read: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complained(FeedbackEvent):
    """A complaint came in."""

    number: str
    year: int
    sequence: int
    day: dt.date
    kind: str
    text: str
    """Digest."""
    secret: str = field(repr=False)
    """Digest of what whoever complained holds."""
    anonymous: bool
    confidential: bool
    has_contact: bool
    service: str | None
    language: str
    verify_by: dt.date
    answer_by: dt.date
    officer: str | None
    """Who entered it for somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintMoved(FeedbackEvent):
    """Something was done about a complaint. With all that it changes: rules may be others by the time it is read."""

    number: str
    day: dt.date
    type: str
    """What was done: `verified`, `forwarded`, `answered`, `closed`, `rejected`, `reopened`, `merged`, `replied`."""
    state: str
    """How it stands from now on."""
    officer: str | None
    """Of the staff; None: who complained, or time."""
    to: str | None
    text: str | None
    """Digest."""
    into: str | None
    answer_by: dt.date
    closes_on: dt.date | None
    purge_after: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRead(FeedbackEvent):
    """Somebody of the staff read how to reach whoever complained."""

    number: str
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged(FeedbackEvent):
    """What was to be kept to days before `day` is erased."""

    day: dt.date
    suggestions: int
    complaints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(FeedbackEvent):
    """The holder of a ticket is asked to answer a survey, by rule."""

    day: dt.date
    """The office day, on which alone the invitation is good: no clock that is set ends it."""
    ticket: str
    survey: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed(FeedbackEvent):
    """Somebody answered a survey: neither who, nor what."""

    survey: str
    service: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDaySealed(FeedbackEvent):
    """The answers of a day are all that will ever be of it; whoever changes one changes the digest."""

    survey: str
    day: dt.date
    n: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyClosed(FeedbackEvent):
    """A period is counted, once: with all that its result follows from, whatever the survey says later."""

    survey: str
    version: str
    period: str
    begin: str
    end: str
    """Its last day."""
    day: dt.date
    """On which it was closed."""
    n: int
    wanted: int
    is_reached: bool
    """Whether there are as many answers as are wanted of so many visitors."""
    digest: str
    """Over the digests of its days."""
    counted: Mapping[str, Any]
    """What the answers add up to."""
    served: Mapping[str, int]
    """Visitors by service."""
    factor: float
    decimals: int
    grades: Sequence[Sequence[str | float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(FeedbackEvent):
    """A supervisor said what the office does about an element of a closed period."""

    survey: str
    period: str
    element: str
    officer: str
    by: str
    """Until when."""
    text: str
    """Digest."""


EVENT_TYPES: dict[str, type[FeedbackEvent]] = {
    "rated": Rated,
    "suggested": Suggested,
    "suggestion_marked": SuggestionMarked,
    "complained": Complained,
    "complaint_moved": ComplaintMoved,
    "contact_read": ContactRead,
    "purged": Purged,
    "invited": Invited,
    "surveyed": Surveyed,
    "survey_day_sealed": SurveyDaySealed,
    "survey_closed": SurveyClosed,
    "plan_made": PlanMade,
}
