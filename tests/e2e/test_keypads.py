"""Counters without a PC: real broker, real process, keypads at the end of a pseudo terminal or a network cable."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.contract.messages import EventMessage, Presence
from hardware.codecs.keypads.known import Codec, pad_side_for
from hardware.codecs.keypads.pad import PadFace
from hardware.emulators.keypad import EmulatedKeypads
from hardware.emulators.wire import PtyWire, TcpWire, Wire
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess

PIN = ("1", "2", "3", "4", "enter")
KEYPADS = """\
keypads:
  - id: keypads-1
    codec: {codec}
    line: {{url: "{url}"}}
    polling: {{every_s: 0.02, absent_every_s: 0.1}}
    pads:
      - counter: counter-1
        address: 1
        officers: [siti]
      - counter: counter-2
        address: 2
        officers: [budi, dewi]
"""


@contextmanager
def keypads_process(office: OfficeProcess) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "broker", "keypads", "--config", str(office.config), "--data", str(office.data_dir)],
        env=office.environment,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def shows(pads: EmulatedKeypads, address: int, text: str, waiting: int | None = None) -> None:
    wait_until(lambda: pads.face(address) == PadFace(text, waiting), f"{address} shows {text}, {waiting} waiting")


def next_event(caller: Caller, kind: str) -> EventMessage:
    while (event := caller.events.get(timeout=10)).type != kind:
        pass
    return event


@pytest.mark.parametrize(("codec", "cable"), [("ascii", "pty"), ("caller", "tcp")])
def test_a_morning_at_two_counters_without_a_pc(tmp_path: Path, codec: Codec, cable: str) -> None:
    wire: Wire = PtyWire(tmp_path / "var" / "devices" / "pads") if cable == "pty" else TcpWire()
    url = "pty:pads" if cable == "pty" else wire.url
    config = tmp_path / "config.yaml"
    text = CONFIG.read_text(encoding="utf-8").replace("keypads: []", KEYPADS.format(codec=codec, url=url), 1)
    config.write_text(text, encoding="utf-8")
    office = OfficeProcess(tmp_path / "var", config=config, extra={"ANTREAN_MQTT__SECRET": "a-secret-of-the-house"})
    office.start()
    pads = EmulatedKeypads(wire, pad_side_for(codec, keymap={}), (1, 2))
    pads.start()
    try:
        play(office, pads, wire)
    finally:
        pads.stop()
        office.stop()


def play(office: OfficeProcess, pads: EmulatedKeypads, wire: Wire) -> None:
    caller = Caller(office.settings.mqtt.address("up"), "up")
    presences: list[Presence] = []
    caller.bus.listen(caller.bus.topics.presence("keypads-1"), Presence, presences.append)
    with caller, keypads_process(office):
        shows(pads, 1, "PIN", 0)
        shows(pads, 2, "ID", 0)
        first = caller.do("issue", service="new-passport")["ticket"]["number"]
        second = caller.do("issue", service="new-passport")["ticket"]["number"]
        pads.press(1, *PIN)
        shows(pads, 1, "----", 2)
        pads.press(1, "next")
        called = next_event(caller, "called")
        assert (called.number, called.counter) == (first, "counter-1")
        shows(pads, 1, first, 1)
        pads.press(2, "2", "enter", *PIN)
        shows(pads, 2, "----", 1)
        pads.press(2, "next")
        assert next_event(caller, "called").number == second
        shows(pads, 2, second, 0)
        pads.press(2, "no_show")
        assert next_event(caller, "no_show").number == second
        pads.press(1, "start", "finish")
        assert next_event(caller, "finished").number == first
        both = ("keypad counter-1", "keypad counter-2")
        assert presences[-1].devices == dict.fromkeys(both, "present")
        wire.unplug()
        wait_until(lambda: presences[-1].devices == dict.fromkeys(both, "absent"), "the pulled cable is told")
        wire.plug()
        wait_until(lambda: presences[-1].devices == dict.fromkeys(both, "present"), "the pads are back")
    shows(pads, 1, "E-00")
    with Caller(office.settings.mqtt.address("up"), "up") as caller, keypads_process(office):
        shows(pads, 1, "----", 1)  # nobody was asked for a PIN again; the first visitor waits for the next stage
        pads.press(1, "next")
        assert next_event(caller, "called").number == first
        shows(pads, 1, first, 0)
