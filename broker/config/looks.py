"""Whether the office's own colour leaves every text of the screens readable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broker.config.faults import Fault
from broker.config.schema import child
from hardware.colours import accent_fault


def accent_faults(data: object) -> Iterator[Fault]:
    """Yield why `office.accent` cannot be used, with a colour that can."""
    accent = child(child(data, "office"), "accent")
    if isinstance(accent, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", accent):
        message = accent_fault(accent)
        if message is not None:
            yield Fault(("office", "accent"), message)
