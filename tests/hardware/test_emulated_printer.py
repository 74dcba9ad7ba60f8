"""An emulated printer as a process of its own: what `antrean emulate printer` starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config.printers import SPARE
from broker.config.settings import Kiosk
from broker.up.emulated import printer_arguments
from hardware.config import PanelConfig, PrinterConfig, SerialPrinter
from hardware.emulators.control import socket_path, tell
from hardware.errors import CoverOpen
from hardware.factory import build_printer
from tests.hardware.printer_bench import JOB, bench_on
from tests.hardware.test_factory import config_of
from tests.support.caller import wait_until
from tests.support.program import Program

PANEL = PanelConfig(width_px=1080, height_px=1920, diagonal_in=21.5, viewing_distance_m=0.6)


def kiosk(printer: PrinterConfig) -> Kiosk:
    return Kiosk(id="kiosk-1", panel=PANEL, printer=printer)


def test_it_prints_what_a_driver_sends_and_fails_on_command(tmp_path: Path) -> None:
    config = SerialPrinter(type="serial", url="pty:tickets", flow="xonxoff")
    process = Program("hardware.emulators", *printer_arguments(kiosk(config), tmp_path))
    try:
        wait_until(lambda: socket_path(tmp_path, "tickets").exists(), "the printer takes commands")
        printer = build_printer(config, data_dir=tmp_path)
        assert printer.print(JOB, title="A-012").outcome == "confirmed"
        assert tell(socket_path(tmp_path, "tickets"), "cover_open") == "cover_open"
        with pytest.raises(CoverOpen):
            printer.print(JOB, title="A-012")
    finally:
        process.terminate()
        assert process.wait(10) == 0
    assert len(list((tmp_path / "paper").glob("[0-9]*.png"))) == 1
    assert list((tmp_path / "devices").iterdir()) == []


@pytest.mark.parametrize(
    ("printer", "arguments"),
    [
        ({"type": "network", "host": "127.0.0.1", "profile": "XP-80"}, "XP-80 80 kiosk-1-printer 9100"),
        ({"type": "serial", "url": "socket://localhost:9101", "paper_mm": 58}, "default 58 kiosk-1-printer 9101"),
        ({"type": "serial", "url": "pty:tickets"}, "default 80 tickets"),
    ],
)
def test_it_is_started_as_the_kiosk_expects_it(printer: dict[str, object], arguments: str, tmp_path: Path) -> None:
    words = printer_arguments(kiosk(config_of(printer)), tmp_path)
    assert words[0] == "printer"
    assert [word for word in words[2::2] if word != str(tmp_path)] == arguments.split()


@pytest.mark.parametrize(
    ("printer", "why"),
    [
        ({"type": "preview"}, "only network and serial have a cable"),
        ({"type": "network", "host": "192.0.2.7"}, "no emulated line"),
        ({"type": "serial", "url": "/dev/ttyUSB0"}, "no emulated line"),
    ],
)
def test_a_true_printer_is_not_emulated(printer: dict[str, object], why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=why):
        printer_arguments(kiosk(config_of(printer)), tmp_path)


def test_the_second_printer_can_be_emulated_too(tmp_path: Path) -> None:
    with_two = kiosk(config_of({"type": "preview"})).model_copy(
        update={"spare_printer": config_of({"type": "network", "host": "127.0.0.1", "port": 9101})}
    )
    words = printer_arguments(with_two, tmp_path, name=SPARE)
    assert [word for word in words[2::2] if word != str(tmp_path)] == ["default", "80", "kiosk-1-spare-printer", "9101"]
    with pytest.raises(ValueError, match="kiosk-1 has no spare-printer"):
        printer_arguments(kiosk(config_of({"type": "preview"})), tmp_path, name=SPARE)


def test_every_command_is_in_the_document(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs/hardware.md").read_text()
    with bench_on("network", tmp_path) as bench:
        _, _, known = bench.emulator.command("help").partition("known: ")
        assert (
            bench.emulator.command("paper_out soon")
            == "? 'paper_out soon' is not understood: 'soon' is no whole number"
        )
    commands = known.split(", ")
    assert len(commands) > 10
    assert [command for command in commands if f"`{command}" not in document] == []
