"""What is wrong with a configuration: faults by their path in the data, then by line or variable, as they are said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

PathKey = tuple[str | int, ...]
"""Where something stands in the file: keys and list positions from the top."""

UNKNOWN = "is not a known key"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a path, before it is known on which line that stands."""

    path: PathKey
    message: str
    hint: str | None = None
    warning: bool = False
    here: bool = False
    """What is wrong is this machine, not the file; the hint says how to mend it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault as it is said: gathered with all others, so that a person can mend them in one go."""

    file: str
    line: int | None
    path: str
    message: str
    hint: str | None = None
    warning: bool = False
    here: bool = False
    """What is wrong is this machine, not the file; the hint says how to mend it."""

    def __str__(self) -> str:
        """Return the fault as one line for a person."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        path = f" {self.path}:" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}:{path} {self.message}{hint}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` holds every fault found."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep all problems, worst first in file order."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def did_you_mean(word: object, known: Iterable[str]) -> str | None:
    """Return a hint at the nearest known word, if one is near enough."""
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else None
