"""One day and many: everybody who comes is served, and the same plan brings the same day."""

from __future__ import annotations

import itertools
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from broker.config import load_settings
from broker.domain.model import Counter
from broker.simulate.day import play_day
from broker.simulate.draw import draw_day
from broker.simulate.figures import figures_of
from broker.simulate.offices import Demand, configured_plan, made_up_plan
from broker.simulate.plan import HOUR_S, SHIFTING, STEADY, Law, Plan, Rush
from broker.simulate.run import play_days

SHIPPED = load_settings(Path(__file__).parents[3] / "config.yaml", {})


def morning(demand: Demand | None = None, *, counters: int = 3) -> Plan:
    """Return the plan of a short morning."""
    return made_up_plan(demand or Demand(), counters=counters, mean_min=8, hours=2)


@pytest.mark.parametrize("plan", [morning(), configured_plan(SHIPPED, Demand(uncertain=SHIFTING))], ids=["one", "many"])
def test_everybody_who_gets_a_number_goes_through_every_stage(plan: Plan) -> None:
    record = play_day(plan, 0)
    coming = draw_day(plan, 0).visitors
    stages = [stage for visitor in coming for stage in plan.office.services[visitor.service].stages]
    assert record.visitors == len(coming) > 10
    assert record.refused == 0
    assert sorted(call.stage for call in record.calls) == sorted(stages)
    assert all(call.waited_s >= 0 for call in record.calls)


@pytest.mark.parametrize("demand", [Demand(), Demand(uncertain=SHIFTING)], ids=["steady", "shifting"])
def test_the_same_plan_brings_the_same_day(demand: Demand) -> None:
    assert play_day(morning(demand), 3) == play_day(morning(demand), 3)


def test_another_seed_or_another_day_brings_others() -> None:
    plan = morning()
    days = [play_day(plan, 0), play_day(plan, 1), play_day(replace(plan, seed=2), 0)]
    assert all(one.calls != other.calls for one, other in itertools.combinations(days, 2))


def test_several_processes_play_the_same_days_as_one() -> None:
    plan = morning()
    told: list[int] = []
    alone = play_days(plan, 4)
    together = play_days(plan, 4, jobs=2, tell=lambda: told.append(1))
    assert together == alone
    assert len(told) == 4


def test_counters_are_never_busier_than_they_are_open() -> None:
    record = play_day(morning(Demand(per_hour=60)), 0)
    assert 0.8 < record.busy_s / record.open_s <= 1.0


def test_an_empty_office_calls_at_once() -> None:
    record = play_day(morning(Demand(per_hour=1), counters=20), 0)
    assert {call.waited_s for call in record.calls} == {0.0}


def test_what_the_lane_gives_a_day_is_all_it_gives() -> None:
    plan = morning(Demand(per_hour=60))
    lanes = {**plan.office.lanes, "regular": replace(plan.office.lanes["regular"], quota=5)}
    record = play_day(replace(plan, office=replace(plan.office, lanes=lanes)), 0)
    assert [call.lane for call in record.calls].count("regular") == 5
    assert record.refused + len(record.calls) == record.visitors


def test_who_comes_before_a_counter_opens_is_promised_nothing() -> None:
    plan = morning(Demand(uncertain=replace(STEADY, late=1.0)), counters=1)
    record = play_day(plan, 0)
    assert record.unpromised > 0
    assert record.unpromised + len(record.outcomes) == record.visitors


def test_each_promise_meets_its_first_call() -> None:
    """In an office with one stage they are the very same waits."""
    record = play_day(morning(), 0)
    assert sorted(call.waited_s for call in record.calls) == sorted(o.waited_s or 0.0 for o in record.outcomes)


# -- what chance brings ---------------------------------------------------------------------------------------------


def test_visitors_come_at_the_rate_and_in_the_hours_that_were_asked_for() -> None:
    plan = replace(morning(Demand(per_hour=30)), intake=dict.fromkeys(range(5), ((8 * HOUR_S, 10 * HOUR_S),)))
    days = [draw_day(plan, number).visitors for number in range(60)]
    assert statistics.mean(map(len, days)) == pytest.approx(60, rel=0.06)
    assert all(8 * HOUR_S <= visitor.at_s < 10 * HOUR_S for day in days for visitor in day)


def test_more_come_in_the_rush() -> None:
    plan = replace(morning(Demand(per_hour=30)), rushes=(Rush(8 * HOUR_S, 9 * HOUR_S, 3.0),))
    times = [visitor.at_s for number in range(60) for visitor in draw_day(plan, number).visitors]
    early = sum(at_s < 9 * HOUR_S for at_s in times)
    assert early / (len(times) - early) == pytest.approx(3.0, rel=0.15)


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.0])
def test_visits_take_the_mean_that_was_asked_for(variation: float) -> None:
    plan = replace(morning(Demand(per_hour=60)), laws={"service": Law(480, variation)})
    takes = [takes for number in range(60) for v in draw_day(plan, number).visitors for takes in v.takes_s]
    assert statistics.mean(takes) == pytest.approx(480, rel=0.05)
    assert statistics.stdev(takes) / 480 == pytest.approx(variation, rel=0.15, abs=1e-9)


def test_the_shares_of_the_lanes_are_as_asked() -> None:
    plan = morning(Demand(per_hour=60, priority_share=0.4))
    lanes = [visitor.lane for number in range(40) for visitor in draw_day(plan, number).visitors]
    assert lanes.count("priority") / len(lanes) == pytest.approx(0.4, abs=0.03)


def test_whoever_is_away_is_so_in_order_and_within_the_day() -> None:
    plan = configured_plan(SHIPPED, Demand(uncertain=SHIFTING))
    for number in range(40):
        opens_s, closes_s = plan.spans(number)[0][0], plan.spans(number)[-1][1]
        away = draw_day(plan, number).away
        edges = [[edge for span in spans for edge in span] for spans in away.values()]
        assert all(times == sorted(set(times)) for times in edges)
        assert all(opens_s <= times[0] and times[-1] <= closes_s for times in edges if times)
        first = next(iter(away.values()))
        assert first != ((opens_s, closes_s),), "one counter at least comes to work"


def test_days_are_working_days_of_the_office() -> None:
    plan = configured_plan(SHIPPED, Demand())
    assert [plan.date(number).weekday() for number in range(7)] == [0, 1, 2, 3, 4, 0, 1]
    assert len({plan.date(number) for number in range(30)}) == 30


# -- plans ----------------------------------------------------------------------------------------------------------


def test_a_configured_office_is_played_with_its_own_standard_times() -> None:
    plan = configured_plan(SHIPPED, Demand())
    assert {stage: law.mean_s for stage, law in plan.laws.items()} == {
        s.id: s.standard_min * 60 for s in SHIPPED.stages
    }


def test_without_a_number_of_arrivals_the_narrowest_counters_are_busy_but_not_swamped() -> None:
    plan = configured_plan(SHIPPED, Demand(variation=0.3))
    figures = figures_of(plan.office, play_days(plan, 6))
    assert 0.4 < figures.busy < 0.9
    assert all(waits.within > 0.8 for waits in figures.by_lane)


def test_a_counter_more_serves_more() -> None:
    assert morning(counters=4).per_hour == pytest.approx(2 * morning(counters=2).per_hour)


def test_an_office_with_more_counters_than_officers_is_played_all_the_same() -> None:
    plan = configured_plan(SHIPPED, Demand())
    assert len(plan.office.officers) == len(plan.office.counters)
    assert all(isinstance(counter, Counter) for counter in plan.office.counters.values())
