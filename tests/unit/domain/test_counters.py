"""Who sits where, and whom they may call."""

from __future__ import annotations

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.identity import session_digest
from broker.domain.model import DeskState
from tests.fakes.halls import Play
from tests.unit.domain.test_issuing import refusal


@pytest.fixture
def play() -> Play:
    return Play()


def state(play: Play, counter: str = "c1") -> DeskState:
    return play.hall.desk_state(play.hall.desks[counter])


# -- sessions -------------------------------------------------------------------------------------------------------


def test_only_a_digest_of_the_session_is_kept(play: Play) -> None:
    play.sign_in(token="secret")  # noqa: S106 - a session of a test
    assert play.hall.desks["c1"].session == session_digest("secret") != "secret"


def test_signing_in_again_ends_the_earlier_window_and_keeps_the_visitor(play: Play) -> None:
    play.sign_in(token="old")  # noqa: S106 - a session of a test
    ticket = play.issue()
    play.do(cmd.Next("c1", "old"))
    play.sign_in(token="new")  # noqa: S106 - a session of a test
    assert refusal(play, cmd.Start("c1", "old")).code is Code.NO_SESSION
    play.do(cmd.Start("c1", "new"))
    assert play.hall.desks["c1"].ticket == ticket.id


def test_a_colleague_takes_over_a_counter_without_a_visitor(play: Play) -> None:
    play.sign_in("c1", "sari", "hers")
    play.sign_in("c1", "budi", "his")
    assert play.hall.desks["c1"].officer == "budi"
    assert refusal(play, cmd.Next("c1", "hers")).code is Code.NO_SESSION
    play.sign_in("c2", "sari")


