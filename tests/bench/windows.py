"""Real windows in a working office: how soon a call is painted, what they cost while nothing happens and in a rush.

`process_table` serves every kind of window: what it takes of a core and of memory.
"""

from __future__ import annotations

import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import psutil
from rich.table import Table

from broker.contract.messages import EventMessage
from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from tests.bench.figures import milliseconds
from tests.bench.working import NO_QUOTA, PIN, fill, kinds
from tests.support.caller import Caller
from tests.support.glass import Box, Glass
from tests.support.office import OfficeProcess

CALLS = 60
SETTLE_S = 12.0
"""A window that was just opened still makes its pictures of letters."""
IDLE_S = 20.0
RUSH_S = 40.0
EVENTS_S = 25.0
"""Events a second in a rush."""
CROWD = 60
"""So many of those who drew a number in an even rush are there at once."""
HOUR_EVENTS = 5000
"""What a busy office of six counters has in an hour, several times over."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of window: its module, its screen, and what is done before it counts as working."""

    name: str
    size: tuple[int, int]
    begin: Callable[[Window], object]


def _signed_in(window: Window) -> None:
    window.wait_for("officer:0")
    window.screen.press("s")
    time.sleep(1)
    window.screen.press(*PIN, "Return")
    window.wait_for("next")


KINDS = (
    Kind("display", (1920, 1080), lambda window: window.wait_screen("resting")),
    Kind("kiosk", (1080, 1920), lambda window: window.wait_for("language:id")),
    Kind("counter", (1280, 800), _signed_in),
)


