"""What this run believes of the clock, kept for the next one: so a clock that was set in between is told from time."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hardware.boot import BOOT_ID, boot_id
from hardware.files import write_whole

log = logging.getLogger(__name__)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    boot: str
    begun_s: float


class ClockFile:
    """Implements `broker.ports.ClockMark`. After a restart of the machine nothing is known: it may have been off."""

    def __init__(self, path: Path, *, boot: Path = BOOT_ID) -> None:
        """Use `path`; `boot` holds what is different after each start of the machine."""
        self._path = path
        self._boot = boot

    def load(self) -> float | None:
        """Return when the machine was started, by the clock that the run before believed."""
        try:
            kept = _Kept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.warning("what the last run believed of the clock is forgotten, %s is unreadable: %s", self._path, error)
            return None
        return kept.begun_s if kept.boot == boot_id(self._boot) != "" else None

    def save(self, begun_s: float) -> None:
        """Keep it; where that fails, only a clock that is set while nothing runs is taken for time that has passed."""
        try:
            kept = _Kept(boot=boot_id(self._boot), begun_s=begun_s)
            write_whole(self._path, kept.model_dump_json().encode(), durable=True)
        except OSError as error:
            log.warning("what is believed of the clock is not kept over a restart: %s", error)
