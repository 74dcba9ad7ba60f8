"""The live picture: what facts make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from broker.domain import commands as cmd
from broker.domain.hall import RECENT_CALLS, Hall
from broker.domain.model import Counter
from tests.fakes.halls import Play, contents
from tests.fakes.offices import OFFICERS, small_office
from tests.unit.domain.test_issuing import refusal

DAY_S = 24 * 3600


@pytest.fixture
def play() -> Play:
    return Play()


def test_the_same_events_make_the_same_hall() -> None:
    halls = []
    for _ in range(2):
        play = Play()
        play.sign_in()
        for service in ("visa", "passport", "collection"):
            play.wait(10)
            play.issue(service)
        play.call_next()
        play.no_show()
        play.call_next()
        halls.append(contents(play.hall))
    assert halls[0] == halls[1]


# -- lines ----------------------------------------------------------------------------------------------------------


def test_another_paper_and_a_word_about_it_keep_the_place_in_the_line(play: Play) -> None:
    tickets = [play.issue() for _ in range(5)]
    play.do(cmd.Reprint(tickets[2].id))
    play.do(cmd.Printed(tickets[2].id, "confirmed", None))
    assert [ticket.id for ticket in play.hall.groups[tickets[0].group]] == [ticket.id for ticket in tickets]
    assert play.hall.groups[tickets[0].group][2].copies == 1


def test_who_comes_from_another_stage_lines_up_by_the_time_of_coming_less_what_was_waited(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    first, second = play.issue("passport"), play.issue("passport")
    play.call_next("c1")
    play.call_next("c2")
    play.wait(60)
    play.finish("c2")
    play.wait(60)
    play.finish("c1")
    assert [t.id for t in play.hall.groups["interview", "passport", "regular", ""]] == [second.id, first.id]


def test_tickets_that_change_the_stage_in_one_moment_keep_the_order_of_their_numbers(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    first, second = play.issue("passport"), play.issue("passport")
    play.call_next("c1")
    play.call_next("c2")
    play.finish("c2")
    play.finish("c1")
    assert [t.id for t in play.hall.groups["interview", "passport", "regular", ""]] == [first.id, second.id]


# -- calls ----------------------------------------------------------------------------------------------------------


def calls(play: Play) -> list[tuple[str, str, int]]:
    return [(call.number, call.counter, call.times_called) for call in play.hall.calls]


def test_calls_stand_newest_first_and_a_recall_moves_up(play: Play) -> None:
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    play.issue("passport")
    play.issue("passport")
    play.call_next("c1")
    play.call_next("c2")
    assert calls(play) == [("A-002", "c2", 1), ("A-001", "c1", 1)]
    play.do(cmd.Recall("c1", "c1"))
    assert calls(play) == [("A-001", "c1", 2), ("A-002", "c2", 1)]


def test_a_second_stage_at_the_same_counter_is_one_line_of_calls(play: Play) -> None:
    play.sign_in()
    play.issue("passport")
    play.call_next()
    play.finish()
    play.call_next()
    assert calls(play) == [("A-001", "c1", 1)]


def test_old_calls_are_forgotten(play: Play) -> None:
    play.sign_in()
    for _ in range(RECENT_CALLS + 5):
        play.issue()
        play.call_next()
        play.finish()
    assert len(play.hall.calls) == RECENT_CALLS
    assert play.hall.calls[0].number == f"B-{RECENT_CALLS + 5:03d}"


def test_who_is_still_awaited_is_never_forgotten(play: Play) -> None:
    """An office that finishes without starting: the first call stays open while the others go on."""
    play.sign_in("c1", "sari")
    play.sign_in("c2", "budi")
    awaited = play.issue("passport")
    play.call_next("c2")
    for _ in range(RECENT_CALLS + 5):
        play.issue()
        play.call_next("c1")
        play.finish("c1")
    assert play.hall.calls[-1].ticket == awaited.id
    assert len(play.hall.calls) == RECENT_CALLS + 1


def test_at_more_counters_than_calls_are_kept_every_open_call_is_there() -> None:
    counters = [Counter(f"d{n}", str(n), ("check",)) for n in range(RECENT_CALLS * 2)]
    office = small_office(
        counters={counter.id: counter for counter in counters},
        officers={f"o{n}": f"O{n}" for n in range(len(counters))},
    )
    play = Play(office)
    for n, counter in enumerate(counters):
        play.sign_in(counter.id, f"o{n}")
        play.issue()
        play.call_next(counter.id)
    assert len([call for call in play.hall.calls if play.hall.is_calling(call)]) == len(counters)


# -- staffing and competition ---------------------------------------------------------------------------------------


def test_staffing_counts_who_works_and_who_is_free(play: Play) -> None:
    group = ("check", "passport", "priority", "")
    assert play.hall.staffing(group) == (0, 0)
    for counter, officer in zip(("c1", "c2", "c4"), OFFICERS, strict=True):
        play.sign_in(counter, officer)
    assert play.hall.staffing(group) == (3, 3)
    play.do(cmd.Pause("c4", "c4"))
    assert play.hall.staffing(group) == (2, 2)
    play.issue("passport")
    play.call_next("c1")
    assert play.hall.staffing(group) == (2, 1)
    play.start("c1")
    assert play.hall.staffing(group) == (2, 1)
    assert play.hall.staffing(("check", "visa", "regular", "")) == (1, 0)
    assert play.hall.staffing(("collection", "collection", "regular", "")) == (0, 0)


def test_only_lines_that_share_a_counter_compete(play: Play) -> None:
    for service, lane in (("visa", "regular"), ("passport", "priority"), ("collection", "regular")):
        play.issue(service, lane)
    lines = play.hall.competing_lines(("check", "visa", "regular", ""))
    keys = {ticket.group for line in lines for _, _, ticket in line.entries}
    assert keys == {("check", "visa", "regular", ""), ("check", "passport", "priority", "")}


# -- figures --------------------------------------------------------------------------------------------------------


def test_a_desk_counts_its_visits_and_their_time(play: Play) -> None:
    play.sign_in()
    for seconds in (300, 100):
        play.issue()
        play.call_next()
        play.wait(30)
        play.start()
        play.wait(seconds)
        play.finish()
    desk = play.hall.desks["c1"]
    assert (desk.served_today, desk.service_s_today) == (2, 460)


def test_a_missed_visitor_takes_time_but_is_not_served(play: Play) -> None:
    play.sign_in()
    ticket = play.issue()
    play.call_next()
    play.wait(90)
    play.no_show()
    assert play.hall.desks["c1"].served_today == 0
    assert play.hall.missed == [ticket.id]
    assert play.hall.paces["check"].weight == 1
    assert play.hall.paces["check"].total_s == 90


def test_recalls_do_not_shorten_the_time_a_desk_was_taken(play: Play) -> None:
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(40)
    play.do(cmd.Recall("c1", "c1"))
    play.wait(60)
    play.finish()
    assert play.hall.desks["c1"].service_s_today == 100


# -- the day turns --------------------------------------------------------------------------------------------------


def test_overnight_the_done_leave_and_the_waiting_stay(play: Play) -> None:
    play.sign_in()
    done, missed, waiting = (play.issue() for _ in range(3))
    play.call_next()
    play.finish()
    play.call_next()
    play.no_show()
    play.wait(DAY_S)
    today = play.issue()
    assert set(play.hall.tickets) == {waiting.id, today.id}
    assert play.hall.find(done.id) is None
    assert play.hall.find(missed.id) is None
    assert play.hall.missed == []
    assert play.hall.calls == []


def test_overnight_a_visitor_at_a_desk_stays_and_so_does_the_open_call(play: Play) -> None:
    play.sign_in()
    ticket = play.issue()
    play.call_next()
    play.wait(DAY_S)
    play.issue()
    assert play.hall.desks["c1"].ticket == ticket.id
    assert [call.ticket for call in play.hall.calls] == [ticket.id]
    play.finish()


def test_figures_begin_anew_each_day(play: Play) -> None:
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(500)
    play.finish()
    play.wait(DAY_S)
    play.issue()
    desk = play.hall.desks["c1"]
    assert (desk.served_today, desk.service_s_today, desk.officer) == (0, 0.0, "sari")
    assert play.hall.paces["check"].weight == 0
    assert play.hall.issued_in_lane == {"regular": 1}


def test_the_day_turns_with_any_event(play: Play) -> None:
    play.issue()
    play.wait(DAY_S)
    play.sign_in()
    assert play.hall.day == play.now.date()
    assert play.issue().number == "B-001"


@pytest.mark.parametrize("command", [cmd.Reprint, lambda ticket: cmd.Printed(ticket, "confirmed", None)])
def test_who_is_done_is_gone_at_midnight_even_before_the_first_event_of_the_day(
    play: Play, command: Callable[[str], cmd.Command]
) -> None:
    play.sign_in()
    missed, waiting = play.issue(), play.issue()
    play.call_next()
    play.no_show()
    play.wait(DAY_S)
    assert refusal(play, command(missed.id)).code == "unknown_ticket"
    play.do(command(waiting.id))


def test_an_empty_hall_has_no_day_yet() -> None:
    hall = Hall(small_office())
    assert (hall.day, hall.seq) == (None, 0)
    assert {hall.desk_state(desk).value for desk in hall.desks.values()} == {"closed"}


def test_a_figure_of_a_visit_over_midnight_counts_for_the_new_day(play: Play) -> None:
    play.now = play.now.replace(hour=23, minute=55)
    play.sign_in()
    play.issue()
    play.call_next()
    play.wait(600)
    play.finish()
    assert play.hall.day == play.now.date() == dt.date(2026, 3, 3)
    assert play.hall.desks["c1"].served_today == 1
