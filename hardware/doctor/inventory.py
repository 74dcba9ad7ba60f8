"""What is plugged in, and the lines of config.yaml that would use it: `python -m hardware.doctor.inventory`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hardware.line.serial_line import plugged_ports
from hardware.usb_devices import SYSFS, usb_printers

DEV = Path("/dev")
LIST_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Plugged:
    """One thing on this machine that the office could use."""

    kind: str
    name: str
    config: str


def main() -> int:
    """List all of it."""
    found = list(plugged())
    console = Console(emoji=False)
    if not found:
        console.print("nothing is plugged in: no USB printer, serial port, input device or sound card")
        return 0
    table = Table()
    for title in ("kind", "what", "in config.yaml"):
        table.add_column(title, overflow="fold")
    for thing in found:
        table.add_row(thing.kind, thing.name, thing.config)
    console.print(table, highlight=False)
    return 0


def plugged(*, sysfs: Path = SYSFS, dev: Path = DEV) -> Iterator[Plugged]:
    """Yield what is there, kind by kind."""
    yield from _usb_printers(sysfs)
    yield from _queues()
    yield from _serial_ports(dev)
    yield from _inputs(dev)
    yield from _cards(sysfs)


def _usb_printers(sysfs: Path) -> Iterator[Plugged]:
    for found in usb_printers(sysfs):
        serial = f', serial: "{found.serial}"' if found.serial else ""
        config = f'printer: {{type: usb, vendor: "{found.vendor}", product: "{found.product}"{serial}}}'
        where = found.node or "not ready: modprobe usblp"
        yield Plugged("USB printer", f"{found.name or 'printer'} ({where})", config)


def _queues() -> Iterator[Plugged]:
    program = shutil.which("lpstat")
    if program is None:
        return
    try:
        said = subprocess.run(  # noqa: S603 - fixed arguments
            [program, "-e"], capture_output=True, text=True, timeout=LIST_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    for queue in said.stdout.split():
        yield Plugged("CUPS queue", queue, f"printer: {{type: cups, queue: {queue}}}")


def _serial_ports(dev: Path) -> Iterator[Plugged]:
    stable = _stable_names(dev / "serial/by-id")
    for device, description in plugged_ports():
        path = stable.get(os.path.realpath(device), device)
        yield Plugged("serial port", f"{device} {description}".strip(), f"url: {path}")


def _inputs(dev: Path) -> Iterator[Plugged]:
    for path in sorted((dev / "input/by-id").glob("*-event-kbd")):
        name = re.sub(r"^usb-|-event-kbd$", "", path.name).replace("_", " ")
        yield Plugged("keys or scanner", name, f"url: {path}")


def _cards(sysfs: Path) -> Iterator[Plugged]:
    for card in sorted((sysfs / "class/sound").glob("card[0-9]*")):
        name = _word(card / "id")
        yield Plugged("sound card", name, f'sound: {{player: aplay, device: "plughw:CARD={name}"}}')


def _stable_names(folder: Path) -> dict[str, str]:
    """Return the names that survive replugging, by the device they lead to now."""
    return {os.path.realpath(path): str(path) for path in sorted(folder.glob("*"))}


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
