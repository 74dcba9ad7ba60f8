"""Numbers, quotas, hours: what a kiosk gets."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.errors import Code, DomainError
from broker.domain.identity import number_text, qr_text, ticket_id_of_qr
from broker.domain.model import Hours, TicketState
from tests.fakes.clock import JAKARTA, MORNING
from tests.fakes.halls import Play
from tests.fakes.offices import PRIORITY, REGULAR, small_office


def refusal(play: Play, command: cmd.Command) -> DomainError:
    """Do what has to be refused; return why."""
    with pytest.raises(DomainError) as caught:
        play.do(command)
    return caught.value


def issue(service: str = "visa", lane: str | None = None, language: str | None = None) -> cmd.Issue:
    return cmd.Issue("10000000-0000-0000-0000-000000000000", service, lane, language)


# -- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "sequence", "text"),
    [("A", 12, "A-012"), ("AP", 3, "AP-003"), ("A", 999, "A-999"), ("A", 1000, "A-1000"), ("JP", 12345, "JP-12345")],
)
def test_how_a_number_is_written(series: str, sequence: int, text: str) -> None:
    assert number_text(series, sequence) == text


def test_numbers_count_up_in_each_series_of_its_own() -> None:
    play = Play()
    asked = [("passport", None), ("passport", "priority"), ("visa", None), ("passport", None), ("passport", "priority")]
    assert [play.issue(*one).number for one in asked] == ["A-001", "AP-001", "B-001", "A-002", "AP-002"]


def test_numbers_go_on_past_999() -> None:
    play = Play()
    numbers = [play.issue().number for _ in range(1001)]
    assert numbers[-3:] == ["B-999", "B-1000", "B-1001"]
    assert len(set(numbers)) == 1001


def test_without_a_word_the_first_lane_and_the_first_language_count() -> None:
    ticket = Play().issue()
    assert (ticket.lane, ticket.language) == ("regular", "id")


def test_a_ticket_begins_at_the_first_stage_of_its_service() -> None:
    ticket = Play().issue("passport")
    assert (ticket.stage, ticket.state) == ("check", TicketState.WAITING)
    assert ticket.issued_at == ticket.waiting_since == MORNING


MIDNIGHT_IN_JAKARTA = dt.datetime(2026, 3, 3, tzinfo=JAKARTA)


@pytest.mark.parametrize("offset", [JAKARTA, dt.UTC, ZoneInfo("America/New_York")])
def test_a_day_ends_at_midnight_of_the_office_whatever_zone_the_clock_speaks(offset: dt.tzinfo) -> None:
    play = Play(now=(MIDNIGHT_IN_JAKARTA - dt.timedelta(microseconds=1)).astimezone(offset))
    assert [play.issue().number, play.issue().number] == ["B-001", "B-002"]
    play.now = MIDNIGHT_IN_JAKARTA.astimezone(offset)
    late = play.issue()
    assert (late.number, late.day) == ("B-001", dt.date(2026, 3, 3))


def test_midnight_of_utc_is_a_morning_like_any_other() -> None:
    """07:00 in Jakarta: the fault of a peer, whose numbers began again at that hour."""
    play = Play(now=dt.datetime(2026, 3, 2, 23, 59, 59, tzinfo=dt.UTC))
    first = play.issue()
    play.wait(2)
    second = play.issue()
    assert [first.number, second.number] == ["B-001", "B-002"]
    assert first.day == second.day == dt.date(2026, 3, 3)


@pytest.mark.parametrize("zone", ["Asia/Jayapura", "Asia/Makassar", "America/Santiago", "Pacific/Kiritimati"])
def test_every_office_has_its_own_midnight(zone: str) -> None:
    play = Play(small_office(zone=ZoneInfo(zone)), now=dt.datetime(2026, 3, 2, 23, 59, 59, tzinfo=ZoneInfo(zone)))
    play.issue()
    play.wait(1)
    assert play.issue().number == "B-001"


def test_a_day_of_25_hours_is_one_day() -> None:
    zone = ZoneInfo("America/New_York")
    play = Play(small_office(zone=zone), now=dt.datetime(2026, 11, 1, 0, 30, tzinfo=zone).astimezone(dt.UTC))
    play.issue()
    play.wait(24 * 3600)
    assert play.issue().number == "B-002"
    play.wait(3600)
    assert play.issue().number == "B-001"


# -- quota ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def full() -> Play:
    play = Play(small_office(lanes=(REGULAR, replace(PRIORITY, quota=2))))
    play.issue("visa", "priority")
    play.issue("passport", "priority")
    return play


def test_a_lane_that_is_full_for_today_is_refused_over_all_services(full: Play) -> None:
    error = refusal(full, issue("visa", "priority"))
    assert error.code is Code.QUOTA_REACHED
    assert error.detail == {"service": "visa", "lane": "priority"}


def test_the_other_lanes_go_on(full: Play) -> None:
    assert full.issue("visa", "regular").number == "B-001"


def test_tomorrow_there_is_room_again(full: Play) -> None:
    full.now = MIDNIGHT_IN_JAKARTA
    assert full.issue("visa", "priority").number == "BP-001"


def test_a_finished_visit_makes_no_room(full: Play) -> None:
    full.sign_in()
    full.call_next()
    full.finish()
    assert refusal(full, issue("visa", "priority")).code is Code.QUOTA_REACHED


def test_a_quota_of_none_means_no_limit_and_of_nought_means_never() -> None:
    play = Play(small_office(lanes=(REGULAR, replace(PRIORITY, quota=0))))
    assert refusal(play, issue("visa", "priority")).code is Code.QUOTA_REACHED
    for _ in range(200):
        play.issue()


def test_a_service_that_is_full_is_refused_in_every_lane_and_the_others_go_on() -> None:
    office = small_office()
    passport = replace(office.services["passport"], quota=2)
    play = Play(replace(office, services={**office.services, "passport": passport}))
    play.issue("passport", "regular")
    play.issue("passport", "priority")
    for lane in ("regular", "priority"):
        assert refusal(play, issue("passport", lane)).code is Code.QUOTA_REACHED
    assert play.issue("visa").number == "B-001"
    play.now = MIDNIGHT_IN_JAKARTA
    assert play.issue("passport").number == "A-001"


def test_a_ticket_that_was_given_up_makes_no_room() -> None:
    play = Play(small_office(lanes=(replace(REGULAR, quota=1),)))
    play.do(cmd.Cancel(play.issue().id))
    assert refusal(play, issue()).code is Code.QUOTA_REACHED


def test_a_quota_counts_from_midnight_even_before_the_first_event_of_the_day() -> None:
    play = Play(small_office(lanes=(replace(REGULAR, quota=1),)), now=MIDNIGHT_IN_JAKARTA - dt.timedelta(seconds=1))
    play.issue()
    assert refusal(play, issue()).code is Code.QUOTA_REACHED
    play.wait(1)
    assert play.issue().number == "B-001"


# -- hours ----------------------------------------------------------------------------------------------------------

HOURS = Hours({0: ((dt.time(7, 30), dt.time(12)), (dt.time(13), dt.time(15, 30))), 4: ((dt.time(7, 30), dt.time(11)),)})


@pytest.mark.parametrize(
    ("day", "time", "is_open"),
    [
        (2, "07:29:59.999999", False),
        (2, "07:30:00", True),
        (2, "11:59:59", True),
        (2, "12:00:00", False),
        (2, "13:00:00", True),
        (2, "15:30:00", False),
        (3, "09:00:00", False),
        (6, "10:59:59", True),
        (6, "13:00:00", False),
    ],
)
def test_tickets_are_given_out_within_the_hours_of_the_weekday(day: int, time: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    at = dt.datetime.combine(dt.date(2026, 3, day), dt.time.fromisoformat(time), JAKARTA)
    play = Play(small_office(hours=HOURS), now=at.astimezone(dt.UTC))
    if is_open:
        assert play.issue().number == "B-001"
    else:
        assert refusal(play, issue()).code is Code.SERVICE_CLOSED


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-03-02T23:59:59.999999", True),
        ("2026-03-03T00:00:00", False),
        ("2026-03-09T20:00:00", False),
        ("2026-03-11T08:59:59", False),
        ("2026-03-11T09:00:00", True),
        ("2026-03-11T10:00:00", False),
    ],
)
def test_a_span_may_end_with_the_day_and_a_date_replaces_its_weekday(at: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    """Mondays until midnight, but not on the 9th; Wednesdays never, but on the 11th."""
    evening, morning = (dt.time(18), dt.time.max), (dt.time(9), dt.time(10))
    hours = Hours({0: (evening,)}, {dt.date(2026, 3, 9): (), dt.date(2026, 3, 11): (morning,)})
    play = Play(small_office(hours=hours), now=dt.datetime.fromisoformat(at).replace(tzinfo=JAKARTA))
    if is_open:
        assert play.issue()
    else:
        assert refusal(play, issue()).code is Code.SERVICE_CLOSED


def test_after_hours_those_who_wait_are_still_called() -> None:
    play = Play(small_office(hours=HOURS), now=MORNING)
    play.issue()
    play.sign_in()
    play.wait(10 * 3600)
    assert play.call_next() is not None


@pytest.mark.parametrize("of", ["service", "lane"])
def test_a_service_or_a_lane_may_have_hours_of_its_own(of: str) -> None:
    """Until 12:00 by its own hours; the office and the others go on."""
    morning_only = Hours({0: ((dt.time(7, 30), dt.time(12)),)})
    office = small_office(lanes=(REGULAR, replace(PRIORITY, hours=morning_only if of == "lane" else None)))
    passport = replace(office.services["passport"], hours=morning_only if of == "service" else None)
    play = Play(replace(office, services={**office.services, "passport": passport}))
    play.now = MORNING.replace(hour=11, minute=59, second=59, microsecond=999_999)
    play.issue("passport", "priority")
    play.wait(0.000001)
    code = Code.SERVICE_CLOSED if of == "service" else Code.LANE_CLOSED
    assert refusal(play, issue("passport", "priority")).code is code
    other = issue("visa", "priority") if of == "service" else issue("passport", "regular")
    assert play.do(other)


def test_a_closed_office_comes_before_a_closed_lane_and_that_before_a_full_one() -> None:
    never = Hours()
    office = small_office(lanes=(REGULAR, replace(PRIORITY, hours=never, quota=0)), hours=never)
    assert refusal(Play(office), issue("visa", "priority")).code is Code.SERVICE_CLOSED
    assert refusal(Play(replace(office, hours=None)), issue("visa", "priority")).code is Code.LANE_CLOSED
    full = replace(office, hours=None, lanes={"priority": replace(PRIORITY, quota=0)})
    assert refusal(Play(full), issue("visa", "priority")).code is Code.QUOTA_REACHED


# -- what there is not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "code", "detail"),
    [
        (issue("fishing"), Code.UNKNOWN_SERVICE, {"service": "fishing"}),
        (issue("A"), Code.UNKNOWN_SERVICE, {"service": "A"}),
        (issue("visa", "express"), Code.UNKNOWN_LANE, {"lane": "express"}),
        (issue("visa", None, "fr"), Code.BAD_REQUEST, {"field": "language"}),
        (issue("visa", None, "ID"), Code.BAD_REQUEST, {"field": "language"}),
        (cmd.Printed("B-001", "confirmed", None), Code.UNKNOWN_TICKET, {"ticket": "B-001"}),
        (cmd.Reprint("nobody"), Code.UNKNOWN_TICKET, {"ticket": "nobody"}),
        (cmd.SignIn("c9", "sari", "", "", pin_matches=True), Code.UNKNOWN_COUNTER, {"counter": "c9"}),
        (cmd.SignIn("c1", "nobody", "", "", pin_matches=True), Code.UNKNOWN_OFFICER, {"officer": "nobody"}),
        (cmd.SignIn("c1", "sari", "0000", ""), Code.WRONG_PIN, {"officer": "sari", "locked_s": 0}),
    ],
)
def test_what_there_is_not_is_named(command: cmd.Command, code: Code, detail: dict[str, object]) -> None:
    error = refusal(Play(), command)
    assert error.code is code
    assert error.detail == detail


# -- paper ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["confirmed", "unconfirmed", "failed"])
def test_what_became_of_the_paper_is_kept_and_changes_nothing_else(outcome: cmd.Outcome) -> None:
    play = Play()
    ticket = play.issue()
    play.do(cmd.Printed(ticket.id, outcome, None))
    now = play.ticket(ticket.id)
    assert (now.paper, now.state, now.number) == (outcome, TicketState.WAITING, ticket.number)
    assert now.history[-1].type == f"printed_{outcome}"


def test_paper_is_told_of_by_number_as_well() -> None:
    play = Play()
    ticket = play.issue()
    play.do(cmd.Printed(ticket.number, "confirmed", None))
    assert play.ticket(ticket.id).paper == "confirmed"


def test_another_paper_has_the_same_number_and_the_same_place() -> None:
    play = Play()
    first, second = play.issue(), play.issue()
    play.do(cmd.Reprint(first.qr))
    play.do(cmd.Reprint(first.id))
    assert (play.ticket(first.id).number, play.ticket(first.id).copies) == (first.number, 2)
    assert play.hall.groups[first.group] == [play.ticket(first.id), second]


def test_the_code_on_the_paper_finds_the_ticket_and_tells_nothing() -> None:
    ticket = Play().issue()
    assert ticket_id_of_qr(ticket.qr) == ticket.id
    assert ticket.number not in ticket.qr
    assert set(ticket.qr) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-")


@pytest.mark.parametrize(
    "text",
    ["", "ANTREAN-", "ANTREAN-1", "antrean-AAAA", "HTTP://X", "ANTREAN-" + "A" * 400, "ANTREAN-ÄÖ", "ANTREAN-8888"],
)
def test_a_code_that_is_none_of_ours_finds_nothing(text: str) -> None:
    assert ticket_id_of_qr(text) is None


def test_a_code_is_for_one_ticket() -> None:
    codes = {qr_text(Play().issue().id), qr_text("10000000-0000-0000-0000-000000000000")}
    assert len(codes) == 2


def test_an_issued_event_says_all_that_a_ticket_needs() -> None:
    play = Play()
    (event,) = play.do(issue("passport", "priority", "en"))
    assert isinstance(event, ev.Issued)
    assert (event.number, event.series, event.sequence) == ("AP-001", "AP", 1)
    assert (event.language, event.stage, event.day) == ("en", "check", MORNING.date())
