"""Asks the process that makes reports: started when the first one is asked for, and ends when nobody asks.

One report is made at a time, the others wait their turn. Whoever asks for the same while it is made gets the same; a
page that takes longer than somebody likes to wait is fetched when it is asked for again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MOST = 12
"""So many reports may be under way; more are refused until some are made."""
LONGEST_S = 120.0
"""No report takes as long: whoever makes it hangs."""
IDLE_S = 600.0
"""So long the process stays when nobody asks it."""
HELD_S = 60.0
"""So long a report waits to be fetched."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: a page or a file, and what of."""

    what: str
    query: tuple[tuple[str, str], ...]
    language: str
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made; `refused` says in words why not, `failed` and `busy` say nothing."""

    status: Literal["made", "refused", "failed", "busy"]
    content: bytes = b""
    media_type: str = ""
    name: str = ""


FAILED, BUSY = Made("failed"), Made("busy")


@dataclass(slots=True)
class Reporter:
    """Makes the reports of the office whose data are on this machine."""

    config: Path
    data: Path
    database: Path | None = None
    """The file with the office's data, where it is a file."""
    idle_s: float = IDLE_S
    process: asyncio.subprocess.Process | None = None
    """The one that makes them, while there is one."""
    _under_way: dict[Wanted, asyncio.Task[Made]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ending: asyncio.TimerHandle | None = None

    def can_be_made(self) -> bool:
        """Tell whether the data are here: the pages may run on another machine."""
        return self.database is None or self.database.exists()

    @property
    def command(self) -> tuple[str, ...]:
        """Return what is started."""
        return sys.executable, "-m", "broker.cli.reporting", str(self.config), str(self.data)

    async def made(self, wanted: Wanted, *, patience_s: float) -> Made | int:
        """Return what was made; where it takes longer than `patience_s`, how many are before it."""
        task = self._under_way.get(wanted)
        if task is None:
            if len(self._under_way) >= MOST:
                return BUSY
            task = self._under_way[wanted] = asyncio.create_task(self._make(wanted))
            task.add_done_callback(lambda _: self._held(wanted))
        await asyncio.wait({task}, timeout=patience_s)
        if not task.done():
            return list(self._under_way).index(wanted)
        self._under_way.pop(wanted, None)
        return task.result()

    async def stop(self) -> None:
        """End the process."""
        for task in list(self._under_way.values()):
            task.cancel()
        async with self._turn:
            await self._end()

    def _held(self, wanted: Wanted) -> None:
        asyncio.get_running_loop().call_later(HELD_S, self._under_way.pop, wanted, None)

    async def _make(self, wanted: Wanted) -> Made:
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            try:
                return await asyncio.wait_for(self._asked(wanted), LONGEST_S)
            except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError) as error:
                log.warning("no report was made: %s", str(error) or type(error).__name__)
                await self._end()
                return FAILED
            except asyncio.CancelledError:
                await self._end()  # an answer that nobody has read would be taken for the next one
                raise
            finally:
                self._ending = asyncio.get_running_loop().call_later(self.idle_s, self._let_go)

    async def _asked(self, wanted: Wanted) -> Made:
        process = self.process
        if process is None or process.returncode is not None:
            process = self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        asked = {"what": wanted.what, "query": wanted.query, "language": wanted.language, "officer": wanted.officer}
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise asyncio.IncompleteReadError(line, None)
        head = json.loads(line)
        content = await process.stdout.readexactly(head["size"])
        return Made(head["status"], content, head["type"], head["name"])

    def _let_go(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()  # it ends with its last line

    async def _end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
