"""The range a visitor is told: sane for any queue, the same on paper as in the books."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.model import Promised, Ticket, Wait
from broker.domain.queue import waits
from broker.domain.queue.forward import MOST_CALLS
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict
from broker.domain.queue.waits import IN_TURN, OVERTAKEN, SOON_S, Odds, odds_of, spread
from broker.gateway.shapes import ticket_shape
from tests.fakes.halls import Play
from tests.fakes.offices import small_office

ODDS = st.sampled_from([IN_TURN, OVERTAKEN])
WIDTHS = st.floats(1.0, 1.3)


def promised(play: Play, service: str = "visa", lane: str = "regular") -> tuple[Ticket, Promised | None]:
    """Issue a ticket; return it and what was promised with it."""
    issued = play.do(cmd.Issue(play.new_id(), service, lane, None))[0]
    assert isinstance(issued, ev.Issued)
    return play.hall.tickets[issued.ticket], issued.promised


# -- the range ------------------------------------------------------------------------------------------------------


@given(ODDS, st.floats(0, 40_000), st.integers(0, 500), WIDTHS)
def test_a_range_is_a_range(odds: Odds, after_s: float, calls: int, width: float) -> None:
    found = spread(odds, after_s=after_s, calls_before=calls, width=width)
    assert 0 <= found.low_s < found.high_s
    assert found.high_s >= SOON_S


@given(ODDS, st.floats(60, 40_000), st.integers(0, 500), WIDTHS)
def test_what_was_played_lies_in_the_range(odds: Odds, after_s: float, calls: int, width: float) -> None:
    found = spread(odds, after_s=after_s, calls_before=calls, width=width)
    assert found.low_s <= after_s <= found.high_s


@given(ODDS, st.integers(0, 499), WIDTHS)
def test_the_more_are_before_the_surer_it_gets(odds: Odds, calls: int, width: float) -> None:
    few, many = (spread(odds, after_s=40_000, calls_before=n, width=width) for n in (calls, calls + 1))
    assert few.low_s <= many.low_s
    assert many.high_s <= few.high_s


def test_at_once_is_within_a_minute() -> None:
    assert spread(IN_TURN, after_s=0, calls_before=0) == Wait(0, SOON_S)


@pytest.mark.parametrize(
    ("policy", "overtaken"),
    [
        (Promise(), {"regular"}),
        (HeadStart({"priority": 60.0}), {"regular"}),
        (Ratio(("priority", "priority", "regular")), {"regular"}),
        (Ratio(("priority", "regular")), set()),
        (Strict(("priority", "regular")), {"regular"}),
        (Fifo(), set()),
    ],
)
def test_where_those_who_come_later_may_go_first_it_is_less_sure(policy: Policy, overtaken: set[str]) -> None:
    office = small_office(policy=policy)
    assert {lane for lane in office.lanes if odds_of(office, lane) is OVERTAKEN} == overtaken


# -- what is told ---------------------------------------------------------------------------------------------------


def test_while_no_counter_is_open_nothing_is_promised() -> None:
    assert promised(Play())[1] is None


def test_with_a_free_counter_it_is_at_once() -> None:
    play = Play()
    play.sign_in()
    assert promised(play)[1] == Promised(ahead=0, low_s=0, high_s=SOON_S, average_s=600, counters=1)


def test_a_promise_says_what_the_usual_rule_would_have_gone_by() -> None:
    play = Play()
    play.sign_in()
    for _ in range(3):
        play.issue()
    play.call_next()
    play.wait(300)
    play.finish()
    play.call_next()
    found = promised(play)[1]
    assert found is not None
    assert (found.ahead, found.average_s, found.counters) == (1, 300, 1)


def test_the_reply_tells_what_the_books_say() -> None:
    """Counted before the ticket is in the queue, or after: the same range."""
    play = Play()
    play.sign_in("c1", "sari")
    play.sign_in("c3", "dewi")
    play.sign_in("c4", "budi")
    lanes = itertools.cycle(["regular", "priority", "regular"])
    for place, service in zip(range(12), itertools.cycle(["visa", "passport", "collection"]), strict=False):
        ticket, told = promised(play, service, next(lanes))
        shown = ticket_shape(play.hall, ticket, play.now)
        assert told is not None
        assert shown.wait is not None
        assert (shown.ahead, shown.wait.low_s, shown.wait.high_s) == (told.ahead, told.low_s, told.high_s)
        if place % 3 == 0 and play.hall.desks["c1"].ticket is None:
            play.call_next("c1")
        play.wait(140)


def test_the_first_promise_of_a_day_knows_nothing_of_yesterday() -> None:
    play = Play()
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(30)
    play.finish()
    play.now += dt.timedelta(days=1)
    play.issue()
    play.now += dt.timedelta(days=1)
    found = promised(play)[1]
    assert found is not None
    assert found.average_s == 600


def test_more_ahead_is_never_sooner() -> None:
    play = Play(small_office(policy=Fifo()))
    play.sign_in()
    told = [promised(play)[1] for _ in range(MOST_CALLS + 60)]
    ranges = [(wait.low_s, wait.high_s) for wait in told if wait is not None]
    assert len(ranges) == len(told)
    assert [low for low, _ in ranges] == sorted(low for low, _ in ranges)
    assert [high for _, high in ranges] == sorted(high for _, high in ranges)


def test_one_more_counter_makes_it_sooner() -> None:
    play = Play()
    play.sign_in("c1", "sari")
    for _ in range(8):
        play.issue("visa", "priority")
    group = ("check", "visa", "priority", "")
    one = waits.newcomer_wait(play.hall, group, play.now)
    play.sign_in("c4", "budi")
    two = waits.newcomer_wait(play.hall, group, play.now)
    assert one is not None
    assert two is not None
    assert two.high_s < one.high_s
    assert two.low_s < one.low_s
