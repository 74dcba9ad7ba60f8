"""The LED signs of one line as a process: states in by MQTT, rows out to the signs."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from broker.config.desk_devices import SignBus
from broker.config.settings import Settings
from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.messages import CounterMessage, HallMessage
from broker.contract.topics import Topics
from broker.screen import BusFor, open_bus
from display.signs.presenter import SignPresenter
from hardware.codecs.signs.row import Row, dark
from hardware.line.devices import build_signs

TICK_S = 0.1
"""Rows also change as time goes by: they blink, and pictures grow old."""


log = logging.getLogger(__name__)


class SignsApp:
    """Everything but the line's own thread happens on the thread that calls `run`."""

    def __init__(self, settings: Settings, signs: SignBus, *, data_dir: Path, bus_for: BusFor = open_bus) -> None:
        """Build all parts; nothing is opened or sent before `run`."""
        zone = settings.office.zone
        self._steps: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopping = False
        self._bus = bus_for("signs", settings, signs.id, self._steps.put)
        clock = EngineClock(lambda: dt.datetime.now(zone), time.monotonic)
        self._presenter = SignPresenter(signs.signs, blink_s=signs.blink_s, clock=clock, is_training=settings.training)
        self._rows: dict[int, Row] = {}
        self._states: dict[str, str] = {}
        self._line = build_signs(
            signs,
            signs.addresses,
            name=signs.id,
            data_dir=data_dir,
            on_state=lambda address, state: self._steps.put(lambda: self._health(f"sign {address}", state)),
            on_line=lambda trouble: self._steps.put(lambda: self._health("line", trouble or "open")),
        )
        self._listen(signs, Topics(settings.office.id))

    def run(self) -> None:
        """Serve the signs until told to stop; they end dark, as nobody looks after them any more."""
        self._bus.start()
        self._line.start()
        while not self._stopping:
            self._work()
            self._show(dict(self._presenter.rows()))
        self._show({address: dark(row) for address, row in self._rows.items()})
        self._line.stop()
        self._bus.stop()

    def stop(self) -> None:
        """End `run`, from any thread or a signal's handler."""
        self._steps.put(self._stop)

    def _stop(self) -> None:
        self._stopping = True

    def _listen(self, signs: SignBus, topics: Topics) -> None:
        for counter in dict.fromkeys(sign.counter for sign in signs.signs if sign.counter is not None):
            self._bus.listen(topics.counter(counter), CounterMessage, self._presenter.counter)
        # Also without a board: the engine repeats it, and so shows that it is there.
        self._bus.listen(topics.hall(), HallMessage, self._presenter.hall)
        self._bus.on_link(lambda online: self._presenter.link(online=online))
        self._bus.on_taken(lambda standing: self._taken(signs.id, standing))

    def _taken(self, us: str, standing: Standing) -> None:
        """Say to staff, who have no window here, what the screens say in theirs."""
        match standing:
            case "taken":
                log.error("another machine already serves the signs %s: this one does nothing until that ends", us)
            case "wanted":
                log.error("another machine was started to serve the signs %s too, and waits: close it there", us)
            case "untrusted":
                log.error("what answers the signs %s is not the office's server: nothing is shown until that ends", us)
            case "alone":
                log.warning("this machine serves the signs %s alone", us)

    def _work(self) -> None:
        try:
            self._steps.get(timeout=TICK_S)()
        except Empty:
            return

    def _show(self, rows: dict[int, Row]) -> None:
        for address, row in rows.items():
            if self._rows.get(address) != row:
                self._rows[address] = row
                self._line.show(address, row)

    def _health(self, device: str, state: str) -> None:
        self._states[device] = state
        self._bus.report_devices(self._states)


def run(settings: Settings, name: str, *, data_dir: Path) -> None:
    """Serve the signs called `name` until SIGTERM or SIGINT; KeyError for ones that the settings lack."""
    signs = {entry.id: entry for entry in settings.signs}[name]
    app = SignsApp(settings, signs, data_dir=data_dir)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: app.stop())
    app.run()
