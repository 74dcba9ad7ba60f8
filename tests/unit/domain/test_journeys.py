"""One number through the office: stages, transfers, holding, missing and coming back, taking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code
from broker.domain.hall import UNDO_WINDOW
from broker.domain.model import Journey, Lane, Ticket
from broker.domain.policies import Fifo, HeadStart, Policy, Promise, Ratio, Strict
from tests.fakes.clock import MORNING
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, PRIORITY, REGULAR, small_office
from tests.unit.domain.test_issuing import refusal

DAY_S = 24 * 3600
UNDO_S = UNDO_WINDOW.total_seconds()


@pytest.fixture
def play() -> Play:
    """Return an office with Sari at counter 1 and Budi at counter 2."""
    play = Play()
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    return play


def history(play: Play, ticket: Ticket) -> list[str]:
    return [line.type for line in play.ticket(ticket.id).history]


# -- stages ---------------------------------------------------------------------------------------------------------


def test_finish_moves_on_with_the_same_number_and_keeps_what_was_waited(play: Play) -> None:
    ticket = play.issue("passport")
    play.wait(1200)
    play.call_next()
    play.start()
    play.wait(400)
    play.finish()
    between = play.ticket(ticket.id)
    assert (between.number, between.stage, between.state) == (ticket.number, "interview", "waiting")
    assert between.waiting_since == play.now
    assert between.ranked_since == play.now - dt.timedelta(seconds=1200)


def test_who_has_waited_before_is_called_before_who_came_meanwhile(play: Play) -> None:
    """The whole point of one number: the second stage does not begin at the end of the line."""
    first = play.issue("passport")
    play.wait(1800)
    play.call_next()
    newcomers = [play.issue("visa") for _ in range(3)]
    play.wait(600)
    play.finish()
    assert play.order() == [first.number, *(ticket.number for ticket in newcomers)]


def test_the_time_at_the_counter_is_no_wait(play: Play) -> None:
    ticket = play.issue("passport")
    play.wait(60)
    play.call_next()
    play.wait(3600)
    play.finish()
    assert play.now - play.ticket(ticket.id).ranked_since == dt.timedelta(seconds=60)


def test_the_wait_of_all_stages_adds_up(play: Play) -> None:
    play.hall.office = small_office(services={"long": replace(small_office().services["passport"], id="long")})
    ticket = play.issue("long")
    for waited_s in (100, 250):
        play.wait(waited_s)
        play.call_next()
        play.wait(500)
        if waited_s == 100:
            play.finish()
    play.send_to(stage="interview")
    assert play.now - play.ticket(ticket.id).ranked_since == dt.timedelta(seconds=350)


def test_a_recall_does_not_count_as_waiting(play: Play) -> None:
    ticket = play.issue("passport")
    play.wait(100)
    play.call_next()
    play.wait(70)
    play.do(cmd.Recall("c1", "c1"))
    play.finish()
    assert play.now - play.ticket(ticket.id).ranked_since == dt.timedelta(seconds=100)


# -- transfer -------------------------------------------------------------------------------------------------------


def test_an_officer_skips_a_stage_by_transfer(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.do(cmd.Transfer("c1", "c1", stage="collection", reason="no interview needed"))
    after = play.ticket(ticket.id)
    assert (after.number, after.service, after.stage, after.state) == ("A-001", "passport", "collection", "waiting")
    assert (after.counter, after.called_at, after.times_called) == (None, None, 0)
    assert play.hall.desks["c1"].ticket is None


def test_an_officer_repeats_a_stage_by_transfer_and_the_journey_goes_on_from_there(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.finish()
    play.call_next()
    play.send_to(stage="check")
    assert play.ticket(ticket.id).stage == "check"
    play.call_next()
    play.finish()
    assert play.ticket(ticket.id).stage == "interview"


def test_a_stage_outside_the_service_ends_the_journey(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.send_to(stage="collection")
    play.sign_in("c3", "dewi")
    play.call_next("c3")
    play.finish("c3")
    assert play.ticket(ticket.id).state == "finished"


def test_a_transfer_to_a_service_begins_at_its_first_stage_and_keeps_number_and_history(play: Play) -> None:
    ticket = play.issue("visa", "priority")
    play.wait(300)
    play.call_next()
    play.send_to(service="passport")
    after = play.ticket(ticket.id)
    assert (after.number, after.lane, after.service, after.stage) == ("BP-001", "priority", "passport", "check")
    assert history(play, ticket) == ["issued", "called", "transferred"]
    assert play.hall.find("BP-001") == after
    assert play.now - after.ranked_since == dt.timedelta(seconds=300)


def test_a_transfer_takes_no_number_of_the_other_service_and_none_of_its_quota() -> None:
    office = small_office()
    services = {**office.services, "passport": replace(office.services["passport"], quota=1)}
    play = Play(replace(office, services=services))
    play.sign_in()
    play.issue("visa")
    play.call_next()
    play.send_to(service="passport")
    assert play.issue("passport").number == "A-001"


def test_who_is_sent_to_a_counter_waits_for_it_alone(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.send_to("c2", to="c1")
    assert play.call_next("c2") is None
    called = play.call_next("c1")
    assert called is not None
    assert (called.id, called.sent_to, called.sent_until) == (ticket.id, "", None)


def test_who_is_sent_to_a_counter_cannot_be_picked_at_another(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.send_to("c2", to="c1")
    assert refusal(play, cmd.Call("c2", "c2", ticket.number)).code is Code.NOT_ALLOWED
    play.wait(play.hall.office.journey.sent_fallback_s)
    assert play.do(cmd.Call("c2", "c2", ticket.number))


def test_who_was_sent_in_vain_falls_back_to_all_at_the_configured_moment(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.send_to("c2", to="c1")
    play.wait(play.hall.office.journey.sent_fallback_s - 0.001)
    assert play.call_next("c2") is None
    play.wait(0.001)
    called = play.call_next("c2")
    assert called is not None
    assert called.id == ticket.id


def test_a_ticket_sent_to_a_counter_keeps_its_stage_where_that_is_served_there(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.finish()
    play.call_next()
    play.send_to(to="c1")
    assert play.ticket(ticket.id).stage == "interview"


def test_a_ticket_sent_to_a_counter_of_other_stages_goes_to_the_first_of_them(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.send_to(to="c3")
    assert (play.ticket(ticket.id).stage, play.ticket(ticket.id).sent_to) == ("collection", "c3")


@pytest.mark.parametrize("to", ["c2", "c4"])
def test_nobody_is_sent_to_a_counter_that_does_not_serve_them(play: Play, to: str) -> None:
    """Counter 2 is for another service, counter 4 for another lane."""
    play.issue("visa", "regular")
    play.call_next()
    error = refusal(play, cmd.Transfer("c1", "c1", to_counter=to))
    assert error.code is Code.NOT_ALLOWED
    assert play.hall.desks["c1"].ticket is not None


def test_nobody_is_sent_up_stairs() -> None:
    """A lane for step-free counters, and a counter that is none."""
    lanes = (REGULAR, replace(PRIORITY, step_free=True))
    counters = {c.id: replace(c, step_free=c.id == "c1") for c in COUNTERS}
    play = Play(small_office(lanes=lanes, counters=counters))
    play.sign_in()
    play.issue("visa", "priority")
    play.call_next()
    assert refusal(play, cmd.Transfer("c1", "c1", to_counter="c4")).code is Code.NOT_ALLOWED


def test_nobody_is_sent_where_no_counter_ever_serves_them() -> None:
    """They would wait for nobody: lost, though on the books."""
    counters = {c.id: c for c in COUNTERS if c.id in {"c1", "c2"}}
    play = Play(small_office(counters=counters))
    play.sign_in()
    play.issue("visa")
    play.call_next()
    assert refusal(play, cmd.Transfer("c1", "c1", stage="collection")).code is Code.NOT_ALLOWED


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


POLICIES: dict[str, Policy] = {
    "promise": Promise(),
    "head_start": HeadStart({"priority": 900.0}),
    "fifo": Fifo(),
    "strict": Strict(("priority", "regular")),
    "ratio": Ratio(("priority", "priority", "regular")),
}


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
    older = [play.issue() for _ in range(5)]
    play.wait(600)
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


# -- taking back ----------------------------------------------------------------------------------------------------


def called(play: Play) -> None:
    play.call_next()


def started(play: Play) -> None:
    play.call_next()
    play.wait(10)
    play.start()


def finished(play: Play) -> None:
    started(play)
    play.wait(200)
    play.finish()


def no_show(play: Play) -> None:
    play.call_next()
    play.wait(90)
    play.no_show()


def held(play: Play) -> None:
    started(play)
    play.wait(50)
    play.hold(note="a copy")


def unheld(play: Play) -> None:
    held(play)
    play.wait(500)
    play.unhold(play.ticket("A-001"))


def transferred(play: Play) -> None:
    started(play)
    play.wait(50)
    play.send_to(to="c3")


ACTIONS: dict[str, tuple[Callable[[Play], None], cmd.Command]] = {
    "called": (called, cmd.Next("c1", "c1")),
    "started": (started, cmd.Start("c1", "c1")),
    "finished": (finished, cmd.Finish("c1", "c1")),
    "no_show": (no_show, cmd.NoShow("c1", "c1")),
    "held": (held, cmd.Hold("c1", "c1")),
    "unheld": (unheld, cmd.Unhold("c1", "c1", "A-001")),
    "transferred": (transferred, cmd.Transfer("c1", "c1", to_counter="c3")),
}


def before_last(action: str, begins: dt.datetime = MORNING) -> tuple[Play, Play]:
    """Return two plays of one story: as it was right before the last action, and after it."""
    stories = []
    for whole in (False, True):
        play = Play(small_office(policy=Ratio(("priority", "regular"))), now=begins)
        play.sign_in("c1", "sari")
        play.sign_in("c2", "budi")
        play.issue("visa")
        play.call_next()
        play.wait(77)
        play.finish()
        play.issue("passport")
        play.wait(100)
        do = play.do
        if not whole:
            last = ACTIONS[action][1]
            play.do = lambda command, last=last, do=do: (  # type: ignore[method-assign,misc]  # leaves one action out
                [] if type(command) is type(last) else do(command)
            )
        ACTIONS[action][0](play)
        play.do = do  # type: ignore[method-assign]  # back to what it was
        stories.append(play)
    return stories[0], stories[1]


@pytest.mark.parametrize("action", ACTIONS)
def test_undo_puts_ticket_desk_and_figures_back(action: str) -> None:
    before, after = before_last(action)
    after.wait(UNDO_S)
    (event,) = after.do(cmd.Undo("c1", "c1", "the wrong key"))
    assert isinstance(event, ev.Undone)
    assert (event.action, event.note, event.counter) == (action, "the wrong key", "c1")
    ticket = after.ticket("A-001")
    assert replace(ticket, history=()) == replace(before.ticket("A-001"), history=())
    assert [line.type for line in ticket.history][-2:] == [action, "undone"]
    assert after.hall.desks == before.hall.desks
    assert (after.hall.held, after.hall.missed) == (before.hall.held, before.hall.missed)
    assert {key: [t.id for t in group] for key, group in after.hall.groups.items() if group} == {
        key: [t.id for t in group] for key, group in before.hall.groups.items() if group
    }
    assert after.hall.turns == before.hall.turns
    paces = [{s: (p.weight, p.total_s) for s, p in play.hall.paces.items()} for play in (before, after)]
    assert paces[1] == {stage: pytest.approx(pace) for stage, pace in paces[0].items()}


@pytest.mark.parametrize("action", ACTIONS)
def test_after_half_a_minute_it_stands(action: str) -> None:
    _, play = before_last(action)
    play.wait(UNDO_S + 0.001)
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


@pytest.mark.parametrize("action", ACTIONS)
def test_what_was_taken_back_can_be_done_again_and_counts_once(action: str) -> None:
    _, once = before_last(action)
    _, play = before_last(action)
    play.undo()
    play.do(ACTIONS[action][1])
    assert play.hall.desks["c1"].served_today == once.hall.desks["c1"].served_today
    assert play.hall.desks["c1"].service_s_today == once.hall.desks["c1"].service_s_today
    assert play.ticket("A-001").state == once.ticket("A-001").state
    assert play.ticket("A-001").ranked_since == once.ticket("A-001").ranked_since


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_taken_back_twice(action: str) -> None:
    _, play = before_last(action)
    play.undo()
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


@pytest.mark.parametrize("action", ACTIONS)
def test_midnight_ends_what_can_be_taken_back(action: str) -> None:
    """The figures of yesterday are closed; whoever was done is gone."""
    midnight = MORNING.replace(hour=0) + dt.timedelta(days=1)
    _, tried = before_last(action)
    _, play = before_last(action, begins=MORNING + (midnight - tried.now) - dt.timedelta(seconds=10))
    play.wait(9.999999)
    until = play.hall.undo_until("c1")
    assert until == play.now
    assert until.date() == MORNING.date()
    play.wait(0.000001)
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO
    play.issue("visa")
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_a_finish_is_not_taken_back_when_a_colleague_has_called_the_visitor(play: Play) -> None:
    play.issue("passport")
    play.call_next("c2")
    play.finish("c2")
    play.call_next("c1")
    assert refusal(play, cmd.Undo("c2", "c2")).code is Code.NOTHING_TO_UNDO


def test_a_transfer_is_not_taken_back_when_the_visitor_went_on_and_came_back(play: Play) -> None:
    """The ticket looks the same again, but a colleague has worked on it."""
    play.issue("passport")
    play.call_next("c2")
    play.send_to("c2", stage="interview")
    play.wait(5)
    play.call_next("c1")
    play.wait(5)
    play.send_to("c1", stage="interview")
    assert refusal(play, cmd.Undo("c2", "c2")).code is Code.NOTHING_TO_UNDO


def test_a_no_show_is_not_taken_back_when_the_visitor_rejoined(play: Play) -> None:
    ticket = play.issue()
    play.call_next()
    play.no_show()
    play.rejoin(ticket)
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_a_hold_is_not_taken_back_when_a_colleague_goes_on(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.hold("c2")
    play.unhold(ticket, "c1")
    assert refusal(play, cmd.Undo("c2", "c2")).code is Code.NOTHING_TO_UNDO


def test_more_paper_is_no_reason_not_to_take_back_and_stays(play: Play) -> None:
    ticket = play.issue()
    play.call_next()
    play.do(cmd.Reprint(ticket.id))
    play.do(cmd.Printed(ticket.id, "failed", "no paper"))
    play.undo()
    after = play.ticket(ticket.id)
    assert (after.state, after.copies, after.paper) == ("waiting", 1, "failed")


def test_a_call_that_was_taken_back_is_shown_no_more_and_comes_first_again(play: Play) -> None:
    first = play.issue()
    play.issue()
    play.call_next()
    play.do(cmd.Recall("c1", "c1"))
    play.undo()
    assert play.hall.calls == []
    again = play.call_next()
    assert again is not None
    assert again.id == first.id


@pytest.mark.parametrize(
    "step", [cmd.Close("c2", "c2"), cmd.SignIn("c2", "budi", "", "c2", pin_matches=True), cmd.Pause("c2", "c2")]
)
def test_only_the_last_action_of_the_same_sitting_is_taken_back(play: Play, step: cmd.Command) -> None:
    play.issue("passport")
    play.call_next("c2")
    play.finish("c2")
    play.do(step)
    play.sign_in("c2", "budi")
    assert refusal(play, cmd.Undo("c2", "c2")).code is Code.NOTHING_TO_UNDO


def test_taking_back_at_one_counter_touches_no_other(play: Play) -> None:
    play.issue("passport")
    play.issue("passport")
    play.call_next("c1")
    play.call_next("c2")
    play.undo("c1")
    assert play.hall.desks["c2"].ticket is not None
    play.undo("c2")
    assert play.order("c1") == ["A-001", "A-001", "A-002", "A-002"]


def test_undo_gives_a_sent_ticket_back_to_whom_it_was_sent(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next("c2")
    play.send_to("c2", to="c1")
    play.call_next("c1")
    play.undo("c1")
    assert play.ticket(ticket.id).sent_to == "c1"
    assert play.call_next("c2") is None


# -- other lanes, one number ----------------------------------------------------------------------------------------


def test_a_journey_keeps_the_lane_and_its_promise() -> None:
    play = Play(small_office(lanes=(REGULAR, PRIORITY, Lane("family", "F", 1800))))
    play.sign_in()
    family = play.issue("passport", "family")
    regular = play.issue("passport", "regular")
    play.wait(600)
    play.call_next()
    play.finish()
    assert play.ticket(family.id).lane == "family"
    assert play.order() == [family.number, regular.number, regular.number]
