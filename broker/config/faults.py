"""A fault at a path of the data, before it is known on which line or in which variable that stands."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from broker.config.document import PathKey

UNKNOWN = "is not a known key"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a path."""

    path: PathKey
    message: str
    hint: str | None = None
    warning: bool = False
    here: bool = False
    """What is wrong is this machine, not the file; the hint says how to mend it."""


def did_you_mean(word: object, known: Iterable[str]) -> str | None:
    """Return a hint at the nearest known word, if one is near enough."""
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else None
