"""The cable of an emulated device: a pseudo terminal or a TCP port that can be unplugged and plugged in again.

A pty ignores baud and parity; everything else a serial device does to a driver can be done to it here.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

CHUNK = 4096


class Wire(Protocol):
    """The device's end of a cable. One thread reads and writes; unplugging may come from any."""

    @property
    def url(self) -> str:
        """What a configuration names to reach it: a device path, or `socket://host:port`."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return what arrived within `timeout_s`, or nothing; never raises while the cable is out."""
        ...

    def write(self, data: bytes) -> None:
        """Send; what nobody listens to is lost, as on a real cable."""
        ...

    def unplug(self) -> None:
        """Pull the cable: the driver's next call fails."""
        ...

    def plug(self) -> None:
        """Put the cable back in, under the same `url`."""
        ...

    def close(self) -> None:
        """End for good; nothing stays behind."""
        ...


class PtyWire:
    """A serial cable: `link` is a stable name for whatever pseudo terminal is behind it, as `/dev/serial/by-id` is."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._device = self._driver_side = -1
        self._pulling = threading.Lock()
        """Held while the descriptors change: the number of one that was closed may soon be another file's."""
        self.plug()

    @property
    def url(self) -> str:
        """Return the path that a driver opens."""
        return str(self._link)

    def plug(self) -> None:
        """Open a new pseudo terminal under the same name."""
        self.unplug()
        device, driver_side = os.openpty()
        tty.setraw(driver_side)
        os.set_blocking(device, False)
        with self._pulling:
            self._device, self._driver_side = device, driver_side
        # The driver's side stays open here too: else the device would read errors between two jobs.
        self._link.parent.mkdir(parents=True, exist_ok=True)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(driver_side))

    def unplug(self) -> None:
        """Hang up, and take the name away."""
        with self._pulling:
            device, self._device = self._device, -1
            driver_side, self._driver_side = self._driver_side, -1
            if device == -1:
                return
            self._link.unlink(missing_ok=True)
            os.close(driver_side)
            os.close(device)

    def read(self, timeout_s: float) -> bytes:
        """Return what the driver sent."""
        with self._held() as device, contextlib.suppress(OSError):
            if _readable(device, timeout_s):
                return os.read(device, CHUNK)
        return b""

    def write(self, data: bytes) -> None:
        """Send to the driver; what does not fit into the line is lost."""
        with self._held() as device, contextlib.suppress(OSError):
            os.write(device, data)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """Yield a descriptor of the device's side that stays ours while it is used; -1 while the cable is out."""
        with self._pulling:
            held = -1 if self._device == -1 else os.dup(self._device)
        try:
            yield held
        finally:
            if held != -1:
                os.close(held)

    def close(self) -> None:
        """Hang up for good."""
        self.unplug()


class TcpWire:
    """A network cable: one driver at a time, on loopback unless told otherwise."""

    def __init__(self, port: int = 0, *, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._listener: socket.socket | None = None
        self._driver: socket.socket | None = None
        self.plug()

    @property
    def port(self) -> int:
        """Return the TCP port that a driver connects to."""
        return self._address[1]

    @property
    def url(self) -> str:
        """Return the address as pyserial names it."""
        return f"socket://{self._address[0]}:{self.port}"

    def plug(self) -> None:
        """Listen, always on the same port."""
        self.unplug()
        self._listener = socket.create_server(self._address)
        self._address = (self._address[0], self._listener.getsockname()[1])

    def unplug(self) -> None:
        """Drop the driver and listen no more."""
        self.drop()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def drop(self) -> None:
        """End the driver's connection, as a printer does that loses power in the middle of a job."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    def read(self, timeout_s: float) -> bytes:
        """Return what the driver sent; a driver that went away makes room for the next."""
        with contextlib.suppress(OSError, ValueError):
            driver = self._driver  # unplugging takes it away at any moment
            if driver is None:
                return self._accept(timeout_s)
            if _readable(driver.fileno(), timeout_s):
                data = driver.recv(CHUNK)
                if not data:
                    self.drop()
                return data
            return b""
        self.drop()
        return b""

    def write(self, data: bytes) -> None:
        """Send to the driver."""
        driver = self._driver
        if driver is not None:
            with contextlib.suppress(OSError):
                driver.sendall(data)

    def close(self) -> None:
        """End for good."""
        self.unplug()

    def _accept(self, timeout_s: float) -> bytes:
        listener = self._listener
        if listener is not None and _readable(listener.fileno(), timeout_s):
            driver, _ = listener.accept()
            driver.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._driver = driver
        return b""


def _readable(descriptor: int, timeout_s: float) -> bool:
    if descriptor < 0:
        select.select([], [], [], timeout_s)
        return False
    return bool(select.select([descriptor], [], [], timeout_s)[0])
