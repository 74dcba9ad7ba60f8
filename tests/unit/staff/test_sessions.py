"""Staff who sign in without a counter: by the same PINs, for half a day at most, and never beyond it."""

from __future__ import annotations

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain import staff
from broker.domain.feedback import commands as fb
from broker.domain.identity import session_digest
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import casebook_office, staff_in
from tests.fakes.offices import PIN, small_office
from tests.fakes.store import MemoryStore

HOUR_S = 3600


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom(office=casebook_office())


def works(room: EngineRoom, session: str) -> bool:
    return "error" not in room.ask(fb.ListSuggestions(session))


def test_a_session_works_until_it_is_ended(room: EngineRoom) -> None:
    session = staff_in(room)
    assert works(room, session)
    assert room.ask(cmd.StaffOut(session))["events"] == ["staff_signed_out"]
    assert not works(room, session)
    assert room.ask(cmd.StaffOut(session))["error"] == "no_session"


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
    assert room.ask(cmd.StaffIn("dewi", "9999", "t"))["error"] == "wrong_pin"
    assert room.ask(cmd.StaffIn("nobody", PIN, "t"))["error"] == "unknown_officer"


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
    assert len(room.hall.staff) == 1


def test_sessions_count_while_the_office_key_is_missing() -> None:
    room = EngineRoom(office=casebook_office(), store=MemoryStore(keyless=True))
    session = staff_in(room)
    assert "error" not in room.ask(cmd.StaffSessions(session))
    assert room.ask(fb.ListSuggestions(session))["error"] == "not_ready"
    room.restart()
    assert "error" not in room.ask(cmd.StaffSessions(session))


def test_a_clock_that_is_set_ends_no_session(room: EngineRoom) -> None:
    session = staff_in(room)
    room.clock.set_back(-26 * HOUR_S)
    room.engine.step([])
    assert works(room, session)
    room.clock.advance(12 * HOUR_S)
    assert not works(room, session)


def test_a_session_is_listed_by_a_name_that_nobody_can_act_with(room: EngineRoom) -> None:
    own, other = staff_in(room, "sari"), staff_in(room, "dewi")
    (listed,) = staff.sessions(room.hall, cmd.StaffSessions(own), room.clock.now())
    assert (listed.officer, listed.role, listed.is_own) == ("sari", "officer", True)
    assert not works(room, listed.id)
    seen = staff.sessions(room.hall, cmd.StaffSessions(other), room.clock.now())
    assert [one.officer for one in seen] == ["dewi", "sari"]
    assert len(staff.sessions(room.hall, cmd.StaffSessions(other, own=True), room.clock.now())) == 1


def test_a_supervisor_ends_all_sessions_of_an_officer_and_the_journal_says_why(room: EngineRoom) -> None:
    lost, also = staff_in(room, "budi"), staff_in(room, "budi")
    supervisor = staff_in(room, "dewi")
    room.ask(cmd.StaffRevoke(supervisor, "budi", " The tablet is lost. "))
    assert not works(room, lost)
    assert not works(room, also)
    assert works(room, supervisor)
    ended = [told.event for told in room.wire.told if isinstance(told.event, ev.StaffRevoked)]
    assert [(one.officer, one.by, one.reason) for one in ended] == [("budi", "dewi", "The tablet is lost.")] * 2
    room.restart()
    assert not works(room, lost)


def test_an_officer_ends_their_own_session_elsewhere_and_nobody_elses(room: EngineRoom) -> None:
    here, there = staff_in(room, "sari"), staff_in(room, "sari")
    supervisor = staff_in(room, "dewi")
    listed = staff.sessions(room.hall, cmd.StaffSessions(supervisor), room.clock.now())
    by_officer = {one.officer: one.id for one in listed}
    for of in ("dewi", by_officer["dewi"], "nobody"):
        assert room.ask(cmd.StaffRevoke(here, of, "Just so."))["error"] == "unknown_session"
    assert works(room, supervisor)
    room.ask(cmd.StaffRevoke(here, session_digest(there)[: staff.ID_LENGTH], "Left open."))
    assert room.ask(cmd.StaffSessions(there))["error"] == "no_session"
    assert "error" not in room.ask(cmd.StaffSessions(here))


def test_spaces_are_no_reason(room: EngineRoom) -> None:
    session = staff_in(room)
    assert room.ask(cmd.StaffRevoke(session, "dewi", "  "))["error"] == "bad_request"
