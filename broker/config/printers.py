"""A kiosk's printers by the names under which they are known on disk, in logs and among the devices."""

from __future__ import annotations

from broker.config.settings import Kiosk
from hardware.config import PrinterConfig

MAIN, SPARE = "printer", "spare-printer"


def kiosk_printers(kiosk: Kiosk) -> dict[str, PrinterConfig]:
    """Return the configuration of each of the kiosk's printers, the preferred one first; none where it has none."""
    found = {MAIN: kiosk.printer, SPARE: kiosk.spare_printer}
    return {name: config for name, config in found.items() if config is not None}
