"""A serial line with deadlines: whatever pyserial opens, and no call that can hang."""

from __future__ import annotations

import contextlib
import time
from types import TracebackType
from typing import Self

import serial

from hardware.errors import DeviceTimeout, DeviceUnavailable, DriverMissing

POLL_S = 0.01
MOST_AT_ONCE = 4096


class SerialLine:
    """One open port. Blocking; belongs to the thread of its device. Raises HardwareError only."""

    def __init__(self, port: serial.SerialBase, *, device: str, timeout_s: float) -> None:
        self._port = port
        self._device = device
        self._timeout_s = timeout_s

    @classmethod
    def open(cls, url: str, *, baud: int, timeout_s: float, device: str) -> SerialLine:
        """Open a device path or a pyserial URL (`socket://`, `rfc2217://`, `loop://`)."""
        try:
            port = serial.serial_for_url(url, baudrate=baud, timeout=timeout_s, write_timeout=timeout_s)
        except ValueError as error:
            raise DriverMissing(device, f"{url!r} cannot be opened: {error}") from error
        except (serial.SerialException, OSError) as error:
            raise DeviceUnavailable(device, f"{url} cannot be opened: {error}") from error
        return cls(port, device=device, timeout_s=timeout_s)

    def send(self, data: bytes) -> None:
        """Send all of `data` and wait until it left this machine. Raises DeviceTimeout, DeviceUnavailable."""
        deadline = time.monotonic() + self._timeout_s
        try:
            self._port.write(data)
            self._drain(deadline)
        except serial.SerialTimeoutException as error:
            self._forget_unsent()
            raise DeviceTimeout(self._device, f"did not take the data within {self._timeout_s:g} s") from error
        except (serial.SerialException, OSError) as error:
            raise DeviceUnavailable(self._device, f"went away while sending: {error}") from error

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what arrived, as soon as there is any, or nothing after `timeout_s`. Raises DeviceUnavailable."""
        try:
            self._port.timeout = timeout_s
            first = bytes(self._port.read(1))
            if not first:
                return b""
            self._port.timeout = 0  # the rest, as far as it is here: `in_waiting` of a socket only says whether
            return first + bytes(self._port.read(MOST_AT_ONCE))
        except (serial.SerialException, OSError, TypeError) as error:
            # TypeError: pyserial reads from a descriptor that it has closed itself meanwhile (pyserial #707).
            raise DeviceUnavailable(self._device, f"went away while reading: {error}") from error

    def _drain(self, deadline: float) -> None:
        # Not flush(): tcdrain has no deadline, a printer that holds its line would stop us for ever.
        while getattr(self._port, "out_waiting", 0):
            if time.monotonic() > deadline:
                message = "still has data to send"
                raise serial.SerialTimeoutException(message)
            time.sleep(POLL_S)

    def _forget_unsent(self) -> None:
        # What stays in the kernel would make close() wait, and come out in front of the next job.
        if isinstance(self._port, serial.Serial):
            with contextlib.suppress(serial.SerialException, OSError):
                self._port.reset_output_buffer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.close()
