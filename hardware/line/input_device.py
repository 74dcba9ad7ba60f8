"""A keyboard as a line: the events of `/dev/input/by-id/...`, taken for ourselves, so that no desktop types along."""

from __future__ import annotations

import errno
import fcntl
import os
import select

from hardware.errors import DeviceUnavailable

EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int) of linux/input.h."""
MOST_AT_ONCE = 4096
MOST_STALE = 64
_NO_KEYBOARD = frozenset({errno.ENOTTY, errno.EINVAL, errno.ENOSYS})
"""What the kernel says to EVIOCGRAB where it is no input device: an emulator's terminal, which nobody else reads."""


class InputDevice:
    """An open input device, as a `Line`. Blocking; belongs to one thread."""

    def __init__(self, path: str, *, device: str) -> None:
        """Open and grab `path`. Raises DeviceUnavailable: not there, not allowed, or grabbed by another program."""
        self._device = device
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as error:
            raise DeviceUnavailable(device, f"{path} cannot be opened: {error.strerror}{_advice(error)}") from error
        try:
            fcntl.ioctl(self._file, EVIOCGRAB, 1)
        except OSError as error:
            if error.errno not in _NO_KEYBOARD:
                os.close(self._file)
                raise DeviceUnavailable(device, f"{path} cannot be had alone: {error.strerror}") from error

    def send(self, data: bytes) -> None:
        """Send nothing: a keyboard is not spoken to."""

    def receive(self, *, timeout_s: float) -> bytes:
        """Return the events that came, or nothing after `timeout_s`. Raises DeviceUnavailable."""
        try:
            if not select.select([self._file], [], [], timeout_s)[0]:
                return b""
            data = os.read(self._file, MOST_AT_ONCE)
        except OSError as error:
            raise DeviceUnavailable(self._device, f"went away: {error.strerror}") from error
        if not data:
            raise DeviceUnavailable(self._device, "went away")
        return data

    def drop_input(self) -> None:
        """Forget what was typed before. Raises DeviceUnavailable."""
        for _ in range(MOST_STALE):
            if not self.receive(timeout_s=0):
                return

    def close(self) -> None:
        """Give the keyboard back."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _advice(error: OSError) -> str:
    return ": add this user to the group input" if error.errno in {errno.EACCES, errno.EPERM} else ""
