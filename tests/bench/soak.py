"""`make soak`: does anything grow? A day of thousands of visits, calls and reconnects on the real windows, in minutes.

A kiosk is touched and an officer's keys are pressed as people do it, five more counters work much faster, and the cable
is pulled again and again. After a while everything has been seen once; from then on memory, descriptors and threads of
every process have to stay as they are. Exits with 1 where they do not.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import selectors
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from broker.up.visit import Window
from tests.bench.windows import EVENTS_S, KINDS, Rush, opened
from tests.bench.working import NO_QUOTA, fill
from tests.support.caller import Caller
from tests.support.office import OfficeProcess
from tests.support.sqlite import opened as opened_file

MINUTES = 15.0
WARM_SHARE = 0.4
"""So much of the time passes before anything is compared: every page is made once, every cache filled."""
COMPARED_SHARE = 0.25
"""Of what is left, the first and the last so much are compared, by their medians."""
MOST_GROWTH = 0.02
KIB_A_TICKET = 4.0
"""The broker keeps the day's tickets until the day is over; so much for each is no leak."""
SAMPLE_EVERY_S = 2.0
PULLED_EVERY_S = 20.0
BEFORE = 60
"""So many wait before the officer begins."""
TOUCHED = ("rule:done", "done", "lane:", "continue", "group:", "service:", "language:", "start_over")
"""What a visitor touches, the first of these that is there."""
PRESSED = {"start": "s", "finish": "f", "next": "space"}
"""What an officer presses, by what the window offers."""
VISITOR_S, OFFICER_S = 0.6, 1.1
"""The least between two touches, and between two keys: faster ones are taken for a slip."""


@dataclass(slots=True)
class Sample:
    """One look at one process."""

    at: float
    resident_kib: float
    descriptors: int
    threads: int


@dataclass
class Course:
    """What one process took over time."""

    process: psutil.Process
    samples: list[Sample] = field(default_factory=list)

    def look(self) -> None:
        """Take a sample."""
        with self.process.oneshot():
            resident = self.process.memory_info().rss / 1024
            sample = Sample(time.monotonic(), resident, self.process.num_fds(), self.process.num_threads())
        self.samples.append(sample)

    def compared(self) -> tuple[Sample, Sample]:
        """Return the usual figures of the first and the last part, after all has been seen once."""
        warm = self.samples[int(len(self.samples) * WARM_SHARE) :]
        part = max(int(len(warm) * COMPARED_SHARE), 1)
        return _usual(warm[:part]), _usual(warm[-part:])


def _usual(samples: Sequence[Sample]) -> Sample:
    return Sample(
        statistics.fmean(sample.at for sample in samples),
        statistics.median(sample.resident_kib for sample in samples),
        statistics.median_high([sample.descriptors for sample in samples]),
        statistics.median_high([sample.threads for sample in samples]),
    )


