"""What the office asks its visitors, and how it deals with what they say, as the configuration gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.domain.feedback.surveys import Survey
from broker.domain.feedback.working_days import WorkingDays

KEPT = dt.timedelta(days=365)
"""So long what somebody wrote is kept where nothing else is said."""


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """How long the office takes for complaints, in working days, and who may read whose they are."""

    verify_days: int = 3
    answer_days: Mapping[str, int] = field(
        default_factory=lambda: {"information": 5, "aspiration": 5, "complaint": 14, "supervision": 60}
    )
    """By kind."""
    close_days: int = 10
    """An answer to which nobody replies for so long closes it."""
    purge_after: dt.timedelta = KEPT
    """So long after it is closed its words are erased; those of suggestions and ratings so long after their day."""
    contacts: frozenset[str] = frozenset({"complaints"})
    """The roles that read contacts and what is confidential."""


@dataclass(frozen=True, slots=True)
class FeedbackRules:
    """What is asked here at all."""

    rating: bool = True
    suggestions: bool = True
    complaints: ComplaintRules | None = field(default_factory=ComplaintRules)
    """None where the office takes none here."""
    calendar: WorkingDays = field(default_factory=WorkingDays)
    kiosks: Mapping[str, str | None] = field(default_factory=dict)
    """The feedback kiosks by their client's id: the counter they stand at, or None."""
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    """By id, in the office's order."""
    purge_after: dt.timedelta = KEPT
    """So long suggestions and the sentences of ratings are kept."""
