"""The floor: one MQTT round trip alone, one durable SQLite commit alone. An answer takes both at least."""

from __future__ import annotations

import multiprocessing
import queue
import sqlite3
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from broker.bus import Bus
from broker.contract.link import Address
from tests.support.caller import wait_until

PAYLOAD = b"x" * 200


def round_trips(address: Address, count: int) -> list[float]:
    """Return the seconds of `count` QoS 1 requests to an echo in another process, and back."""
    ready, done = multiprocessing.Event(), multiprocessing.Event()
    echo = multiprocessing.Process(target=_echo, args=(address, ready, done), daemon=True)
    echo.start()
    ready.wait(20)
    replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    bus = _bus(address, "bench-ask")
    bus.listen_raw(bus.topics.command("bench-echo", "answer"), lambda _topic, payload: replies.put(payload))
    bus.start()
    bus.wait_connected(20)
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        bus.publish(bus.topics.command("bench-ask", "echo"), PAYLOAD)
        replies.get(timeout=20)
        taken.append(time.perf_counter() - begin)
    done.set()
    bus.stop()
    echo.join(20)
    return taken


def commits(folder: Path, count: int) -> list[float]:
    """Return the seconds of `count` one-row transactions in WAL with a full sync."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE line (seq INTEGER PRIMARY KEY, body TEXT)")
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        connection.execute("INSERT INTO line (body) VALUES (?)", (PAYLOAD.decode(),))
        taken.append(time.perf_counter() - begin)
    connection.close()
    return taken


def _echo(address: Address, ready: Event, done: Event) -> None:
    bus = _bus(address, "bench-echo")
    reply = bus.topics.command("bench-echo", "answer")
    bus.listen_raw(bus.topics.command("bench-ask", "echo"), lambda _topic, payload: _answer(bus, reply, payload))
    bus.start()
    wait_until(lambda: bus.connected, "the echo is connected")
    time.sleep(0.2)
    ready.set()
    done.wait(120)
    bus.stop()


def _answer(bus: Bus, topic: str, payload: bytes) -> None:
    bus.publish(topic, payload)


def _bus(address: Address, client: str) -> Bus:
    return Bus(address=address, office="bench", client=client, kind="bench", post=lambda step: step())
