"""The engine tends the alerts: raised, acknowledged, ended, and there again after a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.domain.alerts import AlertRules, Rule
from broker.domain.model import Lane, Office
from broker.domain.vocabulary import EVENT_NAMES
from broker.gateway.alerts import alerts_shape
from broker.ports import Health
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import staff_in
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.fakes.store import MemoryStore

HOUR_S = 3600.0
RULES = (
    Rule("wait", "wait", ("supervisor",), limit=100, end=90, for_s=30),
    Rule("soon", "forecast", ("supervisor",), limit=60, end=1, for_s=0, ahead_s=900),
    Rule("idle", "idle_counter", ("supervisor",), limit=240, end=1, for_s=0),
    Rule("paper", "paper_low", ("supervisor", "technician"), for_s=10),
    Rule("lost", "device_lost", ("supervisor", "technician"), for_s=120),
    Rule("quota", "quota_near", ("supervisor",), limit=90, end=80, for_s=0),
)


def office(*kinds: str, lanes: tuple[Lane, ...] = (REGULAR, PRIORITY), **changes: object) -> Office:
    """Return an office with rules of some kinds."""
    rules = tuple(rule for rule in RULES if rule.kind in kinds)
    plain = {
        "officers": {"sari": "Sari W.", "dewi": "Dewi A.", "agus": "Agus H.", "budi": "Budi S."},
        "supervisors": frozenset({"dewi"}),
        "technicians": frozenset({"agus"}),
        "handlers": frozenset({"budi"}),
        "alerts": AlertRules(rules, frozenset({"kiosk-1", "display-1"})),
    }
    return small_office(lanes=lanes, **(plain | changes))


def room_of(*kinds: str, lanes: tuple[Lane, ...] = (REGULAR, PRIORITY), **changes: object) -> EngineRoom:
    return EngineRoom(office=office(*kinds, lanes=lanes, **changes))


def goes_by(room: EngineRoom, seconds: float) -> list[str]:
    """Let time go by, looked at every three seconds as the engine does; return what stands, by rule."""
    while seconds > 0:
        step_s = min(seconds, 3.0)
        room.clock.advance(step_s)
        room.engine.step([])
        room.engine.step([])
        seconds -= step_s
    return [alert.rule for alert in room.wire.alerts]


def told(room: EngineRoom) -> list[str]:
    """Return what was told of alerts."""
    return [name for one in room.wire.told if (name := EVENT_NAMES[type(one.event)]).startswith("alert")]


def heard(room: EngineRoom, client: str, states: Mapping[str, str]) -> None:
    room.engine.step([Health(client, states)])


def test_a_wait_beyond_the_promise_is_told_with_the_number_and_ends_when_it_is_called() -> None:
    room = room_of("wait")
    room.sign_in()
    room.issue()
    room.clock.advance(REGULAR.promised_s - 60)
    assert goes_by(room, 60) == []
    assert goes_by(room, 36) == ["wait"]
    [alert] = room.wire.alerts
    assert dict(alert.place) == {"stage": "check", "lane": "regular"}
    assert (alert.limit, alert.about, alert.roles) == (3600, "B-001", ("supervisor",))
    assert 3600 <= room.wire.read[alert.id].value <= 3700, "what it says goes on with the wait"
    room.call_next()
    assert goes_by(room, 40) == []
    assert told(room) == ["alert_raised", "alert_ended"]


def test_a_promise_that_will_be_broken_is_told_before_it_is() -> None:
    room = room_of("forecast")
    room.sign_in("c3")
    for _ in range(8):
        room.issue("collection", "priority")  # 15 minutes promised, 3 minutes each
    room.call_next("c3")
    assert goes_by(room, 30) == ["soon"]
    [alert] = room.wire.alerts
    assert dict(alert.place) == {"stage": "collection", "lane": "priority"}
    assert alert.limit == 900
    assert 0 < room.wire.read[alert.id].value < PRIORITY.promised_s


def test_while_no_counter_is_open_a_promise_is_in_danger_too() -> None:
    room = room_of("forecast")
    room.issue("collection", "priority")
    assert goes_by(room, 6) == ["soon"]


def test_a_promise_is_of_the_first_call_as_the_board_and_reports_have_it() -> None:
    room = room_of("forecast")
    room.sign_in("c1")
    room.issue("passport", "priority")
    for step in (room.call_next, room.start, room.finish):
        room.clock.advance(20)
        step("c1")
    room.ask(cmd.Close("c1", room.sessions["c1"]), client="counter-c1")
    [ticket] = room.hall.tickets.values()
    assert (ticket.state, ticket.stage) == ("waiting", "interview"), "and no counter is open for that"
    assert goes_by(room, 6) == []


def test_a_counter_that_calls_nobody_while_people_wait_is_told_and_a_break_is_not() -> None:
    room = room_of("idle_counter")
    room.sign_in("c1")
    assert goes_by(room, 300) == [], "nobody waits"
    room.issue()
    assert goes_by(room, 230) == []
    assert goes_by(room, 15) == ["idle"]
    assert dict(room.wire.alerts[0].place) == {"counter": "c1"}
    room.ask(cmd.Pause("c1", room.sessions["c1"]), client="counter-c1")
    assert goes_by(room, 40) == []


def test_paper_and_lost_devices_are_told_by_what_clients_say() -> None:
    room = room_of("paper_low", "device_lost")
    heard(room, "kiosk-1", {"connection": "online", "printer": "ready, EPSON", "scanner": "absent"})
    heard(room, "phone-7", {"connection": "online"})
    assert goes_by(room, 60) == []
    heard(room, "kiosk-1", {"connection": "online", "printer": "paper_low, EPSON", "scanner": "present"})
    assert goes_by(room, 20) == ["paper"]
    assert dict(room.wire.alerts[0].place) == {"client": "kiosk-1", "device": "printer"}
    assert room.wire.alerts[0].about == "paper_low"
    heard(room, "kiosk-1", {"connection": "offline"})
    heard(room, "phone-7", {"connection": "offline"})
    assert goes_by(room, 110) == ["paper"], "of a kiosk that is gone nothing is known of its paper"
    assert goes_by(room, 20) == ["paper", "lost"], "and nobody misses a phone"
    heard(room, "kiosk-1", {"connection": "online", "printer": "ready, EPSON"})
    assert goes_by(room, 40) == []


def test_an_officers_window_is_missed_only_while_somebody_is_signed_in() -> None:
    room = room_of("device_lost")
    heard(room, "c1", {"connection": "online"})
    heard(room, "c1", {"connection": "offline"})
    assert goes_by(room, 300) == []
    room.sign_in("c1")
    assert goes_by(room, 130) == ["lost"]


def test_a_quota_that_is_nearly_given_out_is_told_until_the_day_is_over() -> None:
    room = room_of("quota_near", lanes=(replace(REGULAR, quota=10), PRIORITY))
    for _ in range(8):
        room.issue()
    assert goes_by(room, 6) == []
    room.issue()
    assert goes_by(room, 6) == ["quota"]
    [alert] = room.wire.alerts
    assert (dict(alert.place), alert.value, alert.limit) == ({"lane": "regular"}, 9, 10)
    room.clock.advance(24 * HOUR_S)
    assert goes_by(room, 40) == []


def open_alert(room: EngineRoom) -> str:
    """Let one be raised; return its id."""
    room.issue()
    room.clock.advance(REGULAR.promised_s)
    goes_by(room, 36)
    return room.wire.alerts[0].id


def test_a_supervisor_sees_to_it_from_a_page_or_a_counter_and_it_is_in_the_journal() -> None:
    room = room_of("wait")
    alert, session = open_alert(room), staff_in(room, "dewi")
    reply = room.ask(cmd.AlertAck(session, alert, reason="counter 4 opens"), client="web")
    assert reply["events"] == ["alert_acknowledged"]
    goes_by(room, 3)
    assert room.wire.alerts[0].acknowledged_by == "dewi"
    [shown] = alerts_shape(room.hall, room.clock.now(), {}).alerts
    assert (shown.acknowledged_by, shown.acknowledged_name) == ("dewi", "Dewi A."), "pages say the name"
    again = room.ask(cmd.AlertAck(session, alert), client="web")
    assert again["events"] == [], "somebody sees to it already"
    assert room.ask(cmd.AlertAck(session, "gone-1"), client="web")["events"] == []


def test_at_a_counter_the_session_there_is_what_counts() -> None:
    room = room_of("wait")
    alert = open_alert(room)
    officers, supervisors = room.sign_in("c1", "sari"), room.sign_in("c2", "dewi")
    refused = room.ask(cmd.AlertAck(officers, alert, counter="c1"), client="c1")
    assert refused["error"] == "not_allowed"
    assert room.ask(cmd.AlertAck(officers, alert, counter="c2"), client="c2")["error"] == "no_session"
    assert room.ask(cmd.AlertAck(supervisors, alert), client="c2")["error"] == "no_session"
    assert room.ask(cmd.AlertAck(supervisors, alert, counter="c2"), client="c2")["events"] == ["alert_acknowledged"]


def test_whom_an_alert_is_not_for_does_not_see_to_it() -> None:
    room = room_of("wait")
    alert = open_alert(room)
    for officer in ("agus", "sari", "budi"):
        reply = room.ask(cmd.AlertAck(staff_in(room, officer), alert), client="web")
        assert reply["error"] == "not_allowed", officer


def test_it_is_there_after_a_restart_of_a_weekend_later_with_whoever_sees_to_it(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo")) as store:
        room = EngineRoom(store=store, office=office("wait", "paper_low"))
        heard(room, "kiosk-1", {"connection": "online", "printer": "paper_out"})
        goes_by(room, 20)
        [alert] = room.wire.alerts
        room.ask(cmd.AlertAck(staff_in(room, "agus"), alert.id), client="web")
        for _ in range(12):  # nobody comes, for three days
            room.clock.advance(6 * HOUR_S)
            goes_by(room, 6)
        room.restart()
        goes_by(room, 60)
        [found] = room.wire.alerts
        assert (found.id, found.since, found.acknowledged_by) == (alert.id, alert.since, "agus")
        assert told(room).count("alert_raised") > 1, "it was said anew"
        heard(room, "kiosk-1", {"connection": "online", "printer": "ready"})
        assert goes_by(room, 40) == []


@pytest.mark.parametrize("by_s", [-3 * 24 * HOUR_S, 3 * 24 * HOUR_S])
def test_a_clock_that_is_set_raises_and_ends_nothing(by_s: float) -> None:
    room = room_of("wait", "idle_counter")
    before = open_alert(room)
    room.clock.set_back(-by_s)
    assert goes_by(room, 60) == ["wait"]
    assert room.wire.alerts[0].id == before
    room.restart()
    assert goes_by(room, 60) == ["wait"]


def test_a_disk_that_refuses_costs_a_look_and_loses_nothing() -> None:
    store = MemoryStore()
    room = EngineRoom(store=store, office=office("wait"))
    room.issue()
    room.clock.advance(REGULAR.promised_s)
    goes_by(room, 27)
    store.failing_commits = 3
    assert goes_by(room, 30) == ["wait"]
    assert told(room) == ["alert_raised"]


def test_without_rules_nothing_is_looked_at_and_what_was_left_of_some_ends() -> None:
    room = room_of("wait")
    open_alert(room)
    room.office = office()
    room.restart()
    assert goes_by(room, 6) == []
    assert told(room)[-1] == "alert_ended"


def test_an_alert_begins_no_office_day() -> None:
    room = room_of("paper_low")
    heard(room, "kiosk-1", {"connection": "online", "printer": "paper_out"})
    assert goes_by(room, 20) == ["paper"]
    assert room.hall.day is None


def test_no_message_is_too_long_and_what_does_not_fit_is_counted() -> None:
    long_ids = frozenset(f"kiosk-{'x' * 24}-{place}" for place in range(80))
    rules = AlertRules((Rule("paper", "paper_low", ("supervisor", "technician"), for_s=0),), long_ids)
    room = room_of(alerts=rules)
    for client in sorted(long_ids):
        heard(room, client, {"connection": "online", "printer": "paper_out"})
    goes_by(room, 6)
    shape = alerts_shape(room.hall, room.clock.now(), {})
    assert len(shape.model_dump_json().encode()) <= 8192
    assert len(shape.alerts) + shape.more == 80
    assert shape.more > 0


@pytest.mark.parametrize("ask", [lambda room: room.issue(), lambda room: room.sign_in()])
def test_who_asks_goes_before_the_alerts(ask: Callable[[EngineRoom], object]) -> None:
    room = room_of("wait")
    room.clock.advance(10)
    room.wire.diary.clear()
    ask(room)
    assert room.wire.diary[:2] == ["commit", f"reply {room.wire.replies[-1][0]}"] or "reply" in room.wire.diary[0]
