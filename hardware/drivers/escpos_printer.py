"""Any printer that takes ESC/POS bytes over a link: asked before a job, followed through it, believed only then."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from hardware.codecs.printer_status import ASK_WHEN_DONE
from hardware.drivers.conversation import Conversation, Link
from hardware.errors import (
    CoverOpen,
    CutterError,
    DeviceBusy,
    DeviceTimeout,
    DeviceUnavailable,
    HardwareError,
    PaperOut,
)
from hardware.ports import PrinterState, PrinterStatus, PrintResult

DEVICE = "printer"
SILENCE_KEPT_S = 600.0
"""So long a printer that never answers is not asked again: no visitor pays for its silence but one in ten minutes.

The same for one that does not tell when it has finished."""

BUSY_POLL_S = 0.05

TROUBLES: dict[PrinterState, tuple[type[HardwareError], str]] = {
    "paper_out": (PaperOut, "there is no paper; put in a new roll"),
    "cover_open": (CoverOpen, "the cover is open; close it"),
    "cutter_error": (CutterError, "the cutter is stuck; switch the printer off and on"),
    "offline": (DeviceUnavailable, "it is switched off line or has a fault; look at its lamps"),
}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a printer gets: `job_s` for each of opening, sending and finishing, `status_s` for an answer.

    While it is at work it is asked how it is every `glance_s`.
    """

    job_s: float
    status_s: float = 1.0
    glance_s: float = 0.3


class EscposPrinter:
    """A printer behind `open_link`, which is called for each job anew: unplugging heals by itself."""

    def __init__(
        self,
        health: str,
        open_link: Callable[[], Link],
        patience: Patience,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._health = health
        self._open_link = open_link
        self._patience = patience
        self._clock = clock
        self._silent_until = self._undone_until = clock()
        self._tells_ends = False
        """Whether it has told the end of a job, the last time that it was waited for."""
        self._owes_an_end = False
        """Whether the end of an earlier job was asked for and not told: it may be told at any time."""

    def status(self) -> PrinterStatus:
        """Ask the printer, also one that was silent. Raises DeviceUnavailable, DeviceTimeout: not to be reached."""
        with closing(self._open()) as link:
            self._silent_until = self._clock()
            return self._ask(link)[0]

    def print(self, data: bytes, *, title: str) -> PrintResult:  # noqa: ARG002 - raw printing has no place for a title
        """Print one job, once; see `hardware.ports.Printer`."""
        with closing(self._open()) as link:
            before, talk = self._ask(link)
            require_well(before)
            tells = talk is not None and self._tells_its_end(talk)
            try:
                if talk is None:
                    link.send(data)
                    link.finish()
                    return PrintResult("unconfirmed")
                return self._follow(link, talk, data, tells=tells)
            except HardwareError as error:
                error.sent = True
                raise

    def health(self) -> str:
        """Return what printer this is."""
        return self._health

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _open(self) -> Link:
        deadline = self._clock() + self._patience.job_s
        try:
            while True:
                try:
                    return self._open_link()
                except DeviceBusy:  # `antrean doctor` asks it, or a logo is being stored
                    if self._clock() >= deadline:
                        raise
                    time.sleep(BUSY_POLL_S)
        except HardwareError:
            self._silent_until = self._clock()  # what comes back may be another printer
            raise

    def _ask(self, link: Link) -> tuple[PrinterStatus, Conversation | None]:
        """Return how the printer is, and the conversation if there is one."""
        if self._clock() >= self._silent_until:
            talk = Conversation(link, patience_s=self._patience.status_s, clock=self._clock)
            status = talk.status()
            if status.state != "unknown":
                return status, talk
            self._silent_until = self._clock() + SILENCE_KEPT_S
        return PrinterStatus("unknown"), None

    def _follow(self, link: Link, talk: Conversation, data: bytes, *, tells: bool) -> PrintResult:
        talk.begin_job()
        self._owes_an_end |= tells
        link.send(data + ASK_WHEN_DONE if tells else data)
        patience_s = self._patience.job_s if tells else 0.0
        deadline = self._clock() + patience_s
        while True:
            done = talk.wait_done(min(self._patience.glance_s, patience_s))
            status = talk.status()
            require_well(status)
            if done or self._clock() >= deadline:
                return self._verdict(link, status, done=done)

    def _tells_its_end(self, talk: Conversation) -> bool:
        """Tell whether the end of a job that is sent now will be told, and be told of no earlier one."""
        if self._owes_an_end:
            settled = talk.settle(self._patience.job_s if self._tells_ends else self._patience.status_s)
            if not settled and not self._tells_ends:
                self._owes_an_end = False
                self._undone_until = self._clock() + SILENCE_KEPT_S
            self._tells_ends = settled
            if not settled:
                return False
        return self._clock() >= self._undone_until

    def _verdict(self, link: Link, status: PrinterStatus, *, done: bool) -> PrintResult:
        if status.state == "unknown":
            raise DeviceTimeout(DEVICE, "it stopped answering while it printed; look whether the paper came out")
        if done:
            self._owes_an_end, self._tells_ends = False, True
        else:  # it is well, but has not said that it has finished
            link.finish()
        return PrintResult("confirmed" if done else "unconfirmed", paper_low=status.state == "paper_low")


def require_well(status: PrinterStatus) -> None:
    """Raise the error that belongs to a state in which nothing can be printed."""
    trouble = TROUBLES.get(status.state)
    if trouble is not None:
        error, why = trouble
        raise error(DEVICE, why)
