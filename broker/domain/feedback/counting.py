"""What the book knows of surveys: who is asked, what was answered day by day, and the periods that are closed."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from broker.domain.feedback.events import SurveyClosed
from broker.domain.feedback.surveys import (
    Period,
    Scoring,
    Survey,
    SurveyAnswer,
    Tally,
    period_of,
    sample_size,
    seal_of,
    tally_from,
)

_Key = TypeVar("_Key", str, int)
_PASS_BYTES = 10
"""80 bits, as 16 letters and digits."""
KEPT_DAYS = 400
"""Of so many days it is known how many visitors each service had: of the longest period and the one before it."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets the holder of a ticket answer a survey once, without that the answer names the ticket."""

    survey: str
    ticket: str
    service: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class SurveyDay:
    """The answers of one day."""

    tally: Tally = field(default_factory=Tally)
    digests: frozenset[str] = frozenset()
    """Of each answer, until the day is sealed."""
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the office does about an element of a closed period, and until when."""

    text: str
    by: dt.date


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A period that is counted for ever."""

    survey: str
    period: Period
    closed_on: dt.date
    tally: Tally
    served: Mapping[str, int]
    digest: str
    scoring: Scoring

    @property
    def wanted(self) -> int:
        """Return how many answers stand for its visitors."""
        return sample_size(sum(self.served.values()))


@dataclass
class Counting:
    """Is changed by what is entered and applied to the book alone."""

    turns: dict[str, int] = field(default_factory=dict)
    """By service: how many visitors were through with it, since ever."""
    served: dict[tuple[dt.date, str], int] = field(default_factory=dict)
    """The same of single days."""
    passes: dict[str, Pass] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """By ticket: its passes by survey."""
    days: dict[tuple[str, dt.date], SurveyDay] = field(default_factory=dict)
    """By survey and day: what is not in a closed period yet."""
    closed: dict[str, tuple[ClosedPeriod, ...]] = field(default_factory=dict)
    """By survey, the oldest first."""
    plans: dict[tuple[str, str, str], Plan] = field(default_factory=dict)
    """By survey, period and element."""

    def serve(self, day: dt.date, service: str, by: int) -> None:
        """Count a visitor who was through with a service, or one less."""
        self.turns[service] = self.turns.get(service, 0) + by
        self.served[day, service] = self.served.get((day, service), 0) + by

    def answer(self, answer: SurveyAnswer, codes: tuple[str, ...]) -> None:
        """Count an answer."""
        key = answer.survey, answer.day
        day = self.days.get(key, SurveyDay())
        codes = codes or tuple(answer.answers)
        self.days[key] = SurveyDay(day.tally.with_answer(answer, codes), day.digests | {answer.digest}, day.seal)

    def seal(self, survey: str, day: dt.date, digest: str) -> None:
        """Let nothing come to a day any more."""
        self.days[survey, day] = replace(self.days.get((survey, day), SurveyDay()), digests=frozenset(), seal=digest)

    def close(self, closed: ClosedPeriod) -> None:
        """Put a period away; its days are in no other."""
        self.closed[closed.survey] = (*self.closed.get(closed.survey, ()), closed)
        end = closed.period.end
        self.days = {key: day for key, day in self.days.items() if key[0] != closed.survey or key[1] > end}

    def invite(self, keyed: Callable[[str], str], one: Pass) -> None:
        """Let the holder of a ticket answer."""
        text = pass_of(keyed, one.survey, one.ticket)
        self.passes[text] = one
        self.asked.setdefault(one.ticket, {})[one.survey] = text

    def forget_before(self, day: dt.date) -> None:
        """Let go of whom earlier days asked, and of visitors in whom no period is interested any more."""
        self.passes = {text: one for text, one in self.passes.items() if one.day >= day}
        still = {one.ticket for one in self.passes.values()}
        self.asked = {ticket: passes for ticket, passes in self.asked.items() if ticket in still}
        first = day - dt.timedelta(days=KEPT_DAYS)
        self.served = {key: count for key, count in self.served.items() if key[0] >= first}

    # -- questions ------------------------------------------------------------------------------------------------

    def invited(self, ticket: str) -> Mapping[str, str]:
        """Return the passes of a ticket by survey: what its holder is asked for."""
        return self.asked.get(ticket, {})

    def open_day(self, survey: str, today: dt.date) -> dt.date:
        """Return the day that an answer of today belongs to: later than what is sealed, should a clock be set back."""
        closed = self.closed.get(survey, ())
        day = max(today, closed[-1].period.end + dt.timedelta(days=1)) if closed else today
        while (one := self.days.get((survey, day))) is not None and one.seal is not None:
            day += dt.timedelta(days=1)
        return day

    def unsealed(self, before: dt.date) -> list[tuple[str, dt.date]]:
        """Return the days that are over and not sealed yet, the oldest first."""
        return sorted((s, day) for (s, day), one in self.days.items() if day < before and one.seal is None)

    def running(self, survey: Survey, today: dt.date) -> Period | None:
        """Return the period that is to be closed next, or that runs; None where nobody has ever answered.

        Where the office goes over from months to quarters, the days of a month that is closed stay in it.
        """
        closed = self.closed.get(survey.id, ())
        after = closed[-1].period.end + dt.timedelta(days=1) if closed else None
        first = after or min((day for one, day in self.days if one == survey.id), default=None)
        if first is None or first > today:
            return None
        period = period_of(survey.period, first)
        return period if after is None or after <= period.begin else replace(period, begin=after)

    def tally(self, survey: Survey, period: Period) -> Tally:
        """Return what the answers of a period add up to."""
        return merged(
            (day.tally for (one, of), day in sorted(self.days.items()) if one == survey.id and _in(of, period)),
            survey.codes,
        )

    def digest(self, survey: str, period: Period) -> str:
        """Return the digest over the sealed days of a period."""
        days = sorted((of, day.seal) for (one, of), day in self.days.items() if one == survey and _in(of, period))
        return seal_of(f"{of} {seal}" for of, seal in days)

    def visitors(self, period: Period) -> dict[str, int]:
        """Return how many visitors each service had in a period."""
        found: dict[str, int] = {}
        for (day, service), count in self.served.items():
            if _in(day, period) and count:
                found[service] = found.get(service, 0) + count
        return found

    def found(self, survey: str, period: str) -> ClosedPeriod | None:
        """Return a closed period."""
        return next((one for one in self.closed.get(survey, ()) if one.period.name == period), None)


