"""What visitors send by a form: read within bounds, and with an id that makes a second submit the same request."""

from __future__ import annotations

import asyncio
import re
import unicodedata
import uuid

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 120
READ_S = 15.0
"""A form of a few kilobytes is here by then, over the slowest network of a hall."""
FIELD = "request"
"""The hidden field that carries the id."""

_ID = re.compile(r"[0-9a-f]{32}")
_KEPT = frozenset("\n\t")


def new_id() -> str:
    """Return an id for a form: it is made with the form, so that sending it twice is one request."""
    return uuid.uuid4().hex


class Form:
    """The fields of a form that was sent."""

    def __init__(self, data: FormData) -> None:
        """Take what was read; files are none of it."""
        self._data = data

    def text(self, name: str, *, most: int = 4000) -> str:
        """Return a field as it was meant: composed, with plain line breaks, without other control characters, trimmed.

        What is longer than `most` is cut by nobody here: the engine refuses it in words.
        """
        value = self._data.get(name, "")
        if not isinstance(value, str):
            return ""
        value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        cleaned = "".join(one for one in value if one in _KEPT or unicodedata.category(one) not in {"Cc", "Cs"})
        return cleaned.strip()[: most * 4]

    def fields(self) -> dict[str, str]:
        """Return all fields, each as `text` reads it, and of its whole length."""
        return {name: self.text(name, most=MAX_BODY_BYTES) for name in self._data}

    def request_id(self, command: str) -> str:
        """Return under which id what the form asks is one request; a new one where the form has none that is any."""
        value = self._data.get(FIELD, "")
        identity = value if isinstance(value, str) and _ID.fullmatch(value) else new_id()
        return f"{command}-{identity}"


async def read_form(request: Request) -> Form:
    """Read a form. Raises HTTPException for what is none, is too much or comes too slowly."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data", ""}:
        raise HTTPException(415)
    try:
        async with asyncio.timeout(READ_S):
            return Form(await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_BODY_BYTES))
    except TimeoutError:
        raise HTTPException(408) from None
