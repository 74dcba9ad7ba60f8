"""Surveys: who is asked, what is taken, and what days and periods come to. Nobody chooses whom to ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broker.domain import commands as cmd
from broker.domain.feedback import commands as fb
from broker.domain.feedback.rules import FeedbackRules
from broker.domain.feedback.surveys import Scoring, Survey
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import book_of, finished, said, staff_in
from tests.fakes.offices import small_office

DAY_S = 24 * 3600
GRADES = (("A", 88.31), ("B", 76.61), ("C", 65.0), ("D", 25.0))
SKM = Survey(
    "skm", "1", ("time", "fee"), {"sex": frozenset({"female", "male"})}, invite_every=2, scoring=Scoring(25, 2, GRADES)
)
IPK = Survey("ipk", "1", ("gifts",), invite_every=2, place=1, is_open=False, period="quarter")
RULES = FeedbackRules(surveys={"skm": SKM, "ipk": IPK}, kiosks={"lobby": None, "tablet": "c1"})


@pytest.fixture
def room() -> EngineRoom:
    return opened(EngineRoom(office=small_office(feedback=RULES, supervisors=frozenset({"dewi"}))))


def opened(room: EngineRoom) -> EngineRoom:
    room.sign_in("c1", "sari")
    return room


def invitations(room: EngineRoom, ticket: str, client: str = "kiosk-1") -> list[dict[str, str]]:
    found: list[dict[str, str]] = room.ask(fb.Invitations(ticket, asker=client), client=client)["invitations"]
    return found


def give(room: EngineRoom, time: int = 4, fee: int = 3, client: str = "web-1", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a command
    row = f"row-{next(room.ids)}"
    answers: dict[str, Any] = more.pop("answers", {"time": time, "fee": fee})
    command = fb.GiveSurvey("skm", "1", answers, asker=client, row=row, words_row=f"words of {row}")
    return room.ask(replace(command, **more), client=client)


def asked(room: EngineRoom) -> str:
    """Let visitors be served until one is asked; return the invitation."""
    while True:
        for one in invitations(room, finished(room)):
            if one["survey"] == "skm":
                return one["invitation"]


def later(room: EngineRoom, days: int) -> None:
    """Let days pass, with a look at each of them."""
    for _ in range(days):
        room.clock.advance(DAY_S)
        room.engine.step([])
        room.clock.advance(2)
        room.engine.step([])


def test_every_second_visitor_of_a_service_is_asked_and_the_other_survey_asks_the_others(room: EngineRoom) -> None:
    told = [[one["survey"] for one in invitations(room, finished(room))] for _ in range(6)]
    assert told == [["ipk"], ["skm"]] * 3


def test_services_are_counted_apart_and_days_and_restarts_begin_nothing_anew(room: EngineRoom) -> None:
    assert invitations(room, finished(room))[0]["survey"] == "ipk"
    room.restart()
    later(room, 1)
    room.sign_in("c1", "sari")
    assert invitations(room, finished(room))[0]["survey"] == "skm"


def test_who_is_not_done_or_does_not_hold_the_ticket_is_not_asked(room: EngineRoom) -> None:
    finished(room)
    waiting = room.issue("visa")
    assert invitations(room, waiting) == []
    ticket = finished(room)
    assert room.ask(fb.Invitations(ticket, asker="web-1"))["error"] == "not_holder"
    assert room.ask(fb.Invitations(ticket, "0000", asker="web-1"))["error"] == "not_holder"
    wrong = [room.ask(fb.Invitations(ticket, "0001", asker="web-1"), request=f"w{n}") for n in range(6)]
    assert {one["error"] for one in wrong} == {"not_holder"}
    right = room.ask(fb.Invitations(ticket, "0417", asker="web-1"))
    assert right["error"] == "not_holder", "after five wrong codes no code is taken, at a question as elsewhere"


def test_the_tablet_at_the_counter_that_finished_a_ticket_may_ask_and_answer_for_its_visitor(room: EngineRoom) -> None:
    finished(room)
    ticket = finished(room)
    (one,) = invitations(room, ticket, "tablet")
    assert room.ask(fb.Invitations(ticket, asker="lobby"), client="lobby")["error"] == "not_holder"
    assert give(room, client="tablet", invitation=one["invitation"])["events"] == ["surveyed"]


def test_an_invitation_is_good_once(room: EngineRoom) -> None:
    invitation = asked(room)
    assert give(room, invitation=invitation)["events"] == ["surveyed"]
    assert give(room, invitation=invitation)["error"] == "already_given"
    room.restart()
    assert give(room, invitation=invitation)["error"] == "already_given"
    assert [day.tally.n for day in book_of(room).counting.days.values()] == [1]


def test_the_same_request_from_a_phone_that_lost_its_link_is_one_answer(room: EngineRoom) -> None:
    command = fb.GiveSurvey("skm", "1", {"time": 4, "fee": 4}, invitation=asked(room), row="r", words_row="w")
    first = room.ask(command, request="same")
    assert room.ask(command, request="same") == first
    assert [day.tally.n for day in book_of(room).counting.days.values()] == [1]


def test_an_answered_invitation_is_not_offered_any_more(room: EngineRoom) -> None:
    finished(room)
    ticket = finished(room)
    (one,) = invitations(room, ticket)
    give(room, invitation=one["invitation"])
    assert invitations(room, ticket) == []


def test_an_invitation_is_for_its_survey_and_its_day(room: EngineRoom) -> None:
    invitation = asked(room)
    other = fb.GiveSurvey("ipk", "1", {"gifts": 4}, invitation=invitation, row="r")
    assert room.ask(other)["error"] == "not_invited"
    assert give(room, invitation="A" * 16)["error"] == "not_invited"
    assert give(room)["error"] == "not_invited"
    later(room, 1)
    assert give(room, invitation=invitation)["error"] == "not_invited"


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_set_ends_no_invitation(tmp_path: Path, days: int) -> None:
    office = small_office(feedback=RULES)
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", key=OfficeKey(tmp_path / "office.key"))
    room = opened(EngineRoom(store=store, office=office))
    before = asked(room)
    room.clock.set_back(-days * DAY_S)
    room.engine.step([])
    since = [asked(room) for _ in range(2)]
    assert "error" not in give(room, invitation=since[0])
    room.restart()
    assert [give(room, invitation=one).get("error") for one in (before, *since)] == [None, "already_given", None]
    store.close()


def test_an_invitation_may_be_typed_in_small_letters(room: EngineRoom) -> None:
    assert give(room, invitation=f" {asked(room).lower()} ")["events"] == ["surveyed"]


def test_whoever_stands_at_a_feedback_kiosk_answers_where_that_is_open(room: EngineRoom) -> None:
    assert give(room, client="lobby")["events"] == ["surveyed"]
    assert give(room, client="lobby", service="visa")["events"] == ["surveyed"]
    assert give(room, client="lobby", service="nothing")["error"] == "unknown_service"
    assert give(room, client="kiosk-1")["error"] == "not_invited"
    shut = fb.GiveSurvey("ipk", "1", {"gifts": 4}, asker="lobby", row="r")
    assert room.ask(shut, client="lobby")["error"] == "not_invited"
    (day,) = book_of(room).counting.days.values()
    assert day.tally.services == {"": 1, "visa": 1}
    assert day.tally.channels == {"kiosk": 2}


def test_staff_enter_a_form_with_its_service(room: EngineRoom) -> None:
    session = staff_in(room, "sari")
    assert give(room, session=session)["error"] == "bad_request"
    assert give(room, session=session, service="visa")["events"] == ["surveyed"]
    assert give(room, session="stolen", service="visa")["error"] == "no_session"
    (day,) = book_of(room).counting.days.values()
    assert day.tally.channels == {"paper": 1}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"answers": {"time": 4}}, "answers"),
        ({"answers": {"time": 4, "fee": 4, "colour": 4}}, "answers"),
        ({"version": "2"}, "version"),
        ({"profile": {"sex": "other"}}, "profile"),
        ({"profile": {"shoes": "male"}}, "profile"),
        ({"language": "xx"}, "language"),
        ({"text": "a\u0000b"}, "text"),
    ],
)
def test_what_nobody_can_have_chosen_is_refused(room: EngineRoom, more: dict[str, Any], field: str) -> None:
    reply = give(room, client="lobby", **more)
    assert reply["error"] == "bad_request"
    assert reply["detail"]["field"] == field
    assert room.ask(fb.GiveSurvey("none", "1", {"time": 4}, asker="lobby"), client="lobby")["error"] == "unknown_survey"


def test_what_is_written_beside_the_answers_goes_into_the_box_joined_to_nothing(room: EngineRoom) -> None:
    give(room, client="lobby", text="Antrean lama \u202e<b>", service="visa")
    (one,) = book_of(room).suggestions.values()
    assert (one.tags, one.service) == (("skm",), "visa")
    assert not one.id.startswith("row-")


def test_a_visit_that_is_taken_back_is_not_counted_and_counts_once_when_it_is_done(room: EngineRoom) -> None:
    finished(room)
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    assert book_of(room).counting.turns == {"visa": 0}
    room.finish("c1")
    assert book_of(room).counting.turns == {"visa": 1}
    assert [one["survey"] for one in invitations(room, finished(room))] == ["skm"]


def test_a_day_is_sealed_when_it_is_over_and_a_period_closed_once(room: EngineRoom) -> None:
    give(room, 4, 3, invitation=asked(room))
    give(room, 2, 1, client="lobby", profile={"sex": "male"})
    before = [recorded.event for recorded in room.wire.told if type(recorded.event).__name__.startswith("Survey")]
    assert {type(event).__name__ for event in before} == {"Surveyed"}
    later(room, 1)
    counting = book_of(room).counting
    assert [day.seal is not None for day in counting.days.values()] == [True]
    later(room, 30)
    (closed,) = book_of(room).counting.closed["skm"]
    assert (closed.period.name, closed.tally.n, closed.served, closed.wanted) == ("2026-03", 2, {"visa": 2}, 2)
    assert closed.tally.sums == {"time": 6, "fee": 4}
    assert closed.tally.profile == {"sex": {"male": 1}}
    later(room, 31)
    assert [one.period.name for one in book_of(room).counting.closed["skm"]] == ["2026-03", "2026-04"]
    assert "ipk" not in book_of(room).counting.closed


def test_nothing_is_closed_twice_over_a_restart(room: EngineRoom) -> None:
    give(room, client="lobby")
    later(room, 31)
    room.restart()
    later(room, 2)
    assert [one.period.name for one in book_of(room).counting.closed["skm"]] == ["2026-03"]


def test_a_change_from_months_to_quarters_counts_no_day_twice(room: EngineRoom) -> None:
    give(room, client="lobby")
    later(room, 31)
    room.office = replace(room.office, feedback=replace(RULES, surveys={"skm": replace(SKM, period="quarter")}))
    room.restart()
    give(room, client="lobby")
    later(room, 92)
    periods = [(one.period.name, one.period.begin, one.tally.n) for one in book_of(room).counting.closed["skm"]]
    assert periods == [("2026-03", dt.date(2026, 3, 1), 1), ("2026-Q2", dt.date(2026, 4, 1), 1)]


def test_an_answer_after_the_clock_was_set_back_into_a_sealed_day_counts_on_the_next(room: EngineRoom) -> None:
    give(room, client="lobby")
    later(room, 1)
    counting = book_of(room).counting
    sealed = dt.date(2026, 3, 2)
    assert counting.open_day("skm", sealed) == sealed + dt.timedelta(days=1)


def test_a_supervisor_plans_for_a_closed_period_and_may_say_it_anew(room: EngineRoom) -> None:
    give(room, client="lobby")
    session = staff_in(room, "dewi")
    plan = fb.MakePlan(session, "skm", "2026-03", "fee", "Tarif ditempel\n di loket", "2026-04-30")
    assert room.ask(plan)["error"] == "unknown_survey"
    later(room, 31)
    session = staff_in(room, "dewi")
    plan = replace(plan, session=session)
    assert room.ask(plan)["events"] == ["plan_made"]
    room.ask(replace(plan, by="2026-05-31"))
    (kept,) = book_of(room).counting.plans.values()
    assert (kept.text, kept.by) == ("Tarif ditempel di loket", dt.date(2026, 5, 31))
    assert room.ask(replace(plan, session=staff_in(room, "sari")))["error"] == "not_allowed"
    for change in ({"element": "none"}, {"by": "tomorrow"}, {"plan": "x" * 301}, {"plan": "  "}):
        assert room.ask(replace(plan, **change))["error"] == "bad_request"


def test_the_disk_tells_the_same_after_a_restart(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", key=OfficeKey(tmp_path / "office.key"))
    office = small_office(feedback=RULES, supervisors=frozenset({"dewi"}))
    room = opened(EngineRoom(store=store, office=office))
    give(room, invitation=asked(room), profile={"sex": "female"})
    later(room, 31)
    room.ask(fb.MakePlan(staff_in(room, "dewi"), "skm", "2026-03", "fee", "Tarif ditempel", "2026-04-30"))
    room.sign_in("c1", "sari")
    give(room, invitation=asked(room))
    give(room, client="lobby", service="visa")
    before = said(book_of(room))
    room.restart()
    assert said(book_of(room)) == before
    store.close()
