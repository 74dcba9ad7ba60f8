"""The key of a ticket and the link that carries it: written and read here, for engine, screens and pages alike.

A key is 80 random bits as 16 letters of base 32. Whoever has it holds the ticket, until its office day is over.
In capitals the link packs tightly as a QR code: letters, digits and `:/.-` alone are its alphanumeric mode.
"""

from __future__ import annotations

import base64
import re

KEY_BYTES = 10
MAX_PUBLIC_URL = 71
"""So long an address makes a QR of version 4, up to 19 characters one of version 2: 90 and 38 with correction M."""

_KEY = re.compile(r"(?:https?://[^\s/]+/(?:[^\s]*/)?t/)?(?P<key>[a-z2-7]{16})/?", re.IGNORECASE | re.ASCII)


def key_text(chance: bytes) -> str:
    """Return the key that `KEY_BYTES` of chance make."""
    return base64.b32encode(chance).decode("ascii")


def link_text(public_url: str, key: str) -> str:
    """Return what the QR of a ticket says where its page is under `public_url`."""
    return f"{public_url.rstrip('/')}/T/{key}".upper()


def key_of(text: str) -> str | None:
    """Return the key of a text that is one, or a link to `.../t/<key>`, in any case; None where it is neither."""
    found = _KEY.fullmatch(text)
    return None if found is None else found["key"].upper()
