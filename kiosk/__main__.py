"""`python -m kiosk` opens one kiosk window."""

from __future__ import annotations

import sys
from pathlib import Path

from broker.config.settings import Settings
from broker.screen import BusFor, open_bus, run_screen
from hardware.panel.window import prepare
from kiosk.samples import reports


def run(settings: Settings, name: str, *, data_dir: Path, bus_for: BusFor = open_bus) -> None:
    """Show the kiosk until it is closed or told to end; KeyError for one that the settings lack."""
    kiosk = {entry.id: entry for entry in settings.kiosks}[name]
    prepare(kiosk.panel, title=f"Antrean {name}", data_dir=data_dir)
    from hardware.panel.bridge import post  # noqa: PLC0415 - the same
    from kiosk.app import KioskProcess  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now

    KioskProcess(settings, kiosk, data_dir=data_dir, bus=bus_for("kiosk", settings, name, post)).run()


if __name__ == "__main__":
    sys.exit(run_screen("kiosk", run, names=lambda settings: [entry.id for entry in settings.kiosks], check=reports))
