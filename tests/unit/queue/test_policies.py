"""Every policy against a plain search of everybody: who is next, why, and how many come before."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.model import Counter, Lane, Office, Ticket
from broker.domain.queue import order
from broker.domain.queue.forward import MOST_CALLS, Forward
from broker.domain.queue.order import MAX_PASSED_OVER, turn_after
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict, policy_name
from tests.fakes.clock import MORNING
from tests.fakes.dispatch import ARRIVAL, POLICIES, Newcomer, Waiting, callable_at, first_by_policy, next_at, worth
from tests.fakes.halls import Play, lines_of, one_counter_hall, waiting
from tests.fakes.offices import COUNTERS, PRIORITY, REGULAR, small_office

LANES = (REGULAR, PRIORITY, Lane("family", "F", 1800))
ANY = Counter("any", "0", ("check",))
SOON = MORNING + dt.timedelta(seconds=1)
"""Whoever comes within this second."""
PATTERN = ("priority", "priority", "regular")
TURNS = st.integers(0, len(PATTERN) - 1)
NAMES = st.sampled_from(sorted(POLICIES))


def office_with(policy: str | Policy, *, max_wait_s: int | None = None) -> Office:
    made = POLICIES[policy] if isinstance(policy, str) else policy
    return small_office(policy=made, lanes=tuple(replace(lane, max_wait_s=max_wait_s) for lane in LANES))


@st.composite
def crowds(draw: st.DrawFn, *, max_size: int = 20) -> list[Ticket]:
    """Draw people who wait: whole seconds, so that ties happen; some with a credit from earlier stages."""
    one = st.tuples(
        st.sampled_from([lane.id for lane in LANES]),
        st.integers(0, 5400),
        st.sampled_from(["visa", "passport"]),
        st.sampled_from([0, 0, 0, 600, 2400]),
    )
    drawn = draw(st.lists(one, min_size=1, max_size=max_size))
    return [
        waiting(lane, ago_s, order, service=service, credit_s=credit_s)
        for order, (lane, ago_s, service, credit_s) in enumerate(drawn, 1)
    ]


# -- the next -------------------------------------------------------------------------------------------------------


@given(NAMES, crowds(), TURNS)
def test_the_next_is_whom_a_plain_search_finds(policy: str, crowd: list[Ticket], turn: int) -> None:
    office = office_with(policy)
    choice = order.choose(lines_of(crowd, office), office, ANY, MORNING, turn=turn)
    assert choice is not None
    assert (choice[0], choice[1].policy) == next_at(crowd, office, ANY, MORNING, turn=turn)


@given(NAMES, crowds(), TURNS, st.integers(0, 6000), st.sampled_from([None, "priority", "family"]))
def test_over_every_policy_stand_the_longest_wait_and_then_the_preferred_lane(
    policy: str, crowd: list[Ticket], turn: int, max_wait_s: int, prefers: str | None
) -> None:
    office, counter = office_with(policy, max_wait_s=max_wait_s), replace(ANY, prefers=prefers)
    choice = order.choose(lines_of(crowd, office), office, counter, MORNING, turn=turn)
    assert choice is not None
    assert (choice[0], choice[1].policy) == next_at(crowd, office, counter, MORNING, turn=turn)


@given(NAMES, crowds(), TURNS, st.sampled_from([None, 3000]), st.sampled_from([None, "priority"]))
def test_the_queue_stands_in_the_order_of_the_calls(
    policy: str, crowd: list[Ticket], turn: int, max_wait_s: int | None, prefers: str | None
) -> None:
    """If one after the other were called at this moment; a turn that was overruled moves on too, so that ends it."""
    office, counter = office_with(policy, max_wait_s=max_wait_s), replace(ANY, prefers=prefers)
    lines = lines_of(crowd, office)
    line = order.line_up(lines, office, MORNING, most=len(crowd), prefers=prefers, turn=turn)
    assert line[:2] == order.line_up(lines, office, MORNING, most=2, prefers=prefers, turn=turn)
    assert sorted(line, key=ARRIVAL) == sorted(crowd, key=ARRIVAL)
    for place, ticket in enumerate(line):
        choice = order.choose(lines_of(line[place:], office), office, counter, MORNING, turn=turn)
        assert choice is not None
        assert choice[0] is ticket
        if isinstance(office.policy, Ratio):
            if choice[1].policy != "ratio" or prefers is not None:
                break
            turn = turn_after(PATTERN, turn, ticket.lane)


@given(NAMES, crowds(), TURNS, st.sampled_from([None, 3000]))
def test_the_reason_is_true(policy: str, crowd: list[Ticket], turn: int, max_wait_s: int | None) -> None:
    office = office_with(policy, max_wait_s=max_wait_s)
    choice = order.choose(lines_of(crowd, office), office, ANY, MORNING, turn=turn)
    assert choice is not None
    chosen, reason = choice
    waited_s = (MORNING - chosen.ranked_since).total_seconds()
    assert reason.waited_s == int(waited_s)
    assert reason.promised_s == office.lanes[chosen.lane].promised_s
    assert reason.score == round(worth(chosen, office, MORNING), 4)
    assert (reason.policy == "max_wait") == (max_wait_s is not None and waited_s > max_wait_s)
    earlier = {t.number: round(worth(t, office, MORNING), 4) for t in crowd if ARRIVAL(t) < ARRIVAL(chosen)}
    assert set(reason.passed_over) <= set(earlier.items())
    assert len(reason.passed_over) == min(len(earlier), MAX_PASSED_OVER)


@given(NAMES, crowds(), TURNS)
def test_equal_inputs_give_equal_answers_in_whatever_order_the_lines_stand(
    policy: str, crowd: list[Ticket], turn: int
) -> None:
    office = office_with(policy)
    lines = lines_of(crowd, office)
    first = order.choose(lines, office, ANY, MORNING, turn=turn)
    assert order.choose(lines[::-1], office, ANY, MORNING, turn=turn) == first


@given(NAMES, crowds(), TURNS)
def test_within_a_lane_and_service_the_first_is_called_first(policy: str, crowd: list[Ticket], turn: int) -> None:
    choice = order.choose(lines_of(crowd, office_with(policy)), office_with(policy), ANY, MORNING, turn=turn)
    assert choice is not None
    assert not [t for t in crowd if t.group == choice[0].group and ARRIVAL(t) < ARRIVAL(choice[0])]


@pytest.mark.parametrize(
    ("policy", "numbers"),
    [
        ("promise", ["B-003", "B-001", "B-004", "B-002"]),
        ("head_start", ["B-003", "B-001", "B-004", "B-002"]),
        ("ratio", ["B-003", "B-004", "B-001", "B-002"]),
        ("strict", ["B-003", "B-004", "B-001", "B-002"]),
        ("fifo", ["B-001", "B-003", "B-002", "B-004"]),
    ],
)
def test_each_policy_in_one_small_hall(policy: str, numbers: list[str]) -> None:
    """Reckoned by hand: shares .33 .08 .34 .22 of the promise; with 900 s of credit 1200 300 1210 1100 s."""
    crowd = [waiting("regular", 1200, 1), waiting("regular", 300, 2)]
    crowd += [waiting("priority", 310, 3), waiting("priority", 200, 4)]
    assert [
        t.number
        for t in order.line_up(lines_of(crowd, office_with(policy)), office_with(policy), MORNING, most=len(crowd))
    ] == numbers


def test_a_credit_is_minutes_on_top_and_no_more() -> None:
    office = office_with(HeadStart({"priority": 90.0}))
    for ahead_s, lane in ((89, "priority"), (91, "regular")):
        crowd = [waiting("regular", 600 + ahead_s, 1), waiting("priority", 600, 2)]
        choice = order.choose(lines_of(crowd, office), office, ANY, MORNING)
        assert choice is not None
        assert choice[0].lane == lane


def test_a_policy_is_named_as_the_configuration_names_it() -> None:
    assert {name: policy_name(policy) for name, policy in POLICIES.items()} == {name: name for name in POLICIES}
    assert {type(policy) for policy in POLICIES.values()} == {Promise, HeadStart, Ratio, Strict, Fifo}


# -- turns of the ratio ---------------------------------------------------------------------------------------------


def ratio_play(*counters: Counter) -> Play:
    places = {counter.id: counter for counter in counters or COUNTERS}
    play = Play(small_office(policy=Ratio(PATTERN), counters=places))
    play.sign_in("c1", "sari")
    return play


def called_lanes(play: Play, count: int, counters: tuple[str, ...] = ("c1",)) -> str:
    """Let counters call in turn; return the lanes by their first letters."""
    letters = ""
    for _, counter in zip(range(count), itertools.cycle(counters), strict=False):
        ticket = play.call_next(counter)
        assert ticket is not None
        letters += ticket.lane[0]
        play.finish(counter)
    return letters


def test_lanes_take_turns_by_the_pattern() -> None:
    play = ratio_play()
    for _ in range(6):
        play.issue("visa", "regular")
        play.issue("visa", "priority")
    assert called_lanes(play, 9) == "pprpprppr"


def test_a_turn_without_anyone_passes_on() -> None:
    play = ratio_play()
    for _ in range(3):
        play.issue("visa", "regular")
    assert called_lanes(play, 2) == "rr"
    play.issue("visa", "priority")
    assert called_lanes(play, 2) == "pr"


def test_counters_of_the_same_work_share_the_turns() -> None:
    play = ratio_play(COUNTERS[0], replace(COUNTERS[0], id="c2"))
    play.sign_in("c2", "budi")
    for _ in range(6):
        play.issue("visa", "regular")
        play.issue("visa", "priority")
    assert called_lanes(play, 9, ("c1", "c2")) == "pprpprppr"


def test_a_counter_of_several_stages_gives_every_lane_its_turn() -> None:
    """The turn must not depend on which stage happens to stand first."""
    play = ratio_play()
    play.issue("visa", "regular")
    for _ in range(6):
        play.issue("passport", "priority")
    assert "r" in called_lanes(play, 4)


def test_turns_begin_anew_each_day() -> None:
    play = ratio_play()
    for _ in range(4):
        play.issue("visa", "priority")
        play.issue("visa", "regular")
    assert called_lanes(play, 2) == "pp"
    play.wait(24 * 3600)
    play.issue("visa", "regular")
    assert called_lanes(play, 3) == "ppr"


def test_a_lane_outside_the_pattern_waits_until_the_others_are_empty_and_takes_no_turn() -> None:
    office = office_with(Ratio(("priority", "regular")))
    crowd = [waiting("family", 5000, 1), waiting("regular", 100, 2), waiting("priority", 10, 3)]
    lines = lines_of(crowd, office)
    assert [t.lane for t in order.line_up(lines, office, MORNING, most=len(crowd))] == [
        "priority",
        "regular",
        "family",
    ]
    assert turn_after(("priority", "regular"), 1, "family") == 1


# -- what a counter may call ------------------------------------------------------------------------------------------


def test_a_counter_prefers_a_lane_while_anyone_waits_there() -> None:
    play = Play(small_office(counters={"c1": replace(COUNTERS[0], prefers="priority")}))
    play.sign_in()
    regular = play.issue("visa", "regular")
    play.wait(3600)
    priority = play.issue("visa", "priority")
    assert play.order() == [priority.number, regular.number]


def test_a_counter_borrows_only_while_its_own_work_is_empty() -> None:
    play = Play(small_office(counters={"c1": replace(COUNTERS[2], id="c1", borrows=("check",))}))
    play.sign_in()
    visa = play.issue("visa")
    play.wait(3600)
    own = play.issue("collection")
    assert play.order() == [own.number, visa.number]


def test_a_borrowed_visitor_can_be_picked_and_set_aside_and_taken_on_again() -> None:
    play = Play(small_office(counters={"c1": replace(COUNTERS[2], id="c1", borrows=("check",))}))
    play.sign_in()
    ticket = play.issue("visa")
    play.call_next()
    play.hold()
    play.unhold(ticket)
    play.finish()
    assert play.ticket(ticket.id).state == "finished"


def test_a_step_free_lane_is_called_at_step_free_counters_only() -> None:
    lanes_ = (REGULAR, PRIORITY, Lane("wheel", "W", 900, step_free=True))
    counters = {c.id: replace(c, step_free=c.id == "c4", lanes=None) for c in COUNTERS}
    play = Play(small_office(lanes=lanes_, counters=counters))
    play.sign_in("c1", "sari")
    play.sign_in("c4", "budi")
    ticket = play.issue("visa", "wheel")
    assert play.call_next("c1") is None
    assert play.hall.staffing(ticket.group) == (1, 1)
    called = play.call_next("c4")
    assert called is not None
    assert called.id == ticket.id


def test_a_step_free_counter_calls_the_others_too() -> None:
    counters = {c.id: replace(c, step_free=True) for c in COUNTERS}
    play = Play(small_office(counters=counters))
    play.sign_in()
    play.issue("visa", "regular")
    assert play.call_next() is not None


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_nobody_waits_longer_than_the_longest_wait_while_others_are_served(policy: str) -> None:
    """A flood of the favoured lane, and one regular visitor: by this guard alone the wait has an end."""
    office = small_office(policy=POLICIES[policy], lanes=(replace(REGULAR, max_wait_s=1800), PRIORITY))
    play = Play(office)
    play.sign_in()
    for _ in range(40):
        play.issue("visa", "priority")
    regular = play.issue("visa", "regular")
    for _ in range(40):
        play.issue("visa", "priority")
        play.issue("visa", "priority")
        called = play.call_next()
        assert called is not None
        if called.id == regular.id:
            break
        play.wait(60)
        play.finish()
    assert play.ticket(regular.id).state == "called"
    assert (play.now - regular.waiting_since).total_seconds() <= 1800 + 60


def test_the_lines_a_counter_may_call_are_what_a_plain_search_of_the_hall_finds() -> None:
    counters = {
        "c1": replace(COUNTERS[0], borrows=("collection",)),
        "c2": COUNTERS[1],
        "c3": replace(COUNTERS[2], borrows=("check",), lanes=frozenset({"regular"})),
    }
    play = Play(small_office(counters=counters))
    for service, lane in itertools.product(("passport", "visa", "collection"), ("regular", "priority")):
        play.issue(service, lane)
    for counter in counters.values():
        lines = play.hall.callable_lines(counter.id, play.now)
        found = {ticket.id for line in lines for _, _, ticket in line.entries}
        assert found == {t.id for t in callable_at(play.hall.tickets.values(), play.office, counter, play.now)}


# -- how many before ------------------------------------------------------------------------------------------------


@dataclass
class Called:
    """A hall that calls one after the other, the slow way."""

    office: Office
    pace_s: float
    turn: int = 0

    def before(self, asked: Waiting, crowd: list[Ticket]) -> int:
        """Return how many are called before it is the turn of `asked`."""
        left: list[Waiting] = [ticket for ticket in crowd if ticket is not asked]
        turn = self.turn
        for call in range(len(left) + 1):
            at = MORNING + dt.timedelta(seconds=call * self.pace_s)
            first = self._first([*left, asked], at, turn)
            if first is asked:
                return call
            left.remove(first)
            turn = turn_after(PATTERN, turn, first.lane) if isinstance(self.office.policy, Ratio) else turn
        raise AssertionError

    def _first(self, everybody: list[Waiting], at: dt.datetime, turn: int) -> Waiting:
        return first_by_policy(everybody, self.office, at, turn=turn)


PACES = st.sampled_from([0, 1, 20, 60, 150, 400])


@given(NAMES, crowds(), PACES, TURNS, st.data())
def test_ahead_is_what_calling_them_shows(
    policy: str, crowd: list[Ticket], pace_s: int, turn: int, data: st.DataObject
) -> None:
    office, asked = office_with(policy), data.draw(st.sampled_from(crowd))
    hall = one_counter_hall(crowd, office, pace_s=pace_s, turn=turn)
    foreseen = Forward(hall, MORNING).of(asked)
    assert foreseen is not None
    assert (foreseen.ahead, foreseen.calls_before) == (Called(office, pace_s, turn).before(asked, crowd),) * 2


@given(NAMES, crowds(), PACES, TURNS, st.sampled_from([lane.id for lane in LANES]))
def test_ahead_of_a_newcomer_is_what_calling_them_shows(
    policy: str, crowd: list[Ticket], pace_s: int, turn: int, lane: str
) -> None:
    office, newcomer = office_with(policy), Newcomer(lane, SOON)
    hall = one_counter_hall(crowd, office, pace_s=pace_s, turn=turn)
    foreseen = Forward(hall, MORNING).newcomer(("check", "visa", lane, ""))
    assert foreseen is not None
    assert foreseen.ahead == Called(office, pace_s, turn).before(newcomer, crowd)


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("lane", ["regular", "priority"])
def test_far_back_ahead_is_near_what_calling_them_shows(policy: str, lane: str) -> None:
    """Beyond the calls that are played: 160 waiting, every fourth with priority."""
    crowd = [waiting("priority" if n % 4 == 0 else "regular", 3600 - 20.0 * n, n + 1) for n in range(160)]
    office, newcomer = office_with(policy), Newcomer(lane, SOON)
    foreseen = Forward(one_counter_hall(crowd, office, pace_s=45), MORNING).newcomer(("check", "visa", lane, ""))
    really = Called(office, 45).before(newcomer, crowd)
    assert foreseen is not None
    assert really > MOST_CALLS or foreseen.ahead == really
    assert foreseen.ahead == pytest.approx(really, abs=2)
