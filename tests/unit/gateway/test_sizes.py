"""No message is longer than 8 KiB, whatever waits and however long the names are."""

from __future__ import annotations

from typing import Any

import pytest

from broker.bootstrap.rules import office_rules
from broker.config import load_settings
from broker.contract.messages import MAX_PAYLOAD_BYTES
from broker.domain.model import Counter, Lane, Service
from tests.fakes.offices import small_office
from tests.unit.gateway.office import CONFIG, Office

LONG = "x" * 29


@pytest.fixture
def office() -> Office:
    return Office()


def longest_office() -> Any:  # noqa: ANN401 - an office, kept short
    """Return an office whose every id is as long as a configuration allows (32 characters)."""
    lanes = tuple(Lane(f"{LONG}{n:03}", "P" if n else "", 900 * (n + 1)) for n in range(2))
    stages = tuple(f"{LONG}{n:03}" for n in range(2))
    services = {f"{LONG}{n:03}": Service(f"{LONG}{n:03}", "ABC"[n], stages) for n in range(3)}
    return small_office(
        lanes=lanes,
        services=services,
        stage_standard_s=dict.fromkeys(stages, 600),
        counters={
            f"{LONG}{n:03}": Counter(f"{LONG}{n:03}", "12345678901" + str(n), frozenset(stages)) for n in range(2)
        },
    )


@pytest.mark.parametrize("rules", [small_office, longest_office], ids=["small", "longest ids"])
def test_with_a_thousand_waiting_every_message_fits_8_kib_and_carries_what_it_promises(rules: Any) -> None:  # noqa: ANN401 - a function that makes an office
    office = Office(rules())
    office.pause_s = 0.001
    counter = next(iter(office.engine.hall.office.counters))
    at = office.sign_in(counter)
    services = list(office.engine.hall.office.services)
    lanes = list(office.engine.hall.office.lanes)
    for n in range(1100):
        office.do("issue", service=services[n % 2], lane=lanes[n % 7 == 0])
    for _ in range(60):
        office.do("next", **at)
        office.do("no_show", **at)
    office.do("next", **at)
    for n in range(100):
        office.do("recall", **at, note=str(n))
    office.clock.advance(1)
    office.engine.step([])
    state = office.air.last(f"state/counter/{counter}")
    assert state["queue_length"] == 1039
    assert state["ticket"]["history"][-1]["type"] == "recalled"
    assert state["ticket"]["history"][0]["type"] == "issued"
    if rules is small_office:
        assert len(state["queue"]) == 50
    else:
        assert len(state["queue"]) >= 10
    assert [entry["score"] for entry in state["queue"]] == sorted((e["score"] for e in state["queue"]), reverse=True)
    assert state["missed"]
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_hundreds_of_reprints_fit_as_well(office: Office) -> None:
    at = office.sign_in()
    ticket = office.do("issue", service="visa")["ticket"]["id"]
    office.do("next", **at)
    for _ in range(300):
        office.do("reprint", ticket=ticket)
    assert office.air.longest <= MAX_PAYLOAD_BYTES
    assert office.air.last("state/counter/c1")["ticket"]["copies"] == 300


def test_errors_about_the_longest_names_fit() -> None:
    office = Office()
    name = "\u0001" * 200
    for command, arguments in {
        "issue": {"service": name},
        "reprint": {"ticket": name},
        "open": {"counter": name, "officer": name, "pin": "1"},
        "next": {"counter": name, "session": name},
    }.items():
        assert not office.ask(command, **arguments)["ok"]
    assert office.air.longest <= MAX_PAYLOAD_BYTES


def test_the_demo_office_at_noon_fits() -> None:
    settings = load_settings(CONFIG, {})
    office = Office(office_rules(settings))
    office.pause_s = 0.01
    for n in range(400):
        for service in settings.services:
            if n % 10 == 0:
                office.ask("issue", service=service.id, lane="priority")
        office.do("issue", service=settings.services[n % 9].id)
    assert office.air.longest <= MAX_PAYLOAD_BYTES
