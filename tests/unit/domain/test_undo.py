"""Taking a counter's last action back, for half a minute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code
from broker.domain.model import TicketState
from broker.domain.queue.policies import Ratio
from broker.permissions import UNDO_WINDOW
from tests.fakes.clock import MORNING
from tests.fakes.halls import Play
from tests.fakes.offices import small_office
from tests.unit.domain.test_issuing import refusal

UNDO_S = UNDO_WINDOW.total_seconds()


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


# -- a visit finished and the next one called, by one key --------------------------------------------------------------


def finished_and_called(*, pause_s: float = 0.0) -> Play:
    """Return a play in which c1 finished A-001 and called A-002 in the same breath, or after a while."""
    play = Play(small_office())
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    for _ in range(2):
        play.issue("passport")
    started(play)
    play.wait(200)
    play.finish()
    play.wait(pause_s)
    play.call_next()
    return play


def test_the_end_that_a_call_followed_can_be_taken_back_after_the_call() -> None:
    play = finished_and_called()
    for action in ("called", "finished"):
        (event,) = play.do(cmd.Undo("c1", "c1"))
        assert isinstance(event, ev.Undone)
        assert event.action == action
    assert play.ticket("A-001").state is TicketState.SERVING
    assert play.ticket("A-002").state is TicketState.WAITING
    assert (play.hall.desks["c1"].ticket, play.hall.desks["c1"].served_today) == (play.ticket("A-001").id, 0)
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_the_end_has_its_own_half_minute() -> None:
    play = finished_and_called(pause_s=UNDO_S)
    play.wait(0.001)
    play.undo()
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_the_end_stands_once_a_colleague_has_called_that_visitor() -> None:
    play = Play(small_office())
    play.sign_in("c1", "sari")
    play.sign_in("c4", "budi")
    first, _ = play.issue("passport", "priority"), play.issue("passport", "regular")
    play.call_next()
    play.finish()
    play.do(cmd.Call("c1", "c1", "A-001"))
    play.do(cmd.Call("c4", "c4", first.id))
    play.undo()
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_a_visitor_who_is_called_for_the_next_stage_at_the_same_counter_is_put_back_too() -> None:
    play = Play(small_office())
    play.sign_in("c1", "sari")
    play.issue("passport")
    started(play)
    play.finish()
    play.call_next()
    assert (play.ticket("A-001").state, play.ticket("A-001").stage) == (TicketState.CALLED, "interview")
    play.undo()
    play.undo()
    assert (play.ticket("A-001").state, play.ticket("A-001").stage) == (TicketState.SERVING, "check")


def test_nothing_before_the_end_is_taken_back() -> None:
    """The start of a visit that is over is nobody's wish any more."""
    play = finished_and_called()
    play.start()
    play.undo()
    assert refusal(play, cmd.Undo("c1", "c1")).code is Code.NOTHING_TO_UNDO


def test_both_are_taken_back_though_the_clock_was_set_between() -> None:
    play = finished_and_called()
    play.set_clock(7200.0)
    play.undo()
    play.undo()
    assert play.ticket("A-001").state is TicketState.SERVING
