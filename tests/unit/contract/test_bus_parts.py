"""What of the bus shows only in numbers: reconnects that are spread, topics that are looked up once, logs that end."""

from __future__ import annotations

import logging

import pytest
from paho.mqtt.client import topic_matches_sub

from broker import bus as module
from broker.bus import LOGGED_FAULTS, Bus
from broker.contract.link import Address
from broker.contract.messages import HallMessage


@pytest.fixture
def bus() -> Bus:
    return Bus(address=Address("127.0.0.1", 1), office="demo", client="kiosk-1", kind="test", post=lambda step: step())


def test_after_an_outage_not_everybody_comes_back_at_the_same_moment() -> None:
    delays = {
        (made._paho._reconnect_min_delay, made._paho._reconnect_max_delay)
        for made in (
            Bus(address=Address("127.0.0.1", 1), office="demo", client=f"kiosk-{n}", kind="test", post=lambda s: s())
            for n in range(50)
        )
    }
    assert len(delays) > 40
    assert all(0.7 <= first <= 1.3 and 3.5 <= longest <= 6.5 for first, longest in delays)


def test_who_listens_to_a_topic_is_looked_up_once(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    matched: list[str] = []

    def counted(topic_filter: str, topic: str) -> bool:
        matched.append(topic)
        return topic_matches_sub(topic_filter, topic)

    monkeypatch.setattr(module, "topic_matches_sub", counted)
    bus.listen_raw(bus.topics.event("+"), lambda _topic, _payload: None)
    for _ in range(100):
        assert len(bus._listening_to(bus.topics.event("called"))) == 1
    assert len(matched) == len(bus._listeners)


def test_whoever_makes_up_topics_fills_no_memory(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN_TOPICS", 16)
    bus.listen_raw(bus.topics.all_commands(), lambda _topic, _payload: None)
    for n in range(1000):
        assert len(bus._listening_to(bus.topics.command(f"client-{n}", "issue"))) == 1
    assert len(bus._who_listens) <= 16


def test_whoever_sends_rubbish_without_end_fills_no_log(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    bus.listen(bus.topics.hall(), HallMessage, lambda _hall: None)
    (listener,) = bus._listening_to(bus.topics.hall())
    with caplog.at_level(logging.WARNING):
        for n in range(900):
            listener.handler(bus.topics.hall(), b'{"revision": "' + b"x" * 1000 + b'"}' if n % 2 else b"[" * 100_000)
    assert bus.bad_messages == 900
    assert len(caplog.records) == LOGGED_FAULTS
    assert max(len(record.getMessage()) for record in caplog.records) < 500
