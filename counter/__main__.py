"""`python -m counter` opens one officer's window."""

import sys

from broker.screen import run_screen
from counter.app import run

if __name__ == "__main__":
    sys.exit(run_screen("counter", run, names=lambda settings: [entry.id for entry in settings.counters]))
