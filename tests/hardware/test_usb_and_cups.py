"""Printers on USB, found by their ids, and printers behind a queue of CUPS."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hardware.drivers.cups import CupsDriver, Queue
from hardware.drivers.escpos_printer import Patience
from hardware.drivers.usb_printer import usb_printer
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import PtyWire
from hardware.errors import CoverOpen, DeviceTimeout, DeviceUnavailable, DriverMissing, HardwareError, PaperOut
from hardware.ports import PrinterStatus, PrintResult
from hardware.usb_devices import UsbPrinterFound, usb_printers
from tests.hardware.printer_bench import JOB, JOB_LINES, PAPER, PATIENCE, TICK_S, Hand


def plug_in(sysfs: Path, port: str, *, interface_class: str = "07", node: str = "", **words: str) -> None:
    """Write what the kernel shows of a device at `port`: a folder by the bus, and links to it in the list."""
    device = sysfs / "devices/pci0000:00/usb1" / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    (interface / "bInterfaceClass").write_text(f"{interface_class}\n")
    for name, word in words.items():
        (device / name).write_text(f"{word}\n")
    if node:
        (interface / "usbmisc" / node).mkdir(parents=True)
    listed = sysfs / "bus/usb/devices"
    listed.mkdir(parents=True, exist_ok=True)
    (listed / port).symlink_to(device)
    (listed / interface.name).symlink_to(interface)


def test_printers_on_usb_are_listed_with_their_ids_names_and_nodes(tmp_path: Path) -> None:
    epson = {"idVendor": "04b8", "idProduct": "0e28", "manufacturer": "EPSON", "product": "TM-T20II", "serial": "X1"}
    plug_in(tmp_path, "1-1", node="lp0", **epson)
    plug_in(tmp_path, "1-2", interface_class="03", idVendor="046d", idProduct="c31c")
    plug_in(tmp_path, "1-3", idVendor="0416", idProduct="5011")
    assert usb_printers(tmp_path, Path("/dev/usb")) == (
        UsbPrinterFound("04b8", "0e28", "X1", "EPSON TM-T20II", Path("/dev/usb/lp0")),
        UsbPrinterFound("0416", "5011", "", "", None),
    )


def test_a_machine_without_usb_has_no_printers_on_it(tmp_path: Path) -> None:
    assert usb_printers(tmp_path) == ()


def test_a_printer_on_usb_prints_through_whatever_node_it_has_now(tmp_path: Path) -> None:
    hand = Hand()
    plug_in(tmp_path / "sys", "1-1", node="lp0", idVendor="04b8", idProduct="0e28")
    with closing(PrinterEmulator(PtyWire(tmp_path / "usb/lp0"), PAPER, hand, tick_s=TICK_S)):
        printer = usb_printer(
            "04B8", "0e28", "", PATIENCE, plugged_in=lambda: usb_printers(tmp_path / "sys", tmp_path / "usb")
        )
        assert printer.status() == PrinterStatus("ready")
        assert printer.print(JOB, title="A-012") == PrintResult("confirmed")
    assert hand.lines == JOB_LINES
    assert printer.health() == "usb: 04B8:0e28"


ONE = UsbPrinterFound("04b8", "0e28", "X1", "", Path("/dev/usb/lp0"))
OTHER = UsbPrinterFound("04b8", "0e28", "X2", "", Path("/nowhere/lp1"))


@pytest.mark.parametrize(
    ("found", "serial", "error", "says"),
    [
        ((), "", DeviceUnavailable, "no USB printer 04b8:0e28 is plugged in"),
        ((ONE,), "X9", DeviceUnavailable, "with the serial number X9"),
        ((ONE, OTHER), "", DriverMissing, "name one by its serial number: X1, X2"),
        ((ONE, OTHER), "X2", DeviceUnavailable, "/nowhere/lp1"),
        ((UsbPrinterFound("04b8", "0e28", "", "", None),), "", DriverMissing, "usblp is not loaded"),
    ],
)
def test_a_printer_that_cannot_be_found_on_usb_says_why(
    found: tuple[UsbPrinterFound, ...], serial: str, error: type[HardwareError], says: str
) -> None:
    printer = usb_printer("04b8", "0e28", serial, Patience(1), plugged_in=lambda: found)
    with pytest.raises(error, match=says):
        printer.print(JOB, title="A-012")


IDLE = "printer tickets is idle.  enabled since Wed Nov 25 17:51:28 2026\n\tAlerts: {alerts}\n"
BUSY = "printer tickets now printing tickets-7.  enabled since Wed Nov 25 17:51:31 2026\n\tAlerts: {alerts}\n"
OPEN = "tickets accepting requests since Wed Nov 25 17:51:28 2026\n"
LISTED = "tickets-7               root              1024   Wed Nov 25 17:51:31 2026\n"
DISABLED = "printer tickets disabled since Wed Nov 25 17:51:40 2026 -\n\twhy not\n" + OPEN
REJECTED = "tickets not accepting requests since Wed Nov 25 17:51:40 2026 -\n\tRejecting Jobs\n"
"""What lp and lpstat of CUPS 2.4 print for a queue in these states."""

Programs = Callable[..., Path]


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Put stand-ins for CUPS's programs in front: a queue that says what the test wrote, and keeps what it is given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = {
        "lp": 'cat > "$D/given"; echo "$*" > "$D/lp"; echo "request id is tickets-7 (0 file(s))"',
        "lpstat": 'case "$1" in -W) cat "$D/queue";; *) cat "$D/state";; esac',
        "cancel": 'echo "$*" > "$D/cancelled"',
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\nD={tmp_path}\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def say(*, state: str, queue: str = "") -> Path:
        (tmp_path / "state").write_text(state)
        (tmp_path / "queue").write_text(queue)
        return tmp_path

    return say


def tickets(timeout_s: float = 5.0) -> CupsDriver:
    return CupsDriver(Queue("tickets", timeout_s))


def test_a_job_goes_raw_into_the_queue(cups: Programs) -> None:
    folder = cups(state=IDLE.format(alerts="none") + OPEN)
    assert tickets().print(JOB, title="A-012") == PrintResult("unconfirmed")
    assert (folder / "given").read_bytes() == JOB
    assert (folder / "lp").read_text().strip() == "-d tickets -o raw -t A-012"


@pytest.mark.parametrize(
    ("state", "is_"),
    [
        (IDLE.format(alerts="none") + OPEN, "unknown"),
        (IDLE.format(alerts="media-low-warning") + OPEN, "paper_low"),
        (BUSY.format(alerts="media-empty-error cover-open-error") + OPEN, "cover_open"),
        (BUSY.format(alerts="media-empty-error") + OPEN, "paper_out"),
        (DISABLED, "offline"),
        (IDLE.format(alerts="none") + REJECTED, "offline"),
    ],
)
def test_a_queue_is_as_lpstat_says(cups: Programs, state: str, is_: str) -> None:
    cups(state=state)
    assert tickets().status().state == is_


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (DISABLED, DeviceUnavailable),
        (IDLE.format(alerts="none") + REJECTED, DeviceUnavailable),
        (IDLE.format(alerts="cover-open") + OPEN, CoverOpen),
    ],
)
def test_known_trouble_of_a_queue_gives_it_no_job(cups: Programs, state: str, error: type[HardwareError]) -> None:
    folder = cups(state=state)
    with pytest.raises(error) as raised:
        tickets().print(JOB, title="A-012")
    assert not raised.value.sent
    assert not (folder / "given").exists()


def test_a_job_that_does_not_get_through_is_taken_back(cups: Programs) -> None:
    folder = cups(state=BUSY.format(alerts="none") + OPEN, queue=LISTED)
    with pytest.raises(DeviceTimeout, match="did not pass the job on") as raised:
        tickets(timeout_s=0.1).print(JOB, title="A-012")
    assert raised.value.sent
    assert (folder / "cancelled").read_text().strip() == "tickets-7"


def test_a_job_that_meets_an_empty_roll_is_taken_back_at_once(cups: Programs, tmp_path: Path) -> None:
    folder = cups(state=IDLE.format(alerts="none") + OPEN, queue=LISTED)
    trouble = BUSY.format(alerts="media-empty-error") + OPEN
    lp = tmp_path / "bin/lp"
    lp.write_text(lp.read_text() + f"cat > {folder}/state <<'END'\n{trouble}END\n")
    with pytest.raises(PaperOut) as raised:
        tickets().print(JOB, title="A-012")
    assert raised.value.sent
    assert (folder / "cancelled").read_text().strip() == "tickets-7"


@pytest.mark.parametrize("lp", ['cat > "$D/given"; exec sleep 5', 'cat > "$D/given"; echo "as you wish"'])
def test_a_job_that_cups_may_have_is_not_given_to_another_printer(cups: Programs, tmp_path: Path, lp: str) -> None:
    folder = cups(state=IDLE.format(alerts="none") + OPEN)
    (tmp_path / "bin/lp").write_text(f"#!/bin/sh\nD={tmp_path}\n{lp}\n")
    with pytest.raises(HardwareError) as raised:
        tickets(timeout_s=0.3).print(JOB, title="A-012")
    assert (folder / "given").read_bytes() == JOB
    assert raised.value.sent


def test_a_machine_without_cups_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DriverMissing, match="install cups-client"):
        tickets().status()


def test_a_queue_that_is_unknown_is_said(cups: Programs, tmp_path: Path) -> None:
    cups(state="")
    (tmp_path / "bin/lpstat").write_text('#!/bin/sh\necho "lpstat: Invalid destination name in list" >&2; exit 1\n')
    with pytest.raises(DeviceUnavailable, match="Invalid destination name"):
        tickets().status()
