"""`python -m counter` opens one officer's window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from broker.config.settings import Settings
from broker.contract.messages import OfficeMessage
from broker.screen import BusFor, PictureOrder, open_bus, run_screen
from counter.beside import dock_of
from hardware.panel import headless
from hardware.panel.pictures import Wanted, keep_pictures
from hardware.panel.window import prepare


def run(settings: Settings, name: str, *, data_dir: Path, bus_for: BusFor = open_bus) -> None:
    """Show the counter until it is closed or told to end; KeyError for one that the settings lack."""
    counter = {entry.id: entry for entry in settings.counters}[name]
    dock = dock_of(settings.counter_panel)
    prepare(settings.counter_panel, title=f"Antrean {name}", data_dir=data_dir, dock=dock)
    from counter.app import CounterProcess  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now
    from hardware.panel.bridge import post  # noqa: PLC0415 - the same

    CounterProcess(settings, counter, data_dir=data_dir, bus=bus_for("counter", settings, name, post)).run()


def check(settings: Settings, office: OfficeMessage) -> Iterator[Mapping[str, object]]:
    """Lay out every page in the office's own words, without a window."""
    headless.prepare()
    from counter.samples import layouts  # noqa: PLC0415 - the same
    from hardware.panel.check import plain_reports  # noqa: PLC0415 - the same

    yield from plain_reports(layouts(settings, office))


def draw(settings: Settings, order: PictureOrder, folder: Path, kept: Callable[[str], None]) -> None:
    """Keep pages of one counter's window as pictures."""
    (counter,) = (entry for entry in settings.counters if entry.id == order.part)
    prepare(settings.counter_panel, title=f"Antrean {order.part}, a picture", data_dir=folder)
    from counter.samples import layouts  # noqa: PLC0415 - imports Kivy, which has its settings only now

    others = tuple(one for one in order.office.counters if one.id != counter.id)
    own = tuple(one for one in order.office.counters if one.id == counter.id)
    (layout,) = layouts(settings, order.office.model_copy(update={"counters": (*own, *others)}))
    wanted = [Wanted(one.page, one.language, folder / f"{one.name}.png") for one in order.shots]
    keep_pictures(layout, wanted, lambda one: kept(one.path.stem))


if __name__ == "__main__":
    sys.exit(
        run_screen(
            "counter", run, names=lambda settings: [entry.id for entry in settings.counters], check=check, draw=draw
        )
    )
