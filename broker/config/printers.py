"""What only a look at this machine tells about the kiosks' printers: whether a logo's picture is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from broker.config.faults import Fault
from broker.config.schema import child, entries


def logo_faults(data: Mapping[str, object], folder: Path) -> Iterator[Fault]:
    """Yield a warning for each logo that is not in `folder`, the configuration's own: other machines may have it."""
    for path, kiosk in entries(data, "kiosks"):
        for key in ("printer", "spare_printer"):
            logo = child(kiosk.get(key), "logo")
            if isinstance(logo, str) and not (folder / logo).is_file():
                yield Fault((*path, key, "logo"), f"there is no picture {folder / logo} on this machine", warning=True)
