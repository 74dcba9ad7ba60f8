"""Rounds of an office at work in which one thing breaks: real processes, real signals, real sockets, a real disk."""

from __future__ import annotations

import os
import queue
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from broker.contract.messages import PASSING, Reply
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess
from tests.support.program import run
from tests.support.proxy import Proxy
from tests.support.sqlite import opened

CONVERGED_S = 5.0
"""So soon after the fault all screens show the same, and what is true."""
STARTS_S = 30.0
"""So long may a broker take that was killed; docs/reliability.md says how long it takes."""
SERVICE, PIN = "new-passport", "1234"
DESKS: Mapping[str, str] = {"counter-1": "siti", "counter-2": "budi"}
TICKETS = 6
"""Asked for in each round, while it breaks."""


class BrokenPromiseError(AssertionError):
    """The office did not keep what it says of itself."""


@dataclass(slots=True)
class Figures:
    """What came of all rounds."""

    rounds: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    refused_for_now: int = 0
    converged_s: list[float] = field(default_factory=list)
    """Of each round the longer: from the mended line and engine until all screens were connected, and from the last
    answer until all showed what the journal says."""


class Chaos:
    """An office, its screens behind lines that fail, and a ledger of all that was acknowledged."""

    def __init__(self, folder: Path, seed: int, server: str = "mosquitto") -> None:
        """Prepare an office in `folder`; the same seed breaks the same things in the same order."""
        self.figures = Figures()
        self._chance = random.Random(seed)  # noqa: S311 - no secret: the same faults again
        self._office = OfficeProcess(folder, server=server)
        self._line = Proxy(self._office.address)
        self._screens = {name: Caller(self._line.address, name) for name in ("kiosk-1", *DESKS)}
        self._witness = self._office.caller("witness")
        """Beside the line: tells when the engine is there."""
        self._sessions: dict[str, str] = {}
        self._issued: dict[str, str] = {}
        """What the kiosk was told: the number of each ticket, by id."""
        self._called: Counter[str] = Counter()
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._open = 0

    def __enter__(self) -> Self:
        self._office.start()
        self._line.__enter__()
        for screen in (self._witness, *self._screens.values()):
            screen.__enter__()
        for counter, officer in DESKS.items():
            told = self._screens[counter].do("open", counter=counter, officer=officer, pin=PIN)
            self._sessions[counter] = told["session"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for screen in (self._witness, *self._screens.values()):
            screen.bus.stop()
        self._line.__exit__(kind, error, trace)
        self._office.stop()

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        """Return what can break, by name; each mends it again after a while."""
        return {
            "broker killed": self._kill_broker,
            "MQTT server killed": self._kill_server,
            "broker stopped": lambda: self._freeze(self._broker),
            "MQTT server stopped": lambda: self._freeze(self._server),
            "line cut": self._line.cut,
            "line held": self._line.hold,
            "answers held back": lambda: self._line.hold("down"),
            "connections ended": self._line.hang_up,
            "line slow": lambda: self._line.delay(self._chance.uniform(0.05, 0.3)),
            "disk full": self._fill_disk,
        }

    def play(self, fault: str) -> None:
        """Let the office work, break one thing in the middle, mend it, and look at everything."""
        for _ in range(TICKETS):
            self._ask("kiosk-1", "issue", {"service": SERVICE}, self._was_issued)
        for counter in DESKS:
            self._ask(counter, "next", self._desk(counter), self._was_called(counter))
        self._pass(self._chance.uniform(0.0, 0.05))
        self.faults[fault]()
        self._pass(self._chance.uniform(0.05, 0.4))
        self._line.heal()
        self._wait(lambda: self._witness.linked, "the engine is there again", STARTS_S)
        mended_s = time.monotonic()
        self._wait(lambda: all(one.linked for one in self._screens.values()), "all screens are there", STARTS_S)
        linked_s = time.monotonic() - mended_s
        self._wait(lambda: not self._open, "everything is answered", STARTS_S)
        answered_s = time.monotonic()
        self._wait(self._is_level, "all screens show what the journal says", STARTS_S)
        self.figures.converged_s.append(max(linked_s, time.monotonic() - answered_s))
        if self.figures.converged_s[-1] > CONVERGED_S:
            message = f"{fault}: level after {self.figures.converged_s[-1]:.1f} s"
            raise BrokenPromiseError(message)
        self._look()
        self.figures.rounds[fault] += 1

    def verify(self) -> None:
        """Let `antrean journal verify` look at the whole."""
        command = ("journal", "verify", "--config", str(self._office.config), "--data", str(self._office.data_dir))
        found = run("broker", *command, env=self._office.environment)
        if found.returncode:
            raise BrokenPromiseError(found.stderr)

    # -- work ---------------------------------------------------------------------------------------------------------

    def _desk(self, counter: str) -> dict[str, Any]:
        return {"counter": counter, "session": self._sessions[counter]}

    def _ask(
        self, client: str, command: str, arguments: Mapping[str, Any], answered: Callable[[dict[str, Any]], None]
    ) -> None:
        """Ask until it is done; what is refused for now is asked anew, as screens do."""
        self._open += 1

        def heard(reply: Reply) -> None:
            self._answers.put(lambda: done(reply))

        def done(reply: Reply) -> None:
            self._open -= 1
            if reply.ok:
                self.figures.acknowledged += 1
                answered(reply.result or {})
            elif reply.error is not None and reply.error.code in PASSING:
                self.figures.refused_for_now += 1
                self._ask(client, command, arguments, answered)
            else:
                message = f"{command} of {client}: {reply.error}"
                raise BrokenPromiseError(message)

        self._screens[client].bus.request(command, arguments, heard)

    def _was_issued(self, result: dict[str, Any]) -> None:
        ticket = result["ticket"]
        if ticket["id"] in self._issued or ticket["number"] in self._issued.values():
            message = f"{ticket['number']} was given twice"
            raise BrokenPromiseError(message)
        self._issued[ticket["id"]] = ticket["number"]

    def _was_called(self, counter: str) -> Callable[[dict[str, Any]], None]:
        def called(result: dict[str, Any]) -> None:
            if result["ticket"] is not None:
                self._called[result["ticket"]["id"]] += 1
                self._ask(counter, "finish", self._desk(counter), lambda _result: None)

        return called

    def _pass(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._take_in()
            time.sleep(0.005)  # other processes have no clock that could be injected

    def _take_in(self) -> None:
        while not self._answers.empty():
            self._answers.get()()

    def _wait(self, true: Callable[[], bool], what: str, timeout_s: float) -> None:
        def looked() -> bool:
            self._take_in()
            return true()

        wait_until(looked, what, timeout_s)

    # -- what breaks --------------------------------------------------------------------------------------------------

    @property
    def _broker(self) -> psutil.Process:
        assert self._office.process is not None
        return psutil.Process(self._office.process.pid)

    @property
    def _server(self) -> psutil.Process:
        """Return the MQTT server: the broker's own child."""
        wanted = ("mosquitto", "broker.server.embedded")
        return next(one for one in self._broker.children() if any(name in " ".join(one.cmdline()) for name in wanted))

    def _kill_broker(self) -> None:
        self._office.kill()
        self._office.start()

    def _kill_server(self) -> None:
        self._server.send_signal(signal.SIGKILL)

    def _freeze(self, process: psutil.Process) -> None:
        process.send_signal(signal.SIGSTOP)
        try:
            self._pass(self._chance.uniform(0.2, 1.0))
        finally:
            process.send_signal(signal.SIGCONT)

    def _fill_disk(self) -> None:
        """Let no file of the broker grow for a while: writes fail as on a full disk, in the middle of a record too."""
        largest = max(path.stat().st_size for path in self._office.data_dir.glob("office.db*"))
        limit = max(1, largest - self._chance.randrange(4096))
        _, hard = resource.prlimit(self._broker.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._broker.pid, resource.RLIMIT_FSIZE, (limit, hard))
        try:
            self._pass(self._chance.uniform(0.2, 0.8))
        finally:
            resource.prlimit(self._broker.pid, resource.RLIMIT_FSIZE, (hard, hard))

    # -- what must hold -----------------------------------------------------------------------------------------------

    def _is_level(self) -> bool:
        with opened(f"file:{self._office.database}?mode=ro", uri=True) as books:
            (last,) = books.execute("SELECT max(seq) FROM events").fetchone()
        return all(one.linked and one.hall is not None and one.hall.seq == last for one in self._screens.values())

    def _look(self) -> None:
        """Hold the journal against what was acknowledged."""
        with opened(f"file:{self._office.database}?mode=ro", uri=True) as books:
            lines: Sequence[tuple[str, str]] = books.execute(
                "SELECT type, ticket FROM events WHERE ticket IS NOT NULL ORDER BY seq"
            ).fetchall()
        issued = Counter(ticket for kind, ticket in lines if kind == "issued")
        if set(issued) != set(self._issued) or set(issued.values()) - {1}:
            message = f"acknowledged {len(self._issued)} tickets, the journal has {sum(issued.values())}"
            raise BrokenPromiseError(message)
        last: dict[str, str] = {}
        for kind, ticket in lines:
            if kind == "called" and last.get(ticket) == "called":
                message = f"{self._issued[ticket]} was called twice"
                raise BrokenPromiseError(message)
            last[ticket] = kind
        called = Counter(ticket for kind, ticket in lines if kind == "called")
        if called != self._called:
            message = f"acknowledged {self._called.total()} calls, the journal has {called.total()}"
            raise BrokenPromiseError(message)


def play(folder: Path, *, rounds: int, seed: int, server: str = "mosquitto") -> Figures:
    """Play so many rounds, of each fault in turn in a shuffled order; raises BrokenPromiseError."""
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    order = random.Random(seed)  # noqa: S311 - the same
    with Chaos(folder, seed, server) as chaos:
        names: list[str] = []
        while len(names) < rounds:
            names += order.sample(sorted(chaos.faults), len(chaos.faults))
        for fault in names[:rounds]:
            chaos.play(fault)
        chaos.verify()
        return chaos.figures
