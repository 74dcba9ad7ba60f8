"""What the answers to a survey come to: NRR, index, grade and interval (Permenpan-RB 14/2017).

All is reckoned in whole numbers and fractions, and rounded once, at the end.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from broker.domain.feedback.surveys import SCALE, Scoring, Tally
from broker.reports.figures import rounded

NRR_DECIMALS = 3
LOWEST = 3
"""So many elements get a follow-up plan."""
FEWEST = 10
"""Of fewer answers nobody can say how far off the index may be."""
_DRAWS, _FEWEST_SAMPLES, _SAMPLES = 1_000_000, 400, 2000
_TAIL = Fraction(25, 1000)
"""What is left out at each end: the interval holds nineteen times out of twenty."""


@dataclass(frozen=True, slots=True)
class ElementFigure:
    """One element: its NRR, 1 to 4, and the same as an index."""

    code: str
    nrr: Decimal
    index: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published of a survey."""

    n: int
    index: Decimal
    grade: str
    low: Decimal
    high: Decimal
    """The index lies between these nineteen times out of twenty."""
    is_uncertain: bool
    """Whether the interval crosses the limit of a grade."""
    elements: tuple[ElementFigure, ...]
    lowest: tuple[str, ...]
    """Codes of the lowest elements, the lowest first."""


def figures_of(tally: Tally, codes: Sequence[str], scoring: Scoring, *, seed: str) -> Figures | None:
    """Return what a tally comes to, or None where nobody has answered. The same seed gives the same interval."""
    index = index_of(tally, scoring)
    if index is None:
        return None
    nrr = {code: Fraction(tally.sums[code], tally.n) for code in codes}
    factor = Fraction(str(scoring.factor))
    low, high = interval_of(tally.totals, len(codes), scoring, seed=seed)
    return Figures(
        n=tally.n,
        index=index,
        grade=grade_of(index, scoring),
        low=low,
        high=high,
        is_uncertain=grade_of(low, scoring) != grade_of(high, scoring),
        elements=tuple(
            ElementFigure(code, rounded(nrr[code], NRR_DECIMALS), rounded(nrr[code] * factor, scoring.decimals))
            for code in codes
        ),
        lowest=tuple(sorted(codes, key=nrr.__getitem__)[:LOWEST]),
    )


def index_of(tally: Tally, scoring: Scoring) -> Decimal | None:
    """Return the index alone, or None where nobody has answered."""
    if not tally.n:
        return None
    mean = Fraction(sum(tally.sums.values()), tally.n * len(tally.sums))
    return rounded(mean * Fraction(str(scoring.factor)), scoring.decimals)


def grade_of(index: Decimal, scoring: Scoring) -> str:
    """Return the grade of an index that is rounded already."""
    return next((grade for grade, at_least in scoring.grades if index >= Decimal(str(at_least))), "")


def interval_of(totals: Mapping[int, int], elements: int, scoring: Scoring, *, seed: str) -> tuple[Decimal, Decimal]:
    """Return between what the index lies nineteen times out of twenty: by drawing visitors again (bootstrap).

    With fewer than ten answers it is the whole scale: nothing can be said.
    """
    factor = Fraction(str(scoring.factor))
    n = sum(totals.values())
    if n < FEWEST:
        return rounded(factor, scoring.decimals), rounded(factor * SCALE, scoring.decimals)
    chance = random.Random(seed)  # noqa: S311 - no secret: the same answers are to give the same interval
    worth = sorted(totals)
    counts = [totals[total] for total in worth]
    samples = max(_FEWEST_SAMPLES, min(_SAMPLES, _DRAWS // n))
    sums = sorted(sum(chance.choices(worth, counts, k=n)) for _ in range(samples))
    ends = sums[int(samples * _TAIL)], sums[-1 - int(samples * _TAIL)]
    low, high = (rounded(Fraction(end, n * elements) * factor, scoring.decimals) for end in ends)
    return low, high
