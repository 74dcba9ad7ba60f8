"""Whose turn it is, why, and how many come before: against simulations that do it the slow way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.model import Counter, Group, Lane, Reason, Ticket
from broker.domain.queue import order
from broker.domain.queue.forward import MOST_CALLS, Forward
from broker.domain.queue.order import MAX_PASSED_OVER, Line
from tests.fakes.clock import MORNING
from tests.fakes.dispatch import ARRIVAL, Newcomer, Waiting
from tests.fakes.halls import lines_of, one_counter_hall, waiting
from tests.fakes.offices import small_office

REGULAR, FAMILY, PRIORITY = Lane("regular", "", 3600), Lane("family", "F", 1800), Lane("priority", "P", 900)
OFFICE = small_office(lanes=(REGULAR, FAMILY, PRIORITY))
LANES = OFFICE.lanes
ANY = Counter("any", "0", ("check",))
SOON = MORNING + dt.timedelta(seconds=1)
"""Whoever comes within this second."""


@dataclass
class Arrivals:
    """Tickets as they came, in the groups they wait in."""

    groups: dict[Group, list[Ticket]]
    now: dt.datetime = MORNING

    @property
    def lines(self) -> list[Line]:
        """Return them as a hall keeps them."""
        return lines_of(self.tickets, OFFICE)

    @property
    def tickets(self) -> list[Ticket]:
        """Return everybody, by arrival."""
        return sorted((ticket for group in self.groups.values() for ticket in group), key=ARRIVAL)


def arrivals(*came: tuple[str, float], service: str = "visa") -> Arrivals:
    """Make a hall of (lane, seconds ago)."""
    groups: dict[Group, list[Ticket]] = {}
    for place, (lane, ago_s) in enumerate(sorted(came, key=lambda one: -one[1]), 1):
        ticket = waiting(lane, ago_s, place, service=service)
        groups.setdefault(ticket.group, []).append(ticket)
    return Arrivals(groups)


@st.composite
def halls(draw: st.DrawFn, *, max_size: int = 25, lane_ids: Sequence[str] = tuple(LANES)) -> Arrivals:
    """Draw a hall: whole seconds, so that ties happen."""
    came = st.tuples(st.sampled_from(lane_ids), st.integers(0, 5400), st.sampled_from(["visa", "passport"]))
    drawn = sorted(draw(st.lists(came, min_size=1, max_size=max_size)), key=lambda one: -one[1])
    groups: dict[Group, list[Ticket]] = {}
    for place, (lane, ago_s, service) in enumerate(drawn, 1):
        ticket = waiting(lane, ago_s, place, service=service)
        groups.setdefault(ticket.group, []).append(ticket)
    return Arrivals(groups)


def choose(hall: Arrivals) -> tuple[Ticket, Reason]:
    """Choose from a hall that is not empty."""
    choice = order.choose(hall.lines, OFFICE, ANY, hall.now)
    assert choice is not None
    return choice


# -- the next -------------------------------------------------------------------------------------------------------


def test_nobody_waits_nobody_is_next() -> None:
    assert order.choose([], OFFICE, ANY, MORNING) is None
    assert order.choose([Line.of(OFFICE, "check", "regular", service="visa")], OFFICE, ANY, MORNING) is None


@pytest.mark.parametrize(
    ("came", "lane"),
    [
        ([("regular", 600), ("priority", 149)], "regular"),
        ([("regular", 600), ("priority", 151)], "priority"),
        ([("regular", 3600), ("priority", 899)], "regular"),
        ([("regular", 3600), ("priority", 901)], "priority"),
        ([("regular", 1000), ("family", 501), ("priority", 249)], "family"),
    ],
)
def test_the_largest_share_of_the_promise_goes_next(came: list[tuple[str, float]], lane: str) -> None:
    assert choose(arrivals(*came))[0].lane == lane


def test_of_equal_shares_the_oldest_goes_next() -> None:
    ticket, reason = choose(arrivals(("priority", 900), ("regular", 3600), ("family", 1800)))
    assert ticket.lane == "regular"
    assert reason.score == 1.0


def test_of_equal_moments_the_first_to_arrive_goes_next() -> None:
    assert choose(arrivals(("regular", 60), ("regular", 60)))[0].number == "B-001"


@given(halls())
def test_the_next_is_who_a_plain_search_of_everybody_finds(hall: Arrivals) -> None:
    plain = max(hall.tickets, key=lambda t: (hall.now - t.waiting_since).total_seconds() / LANES[t.lane].promised_s)
    best = order.score(plain, OFFICE, hall.now)
    chosen, _ = choose(hall)
    assert order.score(chosen, OFFICE, hall.now) == best
    equals = [ticket for ticket in hall.tickets if order.score(ticket, OFFICE, hall.now) == best]
    assert chosen is equals[0]


@given(halls())
def test_the_reason_is_true(hall: Arrivals) -> None:
    chosen, reason = choose(hall)
    waited_s = (hall.now - chosen.waiting_since).total_seconds()
    assert reason.policy == "promise"
    assert reason.waited_s == int(waited_s)
    assert reason.promised_s == LANES[chosen.lane].promised_s
    assert reason.score == pytest.approx(waited_s / reason.promised_s, abs=1e-4)


@given(halls())
def test_passed_over_are_those_who_came_earlier_and_wait_on(hall: Arrivals) -> None:
    chosen, reason = choose(hall)
    earlier = [ticket for ticket in hall.tickets if ARRIVAL(ticket) < ARRIVAL(chosen)]
    shares = {ticket.number: round(order.score(ticket, OFFICE, hall.now), 4) for ticket in earlier}
    told = dict(reason.passed_over)
    assert set(told) <= set(shares)
    assert len(told) == min(len(earlier), MAX_PASSED_OVER)
    assert all(told[number] == shares[number] for number in told)
    scores = [score for _, score in reason.passed_over]
    assert scores == sorted(scores, reverse=True)
    assert all(score <= reason.score for score in scores)
    left_out = [score for number, score in shares.items() if number not in told]
    assert not left_out or max(left_out) <= min(scores)


@given(halls(), st.data())
def test_who_is_called_out_of_turn_passes_over_all_before_it(hall: Arrivals, data: st.DataObject) -> None:
    picked = data.draw(st.sampled_from(hall.tickets))
    reason = order.explain(picked, hall.lines, OFFICE, hall.now)
    earlier = {ticket.number for ticket in hall.tickets if ARRIVAL(ticket) < ARRIVAL(picked)}
    told = {number for number, _ in reason.passed_over}
    assert told <= earlier
    assert len(told) == min(len(earlier), MAX_PASSED_OVER)


@given(halls())
def test_the_order_of_calls_puts_the_next_first_and_keeps_arrival_in_a_group(hall: Arrivals) -> None:
    called = order.line_up(hall.lines, OFFICE, hall.now, most=len(hall.tickets))
    assert called[0] is choose(hall)[0]
    for group in hall.groups.values():
        assert [ticket for ticket in called if ticket.group == group[0].group] == group


# -- how many before ------------------------------------------------------------------------------------------------


def ahead(hall: Arrivals, asked: Ticket | str, pace_s: int) -> int:
    """Return how many are foreseen before a ticket, or before someone who came to a lane now."""
    forward = Forward(one_counter_hall(hall.tickets, OFFICE, pace_s=pace_s), hall.now)
    foreseen = forward.newcomer(("check", "visa", asked, "")) if isinstance(asked, str) else forward.of(asked)
    assert foreseen is not None
    return foreseen.ahead


def really_call(asked: Waiting, hall: Arrivals, pace_s: float) -> int:
    """Call one every `pace_s` seconds until it is the turn of `asked`; return how many were called before."""
    left = hall.tickets
    for call in range(len(left) + 1):
        at = hall.now + dt.timedelta(seconds=call * pace_s)
        first = min([*left, asked], key=lambda t: (-_share(t, at), t.ranked_since, t.order))
        if (first.ranked_since, first.order) == (asked.ranked_since, asked.order):
            return call
        left = [ticket for ticket in left if ticket is not first]
    raise AssertionError


def _share(waiting: Waiting, at: dt.datetime) -> float:
    return (at - waiting.ranked_since).total_seconds() / LANES[waiting.lane].promised_s


PACES = st.sampled_from([0, 1, 20, 60, 150, 400])


@given(halls(), PACES, st.data())
def test_ahead_is_what_calling_them_shows(hall: Arrivals, pace_s: int, data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(hall.tickets))
    assert ahead(hall, asked, pace_s) == really_call(asked, hall, pace_s)


@given(halls(), PACES, st.sampled_from(sorted(LANES)))
def test_ahead_of_a_newcomer_is_what_calling_them_shows(hall: Arrivals, pace_s: int, lane: str) -> None:
    assert ahead(hall, lane, pace_s) == really_call(Newcomer(lane, SOON), hall, pace_s)


@given(halls(max_size=80, lane_ids=("regular",)), PACES)
def test_in_one_lane_however_long_ahead_is_the_place_in_the_line(hall: Arrivals, pace_s: int) -> None:
    forward = Forward(one_counter_hall(hall.tickets, OFFICE, pace_s=pace_s), hall.now)
    for place, ticket in enumerate(hall.tickets):
        foreseen = forward.of(ticket)
        assert foreseen is not None
        assert (foreseen.ahead, foreseen.is_played) == (place, place < MOST_CALLS)


def test_a_group_of_priority_that_comes_together_is_counted_right() -> None:
    """A closed form alone said 9 for the last of them, and 20 for the tenth regular one."""
    hall = arrivals(
        *(("regular", 60.0 * minute) for minute in range(1, 61)), *(("priority", 10.0 - n) for n in range(10))
    )
    assert ahead(hall, hall.tickets[-1], 180) == 15
    assert ahead(hall, hall.tickets[10], 60) == 10


def test_a_newcomer_far_back_in_a_busy_morning_is_counted_to_within_one() -> None:
    """Beyond the calls that are played: 150 waiting, every fourth with priority, 90 s a call."""
    hall = arrivals(*(("regular" if n % 4 else "priority", 24.0 * n) for n in range(150)))
    counted = ahead(hall, "regular", 90)
    assert counted > MOST_CALLS
    assert abs(counted - really_call(Newcomer("regular", SOON), hall, 90)) <= 1


@given(halls(), PACES)
def test_nobody_is_counted_twice_and_everybody_has_a_place(hall: Arrivals, pace_s: int) -> None:
    """If one is called at each moment, no two tickets can be called at the same."""
    places = [ahead(hall, ticket, pace_s) for ticket in hall.tickets]
    assert sorted(places) == list(range(len(places)))


@given(halls(), st.data())
def test_who_leaves_a_line_makes_nobody_wait_longer(hall: Arrivals, data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(hall.tickets))
    leaving = data.draw(st.sampled_from(hall.tickets))
    fewer = {group: [t for t in came if t is not leaving or t is asked] for group, came in hall.groups.items()}
    assert ahead(Arrivals(fewer), asked, 60) <= ahead(hall, asked, 60)


def test_a_shorter_promise_is_called_sooner() -> None:
    hall = arrivals(("regular", 900), ("regular", 600))
    assert {lane: ahead(hall, lane, 400) for lane in LANES} == {"regular": 2, "family": 2, "priority": 1}
