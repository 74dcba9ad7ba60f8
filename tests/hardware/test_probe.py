"""What a technician is told of a printer in each of its states, asked over TCP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.config import LineConfig, NetworkPrinter, PreviewPrinter
from hardware.doctor.probe import answer
from hardware.doctor.question import Asked, Finding, LineQuestion, PrinterQuestion
from hardware.emulators.control import socket_path, tell
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import TcpWire
from hardware.factory import build_printer
from tests.hardware.printer_bench import PAPER, TICK_S, Hand, lines_of


@pytest.fixture
def hand() -> Hand:
    """Return whoever takes the paper."""
    return Hand()


@pytest.fixture
def wire(hand: Hand) -> Iterator[tuple[TcpWire, PrinterEmulator]]:
    """Yield a printer that listens on TCP."""
    cable = TcpWire()
    emulator = PrinterEmulator(cable, PAPER, hand, tick_s=TICK_S)
    yield cable, emulator
    emulator.close()


def question(port: int, folder: Path, *, prints: bool = False) -> PrinterQuestion:
    config = NetworkPrinter(type="network", host="127.0.0.1", port=port, timeout_s=2)
    return PrinterQuestion(subject="kiosk-1-printer", data_dir=folder, config=config, prints=prints)


@pytest.mark.parametrize(
    ("command", "verdict", "advice"),
    [
        ("ready", "good", ""),
        ("paper_low", "warning", "new roll"),
        ("paper_out", "fault", "new roll"),
        ("cover_open", "fault", "close the cover"),
        ("cutter_error", "fault", "jammed paper"),
        ("offline", "fault", "ONLINE button"),
        ("silence", "warning", "tells nothing"),
        ("unplug", "fault", "antrean devices"),
    ],
)
def test_each_state_has_its_verdict_and_its_advice(
    command: str, verdict: str, advice: str, wire: tuple[TcpWire, PrinterEmulator], tmp_path: Path
) -> None:
    cable, emulator = wire
    port = cable.port
    emulator.command(command)
    found = answer(question(port, tmp_path))
    assert found.verdict == verdict, found
    assert advice in found.advice


def test_a_test_page_is_printed_only_where_it_can_be(
    wire: tuple[TcpWire, PrinterEmulator], hand: Hand, tmp_path: Path
) -> None:
    cable, emulator = wire
    emulator.command("cover_open")
    assert "test page" not in answer(question(cable.port, tmp_path, prints=True)).seen
    emulator.command("ready")
    assert "the test page: confirmed" in answer(question(cable.port, tmp_path, prints=True)).seen
    (page,) = hand.papers
    assert "UJI CETAK / TEST PRINT" in [line.strip() for line in lines_of(page)]


def test_an_emulated_printer_that_runs_elsewhere_is_asked_itself(tmp_path: Path) -> None:
    name = "kiosk-1-printer"
    with closing(build_printer(PreviewPrinter(), data_dir=tmp_path, name=name)) as printer:
        printer.status()  # it begins to run when it is first needed
        assert tell(socket_path(tmp_path, name), "paper_out") == "paper_out"
        found = answer(PrinterQuestion(subject=name, data_dir=tmp_path, config=PreviewPrinter()))
    assert (found.verdict, found.seen.split(";")[0]) == ("fault", "paper_out")


def test_it_answers_from_a_process_of_its_own(tmp_path: Path) -> None:
    asked = Asked(question=LineQuestion(subject="pads-1", data_dir=tmp_path, config=LineConfig(url="pty:none")))
    done = subprocess.run(
        [sys.executable, "-m", "hardware.doctor.probe"],
        input=asked.model_dump_json(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    found = Finding.model_validate_json(done.stdout)
    assert (found.verdict, found.subject) == ("fault", "pads-1")
    assert "cannot be opened" in found.seen
