"""All keypads of one line as a process: their keys in, their faces out, over MQTT an ordinary client."""

from __future__ import annotations

import datetime as dt
import signal
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from broker.config.desk_devices import Keypads
from broker.config.settings import Settings
from broker.contract.clock import EngineClock
from broker.contract.messages import CounterMessage, HallMessage
from broker.contract.topics import Topics
from broker.screen import BusFor, open_bus
from counter.desk.session import SessionFile
from counter.keypads.presenter import PadPresenter
from counter.keypads.words import NO_CONNECTION
from hardware.codecs.keypads.pad import PadFace
from hardware.line.devices import build_keypads

LINE = "line"
"""The device by whose name the line itself is reported."""
TICK_S = 0.1
"""Faces also change as time goes by: errors pass, pictures grow old."""


class KeypadsProcess:
    """Everything but the devices' own thread happens on the thread that calls `run`."""

    def __init__(self, settings: Settings, keypads: Keypads, *, data_dir: Path, bus_for: BusFor = open_bus) -> None:
        """Build all parts; nothing is opened or sent before `run`."""
        zone = settings.office.zone
        self._steps: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopping = False
        self._bus = bus_for("keypads", settings, keypads.id, self._steps.put)
        self._counters = {pad.address: pad.counter for pad in keypads.pads}
        self._presenters = {
            pad.address: PadPresenter(
                counter=pad.counter,
                officers=pad.officers,
                clock=EngineClock(lambda: dt.datetime.now(zone), time.monotonic),
                requester=self._bus,
                sessions=SessionFile(data_dir / keypads.id / f"{pad.counter}.json"),
            )
            for pad in keypads.pads
        }
        self._faces: dict[int, PadFace] = {}
        self._states: dict[str, str] = {}
        self._devices = build_keypads(
            keypads,
            tuple(self._presenters),
            name=keypads.id,
            data_dir=data_dir,
            on_key=lambda address, key: self._steps.put(lambda: self._presenters[address].key(key)),
            on_state=lambda address, state: self._steps.put(lambda: self._report(self._device(address), state)),
            on_line=lambda trouble: self._steps.put(lambda: self._report(LINE, trouble or "open")),
        )
        self._listen(Topics(settings.office.id))

    def run(self) -> None:
        """Serve the pads until told to stop."""
        self._bus.start()
        self._devices.start()
        while not self._stopping:
            self._work(TICK_S)
            self._show()
        for address in self._presenters:  # nobody looks after them now, so nothing they show would stay true
            self._devices.show(address, PadFace(NO_CONNECTION))
        self._devices.stop()
        self._bus.stop()

    def stop(self) -> None:
        """End `run`, from any thread or a signal's handler."""
        self._steps.put(self._stop)

    def _stop(self) -> None:
        self._stopping = True

    def _listen(self, topics: Topics) -> None:
        self._bus.listen(topics.hall(), HallMessage, self._hall)  # decoded once, however many pads there are
        for presenter in self._presenters.values():
            self._bus.on_taken(presenter.taken)
            self._bus.on_link(lambda online, presenter=presenter: presenter.link(online=online))  # type: ignore[misc]  # binds
        for address, counter in self._counters.items():
            self._bus.listen(topics.counter(counter), CounterMessage, self._presenters[address].desk)

    def _hall(self, message: HallMessage) -> None:
        for presenter in self._presenters.values():
            presenter.hall(message)

    def _work(self, seconds: float) -> None:
        """Do what comes within `seconds`; return as soon as something was done and no more waits."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._steps.get(timeout=max(0.0, deadline - time.monotonic()))()
            except Empty:
                return
            if self._steps.empty():
                return

    def _show(self) -> None:
        for address, presenter in self._presenters.items():
            presenter.tick()
            face = presenter.face
            if self._faces.get(address) != face:
                self._faces[address] = face
                self._devices.show(address, face)

    def _device(self, address: int) -> str:
        return f"keypad {self._counters[address]}"

    def _report(self, device: str, state: str) -> None:
        self._states[device] = state
        self._bus.report_devices(self._states)


def run(settings: Settings, name: str, *, data_dir: Path) -> None:
    """Serve the keypads called `name` until SIGTERM or SIGINT; KeyError for ones that the settings lack."""
    keypads = {entry.id: entry for entry in settings.keypads}[name]
    process = KeypadsProcess(settings, keypads, data_dir=data_dir)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    process.run()
