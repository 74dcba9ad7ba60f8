"""What of the bus shows only in numbers: reconnects that are spread, topics that are looked up once, logs that end."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub
from pydantic import ValidationError

from broker import bus as module
from broker.bus import LOGGED_FAULTS, Bus
from broker.contract.link import Address
from broker.contract.messages import EventMessage, HallMessage
from broker.prompt_client import BufferedSocket


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
    assert all(0.5 <= first <= 1.2 and 0.75 <= longest <= 1.8 for first, longest in delays)


def test_a_server_that_takes_a_connection_and_says_nothing_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one behind a line that lost our first packet, or one that hangs: paho would wait for two keepalives."""
    monkeypatch.setattr(module, "WELCOME_S", 0.2)
    monkeypatch.setattr(module, "RECONNECT_DELAY_S", (0.1, 0.1))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(4)
        host, port = server.getsockname()
        bus = Bus(address=Address(host, port), office="demo", client="kiosk-1", kind="test", post=lambda step: step())
        bus.start()
        first, _ = server.accept()
        second, _ = server.accept()
        bus.stop()
        first.close()
        second.close()


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


NO_TIMES = ['"1732600000"', "1732600000", '"2026-03-02"', '"2026-03-02T08:00:00"', '"soon"', "null"]


@pytest.mark.parametrize("at", NO_TIMES)
def test_a_message_with_a_time_that_is_not_written_out_is_not_believed(at: str) -> None:
    with pytest.raises(ValidationError, match="a time with its offset is needed, such as"):
        EventMessage.model_validate_json(f'{{"seq": 1, "at": {at}, "type": "issued"}}')


@pytest.mark.parametrize("day", ['"1732600000"', "1732600000", '"2026-3-2"', '"2026-03-02T00:00:00Z"'])
def test_a_message_with_a_date_that_is_not_written_out_is_not_believed(day: str) -> None:
    with pytest.raises(ValidationError, match="a date is needed, such as"):
        HallMessage.model_validate_json(f'{{"revision": 1, "seq": 1, "at": "2026-03-02T08:00:00Z", "day": {day}}}')


@given(at=st.datetimes(), offset_min=st.integers(-23 * 60, 23 * 60))
def test_every_time_that_is_said_is_heard_as_it_was(at: dt.datetime, offset_min: int) -> None:
    local = at.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset_min)))
    said = EventMessage(seq=1, at=local, type="issued").model_dump_json()
    assert EventMessage.model_validate_json(said).at == local


def test_packets_stay_whole_and_in_order_where_the_socket_is_full_and_threads_send_at_once(bus: Bus) -> None:
    """What fits leaves from the thread that sends; the rest of a packet from paho's, and nothing in between."""
    ours, servers = socket.socketpair()
    ours.settimeout(0)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    servers.settimeout(10)
    paho, each, size = bus._paho, 60, 5000
    paho._sock = BufferedSocket(ours)
    done = threading.Event()

    def write_what_waits() -> None:
        while not done.is_set():
            paho.loop_write()

    def send(name: str) -> None:
        for number in range(each):
            paho.publish(name, f"{number:04}".encode() * (size // 4), qos=1)

    threads = [threading.Thread(target=send, args=(name,)) for name in "ab"]
    writer = threading.Thread(target=write_what_waits)
    for thread in (*threads, writer):
        thread.start()
    heard: dict[str, list[int]] = {"a": [], "b": []}
    with contextlib.closing(servers.makefile("rb")) as packets:
        for _ in range(2 * each):
            head = packets.read(3)
            assert head[0] == 0x32, "a PUBLISH at QoS 1 begins here"
            body = packets.read((head[1] & 0x7F) + (head[2] << 7))
            topic, payload = body[2:3].decode(), body[5:]
            assert payload == payload[:4] * (size // 4)
            heard[topic].append(int(payload[:4]))
    done.set()
    for thread in (*threads, writer):
        thread.join()
    paho._sock = None
    ours.close()
    servers.close()
    assert heard == {"a": list(range(each)), "b": list(range(each))}


def test_what_was_read_ahead_is_pending_until_it_is_asked_for() -> None:
    ours, servers = socket.socketpair()
    with ours, servers:
        ours.settimeout(0)
        read = BufferedSocket(ours)
        with pytest.raises(BlockingIOError):
            read.recv(1)
        servers.sendall(b"12345")
        assert (read.recv(1), read.pending()) == (b"1", 4)
        assert (read.recv(9), read.pending()) == (b"2345", 0)
        servers.close()
        assert read.recv(1) == b""
