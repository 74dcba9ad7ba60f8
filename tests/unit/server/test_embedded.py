"""The embedded server reads of each connection at its pace: a flood stays with whoever sends it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from broker.contract.topics import ENGINE_CLIENT
from broker.server.embedded import COMMON_AT_ONCE, OWN_AT_ONCE, OWN_PER_S, PAUSE_S, PacedReader, Shares, Subscriptions
from broker.server.mosquitto import MESSAGE_LIMIT_BYTES, is_password_of, password_entry
from broker.server.start import Server, ServerSpec, start_server
from tests.support.access import access
from tests.support.browsing import in_a_loop
from tests.support.caller import wait_until
from tests.support.office import free_port
from tests.unit.server.test_mosquitto import ENGINE_PASSWORD, ROOT, Stranger, remembered

PUBLISH = b"\x30\x05\x00\x01a{}"
PUBACK = b"\x40\x02\x00\x07"
CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05flood"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield an embedded server."""
    server = start_server(
        ServerSpec(
            kind="embedded",
            listen="127.0.0.1",
            port=free_port(),
            folder=tmp_path_factory.mktemp("embedded"),
            access=lambda: access({ENGINE_CLIENT: ENGINE_PASSWORD}),
        )
    )
    yield server
    server.stop()


class Line:
    """A connection whose packets are read as amqtt reads them: kind, length, body."""

    def __init__(self, shares: Shares, stream: bytes) -> None:
        """Let all of it have come."""
        source = asyncio.StreamReader(limit=len(stream) + 1)
        source.feed_data(stream)
        self.reader = PacedReader(source, shares)
        self.read = 0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await self.reader.read(1)
            (length,) = await self.reader.read(1)
            await self.reader.read(length)
            self.read += 1


def test_what_one_sends_too_fast_is_not_read_and_others_have_their_share() -> None:
    async def seen() -> list[int]:
        now_s = [1000.0]
        shares = Shares(lambda: now_s[0])
        flood = Line(shares, PUBLISH * 5_000)
        await asyncio.sleep(2 * PAUSE_S)
        counts = [flood.read]
        honest, acknowledging, engine = (Line(shares, one * 100) for one in (PUBLISH, PUBACK * 9, PUBLISH * 9))
        engine.reader.is_engine = True
        await asyncio.sleep(2 * PAUSE_S)
        counts += [honest.read, acknowledging.read, engine.read]
        now_s[0] += 1.0
        await asyncio.sleep(4 * PAUSE_S)
        counts.append(flood.read - counts[0])
        for line in (flood, honest, acknowledging, engine):
            line.task.cancel()
        return counts

    flood, honest, acknowledging, engine, later = in_a_loop(seen())
    assert flood == OWN_AT_ONCE + COMMON_AT_ONCE
    assert (honest, acknowledging, engine) == (100, 900, 900)
    assert later == OWN_PER_S, "who had to wait has no part in what is there for all"


def test_a_flood_is_held_up_and_nobody_else_is(server: Server) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.spec.port)) as flood,
        Stranger(server.spec.port, "honest") as honest,
    ):
        flood.sendall(CONNECT)
        assert flood.recv(4) == b"\x20\x02\x00\x00"
        flood.settimeout(0.5)
        with pytest.raises(TimeoutError):
            flood.sendall(PUBLISH * 4_000_000)  # more than any kernel keeps for it
        honest.listen(f"{ROOT}/presence/honest")
        honest.say(f"{ROOT}/presence/honest")
        assert honest.heard.get(timeout=20)[0] == f"{ROOT}/presence/honest"


def test_what_is_too_long_ends_its_own_line(server: Server) -> None:
    length = bytes([MESSAGE_LIMIT_BYTES & 127 | 128, MESSAGE_LIMIT_BYTES >> 7 & 127 | 128, 9])
    with (
        socket.create_connection(("127.0.0.1", server.spec.port), timeout=20) as line,
        Stranger(server.spec.port, "honest") as honest,
    ):
        line.sendall(CONNECT)
        assert line.recv(4) == b"\x20\x02\x00\x00"
        line.sendall(b"\x30" + length + b"x" * 1_000)
        with contextlib.suppress(ConnectionError):
            assert line.recv(1) == b""
        assert honest.paho.is_connected()


def test_who_subscribes_while_somebody_comes_disturbs_nobody() -> None:
    known = Subscriptions({"a": [], "b": []})
    for _, name in zip(known, "xy", strict=True):
        known[name] = []
    for name, sessions in known.items():
        assert sessions == []
        del known[name]
    assert not known


def test_the_engine_is_known_by_its_password() -> None:
    entry = password_entry(ENGINE_PASSWORD)
    assert is_password_of(entry, ENGINE_PASSWORD)
    assert not is_password_of(entry, "")
    assert not is_password_of(entry, ENGINE_PASSWORD + "x")


@pytest.mark.parametrize("module", ["broker.server.embedded", "broker.web.app"])
def test_what_stays_beside_the_broker_reads_no_configuration(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in sys.modules if name.startswith('broker.config')))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == []


def test_the_stand_in_remembers_nobody_who_left(server: Server) -> None:
    """Else it would keep all that is said for whoever gives a name, asks for that and never comes back."""
    remembered(server.spec.port, "gone", username="kiosk-1", password="any")  # noqa: S106 - nobody's
    wait_until(lambda: not remembered(server.spec.port, "gone", username="kiosk-1", password="any"), "it forgets")  # noqa: S106
