"""Becoming another process: the parts above the broker are started, never imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from broker.cli.options import say
from broker.extras import extra_of, require_extra
from broker.up.screens import has_screen


def become(part: str, config: Path, data: Path, name: str | None, *, needs_screen: bool = True) -> None:
    """Become the process of a part: those above the broker are never imported here."""
    require_extra(extra_of(part))
    if needs_screen:
        _require_screen()
    become_module(part, *office_arguments(config, data, name))


def become_module(module: str, *arguments: str) -> None:
    """Become another of our programs, one that may do what the broker may not. Raises MissingExtraError."""
    require_extra(extra_of(module))
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - no shell, our own module


def office_arguments(config: Path, data: Path, name: str | None) -> list[str]:
    """Return the arguments that every part understands."""
    return ["--config", str(config), "--data", str(data), *(() if name is None else ("--id", name))]


def _require_screen() -> None:
    """End with a sentence where no window could be seen: the window library would open one that nobody sees."""
    if not has_screen(os.environ) and "SDL_VIDEODRIVER" not in os.environ:
        raise typer.Exit(say("there is no screen here: start this in a desktop session, or set DISPLAY"))
