"""Every figure equals a recount from the journal by other code, to the unit, over a thousand days of misfortune."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from broker.reports.facts import DayFacts, facts_of, text_of
from broker.reports.figures import FIGURES, Dimension, History, Question, ReportRow, day_value, report
from broker.reports.fold import Fold, carry_of
from tests.fakes.journals import MadeUpOffice
from tests.support.recount import Recount, figures, recount

DAYS = 20
A_PART = 12
"""So many offices, each with its own zone, season and luck."""
PARTS = 5
DIVISIONS: tuple[tuple[Dimension, ...], ...] = (
    ("lane", "half_hour"),
    ("officer", "weekday"),
    ("service", "stage"),
    ("counter",),
    ("week", "lane"),
    ("month",),
)
OF_DAYS = frozenset({"day", "week", "month", "quarter", "weekday"})


def days_of(office: MadeUpOffice) -> tuple[DayFacts, ...]:
    """Return the facts of an office's days, as they come back from a disk."""
    fold, found = Fold(office.zone), []
    for line in office.lines:
        ended = fold.hear(line.seq, line.client, line.event)
        if ended is not None:
            found.append(facts_of(text_of(ended.facts)))
    running = fold.running(office.now)
    return (*found, *([] if running is None else [running]))


def asked_of(office: MadeUpOffice, facts: tuple[DayFacts, ...]) -> tuple[History, dt.date, dt.date]:
    """Return what is known of an office, its first day and its last."""
    today = office.now.astimezone(office.zone).date()
    return History(office.zone, office.now, facts), facts[0].day, max(today, facts[-1].day)


def chosen_by(by: tuple[Dimension, ...], key: tuple[str, ...]) -> Callable[[dict[str, Any]], bool]:
    """Return what picks the facts of one row."""
    wanted = dict(zip(by, key, strict=True))
    days = {one: value for one, value in wanted.items() if one in OF_DAYS}
    rest = [(one, value) for one, value in wanted.items() if one not in days]
    known: dict[dt.date, bool] = {}

    def is_of_row(fact: dict[str, Any]) -> bool:
        day = fact["day"]
        if day not in known:
            known[day] = all(day_value(day, one) == value for one, value in days.items())
        return known[day] and all(fact.get(one) == value for one, value in rest)

    return is_of_row


def differences(row: ReportRow, counted: dict[str, Any], by: tuple[Dimension, ...]) -> list[str]:
    """Return each figure that is not what was counted; what is not divided so has to say nothing."""
    expected = {one.id: counted[one.id] if {*by} <= one.dimensions else (None, 0) for one in FIGURES}
    return [
        f"{row.key} {name}: {row.values[name]}, counted {value}"
        for name, value in expected.items()
        if row.values[name] != value
    ]


def last_of(by: tuple[Dimension, ...], key: tuple[str, ...], first: dt.date, last: dt.date) -> dt.date:
    """Return at the end of which day it counts who still waits: of the last one of the row's period."""
    periods = [(one, value) for one, value in zip(by, key, strict=True) if one in {"day", "week", "month", "quarter"}]
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if all(day_value(day, one) == value for one, value in periods)][-1]


def checked(history: History, found: Recount, question: Question) -> list[str]:
    """Return where a report differs from the recount."""
    answer = report(history, question)
    wrong = differences(answer.total, figures(found, lambda _: True, question.last), ())
    for row in answer.rows:
        last = last_of(question.by, row.key, question.first, question.last)
        wrong += differences(row, figures(found, chosen_by(question.by, row.key), last), question.by)
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_reports_equal_the_recount(part: int) -> None:
    days, wrong = 0, list[str]()
    for seed in range(part * A_PART, (part + 1) * A_PART):
        office = MadeUpOffice(seed)
        office.live(DAYS)
        facts = days_of(office)
        days += len(facts)
        history, first, last = asked_of(office, facts)
        found = recount(office.kept, office.zone, office.now)
        for by in (("day",), DIVISIONS[seed % len(DIVISIONS)]):
            wrong += [f"office {seed}: {one}" for one in checked(history, found, Question(first, last, by))]
    assert not wrong, "\n".join(wrong[:20])
    assert days * PARTS >= 1000


def test_a_choice_of_some_equals_the_recount_of_some() -> None:
    office = MadeUpOffice(3)
    office.live(DAYS)
    history, first, last = asked_of(office, days_of(office))
    found = recount(office.kept, office.zone, office.now)
    only: dict[Dimension, frozenset[str]] = {"lane": frozenset({"priority"}), "weekday": frozenset({"1", "2", "5"})}

    answer = report(history, Question(first, last, only=only))

    counted = figures(
        found, lambda fact: fact.get("lane") == "priority" and str(fact["day"].isoweekday()) in only["weekday"], last
    )
    assert differences(answer.total, counted, ("lane", "weekday")) == []


def test_it_makes_no_difference_where_a_day_was_taken_up_again() -> None:
    office = MadeUpOffice(8)
    office.live(DAYS)
    whole = days_of(office)

    fold, found = Fold(office.zone), []
    for line in office.lines:
        ended = fold.hear(line.seq, line.client, line.event)
        if ended is not None:  # as if the broker had been restarted there
            found.append(ended.facts)
            fold = Fold(office.zone, carry_of(ended.carry.text()))
            for again in office.lines[ended.carry.last_seq : line.seq]:
                assert fold.hear(again.seq, again.client, again.event) is None
    running = fold.running(office.now)

    assert (*found, running) == whole


def test_every_line_belongs_to_one_day() -> None:
    office = MadeUpOffice(13)
    office.live(DAYS)

    facts = days_of(office)

    assert facts[0].first_seq == 1
    assert facts[-1].last_seq == len(office.lines)
    for before, after in itertools.pairwise(facts):
        assert after.first_seq == before.last_seq + 1
        assert after.day > before.day
