"""Printers over their real ports: files, TCP on loopback, pseudo terminals, and the drawn paper."""

from __future__ import annotations

import datetime as dt
import errno
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pytest
from PIL import Image

from hardware.codecs.escpos_profile import paper_of
from hardware.config import Flow
from hardware.drivers.escpos_printer import EscposPrinter, Patience
from hardware.drivers.network import network_printer
from hardware.drivers.node import node_printer
from hardware.drivers.preview import PreviewDriver
from hardware.drivers.raw_file import FileDriver
from hardware.drivers.serial_printer import serial_printer
from hardware.emulators.control import tell
from hardware.emulators.paper_folder import PaperFolder
from hardware.emulators.printer import PrinterEmulator
from hardware.errors import DeviceBusy, DeviceTimeout, DeviceUnavailable, DriverMissing, PaperOut
from hardware.line.serial_line import SerialLine
from hardware.ports import PrinterStatus, PrintResult
from tests.fakes.clock import FakeClock
from tests.hardware.ticket_samples import ticket_bytes
from tests.support.caller import wait_until

JOB = ticket_bytes("regular", language="id", paper_mm=80)
QUESTION = b"\x10\x04\x01"
"""What a printer is asked first; these here never answer."""

TOO_MUCH = b"x" * 20_000_000
"""More than any socket or terminal buffers."""


@contextmanager
def tcp_printer(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on loopback and treat each connection as told; yield the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with closing(connection):
                behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def everything(connection: socket.socket) -> bytes:
    taken = b""
    while part := connection.recv(65536):
        taken += part
    return taken


def patience(job_s: float) -> Patience:
    return Patience(job_s, status_s=0.05)


def network(port: int, *, timeout_s: float = 2.0) -> EscposPrinter:
    return network_printer("127.0.0.1", port, patience(timeout_s))


def serial(url: str, *, timeout_s: float = 2.0) -> EscposPrinter:
    return serial_printer(url, baud=19200, patience=patience(timeout_s))


def test_a_network_printer_gets_each_job_whole_on_its_own_connection() -> None:
    jobs: list[bytes] = []
    with tcp_printer(lambda connection: jobs.append(everything(connection))) as port:
        printer = network(port)
        results = [printer.print(JOB, title="A-012"), printer.print(JOB + JOB, title="A-013")]
    assert jobs == [QUESTION + JOB, JOB + JOB]
    assert results == [PrintResult("unconfirmed")] * 2


def test_a_printer_that_keeps_the_line_open_does_not_hold_the_next_visitor() -> None:
    release = threading.Event()

    def keep_open(connection: socket.socket) -> None:
        everything(connection)
        release.wait(10)

    with tcp_printer(keep_open) as port:
        began = time.monotonic()
        network(port).print(JOB, title="A-012")
        assert time.monotonic() - began < 2
        release.set()


def test_a_switched_off_network_printer_is_unavailable_at_once() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with pytest.raises(DeviceUnavailable, match="refused"):
        network(port).print(JOB, title="A-012")


def test_a_network_printer_that_stops_reading_times_out_at_its_deadline() -> None:
    release = threading.Event()

    def never_read(_connection: socket.socket) -> None:
        release.wait(10)

    with tcp_printer(never_read) as port:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout, match="did not take the job"):
            network(port, timeout_s=0.4).print(TOO_MUCH, title="A-012")
        assert 0.3 < time.monotonic() - began < 2
        release.set()


def drop_after_one_read(connection: socket.socket) -> None:
    connection.recv(100)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by a reset


@pytest.mark.parametrize("data", [JOB, TOO_MUCH], ids=["ticket", "much"])
def test_a_network_printer_that_drops_the_line_in_the_job_is_unavailable(data: bytes) -> None:
    with tcp_printer(drop_after_one_read) as port, pytest.raises(DeviceUnavailable, match=r"reset|pipe|not connected"):
        network(port).print(data, title="A-012")


def test_a_network_printer_heals_after_a_dropped_job() -> None:
    kept: list[bytes] = []
    faults = [drop_after_one_read]

    def behave(connection: socket.socket) -> None:
        if faults:
            faults.pop()(connection)
        else:
            kept.append(everything(connection))

    with tcp_printer(behave) as port:
        printer = network(port)
        with pytest.raises(DeviceUnavailable):
            printer.print(JOB, title="A-012")
        printer.print(JOB, title="A-013")
    assert kept == [QUESTION + JOB]


def test_a_name_that_nobody_knows_is_unavailable() -> None:
    with pytest.raises(DeviceUnavailable):
        network_printer("printer.invalid", 9100, patience(2)).print(JOB, title="A-012")


