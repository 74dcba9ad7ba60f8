"""A true broker on another day: `python -m tests.support.earlier_broker DAYS --config FILE --data DIR`.

A period of a survey closes when it is over, a complaint is overdue when its days have passed: no test waits for that.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from pathlib import Path

from broker.bootstrap.process import by_the_machine, run_broker
from broker.config import load_settings


def main() -> None:
    """Run until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("days", type=float)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    behind = dt.timedelta(days=asked.days)
    run_broker(load_settings(asked.config, os.environ), asked.data, clock=lambda: by_the_machine() - behind)


if __name__ == "__main__":
    main()