def closed_of(fact: SurveyClosed) -> ClosedPeriod:
    """Return the period that the journal says was closed."""
    period = Period(fact.period, dt.date.fromisoformat(fact.begin), dt.date.fromisoformat(fact.end))
    grades = tuple((str(grade), float(at_least)) for grade, at_least in fact.grades)
    return ClosedPeriod(
        survey=fact.survey,
        period=period,
        closed_on=fact.day,
        tally=tally_from(fact.counted),
        served=fact.served,
        digest=fact.digest,
        scoring=Scoring(fact.factor, fact.decimals, grades),
    )


def pass_of(keyed: Callable[[str], str], survey: str, ticket: str) -> str:
    """Return the pass of a ticket for a survey: only whoever has the office's key can tell of which."""
    digest = hashlib.sha256(keyed(f"invitation\n{survey}\n{ticket}").encode()).digest()
    return base64.b32encode(digest[:_PASS_BYTES]).decode()


def merged(tallies: Iterable[Tally], codes: tuple[str, ...]) -> Tally:
    """Return what tallies add up to; answers to other questions than these are left out."""
    whole = Tally()
    for tally in tallies:
        if tally.n and set(tally.sums) != set(codes):
            whole = replace(whole, left_out=whole.left_out + tally.n + tally.left_out)
            continue
        whole = Tally(
            n=whole.n + tally.n,
            sums=_added(whole.sums, tally.sums),
            totals=_added(whole.totals, tally.totals),
            services=_added(whole.services, tally.services),
            channels=_added(whole.channels, tally.channels),
            profile={
                question: _added(whole.profile.get(question, {}), tally.profile.get(question, {}))
                for question in {**whole.profile, **tally.profile}
            },
            left_out=whole.left_out + tally.left_out,
        )
    return whole


def _added(first: Mapping[_Key, int], second: Mapping[_Key, int]) -> dict[_Key, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in {**first, **second}}


def _in(day: dt.date, period: Period) -> bool:
    return period.begin <= day <= period.end
