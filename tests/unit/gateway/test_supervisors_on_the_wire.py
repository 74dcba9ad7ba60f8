"""What only the wire can show of supervisors and of officers with two counters: arguments, details, pictures."""

from __future__ import annotations

import pytest

from tests.unit.gateway.test_journeys_on_the_wire import new_office, seen
from tests.unit.gateway.test_outbound import EVENT_AT_COUNTER, TICKET, Office, check

WHY = "brought in by ambulance"


@pytest.fixture
def office() -> Office:
    """Return an office where Dewi is a supervisor."""
    return new_office()


def test_a_supervisor_moves_a_ticket_by_number_and_that_is_told(office: Office) -> None:
    at = office.sign_in("c3", "dewi")
    number = office.do("issue", service="passport")["ticket"]["number"]
    result = office.do("transfer", **at, ticket=number, stage="interview", reason=WHY)
    check(result["ticket"], TICKET)
    assert (result["ticket"]["number"], result["ticket"]["stage"]) == (number, "interview")
    told = office.air.last("event/transferred")
    check(told, EVENT_AT_COUNTER)
    assert (told["number"], told["counter"]) == (number, "c3")


def test_without_a_right_or_a_reason_nothing_is_moved(office: Office) -> None:
    officer, supervisor = office.sign_in("c1", "sari"), office.sign_in("c3", "dewi")
    number = office.do("issue", service="passport")["ticket"]["number"]
    refused = office.ask("transfer", **officer, ticket=number, stage="interview", reason=WHY)["error"]
    assert refused["code"] == "not_allowed"
    for reason in ({}, {"reason": ""}, {"reason": " "}):
        refused = office.ask("transfer", **supervisor, ticket=number, stage="interview", **reason)["error"]
        assert (refused["code"], refused["detail"]) == ("bad_request", {"field": "reason"})
    assert office.do("lookup", ticket=number)["ticket"]["stage"] == "check"


def test_a_counter_says_what_whoever_sits_there_may_do(office: Office) -> None:
    assert seen(office, "c3")["role"] is None
    office.sign_in("c1", "sari")
    office.sign_in("c3", "dewi")
    assert [seen(office, counter)["role"] for counter in ("c1", "c3")] == ["officer", "supervisor"]


def test_an_officer_goes_over_to_another_counter_with_one_request(office: Office) -> None:
    old = office.sign_in("c1", "sari")
    asked = {"client": "counter-2", "counter": "c2", "officer": "sari", "pin": "1234"}
    refused = office.ask("open", **asked)["error"]
    assert (refused["code"], refused["detail"]) == ("not_allowed", {"open_at": "c1"})
    result = office.do("open", **asked, leave="c1")
    assert result["counter"]["state"] == "open"
    assert [seen(office, counter)["state"] for counter in ("c1", "c2")] == ["closed", "open"]
    assert office.ask("next", **old)["error"]["code"] == "no_session"
    assert office.ask("next", client="counter-2", counter="c2", session=result["session"])["ok"]


def test_a_counter_with_a_visitor_is_not_left(office: Office) -> None:
    at = office.sign_in("c1", "sari")
    office.do("issue", service="visa")
    number = office.do("next", **at)["ticket"]["number"]
    asked = {"client": "counter-2", "counter": "c2", "officer": "sari", "pin": "1234"}
    refused = office.ask("open", **asked, leave="c1")["error"]
    assert (refused["code"], refused["detail"]) == ("counter_busy", {"counter": "c1", "open_at": "c1"})
    assert seen(office)["ticket"]["number"] == number
