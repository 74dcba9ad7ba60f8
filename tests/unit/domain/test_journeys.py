"""One number through the office: stages, transfers, counters it is sent to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain.errors import Code
from broker.domain.model import Lane, Ticket
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, PRIORITY, REGULAR, small_office
from tests.unit.domain.test_issuing import refusal


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
