"""Which numbers were given out, known in three places: the tables, the head beside them, and the papers of kiosks."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from broker.domain.events import Issued, NumbersSkipped
from broker.domain.identity import number_text
from broker.domain.vocabulary import Event
from broker.store.journal import event_of

_HIGHEST = text(
    "SELECT day, series, max(number) FROM tickets WHERE office = :office "
    "AND day = (SELECT max(day) FROM tickets WHERE office = :office) GROUP BY day, series"
)
PRINTS = "prints"
"""Below the data folder: where kiosks of this machine keep what they printed."""
_SKIPPED = text(
    "SELECT type, body FROM events WHERE office = :office AND type = 'numbers_skipped' "
    "AND at >= (SELECT max(at) FROM events WHERE office = :office) - :late_us"
)
_LATE = dt.timedelta(days=2)
_NUMBER = re.compile(r"(?P<series>.+)-(?P<sequence>\d{1,9})")


@dataclass(frozen=True, slots=True)
class Given:
    """The highest number of each series on the latest office day on which any was given out."""

    day: dt.date | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)

    def with_numbers(self, day: dt.date, numbers: Mapping[str, int]) -> Given:
        """Return this with more numbers; a later day begins anew, an earlier one adds nothing."""
        if self.day is not None and day < self.day:
            return self
        known = dict(self.numbers) if day == self.day else {}
        return Given(day, known | {series: max(n, known.get(series, 0)) for series, n in numbers.items()})

    def after(self, events: Iterable[Event]) -> Given:
        """Return this with what was given out, or passed over, since."""
        given = self
        for event in events:
            match event:
                case Issued():
                    given = given.with_numbers(event.day, {event.series: event.sequence})
                case NumbersSkipped():
                    given = given.with_numbers(event.day, event.numbers)
                case _:
                    pass
        return given

    def joined(self, other: Given) -> Given:
        """Return what either knows."""
        return self if other.day is None else self.with_numbers(other.day, other.numbers)

    def beyond(self, other: Given) -> Given:
        """Return what is known here and not there; `numbers` is empty where that is nothing."""
        known = other.numbers if self.day == other.day else {}
        is_past = self.day is None or (other.day is not None and self.day < other.day)
        return Given(self.day, {} if is_past else {s: n for s, n in self.numbers.items() if n > known.get(s, 0)})

    def in_words(self, known: Given) -> str:
        """Return the numbers that go beyond what is `known`, such as `A-032 to A-047, B-012`."""
        missing, parts = self.beyond(known), []
        for series, last in sorted(missing.numbers.items()):
            first = (known.numbers.get(series, 0) if known.day == self.day else 0) + 1
            texts = number_text(series, first), number_text(series, last)
            parts.append(texts[0] if first == last else f"{texts[0]} to {texts[1]}")
        return ", ".join(parts)


NONE_GIVEN: Final = Given()
"""Nobody has a number yet, or nobody knows."""


def given_in(connection: Connection, office: str) -> Given:
    """Return what a database knows of the latest day: by its tickets, and by what was passed over of late."""
    given = NONE_GIVEN
    for day, series, highest in connection.execute(_HIGHEST, {"office": office}):
        given = given.with_numbers(dt.date.fromisoformat(str(day)), {series: highest})
    skipped = connection.execute(_SKIPPED, {"office": office, "late_us": _LATE // dt.timedelta(microseconds=1)})
    return given.after(event_of(name, body) for name, body in skipped)


def given_on_paper(folder: Path, zone: dt.tzinfo) -> Given:
    """Return what the kiosks' records of papers in `folder` know; a line that is torn or strange is passed over.

    Days are those of the office's `zone`: an office day is never earlier than the date on its papers.
    """
    given = NONE_GIVEN
    for path in sorted(folder.glob("*.jsonl")):
        try:
            lines = path.read_text(errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            given = given.joined(_of_paper(line, zone))
    return given


def _of_paper(line: str, zone: dt.tzinfo) -> Given:
    try:
        ticket = json.loads(line)["ticket"]
        number = _NUMBER.fullmatch(ticket["number"])
        day = dt.datetime.fromisoformat(ticket["issued_at"]).astimezone(zone).date()
    except (ValueError, KeyError, TypeError):
        return NONE_GIVEN
    return NONE_GIVEN if number is None else Given(day, {number["series"]: int(number["sequence"])})
