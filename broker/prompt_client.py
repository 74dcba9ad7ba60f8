"""A paho client that takes the short way: each wake-up of another thread costs more than what it does (decision 30)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from paho.mqtt.client import PUBACK, PUBLISH, Client
from paho.mqtt.enums import MQTTErrorCode

READ_BYTES = 1 << 16
READS_AT_ONCE = 16
"""Of a flood so much more is read before what came between is looked at."""
SENT_AT_ONCE = frozenset({PUBLISH, PUBACK})


class Sieve(Protocol):
    """Tells of a stream of packets what may be read; see `broker.turnstile`."""

    cut: int

    def restart(self) -> None:
        """Begin with another connection."""
        ...

    @property
    def due_in_s(self) -> float | None:
        """Return after how long it is to be asked again what is due; None where nothing waits."""
        ...

    def sift(self, chunk: bytes) -> bytes:
        """Return of what has come in what may be read now."""
        ...

    def due(self) -> bytes:
        """Return of what waits what may be read now."""
        ...


class PromptClient(Client):
    """Takes the short way where there is one: each wake-up of another thread costs more than what it does.

    What is sent leaves at once from the thread that sends it; only what does not fit the socket waits for paho's own.
    What has come in is read in one go, not each packet in three parts.
    """

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - paho's
        sieve: Sieve | None = None,
        ca: Path | None = None,
        unsafe: Callable[[OSError], None] = lambda _: None,
        **named: Any,  # noqa: ANN401 - paho's
    ) -> None:
        """With `ca` the line is encrypted, and the server has to be who that file says.

        `unsafe` is told, on the network's thread, why there is no such line; nothing was sent then.
        """
        self._sieve = sieve
        self._ca = ca
        self._unsafe = unsafe
        self._writing = threading.RLock()
        """Held by who takes packets out. Who sends never waits for it, and so may hold any other lock."""
        super().__init__(*arguments, **named)

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; nothing that is being sent then may get in before the first packet."""
        with self._writing:
            return super().reconnect()

    def _loop(self, timeout: float = 1.0) -> MQTTErrorCode:
        """Wait no longer than until something is due that the sieve holds."""
        due_in_s = None if self._sieve is None else self._sieve.due_in_s
        if due_in_s is None or (isinstance(self._sock, BufferedSocket) and self._sock.pending()):
            return super()._loop(timeout)
        time.sleep(due_in_s)  # what a flood brings meanwhile is sifted in one go
        return super()._loop(0.0)

    def _packet_write(self) -> MQTTErrorCode:
        with self._writing:
            return super()._packet_write()

    def _packet_queue(self, command: int, packet: Any, mid: int, qos: int, info: Any = None) -> Any:  # noqa: ANN401 - the same
        if command & 0xF0 not in SENT_AT_ONCE:
            return super()._packet_queue(command, packet, mid, qos, info)
        self._out_packet.append(
            {
                "command": command,
                "mid": mid,
                "qos": qos,
                "pos": 0,
                "to_process": len(packet),
                "packet": packet,
                "info": info,
            }
        )
        if self._writing.acquire(blocking=False):
            try:
                self._send_what_fits()
            finally:
                self._writing.release()
        if self._out_packet and self._sockpairW is not None:
            with contextlib.suppress(BlockingIOError):
                self._sockpairW.send(b"0")  # paho's own thread has to go on with it
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _send_what_fits(self) -> None:
        """Send packets that need nothing more than that; what is wrong with the socket paho's own thread will meet."""
        sock, waiting = self._sock, self._out_packet
        while sock is not None and waiting and waiting[0]["command"] & 0xF0 in SENT_AT_ONCE and waiting[0]["qos"]:
            packet = waiting[0]
            try:
                sent = sock.send(packet["packet"][packet["pos"] :])
            except OSError:
                return
            packet["pos"] += sent
            packet["to_process"] -= sent
            if packet["to_process"] > 0:
                return
            waiting.popleft()

    def _create_socket(self) -> Any:  # noqa: ANN401 - paho's own type stands in no public module
        sock = self._create_socket_connection()
        # with Nagle a QoS 1 request and its reply take 88 ms over loopback instead of 0.5 (measured)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = sock if self._ca is None else self._encrypted(sock, self._ca)
        if self._sieve is not None:
            self._sieve.restart()
        return BufferedSocket(line, self._sieve)

    def _encrypted(self, sock: socket.socket, ca: Path) -> EncryptedLine:
        """Return an encrypted line to a server that has shown who it is. Raises OSError.

        The file is read each time: it may be laid there, or replaced, while we wait.
        """
        try:
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            sock = wrapped = context.wrap_socket(sock, server_hostname=self._host, do_handshake_on_connect=False)
            wrapped.do_handshake()
        except OSError as error:
            sock.close()
            self._unsafe(error)
            raise
        return EncryptedLine(wrapped)


