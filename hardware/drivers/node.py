"""A printer behind a device node of the kernel, such as /dev/usb/lp0: no library, and no call that can hang.

The node is read and written without blocking: usblp would hold a writer for as long as the printer is out of paper.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.drivers.escpos_printer import DEVICE, EscposPrinter, Patience
from hardware.errors import DeviceBusy, DeviceTimeout, DeviceUnavailable

READ_BYTES = 4096
POLL_S = 0.02


def node_printer(health: str, find: Callable[[], Path], patience: Patience) -> EscposPrinter:
    """Return the printer behind the node that `find` names at each job. `find` may raise HardwareError."""
    return EscposPrinter(health, lambda: NodeLink.open(find(), timeout_s=patience.job_s), patience)


class NodeLink:
    """One opening of a node."""

    def __init__(self, handle: int, path: Path, *, timeout_s: float, readable: bool) -> None:
        self._handle = handle
        self._path = path
        self._timeout_s = timeout_s
        self._readable = readable

    @classmethod
    def open(cls, path: Path, *, timeout_s: float) -> NodeLink:
        """Open for both directions; only devices can be read. Raises DeviceUnavailable."""
        with _told(path, timeout_s):
            readable = stat.S_ISCHR(path.stat().st_mode)
            flags = (os.O_RDWR if readable else os.O_WRONLY) | os.O_NONBLOCK | os.O_NOCTTY
            return cls(os.open(path, flags), path, timeout_s=timeout_s, readable=readable)

    def send(self, data: bytes) -> None:
        """Write all of it. Raises DeviceTimeout, DeviceUnavailable."""
        deadline = time.monotonic() + self._timeout_s
        rest = memoryview(data)
        with _told(self._path, self._timeout_s):
            while rest:
                self._await_room(deadline)
                try:
                    rest = rest[os.write(self._handle, rest) :]
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TimeoutError from None
                    time.sleep(POLL_S)  # usblp says that it is writable while it is out of paper
            # usblp has only queued the last block, and would throw it away at close.
            self._await_room(deadline)

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what came; an empty block, as USB printers send it, is nothing."""
        deadline = time.monotonic() + timeout_s
        with _told(self._path, self._timeout_s):
            while self._readable and self._ready(select.POLLIN, deadline):
                with contextlib.suppress(BlockingIOError):
                    if data := os.read(self._handle, READ_BYTES):
                        return data
                if time.monotonic() >= deadline:
                    break
                select.select([], [], [], POLL_S)
        return b""

    def finish(self) -> None:
        """Nothing more can be known: `send` has already waited for the last block."""

    def close(self) -> None:
        """Close the node."""
        os.close(self._handle)

    def _await_room(self, deadline: float) -> None:
        if not self._ready(select.POLLOUT, deadline):
            raise TimeoutError

    def _ready(self, event: int, deadline: float) -> bool:
        poll = select.poll()
        poll.register(self._handle, event)
        found = poll.poll(max(deadline - time.monotonic(), 0) * 1000)
        if found and found[0][1] & select.POLLHUP:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return bool(found)


@contextmanager
def _told(path: Path, timeout_s: float) -> Iterator[None]:
    """Turn what the kernel raises into a sentence."""
    try:
        yield
    except TimeoutError as error:
        raise DeviceTimeout(DEVICE, f"{path} did not take the job in {timeout_s:g} s") from error
    except PermissionError as error:
        why = f"{path} may not be opened by this user; add the user to the node's group, usually lp"
        raise DeviceUnavailable(DEVICE, why) from error
    except OSError as error:
        if error.errno == errno.EBUSY:  # usblp lets one program in at a time
            raise DeviceBusy(DEVICE, f"{path} is in use by another program") from error
        raise DeviceUnavailable(DEVICE, f"{path}: {error.strerror or error}") from error
