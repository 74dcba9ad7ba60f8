"""No lane starves: whatever the others do, a ticket's wait is bounded while the office keeps up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain.hall import Hall
from broker.domain.model import Lane
from broker.domain.queue.order import score
from tests.fakes.halls import Play
from tests.fakes.offices import PRIORITY, REGULAR, small_office

SERVICE_S = 60
LANES = st.sampled_from(["regular", "priority"])


def oldest_share(hall: Hall, play: Play) -> float:
    """Return the largest waited share of a promise in the hall."""
    waiting = [ticket for group in hall.groups.values() for ticket in group]
    return max((score(ticket, hall.office, play.now) for ticket in waiting), default=0.0)


def serve(play: Play) -> str | None:
    """Call and finish one visitor; return the lane."""
    ticket = play.call_next()
    if ticket is None:
        return None
    play.wait(SERVICE_S)
    play.finish()
    return ticket.lane


@given(st.lists(st.lists(LANES, max_size=2), max_size=120))
def test_who_waits_is_called_before_any_equal_share_grows_past_the_longest_line(minutes: list[list[str]]) -> None:
    """At most N wait at once, a call a minute: nobody waits longer than the promise ratio times N calls."""
    play = Play()
    play.sign_in()
    most = 0
    for came in minutes:
        for lane in came:
            play.issue("visa", lane)
        most = max(most, sum(len(group) for group in play.hall.groups.values()))
        serve(play)
        bound_s = most * SERVICE_S * (1 + REGULAR.promised_s / PRIORITY.promised_s)
        assert all(
            (play.now - ticket.waiting_since).total_seconds() <= bound_s
            for group in play.hall.groups.values()
            for ticket in group
        )


@pytest.mark.parametrize(("flood", "a_minute"), [("regular", 2), ("priority", 1)])
def test_a_flood_of_one_lane_does_not_starve_the_other(flood: str, a_minute: int) -> None:
    """Two hours of backlog in one lane, and more keep coming: the one of the other lane is called in its time.

    (Priority visitors without end and faster than they can be served would keep regular ones waiting: their share
    grows four times as fast. A lane's quota is there for that.)
    """
    play = Play()
    play.sign_in()
    for _ in range(120):
        play.issue("visa", flood)
        play.issue("visa", flood)
        serve(play)
    other = play.issue("visa", "priority" if flood == "regular" else "regular")
    largest = oldest_share(play.hall, play)
    for _ in range(600):
        if play.ticket(other.id).state != "waiting":
            break
        for _ in range(a_minute):
            play.issue("visa", flood)
        largest = max(largest, oldest_share(play.hall, play))
        serve(play)
    served = play.ticket(other.id)
    assert served.state == "finished"
    assert served.called_at is not None
    promised_s = play.hall.office.lanes[other.lane].promised_s
    assert (served.called_at - other.waiting_since).total_seconds() <= largest * promised_s + SERVICE_S


def test_under_load_both_lanes_use_the_same_share_of_their_promise() -> None:
    """What the policy is for: a priority visitor waits a quarter of the time, since the promise is a quarter."""
    play = Play()
    play.sign_in()
    shares: dict[str, list[float]] = {"regular": [], "priority": []}
    for minute in range(600):
        play.issue("visa", "priority" if minute % 4 == 0 else "regular")
        if minute % 10 == 0:
            play.issue("visa", "regular")
        ticket = play.call_next()
        assert ticket is not None
        if minute > 300:
            shares[ticket.lane].append(score(ticket, play.hall.office, play.now))
        play.wait(SERVICE_S)
        play.finish()
    means = {lane: sum(seen) / len(seen) for lane, seen in shares.items()}
    assert means["priority"] == pytest.approx(means["regular"], rel=0.15)


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=40), st.integers(1, 5), st.integers(1, 5))
def test_who_came_together_leaves_by_the_promise_and_nobody_stays(lanes: list[str], b: int, c: int) -> None:
    office = small_office(lanes=(Lane("a", "", 600), Lane("b", "B", 600 * b), Lane("c", "C", 600 * c)))
    play = Play(office)
    play.sign_in()
    for lane in lanes:
        play.issue("visa", lane)
    served = [serve(play) for _ in lanes]
    assert sorted(filter(None, served)) == sorted(lanes)
    assert play.do(cmd.Next("c1", "c1")) == []
    assert oldest_share(play.hall, play) == 0.0
