"""A serial server on the network that speaks RFC 2217: pyserial's own end of it, with a line that hears itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import serial
from serial.rfc2217 import PortManager

from hardware.config import LineConfig
from hardware.errors import DeviceUnavailable
from hardware.line.serial_line import SerialLine


class SerialServer:
    """Serves one client, on threads of its own."""

    def __init__(self) -> None:
        self.port = serial.serial_for_url("loop://", timeout=0.01)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self._listener.getsockname()[1]}"
        self._client: socket.socket | None = None
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._hear, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """End all."""
        self._stopping.set()
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
        self.port.close()

    def hang_up(self) -> None:
        """End the client's connection, as a server does that loses power."""
        assert self._client is not None
        self._client.shutdown(socket.SHUT_RDWR)

    def write(self, data: bytes) -> None:
        """Send to the client; PortManager speaks by this, too."""
        assert self._client is not None
        self._client.sendall(data)

    def _hear(self) -> None:
        self._client, _ = self._listener.accept()
        manager = PortManager(cast("Any", self.port), cast("Any", self))  # its stubs want the client's classes
        speaking = threading.Thread(target=self._speak, args=(manager,), daemon=True)
        self._threads.append(speaking)
        speaking.start()
        with self._client:
            while data := self._client.recv(1024):
                self.port.write(b"".join(manager.filter(data)))
            self._stopping.set()
            speaking.join(5)

    def _speak(self, manager: PortManager) -> None:
        while not self._stopping.is_set():
            data = self.port.read(256)
            if data:
                self.write(b"".join(manager.escape(data)))


@pytest.fixture
def server() -> Iterator[SerialServer]:
    made = SerialServer()
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore:set(Daemon|Name)")  # pyserial 3.5 on Python 3.10 and newer
def test_bytes_and_settings_reach_a_serial_server(server: SerialServer) -> None:
    config = LineConfig(url=server.url, baud=19200, parity="even", timeout_s=3)
    with SerialLine.of(config, data_dir=Path(), device="keypads") as line:
        assert (server.port.baudrate, server.port.parity) == (19200, serial.PARITY_EVEN)
        line.send(b"\xff\x68 all bytes, also 255")
        heard = b""
        while len(heard) < 22:
            heard += line.receive(timeout_s=2)
        assert heard == b"\xff\x68 all bytes, also 255"
        server.hang_up()
        with pytest.raises(DeviceUnavailable, match="went away"):
            line.receive(timeout_s=5)
