"""A printer behind a path: a plain file that keeps the bytes, or a device node such as /dev/usb/lp0."""

from __future__ import annotations

import os
from pathlib import Path

from hardware.drivers.escpos_printer import DEVICE, Patience
from hardware.drivers.node import node_printer
from hardware.errors import DeviceUnavailable
from hardware.ports import PrinterStatus, PrintResult

DEVICES = Path("/dev")
KEPT_BYTES = 50_000_000
"""A plain file that is larger begins anew; what it held stays beside it as `NAME.old` until the next time."""


class FileDriver:
    """Appends each job; a plain file is durable when `print` returns. What a path is is seen at each job anew."""

    def __init__(self, path: Path, patience: Patience, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._path = path
        self._kept_bytes = kept_bytes
        self._node = node_printer(f"file: {path}", lambda: path, patience)

    def status(self) -> PrinterStatus:
        """Ask the device; a plain file is always ready."""
        return PrinterStatus("ready") if self._plain else self._node.status()

    def print(self, data: bytes, *, title: str) -> PrintResult:
        """Print one job; see `hardware.ports.Printer`."""
        if not self._plain:
            return self._node.print(data, title=title)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > self._kept_bytes:
                self._path.replace(self._path.with_name(f"{self._path.name}.old"))
            with self._path.open("ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"{self._path}: {error.strerror or error}") from error
        return PrintResult("confirmed")

    def health(self) -> str:
        """Return which file."""
        return self._node.health()

    def close(self) -> None:
        """Nothing is held between jobs."""

    @property
    def _plain(self) -> bool:
        # A device that is not plugged in must not be replaced by a file of its name.
        return not self._path.is_relative_to(DEVICES) and (self._path.is_file() or not self._path.exists())
