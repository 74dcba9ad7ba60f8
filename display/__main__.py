"""`python -m display` opens one lobby display."""

import sys

from broker.screen import run_screen
from display.app import run

if __name__ == "__main__":
    sys.exit(run_screen("display", run, names=lambda settings: [entry.id for entry in settings.displays]))
