"""`python -m kiosk` opens one kiosk window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from broker.config.settings import Settings
from broker.screen import BusFor, open_bus, run_screen
from hardware.panel.window import prepare
from kiosk.picture import draw
from kiosk.samples import reports

Told = Callable[[str, tuple[str, ...]], None]
"""Hears how the window ended, and the command that turns the machine off."""


def run(
    settings: Settings,
    name: str,
    *,
    data_dir: Path,
    bus_for: BusFor = open_bus,
    ended: Told = lambda _ending, _command: None,
) -> None:
    """Show the kiosk until it is closed or told to end; KeyError for one that the settings lack."""
    kiosk = {entry.id: entry for entry in settings.kiosks}[name]
    prepare(kiosk.panel, title=f"Antrean {name}", data_dir=data_dir)
    from hardware.panel.bridge import post  # noqa: PLC0415 - the same
    from kiosk.app import KioskProcess  # noqa: PLC0415 - Kivy reads its settings when it is imported: only now

    process = KioskProcess(settings, kiosk, data_dir=data_dir, bus=bus_for("kiosk", settings, name, post))
    ended(process.run(), kiosk.shutdown_command)


def main() -> int:
    """Show the kiosk, then do what staff asked for at its menu."""
    endings: list[tuple[str, tuple[str, ...]]] = []
    show = partial(run, ended=lambda ending, command: endings.append((ending, command)))
    code = run_screen(
        "kiosk", show, names=lambda settings: [entry.id for entry in settings.kiosks], check=reports, draw=draw
    )
    match endings:
        case [("restart", _)]:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program
        case [("shut_down", command)] if command:
            subprocess.run(command, check=False)  # noqa: S603 - the office's own configuration
    return code


if __name__ == "__main__":
    sys.exit(main())
