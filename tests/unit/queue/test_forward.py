"""The hall played forward: the calls it foresees are the calls that come."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain.model import Counter, Lane, Office, Service, Ticket, Wait
from broker.domain.queue.forward import MOST_CALLS, Foreseen, Forward
from broker.domain.queue.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict
from broker.domain.queue.waits import SOON_S, ahead_and_wait
from tests.fakes.halls import Play
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.support.trials import examples

CHECK_S = 600
POLICIES: tuple[Policy, ...] = (
    Promise(),
    HeadStart({"priority": 900.0}),
    Ratio(("priority", "priority", "regular")),
    Strict(("priority", "regular")),
    Fifo(),
)


def foreseen(play: Play, ticket: Ticket) -> Foreseen:
    """Return what is foreseen for a ticket that somebody can serve."""
    found = Forward(play.hall, play.now).of(ticket)
    assert found is not None
    return found


def newcomer(play: Play, *, stage: str = "check", service: str = "visa", lane: str = "regular") -> Foreseen | None:
    """Return what is foreseen for someone who came now."""
    return Forward(play.hall, play.now).newcomer((stage, service, lane, ""))


def test_while_no_counter_is_open_nothing_is_foreseen() -> None:
    assert newcomer(Play()) is None


def test_while_all_are_paused_nothing_is_foreseen() -> None:
    play = Play()
    play.sign_in("c1")
    play.do(cmd.Pause("c1", "c1"))
    assert newcomer(play) is None


def test_a_counter_that_serves_something_else_is_no_help() -> None:
    play = Play()
    play.sign_in("c3")
    assert newcomer(play) is None
    assert newcomer(play, stage="collection", service="collection") == Foreseen(0.0, 0, 0)


def test_a_free_counter_calls_at_once() -> None:
    play = Play()
    play.sign_in()
    assert newcomer(play) == Foreseen(0.0, 0, 0)


def test_one_counter_takes_one_after_the_other() -> None:
    play = Play()
    play.sign_in()
    first, second = play.issue(), play.issue()
    assert [foreseen(play, ticket) for ticket in (first, second)] == [Foreseen(0.0, 0, 0), Foreseen(CHECK_S, 1, 1)]
    assert newcomer(play) == Foreseen(2 * CHECK_S, 2, 2)


def test_whoever_is_served_is_done_when_the_usual_time_is_over() -> None:
    play = Play()
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(200)
    assert newcomer(play) == Foreseen(CHECK_S - 200, 0, 0)


def test_whoever_takes_longer_than_usual_is_expected_to_go_on_for_a_while() -> None:
    play = Play()
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(5000)
    found = newcomer(play)
    assert found is not None
    assert 0.3 * CHECK_S < found.after_s < 0.6 * CHECK_S


def test_those_who_need_another_counter_are_not_in_the_way() -> None:
    """Counters 1 and 2 serve passports, visas go to counter 1 only: ten passports cost a visa half of them."""
    office = small_office(policy=Fifo())
    play = Play(office)
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    for _ in range(10):
        play.issue("passport")
    found = newcomer(play)
    assert found is not None
    assert found.after_s == pytest.approx(5 * CHECK_S)


def test_whoever_comes_on_from_an_earlier_stage_goes_before_a_newcomer() -> None:
    """The passport at counter 2 will want its interview at counter 1, and has waited before."""
    play = Play(small_office(policy=Fifo()))
    play.sign_in("c2", "budi")
    play.issue("passport")
    play.wait(900)
    play.call_next("c2")
    play.wait(CHECK_S)
    play.sign_in("c1", "sari")
    play.issue("visa")
    play.call_next("c1")
    play.wait(1)
    found = newcomer(play)
    assert found is not None
    assert found.after_s > 900


def test_a_borrowing_counter_comes_when_its_own_work_is_done() -> None:
    counters = {"own": Counter("own", "1", ("collection",), borrows=("check",))}
    play = Play(small_office(counters=counters))
    play.sign_in("own")
    play.issue("collection")
    assert newcomer(play) == Foreseen(180, 1, 1)


def test_a_ticket_sent_to_a_counter_waits_for_that_one() -> None:
    play = Play(small_office(policy=Fifo()))
    play.sign_in("c1", "sari")
    play.sign_in("c4", "budi")
    sent = play.issue("visa", "priority")
    play.call_next("c1")
    play.send_to("c1", to="c4")
    sent = play.ticket(sent.id)
    for _ in range(3):
        play.issue("visa", "regular")
    assert foreseen(play, sent) == Foreseen(0.0, 0, 0)


def sent_to_a_closed_counter(play: Play) -> Ticket:
    """Return a visitor whom counter 1 sent to counter 4, where nobody sits; two others wait."""
    play.sign_in("c1", "sari")
    sent = play.issue("visa", "priority")
    play.call_next("c1")
    play.send_to("c1", to="c4")
    for _ in range(2):
        play.issue("visa", "priority")
    return play.ticket(sent.id)


def test_a_ticket_sent_to_a_closed_counter_is_everybodys_when_its_time_there_is_over() -> None:
    play = Play()
    sent = sent_to_a_closed_counter(play)
    fallback_s = play.office.journey.sent_fallback_s
    assert foreseen(play, sent).after_s >= fallback_s
    play.wait(fallback_s)
    assert foreseen(play, sent) == Foreseen(0.0, 0, 0)
    ahead, wait = ahead_and_wait(play.hall, sent, play.now)
    assert (ahead, wait) == (0, Wait(0, SOON_S))
    called = play.call_next("c1")
    assert called is not None
    assert called.id == sent.id


def test_whoever_was_sent_on_stands_before_the_next_once_their_time_is_over() -> None:
    play = Play()
    sent_to_a_closed_counter(play)
    last = play.hall.groups["check", "visa", "priority", ""][-1]
    assert foreseen(play, last).ahead == 1
    play.wait(play.office.journey.sent_fallback_s)
    assert foreseen(play, last).ahead == 2


def test_while_no_counter_is_open_the_number_before_is_counted_as_if_all_were() -> None:
    play = Play()
    tickets = [play.issue("visa", "regular") for _ in range(3)]
    assert [ahead_and_wait(play.hall, ticket, play.now) for ticket in tickets] == [(0, None), (1, None), (2, None)]


def test_a_step_free_lane_waits_for_step_free_counters_only() -> None:
    lanes = (REGULAR, PRIORITY, Lane("wheel", "W", 900, step_free=True))
    counters = {name: Counter(name, name, ("check",), step_free=name == "2") for name in "12"}
    play = Play(small_office(lanes=lanes, counters=counters))
    play.sign_in("1", "sari")
    assert newcomer(play, lane="wheel") is None
    assert newcomer(play) == Foreseen(0.0, 0, 0)
    play.sign_in("2", "budi")
    assert newcomer(play, lane="wheel") == Foreseen(0.0, 0, 0)


def test_a_counter_that_found_nobody_calls_whoever_comes_on_from_an_earlier_stage() -> None:
    """Counter 3 is idle; the passport is checked at counter 1 and then wants to be collected."""
    services = {"both": Service("both", "A", ("check", "collection"))}
    counters = {"1": Counter("1", "1", ("check",)), "3": Counter("3", "3", ("collection",))}
    play = Play(small_office(services=services, counters=counters))
    play.sign_in("3", "budi")
    play.sign_in("1", "sari")
    for _ in range(2):
        play.issue("both")
    forward = Forward(play.hall, play.now)
    assert [call[:2] for call in forward.calls()] == [("1", 0.0), ("1", CHECK_S), ("3", CHECK_S), ("3", 2.0 * CHECK_S)]


def test_what_lies_beyond_the_play_goes_on_at_its_pace() -> None:
    play = Play()
    play.sign_in()
    for _ in range(MOST_CALLS + 20):
        play.issue()
    found = newcomer(play)
    assert found is not None
    assert not found.is_played
    assert found.calls_before == MOST_CALLS + 20
    assert found.after_s == pytest.approx((MOST_CALLS + 20) * CHECK_S, rel=0.02)


ARRIVALS = st.lists(
    st.tuples(st.sampled_from(["visa", "passport", "collection"]), st.sampled_from(["regular", "priority"])),
    min_size=1,
    max_size=14,
)


@settings(max_examples=examples(60))
@given(ARRIVALS, st.sampled_from(POLICIES), st.lists(st.integers(1, 900), min_size=14, max_size=14))
def test_what_is_foreseen_is_what_the_domain_does_when_nothing_unforeseen_happens(
    arrivals: list[tuple[str, str]], policy: Policy, gaps: list[int]
) -> None:
    """All visits take their usual time and nobody else comes: then every call is foreseen to the second.

    One counter, since with several the rests of running visits are spread; it is free at the beginning.
    """
    counters = {"all": Counter("all", "1", ("check", "interview", "collection"))}
    play = Play(small_office(policy=policy, counters=counters, lanes=(replace(REGULAR, max_wait_s=5400), PRIORITY)))
    tickets = []
    for (service, lane), gap in zip(arrivals, gaps, strict=False):
        tickets.append(play.issue(service, lane))
        play.wait(gap)
    play.sign_in("all")
    forward, began = Forward(play.hall, play.now), play.now
    expected = {ticket.id: forward.of(ticket) for ticket in tickets}
    called: dict[str, float] = {}
    for _ in itertools.count():
        ticket = play.call_next("all")
        if ticket is None:
            break
        called.setdefault(ticket.id, (play.now - began).total_seconds())
        play.wait(play.office.stage_standard_s[ticket.stage])
        play.finish("all")
    assert called == {name: pytest.approx(found.after_s) for name, found in expected.items() if found is not None}
    assert len(called) == len(tickets)


def test_two_looks_at_the_same_moment_see_the_same() -> None:
    play = Play(office_of_many())
    for counter, officer in (("1", "sari"), ("2", "budi"), ("3", "dewi")):
        play.sign_in(counter, officer)
    for lane in ("regular", "priority", "regular", "regular", "priority") * 4:
        play.issue("visit", lane)
        play.wait(100)
    play.call_next("1")
    forward = Forward(play.hall, play.now)
    first, again = (forward.newcomer(("check", "visit", "regular", "")) for _ in range(2))
    assert first == again == newcomer(play, service="visit")


def test_a_rush_of_newcomers_behind_a_full_hall_shares_one_play() -> None:
    play = Play(office_of_many())
    play.sign_in("1", "sari")
    for _ in range(MOST_CALLS + 10):
        play.issue("visit")
        play.wait(5)
    play.issue("visit")
    kept = play.hall.played
    told_ahead = []
    for _ in range(20):
        play.wait(0.002)
        told_ahead.append(ahead_and_wait(play.hall, play.issue("visit"), play.now)[0])
    assert play.hall.played is kept
    assert told_ahead == list(range(told_ahead[0], told_ahead[0] + 20))


def test_a_play_goes_no_further_than_somebody_asks() -> None:
    play = Play(office_of_many())
    play.sign_in("1", "sari")
    first, *_ = [play.issue("visit") for _ in range(40)]
    forward = Forward(play.hall, play.now)
    assert forward.of(first) == Foreseen(0.0, 0, 0)
    assert len(forward._calls) == 1


def office_of_many() -> Office:
    """Return an office with three equal counters."""
    return small_office(
        services={"visit": Service("visit", "V", ("check",))},
        counters={name: Counter(name, name, ("check",)) for name in "123"},
    )
