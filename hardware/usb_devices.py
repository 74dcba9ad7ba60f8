"""USB printers that are plugged in, as the kernel lists them: no library, no rights needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SYSFS = Path("/sys")
NODES = Path("/dev/usb")
PRINTER_CLASS = "07"


@dataclass(frozen=True, slots=True)
class UsbPrinterFound:
    """One printer: its ids as in `lsusb`, its own serial number, its names, and its node where usblp drives it."""

    vendor: str
    product: str
    serial: str
    name: str
    node: Path | None


def usb_printers(sysfs: Path = SYSFS, nodes: Path = NODES) -> tuple[UsbPrinterFound, ...]:
    """Return every USB interface of the printer class, in the order of their ports; none where there is no USB."""
    interfaces = sorted((sysfs / "bus/usb/devices").glob("*:*"))
    return tuple(
        _printer(interface, nodes) for interface in interfaces if _word(interface / "bInterfaceClass") == PRINTER_CLASS
    )


def _printer(interface: Path, nodes: Path) -> UsbPrinterFound:
    # An interface is a folder inside its device's folder; the list holds links to both.
    device = interface.resolve().parent
    node = next((nodes / entry.name for entry in sorted(interface.glob("usbmisc/lp*"))), None)
    return UsbPrinterFound(
        vendor=_word(device / "idVendor"),
        product=_word(device / "idProduct"),
        serial=_word(device / "serial"),
        name=" ".join(filter(None, (_word(device / "manufacturer"), _word(device / "product")))),
        node=node,
    )


def _word(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # most files are optional, and all vanish when the plug is pulled
        return ""
