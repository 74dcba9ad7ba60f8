"""What a client says of its devices reaches the engine, with limits, and under the name that its topic has."""

from __future__ import annotations

import json

import pytest

from broker.contract.topics import Topics
from broker.gateway import Presences
from broker.gateway.presences import MAX_DEVICES, MAX_STATE_LENGTH
from broker.ports import Health

TOPICS = Topics("demo")


def heard(payload: bytes, topic: str = TOPICS.presence("kiosk-1")) -> list[Health]:
    """Return what the engine would get to hear."""
    told: list[Health] = []
    Presences(TOPICS, told.append).received(topic, payload)
    return told


def presence(**changes: object) -> bytes:
    """Return what a client publishes."""
    return json.dumps({"online": True, "kind": "kiosk", **changes}).encode()


def test_devices_are_told_with_the_connection_among_them() -> None:
    assert heard(presence(devices={"printer": "ready"})) == [
        Health("kiosk-1", {"printer": "ready", "connection": "online"})
    ]


def test_of_a_client_that_is_gone_nothing_else_is_known() -> None:
    assert heard(presence(online=False, devices={"printer": "ready"})) == [Health("kiosk-1", {"connection": "offline"})]


@pytest.mark.parametrize("payload", [b"", b"no json", b"{}", b'{"online": 7, "kind": 1}', b"\xff"])
def test_what_makes_no_sense_is_passed_by(payload: bytes) -> None:
    assert heard(payload) == []


def test_the_engines_own_and_foreign_topics_are_passed_by() -> None:
    assert heard(presence(), TOPICS.presence("broker")) == []
    assert heard(presence(), Topics("branch").presence("kiosk-1")) == []
    assert heard(presence(), f"{TOPICS.presence('kiosk-1')}/more") == []


def test_nobody_fills_the_disk() -> None:
    (health,) = heard(presence(devices={f"{at}": "x" * 205 for at in range(35)}))
    assert len(health.states) == MAX_DEVICES + 1
    assert max(map(len, health.states.values())) == MAX_STATE_LENGTH
