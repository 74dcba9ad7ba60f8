"""Rounds of an office at work in which one thing breaks: real processes, real signals, real sockets, a real disk."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.chaos.faults import KINDS
from tests.chaos.ledger import BrokenPromiseError, Ledger, last_line, read
from tests.chaos.players import Kiosk, Pages, Player, Screens, Window
from tests.support.caller import wait_until
from tests.support.earlier_broker import SetClock
from tests.support.office import OfficeProcess
from tests.support.program import run
from tests.support.proxy import Proxy
from tests.support.web_process import PUBLIC

CONVERGED_S = 5.0
"""So soon after the fault all screens show the same, and what is true."""
STARTS_S = 45.0
"""So long may a broker take that was killed, on a machine with much else to do: how long it is stands in the docs."""


@dataclass(slots=True)
class Figures:
    """What came of all rounds."""

    rounds: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    refused_for_now: int = 0
    alone: int = 0
    """Numbers that the kiosk gave out while it could reach nobody."""
    refused_papers: int = 0
    """Papers of a day that was over, whose lease was lost with a harmed database; the kiosk says so in its log."""
    forgotten: int = 0
    """Numbers that a database had lost which somebody had harmed; each was named by `antrean recover`."""
    converged_s: list[float] = field(default_factory=list)
    """Of each round the longer: from the mended line and engine until all screens were connected, and from the last
    answer until all showed what the journal says."""


class Chaos:
    """An office, those who work in it behind lines that fail, and a ledger of all that they were told."""

    def __init__(
        self,
        folder: Path,
        *,
        server: str = "mosquitto",
        cast: frozenset[str] = frozenset(),
        within_s: float | None = CONVERGED_S,
    ) -> None:
        """Prepare an office in `folder`, and the processes of `cast` beside the screens.

        Screens have to be level again `within_s`, or else that is only measured.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.figures = Figures()
        self.ledger = Ledger()
        self.clock = SetClock(folder / "clock")
        self.office = OfficeProcess(
            folder / "var", server=server, clock=self.clock.path, said=folder / "said", extra=dict(PUBLIC)
        )
        self.line: Proxy = Proxy(self.office.address)
        self.chance: random.Random = random.Random()  # noqa: S311 - no secret
        self._folder, self._cast, self._within_s = folder, cast, within_s
        self._set_s: dict[str, float] = {}
        self._players: dict[str, Player] = {}
        self._witness = self.office.caller("witness")
        """Beside the line: tells when the engine is there."""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.office.start()
            stack.callback(self.office.stop)
            stack.enter_context(self.line)
            stack.enter_context(self._witness)
            self.screens = Screens(self.line.address, self.ledger)
            self._enter(stack, "screens", self.screens)
            if "kiosk" in self._cast:
                self.kiosk: Kiosk = Kiosk(self.office, self.ledger, self._folder)
                self._enter(stack, "kiosk", self.kiosk)
            if "counter" in self._cast:
                self.window: Window = Window(self.office)
                self._enter(stack, "counter", self.window)
            if "pages" in self._cast:
                self.pages: Pages = Pages(self.office, self.ledger)
                self._enter(stack, "pages", self.pages)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def play(self, name: str, *, everybody: bool = True) -> None:
        """Let people work, break one thing in the middle, mend it, and look at everything.

        Without `everybody` only those work whom the kind of round is about, and the screens.
        """
        kind = KINDS[name]
        self.ledger.begin(is_overtaken=kind.overtakes)
        before = kind.before(self)
        for name_of, player in self._players.items():
            if everybody or name_of in {"screens", *kind.cast}:
                player.begin()
        self.pass_on(self.chance.uniform(0.0, 0.05))
        kind.breaks(self, before)
        self.pass_on(self.chance.uniform(0.05, 0.4))
        self.heal()
        self.wait(lambda: self._witness.linked, "the engine is there again")
        mended_s = time.monotonic()
        self.wait(lambda: all(one.is_linked() for one in self._players.values()), "all screens are there")
        linked_s = time.monotonic() - mended_s
        self.wait(lambda: all(one.is_done() for one in self._players.values()), "everything is answered")
        if kind.overtakes:
            self.go_on()
        answered_s = time.monotonic()
        try:
            self.wait(self._is_level, "all screens show what the journal says")
        except AssertionError as error:
            last = last_line(self.office.database)
            behind = [
                f"{name} ({player.told()})" for name, player in self._players.items() if not player.is_level(last)
            ]
            message = f"{error}; the journal ends at {last}; behind: {', '.join(behind)}"
            raise BrokenPromiseError(message) from error
        self.figures.converged_s.append(max(linked_s, time.monotonic() - answered_s))
        if self._within_s is not None and self.figures.converged_s[-1] > self._within_s:
            message = f"level after {self.figures.converged_s[-1]:.1f} s"
            raise BrokenPromiseError(message)
        self._look()
        self.figures.rounds[name] += 1

    def verify(self) -> None:
        """Let `antrean journal verify` look at the whole."""
        self.antrean("journal", "verify")

    @property
    def lines(self) -> list[Proxy]:
        """Return all lines of the office."""
        ours = {"kiosk": "kiosk", "counter": "window", "pages": "pages"}
        return [self.line, *(getattr(self, name).line for part, name in ours.items() if part in self._cast)]

    # -- for what breaks ----------------------------------------------------------------------------------------------

    @property
    def broker(self) -> psutil.Process:
        """Return the broker."""
        assert self.office.process is not None
        return psutil.Process(self.office.process.pid)

    @property
    def server(self) -> psutil.Process:
        """Return the MQTT server: the broker's own child."""
        wanted = ("mosquitto", "broker.server.embedded")
        return next(one for one in self.broker.children() if any(name in " ".join(one.cmdline()) for name in wanted))

    def antrean(self, *command: str) -> str:
        """Do what a person would at this machine, by its clock; return what was said."""
        place = ("--data", str(self.office.data_dir))
        config = () if command[0] == "clock" else ("--config", str(self.office.config))
        asked = (str(self.clock.path), *command, *config, *place)
        found = run("tests.support.by_clock", *asked, env=self.office.environment)
        said = " ".join((found.stdout + found.stderr).split())
        if found.returncode:
            message = f"antrean {' '.join(command)}: {said}"
            raise BrokenPromiseError(message)
        return said

    def set_clock(self, why: str, by_s: float) -> None:
        """Set the clock forwards, or back again where it was set so before."""
        before_s = self._set_s.pop(why, None)
        if before_s is None:
            self._set_s[why] = by_s
        self.clock.off_s += by_s if before_s is None else -before_s

    @property
    def is_ahead(self) -> bool:
        """Tell whether the clock was set ahead by days, and not back again."""
        return "days" in self._set_s

    def go_on(self) -> None:
        """Let everybody begin anew with what the office knows, once it is there."""
        self.wait(lambda: self._witness.linked, "the engine is there")
        self.ledger.phones.clear()  # they may show a ticket of yesterday, or none
        for player in self._players.values():
            player.go_on()

    def heal(self) -> None:
        """Let all lines carry well again."""
        for line in self.lines:
            line.heal()

    def pass_on(self, seconds: float) -> None:
        """Let everybody work for so long."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._work()
            time.sleep(0.005)  # other processes have no clock that could be injected

    def wait(self, true: Callable[[], bool], what: str, timeout_s: float = STARTS_S) -> None:
        """Let everybody work until something is true."""

        def looked() -> bool:
            self._work()
            return true()

        wait_until(looked, what, timeout_s)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _enter(self, stack: ExitStack, name: str, player: Player) -> None:
        self._players[name] = player
        stack.callback(player.stop)

    def _work(self) -> None:
        for player in self._players.values():
            player.work()

    def _is_level(self) -> bool:
        last = last_line(self.office.database)
        return all(one.is_level(last) for one in self._players.values())

    def _look(self) -> None:
        """Hold the journal against what everybody was told."""
        journal = read(self.office.database)
        if "kiosk" in self._cast:
            self.kiosk.say_refused()
        self.ledger.hold_against(journal, self.screens.clients)
        for player in self._players.values():
            player.look(journal)
        self.figures.acknowledged = self.screens.acknowledged
        self.figures.alone = self.kiosk.alone if "kiosk" in self._cast else 0
        self.figures.refused_papers = self.ledger.refused.total()
        self.figures.forgotten = self.ledger.forgotten
        self.figures.refused_for_now = self.screens.refused_for_now


def play(
    folder: Path,
    *,
    rounds: int,
    seed: int,
    server: str = "mosquitto",
    kinds: Sequence[str] = (),
    within_s: float | None = CONVERGED_S,
    everybody: bool = True,
    tell: Callable[[str], None] = lambda _line: None,
) -> Figures:
    """Play so many rounds, of each kind in turn in a shuffled order; `BrokenPromiseError` says how to play it again."""
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    kinds = sorted(kinds or KINDS)
    names: list[str] = []
    order = random.Random(seed)  # noqa: S311 - no secret: the same faults again
    while len(names) < rounds:
        names += order.sample(kinds, len(kinds))
    cast = frozenset(one for name in (KINDS if everybody else kinds) for one in KINDS[name].cast)
    with Chaos(folder, server=server, cast=cast, within_s=within_s) as chaos:
        for number, name in enumerate(names[:rounds], start=1):
            chaos.chance.seed(f"{seed}/{number}/{name}")
            begun_s = time.monotonic()
            try:
                chaos.play(name, everybody=everybody)
                took_s = time.monotonic() - begun_s
                tell(f"{number:4d}  {name}: level after {chaos.figures.converged_s[-1]:.2f} s, {took_s:.0f} s in all")
            except Exception as error:
                again = f"--seed {seed} --rounds {number} --server {server}"
                chosen = "".join(f' --kind "{kind}"' for kind in kinds) if kinds != sorted(KINDS) else ""
                message = f"round {number}, {name}: {error}\nagain: python -m tests.chaos {again}{chosen}"
                raise BrokenPromiseError(message) from error
        chaos.verify()
        return chaos.figures
