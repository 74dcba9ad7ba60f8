"""`python -m display` opens one lobby display."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from broker.config import ConfigError, load_settings
from broker.logs import log_to
from display.app import run


def main() -> int:
    """Read the arguments and the configuration, then show the display. Return the exit code."""
    parser = argparse.ArgumentParser(prog="display", description="One lobby display of the office.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the office's configuration file")
    parser.add_argument("--data", type=Path, default=Path("var"), help="where everything that is written lies")
    parser.add_argument("--id", help="which display; the first by default")
    arguments = parser.parse_args()
    try:
        settings = load_settings(arguments.config, os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    known = [display.id for display in settings.displays]
    name = arguments.id or next(iter(known), "")
    if name not in known:
        sys.stderr.write(f"{arguments.config} has no display {name!r}; it has: {', '.join(known)}\n")
        return 1
    log_to(arguments.data, name)
    return run(settings, name, data_dir=arguments.data)


if __name__ == "__main__":
    sys.exit(main())
