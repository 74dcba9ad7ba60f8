"""A supervisor moves and cancels whomever it takes, says why, and that stays on record."""

from __future__ import annotations

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code
from broker.domain.model import Ticket
from tests.fakes.halls import Play
from tests.fakes.offices import small_office
from tests.unit.domain.test_issuing import refusal

DEWI = ("c3", "c3")
WHY = "wheelchair: counter 4 is step-free"


@pytest.fixture
def play() -> Play:
    """Return an office where Dewi is a supervisor, at a counter that serves nothing of what the others do."""
    play = Play(small_office(supervisors=frozenset({"dewi"})))
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    play.sign_in("c3", "dewi")
    return play


def move(ticket: Ticket, reason: str | None = WHY, **where: str) -> cmd.Transfer:
    """Return what Dewi asks for; the interview where no other place is named."""
    return cmd.Transfer(*DEWI, ticket=ticket.id, reason=reason, **(where or {"stage": "interview"}))


def test_a_waiting_visitor_is_moved_and_loses_nothing_of_the_wait(play: Play) -> None:
    ticket = play.issue("passport")
    play.wait(600)
    (event,) = play.do(move(ticket))
    assert isinstance(event, ev.Transferred)
    assert (event.counter, event.reason, event.stage) == ("c3", WHY, "interview")
    play.wait(300)
    after = play.ticket(ticket.id)
    assert (after.number, after.state, after.stage) == (ticket.number, "waiting", "interview")
    assert (play.now - after.ranked_since).total_seconds() == 900
    assert after.history[-1].type == "transferred"
    called = play.call_next("c1")
    assert called is not None
    assert called.id == ticket.id


def test_who_came_back_and_is_moved_in_the_same_moment_stays_behind_the_others(play: Play) -> None:
    ticket = play.issue("visa")
    play.call_next("c1")
    play.no_show("c1")
    play.wait(60)
    other = play.issue("visa")
    back = play.rejoin(ticket)
    play.do(move(ticket, stage="check"))
    assert play.ticket(ticket.id).ranked_since == back.ranked_since
    assert play.order("c1") == [other.number, ticket.number]


def test_undo_brings_no_visitor_back_who_was_taken_from_the_counter_since() -> None:
    play = Play(small_office(supervisors=frozenset({"dewi", "sari"})))
    play.sign_in("c1", "sari")
    play.sign_in("c3", "dewi")
    current, other = play.issue("visa"), play.issue("passport")
    play.call_next("c1")
    play.do(cmd.Transfer("c1", "c1", ticket=other.id, reason=WHY, stage="interview"))
    play.do(cmd.Cancel(current.id, cmd.AtCounter(*DEWI), WHY))
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO
    assert play.hall.desks["c1"].ticket is None
    assert play.ticket(other.id).stage == "interview"


def test_who_waits_at_a_later_stage_keeps_the_wait_of_all_stages(play: Play) -> None:
    ticket = play.issue("passport")
    play.wait(600)
    play.call_next("c1")
    play.wait(120)
    play.finish()
    play.wait(300)
    play.do(move(ticket, stage="check"))
    assert (play.now - play.ticket(ticket.id).ranked_since).total_seconds() == 900


def test_a_held_and_a_missed_visitor_are_moved_and_wait_again(play: Play) -> None:
    held, missed = play.issue(), play.issue()
    play.call_next()
    play.hold()
    play.call_next()
    play.no_show()
    for ticket in (held, missed):
        play.do(move(ticket, to_counter="c1"))
        after = play.ticket(ticket.id)
        assert (after.state, after.sent_to, after.counter, after.note) == ("waiting", "c1", None, None)
    assert (play.hall.held, play.hall.missed) == ([], [])


def test_who_was_missed_too_often_comes_back_by_the_supervisor(play: Play) -> None:
    ticket = play.issue()
    for _ in range(play.office.journey.rejoin_times):
        play.call_next()
        play.no_show()
        play.do(cmd.Rejoin(ticket.id))
    play.call_next()
    play.no_show()
    assert refusal(play, cmd.Rejoin(ticket.id, cmd.AtCounter(*DEWI))).code is Code.NOT_ALLOWED
    play.do(move(ticket, stage="check"))
    assert play.call_next() == play.ticket(ticket.id)


def test_a_visitor_is_taken_from_a_colleagues_counter_and_that_is_free(play: Play) -> None:
    own = play.issue("collection")
    play.call_next("c3")
    ticket = play.issue("passport")
    play.call_next("c2")
    play.do(move(ticket))
    assert play.hall.desks["c2"].ticket is None
    assert play.hall.desks["c2"].served_today == 0
    assert play.hall.desks["c3"].ticket == own.id
    assert play.ticket(ticket.id).state == "waiting"
    for counter in ("c2", "c3"):
        assert refusal(play, cmd.Undo(counter, counter)).code is Code.NOTHING_TO_UNDO


@pytest.mark.parametrize("state", ["waiting", "held", "missed"])
def test_a_move_is_taken_back_and_the_own_visitor_stays(play: Play, state: str) -> None:
    play.issue("collection")
    ticket = play.issue()
    if state != "waiting":
        play.call_next("c1")
        getattr(play, {"held": "hold", "missed": "no_show"}[state])()
    play.call_next("c3")
    before, desk = play.ticket(ticket.id), play.hall.desks["c3"]
    play.do(move(ticket, service="collection"))
    (undone,) = play.do(cmd.Undo(*DEWI))
    assert isinstance(undone, ev.Undone)
    after = play.ticket(ticket.id)
    assert (after.state, after.service, after.stage) == (before.state, before.service, before.stage)
    assert after.ranked_since == before.ranked_since
    assert play.hall.desks["c3"] == desk


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_without_a_reason_nothing_is_moved_or_cancelled(play: Play, reason: str | None) -> None:
    ticket = play.issue()
    for command in (move(ticket, reason), cmd.Cancel(ticket.id, cmd.AtCounter(*DEWI), reason)):
        error = refusal(play, command)
        assert error.code is Code.BAD_REQUEST
        assert error.detail == {"field": "reason"}


def test_an_officer_moves_the_own_visitor_only(play: Play) -> None:
    current, other = play.issue(), play.issue()
    play.call_next("c1")
    error = refusal(play, cmd.Transfer("c1", "c1", ticket=other.id, stage="interview", reason=WHY))
    assert error.code is Code.NOT_ALLOWED
    play.do(cmd.Transfer("c1", "c1", ticket=current.id, stage="interview"))
    assert play.ticket(current.id).stage == "interview"


def test_whoever_is_gone_is_not_moved(play: Play) -> None:
    finished, cancelled = play.issue(), play.issue()
    play.call_next()
    play.finish()
    play.do(cmd.Cancel(cancelled.id))
    for ticket in (finished, cancelled):
        assert refusal(play, move(ticket)).code is Code.ILLEGAL_TRANSITION
    assert refusal(play, cmd.Transfer(*DEWI, ticket="Z-999", reason=WHY, stage="check")).code is Code.UNKNOWN_TICKET


def test_nobody_is_moved_where_nobody_serves(play: Play) -> None:
    ticket = play.issue("visa")
    play.do(move(ticket, stage="collection"))
    assert refusal(play, move(ticket, to_counter="c2")).code is Code.NOT_ALLOWED
