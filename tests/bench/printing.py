"""What a ticket weighs on its way to the printer: bytes, and seconds on a serial line, for each kind of printer."""

from __future__ import annotations

from rich.table import Table

from hardware.codecs.escpos_profile import paper_of
from tests.hardware.ticket_samples import ticket_bytes

PRINTERS = (
    ("default", 80),
    ("TM-T88III", 80),
    ("TM-T82", 80),
    ("TM-T82", 58),
    ("XP-80", 80),
    ("XP-58", 58),
    ("POS-5890", 58),
)
BAUDS = (9600, 19200, 115200)
BITS_A_BYTE = 10
"""On a line with a start bit, eight bits and a stop bit."""


def printing_table() -> Table:
    """Return the table; computed, so it is the same on every machine."""
    table = Table(title="one ticket to the printer (id, three documents, QR code)")
    for column in ("profile", "paper", "QR code", "bytes", *(f"s at {baud} baud" for baud in BAUDS)):
        table.add_column(column, justify="left" if column == "profile" else "right")
    for profile, paper_mm in PRINTERS:
        size = len(ticket_bytes("regular", language="id", paper_mm=paper_mm, profile=profile))
        code = "native" if paper_of(profile, paper_mm=paper_mm).native_qr else "picture"
        seconds = (f"{size * BITS_A_BYTE / baud:.2f}" for baud in BAUDS)
        table.add_row(profile, f"{paper_mm} mm", code, f"{size:,}", *seconds)
    return table