class EncryptedLine:
    """A line over TLS that never blocks, for one thread at a time.

    OpenSSL keeps one state for both directions, and Python lets two threads into it at once, which ends the process
    (python/cpython#151508).
    """

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._sock = sock
        self._alone = threading.Lock()
        self.fileno, self.setblocking, self.close = sock.fileno, sock.setblocking, sock.close

    def shutdown(self, how: int) -> None:
        """End the line below, from any thread: what TLS would do first belongs to the one that is in there."""
        socket.socket.shutdown(self._sock, how)

    def send(self, data: bytes | bytearray) -> int:
        """Send what fits; return how much that was. Raises OSError."""
        with self._alone:
            return self._sock.send(data)

    def recv(self, size: int) -> bytes:
        """Return what has come, so much or a little more, and leave nothing of it in OpenSSL. Raises OSError."""
        parts: list[bytes] = []
        with self._alone:
            while (room := max(size - sum(map(len, parts)), self._sock.pending())) > 0:
                try:
                    part = self._sock.recv(room)
                except ssl.SSLWantReadError:
                    if not parts:
                        raise BlockingIOError from None
                    break
                if not part:
                    break
                parts.append(part)
        return b"".join(parts)


class BufferedSocket:
    """A socket that reads ahead; paho's loop asks it what is `pending`, as it asks one with TLS."""

    def __init__(self, sock: socket.socket | EncryptedLine, sieve: Sieve | None = None) -> None:
        self._sock = sock
        self._sieve = sieve
        self._read = b""
        self._at = 0
        self.send: Callable[[bytes | bytearray], int] = sock.send
        self.shutdown: Callable[[int], None] = sock.shutdown
        self.fileno: Callable[[], int] = sock.fileno
        self.setblocking: Callable[[bool], None] = sock.setblocking
        self.close: Callable[[], None] = sock.close

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes of what has come."""
        if self._at == len(self._read):
            self._read, self._at = self._come_in(), 0
        begin = self._at
        self._at = min(begin + size, len(self._read))
        return self._read[begin : self._at]

    def pending(self) -> int:
        """Return how much was read and not asked for yet."""
        if self._at == len(self._read) and self._sieve is not None:
            self._read, self._at = self._sieve.due(), 0
        return len(self._read) - self._at

    def _come_in(self) -> bytes:
        """Return what has come; `BlockingIOError` where nothing of it may be read now. Empty is the end."""
        if self._sieve is None:
            return self._sock.recv(READ_BYTES)
        kept: list[bytes] = []
        for _ in range(READS_AT_ONCE):
            try:
                chunk = self._sock.recv(READ_BYTES)
            except BlockingIOError:
                break
            if not chunk:
                return b"".join(kept)
            kept.append(self._sieve.sift(chunk))
            if len(chunk) < READ_BYTES:
                break
        if not any(kept):
            raise BlockingIOError
        return b"".join(kept)
