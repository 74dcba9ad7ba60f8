"""What is sent by a form: read within bounds."""

from __future__ import annotations

import asyncio
import unicodedata

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 120
READ_S = 15.0
"""A form of a few kilobytes is here by then, over the slowest network of a hall."""
_KEPT = frozenset("\n\t")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, without files.

    Raises HTTPException for what is no form, is too much or comes too slowly.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data", ""}:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(READ_S):
            data = await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_BODY_BYTES)
    except TimeoutError:
        raise HTTPException(408) from None
    return {name: _composed(value) for name, value in data.items() if isinstance(value, str)}


def _composed(text: str) -> str:
    """Return a text as it was meant: composed, with plain line breaks, without other control characters, trimmed."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(one for one in text if one in _KEPT or unicodedata.category(one) not in {"Cc", "Cs"}).strip()
