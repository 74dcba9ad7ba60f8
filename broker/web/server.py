"""The HTTP server: uvicorn with bounds on connections, headers and patience, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from broker.web.line import LINE, Line

MOST_CONNECTIONS = 3000
"""All phones of a full hall, several times over; more are turned away before a byte is read."""
MOST_OF_ONE_ADDRESS = 1500
"""A router may hide a whole hall behind one address, yet nobody alone takes all."""
TAKEN_AT_ONCE = 16
"""So many new connections are taken in one go: when a whole hall comes back, a call goes between."""
KEPT_WAITING = 512
"""So many more the system keeps until then."""
SPARE_FILES = 200
"""Open files that the process needs for other things."""
REQUEST_S = 20.0
"""Within so many seconds a request is here, all of it; a connection that only waits costs memory."""
KEEP_ALIVE_S = 15
LOST_AFTER_MS = 60_000
"""A phone that acknowledges nothing for so long is gone, out of the door or out of battery."""
MAX_HEADER_BYTES = 16 * 1024
SWEEP_S = 5.0
END_S = 3
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 10\r\n"
    b"Connection: close\r\nContent-Length: 56\r\n\r\n"
    b"Too many visitors at once. Please try again in a moment."
)


log = logging.getLogger(__name__)


@dataclass(slots=True)
class Connections:
    """Who is connected. Counts, and finds those that never finish asking."""

    most: int = MOST_CONNECTIONS
    most_of_one: int = MOST_OF_ONE_ADDRESS
    monotonic: Callable[[], float] = time.monotonic
    refused: int = field(init=False, default=0)
    _since_s: dict[Any, float] = field(init=False, default_factory=dict)
    """Of each connection: since when it is asking; it is there as long as the connection lives."""
    _by_address: Counter[str] = field(init=False, default_factory=Counter)

    def __len__(self) -> int:
        return len(self._since_s)

    def came(self, connection: object, address: str) -> bool:
        """Take a new connection in; False where there is no room for it."""
        if len(self._since_s) >= self.most or self._by_address[address] >= self.most_of_one:
            self.refused += 1
            return False
        self._since_s[connection] = self.monotonic()
        self._by_address[address] += 1
        return True

    def went(self, connection: object, address: str) -> None:
        """Take note that a connection is gone."""
        if self._since_s.pop(connection, None) is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def passed_on(self, connection: object, to: object) -> None:
        """Take note that something else has a connection from now on."""
        if self._since_s.pop(connection, None) is not None:
            self._since_s[to] = self.monotonic()

    def began(self, connection: object) -> None:
        """Take note that a connection has been answered, or that the head of its next request is here."""
        if connection in self._since_s:
            self._since_s[connection] = self.monotonic()

    def overdue(self, is_asking: Callable[[Any], bool]) -> list[Any]:
        """Return the connections that have been asking for too long."""
        late_s = self.monotonic() - REQUEST_S
        return [one for one, since_s in self._since_s.items() if since_s < late_s and is_asking(one)]


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP connection, counted, and ended where it never finishes asking.

    uvicorn itself waits for a first request for ever, and answers 503 only after it has read one.
    """

    known: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's own
        """Never write uvicorn's access log, whatever logging is set to: it has addresses, and the keys of tickets."""
        super().__init__(*arguments, **named)
        self.access_log = False
        self.app_state = {**self.app_state, LINE: self.hand_over}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Count the connection, or turn it away."""
        super().connection_made(transport)
        self.is_counted = self.known.came(self, self._address)
        if not self.is_counted:
            transport.write(_BUSY)
            transport.close()
            return
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in {socket.AF_INET, socket.AF_INET6}:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_AFTER_MS)

    def data_received(self, data: bytes) -> None:
        """Read on, unless there was no room."""
        if not self.is_counted:
            return
        before = self.cycle
        super().data_received(data)
        if before is not None and self.cycle is not before:
            self.known.began(self)

    def on_response_complete(self) -> None:
        """Count the time to the next request, whole: uvicorn's own bound ends with the first byte that comes."""
        self.known.began(self)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        if self.is_counted:
            self.known.went(self, self._address)

    def hand_over(self) -> Line | None:
        """Leave the connection, on which an answer has begun, to a line; None where the browser has gone.

        What was kept for the request is kept no longer, some 25 KiB. uvicorn leaves one to a web socket like this; the
        request itself ends as if its browser had gone.
        """
        if self.cycle.disconnected:
            return None
        known, address, connections = self.known, self._address, self.connections

        def lost() -> None:
            known.went(line, address)
            connections.discard(line)

        line = Line(self.transport, is_chunked=self.scope["http_version"] >= "1.1", on_lost=lost)
        known.passed_on(self, line)
        connections.discard(self)
        connections.add(line)  # type: ignore[arg-type]  # uvicorn counts these, and ends them by `shutdown`
        self.cycle.disconnected = True
        self.app_state = {}
        self.transport.set_protocol(line)
        return line

    @property
    def is_asking(self) -> bool:
        """Tell whether its request, the first or the next, is not whole yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""


@dataclass(slots=True)
class Encrypted:
    """A second port, where the same pages are served by https; the certificate is read again when there is another."""

    port: int
    certificate: Path
    context: ssl.SSLContext = field(init=False)
    _shown_ns: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Read the certificate. Raises OSError."""
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._load()

    def look(self) -> None:
        """Show another certificate from now on, where there is one: whoever is connected goes on."""
        try:
            if self.certificate.stat().st_mtime_ns != self._shown_ns:
                self._load()
        except OSError as error:  # a file that holds none is an SSLError, which is an OSError, too
            log.warning("the certificate of before is shown, %s cannot be read: %s", self.certificate, error)

    def _load(self) -> None:
        there_ns = self.certificate.stat().st_mtime_ns
        self.context.load_cert_chain(self.certificate)
        self._shown_ns = there_ns


