"""Results as files to download: made by the command `antrean survey results`, in a process of its own.

A page to hang up takes a second and 150 MB, which the process that serves 500 phones has not; and a fault in it ends
nothing but itself.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 60.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ResultFiles:
    """Makes one file at a time, by the configuration and the data of this machine."""

    config: Path
    data: Path
    database: Path | None = None
    """The file with the office's data, where it is a file."""
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def can_be_made(self) -> bool:
        """Tell whether the data are here: the pages may run on another machine."""
        return self.database is None or self.database.exists()

    async def made(self, survey: str, period: str, kind: str, language: str) -> bytes | None:
        """Return the file of a survey's period; None where this machine cannot make it."""
        async with self._turn:
            with tempfile.TemporaryDirectory(prefix="antrean-results-") as folder:
                path = Path(folder) / "results"
                wanted = ("--survey", survey, "--period", period, "--format", kind, "--language", language)
                where = ("--out", str(path), "--config", str(self.config), "--data", str(self.data))
                return path.read_bytes() if await self._run(*wanted, *where) else None

    async def _run(self, *arguments: str) -> bool:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "broker", "survey", "results", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            said = b"took too long"
        if process.returncode:
            log.warning("no file of results was made: %s", said.decode(errors="replace").strip()[-500:])
        return process.returncode == 0
