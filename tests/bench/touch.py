"""From a finger on the kiosk's glass to the last byte of the ticket at a printer on the network, in a real window."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops
from rich.table import Table

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from hardware.codecs.escpos_printed import Printed
from hardware.codecs.escpos_profile import paper_of
from hardware.emulators.printer import PrinterEmulator
from hardware.emulators.wire import TcpWire
from tests.bench.figures import milliseconds
from tests.bench.windows import KINDS, opened
from tests.support.caller import wait_until
from tests.support.glass import Box, Glass, Point
from tests.support.office import CONFIG, OfficeProcess

VISITS = 40
TAPS = 40
PATIENCE_S = 5.0
BUTTON = "service:new-passport"
CLEARLY = 100
"""Grey levels by which two pages differ at a place that is watched."""
LANE = "lane:regular"
TICK_S = 0.002


class Tray:
    """Takes papers down with the moment at which the last byte, the cut, had come."""

    def __init__(self) -> None:
        """Begin empty."""
        self.at: list[float] = []

    def put(self, paper: tuple[Printed, ...]) -> None:
        """Take one paper."""
        del paper
        self.at.append(time.monotonic())


def touch_table(folder: Path) -> Table:
    """Return how long a visitor waits from the last touch to the whole ticket at the printer, paper not moved yet."""
    floor, taken = _visits(folder / "touch")
    table = Table(
        title=f"{VISITS} visits in a real kiosk window: touch -> last byte at a network printer, milliseconds"
    )
    for column in ("what", "p50", "p99", "longest"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("floor: the program that touches, alone", *_ms(floor))
    table.add_row("touch -> last byte", *_ms(taken))
    return table


def _visits(folder: Path) -> tuple[list[float], list[float]]:
    tray = Tray()
    emulator = PrinterEmulator(wire := TcpWire(), paper_of("default", paper_mm=80), tray, tick_s=TICK_S)
    config = folder / "config.yaml"
    folder.mkdir()
    config.write_text(_with_network_printer(CONFIG.read_text(encoding="utf-8"), wire.port), encoding="utf-8")
    office = OfficeProcess(folder / "office", config=config)
    office.start()
    office.wait_online()
    screen = VirtualScreen(1080, 1920)
    screen.start()
    try:
        with _kiosk(folder, office, screen) as kiosk:
            floor = [_touched_s(screen) for _ in range(VISITS)]
            return floor, [_visit(kiosk, tray) for _ in range(VISITS)]
    finally:
        screen.stop()
        office.stop()
        emulator.close()


def _with_network_printer(config: str, port: int) -> str:
    changed = config.replace(
        "      type: preview  ", f"      host: 127.0.0.1\n      port: {port}\n      type: network  "
    )
    if changed == config:
        message = "the sample has no preview printer any more"
        raise ValueError(message)
    return changed


@contextmanager
def _kiosk(folder: Path, office: OfficeProcess, screen: VirtualScreen) -> Iterator[Window]:
    targets = folder / "kiosk.json"
    environment = {"DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": "1080x1920+0+0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "--config", str(office.config), "--data", str(office.data_dir)],
        env={**os.environ, **office.environment, **environment},
    )
    try:
        yield Window("kiosk", screen, targets)
    finally:
        process.terminate()
        process.wait(20)


def _visit(kiosk: Window, tray: Tray) -> float:
    """Walk to the last question, and measure from its answer."""
    for target in ("language:id", "service:new-passport", "continue"):
        kiosk.touch(target)
    left, top, width, height = kiosk.wait_for(LANE)
    papers = len(tray.at)
    begin = time.monotonic()
    kiosk.screen.touch(left + width // 2, top + height // 2)
    wait_until(lambda: len(tray.at) > papers, "the ticket is at the printer")
    taken = tray.at[papers] - begin
    kiosk.touch("done")
    return taken


def _touched_s(screen: VirtualScreen) -> float:
    """Return the seconds that a touch at nothing takes: starting the program that touches is most of it."""
    begin = time.monotonic()
    screen.touch(1, 1)
    return time.monotonic() - begin


def _ms(values: Sequence[float]) -> tuple[str, str, str]:
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    return f"{percentiles[49] * 1000:.0f}", f"{percentiles[98] * 1000:.0f}", f"{max(values) * 1000:.0f}"


# -- what a finger sees -----------------------------------------------------------------------------------------------


def reaction_table(folder: Path) -> Table:
    """Return how soon a tap, shorter than any finger's, is seen to be taken, and how soon the next page is there."""
    table = Table(title=f"{TAPS} taps on a real kiosk window, 1080x1920: from the touch to what is painted, ms")
    for column in ("what", "p50", "p99", "the first"):
        table.add_column(column, justify="left" if column == "what" else "right")
    office = OfficeProcess(folder / "reaction")
    office.start()
    office.wait_online()
    kind = next(kind for kind in KINDS if kind.name == "kiosk")
    try:
        with opened(kind, office, folder / "reacting") as (kiosk, _), Glass(kiosk.screen.name) as glass:
            kiosk.touch("language:id")
            kiosk.wait_for(BUTTON)
            place = _changing_place(kiosk, folder)
            taps = [_tap(kiosk, glass, place) for _ in range(TAPS)]
            begin = time.monotonic()
            looks = [glass.look((*place, 1, 1)) for _ in range(TAPS)]
            look_s = (time.monotonic() - begin) / len(looks)
    finally:
        office.stop()
    table.add_row("floor: a look at one pixel", f"{look_s * 1000:.2f}", "", "")
    for what, taken in zip(("touch -> seen pressed", "touch -> the next page"), zip(*taps, strict=True), strict=True):
        table.add_row(what, *milliseconds(taken), f"{taken[0] * 1000:.2f}")
    return table


def _tap(kiosk: Window, glass: Glass, place: Point) -> tuple[float, float]:
    """Tap the button and go back; return the seconds to its pressed colour and to the next page at `place`."""
    left, top, width, height = kiosk.wait_for(BUTTON)
    inside, elsewhere = (left + 8, top + height // 2, 1, 1), (*place, 1, 1)
    ground, old = glass.look(inside), glass.look(elsewhere)
    begin = time.monotonic()
    glass.tap(left + width // 2, top + height // 2)
    pressed_s = glass.changed_at(inside, ground, within_s=PATIENCE_S) - begin
    painted_s = glass.changed_at(elsewhere, old, within_s=PATIENCE_S) - begin
    kiosk.touch("back")
    kiosk.wait_for(BUTTON)
    return pressed_s, painted_s


def _changing_place(kiosk: Window, folder: Path) -> Point:
    """Return a place outside the button where the next page looks different."""
    left, top, width, height = kiosk.wait_for(BUTTON)
    before = Image.open(kiosk.picture(folder / "before.png")).convert("L")
    kiosk.touch(BUTTON)
    kiosk.wait_for("back")
    after = Image.open(kiosk.picture(folder / "after.png")).convert("L")
    kiosk.touch("back")
    kiosk.wait_for(BUTTON)
    difference = ImageChops.difference(before, after).point(lambda value: 255 if value > CLEARLY else 0)
    difference.paste(0, (left, top, left + width, top + height))
    box: Box | None = difference.getbbox()
    assert box is not None
    row = next(row for row in range(box[1], box[3]) if difference.crop((0, row, difference.width, row + 1)).getbbox())
    line = difference.crop((0, row, difference.width, row + 1)).getbbox()
    assert line is not None
    return line[0], row
