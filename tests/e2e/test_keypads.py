"""Counters without a PC: real broker, real process, keypads at the end of a pseudo terminal or a network cable."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.contract.messages import EventMessage, Presence
from hardware.codecs.keypads.ascii import AsciiPad
from hardware.codecs.keypads.caller import CallerPad
from hardware.codecs.keypads.pad import PadFace
from hardware.emulators.keypad import EmulatedKeypads
from hardware.emulators.wire import PtyWire, TcpWire
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program

PIN = ("1", "2", "3", "4", "enter")
KEYPADS = """\
keypads:
  - id: keypads-1
    codec: ascii
    line: {url: "pty:pads"}
    polling: {every_s: 0.02, absent_every_s: 0.1}
    pads:
      - {counter: counter-1, address: 7, officers: [siti]}
      - {counter: counter-3, address: 8, officers: [dewi]}
  - id: keypads-2
    codec: caller
    line: {url: "socket://127.0.0.1:PORT"}
    polling: {every_s: 0.02, absent_every_s: 0.1}
    pads:
      - {counter: counter-2, address: 1, officers: [agus, budi]}
"""


@dataclass
class Morning:
    """An open office, two lines of keypads, and somebody who takes numbers and watches."""

    office: OfficeProcess
    one: EmulatedKeypads
    two: EmulatedKeypads
    caller: Caller
    presences: list[Presence] = field(default_factory=list)

    @property
    def devices(self) -> dict[str, str]:
        """Return how the first line's devices fare, as told last."""
        return self.presences[-1].devices

    def number(self) -> str:
        """Take a number."""
        ticket: dict[str, str] = self.caller.do("issue", service="new-passport")["ticket"]
        return ticket["number"]

    def event(self, kind: str) -> EventMessage:
        """Return the next event of a kind."""
        while (event := self.caller.events.get(timeout=10)).type != kind:
            pass
        return event

    def fares(self, state: str) -> None:
        """Wait until both pads of the first line are told to be so."""
        both = {"keypad counter-1": state, "keypad counter-3": state}
        wait_until(lambda: bool(self.presences) and both.items() <= self.devices.items(), f"the pads are {state}")


EXTRA = {"ANTREAN_MQTT__OPEN_ON_LOOPBACK": "false", "ANTREAN_LANES__REGULAR__NO_SHOW_AFTER_S": "0"}


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    cable = TcpWire()
    config = tmp_path / "config.yaml"
    keypads = KEYPADS.replace("PORT", str(cable.port))
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("keypads: []", keypads, 1), encoding="utf-8")
    office = OfficeProcess(tmp_path / "var", config=config, extra=EXTRA)
    one = EmulatedKeypads(PtyWire(office.data_dir / "devices" / "pads"), AsciiPad(), (7, 8))
    two = EmulatedKeypads(cable, CallerPad(), (1,))
    with ExitStack() as stack:
        for pads in (one, two):
            pads.start()
            stack.callback(pads.stop)
        office.start()
        stack.callback(office.stop)
        made = Morning(office, one, two, office.own_caller("kiosk-1"))
        made.caller.bus.listen(made.caller.bus.topics.presence("keypads-1"), Presence, made.presences.append)
        stack.enter_context(made.caller)
        yield made


@contextmanager
def keypads_process(office: OfficeProcess, name: str) -> Iterator[None]:
    """Serve a line of keypads as `antrean keypads` does, until the end of the block."""
    command = ("keypads", "--id", name, "--config", str(office.config), "--data", str(office.data_dir))
    process = Program("broker", *command, env=office.environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def shows(pads: EmulatedKeypads, address: int, text: str, waiting: int | None = None) -> None:
    wait_until(lambda: pads.face(address) == PadFace(text, waiting), f"{address} shows {text}, {waiting} waiting")


def test_a_morning_at_two_counters_without_a_pc(morning: Morning) -> None:
    one, two = morning.one, morning.two
    with keypads_process(morning.office, "keypads-1"), keypads_process(morning.office, "keypads-2"):
        shows(one, 7, "PIN", 0)
        shows(two, 1, "ID", 0)
        first, second = morning.number(), morning.number()
        one.press(7, *PIN)
        shows(one, 7, "----", 2)
        one.press(7, "next")
        called = morning.event("called")
        assert (called.number, called.counter) == (first, "counter-1")
        shows(one, 7, first, 1)
        two.press(1, "2", "enter", *PIN)
        shows(two, 1, "----", 1)
        two.press(1, "next")
        assert morning.event("called").number == second
        shows(two, 1, second, 0)
        two.press(1, "no_show")
        assert morning.event("no_show").number == second
        one.press(7, "start", "finish")
        assert morning.event("finished").number == first
        morning.fares("present")
        one.wire.unplug()
        morning.fares("absent")
        assert "went away" in morning.devices["line"] or "cannot be opened" in morning.devices["line"]
        one.wire.plug()
        morning.fares("present")
        assert morning.devices["line"] == "open"
    shows(one, 7, "E-00")
    with keypads_process(morning.office, "keypads-1"):
        shows(one, 7, "----", 1)  # nobody was asked for a PIN again; the first visitor waits for the next stage
        one.press(7, "next")
        assert morning.event("called").number == first
        shows(one, 7, first, 0)
        morning.office.kill()
        shows(one, 7, "E-00")  # and never the last number as if it were still true
