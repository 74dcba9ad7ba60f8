"""What leaves: the shapes of the protocol, field by field, and every time with the office's offset."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from broker.domain import commands as cmd
from tests.unit.gateway.office import ROOT, Office

OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+07:00")


@pytest.fixture
def office() -> Office:
    return Office()


# -- fields ---------------------------------------------------------------------------------------------------------

TICKET = {
    "id": str,
    "number": str,
    "service": str,
    "lane": str,
    "stage": str,
    "state": str,
    "language": str,
    "issued_at": str,
    "waiting_since": str,
    "ahead": int,
    "wait": (dict, type(None)),
    "counter": (str, type(None)),
    "copies": int,
    "qr": str,
    "times_called": int,
    "history": list,
}
REASON = {"policy": str, "score": float, "waited_s": int, "promised_s": int, "passed_over": list}
HALL = {
    "revision": int,
    "seq": int,
    "at": str,
    "day": str,
    "calling": list,
    "recent": list,
    "waiting": list,
    "counters": list,
}
CALL = {
    "number": str,
    "lane": str,
    "language": str,
    "counter": str,
    "counter_label": str,
    "called_at": str,
    "times_called": int,
}
ROW = {"stage": str, "service": str, "lane": str, "count": int, "wait": (dict, type(None))}
HALL_COUNTER = {"id": str, "label": str, "state": str, "number": (str, type(None))}
COUNTER = {
    "id": str,
    "label": str,
    "state": str,
    "officer": (str, type(None)),
    "ticket": (dict, type(None)),
    "queue": list,
    "queue_length": int,
    "held": list,
    "missed": list,
    "undo_until": type(None),
    "reason": (dict, type(None)),
    "today": dict,
}
ENTRY = {"number": str, "service": str, "lane": str, "waiting_since": str, "score": float}
EVENT_OF_TICKET = {
    "seq": int,
    "at": str,
    "type": str,
    "ticket": str,
    "number": str,
    "service": str,
    "lane": str,
    "stage": str,
    "language": str,
}
EVENT_AT_COUNTER = EVENT_OF_TICKET | {"counter": str, "counter_label": str}
EVENT_OF_CALL = EVENT_AT_COUNTER | {"times_called": int, "called_at": str}
EVENT_OF_COUNTER = {"seq": int, "at": str, "type": str, "counter": str, "counter_label": str}


def check(body: dict[str, Any], fields: dict[str, Any]) -> None:
    """Check that `body` has exactly these fields, of these types."""
    assert {name: type(value) for name, value in body.items()}.keys() == fields.keys()
    wrong = {name: body[name] for name, kind in fields.items() if not isinstance(body[name], kind)}
    assert not wrong


def a_visit(office: Office) -> dict[str, Any]:
    """Let one visitor come, be called twice, be served and leave; return the session."""
    at = office.sign_in()
    office.do("issue", service="visa", lane="priority", language="en")
    office.do("issue", service="visa")
    office.do("next", **at)
    office.do("recall", **at)
    office.do("start", **at)
    office.do("finish", **at)
    office.do("next", **at)
    office.do("no_show", **at)
    return at


def test_a_ticket_has_the_fields_of_the_protocol(office: Office) -> None:
    ticket = office.do("issue", service="visa")["ticket"]
    check(ticket, TICKET)
    assert (ticket["number"], ticket["state"], ticket["ahead"], ticket["wait"]) == ("B-001", "waiting", 0, None)
    office.sign_in()
    second = office.do("issue", service="visa")["ticket"]
    assert second["ahead"] == 1
    check(second["wait"], {"low_s": int, "high_s": int})


def test_a_call_tells_its_reason(office: Office) -> None:
    at = office.sign_in()
    office.do("issue", service="visa")
    office.do("issue", service="visa", lane="priority")
    office.clock.advance(600)
    result = office.do("next", **at)
    assert set(result) == {"ticket", "reason"}
    check(result["reason"], REASON)
    (earlier,) = result["reason"]["passed_over"]
    check(earlier, {"number": str, "score": float})
    assert (result["ticket"]["number"], earlier["number"]) == ("BP-001", "B-001")
    assert (result["ticket"]["counter"], result["ticket"]["times_called"]) == ("c1", 1)


def test_the_result_of_each_command_is_the_one_of_the_protocol(office: Office) -> None:
    assert set(office.do("issue", service="visa")) == {"ticket"}
    ticket = office.do("issue", service="passport")["ticket"]["id"]
    assert set(office.do("printed", ticket=ticket, outcome="confirmed")) == {"ticket"}
    assert office.do("reprint", ticket=ticket)["ticket"]["copies"] == 1
    opened = office.do("open", counter="c1", officer="sari", pin="1234")
    assert set(opened) == {"session", "counter"}
    at = {"counter": "c1", "session": opened["session"]}
    for command in ("pause", "resume"):
        assert set(office.do(command, **at)) == {"counter"}
    assert set(office.do("next", **at)) == {"ticket", "reason"}
    for command in ("recall", "start", "finish"):
        assert set(office.do(command, **at)) == {"ticket"}
    assert set(office.do("call", **at, ticket=ticket)) == {"ticket", "reason"}
    assert office.do("no_show", **at)["ticket"]["state"] == "no_show"
    assert office.do("next", **at) == {"ticket": None, "reason": None}
    assert office.do("close", **at)["counter"]["state"] == "closed"


def test_an_error_has_code_text_and_detail(office: Office) -> None:
    reply = office.ask("issue", service="fishing")
    assert (reply["ok"], "result" in reply) == (False, False)
    check(reply["error"], {"code": str, "message": str, "detail": dict})
    assert reply["error"]["code"] == "unknown_service"
    assert reply["error"]["detail"] == {"service": "fishing"}


def test_the_hall_has_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    office.do("issue", service="visa")
    office.do("issue", service="visa")
    office.do("next", **at)
    office.clock.advance(1)
    office.engine.step([])
    hall = office.air.last("state/hall")
    check(hall, HALL)
    (calling,) = hall["calling"]
    check(calling, CALL)
    assert calling["number"] == "B-002"
    for call in hall["recent"]:
        check(call, CALL)
    assert [call["number"] for call in hall["recent"]] == ["B-001", "BP-001"]
    for row in hall["waiting"]:
        check(row, ROW)
    assert [row["count"] for row in hall["waiting"] if row["count"]] == [1]
    for counter in hall["counters"]:
        check(counter, HALL_COUNTER)
    assert {c["id"]: (c["state"], c["number"]) for c in hall["counters"]}["c1"] == ("calling", "B-002")


def test_the_hall_has_a_row_for_all_that_is_on_offer(office: Office) -> None:
    office.engine.step([])
    rows = {(row["stage"], row["service"], row["lane"]) for row in office.air.last("state/hall")["waiting"]}
    assert rows == {
        (stage, service, lane)
        for stage, service in (("check", "passport"), ("check", "visa"), ("collection", "collection"))
        for lane in ("regular", "priority")
    }


def test_a_counter_has_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    for _ in range(3):
        office.do("issue", service="visa")
    office.do("next", **at)
    office.clock.advance(1)
    office.engine.step([])
    counter = office.air.last("state/counter/c1")
    check(counter, COUNTER)
    check(counter["ticket"], TICKET)
    check(counter["reason"], REASON)
    assert [line["type"] for line in counter["ticket"]["history"]] == ["issued", "called"]
    for entry in (*counter["queue"], *counter["missed"]):
        check(entry, ENTRY)
    assert [entry["number"] for entry in counter["queue"]] == ["B-003", "B-004"]
    assert [entry["number"] for entry in counter["missed"]] == ["B-001"]
    assert counter["officer"] == "Sari W."
    assert counter["today"]["served"] == 1


def test_events_have_the_fields_of_the_protocol(office: Office) -> None:
    at = a_visit(office)
    ticket = office.do("issue", service="visa")["ticket"]["id"]
    office.do("printed", ticket=ticket, outcome="failed", reason="no paper")
    office.do("reprint", ticket=ticket)
    for command in ("pause", "resume", "close"):
        office.do(command, **at)
    fields = {
        "issued": EVENT_OF_TICKET,
        "printed": EVENT_OF_TICKET,
        "reprinted": EVENT_OF_TICKET,
        "called": EVENT_OF_CALL,
        "recalled": EVENT_OF_CALL,
        "started": EVENT_AT_COUNTER,
        "finished": EVENT_AT_COUNTER,
        "no_show": EVENT_AT_COUNTER,
        "opened": EVENT_OF_COUNTER,
        "closed": EVENT_OF_COUNTER,
        "paused": EVENT_OF_COUNTER,
        "resumed": EVENT_OF_COUNTER,
    }
    seen = set()
    for topic, body, retained in office.air.messages:
        if "/event/" in topic:
            name = topic.rsplit("/", 1)[1]
            seen.add(name)
            check(body, fields[name])
            assert body["type"] == name
            assert not retained
    assert seen == set(fields)
    assert [event["seq"] for event in office.air.all("event/")] == list(range(1, 16))
    assert [event["times_called"] for event in office.air.all("event/recalled")] == [2]


# -- times, secrets, order ------------------------------------------------------------------------------------------


def times(body: object, name: str = "") -> Iterator[str]:
    """Find everything that is a moment."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from times(value, key)
    elif isinstance(body, list):
        for value in body:
            yield from times(value, name)
    elif isinstance(body, str) and (name == "at" or name.endswith(("_at", "_since", "_until"))):
        yield body


