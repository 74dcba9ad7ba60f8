"""The book of feedback: what staff and visitors have said and may still say. The hall knows nothing of it.

It is rebuilt from the tables, changed by `apply` (facts of the journal) and `enter` (what is kept beside them) alone,
and dropped with the hall where the disk refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from broker.domain.model import Office

SESSION_LASTS = dt.timedelta(hours=12)
WEEKS = 13
"""So many weeks back officers see how they were rated."""
Counts = tuple[int, int, int, int]
"""How many gave 1, 2, 3, 4."""
NOBODY: Counts = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody of the staff who is signed in without a counter."""

    officer: str
    since: dt.datetime


class Book:
    """What is true of feedback now."""

    def __init__(self, office: Office, keyed: Callable[[str], str]) -> None:
        """Begin with nothing said; `keyed` returns of a text what nobody without the office's key can return."""
        self.office = office
        self.keyed = keyed
        self.version = 0
        """One higher with each change of what is published."""
        self.staff: dict[str, StaffSession] = {}
        """By the digest of the token."""
        self.spent: dict[str, dt.date] = {}
        """What is done once and was done, with its day."""
        self.ratings: dict[tuple[dt.date, str | None], Counts] = {}
        """By day and officer."""

    def session(self, digest: str, now: dt.datetime) -> StaffSession | None:
        """Return a staff session that still counts: of today, not older than 12 hours, of one who is still ours."""
        found = self.staff.get(digest)
        if found is None or found.officer not in self.office.officers:
            return None
        is_over = now - found.since >= SESSION_LASTS or self.office.day(now) != self.office.day(found.since)
        return None if is_over else found

    def forget_before(self, day: dt.date) -> None:
        """Let go of what belongs to days before `day`, and of ratings that nobody asks for any more."""
        self.spent = {digest: of for digest, of in self.spent.items() if of >= day}
        first = first_rated(day)
        self.ratings = {key: counts for key, counts in self.ratings.items() if key[0] >= first}


def first_rated(today: dt.date) -> dt.date:
    """Return the first day whose ratings are still asked for."""
    return min(monday_of(today) - dt.timedelta(weeks=WEEKS - 1), today.replace(day=1))


def monday_of(day: dt.date) -> dt.date:
    """Return the day on which its week begins."""
    return day - dt.timedelta(days=day.weekday())
