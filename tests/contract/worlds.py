"""The same small world three times: in memory, on Mosquitto, on the embedded server."""

from __future__ import annotations

import itertools
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from broker.bus import Bus
from broker.contract.link import Address
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.server.start import Kind, Server, ServerSpec, start_server
from tests.fakes.bus import FakeBus, FakeServer
from tests.support.access import access
from tests.support.caller import wait_until
from tests.support.office import free_port

AnyBus = Bus | FakeBus
B = TypeVar("B", bound=AnyBus)
_offices = itertools.count(1)
SCREENS = ("kiosk-1", "kiosk-2")
ENGINE_PASSWORD = secrets.token_urlsafe()


class World(ABC):
    """A server and its clients, and what may befall them."""

    def __init__(self, office: str) -> None:
        self.topics = Topics(office)
        self.buses: list[AnyBus] = []

    def bus(self, client: str, post: Callable[[Callable[[], None]], None] | None = None) -> AnyBus:
        """Return a client that is not started yet; its handlers run where messages come in, if `post` says nothing."""
        bus = self._build(client, post or _at_once)
        self.buses.append(bus)
        return bus

    def close(self) -> None:
        """End all clients."""
        for bus in self.buses:
            bus.stop()

    @abstractmethod
    def _build(self, client: str, post: Callable[[Callable[[], None]], None]) -> AnyBus: ...

    @abstractmethod
    def kill(self, bus: AnyBus) -> None:
        """Let a client vanish without a word."""

    @abstractmethod
    def stop_server(self) -> None:
        """End the server."""

    @abstractmethod
    def start_server(self) -> None:
        """Start it again, at the same place."""

    @abstractmethod
    def pass_time(self, seconds: float = 3.0) -> None:
        """Let as much time pass as it takes until late requests are sent again, where time can be made to pass."""


class FakeWorld(World):
    """In memory."""

    def __init__(self) -> None:
        super().__init__("demo")
        self.server = FakeServer()

    def _build(self, client: str, post: Callable[[Callable[[], None]], None]) -> AnyBus:
        return FakeBus(
            server=self.server,
            office=self.topics.office,
            client=client,
            kind="test",
            post=post,
            claims=client in (ENGINE_CLIENT, *SCREENS),
        )

    def kill(self, bus: AnyBus) -> None:
        """Let a client vanish without a word."""
        assert isinstance(bus, FakeBus)
        bus.kill()

    def stop_server(self) -> None:
        """End the server."""
        self.server.stop()

    def start_server(self) -> None:
        """Start it again."""
        self.server.start()

    def pass_time(self, seconds: float = 3.0) -> None:
        """Let time pass."""
        self.server.advance(seconds)


class RealWorld(World):
    """On a server in a process of its own."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.spec.access().topics.office)
        self.server = server

    def _build(self, client: str, post: Callable[[Callable[[], None]], None]) -> AnyBus:
        there = self.server.spec.address
        engine = client == ENGINE_CLIENT
        address = Address(there.host, there.port, client, ENGINE_PASSWORD) if engine else there
        return Bus(
            address=address,
            office=self.topics.office,
            client=client,
            kind="test",
            post=post,
            claims=client in (ENGINE_CLIENT, *SCREENS),
        )

    def kill(self, bus: AnyBus) -> None:
        """Stop the network thread and let the socket go, as the kernel does with a process that was killed."""
        assert isinstance(bus, Bus)
        bus._paho.loop_stop()
        socket = bus._paho.socket()
        assert socket is not None
        socket.close()
        bus._stopping.set()
        self.buses.remove(bus)

    def stop_server(self) -> None:
        """End the server."""
        self.server.stop()

    def start_server(self) -> None:
        """Start another on the same port."""
        self.server = start_server(self.server.spec)

    def pass_time(self, seconds: float = 3.0) -> None:
        """Do nothing: real time passes by itself, and the suite waits until it has."""


def new_server(kind: Kind, folder: Path, office: str = "demo") -> Server:
    """Start a server on a free port, where only the engine has a login."""
    return start_server(
        ServerSpec(
            kind=kind,
            listen="127.0.0.1",
            port=free_port(),
            folder=folder,
            access=lambda: access({ENGINE_CLIENT: ENGINE_PASSWORD}, office=office, clients=SCREENS),
        )
    )


def settle(true: Callable[[], bool], what: str) -> None:
    """Wait until something is true; in memory it is at once."""
    wait_until(true, what, timeout_s=30)


def _at_once(step: Callable[[], None]) -> None:
    step()
