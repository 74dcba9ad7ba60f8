"""What the night does to those who were left: closed where nobody serves, and nowhere else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import END_OF_DAY, decide, end_of_day
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.identity import number_text
from broker.domain.leftovers import with_leftovers
from broker.domain.model import Blank, Hours, Journey, ReserveRules, Ticket
from tests.fakes.halls import Play
from tests.fakes.offices import small_office

DAY_S = 24 * 3600


@pytest.fixture
def play() -> Play:
    """Return an office at 23:59, where counter 1 serves document checks and interviews."""
    play = Play()
    play.now = play.now.replace(hour=23, minute=59)
    play.sign_in("c1", "sari")
    return play


def closed(play: Play) -> list[str]:
    """Let the office close what was left; return the numbers."""
    events: list[ev.Event] = []
    while some := end_of_day(play.hall, play.now):
        for event in some:
            assert isinstance(event, ev.Cancelled | ev.Closed)
            assert event.reason == END_OF_DAY
            apply(play.hall, event)
        events += some
    return [play.hall.tickets[event.ticket].number for event in events if isinstance(event, ev.Cancelled)]


def test_before_midnight_nobody_is_closed(play: Play) -> None:
    play.issue("collection")
    play.wait(59.999)
    assert closed(play) == []


def test_after_midnight_only_those_are_closed_whom_no_open_counter_serves(play: Play) -> None:
    served, left = play.issue("visa"), play.issue("collection")
    play.wait(60)
    assert closed(play) == [left.number]
    assert play.ticket(served.id).state == "waiting"
    assert play.call_next() is not None


def test_when_the_last_counter_of_a_stage_closes_after_midnight_the_rest_is_closed(play: Play) -> None:
    """An emergency desk runs over midnight, for as long as it likes."""
    ticket = play.issue("visa")
    play.wait(3 * 3600)
    assert closed(play) == []
    play.do(cmd.Close("c1", "c1"))
    assert closed(play) == [ticket.number]


def test_a_paused_counter_is_an_open_one(play: Play) -> None:
    play.issue("visa")
    play.do(cmd.Pause("c1", "c1"))
    play.wait(60)
    assert closed(play) == []


def test_whoever_is_at_a_counter_is_served_to_the_end(play: Play) -> None:
    play.issue("visa")
    play.call_next()
    play.wait(11 * 3600)
    assert closed(play) == []
    play.start()
    play.finish()
    assert play.hall.desks["c1"].served_today == 1


def test_who_moves_on_after_midnight_to_a_stage_that_nobody_serves_is_closed(play: Play) -> None:
    ticket = play.issue("passport")
    play.call_next()
    play.wait(60)
    play.send_to(stage="collection")
    assert closed(play) == [ticket.number]


def test_the_held_are_closed_where_nobody_would_take_them_on(play: Play) -> None:
    ticket = play.issue("visa")
    play.call_next()
    play.hold()
    play.wait(60)
    assert closed(play) == []
    assert play.hall.held == [ticket.id]
    play.do(cmd.Close("c1", "c1"))
    assert closed(play) == [ticket.number]
    assert play.hall.held == []


def test_a_number_that_was_given_anew_today_hides_nobody_who_is_held_or_waits_since_yesterday(play: Play) -> None:
    held, waiting = play.issue("visa"), play.issue("visa")
    play.call_next()
    play.hold()
    play.wait(60)
    again = [play.issue("visa"), play.issue("visa")]
    assert [ticket.number for ticket in again] == [held.number, waiting.number]
    play.do(cmd.Unhold("c1", "c1", held.number))
    assert play.ticket(held.id).state == "serving"
    play.finish()
    play.do(cmd.Call("c1", "c1", waiting.number))
    assert play.ticket(again[1].id).state == "called", "a number means today's, if that one waits too"
    play.finish()
    play.do(cmd.Call("c1", "c1", waiting.number))
    assert play.ticket(waiting.id).state == "called"


def test_tickets_of_today_are_never_closed(play: Play) -> None:
    play.wait(60)
    play.issue("collection")
    play.wait(DAY_S - 1)
    assert closed(play) == []


def test_nobody_is_closed_twice(play: Play) -> None:
    play.issue("collection")
    play.wait(60)
    assert len(closed(play)) == 1
    assert closed(play) == []


def test_where_the_office_says_so_nobody_is_ever_closed() -> None:
    play = Play(small_office(journey=Journey(closes_left=False)))
    ticket: Ticket = play.issue("collection")
    play.wait(3 * DAY_S)
    assert closed(play) == []
    assert play.ticket(ticket.id).state == "waiting"


def test_a_closed_ticket_cannot_come_back(play: Play) -> None:
    ticket = play.issue("collection")
    play.wait(60)
    closed(play)
    with pytest.raises(Exception, match="cancelled and cannot rejoin"):
        play.do(cmd.Rejoin(ticket.id))


# -- sessions that nobody ended -----------------------------------------------------------------------------------


def opened(play: Play) -> list[str]:
    """Let the office close what was left; return the counters that are open then."""
    closed(play)
    return [desk.counter for desk in play.hall.desks.values() if desk.session is not None]


DAYTIME = Hours({weekday: ((dt.time(8), dt.time(16)),) for weekday in range(7)})
ALWAYS = Hours({weekday: ((dt.time(0), dt.time.max),) for weekday in range(7)})


def evening(hour: int, hours: Hours | None) -> Play:
    """Return an office where an officer has been at counter 1 since this hour."""
    play = Play(small_office(hours=hours))
    play.now = play.now.replace(hour=hour)
    play.sign_in("c1", "sari")
    return play


def test_an_officer_who_went_home_without_signing_out_is_signed_out_when_the_day_is_over() -> None:
    play = evening(15, DAYTIME)
    play.issue("visa")
    left = play.issue("visa")
    play.call_next()
    play.finish()
    play.wait(9 * 3600 - 1)
    assert opened(play) == ["c1"]
    play.wait(1)
    assert opened(play) == []
    assert play.ticket(left.id).state == "cancelled"
    play.wait(8 * 3600)
    play.sign_in("c1", "budi")
    assert play.call_next() is None, "the morning's first call is not yesterday's number"


def test_a_visitor_whom_nobody_finished_with_is_closed_with_the_session() -> None:
    play = evening(15, DAYTIME)
    ticket = play.issue("visa")
    play.call_next()
    play.start()
    play.wait(9 * 3600)
    assert opened(play) == []
    assert play.ticket(ticket.id).state == "cancelled"


@pytest.mark.parametrize(("hours", "lasts_h"), [(DAYTIME, 1), (ALWAYS, 12), (None, 12)], ids=["day", "always", "none"])
def test_a_desk_that_works_over_midnight_is_open_while_it_works(hours: Hours | None, lasts_h: int) -> None:
    play = evening(23, ALWAYS)
    play.hall.office = small_office(hours=hours)
    play.wait(0.8 * 3600)
    play.do(cmd.Pause("c1", "c1"))
    play.wait(lasts_h * 3600 - 1)
    assert opened(play) == ["c1"]
    play.wait(1)
    assert opened(play) == []


def test_a_long_visit_over_midnight_is_not_cut_short() -> None:
    play = evening(15, DAYTIME)
    play.wait(8 * 3600)
    play.hall.office = small_office(hours=None)
    play.issue("visa")
    play.call_next()
    play.hall.office = small_office(hours=DAYTIME)
    play.wait(5.9 * 3600)
    assert opened(play) == ["c1"]
    play.finish()
    assert opened(play) == ["c1"]


def test_where_nobody_is_ever_closed_a_session_with_a_visitor_stays_and_an_idle_one_ends() -> None:
    play = Play(small_office(journey=Journey(closes_left=False)))
    for counter, officer in (("c1", "sari"), ("c2", "budi")):
        play.sign_in(counter, officer)
    play.issue("visa")
    play.call_next("c1")
    play.wait(DAY_S)
    assert opened(play) == ["c1"]


def lent(play: Play, count: int = 1) -> list[Blank]:
    """Let a kiosk have numbers in advance."""
    office = replace(play.hall.office, kiosks=frozenset({"kiosk-1"}), reserve=ReserveRules(least=count))
    play.hall.office = office
    (leased,) = play.do(cmd.Lease("visa", "regular", 0, "kiosk-1", "chance"))
    assert isinstance(leased, ev.NumbersLeased)
    return list(leased.blanks)


def handed_in(play: Play, blank: Blank, arrived_at: dt.datetime, *, service: str = "visa") -> list[ev.Event]:
    """Let the kiosk tell of one that it gave out."""
    day, number = play.now.date().isoformat(), number_text("B", blank.sequence)
    return play.do(
        cmd.HandIn(blank.ticket, day, number, service, "regular", blank.check, arrived_at, blank.key, "id", "kiosk-1")
    )


def test_who_was_told_of_after_midnight_waits_on_but_nobody_of_yesterday_is_called_in_the_morning(play: Play) -> None:
    """A kiosk was alone: over midnight for a while, and again until the morning."""
    short, long = lent(play, 2)
    arrived_at = play.now
    play.wait(600)
    handed_in(play, short, arrived_at)
    play.wait(8 * 3600)
    handed_in(play, long, arrived_at)
    assert closed(play) == [number_text("B", long.sequence)]
    assert play.ticket(short.ticket).state == "waiting"


def test_an_office_that_keeps_what_is_left_keeps_what_is_handed_in_late_too(play: Play) -> None:
    (blank,) = lent(play)
    play.hall.office = replace(play.hall.office, journey=Journey(closes_left=False))
    arrived_at = play.now
    play.wait(8 * 3600)
    handed_in(play, blank, arrived_at)
    assert closed(play) == []


def test_a_number_of_a_service_that_is_offered_no_more_is_refused_whatever_the_kiosk_calls_it(play: Play) -> None:
    (blank,) = lent(play)
    services = {name: one for name, one in play.hall.office.services.items() if name != "visa"}
    play.hall.office = replace(play.hall.office, services=services)
    with pytest.raises(DomainError) as refusal:
        handed_in(play, blank, play.now, service="passport")
    assert refusal.value.code is Code.UNKNOWN_SERVICE


def test_a_number_of_a_lane_that_is_offered_no_more_is_taken_in(play: Play) -> None:
    events: list[ev.Event] = []
    play.hall.office = replace(play.hall.office, kiosks=frozenset({"kiosk-1"}))
    events += play.do(cmd.Lease("visa", "priority", 4, "kiosk-1", "chance"))
    (leased,) = events
    assert isinstance(leased, ev.NumbersLeased)
    lanes = {name: lane for name, lane in play.hall.office.lanes.items() if name != "priority"}
    hall = Hall(with_leftovers(replace(play.hall.office, lanes=lanes), events))
    apply(hall, leased)
    (blank,) = leased.blanks
    day, number = play.now.date().isoformat(), number_text("BP", blank.sequence)
    command = cmd.HandIn(
        blank.ticket, day, number, "visa", "priority", blank.check, play.now, blank.key, "id", "kiosk-1"
    )
    (issued,) = decide(hall, command, play.now)
    assert isinstance(issued, ev.Issued)
    assert issued.number == number


def test_a_kiosk_without_a_clock_moves_nobody_of_today_into_another_year(play: Play) -> None:
    """The database went back in time and knows of no lease, so that the lease does not hold the turn."""
    play.hall.office = replace(play.hall.office, kiosks=frozenset({"kiosk-1"}))
    blank = Blank("0b0b0b0b-0000-4000-8000-000000000001", 900, "0417", None)
    _, issued = handed_in(play, blank, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert isinstance(issued, ev.Issued)
    assert issued.arrived_at == play.now.replace(hour=0, minute=0)
