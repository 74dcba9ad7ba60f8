"""Whether text consists of characters that somebody can see and meant to write. Asked of plain data.

Settings are pasted out of documents and chats, or saved by editors of other systems: what came along is named as what
it is, on its line, before anyone wonders why an address that looks right is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from broker.config.document import strange_character
from broker.config.faults import Fault, PathKey
from broker.config.schema import top, walk

_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
"""Typographic quotes, which YAML takes for a part of the text."""


def character_faults(data: object, model: type[BaseModel]) -> Iterator[Fault]:
    """Yield each text with characters that nobody meant, one fault a text.

    What visitors read by language may have quotes and no-break spaces, and blanks around it are cut off; elsewhere all
    of that would be taken literally.
    """
    prose: PathKey | None = None
    for path, place, value in walk(data, top(model)):
        if prose is None or path[: len(prose)] != prose:
            prose = path if place.is_by_language else None
        if isinstance(value, str) and (message := _fault(value, is_prose=prose is not None)):
            yield Fault(path, message)


def _fault(text: str, *, is_prose: bool) -> str | None:
    named = strange_character(text.strip() if is_prose else text, is_prose=is_prose)
    if named:
        return f"contains {named}"
    if is_prose or not text:
        return None
    if not text.strip():
        return "consists of blanks only"
    if text != text.strip():
        return "begins or ends with a blank"
    for quote, where in ((text[0], "begins"), (text[-1], "ends")):
        if quote in _QUOTES:
            return f"{where} with a typographic quote ({quote}): use plain ones, \" or '"
    return None
