"""What every command understands, and how faults are said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="ANTREAN_CONFIG", readable=False, help="The office's configuration file."),
]
DataOption = Annotated[
    Path, typer.Option("--data", "-d", envvar="ANTREAN_DATA", help="Everything that is written lies below this folder.")
]


def say(*sentences: str) -> int:
    """Say what is wrong and what to do; return the exit code that belongs to it."""
    for sentence in sentences:
        errors().print(sentence, markup=False, highlight=False, soft_wrap=True)
    return 1


def errors() -> Console:
    """Return where faults are said."""
    return Console(stderr=True)
