"""What goes to disk beside the journal: rows that tell neither when nor in which order they came, and sealed words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from broker.domain.feedback.events import FeedbackEvent
from broker.domain.feedback.surveys import SurveyAnswer


@dataclass(frozen=True, slots=True)
class Spent:
    """Something that is done once, such as the rating of a ticket; forgotten with its day."""

    day: dt.date
    digest: str
    """Keyed: nobody without the office's key can tell of what."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one visitor gave, joined to nobody but who served."""

    row: str
    day: dt.date
    service: str
    officer: str | None
    score: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody suggested, or wrote beside a rating; the words stand under its id. When it came is not kept."""

    id: str
    day: dt.date
    service: str | None
    language: str
    tags: tuple[str, ...] = ()
    is_read: bool = False
    purge_after: dt.date = dt.date.max


@dataclass(frozen=True, slots=True)
class Subject:
    """Which ticket a complaint is about: not in the journal, for it is erased with the words."""

    complaint: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Served:
    """A visitor was through with a service; or, taken back, one less."""

    day: dt.date
    service: str
    by: int


@dataclass(frozen=True, slots=True)
class PlanText:
    """What the office does about an element of a closed period, and until when."""

    survey: str
    period: str
    element: str
    text: str
    by: dt.date


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote. The store seals it with the office's key."""

    id: str
    text: str = field(repr=False)
    purge_after: dt.date | None
    """The last day on which it is kept, where that is known yet."""


Entry = Spent | Rating | Suggestion | Subject | SurveyAnswer | Served | PlanText | Words


@dataclass(frozen=True, slots=True)
class Decided:
    """What a command leads to: facts for the journal, and what is kept beside them."""

    events: Sequence[FeedbackEvent] = ()
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question finds. The words that it names are laid beside it by whoever can open them."""

    found: Mapping[str, object] = field(default_factory=dict)
    """By the name that it has in the result."""
    words: Sequence[str] = ()
    """Ids of what is to be opened."""
    events: Sequence[FeedbackEvent] = ()
    """That a contact was read is written down."""
