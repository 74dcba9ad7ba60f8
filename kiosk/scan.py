"""What a scanned code says: a ticket, or something else. Pure; what comes from a scanner is trusted for nothing."""

from __future__ import annotations

import re

_TICKET = re.compile(r"(?:\]Q\d)?(ANTREAN-[A-Z2-7]{26})")
"""The text of a ticket's QR, perhaps after the symbology that some scanners put before it (AIM: `]Q1`)."""


def ticket_code(text: str) -> str | None:
    """Return the text of a ticket's QR as the engine knows it, or None where it is no ticket's."""
    found = _TICKET.fullmatch(text.strip().upper())  # scanners that act as keyboards may lose the capitals
    return None if found is None else found.group(1)
