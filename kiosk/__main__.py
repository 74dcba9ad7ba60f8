"""`python -m kiosk` opens one kiosk window."""

import sys

from broker.screen import run_screen
from kiosk.app import run

if __name__ == "__main__":
    sys.exit(run_screen("kiosk", run, names=lambda settings: [entry.id for entry in settings.kiosks]))