def test_a_file_keeps_every_job_in_order(tmp_path: Path) -> None:
    printer = FileDriver(tmp_path / "new" / "paper.bin", patience(1))
    assert printer.print(b"one", title="1") == PrintResult("confirmed")
    assert printer.print(b"two", title="2") == PrintResult("confirmed")
    assert (tmp_path / "new" / "paper.bin").read_bytes() == b"onetwo"


def test_a_file_that_keeps_every_job_does_not_fill_the_disk(tmp_path: Path) -> None:
    printer = FileDriver(tmp_path / "paper.bin", patience(1), kept_bytes=10)
    for _ in range(30):
        printer.print(b"12345678", title="1")
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {"paper.bin": 16, "paper.bin.old": 16}


def test_a_device_node_can_confirm_nothing() -> None:
    assert FileDriver(Path("/dev/null"), patience(1)).print(JOB, title="1") == PrintResult("unconfirmed")


def test_a_device_node_without_a_device_is_unavailable(tmp_path: Path) -> None:
    node = tmp_path / "lp0"
    os.mkfifo(node)  # a pipe without a reader answers as a printer without power does
    with pytest.raises(DeviceUnavailable, match="lp0"):
        FileDriver(node, patience(1)).print(JOB, title="1")


def test_a_device_node_that_takes_nothing_times_out(tmp_path: Path) -> None:
    node = tmp_path / "lp0"
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(DeviceTimeout, match="did not take the job"):
            FileDriver(node, patience(0.3)).print(TOO_MUCH, title="1")
    finally:
        os.close(reader)


def test_a_full_disk_is_said_and_not_raised_raw() -> None:
    with pytest.raises(DeviceUnavailable, match="No space left"):
        FileDriver(Path("/dev/full"), patience(1)).print(JOB, title="1")


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """Yield our side of a pseudo terminal, and the path a driver opens."""
    ours, theirs = os.openpty()
    try:
        yield ours, os.ttyname(theirs)
    finally:
        os.close(theirs)
        os.close(ours)


def read_until(handle: int, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        ready, _, _ = select.select([handle], [], [], 5)
        assert ready, f"only {len(taken)} of {count} bytes came"
        taken += os.read(handle, 4096)
    return taken


def test_a_serial_printer_gets_the_very_bytes(terminal: tuple[int, str]) -> None:
    ours, path = terminal
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append(read_until(ours, len(QUESTION) + 2 * len(JOB))))
    reader.start()
    printer = serial(path, timeout_s=5)
    assert printer.print(JOB, title="A-012") == PrintResult("unconfirmed")
    printer.print(JOB, title="A-013")
    reader.join(5)
    assert taken == [QUESTION + JOB + JOB]


def test_a_serial_printer_that_holds_its_line_times_out(terminal: tuple[int, str]) -> None:
    _, path = terminal
    began = time.monotonic()
    with pytest.raises(DeviceTimeout, match="did not take the data"):
        serial(path, timeout_s=0.3).print(b"x" * 200_000, title="A-012")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("flow", "heeds"), [("none", False), ("xonxoff", True)])
def test_a_serial_printer_whose_buffer_is_full_holds_the_line(
    terminal: tuple[int, str], flow: Flow, *, heeds: bool
) -> None:
    ours, path = terminal
    printer = serial_printer(path, baud=19200, flow=flow, patience=Patience(0.2, 0.05))
    os.write(ours, b"\x13")  # XOFF
    with open(path, "wb", buffering=0) as line:  # noqa: PTH123 - a device
        wait_until(lambda: not select.select([], [line], [], 0)[1], "the kernel has taken it")
    with pytest.raises(DeviceTimeout) if heeds else nullcontext():
        printer.print(JOB, title="A-012")
    assert bool(select.select([ours], [], [], 0)[0]) is not heeds