class WebServer(uvicorn.Server):
    """uvicorn, which here neither takes signals for itself nor raises them again, and may listen encrypted beside."""

    encrypted: Encrypted | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. asyncio takes as many connections in one go as the system may keep waiting, and knows one number."""
        await super().startup(sockets)
        if self.encrypted is not None and self.started:
            serving = asyncio.get_running_loop().create_server(
                self._connection,
                host=self.config.host,
                port=self.encrypted.port,
                ssl=self.encrypted.context,
                ssl_handshake_timeout=REQUEST_S,
                backlog=self.config.backlog,
            )
            self.servers.append(await serving)
        for server in self.servers:
            for listening in server.sockets:
                with listening.dup() as one:
                    one.listen(KEPT_WAITING)

    def _connection(self) -> asyncio.Protocol:
        """Return what takes a connection, as uvicorn makes it for its own port."""
        kind: Any = self.config.http_protocol_class
        made: asyncio.Protocol = kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`: uvicorn would end the process by them, though all is in order."""
        yield


def raise_open_files() -> int:
    """Let this process open as many files as it may, for each phone is one; return for how many phones that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(10, min(MOST_CONNECTIONS, soft - SPARE_FILES))


def web_server(
    app: ASGIApp, *, host: str, port: int, connections: Connections, encrypted: Encrypted | None = None
) -> WebServer:
    """Return the server of an application, not yet begun."""
    protocol = type("CountedProtocol", (BoundedProtocol,), {"known": connections})
    server = WebServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=END_S,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
            backlog=TAKEN_AT_ONCE,
        )
    )
    server.encrypted = encrypted
    return server


async def serve_until_told(server: WebServer, connections: Connections) -> None:
    """Serve until SIGTERM or SIGINT, then end cleanly."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.handle_exit, number, None)
    await serve(server, connections)


async def serve(server: WebServer, connections: Connections, *, sweep_s: float = SWEEP_S) -> None:
    """Serve until the server is told to exit, and end connections that never finish asking."""
    sweeping = asyncio.create_task(_sweep(server, connections, sweep_s))
    try:
        await server.serve()
    finally:
        sweeping.cancel()


async def _sweep(server: WebServer, connections: Connections, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        if server.encrypted is not None:
            server.encrypted.look()
        for one in connections.overdue(lambda connection: bool(connection.is_asking)):
            one.transport.abort()
