"""A kiosk that is killed at any moment of a paper, as by a power cut: never a second paper, never a lost outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from broker.contract.messages import OfficeMessage
from tests.support.program import PROCESSES
from tests.support.station import EmulatedPrinter, wait_until
from tests.ui.kiosk import kiosk_to_kill
from tests.ui.kiosk.kiosk_samples import office, ticket

Told = tuple[str, int, str]
PATIENCE_S = 20.0
"""So long a kiosk may take, also on a machine that does much else."""


class Power:
    """A kiosk's printing that can be switched on and killed, and a printer that stays on."""

    def __init__(self, folder: Path) -> None:
        self.printer = EmulatedPrinter()
        self.told: list[Told] = []
        self._folder = folder
        self._office: OfficeMessage = office()

    @property
    def log(self) -> str:
        """Return what is on the kiosk's disk."""
        path = self._folder / "papers.jsonl"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @contextmanager
    def on(self, *, prints: bool = False) -> Iterator[Connection]:
        """Let a kiosk run until the power goes, at the end of the block."""
        ours, theirs = PROCESSES.Pipe()
        arguments = (self._folder, self.printer.wire.port, self._office, ticket() if prints else None, theirs)
        process = PROCESSES.Process(target=kiosk_to_kill.main, args=arguments, daemon=True)
        process.start()
        theirs.close()
        try:
            yield ours
        finally:
            process.kill()
            process.join()
            ours.close()

    def hears(self, engine: Connection, *, answers: bool = True) -> None:
        """Take what the kiosk tells until it has nothing left to do, and what it is answered is on its disk."""
        while (said := _said(engine)) is not None:
            self.told.append(said)
            if answers:
                engine.send(said[:2])
        engine.send(kiosk_to_kill.QUIT)
        assert _said(engine) is None


def _said(engine: Connection) -> Told | None:
    assert engine.poll(PATIENCE_S), "the kiosk says nothing"
    said: Told | None = engine.recv()
    return said


@pytest.fixture
def power(tmp_path: Path) -> Iterator[Power]:
    power = Power(tmp_path)
    yield power
    power.printer.device.close()


def killed_when(power: Power, moment: Callable[[], bool]) -> None:
    """Begin a paper and cut the power at a moment."""
    with power.on(prints=True):
        wait_until(moment, "the moment to pull the plug")


def outcomes(power: Power) -> list[str]:
    """Return what the kiosk has told of the paper since."""
    assert {told[:2] for told in power.told} <= {(ticket().id, 0)}
    return [told[2] for told in power.told]


def test_a_paper_that_was_not_begun_comes_out_once_after_a_short_cut(power: Power) -> None:
    power.printer.do("unplug")
    killed_when(power, lambda: '"queued"' in power.log)
    power.printer.do("plug")
    with power.on() as engine:
        power.hears(engine)
    assert len(outcomes(power)) == 1
    assert (outcomes(power) == ["confirmed"]) == (power.printer.whole() == 1)
    with power.on() as engine:
        power.hears(engine)
    assert len(outcomes(power)) == 1


def test_a_paper_that_was_about_to_be_sent_is_unconfirmed_and_stays_so(power: Power) -> None:
    power.printer.do("silence")  # the kiosk waits for an answer: nothing of the paper has gone
    killed_when(power, lambda: '"sent"' in power.log)
    power.printer.heal()
    for _ in range(2):
        with power.on() as engine:
            power.hears(engine)
    assert outcomes(power) == ["unconfirmed"]
    assert power.printer.whole() == 0


def test_a_paper_that_was_being_printed_is_unconfirmed_and_comes_out_once(power: Power) -> None:
    power.printer.do("speed 20")
    killed_when(power, lambda: bool(power.printer.device.body._page))
    power.printer.heal()
    with power.on() as engine:
        power.hears(engine)
    assert outcomes(power) == ["unconfirmed"]
    wait_until(lambda: not power.printer.is_working, "the printer is done")
    assert power.printer.begun(ticket().number) <= 1


def test_an_outcome_that_nobody_heard_is_told_again_until_the_engine_has_it(power: Power) -> None:
    killed_when(power, lambda: '"confirmed"' in power.log)
    with power.on() as engine:
        power.hears(engine, answers=False)
    with power.on() as engine:
        power.hears(engine)
    with power.on() as engine:
        power.hears(engine)
    assert outcomes(power) == ["confirmed", "confirmed"]
    assert power.printer.whole() == 1


def test_the_same_paper_is_not_begun_again_by_a_repeated_wish(power: Power) -> None:
    for _ in range(2):
        with power.on(prints=True) as engine:
            power.hears(engine)
    assert outcomes(power) == ["confirmed"]
    assert power.printer.whole() == 1
