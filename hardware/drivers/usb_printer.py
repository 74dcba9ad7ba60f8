"""A printer on USB: found by its ids at each job, so that it may be plugged into any port, and driven through usblp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hardware.drivers.escpos_printer import DEVICE, EscposPrinter, Patience
from hardware.drivers.node import node_printer
from hardware.errors import DeviceUnavailable, DriverMissing
from hardware.usb_devices import UsbPrinterFound, usb_printers


def usb_printer(
    vendor: str,
    product: str,
    serial: str,
    patience: Patience,
    *,
    plugged_in: Callable[[], tuple[UsbPrinterFound, ...]] = usb_printers,
) -> EscposPrinter:
    """Return the printer with these ids; `serial` only matters where several of one model are plugged in."""
    which = f"{vendor}:{product}" + (f" with the serial number {serial}" if serial else "")

    def find() -> Path:
        return _node(which, [printer for printer in plugged_in() if _is(printer, vendor, product, serial)])

    return node_printer(f"usb: {which}", find, patience)


def _is(printer: UsbPrinterFound, vendor: str, product: str, serial: str) -> bool:
    ids = (printer.vendor, printer.product) == (vendor.lower(), product.lower())
    return ids and serial in {"", printer.serial}


def _node(which: str, found: list[UsbPrinterFound]) -> Path:
    match found:
        case []:
            raise DeviceUnavailable(DEVICE, f"no USB printer {which} is plugged in or switched on")
        case [UsbPrinterFound(node=None)]:
            raise DriverMissing(DEVICE, f"the USB printer {which} is there, but the kernel module usblp is not loaded")
        case [UsbPrinterFound(node=Path() as node)]:
            return node
        case _:
            why = f"{len(found)} USB printers {which} are plugged in; name one by its serial number: "
            raise DriverMissing(DEVICE, why + ", ".join(printer.serial or "(none)" for printer in found))
