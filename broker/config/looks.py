"""The office's own looks: whether its colour leaves every text readable, and its logos can be shown and printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from broker.config.faults import Fault
from broker.config.schema import child, entries
from broker.config.settings import Settings
from hardware.colours import accent_fault
from hardware.office_logo import logo_fault


def accent_faults(data: object) -> Iterator[Fault]:
    """Yield why `office.accent` cannot be used, with a colour that can."""
    accent = child(child(data, "office"), "accent")
    if isinstance(accent, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", accent):
        message = accent_fault(accent)
        if message is not None:
            yield Fault(("office", "accent"), message)


def office_logo_faults(data: object, folder: Path) -> Iterator[Fault]:
    """Yield why `office.logo` cannot be shown from here: a warning, as screens on other machines may have it."""
    logo = child(child(data, "office"), "logo")
    if isinstance(logo, str) and logo:
        message = logo_fault(folder / logo)
        if message is not None:
            yield Fault(("office", "logo"), message, warning=True, hint="the screens stand without a logo")


def paper_logo_faults(data: Mapping[str, object], folder: Path) -> Iterator[Fault]:
    """Yield a warning for each printer's logo that is not in `folder`, the configuration's own: others may have it."""
    for path, kiosk in entries(data, "kiosks"):
        for key in ("printer", "spare_printer"):
            logo = child(kiosk.get(key), "logo")
            if isinstance(logo, str) and not (folder / logo).is_file():
                yield Fault((*path, key, "logo"), f"there is no picture {folder / logo} on this machine", warning=True)


def with_logo_of(settings: Settings, folder: Path) -> Settings:
    """Return settings whose logo is found from anywhere: it is named as seen from the configuration's folder."""
    if settings.office.logo is None:
        return settings
    logo = str((folder / settings.office.logo).absolute())
    return settings.model_copy(update={"office": settings.office.model_copy(update={"logo": logo})})
