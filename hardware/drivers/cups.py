"""A printer behind a CUPS queue: jobs go through the program `lp`, raw; `lpstat` says how the queue is.

A job that does not get through in time is taken back, so that it does not come out hours later beside its reprint.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from hardware.drivers.escpos_printer import DEVICE, require_well
from hardware.errors import DeviceTimeout, DeviceUnavailable, DriverMissing, HardwareError
from hardware.ports import PrinterState, PrinterStatus, PrintResult

POLL_S = 0.2
ASK_S = 3.0
"""How long the CUPS server may take to answer a question."""

ALERTS: tuple[tuple[str, PrinterState], ...] = (
    ("cover-open", "cover_open"),
    ("door-open", "cover_open"),
    ("media-empty", "paper_out"),
    ("media-needed", "paper_out"),
    ("cutter", "cutter_error"),
    ("offline", "offline"),
    ("shutdown", "offline"),
    ("media-low", "paper_low"),
)
"""Keywords of printer-state-reasons (RFC 8011, PWG 5100.9) and what they mean here, the worst first."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's name, and how long a job may take to get through it."""

    name: str
    timeout_s: float


class CupsDriver:
    """Hands each job to CUPS. CUPS knows when it has passed a job on, never whether paper came out: unconfirmed."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def status(self) -> PrinterStatus:
        """Ask CUPS. Raises DriverMissing, DeviceUnavailable, DeviceTimeout."""
        report = _ask("lpstat", "-l", "-p", self._queue.name, "-a", self._queue.name)
        if " disabled since " in report or " not accepting requests " in report:
            return PrinterStatus("offline")
        alerts = " ".join(re.findall(r"Alerts: (.*)", report))
        return PrinterStatus(next((state for word, state in ALERTS if word in alerts), "unknown"))

    def print(self, data: bytes, *, title: str) -> PrintResult:
        """Print one job; see `hardware.ports.Printer`."""
        require_well(self.status())
        deadline = time.monotonic() + self._queue.timeout_s
        job = self._submit(data, title)
        try:
            return self._follow(job, deadline)
        except HardwareError as error:
            error.sent = True
            self._take_back(job)
            raise

    def health(self) -> str:
        """Return which queue."""
        return f"cups: {self._queue.name}"

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _submit(self, data: bytes, title: str) -> str:
        name = self._queue.name
        command = ("lp", "-d", name, "-o", "raw", "-t", title or "ticket")
        try:
            answer = _ask(*command, given=data, timeout_s=self._queue.timeout_s)
        except DeviceTimeout as error:
            error.sent = True  # CUPS may have it: nobody can take back a job without a number
            raise
        found = re.search(r"request id is (\S+)", answer)
        if found is None:
            raise DeviceUnavailable(DEVICE, f"CUPS gave the job no number: {answer.strip()}", sent=True)
        return found[1]

    def _follow(self, job: str, deadline: float) -> PrintResult:
        while True:
            waiting = _ask("lpstat", "-W", "not-completed", "-o", self._queue.name)
            status = self.status()
            if job not in waiting.split():
                return PrintResult("unconfirmed", paper_low=status.state == "paper_low")
            require_well(status)
            if time.monotonic() > deadline:
                raise DeviceTimeout(DEVICE, f"the queue {self._queue.name} did not pass the job on in time")
            time.sleep(POLL_S)

    def _take_back(self, job: str) -> None:
        try:
            _ask("cancel", job)
        except HardwareError as error:
            raise DeviceUnavailable(DEVICE, f"job {job} could not be taken back: {error.why}", sent=True) from error


def _ask(program: str, *arguments: str, given: bytes = b"", timeout_s: float = ASK_S) -> str:
    """Run one of CUPS's programs and return what it says."""
    try:
        done = _run([program, *arguments], given, timeout_s)
    except FileNotFoundError as error:
        raise DriverMissing(DEVICE, f"the program {program} is missing; install cups-client") from error
    except subprocess.TimeoutExpired as error:
        raise DeviceTimeout(DEVICE, f"CUPS did not answer in {timeout_s:g} s") from error
    if done.returncode:
        raise DeviceUnavailable(DEVICE, f"CUPS refuses: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace")


def _run(command: Sequence[str], given: bytes, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(  # noqa: S603 - CUPS's own programs, no shell
        command, input=given, capture_output=True, timeout=timeout_s, check=False, env=environment
    )
