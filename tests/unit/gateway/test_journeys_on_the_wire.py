"""Journeys as clients see them: results, events, the lists of a counter, offers, and every code of the protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from broker.contract.messages import MAX_PAYLOAD_BYTES, ErrorCode
from broker.domain.model import Hours, Journey
from tests.fakes.offices import PRIORITY, REGULAR, small_office
from tests.unit.gateway.test_outbound import ENTRY, EVENT_AT_COUNTER, EVENT_OF_TICKET, TICKET, Office, check

Asked = tuple[dict[str, Any], dict[str, Any]]


def new_office(**changes: object) -> Office:
    """Return an office where Dewi is a supervisor."""
    return Office(replace(small_office(supervisors=frozenset({"dewi"})), **changes))  # type: ignore[arg-type]  # names are checked by replace


@pytest.fixture
def office() -> Office:
    return new_office()


def called(office: Office, service: str = "visa") -> Asked:
    """Let somebody be called to counter 1; return (session, ticket)."""
    at = office.sign_in()
    office.do("issue", service=service)
    return at, office.do("next", **at)["ticket"]


def seen(office: Office, counter: str = "c1") -> dict[str, Any]:
    """Return the retained picture of a counter, as it is a second later."""
    office.clock.advance(1)
    office.engine.step([])
    return office.air.last(f"state/counter/{counter}")


# -- results and events ---------------------------------------------------------------------------------------------


def test_each_step_of_a_journey_answers_with_the_ticket_and_is_told(office: Office) -> None:
    at, ticket = called(office, "passport")
    qr = office.engine.hall.tickets[ticket["id"]].paper_qr
    steps: list[tuple[str, dict[str, Any], str, str]] = [
        ("hold", {"note": "a copy"}, "held", "held"),
        ("unhold", {"ticket": ticket["number"]}, "serving", "unheld"),
        ("transfer", {"stage": "interview", "reason": "skipped"}, "waiting", "transferred"),
        ("undo", {"note": "wrong key"}, "serving", "undone"),
        ("finish", {}, "waiting", "finished"),
        ("next", {}, "called", "called"),
        ("no_show", {}, "no_show", "no_show"),
    ]
    for command, arguments, state, event in steps:
        result = office.do(command, **at, **arguments)
        check(result["ticket"], TICKET)
        assert (result["ticket"]["number"], result["ticket"]["state"]) == ("A-001", state)
        told = office.air.last(f"event/{event}")
        assert (told["number"], told["counter"]) == ("A-001", "c1")
        if event != "called":
            check(told, EVENT_AT_COUNTER)
    for command, state in (("rejoin", "waiting"), ("cancel", "cancelled")):
        result = office.do(command, ticket=qr)
        assert (set(result), result["ticket"]["state"]) == ({"ticket"}, state)
    check(office.air.last("event/rejoined"), EVENT_OF_TICKET)
    check(office.air.last("event/cancelled"), EVENT_OF_TICKET)


def test_whoever_looks_up_gets_the_ticket_by_id_number_or_code_and_nothing_happens(office: Office) -> None:
    ticket = office.do("issue", service="visa")["ticket"]
    seq = office.engine.hall.seq
    for text in (ticket["id"], ticket["number"], ticket["qr"]):
        found = office.do("lookup", ticket=text)
        assert set(found) == {"ticket", "is_holder"}
        check(found["ticket"], TICKET)
        assert found["ticket"]["id"] == ticket["id"]
        assert found["is_holder"] is (text != ticket["number"])
        assert found["ticket"]["check"] is None
        assert ticket["check"] not in found["ticket"]["qr"][-4:]
    assert office.engine.hall.seq == seq


def test_a_cancel_at_a_counter_says_which(office: Office) -> None:
    at = office.sign_in()
    ticket = office.do("issue", service="visa")["ticket"]
    office.do("cancel", **at, ticket=ticket["number"], reason="went home")
    check(office.air.last("event/cancelled"), EVENT_AT_COUNTER)


def test_a_ticket_that_was_sent_on_belongs_to_no_counter(office: Office) -> None:
    at, _ = called(office)
    sent = office.do("transfer", **at, to_counter="c3")["ticket"]
    assert (sent["counter"], sent["stage"], sent["times_called"]) == (None, "collection", 0)


# -- what a counter's window shows ----------------------------------------------------------------------------------


def test_held_and_missed_stand_at_the_counter_where_it_happened(office: Office) -> None:
    at, held = called(office, "passport")
    office.do("hold", **at, note="a copy")
    office.do("issue", service="visa")
    missed = office.do("next", **at)["ticket"]
    office.do("no_show", **at)
    other = office.sign_in("c2", "budi")
    assert other["counter"] == "c2"
    mine, theirs = seen(office), seen(office, "c2")
    assert [(entry["number"], entry["note"]) for entry in mine["held"]] == [(held["number"], "a copy")]
    assert [entry["number"] for entry in mine["missed"]] == [missed["number"]]
    check(mine["missed"][0], ENTRY)
    check(mine["held"][0], ENTRY | {"note": (str, type(None))})
    assert (theirs["held"], theirs["missed"]) == ([], [])


def test_who_went_on_or_came_back_is_no_longer_listed(office: Office) -> None:
    at, held = called(office)
    office.do("hold", **at)
    office.do("unhold", **at, ticket=held["id"])
    office.do("finish", **at)
    office.do("issue", service="visa")
    missed = office.do("next", **at)["ticket"]
    office.do("no_show", **at)
    office.do("rejoin", ticket=missed["id"])
    state = seen(office)
    assert (state["held"], state["missed"]) == ([], [])
    assert [entry["number"] for entry in state["queue"]] == [missed["number"]]


def test_what_can_be_taken_back_is_told_as_long_as_it_can_be(office: Office) -> None:
    at, ticket = called(office)
    state = seen(office)
    assert (state["undo_action"], state["undo_number"]) == ("called", ticket["number"])
    until = dt.datetime.fromisoformat(state["undo_until"])
    assert until == office.clock.now() + dt.timedelta(seconds=29)
    office.clock.advance(27)
    office.do("issue", service="collection")
    assert dt.datetime.fromisoformat(seen(office)["undo_until"]) == until == office.clock.now()
    office.do("issue", service="collection")
    state = seen(office)
    assert (state["undo_until"], state["undo_action"], state["undo_number"]) == (None, None, None)
    assert office.ask("undo", **at)["error"]["code"] == "nothing_to_undo"


def test_after_taking_back_there_is_nothing_more_to_take_back(office: Office) -> None:
    at, _ = called(office)
    office.do("undo", **at)
    state = seen(office)
    assert (state["undo_until"], state["ticket"], state["state"]) == (None, None, "open")
    assert state["queue_length"] == 1


def test_the_queue_of_a_counter_begins_with_whom_it_would_call() -> None:
    lanes = (replace(REGULAR, max_wait_s=600), PRIORITY)
    office = new_office(lanes={lane.id: lane for lane in lanes})
    at = office.sign_in()
    for lane in ("regular", "regular", "priority"):
        office.do("issue", service="visa", lane=lane)
    office.clock.advance(590)
    for wait_s in (1, 15):
        office.clock.advance(wait_s)
        office.do("issue", service="visa", lane="priority")
        queue = [entry["number"] for entry in seen(office)["queue"]]
        assert office.do("next", **at)["ticket"]["number"] == queue[0]
        office.do("undo", **at)


# -- offers ---------------------------------------------------------------------------------------------------------


def offers(office: Office) -> dict[tuple[str, str], str]:
    """Return what a kiosk may offer, by service and lane."""
    office.clock.advance(1)
    office.engine.step([])
    return {(row["service"], row["lane"]): row["offer"] for row in office.air.last("state/hall")["waiting"]}


def test_what_is_full_or_closed_is_shown_before_anybody_chooses() -> None:
    base = small_office()
    office = new_office(
        lanes={"regular": REGULAR, "priority": replace(PRIORITY, quota=1)},
        services={**base.services, "visa": replace(base.services["visa"], hours=Hours())},
    )
    assert offers(office)["passport", "priority"] == "open"
    office.do("issue", service="passport", lane="priority")
    shown = offers(office)
    assert shown["passport", "priority"] == shown["collection", "priority"] == "full"
    assert shown["passport", "regular"] == "open"
    assert shown["visa", "regular"] == shown["visa", "priority"] == "closed"
    for (service, lane), offer in shown.items():
        reply = office.ask("issue", service=service, lane=lane)
        assert reply["ok"] == (offer == "open"), (service, lane)


# -- every code of the protocol -------------------------------------------------------------------------------------


def _no_session(office: Office) -> dict[str, Any]:
    return office.ask("undo", counter="c1", session="guess")


def _full(_: Office) -> dict[str, Any]:
    office = new_office(lanes={"regular": replace(REGULAR, quota=0)})
    return office.ask("issue", service="visa")


def _closed_lane(_: Office) -> dict[str, Any]:
    return new_office(lanes={"regular": replace(REGULAR, hours=Hours())}).ask("issue", service="visa")


def _closed_service(_: Office) -> dict[str, Any]:
    return new_office(hours=Hours()).ask("issue", service="visa")


def _missed_too_often(_: Office) -> dict[str, Any]:
    office = new_office(journey=Journey(rejoin_times=0))
    at, ticket = called(office)
    office.do("no_show", **at)
    return office.ask("rejoin", ticket=ticket["id"])


def _busy(office: Office) -> dict[str, Any]:
    at, _ = called(office)
    return office.ask("next", **at)


def _illegal(office: Office) -> dict[str, Any]:
    return office.ask("start", **office.sign_in())


def _nothing_to_undo(office: Office) -> dict[str, Any]:
    return office.ask("undo", **office.sign_in())


def _to_nowhere(office: Office) -> dict[str, Any]:
    at, _ = called(office)
    return office.ask("transfer", **at, to_counter="c9")


def _disk(office: Office, *, unreadable: bool) -> dict[str, Any]:
    store = office.engine._store
    store.failing_commits = 1  # type: ignore[attr-defined]  # it is the one in memory
    store.unreadable = unreadable  # type: ignore[attr-defined]  # the same
    first = office.ask("issue", service="visa")
    return office.ask("issue", service="visa") if unreadable else first


CODES: dict[str, Callable[[Office], dict[str, Any]]] = {
    "bad_request": lambda office: office.ask("transfer", counter="c1", session="s"),
    "unknown_service": lambda office: office.ask("issue", service="fishing"),
    "unknown_lane": lambda office: office.ask("issue", service="visa", lane="express"),
    "unknown_ticket": lambda office: office.ask("lookup", ticket="Z-999"),
    "unknown_counter": _to_nowhere,
    "unknown_officer": lambda office: office.ask("open", counter="c1", officer="nobody", pin="1234"),
    "wrong_pin": lambda office: office.ask("open", counter="c1", officer="sari", pin="0000"),
    "weak_pin": lambda office: office.ask("pin", old="1234", new="4321", **office.sign_in()),
    "no_session": _no_session,
    "not_allowed": _missed_too_often,
    "lane_closed": _closed_lane,
    "service_closed": _closed_service,
    "quota_reached": _full,
    "illegal_transition": _illegal,
    "counter_busy": _busy,
    "nothing_to_undo": _nothing_to_undo,
    "storage_failed": lambda office: _disk(office, unreadable=False),
    "not_ready": lambda office: _disk(office, unreadable=True),
}


FEEDBACK = {"already_given", "not_invited", "unknown_survey", "unknown_complaint", "unknown_suggestion"}
"""Reached in `tests/unit/feedback`."""
STAFF = {"unknown_session", "code_needed", "wrong_code", "weak_password", "conflict", "bad_rules"}
"""Reached in `tests/unit/staff`."""
COMING = {"too_late", "too_early", "too_many", "not_holder"}
"""Agreed for 1.1; the engine does not give them yet."""


def test_every_code_of_the_protocol_is_reached_here() -> None:
    assert set(CODES) | COMING | FEEDBACK | STAFF == set(get_args(ErrorCode))


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_answered_as_an_error_with_a_text_for_the_log(office: Office, code: str) -> None:
    reply = CODES[code](office)
    assert (reply["ok"], "result" in reply) == (False, False)
    check(reply["error"], {"code": str, "message": str, "detail": dict})
    assert reply["error"]["code"] == code
    assert reply["error"]["message"]


# -- who may do what ------------------------------------------------------------------------------------------------


def test_a_number_alone_neither_cancels_nor_rejoins(office: Office) -> None:
    """Everybody in the lobby can read it on the display."""
    at, ticket = called(office)
    office.do("no_show", **at)
    for command in ("rejoin", "cancel"):
        assert office.ask(command, ticket=ticket["number"])["error"]["code"] == "not_holder"
    assert office.do("rejoin", **at, ticket=ticket["number"])["ticket"]["state"] == "waiting"


@pytest.mark.parametrize("command", ["cancel", "rejoin"])
def test_a_stolen_counter_does_nothing_for_a_visitor(office: Office, command: str) -> None:
    at, ticket = called(office)
    office.do("no_show", **at)
    seq = office.engine.hall.seq
    for desk in ({"counter": "c1", "session": "guess"}, {"counter": "c2", "session": at["session"]}):
        reply = office.ask(command, **desk, ticket=ticket["id"])
        assert reply["error"]["code"] == "no_session"
    assert office.ask(command, counter="c9", session="s", ticket=ticket["id"])["error"]["code"] == "unknown_counter"
    assert office.engine.hall.seq == seq


def test_a_supervisor_moves_nobody_without_a_trace(office: Office) -> None:
    _, ticket = called(office)
    supervisor = office.sign_in("c3", "dewi")
    office.do("cancel", **supervisor, ticket=ticket["number"], reason="unwell")
    told = office.air.last("event/cancelled")
    assert (told["number"], told["counter"]) == (ticket["number"], "c3")
    assert seen(office)["ticket"] is None


# -- 8 KiB ----------------------------------------------------------------------------------------------------------


def test_the_longest_notes_of_many_held_and_missed_fit(office: Office) -> None:
    at = office.sign_in()
    for n in range(60):
        office.do("issue", service="visa")
        office.do("next", **at)
        office.do("hold" if n % 2 else "no_show", **at, note="\u00fc" * 500)
    office.do("issue", service="visa")
    office.do("next", **at)
    state = seen(office)
    assert (state["held"][-1]["number"], state["missed"][-1]["number"]) == ("B-060", "B-059"), "the newest are kept"
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_errors_about_the_longest_names_of_journeys_fit(office: Office) -> None:
    at, _ = called(office)
    name = "\u0001" * 200
    for command, arguments in {
        "transfer": {**at, "to_counter": name},
        "unhold": {**at, "ticket": name},
        "cancel": {"ticket": name},
        "rejoin": {"ticket": name, "counter": name, "session": name},
        "lookup": {"ticket": name},
    }.items():
        assert not office.ask(command, **arguments)["ok"]
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_a_row_of_the_queue_tells_the_wait_that_its_score_is_made_of(office: Office) -> None:
    at = office.sign_in()
    office.do("issue", service="passport")
    office.clock.advance(20 * 60)
    office.do("next", **at)
    office.do("finish", **at)
    picture = seen(office)
    (row,) = picture["queue"]
    waited_s = (office.clock.now() - dt.datetime.fromisoformat(row["waiting_since"])).total_seconds()
    assert waited_s >= 20 * 60
    assert row["score"] == pytest.approx(waited_s / REGULAR.promised_s, abs=0.002)
