"""A paho client that takes the short way: each wake-up of another thread costs more than what it does (decision 30)."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from paho.mqtt.client import PUBACK, PUBLISH, Client
from paho.mqtt.enums import MQTTErrorCode

READ_BYTES = 1 << 16
SENT_AT_ONCE = frozenset({PUBLISH, PUBACK})


class PromptClient(Client):
    """Takes the short way where there is one: each wake-up of another thread costs more than what it does.

    What is sent leaves at once from the thread that sends it; only what does not fit the socket waits for paho's own.
    What has come in is read in one go, not each packet in three parts.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - paho's
        self._writing = threading.RLock()
        """Held by who takes packets out. Who sends never waits for it, and so may hold any other lock."""
        super().__init__(*arguments, **named)

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; nothing that is being sent then may get in before the first packet."""
        with self._writing:
            return super().reconnect()

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
        return BufferedSocket(sock)


class BufferedSocket:
    """A socket that reads ahead; paho's loop asks it what is `pending`, as it asks one with TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._read = b""
        self._at = 0
        self.send, self.fileno, self.setblocking = sock.send, sock.fileno, sock.setblocking
        self.close, self.shutdown = sock.close, sock.shutdown

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes of what has come."""
        if self._at == len(self._read):
            self._read, self._at = self._sock.recv(READ_BYTES), 0
        begin = self._at
        self._at = min(begin + size, len(self._read))
        return self._read[begin : self._at]

    def pending(self) -> int:
        """Return how much was read and not asked for yet."""
        return len(self._read) - self._at
