"""The data folder may be called anything that a person calls a folder: sockets, cables and files below it work."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest

from hardware.codecs.escpos_profile import paper_of
from hardware.codecs.wave_sound import pcm, silence
from hardware.config import FilePrinter, LineConfig, PreviewPrinter, SerialPrinter, SerialScanner
from hardware.doctor.probe import answer
from hardware.doctor.question import LineQuestion, PrinterQuestion
from hardware.drivers.players import FilePlayer
from hardware.emulators.control import Control, socket_path, tell
from hardware.emulators.paper_folder import PaperFolder
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.scanner import EmulatedScanner
from hardware.emulators.wire import PtyWire
from hardware.factory import build_printer
from hardware.line.devices import build_scanner
from tests.hardware.ticket_samples import ticket_bytes
from tests.support.caller import wait_until

NAMES = (
    "Kantor 100% %s %(here)s",
    " Loket 2 ",
    "J\u00fcrgen\u2019s \u961f\u5217",
    "a{0}b$HOME~;'\"#[x]*?",
    "x" * 120,
)
JOB = ticket_bytes("regular", language="id", paper_mm=80)


@pytest.fixture(params=NAMES)
def data_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / str(request.param)
    folder.mkdir()
    return folder


def test_emulated_devices_take_commands(data_dir: Path) -> None:
    with closing(Control(socket_path(data_dir, "kiosk-1-printer"), str.upper)):
        assert tell(socket_path(data_dir, "kiosk-1-printer"), "ready 100%") == "READY 100%"


def test_tickets_are_printed(data_dir: Path) -> None:
    paper = paper_of("default", paper_mm=80)
    tray = PaperFolder(data_dir / "paper", paper, now=lambda: dt.datetime.now(dt.UTC))
    emulator = PrinterEmulator(PtyWire(data_dir / "devices" / "tickets"), paper, tray, tick_s=0.002)
    configs = (
        PreviewPrinter(),
        FilePrinter(type="file", path=Path("jobs.bin")),
        SerialPrinter(type="serial", url="pty:tickets"),
    )
    with closing(emulator):
        for config in configs:
            with closing(build_printer(config, data_dir=data_dir)) as printer:
                assert printer.print(JOB, title="A-001").outcome == "confirmed"
                assert printer.health()
            asked = PrinterQuestion(subject="kiosk-1-printer", data_dir=data_dir, config=config)
            assert answer(asked).verdict == "good"
    assert len(list((data_dir / "paper").glob("[0-9]*.png"))) == 2


def test_a_scanner_is_heard_and_its_line_can_be_probed(data_dir: Path) -> None:
    wire = PtyWire(data_dir / "devices" / "scan")
    line = LineConfig(url="pty:scan")
    codes: list[str] = []
    states: list[str] = []
    scanner = build_scanner(
        SerialScanner(type="serial", line=line), data_dir=data_dir, on_code=codes.append, on_state=states.append
    )
    assert answer(LineQuestion(subject="scanner", data_dir=data_dir, config=line)).verdict == "good"
    scanner.start()
    try:
        wait_until(lambda: states == ["present"], "the scanner is there")
        EmulatedScanner(wire).read("ANTREAN-1234")
        wait_until(lambda: codes == ["ANTREAN-1234"], "the code is heard")
    finally:
        scanner.stop()
        wire.close()


def test_sound_is_kept(data_dir: Path) -> None:
    FilePlayer(data_dir / "sound", now=lambda: dt.datetime.now(dt.UTC)).play([pcm(silence(0.1))])
    assert len(list((data_dir / "sound").glob("*.wav"))) == 1
