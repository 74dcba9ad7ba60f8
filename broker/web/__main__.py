"""`python -m broker.web`: the pages of the office, as a process."""

import sys

from broker.config import Settings
from broker.contract.topics import WEB_CLIENT
from broker.screen import run_screen
from broker.web.start import KIND, show


def names(settings: Settings) -> list[str]:
    """Return under which ids pages can be served: `web`, and those of more machines that `mqtt.devices` names."""
    more = [device for device in settings.mqtt.devices if device.startswith("web-")]
    return [] if settings.web is None else [WEB_CLIENT, *more]


if __name__ == "__main__":
    sys.exit(run_screen(KIND, show, names=names))
