"""An ESC/POS printer on a cable: speaks as a real one does, draws its paper as PNG, and fails on command.

Commands are one line each. A fault sets in at once, or after LINES of print or BYTES on the cable:

    ready                 no fault any more, a new roll, cover closed: what waits is printed
    paper_low [LINES]     paper_out [LINES]    cover_open [LINES]    cutter_error [LINES]    offline [LINES]
    silence [BYTES]       answers nothing
    garbage [BYTES]       answers nonsense
    stall [BYTES]         reads no more
    drop [BYTES]          loses its power, and is switched on again
    late SECONDS          answers late
    speed N               prints N lines a second; 0 prints at once
    unplug  plug  power_cycle
    status                changes nothing; every command answers with the state
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Protocol

from hardware.codecs.escpos_printed import Printed
from hardware.codecs.escpos_profile import Paper
from hardware.emulators.printer_body import Chip, Memory, Output, PrinterBody
from hardware.emulators.wire import Wire

TICK_S = 0.05
ANSWER_S = 5.0
NONSENSE = b"\x7e\x16\xa5\xff\x00\x42"
"""Some of it looks like status, as noise on a line does."""

BYTE_FAULTS = ("silence", "garbage", "stall", "drop")
LINE_FAULTS = ("paper_low", "paper_out", "cover_open", "cutter_error", "offline")


class Tray(Protocol):
    """Where finished papers go."""

    def put(self, paper: tuple[Printed, ...]) -> None:
        """Take one paper."""
        ...


class PrinterEmulator:
    """One printer on one thread, `emulator-<name>`. Commands may come from any other thread."""

    def __init__(
        self,
        wire: Wire,
        paper: Paper,
        tray: Tray,
        *,
        memory: Memory | None = None,
        name: str = "printer",
        tick_s: float = TICK_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the cable, which is closed with the printer."""
        self.body = PrinterBody(paper, memory or Chip())
        self._wire = wire
        self._tray = tray
        self._tick_s = tick_s
        self._clock = clock
        self._commands: SimpleQueue[tuple[str, Future[str]]] = SimpleQueue()
        self._plugged = True
        self._cable = bytearray()
        self._outbox: deque[tuple[float, bytes]] = deque()
        self._deeds: dict[str, Callable[[str], None]] = {
            "ready": self._ready,
            "late": self._late,
            "speed": self._speed,
            "unplug": self._unplug,
            "plug": self._plug,
            "power_cycle": self._power_cycle,
            "status": lambda _rest: None,
        }
        self._calm()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"emulator-{name}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What a configuration names to reach it."""
        return self._wire.url

    def command(self, line: str) -> str:
        """Do what `line` says and return the state in one line, or a sentence that says what is wrong with it."""
        done: Future[str] = Future()
        self._commands.put((line, done))
        return done.result(ANSWER_S)

    def close(self) -> None:
        """End the thread and the cable."""
        self._ended.set()
        self._thread.join(ANSWER_S)
        self._wire.close()

    def _calm(self) -> None:
        self._late_s = 0.0
        self._bytes_until: dict[str, int] = {}

    def _suffers(self, fault: str) -> bool:
        return self._bytes_until.get(fault, 1) <= 0

    def _run(self) -> None:
        while not self._ended.is_set():
            self._obey()
            self._step()

    def _obey(self) -> None:
        while True:
            try:
                line, done = self._commands.get_nowait()
            except Empty:
                return
            try:
                done.set_result(self._do(line))
            except (ValueError, OSError) as error:
                done.set_result(f"? {line!r} is not understood: {error}")

    def _step(self) -> None:
        if self._suffers("stall") or self.body.full:
            self._ended.wait(self._tick_s)
        else:
            self._take(self._wire.read(self._tick_s))
        if self._suffers("drop"):
            self._power_cycle()
        self._pass_on(self.body.work(now_s=self._clock()))
        while self._outbox and self._outbox[0][0] <= self._clock():
            self._wire.write(self._outbox.popleft()[1])

    def _take(self, data: bytes) -> None:
        """Take what came before a fault that counts bytes sets in; what comes after a stall stays in the cable."""
        self._cable += data
        limits = [self._bytes_until[fault] for fault in ("stall", "drop") if fault in self._bytes_until]
        taken = bytes(self._cable[: min(limits, default=len(self._cable))])
        del self._cable[: len(taken)]
        for fault in self._bytes_until:
            self._bytes_until[fault] -= len(taken)
        self._pass_on(self.body.receive(taken, now_s=self._clock()))

    def _pass_on(self, output: Output) -> None:
        for paper in output.papers:
            self._tray.put(paper)
        if output.answers and not self._suffers("silence"):
            answers = NONSENSE if self._suffers("garbage") else bytes(output.answers)
            self._outbox.append((self._clock() + self._late_s, answers))

    def _do(self, line: str) -> str:
        word, _, rest = line.strip().partition(" ")
        if word in LINE_FAULTS:
            self._fail(word, _amount(rest))
        elif word in BYTE_FAULTS:
            self._bytes_until[word] = _amount(rest)
        elif word in self._deeds:
            self._deeds[word](rest)
        else:
            return f"? {word!r} is no command; known: {', '.join((*self._deeds, *LINE_FAULTS, *BYTE_FAULTS))}"
        return self._state()

    def _ready(self, _rest: str) -> None:
        self._calm()
        self._pass_on(self.body.heal())

    def _late(self, seconds: str) -> None:
        self._late_s = float(seconds)

    def _speed(self, lines_per_s: str) -> None:
        self.body.lines_per_s = float(lines_per_s)

    def _unplug(self, _rest: str) -> None:
        self._wire.unplug()
        self._plugged = False
        self._outbox.clear()
        self._cable.clear()
        self._pass_on(self.body.power_cycle())

    def _plug(self, _rest: str) -> None:
        if not self._plugged:
            self._wire.plug()
        self._plugged = True

    def _power_cycle(self, _rest: str = "") -> None:
        self._bytes_until.pop("drop", None)
        self._unplug("")
        self._plug("")

    def _fail(self, fault: str, lines: int) -> None:
        sensor = {fault: True}
        if lines:
            self.body.fail_after(lines, **sensor)
        else:
            self._pass_on(self.body.change(**sensor))

    def _state(self) -> str:
        faults = [fault for fault in BYTE_FAULTS if self._suffers(fault)]
        return " ".join((self.body.sensors.state, *faults, *(["working"] if self.body.working else [])))


def _amount(word: str) -> int:
    """Return after how many lines or bytes a fault comes, at once where none were said. Raises ValueError."""
    if word and not word.isdecimal():
        message = f"{word!r} is no whole number"
        raise ValueError(message)
    return int(word or 0)
