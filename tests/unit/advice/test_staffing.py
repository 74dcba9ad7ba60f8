"""Plans for a day: the same visitors for each, never worse with more counters, and what would help is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from broker.advice.staffing import (
    Day,
    Staffing,
    alike,
    best_acts,
    blocks_of,
    candidates,
    draws,
    gain,
    open_of,
    other_policies,
    play,
    roster_of,
    told,
    with_counter,
)
from broker.domain.model import Counter, Lane, Office, Service
from broker.simulate.plan import Law
from tests.fakes.past_days import HOURS

MONDAY = dt.date(2026, 11, 23)
OPEN = frozenset(HOURS)
MORNING = frozenset(range(15, 24))
LANES = {"regular": Lane("regular", "", 3600), "priority": Lane("priority", "P", 900)}


def an_office(counters: Mapping[str, tuple[str, ...]], stages: tuple[str, ...] = ("check",)) -> Office:
    """Return an office with one service, and counters by the stages that they do."""
    return Office(
        id="o",
        zone=dt.UTC,
        languages=("en",),
        services={"visa": Service("visa", "A", stages)},
        lanes=LANES,
        stage_standard_s=dict.fromkeys(stages, 480),
        counters={name: Counter(name, name, does) for name, does in counters.items()},
        officers={},
    )


def a_day(office: Office, per_half_hour: float = 5.0, *, seed: int = 1) -> Day:
    """Return a day of an office."""
    return Day(
        office=office,
        day=MONDAY,
        cells={("visa", half_hour): per_half_hour for half_hour in HOURS},
        lanes={"visa": {"regular": 8, "priority": 2}},
        laws={stage: Law(480, 0.5) for stage in office.stage_standard_s},
        hours=OPEN,
        spread=(0.8, 0.9, 1.0, 1.1, 1.2),
        seed=seed,
    )


THREE = an_office({"c1": ("check",), "c2": ("check",), "c3": ("check",)})
USUAL = Staffing({"c1": OPEN})
OFFICES = {
    "alike": (THREE, USUAL, 3.0),
    "two stages": (
        an_office({"c1": ("check",), "c2": ("pay",), "c3": ("check", "pay")}, ("check", "pay")),
        Staffing({"c1": OPEN, "c2": OPEN}),
        3.0,
    ),
    "mornings only": (THREE, Staffing({"c1": OPEN, "c2": MORNING}), 5.0),
    "quiet": (THREE, USUAL, 0.5),
}


@pytest.mark.parametrize("name", OFFICES)
def test_more_counters_are_never_worse_beyond_noise(name: str) -> None:
    office, usual, per_half_hour = OFFICES[name]
    day = a_day(office, per_half_hour)
    drawn = draws(day, 4)
    before = play(day, usual, drawn)
    for counter, span in candidates(day, usual):
        after = play(day, with_counter(usual, counter, span), drawn)
        for over_s in (0, 600, 1800):
            helps, noise = gain(before, after, over_s)
            assert helps >= -noise, (counter, span, over_s)


def test_the_same_seed_has_the_same_answer_and_another_one_others() -> None:
    day = a_day(THREE)
    again, other = (
        told("usual", one, one, 30)
        for one in (play(day, USUAL, draws(day, 2)), play(replace(day, seed=2), USUAL, draws(replace(day, seed=2), 2)))
    )
    first = play(day, USUAL, draws(day, 2))
    assert told("usual", first, first, 30) == again
    assert other != again


def test_every_plan_meets_the_same_visitors() -> None:
    day = a_day(THREE)
    drawn = draws(day, 2)
    one, other = (play(day, Staffing({"c1": OPEN, "c2": half}), drawn) for half in (OPEN, MORNING))
    assert [record.came_s for record in one.records] == [record.came_s for record in other.records]
    assert draws(day, 4)[:2] == drawn


def test_everybody_is_called_and_waits_are_counted_by_when_people_came() -> None:
    day = a_day(THREE)
    found = play(day, Staffing(dict.fromkeys(THREE.counters, OPEN)), draws(day, 3))
    for record, longest in zip(found.records, found.longest_s, strict=True):
        assert len(longest) == record.visitors == len(record.came_s)
    said = told("usual", found, found, 30)
    assert said.half_hours.keys() <= OPEN
    assert said.left == said.gain == said.noise == 0


def test_whoever_no_open_counter_serves_is_counted_as_left() -> None:
    office = an_office({"c1": ("check",), "c2": ("pay",)}, ("check", "pay"))
    day = a_day(office, 1.0)
    found = play(day, Staffing({"c1": OPEN, "c2": MORNING}), draws(day, 3))
    assert told("usual", found, found, 30).left > 1


def test_who_works_to_the_end_stays_until_nobody_is_left() -> None:
    day = a_day(THREE, 4.0)
    found = play(day, USUAL, draws(day, 2))
    assert told("usual", found, found, 30).left == 0
    assert max(call.at_s for call in found.records[0].calls) > 15 * 3600


def test_the_counter_that_helps_most_comes_first() -> None:
    day = a_day(THREE, 3.0)
    drawn = draws(day, 6)
    usual = play(day, USUAL, drawn)
    plays: list[int] = []
    tried, acts = best_acts(day, usual, drawn, 30, lambda: plays.append(1))
    assert tried == len(blocks_of(OPEN)) == 4
    assert [act.over for act in acts] == sorted(act.over for act in acts)
    assert acts[0].was - acts[0].over > acts[0].noise
    assert acts[0].counter == "c2", "of two that do the same work the first one is named"
    assert len(plays) == 4 * 6 + 4 * 6


def test_where_nobody_waits_no_counter_is_advised() -> None:
    day = a_day(THREE, 0.2)
    drawn = draws(day, 4)
    assert best_acts(day, play(day, USUAL, drawn), drawn, 30, lambda: None) == (4, [])


def test_where_all_are_open_there_is_nothing_to_try() -> None:
    day = a_day(THREE)
    everybody = Staffing(dict.fromkeys(THREE.counters, OPEN))
    drawn = draws(day, 2)
    assert best_acts(day, play(day, everybody, drawn), drawn, 30, lambda: None) == (0, [])


def test_another_policy_moves_the_waits_from_one_lane_to_the_other() -> None:
    day = a_day(THREE, 3.0)
    drawn = draws(day, 3)
    usual = play(day, replace(USUAL, policy="fifo"), drawn)
    strict = next(one for one in other_policies(day, usual, drawn, 30, lambda: None) if one.policy == "strict")
    assert strict.lanes["priority"].p95_min < told("usual", usual, usual, 30).lanes["priority"].p95_min


def test_a_shorter_promise_lets_a_lane_go_first() -> None:
    day = a_day(THREE, 3.0)
    drawn = draws(day, 3)
    alike_now = play(day, replace(USUAL, promised_min={"priority": 60}), drawn)
    sooner = play(day, replace(USUAL, promised_min={"priority": 5}), drawn)
    longest = [told("a", one, one, 30).lanes["priority"].p95_min for one in (alike_now, sooner)]
    assert longest[1] < longest[0]


# -- rosters --------------------------------------------------------------------------------------------------------


def test_a_roster_is_written_and_read_back() -> None:
    opened = {"c1": OPEN, "c2": frozenset({17, 18, 20}), "c3": frozenset[int]()}
    assert roster_of(opened) == {"c1": ("07:30-12:00", "13:00-15:00"), "c2": ("08:30-09:30", "10:00-10:30"), "c3": ()}
    assert open_of(THREE, roster_of(opened)) == opened


def test_a_day_has_parts_of_about_an_hour_and_a_half() -> None:
    assert blocks_of(OPEN) == [(15, 18), (18, 21), (21, 24), (26, 30)]
    assert blocks_of(frozenset({20})) == [(20, 21)]


def test_counters_with_the_same_work_stand_in_for_each_other() -> None:
    assert alike(an_office({"c1": ("check",), "c2": ("pay",), "c3": ("check",)}, ("check", "pay"))) == [
        ["c1", "c3"],
        ["c2"],
    ]
