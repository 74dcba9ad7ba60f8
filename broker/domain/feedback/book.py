"""The book of feedback: what visitors have said and may still say. The hall knows nothing of it.

It is rebuilt from the tables, changed by `apply` (facts of the journal) and `enter` (what is kept beside them) alone,
and dropped with the hall where the disk refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from broker.domain.feedback.counting import Counting
from broker.domain.feedback.entries import Suggestion
from broker.domain.model import Office

WEEKS = 13
"""So many weeks back officers see how they were rated."""
Counts = tuple[int, int, int, int]
"""How many gave 1, 2, 3, 4."""
NOBODY: Counts = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a complaint."""

    at: dt.datetime
    type: str
    officer: str | None = None
    to: str | None = None
    has_text: bool = False


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it stands, without its words."""

    number: str
    year: int
    sequence: int
    kind: str
    state: str
    received_on: dt.date
    received_at: dt.datetime
    verify_by: dt.date
    answer_by: dt.date
    closes_on: dt.date | None
    answered_on: dt.date | None
    """When it was first answered or rejected."""
    in_time: bool
    """Whether that was by its date."""
    anonymous: bool
    confidential: bool
    has_contact: bool
    service: str | None
    ticket: str | None
    language: str
    secret: str
    merged_into: str | None
    purge_after: dt.date | None
    is_purged: bool
    steps: tuple[Step, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether the office still has to do something about it."""
        return self.state in OPEN

    @property
    def due(self) -> dt.date:
        """Return the date by which the office does the next thing about it, or closes it."""
        if self.state == "received":
            return self.verify_by
        return self.answer_by if self.closes_on is None else self.closes_on

    def is_overdue(self, today: dt.date) -> bool:
        """Tell whether that date is past."""
        return self.is_open and today > self.due

    def without_words(self) -> Complaint:
        """Return it with all erased that somebody wrote."""
        steps = tuple(replace(step, has_text=False) for step in self.steps)
        return replace(self, has_contact=False, ticket=None, is_purged=True, steps=steps)


OPEN = frozenset({"received", "verified", "forwarded", "reopened"})
"""States in which the office has to answer."""
OVER = frozenset({"closed", "rejected", "merged"})
"""States that end it."""


class Book:
    """What is true of feedback now."""

    def __init__(self, office: Office, keyed: Callable[[str], str]) -> None:
        """Begin with nothing said; `keyed` returns of a text what nobody without the office's key can return."""
        self.office = office
        self.keyed = keyed
        self.version = 0
        """One higher with each change of what is published."""
        self.spent: dict[str, dt.date] = {}
        """What is done once and was done, with its day."""
        self.ratings: dict[tuple[dt.date, str | None], Counts] = {}
        """By day and officer."""
        self.suggestions: dict[str, Suggestion] = {}
        self.complaints: dict[str, Complaint] = {}
        """By number: all whose words are kept, and all of this year."""
        self.last_of_year: dict[int, int] = {}
        """By year: the last number given out."""
        self.counting = Counting()
        """What is known of surveys."""

    def forget_before(self, day: dt.date) -> None:
        """Let go of what belongs to days before `day`, and of ratings that nobody asks for any more."""
        self.spent = {digest: of for digest, of in self.spent.items() if of >= day}
        self.counting.forget_before(day)
        first = first_rated(day)
        self.ratings = {key: counts for key, counts in self.ratings.items() if key[0] >= first}


def first_rated(today: dt.date) -> dt.date:
    """Return the first day whose ratings are still asked for."""
    return min(monday_of(today) - dt.timedelta(weeks=WEEKS - 1), today.replace(day=1))


def monday_of(day: dt.date) -> dt.date:
    """Return the day on which its week begins."""
    return day - dt.timedelta(days=day.weekday())
