"""The inside of an emulated ESC/POS printer: bytes in, answers and papers out. Pure: no cable, no clock, no files."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Protocol

from hardware.codecs.escpos_printed import (
    AutomaticAsked,
    DoneAsked,
    FedLines,
    PaperCut,
    Printed,
    PrintedLine,
    PrintedLogo,
    PrintedRaster,
    Reset,
    Said,
    StatusAsked,
    StoredLogo,
)
from hardware.codecs.escpos_profile import Paper
from hardware.codecs.escpos_reader import EscposReader
from hardware.codecs.printer_status import Sensors, automatic_status, reply_to, when_done
from hardware.errors import FrameError

BUFFER_BYTES = 4096
"""How much a printer that stands still takes before it takes no more (Epson TM: 4 KiB)."""

log = logging.getLogger(__name__)

Fault = dict[str, bool]
"""Sensors that a fault switches on."""


@dataclass(slots=True)
class Output:
    """What came out of the printer: bytes for the cable, papers for the hand."""

    answers: bytearray = field(default_factory=bytearray)
    papers: list[tuple[Printed, ...]] = field(default_factory=list)


class Memory(Protocol):
    """What keeps a printer's picture while it is switched off."""

    def keep(self, logo: StoredLogo) -> None:
        """Store the picture in place of an older one."""
        ...

    def kept(self) -> StoredLogo | None:
        """Return the picture, if there is one."""
        ...


class Chip:
    """A memory that lasts as long as the process."""

    def __init__(self) -> None:
        self._logo: StoredLogo | None = None

    def keep(self, logo: StoredLogo) -> None:
        """Store the picture."""
        self._logo = logo

    def kept(self) -> StoredLogo | None:
        """Return the picture."""
        return self._logo


class PrinterBody:
    """A printer between cable and paper. Real-time questions are answered at once, all else when its turn comes."""

    def __init__(self, paper: Paper, memory: Memory, *, lines_per_s: float = 0.0) -> None:
        """Take the paper it has; `lines_per_s` 0 prints at once."""
        self.sensors = Sensors()
        self.lines_per_s = lines_per_s
        self.misread = 0
        self._memory = memory
        self._model = paper
        self._due: tuple[int, Fault] | None = None
        self._restart()

    def _restart(self) -> None:
        self._reader = EscposReader(self._model)
        self._todo: deque[Said] = deque()
        self._page: list[Printed] = []
        self._held_bytes = 0
        self._busy_until = 0.0
        self._automatic = False

    @property
    def stopped(self) -> bool:
        """Tell whether the paper cannot move until somebody helps."""
        return self.sensors.state not in {"ready", "paper_low"}

    @property
    def full(self) -> bool:
        """Tell whether it takes no more bytes."""
        return self._held_bytes >= BUFFER_BYTES

    @property
    def working(self) -> bool:
        """Tell whether something waits to be done."""
        return bool(self._todo) and not self.stopped

    def change(self, **sensors: bool) -> Output:
        """Let something happen to the printer, or be put right again."""
        output = Output()
        self.sensors = replace(self.sensors, **sensors)
        if self._automatic:
            output.answers += automatic_status(self.sensors)
        return output

    def fail_after(self, lines: int, **sensors: bool) -> None:
        """Let a fault happen when so many more lines have been printed."""
        self._due = (lines, sensors)

    def heal(self) -> Output:
        """Close the cover, load a new roll, clear what is stuck: printing goes on where it stopped."""
        self._due = None
        return self.change(**dict.fromkeys(Sensors.__dataclass_fields__, False))

    def power_cycle(self) -> Output:
        """Forget everything that was not printed yet; what is printed stays on the paper."""
        output = Output()
        self._finish(output)
        self._restart()
        return output

    def receive(self, data: bytes, *, now_s: float) -> Output:
        """Take bytes, and do what can be done at `now_s`."""
        output = Output()
        self._held_bytes += len(data)
        rest = data
        while True:
            try:
                for said in self._reader.feed(rest):
                    self._hear(said, output)
            except FrameError as error:
                self.misread += 1
                log.warning("the emulated printer skips a byte: %s", error.why)
                rest = b""
            else:
                break
        self._work(output, now_s=now_s)
        return output

    def work(self, *, now_s: float) -> Output:
        """Do what waits, as far as faults and the speed of the paper let it."""
        output = Output()
        self._work(output, now_s=now_s)
        return output

    def _work(self, output: Output, *, now_s: float) -> None:
        while self._todo and not self.stopped and now_s >= self._busy_until:
            self._do(self._todo.popleft(), output, now_s=now_s)
        if not self._todo:
            self._held_bytes = 0

    def _hear(self, said: Said, output: Output) -> None:
        if isinstance(said, StatusAsked):
            output.answers += reply_to(said.question, self.sensors)
        else:
            self._todo.append(said)

    def _do(self, said: Said, output: Output, *, now_s: float) -> None:
        match said:
            case Reset():
                self._automatic = False
            case AutomaticAsked(on):
                self._automatic = on
                output.answers += automatic_status(self.sensors) if on else b""
            case DoneAsked():
                self._finish(output)
                output.answers += when_done(self.sensors)
            case StoredLogo():
                self._memory.keep(said)
            case PrintedLogo():
                if (logo := self._memory.kept()) is not None:
                    self._put(PrintedRaster(logo.width_bytes, logo.height_dots, logo.bits, said.style), output, now_s)
            case StatusAsked():
                pass  # was answered when it came
            case _:
                self._put(said, output, now_s)

    def _put(self, item: Printed, output: Output, now_s: float) -> None:
        self._page.append(item)
        lines = _lines(item)
        if self.lines_per_s:
            self._busy_until = now_s + lines / self.lines_per_s
        if isinstance(item, PaperCut) or (isinstance(item, FedLines) and not self._model.cutter):
            self._finish(output)  # without a cutter the paper is fed to where it is torn off
        self._count(lines, output)

    def _count(self, lines: int, output: Output) -> None:
        if self._due is None:
            return
        left, sensors = self._due[0] - lines, self._due[1]
        self._due = (left, sensors)
        if left <= 0:
            self._due = None
            output.answers += self.change(**sensors).answers
            self._finish(output)

    def _finish(self, output: Output) -> None:
        """Let the paper be taken, unless it is blank."""
        if any(not isinstance(item, FedLines | PaperCut) for item in self._page):
            output.papers.append(tuple(self._page))
        self._page = []


def _lines(item: Printed) -> int:
    if isinstance(item, FedLines):
        return item.lines
    return 1 if isinstance(item, PrintedLine) else 0
