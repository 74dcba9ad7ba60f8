"""A serial line with deadlines: whatever pyserial opens, and no call that can hang."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import serial
from serial.rs485 import RS485Settings
from serial.tools.list_ports import comports
from serial.urlhandler.protocol_socket import Serial as SocketPort

from hardware.config import Flow, LineConfig
from hardware.errors import DeviceBusy, DeviceTimeout, DeviceUnavailable, DriverMissing

POLL_S = 0.01
MOST_AT_ONCE = 4096
WRITTEN_AT_ONCE = 64
"""pyserial's own deadline is for each writing: so few bytes pass within it on the slowest line."""
BITS_A_BYTE = 11
"""With start, parity and stop bit."""
MOST_STALE = 64
FAULTS = (serial.SerialException, OSError, termios.error, TypeError)
"""What pyserial raises when a device has gone; `is_open` stays True then.

TypeError: it reads from a descriptor that it has closed itself meanwhile (pyserial #707).
"""
_PARITIES: Mapping[str, str] = {
    "none": serial.PARITY_NONE,
    "even": serial.PARITY_EVEN,
    "odd": serial.PARITY_ODD,
}


class SerialLine:
    """One open port. Blocking; belongs to the thread of its device. Raises HardwareError only."""

    def __init__(self, port: serial.SerialBase, *, device: str, timeout_s: float) -> None:
        self._port = port
        self._bytes_per_s = port.baudrate / BITS_A_BYTE
        self._device = device
        self._timeout_s = timeout_s

    @classmethod
    def open(cls, url: str, *, baud: int, timeout_s: float, device: str, flow: Flow = "none") -> SerialLine:
        """Open a device path, for nobody but us, or a pyserial URL (`socket://`, `rfc2217://`, `loop://`)."""
        # pyserial's rfc2217 knows no write timeout of ours and refuses one; its socket has 5 s.
        write_timeout_s = None if url.startswith("rfc2217:") else timeout_s
        by_wire, by_byte = flow == "rtscts", flow == "xonxoff"
        try:
            port = serial.serial_for_url(
                url,
                baudrate=baud,
                timeout=0,
                write_timeout=write_timeout_s,
                rtscts=by_wire,
                xonxoff=by_byte,
                exclusive=True if url.startswith("/") else None,
            )
        except ValueError as error:
            raise DriverMissing(device, f"{url!r} cannot be opened: {error}") from error
        except FAULTS as error:
            if isinstance(error, OSError) and error.errno in {errno.EAGAIN, errno.EBUSY}:
                raise DeviceBusy(device, f"{url} is in use by another program") from error
            # pyserial's own words name the port and the error twice.
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
            raise DeviceUnavailable(device, f"{url} cannot be opened: {reason}") from error
        return cls(port, device=device, timeout_s=timeout_s)

    @classmethod
    def of(cls, line: LineConfig, *, data_dir: Path, device: str) -> SerialLine:
        """Open a configured line. Raises DeviceUnavailable, DriverMissing."""
        address = line.address(data_dir)
        opened = cls.open(address, baud=line.baud, timeout_s=line.timeout_s, device=device)
        try:
            opened.arrange(line)
        except (*FAULTS, ValueError) as error:
            opened.close()
            if line.rs485 and isinstance(error, ValueError):
                why = f"{address} cannot switch an RS-485 pair by itself ({error}): set rs485 to false"
                raise DriverMissing(device, why) from error
            raise DeviceUnavailable(device, f"{address} cannot be set up: {error}") from error
        return opened

    def arrange(self, line: LineConfig) -> None:
        """Set up an open line. Raises what pyserial raises."""
        port = self._port
        port.bytesize, port.parity, port.stopbits = line.bytesize, _PARITIES[line.parity], line.stopbits
        if line.rs485:
            port.rs485_mode = RS485Settings(
                delay_before_tx=line.rs485_before_ms / 1000, delay_before_rx=line.rs485_after_ms / 1000
            )

    def drop_input(self) -> None:
        """Throw away what came before anybody listened. Raises DeviceUnavailable."""
        for _ in range(MOST_STALE):  # a device that floods the line must not hold us for ever
            if not self.receive(timeout_s=0):
                return

    def send(self, data: bytes) -> None:
        """Send all of `data` and wait until it left this machine. Raises DeviceTimeout, DeviceUnavailable."""
        # A long job on a slow line is no fault: its bytes get their time on the wire, the device `timeout_s` besides.
        deadline = time.monotonic() + self._timeout_s + len(data) / self._bytes_per_s
        try:
            for begin in range(0, len(data), WRITTEN_AT_ONCE):
                self._port.write(data[begin : begin + WRITTEN_AT_ONCE])
                self._require_time(deadline)
            self._drain(deadline)
        except serial.SerialTimeoutException as error:
            self._forget_unsent()
            raise DeviceTimeout(self._device, f"did not take the data within {self._timeout_s:g} s") from error
        except FAULTS as error:
            raise DeviceUnavailable(self._device, f"went away while sending: {error}") from error

    def receive(self, *, timeout_s: float) -> bytes:
        """Return what arrived, as soon as there is any, or nothing after `timeout_s`. Raises DeviceUnavailable."""
        deadline = time.monotonic() + timeout_s
        try:
            while not (data := bytes(self._port.read(MOST_AT_ONCE))):
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return b""
                self._wait(left_s)
        except FAULTS as error:
            raise DeviceUnavailable(self._device, f"went away while reading: {error}") from error
        return data

    def _wait(self, seconds: float) -> None:
        """Wait until there may be something to read."""
        # Not by the port's own timeout: pyserial sets up the whole port anew whenever that is changed, by way of the
        # network where the port is there.
        if isinstance(self._port, serial.Serial | SocketPort):
            select.select([self._port.fileno()], [], [], seconds)
        else:
            time.sleep(min(seconds, POLL_S))

    def _drain(self, deadline: float) -> None:
        # Not flush(): tcdrain has no deadline, a printer that holds its line would stop us for ever.
        while isinstance(self._port, serial.Serial) and self._port.out_waiting:  # what `loop://` has is not on its way
            self._require_time(deadline)
            time.sleep(POLL_S)

    def _require_time(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            message = "still has data to send"
            raise serial.SerialTimeoutException(message)

    def _forget_unsent(self) -> None:
        # What stays in the kernel would make close() wait, and come out in front of the next job.
        if isinstance(self._port, serial.Serial):
            with contextlib.suppress(*FAULTS):
                self._port.reset_output_buffer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the port back; never raises."""
        connection = getattr(self._port, "_socket", None)
        with contextlib.suppress(*FAULTS):
            self._port.close()
        if connection is not None:  # pyserial 3.5 forgets to close it where the other end has gone first
            connection.close()


def plugged_ports() -> list[tuple[str, str]]:
    """Return the serial ports of this machine as (device, description); built-in ones only where they are real."""
    return [(port.device, "" if port.description == "n/a" else port.description) for port in comports()]
