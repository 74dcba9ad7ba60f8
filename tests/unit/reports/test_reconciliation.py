"""Every figure equals a recount from the journal by other code, to the unit, over a thousand days of misfortune."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from broker.reports.facts import DayFacts, facts_of, text_of
from broker.reports.figures import (
    FIGURES,
    Dimension,
    History,
    Question,
    RatingCount,
    ReportRow,
    Value,
    day_value,
    report,
)
from broker.reports.fold import Fold, carry_of
from broker.reports.query import DIVIDED, Query
from broker.reports.tickets import ORDERS, Asked, Listed, TracedDay, TracingFold, listing
from tests.fakes.journals import MadeUpOffice
from tests.support.recount import Recount, behind, figures, recount

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
OF_STAFF = {
    "staff_undone",
    "offer_changed",
    "quota_changed",
    "intake_changed",
    "counter_asked",
    "rated",
    "day_closed",
}
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
    counted = Tally((one.day, one.service, one.officer, one.score) for one in office.rated)
    ratings = tuple(RatingCount(*of, n) for of, n in counted.items())
    return History(office.zone, office.now, facts, ratings), facts[0].day, max(today, facts[-1].day)


def recounted(office: MadeUpOffice) -> Recount:
    """Return the recount of an office."""
    found = recount(office.kept, office.zone, office.now)
    found.rated = [
        {"day": one.day, "service": one.service, "officer": one.officer, "score": one.score} for one in office.rated
    ]
    assert len(found.rated) == sum(line.name == "rated" for line in office.kept)
    return found


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
    days, wrong, happened = 0, list[str](), set[str]()
    for seed in range(part * A_PART, (part + 1) * A_PART):
        office = MadeUpOffice(seed)
        office.live(DAYS)
        facts = days_of(office)
        days += len(facts)
        happened |= {line.name for line in office.kept}
        history, first, last = asked_of(office, facts)
        found = recounted(office)
        for by in (("day",), DIVISIONS[seed % len(DIVISIONS)]):
            wrong += [f"office {seed}: {one}" for one in checked(history, found, Question(first, last, by))]
    assert not wrong, "\n".join(wrong[:20])
    assert days * PARTS >= 1000
    assert happened >= OF_STAFF, "else nothing is shown of them"


def traced_days(office: MadeUpOffice) -> dict[dt.date, TracedDay]:
    """Return the days of an office once more from its journal, each row with its ticket."""
    fold, found = TracingFold(office.zone), list[DayFacts]()
    for line in office.lines:
        ended = fold.hear(line.seq, line.client, line.event)
        found += [] if ended is None else [ended.facts]
    running = fold.running(office.now)
    return {day.day: day for day in (*found, running) if isinstance(day, TracedDay)}


def pages_of(history: History, asked: Asked, traced: dict[dt.date, TracedDay], a_page: int) -> list[Listed]:
    """Return all pages behind a figure, one after the other; each is as long as it has to be."""
    rows, n = list[Listed](), value_of(history, asked).n
    for page in itertools.count():
        found = listing(
            history, replace(asked, page=page), lambda days: [traced[one.day] for one in days], a_page=a_page
        )
        assert found.untold == 0
        assert len(found.rows) == min(a_page, n - len(rows))
        rows += found.rows
        if page + 1 >= found.pages:
            assert len(rows) == n
            return rows
    raise AssertionError


def value_of(history: History, asked: Asked) -> Value:
    """Return the figure of which tickets are asked for."""
    whole = replace(asked.question, by=())
    return report(history, whole, figures=(asked.figure,)).total.values[asked.figure.id]


@pytest.mark.parametrize("seed", range(len(DIVISIONS)))
def test_behind_every_figure_stand_as_many_tickets_as_it_says_and_those_of_the_recount(seed: int) -> None:
    office = MadeUpOffice(seed)
    office.live(6)
    history, first, last = asked_of(office, days_of(office))
    traced, found, by = traced_days(office), recounted(office), DIVISIONS[seed]
    by = tuple(one for one in by if one in DIVIDED)
    answer = report(history, Question(first, last, by))
    for row in (answer.total, *answer.rows):
        slice_of = by if row.key else ()
        query = Query(first, last, None, slice_of).of_row(row.key)
        end = last_of(slice_of, row.key, first, last)
        counted = behind(found, chosen_by(slice_of, row.key), end)
        for figure in FIGURES:
            if not figure.is_of_tickets or not {*slice_of} <= figure.dimensions:
                continue
            order = ORDERS[len(row.key) % len(ORDERS)] if figure.unit in {"min", "%"} else "time"
            rows = pages_of(history, Asked(figure, query.question, order), traced, 25)
            assert len(rows) == row.values[figure.id].n, (row.key, figure.id)
            assert Tally(one.ticket for one in rows) == counted[figure.id], (row.key, figure.id)
            if figure.id == "wait_longest" and rows:
                assert max(one.value.value or 0 for one in rows) == row.values["wait_longest"].value


def test_the_longest_wait_comes_first_and_the_days_that_a_page_needs_are_read_alone() -> None:
    office = MadeUpOffice(5)
    office.live(DAYS)
    history, first, last = asked_of(office, days_of(office))
    traced, read = traced_days(office), list[frozenset[dt.date]]()

    def days(wanted: Sequence[DayFacts]) -> list[TracedDay]:
        read.append(frozenset(facts.day for facts in wanted))
        return [traced[facts.day] for facts in wanted]

    question = Question(first, last)
    longest = next(one for one in FIGURES if one.id == "wait_longest")
    found = listing(history, Asked(longest, question, "most"), days, a_page=3)
    assert found.rows[0].value.value == value_of(history, found.asked).value
    assert [one.value.value for one in found.rows] == sorted((one.value.value or 0 for one in found.rows), reverse=True)
    assert 1 <= len(read[0]) <= 3
    listing(history, Asked(longest, question, "time", page=1), days, a_page=3)
    assert len(read[1]) < len(traced) / 2


def test_of_a_day_whose_journal_is_not_there_or_tells_otherwise_the_tickets_are_not_told() -> None:
    office = MadeUpOffice(5)
    office.live(4)
    history, first, last = asked_of(office, days_of(office))
    traced = traced_days(office)
    gone, other = list(traced)[:2]
    del traced[gone]
    traced[other] = replace(traced[other], last_seq=traced[other].last_seq - 1)
    arrivals = FIGURES[0]

    found = listing(history, Asked(arrivals, Question(first, last)), lambda _: list(traced.values()))

    assert {one.day for one in found.rows}.isdisjoint({gone, other})
    assert found.untold == value_of(history, found.asked).n - len(found.rows) > 0


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
