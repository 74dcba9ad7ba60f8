"""A printer without hardware: the emulated printer on a loopback cable, driven over the network as a true one is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hardware.drivers.escpos_printer import DEVICE, EscposPrinter, Patience
from hardware.drivers.network import network_printer
from hardware.emulators.control import Control
from hardware.emulators.paper_folder import PaperFolder
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import TcpWire
from hardware.errors import DeviceUnavailable
from hardware.ports import PrinterStatus, PrintResult

log = logging.getLogger(__name__)


class PreviewDriver:
    """Starts its emulated printer when it is first needed, and ends it with `close`."""

    def __init__(
        self,
        tray: PaperFolder,
        build: Callable[[TcpWire, PaperFolder], PrinterEmulator],
        *,
        control: Path,
        patience: Patience,
    ) -> None:
        """Take where papers fall, how the printer is built on a cable, and where it takes commands."""
        self._tray = tray
        self._build = build
        self._control = control
        self._patience = patience
        self._printer: EscposPrinter | None = None
        self._running = ExitStack()

    def status(self) -> PrinterStatus:
        """Ask the emulated printer."""
        return self._ready().status()

    def print(self, data: bytes, *, title: str) -> PrintResult:
        """Print one job; the result names the picture of its paper."""
        printer = self._ready()
        self._tray.title = title
        self._tray.newest = None
        result = printer.print(data, title=title)
        return replace(result, picture=self._tray.newest)

    def health(self) -> str:
        """Return where the paper comes out."""
        return f"preview: pictures in {self._tray.folder}"

    def close(self) -> None:
        """Switch the emulated printer off."""
        self._printer = None
        self._running.close()

    def _ready(self) -> EscposPrinter:
        if self._printer is None:
            try:
                wire = TcpWire()
            except OSError as error:
                raise DeviceUnavailable(DEVICE, f"the emulated printer has no loopback network: {error}") from error
            emulator = self._build(wire, self._tray)
            self._running.callback(emulator.close)
            try:
                self._running.callback(Control(self._control, emulator.command).close)
            except OSError as error:  # tickets matter more than commands to try faults with
                log.warning("the emulated printer takes no commands: %s", error)
            self._printer = network_printer("127.0.0.1", wire.port, self._patience)
        return self._printer
