"""An officer's figures are held against the same mix of work, and nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from broker.reports.facts import DayFacts, Visit
from broker.reports.figures import History
from broker.reports.officers import OfficerFigures, officer_figures
from tests.fakes.clock import JAKARTA

DAY = dt.date(2026, 3, 2)
MIN = 60_000_000


def visits(officer: str, service: str, minutes: int, n: int, *, end: str = "finished") -> tuple[Visit, ...]:
    """Return visits that took so long each."""
    return (Visit(18, service, "regular", "check", "c1", officer, minutes * MIN, None, end),) * n


def of_sari(*done: tuple[Visit, ...]) -> OfficerFigures:
    """Return Sari's figures of one day."""
    facts = DayFacts(DAY, 1, 9, 0, visits=tuple(visit for some in done for visit in some))
    history = History(JAKARTA, dt.datetime(2026, 3, 3, tzinfo=JAKARTA), (facts,))
    return officer_figures(history, DAY, DAY, "sari")


def test_who_gets_the_long_services_is_not_slow() -> None:
    found = of_sari(
        visits("sari", "visa", 20, 30),
        visits("sari", "passport", 5, 10),
        visits("adi", "visa", 20, 10),
        visits("adi", "passport", 5, 300),
    )
    assert (found.mean_min, found.usual_min) == (Decimal("16.3"), Decimal("16.3"))
    assert (found.n, found.compared) == (40, 40)


def test_what_nobody_else_does_is_told_and_not_compared() -> None:
    found = of_sari(
        visits("sari", "visa", 90, 20),
        visits("adi", "visa", 10, 9),
        visits("sari", "passport", 6, 15),
        visits("adi", "passport", 8, 10),
    )
    assert [(kind.service, kind.n, kind.usual_min) for kind in found.kinds] == [
        ("visa", 20, None),
        ("passport", 15, Decimal("8.0")),
    ]
    assert (found.n, found.compared, found.mean_min, found.usual_min) == (35, 15, Decimal("6.0"), Decimal("8.0"))


def test_of_few_visits_nothing_is_said() -> None:
    found = of_sari(
        visits("sari", "visa", 60, 9), visits("sari", "visa", 1, 50, end="no_show"), visits("adi", "visa", 8, 99)
    )
    assert (found.n, found.mean_min, found.usual_min) == (9, None, None)
