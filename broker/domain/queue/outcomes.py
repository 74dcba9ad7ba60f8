"""Promises held against what came true: how many ranges held, and how far their middle was off."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from broker.domain.model import Promised
from broker.domain.queue.waits import SOON_S


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise and the wait that followed it; None where the visitor was not called (yet)."""

    promised: Promised
    lane: str
    waited_s: float | None

    @property
    def is_at_once(self) -> bool:
        """Tell whether no wait was told: a counter was free."""
        return self.promised.low_s == 0 and self.promised.high_s <= SOON_S


@dataclass(frozen=True, slots=True)
class Score:
    """What promises were worth. Shares and errors are those of the waits that were told and came to an end."""

    waits: int
    at_once: int
    """Promises of no wait at all, which came to an end."""
    uncalled: int
    """Visitors who were told something and were not called: they left, or wait yet."""
    covered: float
    """Share of waits within the range."""
    early: float
    """Share of waits shorter than the range."""
    late: float
    """Share of waits longer than the range."""
    kept_at_once: float
    """Share of those told "at once" who were called within a minute."""
    error_s: float
    """Median distance between the middle of the range and the wait."""
    naive_error_s: float
    """The same for the usual rule: average service time of the day x people ahead."""
    shared_error_s: float
    """The same for the usual rule divided by the open counters."""


def score(outcomes: Iterable[Outcome]) -> Score:
    """Return what promises were worth; shares and errors are 0 where there is nothing to go by."""
    known = [(outcome, outcome.waited_s) for outcome in outcomes]
    called = [(outcome, waited_s) for outcome, waited_s in known if waited_s is not None]
    told = [(outcome.promised, waited_s) for outcome, waited_s in called if not outcome.is_at_once]
    at_once = [waited_s for outcome, waited_s in called if outcome.is_at_once]
    early = [waited_s < p.low_s for p, waited_s in told]
    late = [waited_s > p.high_s for p, waited_s in told]
    return Score(
        waits=len(told),
        at_once=len(at_once),
        uncalled=len(known) - len(called),
        covered=_share(not (soon or slow) for soon, slow in zip(early, late, strict=True)),
        early=_share(early),
        late=_share(late),
        kept_at_once=_share(waited_s <= SOON_S for waited_s in at_once),
        error_s=_median(abs((p.low_s + p.high_s) / 2 - waited_s) for p, waited_s in told),
        naive_error_s=_median(abs(p.average_s * p.ahead - waited_s) for p, waited_s in told),
        shared_error_s=_median(abs(p.average_s * p.ahead / p.counters - waited_s) for p, waited_s in told),
    )


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else 0.0


def _median(figures: Iterable[float]) -> float:
    values = list(figures)
    return statistics.median(values) if values else 0.0
