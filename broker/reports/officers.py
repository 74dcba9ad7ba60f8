"""How long an officer's visitors take, held against what the same mix of work usually takes here. Never a ranking.

Who gets the long services is not slow. So each kind of work, a stage of a service, is held against the same kind at all
other officers on the same days, in the same share; kinds that hardly anybody else did are told and not compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from broker.reports.figures import History, rounded

FEWEST = 10
"""Of fewer visits nothing is said: one hard case would decide."""
_US_MIN = 60_000_000
Kind = tuple[str, str]
"""A service and one of its stages."""


@dataclass(frozen=True, slots=True)
class KindOfWork:
    """One stage of one service."""

    service: str
    stage: str
    n: int
    mean_min: Decimal
    others_n: int
    usual_min: Decimal | None
    """What it takes all others; None where it is too seldom to be told."""


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """What one officer's work came to."""

    officer: str
    kinds: tuple[KindOfWork, ...]
    """The most frequent first."""
    n: int
    """Visits that were finished."""
    compared: int
    """Of them, those of a kind that others do, too."""
    mean_min: Decimal | None
    """Of those that are compared; None where there are too few."""
    usual_min: Decimal | None
    """What the same mix takes all others."""


def officer_figures(history: History, first: dt.date, last: dt.date, officer: str) -> OfficerFigures:
    """Return the figures of one officer on these days."""
    own: dict[Kind, list[int]] = {}
    others: dict[Kind, list[int]] = {}
    for facts in history.days:
        if not first <= facts.day <= last:
            continue
        for visit in facts.visits:
            if visit.end == "finished":
                whose = own if visit.officer == officer else others
                whose.setdefault((visit.service, visit.stage), []).append(visit.taken_us)
    compared = {kind: taken for kind, taken in own.items() if len(others.get(kind, ())) >= FEWEST}
    n = sum(map(len, compared.values()))
    mean = usual = None
    if n >= FEWEST:
        mean = _minutes(Fraction(sum(map(sum, compared.values())), n))
        usual = _minutes(sum((len(taken) * _mean(others[kind]) for kind, taken in compared.items()), Fraction()) / n)
    return OfficerFigures(
        officer=officer,
        kinds=tuple(
            KindOfWork(
                service=kind[0],
                stage=kind[1],
                n=len(taken),
                mean_min=_minutes(_mean(taken)),
                others_n=len(others.get(kind, ())),
                usual_min=_minutes(_mean(others[kind])) if kind in compared else None,
            )
            for kind, taken in sorted(own.items(), key=lambda one: (-len(one[1]), one[0]))
        ),
        n=sum(map(len, own.values())),
        compared=n,
        mean_min=mean,
        usual_min=usual,
    )


def _mean(values: Sequence[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def _minutes(us: Fraction) -> Decimal:
    return rounded(us / _US_MIN, 1)
