"""Every fault of a printer, before, in and after a job, on every cable: its outcome, and one copy at most, in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.errors import CoverOpen, CutterError, DeviceTimeout, DeviceUnavailable, HardwareError, PaperOut
from hardware.ports import PrinterStatus, PrintResult
from tests.hardware.printer_bench import JOB, JOB_LINES, NUMBER, PATIENCE, TRANSPORTS, Bench, bench_on

BOUND_S = 3 * PATIENCE.job_s + 8 * PATIENCE.status_s

CONFIRMED, UNCONFIRMED = PrintResult("confirmed"), PrintResult("unconfirmed")

BEFORE: list[tuple[str, type[HardwareError] | PrintResult]] = [
    ("status", CONFIRMED),
    ("paper_low", PrintResult("confirmed", paper_low=True)),
    ("paper_out", PaperOut),
    ("cover_open", CoverOpen),
    ("cutter_error", CutterError),
    ("offline", DeviceUnavailable),
    ("unplug", DeviceUnavailable),
    ("drop 3", DeviceUnavailable),
    ("silence", UNCONFIRMED),
    ("garbage", UNCONFIRMED),
    ("stall", UNCONFIRMED),
    ("late 0.01", CONFIRMED),
    ("late 9", UNCONFIRMED),
    ("speed 1000", CONFIRMED),
]
AMID: list[tuple[str, type[HardwareError]]] = [
    ("paper_out 5", PaperOut),
    ("cover_open 5", CoverOpen),
    ("cutter_error 5", CutterError),
    ("offline 5", DeviceUnavailable),
    ("drop 300", DeviceUnavailable),
    ("stall 300", DeviceTimeout),
    ("silence 300", DeviceTimeout),
    ("garbage 300", DeviceTimeout),
]
AT_THE_END: list[tuple[str, type[HardwareError] | PrintResult]] = [
    (f"paper_low {len(JOB_LINES)}", PrintResult("confirmed", paper_low=True)),
    (f"paper_out {len(JOB_LINES)}", PaperOut),
    (f"cover_open {len(JOB_LINES)}", CoverOpen),
    (f"cutter_error {len(JOB_LINES)}", CutterError),
    (f"offline {len(JOB_LINES)}", DeviceUnavailable),
]


@pytest.fixture(params=["network", "serial"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with bench_on(request.param, tmp_path) as made:
        yield made


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def outcome(bench: Bench) -> PrintResult | HardwareError:
    """Print one ticket and return what became of it, as its caller sees it."""
    began = bench.time()
    try:
        return bench.printer.print(JOB, title=NUMBER)
    except HardwareError as error:
        return error
    finally:
        assert bench.time() - began < BOUND_S


@pytest.mark.parametrize(("fault", "expected"), BEFORE, ids=[fault for fault, _ in BEFORE])
def test_a_fault_before_the_job(bench: Bench, fault: str, expected: type[HardwareError] | PrintResult) -> None:
    bench.emulator.command(fault)
    got = outcome(bench)
    bench.heal()
    if isinstance(expected, PrintResult):
        assert got == expected
        assert bench.hand.lines == JOB_LINES, "the ticket is there, once"
    else:
        assert type(got) is expected
        assert isinstance(got, HardwareError)
        assert not got.sent, "nobody needs to look for paper"
        assert bench.hand.papers == []


@pytest.mark.parametrize(("fault", "expected"), AMID, ids=[fault for fault, _ in AMID])
def test_a_fault_in_the_middle_of_the_job(bench: Bench, fault: str, expected: type[HardwareError]) -> None:
    bench.emulator.command(fault)
    got = outcome(bench)
    assert type(got) is expected
    assert isinstance(got, HardwareError)
    assert got.sent, "whoever prints it again must know that paper may still come"
    bench.heal()
    lost = fault.startswith("drop")
    assert bench.hand.lines == JOB_LINES[: len(bench.hand.lines)], "no line twice"
    assert (len(bench.hand.lines) < len(JOB_LINES)) is lost, "what was not lost comes out later"


@pytest.mark.parametrize(("fault", "expected"), AT_THE_END, ids=[fault for fault, _ in AT_THE_END])
def test_a_fault_when_the_text_is_printed(
    bench: Bench, fault: str, expected: type[HardwareError] | PrintResult
) -> None:
    bench.emulator.command(fault)
    got = outcome(bench)
    if isinstance(expected, PrintResult):
        assert got == expected
    else:
        assert type(got) is expected
        assert isinstance(got, HardwareError)
        assert got.sent
    bench.heal()
    assert bench.hand.lines == JOB_LINES


def test_a_fault_between_two_jobs_stops_the_second_only(bench: Bench) -> None:
    assert outcome(bench) == CONFIRMED
    bench.emulator.command("cover_open")
    assert isinstance(outcome(bench), CoverOpen)
    bench.heal()
    assert outcome(bench) == CONFIRMED
    assert bench.hand.lines == JOB_LINES * 2


@pytest.mark.parametrize("state", ["paper_low", "paper_out", "cover_open", "cutter_error", "offline"])
def test_a_printer_is_asked_without_printing(bench: Bench, state: str) -> None:
    assert bench.printer.status() == PrinterStatus("ready")
    bench.emulator.command(state)
    assert bench.printer.status().state == state
    assert bench.hand.papers == []


@pytest.mark.parametrize(
    ("fault", "expected"), [("silence", UNCONFIRMED), ("paper_out 5", PaperOut), ("drop 3", DeviceUnavailable)]
)
def test_a_device_node_behaves_as_a_line_does(
    tmp_path: Path, fault: str, expected: type[HardwareError] | PrintResult
) -> None:
    with bench_on("node", tmp_path) as bench:
        bench.emulator.command(fault)
        got = outcome(bench)
        assert got == expected if isinstance(expected, PrintResult) else type(got) is expected
        bench.heal()
        assert outcome(bench).__class__ is PrintResult


def test_a_silent_printer_costs_its_deadline_once(bench: Bench) -> None:
    bench.emulator.command("silence")
    assert bench.printer.status() == PrinterStatus("unknown")
    bench.emulator.command("ready")
    assert outcome(bench) == UNCONFIRMED, "it is believed to be silent for some minutes"
    assert bench.printer.status() == PrinterStatus("ready")
    assert outcome(bench) == CONFIRMED, "asking it on purpose forgets that"


def test_a_printer_that_comes_back_is_asked_again_though_it_was_silent(bench: Bench) -> None:
    bench.emulator.command("silence")
    assert outcome(bench) == UNCONFIRMED
    bench.emulator.command("unplug")
    assert isinstance(outcome(bench), DeviceUnavailable)
    bench.emulator.command("plug")
    bench.emulator.command("ready")
    assert outcome(bench) == CONFIRMED, "it may be another one"


def test_unplugging_and_replugging_a_hundred_times_leaks_nothing(bench: Bench) -> None:
    assert outcome(bench) == CONFIRMED
    bench.heal()  # the emulator has seen that the job's connection ended
    threads, handles = threading.active_count(), open_files()
    for _ in range(100):
        bench.emulator.command("unplug")
        assert isinstance(outcome(bench), DeviceUnavailable)
        bench.emulator.command("plug")
        assert bench.printer.status() == PrinterStatus("ready")
    assert outcome(bench) == CONFIRMED
    bench.heal()
    assert threading.active_count() == threads
    assert open_files() <= handles + 1, "the emulator holds one more while it reads; a leak would be a hundred"
    assert bench.hand.lines == JOB_LINES * 2


def test_a_closed_emulator_leaves_nothing_behind(tmp_path: Path) -> None:
    threads, handles = threading.active_count(), open_files()
    for transport in TRANSPORTS:
        with bench_on(transport, tmp_path) as bench:
            outcome(bench)
    assert (threading.active_count(), open_files()) == (threads, handles)
    assert list((tmp_path / "by-id").iterdir()) == []
