"""Who may stay at the MQTT server: Mosquitto lets anybody hold as many connections as it has files, and say nothing.

It has no bound for an address, waits 90 s for the first word, and keeps for a reader that reads nothing all that goes
to it at QoS 0. Its sockets are ours to look after, as its parent: `pidfd_getfd(2)` lends them (Linux 5.6 and later).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import logging
import os
import resource
import socket
import struct
import termios
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

SILENT_S = 10.0
"""Within so many seconds a client has said who it is."""
SHORTEST_LOGIN_BYTES = 14
"""Of MQTT 3.1.1: a CONNECT without a name."""
MOST_OF_ONE_ADDRESS = 64
"""A machine of an office has a few; those of this machine are not counted, for nobody is nearer to it."""
LOST_AFTER_MS = 10_000
"""Who acknowledges nothing for so long, or has no room for more, is gone; our own clients gave it up before."""
MOST_HELD_BYTES = 96 * 1024 * 1024
"""A server of an office holds 10 MB. Where it holds so much, somebody does not read, at QoS 0, while much is said."""
MORE_HELD_BYTES = 32 * 1024 * 1024
"""So much more may come until it is looked again, where nobody was to blame: what is free may stay the process's."""
UNREAD_BYTES = 16 * 1024
"""So much, at two looks one after the other, waits in the kernel for who does not read."""
ASKED_AFTER_S, ASKED_EVERY_S, ASKED_TIMES = 10, 5, 3
"""The kernel asks a line that is quiet whether the other side is still there."""
KEPT_WAITING = 1024
"""So many may wait to be taken in; Mosquitto itself says 100."""
MOST_FILES = 20_000
_PIDFD_GETFD = 438
_TCP_INFO, _INFO_BYTES, _RECEIVED_AT = 11, 192, 128
"""Where `struct tcp_info` has `tcpi_bytes_received`: linux/tcp.h."""

log = logging.getLogger(__name__)


def held_bytes(pid: int) -> int:
    """Return how much memory a process holds; raises OSError."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1:2]  # empty once it has ended
    return int(pages[0]) * resource.getpagesize() if pages else 0


def own_ports() -> frozenset[int]:
    """Return the ports of our own process."""
    own = set[str]()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            own.add(str(entry.readlink()))
    ports = set[int]()
    for table in (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6")):
        with contextlib.suppress(OSError):
            rows = (row.split() for row in table.read_text(encoding="ascii").splitlines()[1:])
            ports |= {int(row[1].rpartition(":")[2], 16) for row in rows if f"socket:[{row[9]}]" in own}
    return frozenset(ports)


@dataclass(slots=True)
class _Guest:
    address: str
    since_s: float
    is_known: bool = False
    """It has said enough to be a client; what comes of it is the server's to judge."""


