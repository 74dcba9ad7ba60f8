"""Faults of a configuration file, gathered so that a person can mend them in one go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it stands, what is wrong, and which key was probably meant."""

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
