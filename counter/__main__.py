"""`python -m counter` opens one officer's window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from broker.config import ConfigError, load_settings
from broker.logs import log_to
from counter.app import run


def main() -> int:
    """Read the arguments and the configuration, then show the window. Return the exit code."""
    parser = argparse.ArgumentParser(prog="counter", description="One counter of the office.")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the office's configuration file")
    parser.add_argument("--data", type=Path, default=Path("var"), help="where everything that is written lies")
    parser.add_argument("--id", help="which counter; the first by default")
    arguments = parser.parse_args()
    try:
        settings = load_settings(arguments.config, os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    known = [counter.id for counter in settings.counters]
    name = arguments.id or known[0]
    if name not in known:
        sys.stderr.write(f"{arguments.config} has no counter {name!r}; it has: {', '.join(known)}\n")
        return 1
    log_to(arguments.data, name)
    return run(settings, name, data_dir=arguments.data)


if __name__ == "__main__":
    sys.exit(main())