@dataclass(slots=True)
class Doorman:
    """Looks after the sockets of one server process. Used by one thread."""

    monotonic: Callable[[], float] = time.monotonic
    most_of_one: int = MOST_OF_ONE_ADDRESS
    sent_away: int = 0
    most_held: int = MOST_HELD_BYTES
    spared: Callable[[], Collection[int]] = own_ports
    """Returns the ports of whom nobody sends away for reading late: the engine's, which is in this process."""
    _unread: frozenset[str] = frozenset()
    """Who did not read at the last look, while the server held too much."""
    _guests: dict[str, _Guest] = field(default_factory=dict)
    """By what the kernel calls a socket, in the order in which they came."""
    _is_told: bool = False

    def open(self, pid: int) -> None:
        """Let the server take in many, and the kernel find out who is gone; once, when it listens."""
        self._guests.clear()
        try:
            _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, hard))
            self._each(pid, lambda _, lend: _with(lend, _prepare, is_listening=True))
        except (OSError, AttributeError) as error:
            self._tell(error)

    def look(self, pid: int) -> None:
        """Send away who says nothing, and of an address the last beyond what one may have."""
        try:
            self._each(pid, self._meet)
        except (OSError, AttributeError) as error:
            self._tell(error)

    def guard(self, pid: int) -> int:
        """Where the server holds too much, send away who does not read; cheap while it does not, so it is often done.

        Only the kernel's part of what waits can be seen from here. Returns how many bytes it holds.
        """
        held = 0
        try:
            held = held_bytes(pid)
            if held <= self.most_held:
                self._unread = frozenset()
                return held
            spared, unread = self.spared(), set[str]()
            before = self.sent_away

            def judge(name: str, line: socket.socket) -> None:
                if _unread_bytes(line) < UNREAD_BYTES or line.getpeername()[1] in spared:
                    return
                unread.add(name)
                if name in self._unread:
                    self.sent_away += 1
                    line.shutdown(socket.SHUT_RDWR)

            self._each(pid, lambda name, lend: _with(lend, lambda line: judge(name, line)))
            if not unread:
                self.most_held = held + MORE_HELD_BYTES
            elif self.sent_away > before:
                log.warning(
                    "the MQTT server held %d MB: %d who did not read were sent away",
                    held >> 20,
                    self.sent_away - before,
                )
            self._unread = frozenset(unread)
        except (OSError, AttributeError) as error:
            self._tell(error)
        return held

    def _each(self, pid: int, meet: Callable[[str, Callable[[], socket.socket]], None]) -> None:
        """Meet each socket of the process by its name and what lends it, the oldest number first.

        The process goes on meanwhile: a socket that it closes before it is lent is met no more.
        """
        handle = os.pidfd_open(pid)
        try:
            seen = set()
            for entry in sorted(Path(f"/proc/{pid}/fd").iterdir(), key=lambda entry: int(entry.name)):
                try:
                    name, number = str(entry.readlink()), int(entry.name)
                    if name.startswith("socket:"):
                        seen.add(name)
                        meet(name, partial(_lent, handle, number, name))
                except (FileNotFoundError, ConnectionError):  # closed since
                    continue
            for gone in self._guests.keys() - seen:
                del self._guests[gone]
        finally:
            os.close(handle)

    def _meet(self, name: str, lend: Callable[[], socket.socket]) -> None:
        guest = self._guests.get(name)
        if guest is not None and guest.is_known:
            return
        _with(lend, lambda line: self._judge(name, guest, line))

    def _judge(self, name: str, guest: _Guest | None, line: socket.socket) -> None:
        if guest is None:
            address = line.getpeername()[0]
            guest = self._guests[name] = _Guest(address, self.monotonic())
            if not _is_this_machine(address):
                of_one = Counter(one.address for one in self._guests.values())[address]
                if of_one > self.most_of_one:
                    self._send_away(name, line)
                    return
        info = line.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _INFO_BYTES)
        (received,) = struct.unpack_from("=Q", info, _RECEIVED_AT)
        guest.is_known = received >= SHORTEST_LOGIN_BYTES
        if not guest.is_known and self.monotonic() - guest.since_s >= SILENT_S:
            self._send_away(name, line)

    def _send_away(self, name: str, line: socket.socket) -> None:
        self.sent_away += 1
        del self._guests[name]
        line.shutdown(socket.SHUT_RDWR)

    def _tell(self, error: Exception) -> None:
        """Say once that nobody stands at the door: the server works all the same."""
        if not self._is_told:
            self._is_told = True
            log.warning("connections of the MQTT server are not bounded for each address: %s", error)


def _with(
    lend: Callable[[], socket.socket], meet: Callable[[socket.socket], None], *, is_listening: bool = False
) -> None:
    """Meet a connection, or what listens for them, if it is one and still there."""
    try:
        with lend() as line:
            is_line = line.family in {socket.AF_INET, socket.AF_INET6}
            if is_line and line.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == is_listening:
                meet(line)
    except OSError as error:  # gone in between
        if isinstance(error, PermissionError):
            raise


def _unread_bytes(line: socket.socket) -> int:
    """Return how much was sent by a line and not acknowledged."""
    (waiting,) = struct.unpack("=i", fcntl.ioctl(line, termios.TIOCOUTQ, b"\0" * 4))
    return int(waiting)


def _prepare(line: socket.socket) -> None:
    """Set on what listens all that those who come by it inherit."""
    line.listen(KEPT_WAITING)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASKED_AFTER_S)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASKED_EVERY_S)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, ASKED_TIMES)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_AFTER_MS)


def _lent(handle: int, number: int, name: str) -> socket.socket:
    """Return a socket of another process, as our own: closing it closes nothing of theirs.

    `ConnectionAbortedError` where it was closed since it was called so, also where its number is another one's by now.
    """
    library = ctypes.CDLL(None, use_errno=True)
    lent = library.syscall(_PIDFD_GETFD, handle, number, 0)
    if lent < 0:
        code = ctypes.get_errno()
        raise OSError(errno.ECONNABORTED if code == errno.EBADF else code, os.strerror(code))
    if str(Path(f"/proc/self/fd/{lent}").readlink()) != name:
        os.close(lent)
        raise OSError(errno.ECONNABORTED, os.strerror(errno.ECONNABORTED))
    return socket.socket(fileno=lent)


def _is_this_machine(address: str) -> bool:
    return address in {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
