"""What the office does otherwise today than its rules say. Each change stands in one place, and ends with the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar


@dataclass(frozen=True, slots=True)
class Closing:
    """A service or a lane gives out no numbers today."""

    at: dt.datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TodaysQuota:
    """So many numbers of a service or a lane today, whatever the configuration says."""

    at: dt.datetime
    by: str
    reason: str
    quota: int


@dataclass(frozen=True, slots=True)
class IntakeStop:
    """No numbers at all, until a moment of today or for the rest of it."""

    at: dt.datetime
    by: str
    reason: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What somebody of the staff lets displays and phones say today."""

    at: dt.datetime
    by: str
    text: Mapping[str, str]
    say: bool
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a counter is asked to do; it stands there until somebody answers."""

    at: dt.datetime
    by: str
    action: Literal["open", "help", "pause"]
    stage: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Helping:
    """Stages that a counter helps out with today, beside those of the configuration."""

    at: dt.datetime
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the last question to a counter, for whoever asked."""

    at: dt.datetime
    by: str | None
    """The officer at the counter."""
    asked: Asked
    answer: Literal["accept", "decline", "left"]
    """`left`: the officer signed out instead."""


Change = Closing | TodaysQuota | IntakeStop | Announcement | Asked | Helping | Answered
C = TypeVar("C", Closing, TodaysQuota, IntakeStop, Announcement, Asked, Helping, Answered)
Slot = tuple[type[Change], str]
"""What kind of change, and of what: in one slot stands one change at a time."""
INTAKE: Slot = (IntakeStop, "")


def place(service: str | None, lane: str | None) -> str:
    """Return what names a service or a lane in a slot."""
    return f"lane {lane}" if service is None else f"service {service}"


@dataclass(slots=True)
class Today:
    """All that is otherwise today."""

    changes: dict[Slot, Change] = field(default_factory=dict)

    def get(self, kind: type[C], of: str) -> C | None:
        """Return what is changed of something."""
        found = self.changes.get((kind, of))
        return found if isinstance(found, kind) else None

    def all_of(self, kind: type[C]) -> Iterator[tuple[str, C]]:
        """Yield all changes of a kind, with what each is about, the oldest first."""
        for (_, of), change in self.changes.items():
            if isinstance(change, kind):
                yield of, change

    def put(self, slot: Slot, change: Change | None) -> None:
        """Let something stand in a slot, or nothing."""
        self.changes.pop(slot, None)
        if change is not None:
            self.changes[slot] = change

    def is_closed_at(self, of: str) -> bool:
        """Tell whether a place is closed."""
        return (Closing, of) in self.changes

    def is_closed(self, service: str, lane: str) -> bool:
        """Tell whether a service in a lane is closed by one of the two."""
        return self.is_closed_at(place(service, None)) or self.is_closed_at(place(None, lane))

    def intake_stop(self, now: dt.datetime) -> IntakeStop | None:
        """Return why no numbers are given out at all; a stop that had an end is over with it."""
        stop = self.get(IntakeStop, "")
        return None if stop is None or (stop.until is not None and stop.until <= now) else stop

    def quota(self, of: str, configured: int | None) -> int | None:
        """Return how many numbers there are of a place today."""
        changed = self.get(TodaysQuota, of)
        return configured if changed is None else changed.quota


NOTHING = Today()
"""A day on which all is as configured."""
