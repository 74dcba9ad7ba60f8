"""`python -m display.signs` serves the LED signs of one line."""

import sys

from broker.screen import run_screen
from display.signs.app import run

if __name__ == "__main__":
    sys.exit(run_screen("signs", run, names=lambda settings: [entry.id for entry in settings.signs]))
