"""A printer on TCP (port 9100): a fresh connection for each job, and a deadline on every step."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import termios
import time
from contextlib import closing

from hardware.errors import DeviceTimeout, DeviceUnavailable
from hardware.ports import PrintResult

DEVICE = "printer"
POLL_S = 0.01
LINGER_S = 0.5
"""How long the printer may take to close its side; most do at once, some never."""


class NetworkDriver:
    """Sends each job over its own connection and sees it acknowledged by the printer's TCP, no more."""

    def __init__(self, host: str, port: int, *, timeout_s: float) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s

    def print(self, data: bytes, *, title: str) -> PrintResult:  # noqa: ARG002 - raw printing has no place for a title
        """Send one job. Raises DeviceUnavailable (refused, dropped), DeviceTimeout (stalled)."""
        deadline = time.monotonic() + self._timeout_s
        try:
            connection = socket.create_connection((self._host, self._port), timeout=self._timeout_s)
            with closing(connection):
                connection.settimeout(_left(deadline))
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                _await_acknowledged(connection, deadline)
                _await_close(connection)
        except TimeoutError as error:
            raise DeviceTimeout(DEVICE, f"{self._where} did not take the job in {self._timeout_s:g} s") from error
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"{self._where}: {error.strerror or error}") from error
        return PrintResult("unconfirmed")

    def health(self) -> str:
        """Return where the printer is looked for."""
        return f"network: {self._where}"

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"


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
    """Wait a moment for the printer's own close: a reset instead says that the job was dropped."""
    ends = time.monotonic() + LINGER_S
    try:
        while time.monotonic() < ends:
            connection.settimeout(_left(ends))
            if not connection.recv(256):
                return
    except TimeoutError:
        return  # it keeps the line open, which proves nothing either way
