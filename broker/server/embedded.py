"""The embedded MQTT server: amqtt in a process of its own, for one machine on loopback.

A stand-in where Mosquitto is not installed. It knows no access rules, redelivers nothing and does not notice silent
clients, so it refuses every address but loopback. amqtt bounds nothing: here it reads of each connection no faster than
an office asks, so that a flood stays with whoever sends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
import time
from collections import UserDict
from collections.abc import Callable, ItemsView, Iterator
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.errors import AMQTTError
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session

from broker.contract.topics import ENGINE_CLIENT
from broker.loopback import is_loopback
from broker.server.doorman import LOST_AFTER_MS, SILENT_S
from broker.server.mosquitto import ENGINE_LOGIN, MESSAGE_LIMIT_BYTES, is_password_of
from broker.turnstile import CALM_S, ONE_BYTE, SHARE_BYTES, Pace

OWN_PER_S, OWN_AT_ONCE = 50.0, 128.0
"""So much each connection may say; amqtt takes a millisecond for each message."""
COMMON_PER_S, COMMON_AT_ONCE = 150.0, 256.0
"""And all together so much more, but for who had to wait lately."""
COMERS_PER_S, COMERS_AT_ONCE = 50.0, 100.0
"""So many connections come in: an office's screens all at once."""
PAUSE_S = 0.01
PUBACK = 4


class Shares:
    """What all connections have together."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin full."""
        self.monotonic = monotonic
        self.common = Pace(COMMON_PER_S, COMMON_AT_ONCE)
        self.door = asyncio.Lock()
        self._comers = Pace(COMERS_PER_S, COMERS_AT_ONCE)

    async def come_in(self) -> None:
        """Wait for one's turn among those who come: one behind the other, for each that looks costs time."""
        async with self.door:
            while not self._comers.take(1.0, self.monotonic()):  # noqa: ASYNC110 - by the clock
                await asyncio.sleep(PAUSE_S)


class PacedReader(StreamReaderAdapter):  # type: ignore[misc]  # amqtt carries no types
    """Reads a connection at its pace; the sender waits, for nobody takes its bytes."""

    def __init__(self, reader: asyncio.StreamReader, shares: Shares) -> None:
        """Begin in front of a packet."""
        super().__init__(reader)
        self.is_engine = False
        self._shares = shares
        self._own = Pace(OWN_PER_S, OWN_AT_ONCE)
        self._waited_s = -math.inf
        self._kind = self._length = self._shift = self._left = 0
        self._is_begun = self._is_inside = False
        self._first = b""

    async def begin(self) -> None:
        """Wait for the first byte: who says nothing stands in nobody's way."""
        self._first = await super().read(1)

    async def read(self, n: int = -1) -> bytes:
        """Return so many bytes; `ConnectionAbortedError` where a packet is longer than any of the wire."""
        if n > MESSAGE_LIMIT_BYTES:
            raise ConnectionAbortedError
        data, self._first = self._first, b""
        data = data or await super().read(n)  # the first byte of a packet is asked for alone
        if self._is_inside:
            self._left -= len(data)
            self._is_inside = self._left > 0
        elif not self._is_begun:
            self._kind, self._length, self._shift, self._is_begun = data[0] >> 4, 0, 0, True
        else:
            self._length |= (data[0] & ONE_BYTE) << self._shift
            self._shift += 7
            if data[0] <= ONE_BYTE:
                self._left, self._is_begun, self._is_inside = self._length, False, self._length > 0
                await self._keep_pace()
        return data

    async def _keep_pace(self) -> None:
        if self._length > MESSAGE_LIMIT_BYTES:
            raise ConnectionAbortedError
        cost = max(1.0, self._length / SHARE_BYTES)
        while not self.is_engine and self._kind != PUBACK and not self._may_go_on(cost):  # noqa: ASYNC110 - by the clock
            await asyncio.sleep(PAUSE_S)

    def _may_go_on(self, cost: float) -> bool:
        now_s = self._shares.monotonic()
        if self._own.take(cost, now_s):
            return True
        if now_s - self._waited_s >= CALM_S and self._shares.common.take(cost, now_s):
            return True
        self._waited_s = now_s
        return False


