"""What people write: taken whole or refused in words. How it is shown without harm is for whoever shows it."""

from __future__ import annotations

import re
import unicodedata

from broker.domain.errors import Code, DomainError

MAX_BYTES = 6000
"""Of one text: with what stands around it a reply still fits a message."""
_INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc", "Mn", "Me"})
_NUMBER = re.compile(r"[A-Z]{0,3}-?[0-9]{1,6}", re.IGNORECASE | re.ASCII)


def required(text: str | None, field: str) -> str:
    """Return a text that has to say something."""
    found = _checked(text or "", field)
    if not any(unicodedata.category(character) not in _INVISIBLE for character in found):
        raise DomainError(Code.BAD_REQUEST, f"{field}: says nothing", field=field)
    return found


def sentence(text: str | None, field: str = "text") -> str:
    """Return a text that may say nothing: then it is empty."""
    found = _checked(text or "", field)
    return found if any(unicodedata.category(character) not in _INVISIBLE for character in found) else ""


def ticket_number(text: str | None) -> str | None:
    """Return the number of a ticket, such as `A-012`; whatever else somebody wrote there is refused."""
    if text is None or not text.strip():
        return None
    found = text.strip().upper()
    if _NUMBER.fullmatch(found) is None:
        raise DomainError(Code.BAD_REQUEST, "ticket: the number on the paper is meant, such as A-012", field="ticket")
    return found


def _checked(text: str, field: str) -> str:
    """Return a text with the line ends of one kind and without space around it; nothing else of it is changed.

    Markup, directions of writing and every script are kept as they are. Characters that only steer a machine are
    refused: nobody types them.
    """
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for character in found:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            name = f"U+{ord(character):04X}"
            raise DomainError(Code.BAD_REQUEST, f"{field}: holds a character that is no writing ({name})", field=field)
    length = len(found.encode())
    if length > MAX_BYTES:
        message = f"{field}: is too long to be sent: {length} bytes, {MAX_BYTES} are possible"
        raise DomainError(Code.BAD_REQUEST, message, field=field)
    return found
