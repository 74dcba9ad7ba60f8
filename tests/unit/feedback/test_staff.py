"""Staff who sign in without a counter: by the same PINs, for half a day at most, and never beyond it."""

from __future__ import annotations

import pytest

from broker.domain.feedback import commands as fb
from broker.domain.identity import session_digest
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import book_of, casebook_office, staff_in
from tests.fakes.offices import PIN, small_office

HOUR_S = 3600


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom(office=casebook_office())


def works(room: EngineRoom, session: str) -> bool:
    return "error" not in room.ask(fb.ListSuggestions(session))


def test_a_session_works_until_it_is_ended(room: EngineRoom) -> None:
    session = staff_in(room)
    assert works(room, session)
    assert room.ask(fb.StaffOut(session))["events"] == ["staff_signed_out"]
    assert not works(room, session)
    assert room.ask(fb.StaffOut(session))["error"] == "no_session"


def test_a_session_outlives_a_restart_and_the_journal_cannot_act_as_the_officer(room: EngineRoom) -> None:
    session = staff_in(room)
    room.restart()
    assert works(room, session)
    assert not works(room, session_digest(session))


def test_a_session_ends_after_twelve_hours_and_with_the_day(room: EngineRoom) -> None:
    session = staff_in(room)
    room.clock.advance(12 * HOUR_S - 1)
    assert works(room, session)
    room.clock.advance(1)
    assert not works(room, session)
    late = staff_in(room)
    room.clock.advance(4 * HOUR_S)
    assert not works(room, late), "another day has begun"


def test_a_wrong_pin_and_an_unknown_officer_are_refused(room: EngineRoom) -> None:
    assert room.ask(fb.StaffIn("dewi", "9999", "t"))["error"] == "wrong_pin"
    assert room.ask(fb.StaffIn("nobody", PIN, "t"))["error"] == "unknown_officer"


def test_whoever_is_no_officer_any_more_is_out(room: EngineRoom) -> None:
    session = staff_in(room)
    room.office = small_office(officers={"sari": "Sari W."})
    room.restart()
    assert room.ask(fb.ListSuggestions(session))["error"] == "no_session"


def test_old_sessions_are_let_go(room: EngineRoom) -> None:
    for _ in range(5):
        staff_in(room)
    room.clock.advance(24 * HOUR_S)
    staff_in(room)
    assert len(book_of(room).staff) == 1
