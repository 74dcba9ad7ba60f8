"""What can go wrong with a device: each fault names its device and is fit to be shown to a technician."""

from __future__ import annotations


class HardwareError(Exception):
    """A device did not do what it was asked; `device` is its name, the rest is said in plain words."""

    def __init__(self, device: str, why: str) -> None:
        super().__init__(f"{device}: {why}")
        self.device = device
        self.why = why


class DeviceUnavailable(HardwareError):
    """Nothing there, or it went away; trying again later may help."""


class DeviceTimeout(HardwareError):
    """It is there but did not take or answer in time; trying again later may help."""


class PaperOut(HardwareError):
    """No paper: a person must act."""


class CoverOpen(HardwareError):
    """The cover stands open: a person must act."""


class DriverMissing(HardwareError):
    """The program, library or profile that drives this device is not on this machine."""


class FrameError(HardwareError):
    """Bytes that make no sense in the device's language."""
