"""What people and machines know tickets and sessions by: the number, the text of the QR, the digest of a secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid

QR_PREFIX = "ANTREAN-"


def qr_text(ticket_id: str) -> str:
    """Return the QR text of a ticket: capitals and digits only, which QR packs tightly."""
    return QR_PREFIX + base64.b32encode(uuid.UUID(ticket_id).bytes).decode().rstrip("=")


def ticket_id_of_qr(text: str) -> str | None:
    """Return the ticket id in a QR text, or None where it is not one of ours."""
    if not text.startswith(QR_PREFIX):
        return None
    try:
        raw = base64.b32decode(text.removeprefix(QR_PREFIX) + "======")
        return str(uuid.UUID(bytes=raw))
    except (binascii.Error, ValueError):
        return None


def session_digest(token: str) -> str:
    """Return what is kept of a session: whoever reads the journal cannot act as the officer."""
    return hashlib.sha256(token.encode()).hexdigest()


def number_text(series: str, sequence: int) -> str:
    """Return the number on the paper, such as `AP-003`; past 999 it simply grows."""
    return f"{series}-{sequence:03d}"
