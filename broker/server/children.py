"""Processes that we start: they do not outlive us, and what they write to their terminal stays small."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

MAX_OUTPUT_BYTES = 1_000_000
"""A file of output is moved aside beyond this; the one before it goes."""

log = logging.getLogger(__name__)


def keep_small(path: Path, *, max_bytes: int = MAX_OUTPUT_BYTES) -> None:
    """Move what a process has written to `path` aside to `<path>.1` once it is large. It writes on, to an empty file.

    The process has the file open for appending, so what comes next begins at the beginning; a line that is written just
    between copy and cut is lost.
    """
    try:
        if not path.exists() or path.stat().st_size <= max_bytes:
            return
        shutil.copy(path, path.with_name(path.name + ".1"))
        os.truncate(path, 0)
    except OSError as error:
        log.warning("%s grows and cannot be moved aside: %s", path, error)


def bound_to_parent(command: Sequence[str]) -> list[str]:
    """Return a command whose process ends when the thread that starts it does, even if we are killed.

    The kernel's parent-death signal by way of util-linux's setpriv; where that is missing the plain command.
    """
    setpriv = shutil.which("setpriv")
    return [*((setpriv, "--pdeathsig", "TERM") if setpriv else ()), *command]
