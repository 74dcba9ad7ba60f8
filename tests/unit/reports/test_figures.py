"""Each figure is a function of a slice: what it counts, how it is divided, and of how many it is."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter as Tally
from decimal import Decimal

import pytest

from broker.domain.queue.waits import SOON_S
from broker.reports import figures as fg
from broker.reports.facts import Count, DayFacts, DeskTime, Still, Visit, Wait, micros
from broker.reports.figures import FIGURES, History, Question, Ranks, RatingCount, report
from tests.fakes.clock import JAKARTA

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=JAKARTA)
MIN = 60_000_000


def a_wait(minutes: float, *, lane: str = "regular", counter: str | None = "c1", promised_s: int = 1800) -> Wait:
    """Return a first wait at nine."""
    return Wait(18, "visa", lane, "check", counter, "sari", int(minutes * MIN), 1, promised_s, None, None)


def day(*waits: Wait, on: dt.date = MONDAY, still: tuple[Still, ...] = (), is_over: bool = False) -> DayFacts:
    """Return the facts of a day until noon, or of all of it."""
    noon = dt.datetime.combine(on, dt.time(12), JAKARTA)
    end = micros(noon + dt.timedelta(hours=12 * is_over))
    return DayFacts(on, 1, 9, end, waits=waits, still=still)


def asked(*days: DayFacts, now: dt.datetime = NOON, question: Question | None = None) -> fg.Report:
    """Return the answer to a question, else of all these days together."""
    history = History(JAKARTA, now, days)
    return report(history, question or Question(days[0].day, days[-1].day))


def value(found: fg.ReportRow, figure: str) -> tuple[str, int]:
    """Return a figure as text, and of how many it is."""
    return str(found.values[figure].value), found.values[figure].n


def test_a_percentile_is_the_nearest_rank_and_a_wait_that_somebody_had() -> None:
    waits = [a_wait(minutes) for minutes in (10, 1, 4, 2, 3, 5, 6, 7, 8, 9)]

    total = asked(day(*waits)).total

    assert value(total, "wait_median") == ("5.0", 10)
    assert value(total, "wait_p90") == ("9.0", 10)
    assert value(total, "wait_p95") == ("10.0", 10)
    assert value(total, "wait_longest") == ("10.0", 10)
    assert value(total, "wait_mean") == ("5.5", 10)


def test_who_still_waits_counts_with_the_wait_so_far() -> None:
    since = micros(NOON - dt.timedelta(minutes=90))
    still = (Still("waiting", "visa", "regular", "check", since, 1, 1800), Still("held", "visa", "x", "y", 0, 0, None))

    total = asked(day(a_wait(10), still=still)).total

    assert value(total, "wait_longest") == ("90.0", 2)
    assert value(total, "within_promise") == ("50.0", 2)
    assert value(total, "still_waiting") == ("1", 1)
    assert total.as_of == NOON


def test_a_promise_is_undecided_while_it_may_yet_be_kept() -> None:
    short = micros(NOON - dt.timedelta(minutes=5))
    still = (Still("waiting", "visa", "regular", "check", short, 1, 1800),)

    total = asked(day(a_wait(30), a_wait(31), a_wait(5, counter=None), a_wait(40, counter=None), still=still)).total

    assert value(total, "within_promise") == ("33.3", 3)


def test_who_waits_over_the_end_of_a_span_has_waited_until_then() -> None:
    since = micros(dt.datetime(2026, 3, 2, 23, 30, tzinfo=JAKARTA))
    still = (Still("waiting", "visa", "regular", "check", since, 1, 1800),)
    later = dt.datetime(2026, 3, 5, 12, tzinfo=JAKARTA)

    found = asked(day(still=still, is_over=True), now=later)
    by_day = asked(
        day(still=still, is_over=True), now=later, question=Question(MONDAY, MONDAY + dt.timedelta(days=2), ("day",))
    )

    assert value(found.total, "wait_longest") == ("30.0", 1)
    assert [value(row, "wait_longest") for row in by_day.rows] == [("30.0", 1), ("1470.0", 1), ("2910.0", 1)]
    assert value(by_day.total, "wait_longest") == ("2910.0", 1)


def test_every_day_has_its_row_also_where_nothing_happened() -> None:
    found = asked(
        day(a_wait(5)),
        now=NOON + dt.timedelta(days=3),
        question=Question(MONDAY, MONDAY + dt.timedelta(days=30), ("day",)),
    )

    assert [row.key for row in found.rows] == [("2026-03-02",), ("2026-03-03",), ("2026-03-04",), ("2026-03-05",)]
    assert value(found.rows[1], "wait_mean") == ("None", 0)


def test_figures_are_divided_by_two_dimensions_at_once() -> None:
    tuesday = MONDAY + dt.timedelta(days=1)
    question = Question(MONDAY, tuesday, ("lane", "weekday"))

    found = asked(day(a_wait(5)), day(a_wait(7), a_wait(9, lane="priority"), on=tuesday), now=NOON, question=question)

    assert {row.key: value(row, "wait_mean") for row in found.rows} == {
        ("priority", "2"): ("9.0", 1),
        ("regular", "1"): ("5.0", 1),
        ("regular", "2"): ("7.0", 1),
    }


def test_a_figure_that_is_not_divided_so_tells_nothing_rather_than_nought() -> None:
    found = asked(day(a_wait(5)), question=Question(MONDAY, MONDAY, ("officer",)))

    (row,) = found.rows
    assert row.values["arrivals"] == fg.NOTHING
    assert found.total.values["arrivals"] == fg.Value(0, 0)


def test_some_alone_are_chosen_by_what_they_are() -> None:
    only = Question(MONDAY, MONDAY, only={"lane": frozenset({"priority"}), "half_hour": frozenset({"09:00"})})
    other = Question(MONDAY, MONDAY, only={"half_hour": frozenset({"08:30"})})
    facts = day(a_wait(5), a_wait(9, lane="priority"))

    assert value(asked(facts, question=only).total, "wait_mean") == ("9.0", 1)
    assert value(asked(facts, question=other).total, "wait_mean") == ("None", 0)


def test_use_of_counters_leaves_pauses_out() -> None:
    desks = tuple(DeskTime(18, "c1", "sari", does, us * MIN) for does, us in (("busy", 6), ("idle", 4), ("paused", 30)))
    facts = DayFacts(MONDAY, 1, 9, micros(NOON), desks=desks)

    total = asked(facts).total

    assert value(total, "use") == ("60.0", 1)
    assert value(total, "open_hours") == ("0.67", 1)


def test_ratings_stand_beside_the_waits_of_their_day() -> None:
    history = History(
        JAKARTA,
        NOON,
        (day(a_wait(5)),),
        (RatingCount(MONDAY, "visa", None, 4, 3), RatingCount(MONDAY, "visa", None, 1, 1)),
    )

    found = report(history, Question(MONDAY, MONDAY, ("service",)))

    (row,) = found.rows
    assert (value(row, "wait_mean"), value(row, "rating_mean")) == (("5.0", 1), ("3.25", 4))


def test_rows_stand_in_the_order_of_the_office() -> None:
    facts = day(a_wait(5), a_wait(9, lane="priority"), a_wait(9, lane="gone"))
    history = History(JAKARTA, NOON, (facts,))

    found = report(history, Question(MONDAY, MONDAY, ("lane",)), order={"lane": ["regular", "priority"]})

    assert [row.key for row in found.rows] == [("regular",), ("priority",), ("gone",)]


def test_a_report_is_final_once_each_of_its_days_is_closed() -> None:
    later = NOON + dt.timedelta(days=1)
    question = Question(MONDAY, MONDAY)

    running = report(History(JAKARTA, NOON, (day(),)), question)
    over = report(History(JAKARTA, later, (day(is_over=True),)), question)
    closed = report(History(JAKARTA, later, (day(is_over=True),), closed=frozenset({MONDAY})), question)

    assert (running.is_final, over.is_final, closed.is_final) == (False, False, True)
    assert closed.as_of == dt.datetime(2026, 3, 3, tzinfo=JAKARTA)


def test_what_is_taken_for_at_once_is_what_was_meant_by_it() -> None:
    assert fg.AT_ONCE_S == SOON_S


def test_every_figure_is_defined_once_and_whole() -> None:
    assert max(Tally(figure.id for figure in FIGURES).values()) == 1
    for figure in FIGURES:
        assert figure.name
        assert figure.denominator
        assert figure.definition.endswith(".")
        assert figure.of(fg.Slice(0)).n == 0


def test_counts_add_up_over_half_hours() -> None:
    counts = (
        Count("arrival", 17, "visa", "regular", "check", None, None, 2),
        Count("arrival", 18, "visa", "regular", "check", None, None, 3),
    )
    facts = DayFacts(MONDAY, 1, 9, micros(NOON), counts=counts)

    found = asked(facts, question=Question(MONDAY, MONDAY, ("half_hour",)))

    assert [(row.key, row.values["arrivals"].value) for row in found.rows] == [(("08:30",), 2), (("09:00",), 3)]
    assert found.total.values["arrivals"].value == 5


def test_only_visits_that_were_finished_tell_how_long_service_takes() -> None:
    visits = tuple(
        Visit(18, "visa", "regular", "check", "c1", "sari", minutes * MIN, None, end)
        for minutes, end in ((4, "finished"), (9, "no_show"), (30, "held"))
    )

    total = asked(DayFacts(MONDAY, 1, 9, micros(NOON), visits=visits)).total

    assert value(total, "service_mean") == ("4.0", 1)
    assert total.values["service_p90"].value == Decimal("4.0")


@pytest.mark.parametrize("n", [1, 7, Ranks.MANY - 1, Ranks.MANY])
def test_many_values_are_ranked_as_few_are(n: int) -> None:
    chance = random.Random(n)  # noqa: S311 - the same values each time
    values = [int(chance.lognormvariate(6, 1) * 1e6) for _ in range(n)]
    in_order, ranks = sorted(values), Ranks(list(values))
    assert (len(ranks), ranks.sum()) == (n, sum(values))
    for percent in (1, 50, 90, 95, 100):
        assert ranks.percentile(percent) == in_order[math.ceil(percent * n / 100) - 1]
