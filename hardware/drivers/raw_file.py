"""A printer behind a file: a device node such as /dev/usb/lp0, or a plain file that keeps the bytes."""

from __future__ import annotations

import os
import select
import stat
import time
from pathlib import Path

from hardware.errors import DeviceTimeout, DeviceUnavailable
from hardware.ports import PrintResult

DEVICE = "printer"


class FileDriver:
    """Appends each job. A plain file is durable when `print` returns; a device node can promise nothing."""

    def __init__(self, path: Path, *, timeout_s: float) -> None:
        self._path = path
        self._timeout_s = timeout_s

    def print(self, data: bytes, *, title: str) -> PrintResult:  # noqa: ARG002 - only the bytes go into the file
        """Append one job. Raises DeviceUnavailable, DeviceTimeout."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Without O_NONBLOCK a printer that is switched off would hold us for ever.
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o644)
            try:
                return self._append(handle, data)
            finally:
                os.close(handle)
        except TimeoutError as error:
            raise DeviceTimeout(DEVICE, f"{self._path} did not take the job in {self._timeout_s:g} s") from error
        except OSError as error:
            raise DeviceUnavailable(DEVICE, f"{self._path}: {error.strerror or error}") from error

    def health(self) -> str:
        """Return which file."""
        return f"file: {self._path}"

    def _append(self, handle: int, data: bytes) -> PrintResult:
        _write_all(handle, data, deadline=time.monotonic() + self._timeout_s)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return PrintResult("unconfirmed")
        os.fsync(handle)
        return PrintResult("confirmed")


def _write_all(handle: int, data: bytes, *, deadline: float) -> None:
    rest = memoryview(data)
    while rest:
        _, ready, _ = select.select([], [handle], [], max(deadline - time.monotonic(), 0))
        if not ready:
            raise TimeoutError
        try:
            rest = rest[os.write(handle, rest) :]
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