class PatientWriter(StreamWriterAdapter):  # type: ignore[misc]  # the same
    """Gives up a connection whose other side takes nothing for a while: what waits for it is kept in memory."""

    async def drain(self) -> None:
        """Wait until there is room, for so long at most."""
        if self.is_closed:
            return
        try:
            await asyncio.wait_for(super().drain(), LOST_AFTER_MS / 1000)
        except TimeoutError:
            self._writer.transport.abort()
            raise ConnectionResetError from None


class Subscriptions(UserDict[str, Any]):
    """Who subscribed to what, gone through as it was when that began.

    amqtt (0.12.1) lets others in meanwhile: whoever subscribes or leaves then ended the connection of who comes, while
    its session went on taking in what nobody delivered.
    """

    def __iter__(self) -> Iterator[str]:
        """Go through the filters."""
        return iter(list(self.data))

    def items(self) -> ItemsView[str, Any]:
        """Go through both."""
        return dict(self.data).items()


class BoundedBroker(Broker):  # type: ignore[misc]  # the same
    """amqtt's server with bounds for each connection."""

    def __init__(self, config: dict[str, Any], engine_login: str, shares: Shares) -> None:
        """Prepare; `engine_login` is the hash of the engine's password, empty where it has none."""
        super().__init__(config)
        self._subscriptions = Subscriptions()
        self._engine_login = engine_login
        self._shares = shares

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        """Take a connection in, in its turn."""
        paced, patient = PacedReader(reader, self._shares), PatientWriter(writer)
        with contextlib.suppress(OSError, EOFError):
            await asyncio.wait_for(paced.begin(), SILENT_S)
            await self._shares.come_in()
            await self._client_connected(listener_name, paced, patient)
        writer.close()

    async def _initialize_client_session(
        self, reader: PacedReader, writer: PatientWriter, remote_address: str, remote_port: int
    ) -> tuple[BrokerProtocolHandler, Session]:
        try:
            handler, session = await asyncio.wait_for(
                super()._initialize_client_session(reader, writer, remote_address, remote_port), SILENT_S
            )
        except (TimeoutError, OSError) as error:
            await writer.close()
            message = "it did not say who it is"
            raise AMQTTError(message) from error
        if session.username == ENGINE_CLIENT and self._engine_login:
            reader.is_engine = is_password_of(self._engine_login, session.password or "")
        return handler, session


def configuration(host: str, port: int, certificate: str | None = None) -> dict[str, Any]:
    """Return amqtt's configuration: one listener, anybody of this machine, no extras."""
    encrypted = {} if certificate is None else {"ssl": True, "certfile": certificate, "keyfile": certificate}
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}", **encrypted}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }


async def serve(host: str, port: int, engine_login: str, certificate: str | None = None) -> None:
    """Serve until a signal ends the process.

    At once: there is nothing to save, and amqtt's own shutdown can wait for ever for clients that never close.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    broker = BoundedBroker(configuration(host, port, certificate), engine_login, Shares())
    await broker.start()
    await asyncio.Event().wait()


def main() -> int:
    """Run as `python -m broker.server.embedded HOST PORT [CERTIFICATE]`."""
    host, port, certificate = sys.argv[1], int(sys.argv[2]), next(iter(sys.argv[3:]), None)
    if not is_loopback(host):
        sys.stderr.write(f"the embedded MQTT server serves this machine only, not {host}\n")
        return 2
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    asyncio.run(serve(host, port, os.environ.get(ENGINE_LOGIN, ""), certificate))
    return 0


if __name__ == "__main__":
    sys.exit(main())
