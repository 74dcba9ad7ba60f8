"""A printer on a serial line: opened for each job, so that unplugging heals by itself."""

from __future__ import annotations

from hardware.ports import PrintResult
from hardware.serial_line import SerialLine

DEVICE = "printer"


class SerialDriver:
    """Sends each job over a fresh opening of the line; nothing answers, so nothing is confirmed."""

    def __init__(self, url: str, *, baud: int, timeout_s: float) -> None:
        self._url = url
        self._baud = baud
        self._timeout_s = timeout_s

    def print(self, data: bytes, *, title: str) -> PrintResult:  # noqa: ARG002 - a line has no place for a title
        """Send one job. Raises DeviceUnavailable, DeviceTimeout."""
        with SerialLine.open(self._url, baud=self._baud, timeout_s=self._timeout_s, device=DEVICE) as line:
            line.send(data)
        return PrintResult("unconfirmed")

    def health(self) -> str:
        """Return the line and its speed."""
        return f"serial: {self._url} at {self._baud} baud"
