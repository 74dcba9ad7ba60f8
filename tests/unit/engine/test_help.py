"""A visitor at a kiosk calls for help: staff see it, somebody comes, and it ends in every way that it can."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.ports import CONNECTION, OFFLINE, ONLINE, Health
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import small_office

KIOSKS = ("kiosk-1", "kiosk-2")


@pytest.fixture
def room() -> EngineRoom:
    made = EngineRoom(office=small_office(kiosks=frozenset(KIOSKS)))
    made.sign_in("c1", "sari")
    made.sign_in("c3", "dewi")
    return made


def ask(room: EngineRoom, kiosk: str = "kiosk-1", page: str | None = "services") -> dict[str, Any]:
    return room.ask(cmd.Help("ask", page=page, asker=kiosk), client=kiosk)


def cancel(room: EngineRoom, kiosk: str = "kiosk-1") -> dict[str, Any]:
    return room.ask(cmd.Help("cancel", asker=kiosk), client=kiosk)


def at_counter(room: EngineRoom, action: cmd.HelpAction, counter: str = "c1", kiosk: str = "kiosk-1") -> dict[str, Any]:
    desk = cmd.AtCounter(counter, room.sessions[counter])
    return room.ask(cmd.Help(action, kiosk, desk=desk), client=f"counter-{counter}")


def goes(room: EngineRoom, kiosk: str, state: str = OFFLINE) -> None:
    """Let the engine hear that a kiosk is there, or not."""
    room.clock.advance(1.5)
    room.engine.step([Health(kiosk, {CONNECTION: state})])
    room.engine.step([])


def events(room: EngineRoom) -> list[Event]:
    return [recorded.event for recorded in room.wire.told if "help" in EVENT_NAMES[type(recorded.event)]]


def test_who_asks_is_seen_by_staff_until_somebody_was_there(room: EngineRoom) -> None:
    assert ask(room)["events"] == ["help_asked"]
    assert [(call.page, call.counter) for call in room.hall.help.values()] == [("services", None)]
    assert at_counter(room, "come")["events"] == ["help_coming"]
    assert room.hall.help["kiosk-1"].counter == "c1"
    assert at_counter(room, "done")["events"] == ["help_ended"]
    assert room.hall.help == {}


def test_pressing_twice_is_no_second_call_and_no_error(room: EngineRoom) -> None:
    since = room.clock.now()
    ask(room)
    room.clock.advance(30)
    assert ask(room, page="lane")["events"] == []
    assert room.hall.help["kiosk-1"].since == since
    at_counter(room, "come")
    assert at_counter(room, "come")["events"] == []
    at_counter(room, "done")
    assert at_counter(room, "done")["events"] == []
    assert cancel(room)["events"] == []


def test_another_counter_may_come_instead(room: EngineRoom) -> None:
    ask(room)
    at_counter(room, "come", "c1")
    assert at_counter(room, "come", "c3")["events"] == ["help_coming"]
    assert room.hall.help["kiosk-1"].counter == "c3"


def test_who_comes_when_nobody_waits_any_more_is_told(room: EngineRoom) -> None:
    ask(room)
    cancel(room)
    assert at_counter(room, "come")["error"] == "illegal_transition"


def test_only_kiosks_ask_and_only_who_is_signed_in_comes(room: EngineRoom) -> None:
    assert ask(room, "display-1")["error"] == "not_allowed"
    ask(room)
    stranger = cmd.Help("come", "kiosk-1", desk=cmd.AtCounter("c1", "stolen"))
    assert room.ask(stranger)["error"] == "no_session"
    assert room.ask(cmd.Help("done", "kiosk-1"))["detail"] == {"field": "counter"}
    desk = cmd.AtCounter("c1", room.sessions["c1"])
    assert room.ask(cmd.Help("done", desk=desk))["detail"] == {"field": "kiosk"}


def test_a_kiosk_cancels_its_own_call_only(room: EngineRoom) -> None:
    ask(room, "kiosk-1")
    assert cancel(room, "kiosk-2")["events"] == []
    assert list(room.hall.help) == ["kiosk-1"]


def test_a_kiosk_that_is_lost_ends_its_call(room: EngineRoom) -> None:
    goes(room, "kiosk-1", ONLINE)
    ask(room, "kiosk-1")
    ask(room, "kiosk-2")
    goes(room, "kiosk-1")
    assert list(room.hall.help) == ["kiosk-2"]
    assert isinstance(last := events(room)[-1], ev.HelpEnded)
    assert (last.kiosk, last.reason, last.counter) == ("kiosk-1", "lost", None)


def test_a_call_of_yesterday_ends_with_the_day(room: EngineRoom) -> None:
    ask(room)
    room.clock.advance(24 * 3600)
    for _ in range(3):
        room.clock.advance(6)
        room.engine.step([])
    assert room.hall.help == {}
    assert isinstance(last := events(room)[-1], ev.HelpEnded)
    assert last.reason == "end of day"


def test_who_waits_for_help_does_so_after_a_restart(room: EngineRoom) -> None:
    ask(room, "kiosk-1")
    ask(room, "kiosk-2")
    at_counter(room, "come", kiosk="kiosk-2")
    before = contents(room.hall)
    room.restart()
    assert contents(room.hall) == before


def test_a_clock_that_is_set_changes_not_how_long_somebody_waits(room: EngineRoom) -> None:
    ask(room)
    room.clock.set_back(3600)
    room.engine.step([])
    assert room.hall.help["kiosk-1"].since == room.clock.now()


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "cancel", "come", "done", "lost", "restart"]), st.sampled_from(KIOSKS)),
    max_size=20,
)


@given(STEPS)
def test_who_is_gone_or_has_taken_it_back_never_waits_for_help(steps: list[tuple[str, str]]) -> None:
    room = EngineRoom(office=small_office(kiosks=frozenset(KIOSKS)))
    room.sign_in("c1", "sari")
    waiting: list[str] = []
    for step, kiosk in steps:
        match step:
            case "ask":
                ask(room, kiosk)
                waiting += [kiosk] if kiosk not in waiting else []
            case "cancel":
                cancel(room, kiosk)
            case "come" | "done":
                at_counter(room, "come" if step == "come" else "done", kiosk=kiosk)
            case "lost":
                goes(room, kiosk)
            case _:
                room.restart()
        if step in {"cancel", "done", "lost"}:
            waiting = [one for one in waiting if one != kiosk]
        assert list(room.hall.help) == waiting
