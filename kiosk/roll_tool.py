"""The command `antrean printer new-roll`: the count of paper begins anew. Without a window, beside a running kiosk."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from broker.config import ConfigError, load_settings
from broker.config.kiosk_printers import MAIN, SPARE, kiosk_printers
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from kiosk.roll import PaperRoll, roll_file


def main() -> int:
    """Do what the arguments say; return the exit code. Faults are said in sentences."""
    arguments = _arguments()
    try:
        settings = load_settings(arguments.config, os.environ)
    except ConfigError as error:
        return _refuse(str(error))
    kiosks = {kiosk.id: kiosk for kiosk in settings.kiosks}
    kiosk = kiosks.get(arguments.id or settings.kiosks[0].id)
    if kiosk is None:
        return _refuse(f"no kiosk is called {arguments.id!r}; there are: {', '.join(kiosks)}")
    name = SPARE if arguments.spare else MAIN
    config = kiosk_printers(kiosk).get(name)
    if config is None:
        return _refuse(f"{kiosk.id} has no second printer")
    path = roll_file(arguments.data, kiosk.id, name)
    roll = PaperRoll(path, length_m=config.roll_m, warning_m=config.roll_warning_m)
    before_m = roll.left_m
    roll.change()
    if roll.left_m < config.roll_m:
        return _refuse(f"{path} cannot be written")
    sys.stdout.write(f"{kiosk.id} {name}: {config.roll_m:g} m of paper; {before_m:.1f} m were left by the old count\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="antrean printer new-roll", description="Count the paper anew.")
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
