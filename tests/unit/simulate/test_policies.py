"""What is known of policies comes out of the simulation: their order, not their figures."""

from __future__ import annotations

import pytest

from broker.domain.queue.policies import HeadStart, Ratio, Strict, policy_name
from broker.simulate.figures import Figures, Waits, figures_of
from broker.simulate.offices import POLICIES, Demand, PolicyName, made_up_plan, with_policy
from broker.simulate.plan import SHIFTING, Plan
from broker.simulate.run import play_days

MORNINGS = 12


def plan() -> Plan:
    """Return the morning that is known: 5 counters, 35 arrivals an hour, a quarter with priority, 4 h, 8 min each."""
    return made_up_plan(Demand(per_hour=35), counters=5, mean_min=8, hours=4)


@pytest.fixture(scope="module")
def runs() -> dict[PolicyName, Figures]:
    """Play the same mornings under every policy."""
    plans = {name: with_policy(plan(), name) for name in POLICIES}
    return {name: figures_of(played.office, play_days(played, MORNINGS)) for name, played in plans.items()}


def lane(runs: dict[PolicyName, Figures], policy: PolicyName, name: str) -> Waits:
    """Return the waits of a lane under a policy."""
    return next(waits for waits in runs[policy].by_lane if waits.lane == name)


def test_priority_waits_longest_first_come_first_served_and_least_under_strict(runs: dict[PolicyName, Figures]) -> None:
    means = [lane(runs, policy, "priority").mean for policy in ("strict", "ratio", "promise", "fifo")]
    assert means == sorted(means)
    assert means[-1] > 1.5 * means[2]


def test_regular_pays_for_it_in_the_same_order(runs: dict[PolicyName, Figures]) -> None:
    means = [lane(runs, policy, "regular").mean for policy in ("fifo", "promise", "strict")]
    assert means == sorted(means)
    assert lane(runs, "ratio", "regular").mean <= lane(runs, "strict", "regular").mean


def test_the_longest_waits_of_regular_are_shorter_under_the_default_than_under_strict(
    runs: dict[PolicyName, Figures],
) -> None:
    assert lane(runs, "promise", "regular").p95 < lane(runs, "strict", "regular").p95
    assert lane(runs, "promise", "regular").longest <= lane(runs, "strict", "regular").longest


def test_the_default_keeps_the_promise_of_priority_where_first_come_does_not(runs: dict[PolicyName, Figures]) -> None:
    assert lane(runs, "promise", "priority").within > lane(runs, "fifo", "priority").within


def test_no_policy_makes_work_or_saves_it(runs: dict[PolicyName, Figures]) -> None:
    """Who waits changes, how long all wait together hardly does: conservation of work (Kleinrock 1965)."""
    means = [sum(waits.mean * waits.calls for waits in figures.by_lane) / figures.visitors for figures in runs.values()]
    assert max(means) - min(means) < 0.08 * max(means)


@pytest.mark.parametrize("name", POLICIES)
def test_a_plan_takes_each_policy(name: PolicyName) -> None:
    assert policy_name(with_policy(plan(), name).office.policy) == name


def test_policies_without_configuration_follow_from_the_promises() -> None:
    policies = {name: with_policy(plan(), name).office.policy for name in POLICIES}
    assert policies["strict"] == Strict(("priority", "regular"))
    assert policies["ratio"] == Ratio(("priority", "priority", "regular"))
    assert policies["head_start"] == HeadStart({"priority": 900.0, "regular": 0.0})


def test_announced_waits_hold_and_beat_the_usual_rule() -> None:
    """Months are for `antrean simulate`; two weeks of shifting counters show that nothing is far off."""
    shifting = made_up_plan(Demand(uncertain=SHIFTING), counters=5, mean_min=8, hours=6)
    score = figures_of(shifting.office, play_days(shifting, 14)).promises
    assert score.waits > 500
    assert 0.5 < score.covered < 0.7
    assert score.error_s < 0.7 * score.naive_error_s
    assert score.error_s < score.shared_error_s