def test_every_time_carries_the_offset_of_the_office(office: Office) -> None:
    office.clock.at = office.clock.at.astimezone(dt.UTC)
    at = a_visit(office)
    office.do("issue", service="visa")
    office.do("next", **at)
    found = [moment for _, body, _ in office.air.messages for moment in times(body)]
    assert len(found) > 50
    assert [moment for moment in found if not OFFSET.fullmatch(moment)] == []


def test_no_secret_leaves_but_the_session_to_who_opened(office: Office) -> None:
    at = a_visit(office)
    told = [topic for topic, body, _ in office.air.messages if at["session"] in json.dumps(body)]
    assert told == [f"{ROOT}/reply/counter-1"]
    assert not any('"1234"' in json.dumps(body) or "pin" in body for _, body, _ in office.air.messages)


def test_states_are_retained_and_nothing_else(office: Office) -> None:
    a_visit(office)
    assert all(retained == ("/state/" in topic) for topic, _, retained in office.air.messages)


def test_online_is_said_last_when_everything_is_there(office: Office) -> None:
    office.engine.reconnected()
    office.engine.step(office.engine._take(0))
    (count,) = office.air.announced_after
    topics = {topic.removeprefix(f"{ROOT}/") for topic, _, _ in office.air.messages[:count]}
    assert topics == {"state/office", "state/hall", *(f"state/counter/c{n}" for n in (1, 2, 3, 4))}
    assert len(office.air.messages) == count


def test_the_revision_rises_by_one(office: Office) -> None:
    a_visit(office)
    revisions = [hall["revision"] for hall in office.air.all("state/hall")]
    assert revisions == list(range(1001, 1001 + len(revisions)))


def test_a_request_that_is_repeated_gets_the_same_bytes(office: Office) -> None:
    first = office.ask("issue", service="visa")
    office.clock.advance(100)
    office._count -= 1
    assert office.ask("issue", service="visa") == first


def test_no_command_of_the_domain_is_forgotten_in_replies() -> None:
    """`_result` falls through to the ticket: every command but the desk's own must concern one."""
    about_desks = {cmd.SignIn, cmd.Close, cmd.Pause, cmd.Resume}
    assert about_desks < set(cmd.Command.__args__)
