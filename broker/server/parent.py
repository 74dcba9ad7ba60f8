"""Children that do not outlive us."""

from __future__ import annotations

import shutil
from collections.abc import Sequence


def bound_to_parent(command: Sequence[str]) -> list[str]:
    """Return a command whose process ends when the thread that starts it does, even if we are killed.

    The kernel's parent-death signal by way of util-linux's setpriv; where that is missing the plain command.
    """
    setpriv = shutil.which("setpriv")
    return [*((setpriv, "--pdeathsig", "TERM") if setpriv else ()), *command]
