"""The parts of a running kiosk, put together. Import after `window.prepare`."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

from broker.config.settings import Kiosk, Settings
from broker.contract.messages import HallMessage, OfficeMessage, Ticket
from broker.contract.topics import Topics
from broker.screen import OfficeBus
from hardware.panel.bridge import every, post
from hardware.panel.keys import on_key
from hardware.panel.scale import Reader
from hardware.panel.screen import PanelApp
from hardware.panel.targets import targets_file
from hardware.worker import DeviceWorker
from kiosk.pages import View
from kiosk.presenter import Clocks, Presenter
from kiosk.printing import TicketPrinter
from kiosk.scanning import KioskScanner
from kiosk.touches import touch
from kiosk.view import RULES, KioskView
from kiosk.visit import SETTLE_S

TICK_S = 0.1
TARGETS_REST_S = SETTLE_S + 0.1
"""Touch targets are told to the outside only when touching them would count."""


class KioskProcess:
    """One kiosk, from the window's opening to its end."""

    def __init__(self, settings: Settings, kiosk: Kiosk, *, data_dir: Path, bus: OfficeBus) -> None:
        """Build all parts; nothing is shown or sent before `run`."""
        zone = settings.office.zone
        self._bus = bus
        self._worker = DeviceWorker("printer", post)
        self._printer = TicketPrinter(kiosk.printer, data_dir=data_dir, worker=self._worker)
        self._devices: dict[str, str] = {}
        self._view: KioskView | None = None
        self._presenter = Presenter(
            requester=bus,
            print_ticket=self._print,
            show=self._show,
            clocks=Clocks(lambda: dt.datetime.now(zone), time.monotonic),
            languages=settings.office.languages,
            idle_s=kiosk.idle_s,
            has_scanner=kiosk.scanner is not None,
        )
        self._scanner = KioskScanner(
            kiosk.scanner,
            data_dir=data_dir,
            post=post,
            on_code=self._presenter.holder.scanned,
            on_health=lambda health: self._report("scanner", health),
        )
        title = f"Antrean {kiosk.id}"
        self._app = PanelApp(kiosk.panel, reader=Reader.VISITOR, title=title, rules=RULES, root=self._build)
        self._app.on_begin, self._app.on_end = self._begin, self._end
        self._listen(Topics(settings.office.id))

    def run(self) -> None:
        """Show the window until it is closed or told to end."""
        self._app.run()

    def _listen(self, topics: Topics) -> None:
        self._bus.listen(topics.office_state(), OfficeMessage, self._presenter.office_changed)
        self._bus.listen(topics.hall(), HallMessage, self._presenter.hall_changed)
        self._bus.on_link(self._presenter.link_changed)

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        targets = targets_file(rest_s=TARGETS_REST_S)
        self._view = KioskView(self._touch, touched=self._presenter.touched, targets=targets)
        on_key(self._scanner.key, repeats=True)
        return self._view.root

    def _begin(self) -> None:
        self._presenter.tick()
        self._stop_ticks = every(TICK_S, self._presenter.tick)
        self._printer.check(lambda health: self._report("printer", health))
        self._scanner.start()
        self._bus.start()

    def _end(self) -> None:
        self._stop_ticks()
        self._view = None  # what still comes in has nothing left to be drawn on
        self._bus.stop()
        self._scanner.stop()
        self._worker.stop()

    def _report(self, device: str, health: str) -> None:
        self._devices[device] = health
        self._bus.report_devices(self._devices)

    def _touch(self, target: str) -> None:
        touch(self._presenter, target)

    def _show(self, view: View) -> None:
        if self._view is not None:
            self._view.show(view)

    def _print(self, ticket: Ticket, office: OfficeMessage) -> None:
        self._printer.print(ticket, office, self._presenter.printed)
