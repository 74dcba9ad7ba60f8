"""Set aside, missed and back again, given up: nobody is silently lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.desk_work import no_show_from
from broker.domain.errors import Code
from broker.domain.model import Journey, Ticket
from tests.fakes.dispatch import POLICIES
from tests.fakes.halls import Play
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.unit.domain.test_issuing import refusal

# -- hold -----------------------------------------------------------------------------------------------------------


def test_who_is_held_waits_for_nobody_and_the_counter_is_free(play: Play) -> None:
    ticket, other = play.issue(), play.issue()
    play.call_next()
    play.start()
    play.hold(note="fetch a copy")
    held = play.ticket(ticket.id)
    assert (held.state, held.note, held.counter) == ("held", "fetch a copy", "c1")
    assert play.hall.held == [ticket.id]
    called = play.call_next()
    assert called is not None
    assert called.id == other.id
    play.finish()
    assert play.call_next() is None


def test_who_was_held_goes_on_where_they_were(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.start("c2")
    play.hold("c2")
    play.wait(900)
    play.unhold(ticket, "c2")
    again = play.ticket(ticket.id)
    assert (again.state, again.note, again.counter) == ("serving", None, "c2")
    assert play.hall.held == []
    play.finish("c2")
    assert (play.ticket(ticket.id).stage, play.ticket(ticket.id).state) == ("interview", "waiting")


def test_a_colleague_goes_on_with_whom_another_holds(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.hold("c2")
    play.do(cmd.Close("c2", "c2"))
    play.unhold(ticket, "c1")
    assert play.hall.desks["c1"].ticket == ticket.id
    assert play.ticket(ticket.id).counter == "c1"


def test_a_counter_does_not_go_on_with_what_it_does_not_serve(play: Play) -> None:
    ticket = play.issue("visa")
    play.call_next()
    play.hold()
    assert refusal(play, cmd.Unhold("c2", "c2", ticket.id)).code is Code.NOT_ALLOWED


def test_the_time_aside_is_no_service_time(play: Play) -> None:
    ticket = play.issue()
    play.call_next()
    play.wait(100)
    play.hold()
    play.wait(5000)
    play.unhold(ticket)
    play.wait(40)
    play.finish()
    assert play.hall.desks["c1"].served_today == 1
    assert play.hall.desks["c1"].service_s_today == 40
    assert play.hall.paces["check"].total_s == pytest.approx(100 * 0.95 + 40)


def test_held_stand_in_the_order_of_being_set_aside(play: Play) -> None:
    tickets = [play.issue() for _ in range(3)]
    for _ in tickets:
        play.call_next()
        play.hold()
    assert play.hall.held == [ticket.id for ticket in tickets]
    play.unhold(tickets[1])
    assert play.hall.held == [tickets[0].id, tickets[2].id]


# -- missing and coming back ----------------------------------------------------------------------------------------


def missed(play: Play, *, waiting: int, lane: str = "regular") -> Ticket:
    """Let one be missed while so many others wait, ten minutes apart."""
    ticket = play.issue("visa", lane)
    for _ in range(waiting):
        play.wait(600)
        play.issue("visa", lane)
    play.wait(600)
    play.do(cmd.Call("c1", "c1", ticket.id))
    play.no_show()
    return ticket


@pytest.mark.parametrize("behind", [0, 1, 3, 4])
@pytest.mark.parametrize("lane", ["regular", "priority"])
def test_a_missed_visitor_returns_behind_exactly_the_next_k(behind: int, lane: str) -> None:
    play = Play(small_office(journey=Journey(rejoin_behind=behind)))
    play.sign_in()
    ticket = missed(play, waiting=6, lane=lane)
    play.rejoin(ticket)
    assert play.order().index(ticket.number) == behind


@pytest.mark.parametrize("policy", ["promise", "head_start", "fifo"])
@pytest.mark.parametrize("lane", ["regular", "priority"])
@pytest.mark.parametrize("behind", [0, 1, 2, 3, 5])
def test_the_next_k_are_counted_over_all_lanes(policy: str, lane: str, behind: int) -> None:
    play = Play(small_office(policy=POLICIES[policy], journey=Journey(rejoin_behind=behind)))
    play.sign_in()
    ticket = play.issue("visa", lane)
    play.wait(10_000)
    for n in range(8):
        play.wait(311)
        play.issue("visa", "priority" if n % 3 == 0 else "regular")
    play.do(cmd.Call("c1", "c1", ticket.id))
    play.no_show()
    play.rejoin(ticket)
    assert play.order().index(ticket.number) == behind


@pytest.mark.parametrize(
    ("policy", "lane", "place"),
    [("strict", "priority", 2), ("strict", "regular", 3), ("ratio", "priority", 3), ("ratio", "regular", 2)],
)
def test_where_lanes_are_set_apart_the_next_k_are_as_near_as_the_lanes_allow(
    policy: str, lane: str, place: int
) -> None:
    """Behind two: waiting are three with priority and five without, called P P P R R R R R or P P R P R R R R."""
    play = Play(small_office(policy=POLICIES[policy], journey=Journey(rejoin_behind=2)))
    play.sign_in()
    ticket = play.issue("visa", lane)
    for came in ("regular", "regular", "priority", "regular", "priority", "regular", "priority", "regular"):
        play.wait(60)
        play.issue("visa", came)
    play.do(cmd.Call("c1", "c1", ticket.id))
    play.hall.turns.clear()
    play.no_show()
    play.rejoin(ticket)
    assert play.order().index(ticket.number) == place


def test_with_fewer_waiting_a_missed_visitor_returns_behind_all(play: Play) -> None:
    ticket = missed(play, waiting=2)
    play.rejoin(ticket)
    assert play.order() == ["B-002", "B-003", "B-001"]


def test_with_nobody_waiting_a_missed_visitor_is_next(play: Play) -> None:
    ticket = missed(play, waiting=0)
    play.rejoin(ticket)
    assert play.order() == ["B-001"]


def test_who_was_called_early_gains_nothing_by_missing_the_call(play: Play) -> None:
    older = []
    for _ in range(5):
        older.append(play.issue())
        play.wait(60)
    picked = play.issue()
    play.do(cmd.Call("c1", "c1", picked.id))
    play.no_show()
    play.rejoin(picked)
    assert play.order() == [*(ticket.number for ticket in older), picked.number]


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_visitor_returns_as_often_as_configured_and_then_not(times: int) -> None:
    play = Play(small_office(journey=Journey(rejoin_times=times)))
    play.sign_in()
    ticket = play.issue()
    for _ in range(times):
        play.call_next()
        play.no_show()
        play.rejoin(ticket)
    play.call_next()
    play.no_show()
    error = refusal(play, cmd.Rejoin(ticket.qr))
    assert error.code is Code.NOT_ALLOWED
    assert error.detail == {"ticket": "B-001", "times": times}
    assert play.hall.missed == [ticket.id]


def test_who_returned_is_called_as_if_for_the_first_time(play: Play) -> None:
    ticket = play.issue()
    play.call_next()
    play.do(cmd.Recall("c1", "c1"))
    play.no_show()
    again = play.rejoin(ticket)
    assert (again.state, again.counter, again.times_called, again.rejoined) == ("waiting", None, 0, 1)
    called = play.call_next()
    assert called is not None
    assert called.times_called == 1
    assert play.hall.missed == []


def test_a_visitor_is_missed_only_after_as_many_calls_as_configured() -> None:
    play = Play(small_office(journey=Journey(calls_before_no_show=3)))
    play.sign_in()
    play.issue()
    play.call_next()
    for _ in range(2):
        assert refusal(play, cmd.NoShow("c1", "c1")).code is Code.ILLEGAL_TRANSITION
        play.do(cmd.Recall("c1", "c1"))
    play.no_show()
    assert len(play.hall.missed) == 1


def test_who_was_missed_at_the_second_stage_returns_to_it(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.finish()
    play.call_next()
    play.no_show()
    assert play.rejoin(ticket).stage == "interview"


# -- giving up ------------------------------------------------------------------------------------------------------


@pytest.fixture
def supervised() -> Play:
    """Return an office where Dewi is a supervisor, at a counter that serves nothing of what the others do."""
    play = Play(small_office(supervisors=frozenset({"dewi"})))
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    play.sign_in("c3", "dewi")
    return play


def test_an_officer_cancels_what_the_own_counter_serves_and_no_more(supervised: Play) -> None:
    visa, passport = supervised.issue("visa"), supervised.issue("passport")
    at_c2 = cmd.AtCounter("c2", "c2")
    assert refusal(supervised, cmd.Cancel(visa.number, at_c2)).code is Code.NOT_ALLOWED
    (event,) = supervised.do(cmd.Cancel(passport.number, at_c2, "went home"))
    assert event == ev.Cancelled(at=supervised.now, ticket=passport.id, counter="c2", reason="went home")


def test_a_supervisor_cancels_at_a_colleagues_counter_and_that_is_free(supervised: Play) -> None:
    ticket = supervised.issue("passport")
    supervised.call_next("c2")
    supervised.do(cmd.Cancel(ticket.number, cmd.AtCounter("c3", "c3"), "threatened the officer"))
    assert supervised.hall.desks["c2"].ticket is None
    assert supervised.hall.desks["c2"].served_today == 0
    assert supervised.ticket(ticket.id).state == "cancelled"
    assert refusal(supervised, cmd.Undo("c2", "c2")).code is Code.NOTHING_TO_UNDO
    assert supervised.call_next("c2") is None


def test_an_officer_does_not_cancel_at_a_colleagues_counter(supervised: Play) -> None:
    ticket = supervised.issue("passport")
    supervised.call_next("c2")
    assert refusal(supervised, cmd.Cancel(ticket.id, cmd.AtCounter("c1", "c1"))).code is Code.ILLEGAL_TRANSITION


def test_a_visitor_gives_up_a_held_and_a_missed_ticket_too(play: Play) -> None:
    held, gone = play.issue(), play.issue()
    play.call_next()
    play.hold()
    play.call_next()
    play.no_show()
    for ticket in (held, gone):
        play.do(cmd.Cancel(ticket.qr))
    assert (play.hall.held, play.hall.missed) == ([], [])


# -- not at once ----------------------------------------------------------------------------------------------------

SLOW = (replace(REGULAR, no_show_after_s=30), replace(PRIORITY, no_show_after_s=60))


def called_in(lane: str) -> Play:
    """Return an office that leaves visitors time to come, one of whom was called just now."""
    play = Play(small_office(lanes=SLOW))
    play.sign_in()
    play.issue(lane=lane)
    play.call_next()
    return play


@pytest.mark.parametrize(("lane", "after_s"), [("regular", 30), ("priority", 60)])
def test_a_visitor_has_the_time_of_the_lane_to_come(lane: str, after_s: int) -> None:
    play = called_in(lane)
    play.wait(2)
    early = refusal(play, cmd.NoShow("c1", "c1"))
    assert (early.code, early.detail["wait_s"]) == (Code.TOO_EARLY, after_s - 2)
    play.wait(after_s - 2.001)
    assert refusal(play, cmd.NoShow("c1", "c1")).detail["wait_s"] == 1
    play.wait(0.001)
    play.no_show()


def test_calling_again_does_not_begin_the_time_anew() -> None:
    play = called_in("regular")
    play.wait(29)
    play.do(cmd.Recall("c1", "c1"))
    play.wait(1)
    play.no_show()


def test_the_time_begins_anew_with_the_call_to_another_stage() -> None:
    play = Play(small_office(lanes=SLOW))
    play.sign_in()
    play.issue("passport")
    play.call_next()
    play.wait(300)
    play.finish()
    play.call_next()
    assert refusal(play, cmd.NoShow("c1", "c1")).detail["wait_s"] == 30


def test_a_no_show_that_was_taken_back_may_be_given_at_once_again() -> None:
    play = called_in("regular")
    play.wait(30)
    play.no_show()
    play.undo()
    play.no_show()


def test_from_when_a_visitor_may_be_given_up_is_known_while_one_is_called_and_only_then() -> None:
    play = called_in("priority")
    (ticket,) = play.hall.tickets.values()
    assert no_show_from(play.hall, ticket) == play.now + dt.timedelta(seconds=60)
    play.start()
    assert no_show_from(play.hall, play.ticket(ticket.id)) is None
