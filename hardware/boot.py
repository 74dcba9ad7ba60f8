"""Since when this machine runs, which no clock that is set changes (Linux)."""

from __future__ import annotations

import time
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id(path: Path = BOOT_ID) -> str:
    """Return what is different after each start of the machine; nothing where it does not tell."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def since_boot_s() -> float:
    """Return the seconds since the machine was started, also those it slept: a closed lid is no clock that was set."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
