"""Complaints from the first word to the closing: who may do what, by when, and what nobody but them may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain.feedback import commands as fb
from broker.domain.feedback.complaints import figures
from broker.domain.feedback.rules import ComplaintRules, FeedbackRules
from broker.domain.feedback.working_days import WorkingDays
from tests.fakes.clock import MORNING
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import HELD, book_of, casebook_office, complain, look, move, said, staff_in

DAY_S = 24 * 3600
GUESS = "what nobody holds"
TEXT = {"text": "Because."}
TO = {"to": "Kantor Wilayah"}
BY_STAFF: dict[fb.Action, dict[str, Any]] = {
    "verify": {},
    "forward": TO,
    "answer": TEXT,
    "close": {},
    "reject": TEXT | TO,
    "reopen": {},
    "merge": {"into": "2026-0001"},
}
REACH: dict[str, tuple[fb.Action, ...]] = {
    "received": (),
    "verified": ("verify",),
    "forwarded": ("forward",),
    "answered": ("answer",),
    "closed": ("answer", "close"),
    "rejected": ("reject",),
    "reopened": ("answer", "reopen"),
    "merged": ("merge",),
}
FLOWS = """
              received   verified   forwarded  answered   closed     rejected   reopened   merged
verify        verified   -          -          -          -          -          verified   -
forward       forwarded  forwarded  forwarded  -          -          -          forwarded  -
answer        answered   answered   answered   -          -          -          answered   -
close         -          -          -          closed     -          -          -          -
reject        rejected   rejected   rejected   -          -          -          rejected   -
reopen        -          -          -          reopened   reopened   reopened   -          reopened
merge         merged     merged     merged     -          -          -          merged     -
reply         received   verified   forwarded  reopened   -          -          reopened   -
withdraw      closed     closed     closed     closed     -          -          closed     -
"""
"""What the staff do, and `reply` and `withdraw` (`close`) of whoever complained; `-`: it cannot be done."""


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom(office=casebook_office())


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in FLOWS.strip().splitlines())
    return [(row[0], state, cell) for row in rows for state, cell in zip(head, row[1:], strict=True)]


def test_the_table_has_every_action_and_state() -> None:
    assert {action for action, _, _ in _cells()} == {*get_args(fb.Action), "withdraw"}
    assert {state for _, state, _ in _cells()} == REACH.keys()


@pytest.mark.parametrize(("action", "state", "expected"), _cells())
def test_a_complaint_goes_its_way(room: EngineRoom, action: str, state: str, expected: str) -> None:
    complain(room)
    number, session = complain(room), staff_in(room)
    for step in REACH[state]:
        assert "error" not in move(room, number, step, session=session, **BY_STAFF[step])
    assert book_of(room).complaints[number].state == state
    if action in {"reply", "withdraw"}:
        asked: fb.Action = "reply" if action == "reply" else "close"
        reply = move(room, number, asked, secret=HELD, **(TEXT if action == "reply" else {}))
    else:
        known = next(one for one in BY_STAFF if one == action)
        reply = move(room, number, known, session=session, **BY_STAFF[known])
    assert reply.get("error") == ("illegal_transition" if expected == "-" else None)
    assert book_of(room).complaints[number].state == (state if expected == "-" else expected)


@pytest.mark.parametrize(
    ("action", "missing"),
    [("answer", "text"), ("reject", "text"), ("reject", "to"), ("forward", "to"), ("merge", "into")],
)
def test_what_an_action_needs_is_said(room: EngineRoom, action: fb.Action, missing: str) -> None:
    number, session = complain(room), staff_in(room)
    given_with = {name: value for name, value in BY_STAFF[action].items() if name != missing}
    reply = move(room, number, action, session=session, **given_with)
    assert (reply["error"], reply["detail"]["field"]) == ("bad_request", missing)


def test_nothing_is_merged_into_itself_or_into_nothing(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room)
    for into in (number, "2026-0099", ""):
        assert move(room, number, "merge", session=session, into=into)["error"] == "bad_request"


# -- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "answer_by"),
    [
        ("information", "2026-03-09"),
        ("aspiration", "2026-03-09"),
        ("complaint", "2026-03-20"),
        ("supervision", "2026-05-25"),
    ],
)
def test_the_receipt_says_until_when(room: EngineRoom, kind: fb.Kind, answer_by: str) -> None:
    """Received on Monday 2 March 2026, in an office that works from Monday to Friday and knows no holiday."""
    number = complain(room, kind=kind)
    seen = look(room, number, secret=HELD)["complaint"]
    assert (seen["verify_by"], seen["answer_by"], seen["state"]) == ("2026-03-05", answer_by, "received")


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


@given(st.sets(DAYS, max_size=80), DAYS, st.sampled_from(get_args(fb.Kind)))
def test_a_date_is_never_a_closed_day_and_never_earlier_than_promised(
    closed: set[dt.date], day: dt.date, kind: fb.Kind
) -> None:
    calendar = WorkingDays(dates=dict.fromkeys(closed, False))
    office = casebook_office(feedback=FeedbackRules(calendar=calendar))
    room = EngineRoom(office=office)
    room.clock.advance((day - MORNING.date()).days * DAY_S) if day > MORNING.date() else None
    found = book_of(room).complaints[complain(room, kind=kind)]
    days = ComplaintRules().answer_days[kind]
    for date, least in ((found.verify_by, 3), (found.answer_by, days)):
        assert calendar.is_working(date)
        assert calendar.count(found.received_on, date) == least


def test_an_answer_to_which_nobody_replies_closes_it_after_ten_working_days(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room)
    move(room, number, "answer", session=session, **TEXT)
    assert look(room, number, secret=HELD)["complaint"]["closes_on"] == "2026-03-16"
    room.clock.advance(14 * DAY_S)
    room.engine.step([])
    assert book_of(room).complaints[number].state == "answered", "the last day is whole"
    room.clock.advance(DAY_S)
    room.engine.step([])
    closed = look(room, number, secret=HELD)["complaint"]
    assert (closed["state"], closed["steps"][-1]["type"], closed["closes_on"]) == ("closed", "closed", None)


def test_a_reply_keeps_it_open_with_a_new_date(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room)
    move(room, number, "answer", session=session, **TEXT)
    room.clock.advance(7 * DAY_S)
    assert "error" not in move(room, number, "reply", secret=HELD, text="That is no answer.")
    seen = look(room, number, secret=HELD)["complaint"]
    assert (seen["state"], seen["closes_on"], seen["answer_by"]) == ("reopened", None, "2026-03-27")
    room.clock.advance(30 * DAY_S)
    room.engine.step([])
    assert book_of(room).complaints[number].state == "reopened"


def test_what_is_late_is_counted_and_what_is_due_soon(room: EngineRoom) -> None:
    first, second, _ = complain(room), complain(room), complain(room, kind="supervision")
    session = staff_in(room)
    move(room, first, "answer", session=session, **TEXT)
    today = MORNING.date()
    of_first_day = figures(book_of(room), today)
    assert (of_first_day.received, of_first_day.answered, of_first_day.in_time, of_first_day.open) == (3, 1, 1, 2)
    assert (of_first_day.due_soon, of_first_day.overdue) == (0, 0)
    assert figures(book_of(room), dt.date(2026, 3, 3)).due_soon == 2, "to be looked at by the 5th"
    assert figures(book_of(room), dt.date(2026, 3, 6)).overdue == 2
    move(room, second, "verify", session=session)
    assert figures(book_of(room), dt.date(2026, 3, 6)).overdue == 1
    assert figures(book_of(room), dt.date(2026, 3, 21)).overdue == 2


def test_numbers_begin_anew_with_the_year_and_none_comes_twice(room: EngineRoom) -> None:
    numbers = [complain(room) for _ in range(2)]
    room.restart()
    numbers.append(complain(room))
    assert numbers == ["2026-0001", "2026-0002", "2026-0003"]
    room.clock.advance(365 * DAY_S)
    assert complain(room) == "2027-0001"


# -- who sees what --------------------------------------------------------------------------------------------------


def test_a_wrong_number_is_told_as_a_wrong_secret_is(room: EngineRoom) -> None:
    number = complain(room)
    wrong = [look(room, number, secret=GUESS), look(room, "2026-0009", secret=HELD), look(room, number)]
    assert {(reply["error"], str(reply["detail"])) for reply in wrong} == {("unknown_complaint", "{}")}
    assert move(room, number, "reply", secret=GUESS, **TEXT)["error"] == "unknown_complaint"


def test_a_secret_is_right_however_it_is_typed(room: EngineRoom) -> None:
    long, typed = "ABCDEFGH234567AB", "abcd-efgh 2345 67ab"
    number = complain(room, secret=long)
    assert look(room, number, secret=typed)["complaint"]["number"] == number


def test_whoever_complained_is_told_of_no_officer_and_staff_are(room: EngineRoom) -> None:
    number, session = complain(room, ticket="a-012"), staff_in(room)
    move(room, number, "forward", session=session, **TO)
    own = look(room, number, secret=HELD)["complaint"]
    assert (own["ticket"], own["steps"][1]["by"], own["steps"][1]["to"]) == (None, None, "Kantor Wilayah")
    theirs = look(room, number, session=session)["complaint"]
    assert (theirs["ticket"], theirs["steps"][1]["by"]) == ("A-012", "Dewi A.")


def test_words_are_told_step_by_step(room: EngineRoom) -> None:
    number, session = complain(room, "Where is my passport?"), staff_in(room)
    move(room, number, "verify", session=session)
    move(room, number, "answer", session=session, text="Here.")
    for asker in ({"secret": HELD}, {"session": session}):
        told = [look(room, number, step=step, **asker) for step in range(4)]
        assert [one.get("text") for one in told] == ["Where is my passport?", None, "Here.", None]
        assert {one["error"] for one in (told[1], told[3])} == {"bad_request"}


def test_a_contact_is_for_who_handles_complaints_and_that_it_was_read_is_written_down(room: EngineRoom) -> None:
    number = complain(room, contact="0812 3456")
    supervisor, handler, officer = (staff_in(room, who) for who in ("dewi", "budi", "sari"))
    seq = room.hall.seq
    assert look(room, number, session=supervisor, contact=True)["error"] == "not_allowed"
    assert look(room, number, session=officer, contact=True)["error"] == "not_allowed"
    assert look(room, number, secret=HELD, contact=True)["error"] == "not_allowed"
    assert room.hall.seq == seq
    assert look(room, number, session=handler, contact=True)["contact"] == "0812 3456"
    assert room.hall.seq == seq + 1
    assert look(room, complain(room), session=handler, contact=True)["error"] == "bad_request"


def test_what_is_confidential_is_read_and_handled_by_who_handles_complaints_alone(room: EngineRoom) -> None:
    number = complain(room, confidential=True, ticket="A-012")
    supervisor, handler = staff_in(room), staff_in(room, "budi")
    seen = [look(room, number, session=who)["complaint"]["ticket"] for who in (supervisor, handler)]
    listed = [room.ask(fb.ListComplaints(who))["complaints"][0]["ticket"] for who in (supervisor, handler)]
    assert seen == listed == [None, "A-012"]
    assert look(room, number, session=supervisor, step=0)["error"] == "not_allowed"
    assert move(room, number, "answer", session=supervisor, **TEXT)["error"] == "not_allowed"
    assert look(room, number, session=handler, step=0)["text"] == "It was slow."
    assert "error" not in move(room, number, "answer", session=handler, **TEXT)


def test_officers_at_counters_handle_none(room: EngineRoom) -> None:
    number, officer = complain(room), staff_in(room, "sari")
    assert look(room, number, session=officer)["error"] == "not_allowed"
    assert move(room, number, "verify", session=officer)["error"] == "not_allowed"
    assert room.ask(fb.ListComplaints(officer))["error"] == "not_allowed"


def test_nobody_does_what_is_the_others_to_do(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room)
    assert move(room, number, "answer", secret=HELD, **TEXT)["error"] == "not_allowed"
    assert move(room, number, "reply", session=session, **TEXT)["error"] == "not_allowed"


def test_staff_enter_one_for_somebody(room: EngineRoom) -> None:
    session = staff_in(room, "sari")
    number = complain(room, session=session)
    assert look(room, number, session=staff_in(room))["complaint"]["steps"][0]["by"] == "Sari W."
    refused = room.ask(fb.Complain("complaint", "x", session="stolen", secret=HELD))
    assert refused["error"] == "no_session"


def test_who_wants_to_stay_unknown_leaves_no_contact(room: EngineRoom) -> None:
    reply = room.ask(fb.Complain("complaint", "x", "0812", anonymous=True, secret=HELD))
    assert (reply["error"], reply["detail"]["field"]) == ("bad_request", "contact")
    assert look(room, complain(room, anonymous=True), secret=HELD)["complaint"]["anonymous"] is True


def test_the_inbox_is_ordered_by_what_comes_next(room: EngineRoom) -> None:
    late, soon, done = complain(room, kind="supervision"), complain(room), complain(room)
    session = staff_in(room)
    move(room, late, "verify", session=session)
    move(room, done, "reject", session=session, **TEXT, **TO)
    listed = room.ask(fb.ListComplaints(session))
    assert [one["number"] for one in listed["complaints"]] == [soon, late]
    everything = room.ask(fb.ListComplaints(session, "all"))
    assert [one["number"] for one in everything["complaints"]] == [soon, late, done]
    assert everything["complaints"][0]["steps"] == []
    assert (everything["pages"], room.ask(fb.ListComplaints(session, "all", 7))["complaints"]) == (1, [])


def test_where_none_are_taken_none_are_taken() -> None:
    room = EngineRoom(office=casebook_office(feedback=FeedbackRules(complaints=None)))
    assert room.ask(fb.Complain("complaint", "x", secret=HELD))["error"] == "not_allowed"
    assert look(room, "2026-0001", secret=HELD)["error"] == "unknown_complaint"


def test_where_none_are_taken_any_more_what_is_open_is_still_answered_and_closed(room: EngineRoom) -> None:
    number = complain(room, confidential=True)
    room.office = casebook_office(feedback=FeedbackRules(complaints=None))
    room.restart()
    session = staff_in(room, "budi")
    assert [one["number"] for one in room.ask(fb.ListComplaints(session))["complaints"]] == [number]
    assert "error" not in move(room, number, "answer", session=session, **TEXT)
    assert look(room, number, secret=HELD, step=1)["text"] == TEXT["text"]
    room.clock.advance(20 * DAY_S)
    room.engine.step([])
    room.clock.advance(61)
    room.engine.step([])
    assert look(room, number, secret=HELD)["complaint"]["state"] == "closed"


# -- once, and whole ------------------------------------------------------------------------------------------------


def test_the_same_request_is_one_complaint_and_the_same_receipt(room: EngineRoom) -> None:
    asked = fb.Complain("complaint", "x", secret=HELD)
    first = room.ask(asked, request="same")
    room.restart()
    assert room.ask(asked, request="same") == first
    assert list(book_of(room).complaints) == ["2026-0001"]


def test_what_could_not_be_written_never_was(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room)
    before = said(book_of(room))
    room.store.failing_commits = 1  # type: ignore[attr-defined]  # it is the one in memory
    assert move(room, number, "answer", session=session, **TEXT)["error"] == "storage_failed"
    assert said(book_of(room)) == before
    assert "error" not in move(room, number, "answer", session=session, **TEXT)


def test_complained_and_asked_in_one_batch(room: EngineRoom) -> None:
    first = room.submission(fb.Complain("complaint", "Both at once.", secret=HELD), client="web")
    second = room.submission(fb.ReadComplaint("2026-0001", HELD, step=0), client="web-2")
    assert room.ask_all(first, second)[1]["text"] == "Both at once."


def test_whoever_writes_without_end_is_stopped(room: EngineRoom) -> None:
    number = complain(room)
    replies = [move(room, number, "reply", secret=HELD, **TEXT) for _ in range(31)]
    assert "error" not in replies[28]
    assert replies[29]["error"] == "illegal_transition"


def test_what_was_passed_on_without_end_can_still_be_answered_and_closed(room: EngineRoom) -> None:
    number, session = complain(room), staff_in(room, "budi")
    replies = [move(room, number, "forward", session=session, **TO) for _ in range(60)]
    assert replies[-1]["error"] == "illegal_transition"
    assert "error" not in move(room, number, "answer", session=session, **TEXT)
    assert move(room, number, "reopen", session=session)["error"] == "illegal_transition"
    assert "error" not in move(room, number, "close", session=session)


def test_whoever_is_stopped_may_still_say_that_it_is_settled(room: EngineRoom) -> None:
    number = complain(room)
    for _ in range(31):
        move(room, number, "reply", secret=HELD, **TEXT)
    assert "error" not in move(room, number, "close", secret=HELD)


def test_nobody_complains_while_no_receipt_can_be_made(room: EngineRoom) -> None:
    request = room.submission(fb.Complain("complaint", "It was slow."), client="web")
    assert room.ask_all(request)[0]["error"] == "not_ready"
    assert not book_of(room).complaints
    later = replace(request, command=fb.Complain("complaint", "It was slow.", secret=HELD))
    assert "error" not in room.ask_all(later)[0]
    assert room.ask_all(request)[0]["error"] == "not_ready", (
        "not the receipt as it lies on the disk, without its secret"
    )
