"""A line that fails on command: a TCP proxy between real programs, with real sockets."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Literal, Self

from broker.contract.link import Address

Way = Literal["up", "down"]
"""From the client to the server, and back."""
BOTH: tuple[Way, Way] = ("up", "down")
AT_ONCE_BYTES = 1 << 14
MOST_KEPT_BYTES = 1 << 20
"""So much of one direction is kept; then nothing more is read, and whoever sends has to wait."""
LOOKS_EVERY_S = 0.5
RESET = struct.pack("ii", 1, 0)
"""As SO_LINGER: a socket that is closed says so at once, as a machine does that knows nothing of the connection."""


@dataclass(slots=True)
class _Flow:
    """One direction of one connection."""

    way: Way
    source: socket.socket
    sink: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    """What was read and not passed on yet, and from when on it may be."""
    kept_bytes: int = 0
    next_s: float = 0.0
    """Before this a slow line carries nothing more."""
    is_young: bool = False
    """Asked for while everything was lost: nobody has heard of it yet, and whoever asks does so again, as TCP does."""
    is_dead: bool = False
    """Something of it was lost, so that nothing sensible can follow."""


class Proxy:
    """Listens on a port of loopback and carries all to the server behind it, well or badly."""

    def __init__(self, behind: Address) -> None:
        """Carry to `behind`, well at first."""
        self._behind = behind
        self._door = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._door.settimeout(0)
        self._waker, self._woken = socket.socketpair()
        self._flows: list[_Flow] = []
        self._lock = threading.Lock()
        self._held: frozenset[Way] = frozenset()
        self._swallowed: frozenset[Way] = frozenset()
        self._is_cut = False
        self._delay_s = 0.0
        self._bytes_per_s: float | None = None
        self._ends = False
        self.heard: bytearray | None = None
        """All that goes over the line, both ways, once somebody has begun to `listen_in`."""
        self.came_at: list[float] = []
        """When each connection was asked for, by the monotonic clock."""
        self._thread = threading.Thread(target=self._carry, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends = True
        self._wake()
        self._thread.join(5)
        with self._lock:
            self._end(self._flows)
        for one in (self._door, self._waker, self._woken):
            one.close()

    @property
    def address(self) -> Address:
        """Return where clients connect, with the login of the server behind."""
        host, port = self._door.getsockname()
        return replace(self._behind, host=host, port=port)

    # -- what may befall a line ---------------------------------------------------------------------------------------

    def hang_up(self) -> None:
        """End all connections; new ones are welcome."""
        with self._lock:
            self._end(self._flows)
        self._wake()

    def cut(self) -> None:
        """End all connections and let nobody in, until healed."""
        self._is_cut = True
        self.hang_up()

    def hold(self, *ways: Way) -> None:
        """Carry nothing that way, without a word, until healed: then it comes late, as TCP does over a loose plug."""
        self._held = frozenset(ways or BOTH)

    def swallow(self, *ways: Way) -> None:
        """Lose all that goes that way, without a word: a connection that loses something never works again.

        One that begins meanwhile comes about when the line has healed.
        """
        self._swallowed = frozenset(ways or BOTH)

    def delay(self, seconds: float) -> None:
        """Carry everything so much later."""
        self._delay_s = seconds

    def throttle(self, bytes_per_s: float) -> None:
        """Carry no more than this, of each direction of each connection."""
        self._bytes_per_s = bytes_per_s

    def listen_in(self) -> bytearray:
        """Write down all that goes over the line from now on, as anybody on the way could."""
        self.heard = bytearray()
        return self.heard

    def heal(self) -> None:
        """Carry well again."""
        self._held = self._swallowed = frozenset()
        self._is_cut = False
        self._delay_s, self._bytes_per_s = 0.0, None
        self._wake()

    # -- inside -------------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"!")

    def _carry(self) -> None:
        while not self._ends:
            with selectors.DefaultSelector() as selector:
                timeout_s = self._watch(selector)
                ready = {key.fd for key, _ in selector.select(timeout_s)}
            if self._woken.fileno() in ready:
                self._woken.recv(1024)
            if self._door.fileno() in ready:
                self._let_in()
            with self._lock:
                for flow in [one for one in self._flows if one.source.fileno() in ready]:
                    self._read(flow)
                for flow in list(self._flows):
                    self._write(flow)

    def _watch(self, selector: selectors.BaseSelector) -> float:
        """Watch what may bring something to do; return after how long there is something anyway."""
        selector.register(self._door, selectors.EVENT_READ)
        selector.register(self._woken, selectors.EVENT_READ)
        now_s, due_s = time.monotonic(), LOOKS_EVERY_S
        with self._lock:
            for flow in self._flows:
                if flow.kept_bytes < MOST_KEPT_BYTES:
                    selector.register(flow.source, selectors.EVENT_READ)
                if flow.waiting and not self._is_stuck(flow):
                    due_s = min(due_s, max(0.001, flow.waiting[0][0] - now_s, flow.next_s - now_s))
        return due_s

    def _let_in(self) -> None:
        client, _ = self._door.accept()
        self.came_at.append(time.monotonic())
        try:
            if self._is_cut:
                raise ConnectionRefusedError
            server = socket.create_connection((self._behind.host, self._behind.port), timeout=2)
        except OSError:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.close()
            return
        for one in (client, server):
            one.settimeout(0)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            young = bool(self._swallowed)
            self._flows += [
                _Flow("up", client, server, is_young=young),
                _Flow("down", server, client, is_young=young),
            ]

    def _read(self, flow: _Flow) -> None:
        if flow.source.fileno() < 0:
            return  # the other direction ended both just now
        try:
            data = flow.source.recv(AT_ONCE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(self._of_the_same_line(flow))
        elif flow.is_dead or (flow.way in self._swallowed and not flow.is_young):
            flow.is_dead = True
        else:
            if self.heard is not None:
                self.heard += data
            flow.waiting.append((time.monotonic() + self._delay_s, data))
            flow.kept_bytes += len(data)

    def _is_stuck(self, flow: _Flow) -> bool:
        return flow.way in self._held or flow.is_dead or (flow.is_young and bool(self._swallowed))

    def _write(self, flow: _Flow) -> None:
        while flow.waiting and flow.sink.fileno() >= 0 and not self._is_stuck(flow):
            due_s, data = flow.waiting[0]
            now_s = time.monotonic()
            if now_s < max(due_s, flow.next_s):
                return
            at_once = len(data) if self._bytes_per_s is None else max(1, int(self._bytes_per_s / 20))
            try:
                sent = flow.sink.send(data[:at_once])
            except BlockingIOError:
                return
            except OSError:
                self._end(self._of_the_same_line(flow))
                return
            flow.kept_bytes -= sent
            flow.next_s = now_s + (0.0 if self._bytes_per_s is None else sent / self._bytes_per_s)
            flow.waiting.popleft()
            if sent < len(data):
                flow.waiting.appendleft((due_s, data[sent:]))

    def _of_the_same_line(self, flow: _Flow) -> list[_Flow]:
        return [one for one in self._flows if one is flow or one.source is flow.sink]

    def _end(self, flows: list[_Flow]) -> None:
        """End these directions."""
        for one in list(flows):
            with contextlib.suppress(OSError):
                one.source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            one.source.close()
            if one in self._flows:
                self._flows.remove(one)
