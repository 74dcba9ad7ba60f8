"""What people and machines know tickets and sessions by: the number, the text of the QR, the digest of a secret."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid

QR_PREFIX = "ANTREAN-"
_QR = re.compile(QR_PREFIX + "(?P<id>[A-Z2-7]{26})(?P<check>[0-9]{0,8})")
"""26 letters of base 32 hold the 128 bits of an id; behind them stands the check code."""


def qr_text(ticket_id: str, check: str | None = None) -> str:
    """Return the QR text of a ticket, with its check code at the end where that is given.

    Capitals and digits only, which QR packs tightly: with four digits it still fits the version that it fits without.
    """
    return QR_PREFIX + base64.b32encode(bytes.fromhex(ticket_id.replace("-", ""))).decode().rstrip("=") + (check or "")


def ticket_id_of_qr(text: str) -> str | None:
    """Return the ticket id in a QR text, or None where it is not one of ours."""
    found = _QR.fullmatch(text)
    return None if found is None else str(uuid.UUID(bytes=base64.b32decode(found["id"] + "======")))


def check_of_qr(text: str) -> str | None:
    """Return the check code at the end of a QR text, or None where there is none."""
    found = _QR.fullmatch(text)
    return None if found is None else found["check"] or None


def session_digest(token: str) -> str:
    """Return what is kept of a session: whoever reads the journal cannot act as the officer."""
    return hashlib.sha256(token.encode()).hexdigest()


def totp_secret(token: str) -> str:
    """Return the secret of a second factor that was asked for with this token: 160 bits in base 32 (RFC 4226)."""
    return base64.b32encode(hashlib.sha256(f"second factor\n{token}".encode()).digest()[:20]).decode()


def number_text(series: str, sequence: int) -> str:
    """Return the number on the paper, such as `AP-003`; past 999 it simply grows."""
    return f"{series}-{sequence:03d}"
