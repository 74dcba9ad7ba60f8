"""The commands `antrean printer logo` and `antrean printer new-roll`: what can be done to a printer, windowless."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path

from broker.config import ConfigError, load_settings
from broker.config.printers import MAIN, SPARE, kiosk_printers
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA, Kiosk
from hardware.codecs.escpos_logo import storing
from hardware.codecs.escpos_writer import render
from hardware.config import PrinterConfig
from hardware.errors import HardwareError
from hardware.factory import build_printer, paper_for
from hardware.receipt import Cut, Receipt, Text
from kiosk.paper.roll import PaperRoll, roll_file


def main() -> int:
    """Do what the arguments say; return the exit code. Faults are said in sentences."""
    arguments = _arguments()
    try:
        settings = load_settings(arguments.config, os.environ)
    except ConfigError as error:
        return _refuse(str(error))
    kiosks = {kiosk.id: kiosk for kiosk in settings.kiosks}
    kiosk = kiosks.get(arguments.id or settings.ticket_kiosks[0].id)
    if kiosk is None:
        return _refuse(f"no kiosk is called {arguments.id!r}; there are: {', '.join(kiosks)}")
    if arguments.command == "new-roll":
        return _new_roll(kiosk, SPARE if arguments.spare else MAIN, arguments.data)
    try:
        return _logo(kiosk, arguments.config, arguments.data, title=settings.office.id)
    except HardwareError as error:
        return _refuse(str(error.args[0]))
    except OSError as error:
        return _refuse(f"{error.strerror or error}: {error.filename or ''}".removesuffix(": "))


def _logo(kiosk: Kiosk, config_file: Path, data_dir: Path, *, title: str) -> int:
    """Put the configured logo into each printer's memory."""
    printers = {name: config for name, config in kiosk_printers(kiosk).items() if config.logo is not None}
    if not printers:
        return _refuse(f"{kiosk.id} has no logo; name a picture in {config_file}: kiosks, printer, logo")
    for name, config in printers.items():
        picture = (config_file.parent / (config.logo or "")).read_bytes()
        outcome = store_logo(config, picture, title=title, data_dir=data_dir, name=f"{kiosk.id}-{name}")
        sys.stdout.write(
            f"{kiosk.id} {name}: the logo is stored ({outcome}); compare it with the paper that was printed\n"
        )
    return 0


def store_logo(config: PrinterConfig, picture: bytes, *, title: str, data_dir: Path, name: str) -> str:
    """Store a picture file and print one paper with it; return the outcome. Raises HardwareError."""
    paper = paper_for(config)
    with closing(build_printer(config, data_dir=data_dir, name=name)) as printer:
        printer.print(storing(picture, paper), title="logo")
        # A job of its own: some printers begin anew when they have written their memory.
        result = printer.print(render(Receipt((Text(title, align="center"), Cut())), paper), title="logo")
    return result.outcome


def _new_roll(kiosk: Kiosk, name: str, data_dir: Path) -> int:
    """Begin the count of paper anew, beside a running kiosk."""
    config = kiosk_printers(kiosk).get(name)
    if config is None:
        return _refuse(f"{kiosk.id} has no second printer")
    path = roll_file(data_dir, kiosk.id, name)
    roll = PaperRoll(path, length_m=config.roll_m, warning_m=config.roll_warning_m)
    before_m = roll.left_m
    roll.change()
    if roll.left_m < config.roll_m:
        return _refuse(f"{path} cannot be written")
    sys.stdout.write(f"{kiosk.id} {name}: {config.roll_m:g} m of paper; {before_m:.1f} m were left by the old count\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="antrean printer", description="What can be done to a kiosk's printer.")
    parser.add_argument("command", choices=["logo", "new-roll"], help="store the logo, or count the paper anew")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the office's configuration file")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="where everything that is written lies")
    parser.add_argument("--id", help="which kiosk; the first by default")
    parser.add_argument("--spare", action="store_true", help="the roll of the second printer")
    return parser.parse_args()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
