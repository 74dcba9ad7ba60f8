"""Looks at one device in a process of its own, so that a driver that hangs can be ended.

`python -m hardware.doctor.probe` reads one question as JSON from standard input and writes one finding as JSON;
the exit code is 0 whatever was found.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import assert_never

from hardware.codecs.escpos_writer import render
from hardware.config import PreviewPrinter
from hardware.doctor.question import Asked, Finding, LineQuestion, PrinterQuestion, Question, SpeakerQuestion, Verdict
from hardware.doctor.test_page import test_page
from hardware.emulators.control import socket_path, tell
from hardware.errors import CoverOpen, CutterError, DeviceBusy, DeviceTimeout, DriverMissing, HardwareError, PaperOut
from hardware.factory import build_printer, build_speaker, paper_for
from hardware.line.input_device import InputDevice
from hardware.line.serial_line import SerialLine
from hardware.ports import PRINTABLE, Printer, PrinterState

LOOK_AT_CABLE = "check power and cable, then the address in config.yaml; `antrean devices` lists what is plugged in"
PRINTER_ADVICE: dict[PrinterState, str] = {
    "ready": "",
    "paper_low": "have a new roll at hand, and change it in a quiet moment",
    "paper_out": "put in a new roll, thermal side up, and close the cover",
    "cover_open": "close the cover until it clicks",
    "cutter_error": "switch off, take out the jammed paper, switch on again",
    "offline": "press the printer's FEED or ONLINE button, or switch it off and on",
    "unknown": "it prints, but tells nothing of its paper: have somebody look at it now and then",
}

ADVICE: tuple[tuple[type[HardwareError], str], ...] = (
    (PaperOut, PRINTER_ADVICE["paper_out"]),
    (CoverOpen, PRINTER_ADVICE["cover_open"]),
    (CutterError, PRINTER_ADVICE["cutter_error"]),
    (DriverMissing, "correct config.yaml, or install what is missing"),
    (DeviceBusy, "ask again in a moment; if it stays so, end the other program, or correct config.yaml"),
    (DeviceTimeout, f"switch it off and on; {LOOK_AT_CABLE}"),
)


def main() -> int:
    """Answer the question on standard input."""
    question = Asked.model_validate_json(sys.stdin.read()).question
    sys.stdout.write(answer(question).model_dump_json() + "\n")
    return 0


def answer(question: Question) -> Finding:
    """Look at the device. Blocks as long as its driver's deadlines allow; never raises HardwareError."""
    try:
        match question:
            case PrinterQuestion():
                return _printer(question)
            case SpeakerQuestion():
                return _speaker(question)
            case LineQuestion():
                return _line(question)
            case _:
                assert_never(question)
    except HardwareError as error:
        return Finding(subject=question.subject, verdict="fault", seen=error.why, advice=_advice(error))


def _printer(question: PrinterQuestion) -> Finding:
    running = _running_state(question)
    if running is not None:
        page = "; no test page: the kiosk that runs owns its paper" if question.prints else ""
        return _judged(question.subject, running, f"the emulated printer of the kiosk that runs{page}")
    with closing(build_printer(question.config, data_dir=question.data_dir, name=question.subject)) as printer:
        state = printer.status().state
        seen = printer.health()
        if question.prints and state in PRINTABLE:
            seen += f"; the test page: {_print_page(question, printer)}"
        return _judged(question.subject, state, seen)


def _running_state(question: PrinterQuestion) -> PrinterState | None:
    """Return the state of an emulated printer that a running kiosk has: another one made here would know nothing."""
    if not isinstance(question.config, PreviewPrinter):
        return None
    try:
        said = tell(socket_path(question.data_dir, question.subject), "status")
    except OSError:
        return None
    return next((state for state in PRINTER_ADVICE if state == said), None)


def _judged(subject: str, state: PrinterState, seen: str) -> Finding:
    verdict: Verdict = "good" if state == "ready" else "warning" if state in PRINTABLE else "fault"
    return Finding(subject=subject, verdict=verdict, seen=f"{state}; {seen}", advice=PRINTER_ADVICE[state])


def _print_page(question: PrinterQuestion, printer: Printer) -> str:
    paper = paper_for(question.config)
    page = test_page(question.subject, columns=paper.columns)
    result = printer.print(render(page, paper), title="test-page")
    return result.outcome if result.picture is None else f"{result.outcome}, {result.picture}"


def _speaker(question: SpeakerQuestion) -> Finding:
    health = build_speaker(question.config, data_dir=question.data_dir).health()
    silent = "silent" in health or "trouble" in health
    advice = (
        "connect a sound card or choose a player in config.yaml; what is said is shown all the same" if silent else ""
    )
    return Finding(subject=question.subject, verdict="warning" if silent else "good", seen=health, advice=advice)


def _line(question: LineQuestion) -> Finding:
    line = question.config
    if question.is_keyboard:
        InputDevice(line.address(question.data_dir), device=question.subject).close()
        return Finding(subject=question.subject, verdict="good", seen=f"{line.url} can be had")
    SerialLine.of(line, data_dir=question.data_dir, device=question.subject).close()
    return Finding(subject=question.subject, verdict="good", seen=f"{line.url} can be opened at {line.baud} baud")


def _advice(error: HardwareError) -> str:
    return next((advice for kind, advice in ADVICE if isinstance(error, kind)), LOOK_AT_CABLE)


if __name__ == "__main__":
    sys.exit(main())
