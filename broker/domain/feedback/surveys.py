"""Surveys: what is asked by which rule, the periods that are counted together, and what the answers add up to."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

_Key = TypeVar("_Key", str, int)
PeriodKind = Literal["month", "quarter"]
Channel = Literal["phone", "kiosk", "paper"]
SCALE = 4
"""An answer is worth 1 to 4."""
_CHI_SQUARE, _SHARE, _ERROR = 3.841, 0.5, 0.05
"""Krejcie and Morgan (1970): chi-square at 95 % with one degree of freedom, the widest spread, the error allowed."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the mean of answers becomes an index, and from which index on which grade is given; the best one first."""

    factor: float = 25
    decimals: int = 2
    grades: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """The rules of one survey that the office runs."""

    id: str
    version: str
    codes: tuple[str, ...]
    """Of its elements, in their order."""
    profile: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What may be said about oneself, by question."""
    period: PeriodKind = "month"
    invite_every: int | None = None
    place: int = 0
    """Among the office's surveys: whoever is asked for one is not asked for the next."""
    is_open: bool = True
    """Whether whoever stands at a feedback kiosk may answer without an invitation."""
    scoring: Scoring = Scoring()

    def invites(self, finished: int) -> bool:
        """Tell whether whoever was the so manieth visitor of a service, since ever, is asked."""
        return self.invite_every is not None and finished % self.invite_every == self.place % self.invite_every


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are counted together."""

    name: str
    """Such as `2026-11` or `2026-Q4`."""
    begin: dt.date
    end: dt.date
    """Its last day."""


def period_of(kind: PeriodKind, day: dt.date) -> Period:
    """Return the period that a day lies in."""
    quarter, first = (day.month + 2) // 3, day.month
    name, last = f"{day:%Y-%m}", day.month
    if kind == "quarter":
        first, last = quarter * 3 - 2, quarter * 3
        name = f"{day:%Y}-Q{quarter}"
    end = dt.date(day.year, last, calendar.monthrange(day.year, last)[1])
    return Period(name, dt.date(day.year, first, 1), end)


def period_named(name: str) -> Period | None:
    """Return the period of a name, or None where it is none."""
    year, _, rest = name.partition("-")
    try:
        if rest.startswith("Q"):
            found = period_of("quarter", dt.date(int(year), int(rest[1:]) * 3, 1))
        else:
            found = period_of("month", dt.date(int(year), int(rest), 1))
    except ValueError:
        return None
    return found if found.name == name else None


def sample_size(visitors: int) -> int:
    """Return how many answers stand for so many visitors (Krejcie and Morgan), rounded to the nearest."""
    if visitors <= 0:
        return 0
    spread = _CHI_SQUARE * _SHARE * (1 - _SHARE)
    return int(spread * visitors / (_ERROR**2 * (visitors - 1) + spread) + 0.5)


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What one visitor answered: joined to nobody, and without the time and the order in which it came."""

    row: str
    """A random id."""
    survey: str
    version: str
    day: dt.date
    service: str | None
    channel: Channel
    language: str
    answers: Mapping[str, int]
    profile: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return what changes with whatever of it is changed."""
        said = [
            self.row,
            self.survey,
            self.version,
            self.day.isoformat(),
            self.service,
            self.channel,
            self.language,
            sorted(self.answers.items()),
            sorted(self.profile.items()),
        ]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def seal_of(digests: Iterable[str]) -> str:
    """Return the digest of many, whatever their order."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tally:
    """What answers add up to, and nothing of who gave which."""

    n: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)
    """By element: the sum of its answers."""
    totals: Mapping[int, int] = field(default_factory=dict)
    """How many visitors' answers came to which sum: all that an interval needs."""
    services: Mapping[str, int] = field(default_factory=dict)
    """Answers by service; those without one stand under the empty name."""
    channels: Mapping[str, int] = field(default_factory=dict)
    profile: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    left_out: int = 0
    """Answers to other questions than these, of before the survey was changed: they cannot be added."""

    def with_answer(self, answer: SurveyAnswer, codes: tuple[str, ...]) -> Tally:
        """Return the same with one more answer to these questions."""
        if set(answer.answers) != set(codes):
            return replace(self, left_out=self.left_out + 1)
        return Tally(
            n=self.n + 1,
            sums={code: self.sums.get(code, 0) + answer.answers[code] for code in codes},
            totals=_one_more(self.totals, sum(answer.answers.values())),
            services=_one_more(self.services, answer.service or ""),
            channels=_one_more(self.channels, answer.channel),
            profile={**self.profile, **{q: _one_more(self.profile.get(q, {}), c) for q, c in answer.profile.items()}},
            left_out=self.left_out,
        )


def tally_of(answers: Iterable[SurveyAnswer], codes: tuple[str, ...]) -> Tally:
    """Return what answers to these questions add up to."""
    tally = Tally()
    for answer in answers:
        tally = tally.with_answer(answer, codes)
    return tally


def _one_more(counts: Mapping[_Key, int], key: _Key) -> dict[_Key, int]:
    return {**counts, key: counts.get(key, 0) + 1}


def plain_of(tally: Tally) -> dict[str, Any]:
    """Return a tally as the journal says it."""
    return {
        "n": tally.n,
        "sums": {**tally.sums},
        "totals": {str(total): count for total, count in sorted(tally.totals.items())},
        "services": {**tally.services},
        "channels": {**tally.channels},
        "profile": {question: {**counts} for question, counts in tally.profile.items()},
        "left_out": tally.left_out,
    }


def tally_from(plain: Mapping[str, Any]) -> Tally:
    """Return the tally that `plain_of` said."""
    return Tally(**{**plain, "totals": {int(total): count for total, count in plain["totals"].items()}})
