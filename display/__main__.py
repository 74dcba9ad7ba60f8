"""`python -m display` opens one lobby display."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from broker.config.settings import Settings
from broker.contract.messages import OfficeMessage
from broker.screen import BusFor, PictureOrder, open_bus, run_screen
from hardware.panel.pictures import Wanted, keep_pictures
from hardware.panel.window import prepare


def run(settings: Settings, name: str, *, data_dir: Path, bus_for: BusFor = open_bus) -> None:
    """Show the display until it is closed or told to end; KeyError for one that the settings lack."""
    display = {entry.id: entry for entry in settings.displays}[name]
    prepare(display.panel, title=f"Antrean {name}", data_dir=data_dir)
    from display.app import DisplayApp  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from hardware.panel.bridge import post  # noqa: PLC0415 - the same

    DisplayApp(settings, display, data_dir=data_dir, bus=bus_for("display", settings, name, post)).run()


def check(settings: Settings, office: OfficeMessage) -> Iterable[Mapping[str, object]]:
    """Lay out every page of every display without a window."""
    from hardware.panel import headless  # noqa: PLC0415 - Kivy is configured before it is imported

    headless.prepare()
    from display.samples import layouts  # noqa: PLC0415 - imports Kivy
    from hardware.panel.check import plain_reports  # noqa: PLC0415 - the same

    return plain_reports(layouts(settings, office))


def draw(settings: Settings, order: PictureOrder, folder: Path, kept: Callable[[str], None]) -> None:
    """Keep pages of one display as pictures."""
    display = {entry.id: entry for entry in settings.displays}[order.part]
    prepare(display.panel, title=f"Antrean {order.part}, a picture", data_dir=folder)
    from display.samples import layouts  # noqa: PLC0415 - imports Kivy, which has its settings only now

    (layout,) = layouts(settings.model_copy(update={"displays": (display,)}), order.office, order.at, order.hours)
    wanted = [Wanted(one.page, one.language, folder / f"{one.name}.png") for one in order.shots]
    keep_pictures(layout, wanted, lambda one: kept(one.path.stem))


if __name__ == "__main__":
    sys.exit(
        run_screen(
            "display", run, names=lambda settings: [entry.id for entry in settings.displays], check=check, draw=draw
        )
    )
