"""A kiosk as a process: prepares the window, then shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from broker.bus import Bus, Post
from broker.config.settings import Settings
from hardware.panel.window import prepare
from kiosk.office_bus import OfficeBus

BusFor = Callable[[Settings, str, Post], OfficeBus]


def open_bus(settings: Settings, kiosk_id: str, post: Post) -> OfficeBus:
    """Return the bus of this kiosk, not yet started."""
    address = settings.mqtt.address(kiosk_id)
    return Bus(address=address, office=settings.office.id, client=kiosk_id, kind="kiosk", post=post)


def run(settings: Settings, kiosk_id: str, *, data_dir: Path, bus_for: BusFor = open_bus) -> int:
    """Show the kiosk until it is closed or told to end; KeyError for a kiosk that the settings lack."""
    kiosk = {entry.id: entry for entry in settings.kiosks}[kiosk_id]
    prepare(kiosk.panel, title=f"Antrean {kiosk_id}", data_dir=data_dir)
    from hardware.panel.bridge import post  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from kiosk.process import KioskProcess  # noqa: PLC0415 - the same

    KioskProcess(settings, kiosk, data_dir=data_dir, bus=bus_for(settings, kiosk_id, post)).run()
    return 0