@contextmanager
def opened(kind: Kind, office: OfficeProcess, folder: Path) -> Iterator[tuple[Window, psutil.Process]]:
    """Open a window on a virtual screen of its own; return it with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    screen = VirtualScreen(*kind.size)
    screen.start()
    targets = folder / f"{kind.name}.json"
    place = {"ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": f"{kind.size[0]}x{kind.size[1]}+0+0"}
    process = subprocess.Popen(
        [sys.executable, "-m", kind.name, "--config", str(office.config), "--data", str(office.data_dir)],
        env={**os.environ, **office.environment, **place, "DISPLAY": screen.name},
    )
    try:
        yield Window(kind.name, screen, targets), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        screen.stop()


# -- a call painted ---------------------------------------------------------------------------------------------------


def painted_table(folder: Path) -> Table:
    """Return how long the message of a call takes to be a number on the glass of a display."""
    table = Table(title=f"{CALLS} calls on a real display window, 1920x1080: event/called -> number painted, ms")
    for column in ("what", "p50", "p99", "longest"):
        table.add_column(column, justify="left" if column == "what" else "right")
    office = OfficeProcess(folder / "office", extra=NO_QUOTA | {"ANTREAN_DISPLAYS__0__SOUND__PLAYER": "null"})
    office.start()
    office.wait_online()
    try:
        with (
            opened(KINDS[0], office, folder / "display") as (display, _),
            Caller(office.address, "bench-desk") as caller,
            Glass(display.screen.name) as glass,
        ):
            display.wait_screen("resting")
            time.sleep(SETTLE_S)
            floor = _looks(glass)
            taken = _painted(caller, glass)
    finally:
        office.stop()
    table.add_row("floor: a look at the place of the number", *milliseconds(floor), f"{max(floor) * 1000:.2f}")
    table.add_row("event/called -> number painted", *milliseconds(taken), f"{max(taken) * 1000:.2f}")
    return table


NUMBER: Box = (30, 60, 120, 40)
"""Of a display of 1920 x 1080: a call covers the panel here. Small, so that looking costs the machine nothing."""


def _looks(glass: Glass) -> list[float]:
    taken = []
    for _ in range(CALLS):
        begin = time.monotonic()
        glass.look(NUMBER)
        taken.append(time.monotonic() - begin)
    return taken


def _painted(caller: Caller, glass: Glass) -> list[float]:
    """Call, look, take back, and call the next: what was undone leaves at once."""
    chance = random.Random(1)  # noqa: S311 - to meet the window's frames at any moment
    arrived: queue.SimpleQueue[float] = queue.SimpleQueue()
    caller.bus.listen(caller.bus.topics.event("called"), EventMessage, lambda _: arrived.put(time.monotonic()))
    desk = {
        "counter": "counter-1",
        "session": caller.do("open", counter="counter-1", officer="siti", pin=PIN)["session"],
    }
    taken = []
    for _ in range(CALLS):
        ticket = caller.do("issue", service="new-passport", language="en")["ticket"]["id"]
        time.sleep(0.3)
        before = glass.look(NUMBER)
        threading.Thread(target=caller.do, args=("call",), kwargs={"ticket": ticket, **desk}).start()
        at = glass.changed_at(NUMBER, before, within_s=5)
        taken.append(at - arrived.get(timeout=5))
        time.sleep(0.1)
        caller.do("undo", **desk)
        time.sleep(chance.uniform(0.4, 0.6))
    return taken


# -- what a window costs ----------------------------------------------------------------------------------------------


def process_table(folder: Path, names: tuple[str, ...] = ()) -> Table:
    """Return what each kind of window takes of a core and of memory: idle, in a rush, after an accelerated hour."""
    table = Table(
        title=f"a window's process in the working office: share of a core idle and at {EVENTS_S:g} events/s,"
        f" resident MiB at start, after {RUSH_S:g} s of rush and after {HOUR_EVENTS:,} events"
    )
    for column in ("window", "idle", "rush", "at start", "after the rush", "after the hour"):
        table.add_column(column, justify="left" if column == "window" else "right")
    for kind in KINDS:
        if not names or kind.name in names:
            cost = cost_of(kind, folder / kind.name)
            memory = [f"{mib:.0f}" for mib in cost.resident_mib]
            table.add_row(kind.name, f"{cost.idle:.1%}", f"{cost.rush:.1%}", *memory)
    return table


@dataclass(slots=True)
class Cost:
    """Shares of a core, and resident memory over time."""

    idle: float = 0.0
    rush: float = 0.0
    resident_mib: list[float] = field(default_factory=list)


def cost_of(kind: Kind, folder: Path) -> Cost:
    """Measure one window in an office of its own."""
    office = OfficeProcess(folder / "office", extra=NO_QUOTA)
    office.start()
    office.wait_online()
    cost = Cost()
    try:
        with (
            opened(kind, office, folder) as (window, process),
            Caller(office.address, "bench", listens=False) as caller,
        ):
            fill(caller, office.settings, 60)  # an officer who has nobody to call has nothing to press
            kind.begin(window)
            time.sleep(SETTLE_S)
            cost.idle = _share(process, lambda: time.sleep(IDLE_S))
            cost.resident_mib.append(_resident_mib(process))
            rush = Rush(caller, office, spared="counter-1" if kind.name == "counter" else "")
            cost.rush = _share(process, lambda: rush.run(int(RUSH_S * EVENTS_S)))
            cost.resident_mib.append(_resident_mib(process))
            rush.run(HOUR_EVENTS - int(RUSH_S * EVENTS_S))
            time.sleep(2)
            cost.resident_mib.append(_resident_mib(process))
    finally:
        office.stop()
    return cost


class Rush:
    """An office in which everything happens at once: numbers are drawn and printed, called, served."""

    def __init__(self, caller: Caller, office: OfficeProcess, *, spared: str = "", is_even: bool = False) -> None:
        """`spared` is the counter whose window is measured: its officer sits there.

        `is_even`: as many leave as come. Else the hall fills, for most have further stages to wait for.
        """
        self._caller = caller
        officers = [officer.id for officer in office.settings.officers if officer.id != "siti" or not spared]
        counters = [counter.id for counter in office.settings.counters if counter.id != spared]
        self._desks = cycle(
            {"counter": counter, "session": caller.do("open", counter=counter, officer=officer, pin=PIN)["session"]}
            for counter, officer in zip(counters, officers, strict=False)
        )
        self._kinds = cycle(kinds(office.settings))
        self._is_even, self._here = is_even, deque[str]()
        self._steps = self._all_steps()

    def run(self, events: int) -> None:
        """Let so much happen, evenly."""
        begin = time.monotonic()
        for count in range(events):
            next(self._steps)
            time.sleep(max(0.0, begin + (count + 1) / EVENTS_S - time.monotonic()))

    def _all_steps(self) -> Iterator[None]:
        for desk in self._desks:
            service, lane = next(self._kinds)
            issued = self._caller.do("issue", service=service, lane=lane)["ticket"]["id"]
            yield
            self._caller.ask("printed", ticket=issued, outcome="confirmed")
            yield
            for step in ("next", "start", "finish"):
                self._caller.ask(step, **desk)
                yield
            self._here.append(issued)
            if self._is_even and len(self._here) > CROWD:
                self._caller.ask("cancel", ticket=self._here.popleft())
                yield


def _share(process: psutil.Process, work: Callable[[], object]) -> float:
    """Return how much of one core a process takes while `work` goes on."""
    before, begin = process.cpu_times(), time.monotonic()
    work()
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (time.monotonic() - begin)


def _resident_mib(process: psutil.Process) -> float:
    resident: int = process.memory_info().rss
    return resident / 2**20
