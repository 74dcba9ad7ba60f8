"""Emulated signs and scanners are started with what is configured, and `up` knows which are to be emulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.config.desk_devices import Sign, SignBus
from broker.config.settings import Kiosk, Settings
from broker.up.emulated import emulators, scanner_arguments, sign_arguments
from hardware.config import KeyboardScanner, LineConfig, ScannerConfig, SerialPrinter, SerialScanner
from tests.ui.kiosk.kiosk_samples import settings

DATA = Path("/var/x")


def signs(url: str) -> SignBus:
    own, board = Sign(address=3, counter="counter-1"), Sign(address=7, board=True, lines=2)
    return SignBus(id="signs-1", codec="edi", line=LineConfig(url=url), signs=(own, board))


def kiosk(scanner: ScannerConfig | None) -> Kiosk:
    return settings().kiosks[0].model_copy(update={"scanner": scanner})


def office(bus: SignBus, scanner: ScannerConfig | None) -> Settings:
    return settings().model_copy(update={"signs": (bus,), "kiosks": (kiosk(scanner),)})


def test_signs_are_started_with_every_row_of_the_line() -> None:
    said = sign_arguments(signs("pty:lobby"), DATA)
    place = ["--name", "lobby", "--data", "/var/x"]
    assert said == ["sign", "--codec", "edi", *place, "--address", "3", "--address", "7", "--address", "8"]


def test_a_scanner_is_started_on_its_line_or_port() -> None:
    found = kiosk(SerialScanner(type="serial", line=LineConfig(url="socket://127.0.0.1:4001")))
    assert scanner_arguments(found, DATA) == [
        "scanner", "--name", "kiosk-1-scanner", "--data", "/var/x", "--port", "4001",
    ]  # fmt: skip


@pytest.mark.parametrize("scanner", [None, KeyboardScanner(type="keyboard")])
def test_a_scanner_without_a_line_cannot_be_emulated(scanner: ScannerConfig | None) -> None:
    with pytest.raises(ValueError, match="kiosk-1 has no scanner of type serial"):
        scanner_arguments(kiosk(scanner), DATA)


def test_up_emulates_what_stands_behind_a_pty_and_nothing_else() -> None:
    emulated = SerialScanner(type="serial", line=LineConfig(url="pty:scan"))
    true = SerialScanner(type="serial", line=LineConfig(url="/dev/ttyACM0"))
    assert [name for name, _, _ in emulators(office(signs("pty:lobby"), emulated))] == ["lobby", "scan"]
    assert list(emulators(office(signs("/dev/ttyUSB0"), true))) == []
    assert list(emulators(office(signs("/dev/ttyUSB0"), None))) == []


def test_up_emulates_printers_behind_a_pty_too() -> None:
    with_two = kiosk(None).model_copy(
        update={
            "printer": SerialPrinter(type="serial", url="pty:tickets"),
            "spare_printer": SerialPrinter(type="serial", url="pty:spare"),
        }
    )
    settings = office(signs("/dev/ttyUSB0"), None).model_copy(update={"kiosks": (with_two,)})
    assert [(name, command[3:]) for name, command, _ in emulators(settings)] == [
        ("tickets", ("kiosk-1",)),
        ("spare", ("kiosk-1", "--spare")),
    ]