def test_a_long_job_on_a_slow_line_gets_the_time_that_its_bytes_need(
    terminal: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, path = terminal
    logo = b"x" * 60_000
    clock, timeout_s = FakeClock(), 5
    begun_s = clock.monotonic()

    def slowly() -> None:
        taken = 0
        while taken < len(logo):
            took = len(os.read(ours, 2048))
            clock.advance(took * 10 / 19_200)  # ten bits a byte, as on a line without parity
            taken += took

    monkeypatch.setattr("hardware.line.serial_line.time", clock)
    reader = threading.Thread(target=slowly, daemon=True)
    with SerialLine.open(path, baud=19_200, timeout_s=timeout_s, device="printer") as line:
        reader.start()
        line.send(logo)
    reader.join(5)
    assert not reader.is_alive()
    assert clock.monotonic() - begun_s > timeout_s


def test_a_printer_that_another_program_asks_is_waited_for(terminal: tuple[int, str]) -> None:
    ours, path = terminal
    doctor = SerialLine.open(path, baud=19200, timeout_s=1, device="doctor")
    threading.Timer(0.15, doctor.close).start()
    assert serial(path, timeout_s=5).print(JOB, title="A-012") == PrintResult("unconfirmed")
    assert read_until(ours, len(QUESTION) + len(JOB)) == QUESTION + JOB


def test_a_printer_that_another_program_keeps_is_said_to_be_in_use(terminal: tuple[int, str]) -> None:
    _, path = terminal
    in_use = pytest.raises(DeviceBusy, match="in use")
    with SerialLine.open(path, baud=19200, timeout_s=1, device="doctor"), in_use as raised:
        serial(path, timeout_s=0.2).print(JOB, title="A-012")
    assert not raised.value.sent


def test_a_device_node_that_another_program_has_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> int:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(os, "open", busy)
    with pytest.raises(DeviceBusy, match="/dev/null is in use by another program"):
        node_printer("node", lambda: Path("/dev/null"), Patience(0.1)).print(JOB, title="A-012")


def test_an_unplugged_serial_printer_is_unavailable() -> None:
    with pytest.raises(DeviceUnavailable, match="/dev/ttyUSB99"):
        serial("/dev/ttyUSB99").print(JOB, title="A-012")


def test_a_serial_line_may_be_a_socket() -> None:
    jobs: list[bytes] = []
    with tcp_printer(lambda connection: jobs.append(everything(connection))) as port:
        serial(f"socket://127.0.0.1:{port}").print(JOB, title="A-012")
    assert jobs == [QUESTION + JOB]


def test_a_serial_url_of_an_unknown_kind_is_a_missing_driver() -> None:
    with pytest.raises(DriverMissing, match="nonsense"):
        serial("nonsense://x").print(JOB, title="A-012")


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[PreviewDriver]:
    paper = paper_of("default", paper_mm=80)
    made = PreviewDriver(
        PaperFolder(tmp_path / "paper", paper, now=lambda: dt.datetime(2026, 5, 21, 9, 30, 15, tzinfo=dt.UTC)),
        lambda wire, tray: PrinterEmulator(wire, paper, tray, tick_s=0.002),
        control=tmp_path / "devices" / "printer.sock",
        patience=Patience(5),
    )
    with closing(made):
        yield made


def test_a_preview_names_its_pictures_by_time_and_number(preview: PreviewDriver, tmp_path: Path) -> None:
    result = preview.print(JOB, title="A-012")
    again = preview.print(JOB, title="A-012")
    assert result == PrintResult("confirmed", picture=tmp_path / "paper" / "20260521-093015-A-012.png")
    assert again.picture == tmp_path / "paper" / "20260521-093015-A-012-2.png"


def test_the_latest_paper_is_always_a_whole_picture(preview: PreviewDriver, tmp_path: Path) -> None:
    preview.print(JOB, title="A-012")
    result = preview.print(ticket_bytes("priority-copy", language="en", paper_mm=80), title="AP-1003")
    assert result.picture is not None
    assert (tmp_path / "paper" / "latest.png").read_bytes() == result.picture.read_bytes()
    with Image.open(tmp_path / "paper" / "latest.png") as image:
        assert image.width >= 640
    assert len(list((tmp_path / "paper").iterdir())) == 3


@pytest.mark.parametrize("title", ["../../etc/passwd", "", "/", "A 012\n"])
def test_no_title_leaves_the_folder(preview: PreviewDriver, tmp_path: Path, title: str) -> None:
    picture = preview.print(JOB, title=title).picture
    assert picture is not None
    assert picture.parent == tmp_path / "paper"


def test_a_preview_starts_nothing_before_it_is_needed(preview: PreviewDriver, tmp_path: Path) -> None:
    assert preview.health() == f"preview: pictures in {tmp_path / 'paper'}"
    assert list(tmp_path.iterdir()) == []
    assert preview.status() == PrinterStatus("ready")
    preview.close()
    assert list((tmp_path / "devices").iterdir()) == []


def test_a_preview_takes_its_faults_by_command(preview: PreviewDriver, tmp_path: Path) -> None:
    preview.status()
    assert tell(tmp_path / "devices" / "printer.sock", "paper_out") == "paper_out"
    with pytest.raises(PaperOut, match="no paper"):
        preview.print(JOB, title="A-012")
    assert tell(tmp_path / "devices" / "printer.sock", "ready") == "ready"
    assert preview.print(JOB, title="A-012").outcome == "confirmed"


def test_a_preview_without_room_for_its_socket_prints_all_the_same(preview: PreviewDriver, tmp_path: Path) -> None:
    (tmp_path / "devices").write_text("a file where the folder belongs")
    assert preview.print(JOB, title="A-012").outcome == "confirmed"


def test_a_preview_that_cannot_draw_prints_all_the_same(preview: PreviewDriver, tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("a file where the folder belongs")
    assert preview.print(JOB, title="A-012") == PrintResult("confirmed", picture=None)