class Cable:
    """Everything between the windows and the MQTT server goes through here, until it is pulled."""

    def __init__(self, port: int) -> None:
        """Lead to a port of this machine."""
        self.pulled = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._ends: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Break every connection that there is; new ones can be made at once."""
        with self._lock:
            self.pulled += 1
            for end in list(self._ends):
                self._drop(end)

    def close(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(5)
        self.pull()
        self._listener.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            ready = self._selector.select(0.2)
            with self._lock:
                for key, _ in ready:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.fileobj, socket.socket):
                        self._pass_on(key.fileobj)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=2)
        except OSError:
            near.close()
            return
        for end, other in ((near, far), (far, near)):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ends[end] = other
            self._selector.register(end, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        other = self._ends.get(end)
        if other is None:
            return
        try:
            data = end.recv(1 << 16)
            other.sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        other = self._ends.pop(end, None)
        for one in (end, other):
            if one is not None:
                self._ends.pop(one, None)
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(one)
                one.close()


@dataclass
class Doings:
    """What was done meanwhile."""

    visits: int = 0
    keys: int = 0
    events: int = 0
    pulled: int = 0
    tickets_a_s: float = 0.0


def soak(minutes: float, folder: Path) -> tuple[dict[str, Course], Doings]:
    """Let it happen; return what each process took, and what was done."""
    quiet = {"ANTREAN_DISPLAYS__0__SOUND__PLAYER": "null"}
    office = OfficeProcess(folder / "office", extra=NO_QUOTA | quiet)
    office.start()
    doings, over = Doings(), threading.Event()
    try:
        office.wait_online()
        with ExitStack() as stack:
            cable = Cable(office.port)
            stack.callback(cable.close)
            beyond = replace(office, port=cable.port)
            windows = {kind.name: stack.enter_context(opened(kind, beyond, folder / kind.name)) for kind in KINDS}
            caller = stack.enter_context(Caller(office.address, "soak", listens=False))
            fill(caller, office.settings, BEFORE)
            for kind in KINDS:
                kind.begin(windows[kind.name][0])
            courses = _courses(office, {name: process for name, (_, process) in windows.items()})
            rush = Rush(caller, office, spared="counter-1", is_even=True)
            people = [
                threading.Thread(target=_visits, args=(windows["kiosk"][0], doings, over)),
                threading.Thread(target=_serves, args=(windows["counter"][0], doings, over)),
                threading.Thread(target=_looks, args=(courses, over)),
                threading.Thread(target=_pulls, args=(cable, over)),
            ]
            for one in people:
                one.start()
            stack.callback(_end, people, over)
            begun = time.monotonic()
            while (lasted_s := time.monotonic() - begun) < minutes * 60:
                rush.run(int(EVENTS_S))
                doings.events += int(EVENTS_S)
            with opened_file(office.database) as connection:
                doings.tickets_a_s = connection.execute("SELECT count(*) FROM tickets").fetchone()[0] / lasted_s
            doings.pulled = cable.pulled
            return courses, doings
    finally:
        over.set()
        office.stop()


def _end(people: Sequence[threading.Thread], over: threading.Event) -> None:
    over.set()
    for one in people:
        one.join(30)


def _courses(office: OfficeProcess, windows: Mapping[str, psutil.Process]) -> dict[str, Course]:
    assert office.process is not None
    broker = psutil.Process(office.process.pid)
    servers = [child for child in broker.children(recursive=True) if "mosquitto" in child.name()]
    return {
        name: Course(process)
        for name, process in (("broker", broker), *((server.name(), server) for server in servers), *windows.items())
    }


def _looks(courses: Mapping[str, Course], over: threading.Event) -> None:
    while not over.wait(SAMPLE_EVERY_S):
        for course in courses.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                course.look()


def _pulls(cable: Cable, over: threading.Event) -> None:
    while not over.wait(PULLED_EVERY_S):
        cable.pull()


def _visits(kiosk: Window, doings: Doings, over: threading.Event) -> None:
    """Go from page to page, as one visitor after the other would, each for another service."""
    chance = itertools.count()
    while not over.wait(VISITOR_S):
        there = kiosk.offers()
        found = ([target for target in there if target.startswith(begin)] for begin in TOUCHED)
        wanted = next(filter(None, found), None)
        if wanted is not None:
            chosen = wanted[next(chance) % len(wanted)]
            doings.visits += chosen == "done"
            left, top, width, height = there[chosen]
            kiosk.screen.touch(left + width // 2, top + height // 2)


def _serves(counter: Window, doings: Doings, over: threading.Event) -> None:
    """Call, begin, finish."""
    while not over.wait(OFFICER_S):
        there = counter.offers()
        key = next((key for target, key in PRESSED.items() if target in there), None)
        if key is not None:
            counter.screen.press(key)
            doings.keys += 1


def judged(courses: Mapping[str, Course], tickets_a_s: float) -> tuple[Table, bool]:
    """Return the figures, and whether all stayed as they were."""
    table = Table(
        title="what each process takes after everything was seen once, and at the end: resident MiB and growth "
        "(of it what the day's tickets take), open files, threads"
    )
    for column in (
        "process",
        "MiB then",
        "MiB at the end",
        "growth",
        "of which tickets",
        "descriptors",
        "threads",
        "kept",
    ):
        table.add_column(column, justify="left" if column == "process" else "right")
    is_kept = True
    for name, course in courses.items():
        then, end = course.compared()
        of_tickets = tickets_a_s * (end.at - then.at) * KIB_A_TICKET if name == "broker" else 0.0
        growth = (end.resident_kib - then.resident_kib - of_tickets) / then.resident_kib
        kept = growth < MOST_GROWTH and end.descriptors <= then.descriptors and end.threads <= then.threads
        is_kept = is_kept and kept
        table.add_row(
            name,
            f"{then.resident_kib / 1024:.1f}",
            f"{end.resident_kib / 1024:.1f}",
            f"{(end.resident_kib - then.resident_kib) / then.resident_kib:+.1%}",
            f"{of_tickets / 1024:.1f}" if of_tickets else "",
            f"{then.descriptors}-{end.descriptors}",
            f"{then.threads}-{end.threads}",
            "yes" if kept else "NO",
        )
    return table, is_kept


def main() -> int:
    """Soak for as many minutes as were asked for."""
    parser = argparse.ArgumentParser(prog="make soak", description="Find what grows.")
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES)
    minutes = parser.parse_args().minutes
    console = Console()
    with tempfile.TemporaryDirectory(prefix="antrean-soak-") as folder:
        courses, doings = soak(minutes, Path(folder))
    table, is_kept = judged(courses, doings.tickets_a_s)
    console.print(table)
    console.print(
        f"{minutes:g} minutes: {doings.events:,} events at {EVENTS_S:g} a second, "
        f"{doings.tickets_a_s * minutes * 60:,.0f} tickets, {doings.visits} visits on the glass, {doings.keys} keys, "
        f"the cable pulled {doings.pulled} times"
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
