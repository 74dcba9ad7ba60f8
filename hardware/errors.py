"""What can go wrong with a device: each fault names its device and is fit to be shown to a technician."""

from __future__ import annotations


class HardwareError(Exception):
    """A device did not do what it was asked; `device` is its name, `why` is said in plain words.

    `sent` tells that at least a part of the job had left this machine: paper may come out of it, now or after somebody
    helped the device, so nobody may send the job again without being asked to.
    """

    def __init__(self, device: str, why: str, *, sent: bool = False) -> None:
        super().__init__(f"{device}: {why}")
        self.device = device
        self.why = why
        self.sent = sent


class DeviceUnavailable(HardwareError):  # noqa: N818 - a state of the device, in its own words
    """Nothing there, switched off line, or it went away; trying again later may help."""


class DeviceBusy(DeviceUnavailable):
    """Another program has it at this moment; trying again soon helps."""


class DeviceTimeout(HardwareError):  # noqa: N818 - a state of the device, in its own words
    """It is there but did not take or answer in time; trying again later may help."""


class PaperOut(HardwareError):  # noqa: N818 - a state of the device, in its own words
    """No paper: a person must act."""


class CoverOpen(HardwareError):  # noqa: N818 - a state of the device, in its own words
    """The cover stands open: a person must act."""


class CutterError(HardwareError):
    """The cutter is stuck: a person must act."""


class DriverMissing(HardwareError):  # noqa: N818 - a state of the device, in its own words
    """The program, library or profile that drives this device is not on this machine."""


class FrameError(HardwareError):
    """Bytes that make no sense in the device's language."""
