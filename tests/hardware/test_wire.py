"""The cable of an emulated device: bytes both ways, and what a driver sees when it is pulled."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.emulators.wire import PtyWire, TcpWire, Wire
from hardware.errors import DeviceUnavailable
from hardware.line.serial_line import SerialLine

SOON_S = 2.0


def line_to(wire: Wire) -> SerialLine:
    return SerialLine.open(wire.url, baud=9600, timeout_s=SOON_S, device="thing")


@pytest.fixture(params=["pty", "tcp"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    made: Wire = PtyWire(tmp_path / "by-id" / "thing") if request.param == "pty" else TcpWire()
    with closing(made):
        yield made


def test_bytes_go_both_ways(wire: Wire) -> None:
    with line_to(wire) as line:
        line.send(b"\x10\x04\x01")
        heard = wire.read(SOON_S) or wire.read(SOON_S)  # the first read may only take the call
        wire.write(b"\x12\x00\xff\r\n")
        assert (heard, line.receive(timeout_s=SOON_S)) == (b"\x10\x04\x01", b"\x12\x00\xff\r\n")


def test_silence_is_nothing(wire: Wire) -> None:
    with line_to(wire) as line:
        assert (line.receive(timeout_s=0.01), wire.read(0.01)) == (b"", b"")


def test_a_pulled_cable_is_told(wire: Wire) -> None:
    with line_to(wire) as line:
        wire.read(0.1)
        wire.unplug()
        with pytest.raises(DeviceUnavailable):
            line.receive(timeout_s=SOON_S)
        assert wire.read(0.01) == b""


def test_the_same_address_serves_again_after_replugging(wire: Wire) -> None:
    address = wire.url
    wire.unplug()
    with pytest.raises(DeviceUnavailable):
        line_to(wire)
    wire.plug()
    assert wire.url == address
    with line_to(wire) as line:
        line.send(b"again")
        assert (wire.read(SOON_S) or wire.read(SOON_S)) == b"again"


def test_a_network_device_takes_the_next_driver_after_one_has_gone() -> None:
    with closing(TcpWire()) as wire:
        for word in (b"one", b"two"):
            with socket.create_connection(("127.0.0.1", wire.port), timeout=SOON_S) as driver:
                driver.sendall(word)
                assert (wire.read(SOON_S) or wire.read(SOON_S)) == word
            assert wire.read(SOON_S) == b""


def test_a_cable_that_is_pulled_while_it_is_read_gives_no_other_files_bytes(tmp_path: Path) -> None:
    for _ in range(20):
        wire = PtyWire(tmp_path / "line")
        read: list[bytes] = []
        reader = threading.Thread(target=lambda wire=wire, read=read: read.append(wire.read(0.05)))
        reader.start()
        wire.unplug()
        pipes = [os.pipe() for _ in range(2)]  # take the numbers that have just become free
        for _, sink in pipes:
            os.write(sink, b"not for the device")
        reader.join()
        for source, sink in pipes:
            os.close(source)
            os.close(sink)
        assert read == [b""]
