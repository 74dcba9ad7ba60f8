"""A printer on TCP (port 9100): a fresh connection for each job, and a deadline on every step."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hardware.drivers.escpos_printer import DEVICE, EscposPrinter, Patience
from hardware.errors import DeviceTimeout, DeviceUnavailable

POLL_S = 0.01
LINGER_S = 0.5
"""How long the printer may take to close its side; most do at once, some never."""

READ_BYTES = 4096


def network_printer(host: str, port: int, patience: Patience) -> EscposPrinter:
    """Return the printer at this address; nothing is opened yet."""
    return EscposPrinter(
        f"network: {host}:{port}", lambda: NetworkLink.open(host, port, timeout_s=patience.job_s), patience
    )


class NetworkLink:
    """One connection to a printer."""

    def __init__(self, connection: socket.socket, *, where: str, timeout_s: float) -> None:
        self._connection = connection
        self._where = where
        self._timeout_s = timeout_s

    @classmethod
    def open(cls, host: str, port: int, *, timeout_s: float) -> NetworkLink:
        """Connect. Raises DeviceUnavailable, DeviceTimeout."""
        where = f"{host}:{port}"
        with _told(where, f"did not answer in {timeout_s:g} s"):
            connection = socket.create_connection((host, port), timeout=timeout_s)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection, where=where, timeout_s=timeout_s)

    def send(self, data: bytes) -> None:
        """Send; a part may still be on its way. Raises DeviceTimeout (stalled), DeviceUnavailable (dropped)."""
        with _told(self._where, self._too_late):
            self._connection.settimeout(self._timeout_s)
            self._connection.sendall(data)

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what came. Raises DeviceUnavailable when the printer has closed or reset the connection."""
        with _told(self._where, ""):
            self._connection.settimeout(timeout_s)
            try:
                data = self._connection.recv(READ_BYTES)
            except (TimeoutError, BlockingIOError):
                return b""
        if not data:
            raise DeviceUnavailable(DEVICE, f"{self._where} closed the connection")
        return data

    def finish(self) -> None:
        """Wait until all is acknowledged, then a moment for the printer's own close: a reset says it was dropped."""
        with _told(self._where, self._too_late):
            self._connection.shutdown(socket.SHUT_WR)
            _await_acknowledged(self._connection, time.monotonic() + self._timeout_s)
            _await_close(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def _too_late(self) -> str:
        return f"did not take the job in {self._timeout_s:g} s"


@contextmanager
def _told(where: str, when_late: str) -> Iterator[None]:
    """Turn what the network raises into a sentence."""
    try:
        yield
    except TimeoutError as error:
        raise DeviceTimeout(DEVICE, f"{where} {when_late}") from error
    except OSError as error:
        raise DeviceUnavailable(DEVICE, f"{where}: {error.strerror or error}") from error


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)


def _await_acknowledged(connection: socket.socket, deadline: float) -> None:
    """Wait until the other side has all bytes: sendall only says that this machine's buffer has them."""
    while _unacknowledged(connection):
        reset = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if reset:
            raise OSError(reset, os.strerror(reset))
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_S)


def _unacknowledged(connection: socket.socket) -> int:
    # TIOCOUTQ on a TCP socket (Linux: SIOCOUTQ) counts what was not acknowledged yet.
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    count: int = struct.unpack("i", answer)[0]
    return count


def _await_close(connection: socket.socket) -> None:
    ends = time.monotonic() + LINGER_S
    try:
        while time.monotonic() < ends:
            connection.settimeout(_left(ends))
            if not connection.recv(READ_BYTES):
                return
    except TimeoutError:
        return  # it keeps the line open, which proves nothing either way