def test_a_colleague_does_not_take_over_a_visitor(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.issue()
    play.call_next("c1")
    error = refusal(play, cmd.SignIn("c1", "budi", "", "his", pin_matches=True))
    assert error.code is Code.COUNTER_BUSY
    assert play.hall.desks["c1"].officer == "sari"


def test_an_officer_sits_at_one_counter_and_is_told_at_which(play: Play) -> None:
    play.sign_in("c1", "sari")
    error = refusal(play, cmd.SignIn("c2", "sari", "", "second", pin_matches=True))
    assert error.code is Code.NOT_ALLOWED
    assert error.detail == {"open_at": "c1"}


def go_over(leave: str = "c1", counter: str = "c2") -> cmd.SignIn:
    """Return Sari's wish to give a counter up for another."""
    return cmd.SignIn(counter, "sari", "", "second", pin_matches=True, leave=leave)


def test_an_officer_gives_one_counter_up_for_another_and_both_are_on_record(play: Play) -> None:
    play.sign_in("c1", "sari")
    closed, opened = play.do(go_over())
    assert isinstance(closed, ev.Closed)
    assert isinstance(opened, ev.Opened)
    assert (closed.counter, closed.reason) == ("c1", "sari went to c2")
    assert (opened.counter, opened.officer) == ("c2", "sari")
    assert state(play) is DeskState.CLOSED
    assert refusal(play, cmd.Next("c1", "c1")).code is Code.NO_SESSION


def test_a_counter_with_a_visitor_is_not_given_up(play: Play) -> None:
    play.sign_in("c1", "sari")
    ticket = play.issue()
    play.call_next()
    error = refusal(play, go_over())
    assert (error.code, error.detail) == (Code.COUNTER_BUSY, {"counter": "c1", "open_at": "c1"})
    assert play.hall.desks["c1"].ticket == ticket.id
    assert play.hall.desks["c2"].officer is None


def test_only_the_counter_that_was_named_is_given_up(play: Play) -> None:
    play.sign_in("c1", "sari")
    error = refusal(play, go_over(leave="c3"))
    assert (error.code, error.detail) == (Code.NOT_ALLOWED, {"open_at": "c1"})


def test_nothing_is_given_up_for_a_colleagues_visitor(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    play.issue("passport")
    play.call_next("c2")
    assert refusal(play, go_over()).code is Code.COUNTER_BUSY
    assert play.hall.desks["c1"].officer == "sari"


def test_who_has_left_already_signs_in_all_the_same(play: Play) -> None:
    (opened,) = play.do(go_over())
    assert isinstance(opened, ev.Opened)


def test_a_wrong_pin_says_nothing_of_who_sits_where(play: Play) -> None:
    play.sign_in("c1", "sari")
    assert refusal(play, cmd.SignIn("c2", "sari", "", "second")).code is Code.WRONG_PIN


def test_a_session_opens_one_counter_only(play: Play) -> None:
    play.sign_in("c1", "sari", "hers")
    play.sign_in("c2", "budi", "his")
    assert refusal(play, cmd.Next("c2", "hers")).code is Code.NO_SESSION


def test_a_closed_counter_has_no_session(play: Play) -> None:
    play.sign_in()
    play.do(cmd.Close("c1", "c1"))
    assert state(play) is DeskState.CLOSED
    assert refusal(play, cmd.Next("c1", "c1")).code is Code.NO_SESSION
    assert refusal(play, cmd.Next("c1", "")).code is Code.NO_SESSION


def test_signing_in_ends_a_pause(play: Play) -> None:
    play.sign_in()
    play.do(cmd.Pause("c1", "c1"))
    play.sign_in()
    assert state(play) is DeskState.OPEN


def test_a_takeover_says_so_in_the_journal(play: Play) -> None:
    play.sign_in("c1", "sari")
    closed, opened = play.do(cmd.SignIn("c1", "budi", "", "his", pin_matches=True))
    assert isinstance(closed, ev.Closed)
    assert closed.reason == "taken over by budi"
    assert isinstance(opened, ev.Opened)


def test_what_a_counter_does_is_told_by_its_state(play: Play) -> None:
    seen = [state(play)]
    play.sign_in()
    play.issue()
    for step in (cmd.Pause, cmd.Resume, cmd.Next, cmd.Start, cmd.Finish, cmd.Close):
        seen.append(state(play))
        play.do(step("c1", "c1"))
    assert [*seen, state(play)] == ["closed", "open", "paused", "open", "calling", "serving", "open", "closed"]


# -- calling --------------------------------------------------------------------------------------------------------


def test_a_counter_calls_only_what_it_serves(play: Play) -> None:
    play.sign_in("c2", "sari")
    play.issue("visa")
    assert play.call_next("c2") is None
    ticket = play.issue("passport")
    called = play.call_next("c2")
    assert called is not None
    assert called.id == ticket.id


def test_a_counter_for_one_lane_calls_only_that(play: Play) -> None:
    play.sign_in("c4", "sari")
    play.issue("visa", "regular")
    assert play.call_next("c4") is None
    play.issue("visa", "priority")
    called = play.call_next("c4")
    assert called is not None
    assert called.number == "BP-001"


def test_a_ticket_that_a_counter_does_not_serve_cannot_be_picked_there(play: Play) -> None:
    play.sign_in("c2", "sari")
    ticket = play.issue("visa")
    error = refusal(play, cmd.Call("c2", "c2", ticket.number))
    assert error.code is Code.NOT_ALLOWED
    assert error.detail == {"counter": "c2", "ticket": "B-001"}


@pytest.mark.parametrize("by", ["id", "number"])
def test_a_waiting_ticket_is_picked_by_id_or_number(play: Play, by: str) -> None:
    play.sign_in()
    play.issue()
    second = play.issue()
    (event,) = play.do(cmd.Call("c1", "c1", getattr(second, by)))
    assert isinstance(event, ev.Called)
    assert event.ticket == second.id
    assert [number for number, _ in event.reason.passed_over] == ["B-001"]


def test_two_officers_never_get_one_visitor(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    play.issue("passport")
    assert play.call_next("c1") is not None
    assert play.call_next("c2") is None
    assert refusal(play, cmd.Call("c2", "c2", "A-001")).code is Code.ILLEGAL_TRANSITION


def test_a_number_of_today_is_meant_before_one_left_from_yesterday(play: Play) -> None:
    old = play.issue()
    play.wait(24 * 3600)
    new = play.issue()
    assert old.number == new.number
    play.sign_in()
    (event,) = play.do(cmd.Call("c1", "c1", new.number))
    assert isinstance(event, ev.Called)
    assert event.ticket == new.id
    play.finish()
    picked = play.do(cmd.Call("c1", "c1", old.id))[0]
    assert isinstance(picked, ev.Called)
    assert picked.ticket == old.id


# -- a visit --------------------------------------------------------------------------------------------------------


def test_a_visit_of_two_stages_waits_anew_for_the_second(play: Play) -> None:
    play.sign_in()
    ticket = play.issue("passport")
    play.wait(600)
    play.call_next()
    play.start()
    play.wait(300)
    play.finish()
    between = play.ticket(ticket.id)
    assert (between.stage, between.state, between.waiting_since) == ("interview", "waiting", play.now)
    assert (between.counter, between.times_called, between.called_at) == (None, 0, None)
    play.call_next()
    play.finish()
    assert play.ticket(ticket.id).state == "finished"
    assert [line.type for line in play.ticket(ticket.id).history] == [
        "issued",
        "called",
        "started",
        "finished",
        "called",
        "finished",
    ]


def test_times_called_counts_the_recalls(play: Play) -> None:
    play.sign_in()
    ticket = play.issue()
    play.call_next()
    for _ in range(2):
        play.wait(20)
        play.do(cmd.Recall("c1", "c1"))
    assert play.ticket(ticket.id).times_called == 3


def test_errors_read_as_sentences(play: Play) -> None:
    play.sign_in()
    with pytest.raises(DomainError, match="counter c1 cannot start: no visitor is called"):
        play.start()
