"""`python -m counter.keypads` serves the keypads of one line."""

import sys

from broker.screen import run_screen
from counter.keypads.app import run

if __name__ == "__main__":
    sys.exit(run_screen("keypads", run, names=lambda settings: [entry.id for entry in settings.keypads]))
