"""A printer on a serial line: opened for each job, so that unplugging heals by itself."""

from __future__ import annotations

from hardware.config import Flow
from hardware.drivers.escpos_printer import DEVICE, EscposPrinter, Patience
from hardware.line.serial_line import SerialLine


def serial_printer(url: str, *, baud: int, patience: Patience, flow: Flow = "none") -> EscposPrinter:
    """Return the printer on this line; nothing is opened yet."""
    return EscposPrinter(
        f"serial: {url} at {baud} baud",
        lambda: SerialLink(url, baud=baud, flow=flow, timeout_s=patience.job_s),
        patience,
    )


class SerialLink:
    """One opening of the line. Raises HardwareError only."""

    def __init__(self, url: str, *, baud: int, flow: Flow, timeout_s: float) -> None:
        self._line = SerialLine.open(url, baud=baud, timeout_s=timeout_s, device=DEVICE, flow=flow)

    def send(self, data: bytes) -> None:
        """Send all of it. Raises DeviceTimeout, DeviceUnavailable."""
        self._line.send(data)

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what came, or nothing after `timeout_s`. Raises DeviceUnavailable."""
        return self._line.receive(timeout_s=timeout_s)

    def finish(self) -> None:
        """Nothing more can be known: `send` has already waited until it left this machine."""

    def close(self) -> None:
        """Close the line."""
        self._line.close()
