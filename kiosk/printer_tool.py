"""The command `antrean printer logo`: puts the configured logo into the printer's memory. Without a window."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path

from broker.config import ConfigError, Settings, load_settings
from broker.config.kiosk_printers import kiosk_printers
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA, Kiosk
from hardware.codecs.escpos_logo import storing
from hardware.codecs.escpos_writer import render
from hardware.config import PrinterConfig
from hardware.errors import HardwareError
from hardware.factory import build_printer, paper_for
from hardware.receipt import Cut, Receipt, Text


def main() -> int:
    """Do what the arguments say; return the exit code. Faults are said in sentences."""
    arguments = _arguments()
    try:
        settings = load_settings(arguments.config, os.environ)
        kiosk = _kiosk(settings, arguments.id)
        printers = {name: config for name, config in kiosk_printers(kiosk).items() if config.logo is not None}
        if not printers:
            return _refuse(f"{kiosk.id} has no logo; name a picture in {arguments.config}: kiosks, printer, logo")
        for name, config in printers.items():
            picture = (arguments.config.parent / (config.logo or "")).read_bytes()
            outcome = store_logo(
                config, picture, title=settings.office.id, data_dir=arguments.data, name=f"{kiosk.id}-{name}"
            )
            told = f"{kiosk.id} {name}: the logo is stored ({outcome}); compare it with the paper that was printed"
            sys.stdout.write(f"{told}\n")
    except ConfigError as error:
        return _refuse(str(error))
    except (LookupError, HardwareError) as error:
        return _refuse(str(error.args[0]))
    except OSError as error:
        return _refuse(f"{error.strerror or error}: {error.filename or ''}".removesuffix(": "))
    return 0


def store_logo(config: PrinterConfig, picture: bytes, *, title: str, data_dir: Path, name: str) -> str:
    """Store a picture file and print one paper with it; return the outcome. Raises HardwareError."""
    paper = paper_for(config)
    with closing(build_printer(config, data_dir=data_dir, name=name)) as printer:
        printer.print(storing(picture, paper), title="logo")
        # A job of its own: some printers begin anew when they have written their memory.
        result = printer.print(render(Receipt((Text(title, align="center"), Cut())), paper), title="logo")
    return result.outcome


def _kiosk(settings: Settings, name: str | None) -> Kiosk:
    for kiosk in settings.kiosks:
        if name in {None, kiosk.id}:
            return kiosk
    known = ", ".join(kiosk.id for kiosk in settings.kiosks)
    message = f"no kiosk is called {name!r}; there are: {known}"
    raise LookupError(message)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="antrean printer logo", description="Store the logo in the printer.")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the office's configuration file")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="where everything that is written lies")
    parser.add_argument("--id", help="which kiosk; the first by default")
    return parser.parse_args()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
