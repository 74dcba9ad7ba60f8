"""Asks for advice: the command `antrean advise`, in a process of its own, one at a time.

What it answers stays here until there is newer, and is written nowhere: a few answers, so that two can be looked at.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, assert_never

from pydantic import ValidationError

from broker.reports.advice import (
    TOLD,
    ActsTold,
    AdviceQuestion,
    AdviceTold,
    ForecastTold,
    PlansTold,
    ProgressTold,
    RefusedTold,
)

MOST = 12
"""So many answers are kept."""
LONGEST_S = 900.0
"""No question takes as long: whoever answers it hangs."""
ENDS_S = 5.0
_LINE_BYTES = 4 * 1024 * 1024

log = logging.getLogger(__name__)

State = Literal["running", "done", "cancelled", "failed"]


@dataclass(slots=True)
class Answer:
    """What is known so far of one question."""

    id: str
    question: AdviceQuestion
    state: State = "running"
    progress: ProgressTold | None = None
    forecast: ForecastTold | None = None
    plans: PlansTold | None = None
    acts: ActsTold | None = None
    refused: RefusedTold | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether all that was asked for is known."""
        last = {"forecast": self.forecast, "plans": self.plans, "search": self.acts}[self.question.does]
        return last is not None or self.refused is not None

    def hear(self, told: AdviceTold) -> None:
        """Take one message."""
        match told:
            case ProgressTold():
                self.progress = told
            case ForecastTold():
                self.forecast = told
            case PlansTold():
                self.plans = told
            case ActsTold():
                self.acts = told
            case RefusedTold():
                self.refused = told
            case _:
                assert_never(told)


@dataclass(slots=True)
class Advisor:
    """Has questions answered about the office whose data are on this machine."""

    config: Path
    data: Path
    database: Path | None = None
    """The file with the office's data, where it is a file."""
    command: tuple[str, ...] = (sys.executable, "-m", "broker", "advise")
    _answers: dict[str, Answer] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None
    _task: asyncio.Task[None] | None = None

    def can_be_asked(self) -> bool:
        """Tell whether the data are here: the pages may run on another machine."""
        return self.database is None or self.database.exists()

    @property
    def running(self) -> Answer | None:
        """Return what is being answered."""
        return next((one for one in self._answers.values() if one.state == "running"), None)

    def answer(self, name: str) -> Answer | None:
        """Return what is known of a question; None where it was asked too long ago."""
        return self._answers.get(name)

    def forecast_for(self, day: dt.date | None, today: dt.date) -> Answer | None:
        """Return the newest answer that foretells a day from today on, or is about to; None where nobody has asked."""
        newest = tuple(reversed(self._answers.values()))
        for one in newest:
            told, is_next = one.forecast, day is None and one.question.day is None
            if told is not None and told.today == today and (told.chosen == day or is_next):
                return one
        pending = (one for one in newest if one.forecast is None and one.state != "cancelled")
        return next((one for one in pending if one.question.day == day), None)

    def forget(self, one: Answer) -> None:
        """Let an answer go, for its question to be asked anew."""
        if one.state != "running":
            self._answers.pop(one.id, None)

    async def ask(self, question: AdviceQuestion) -> Answer | None:
        """Begin to answer a question; None where another one is being answered."""
        if self._task is not None and self.running is not None and self.running.is_whole:
            await asyncio.wait({self._task}, timeout=ENDS_S)  # all is said, and its process only ends
        if self.running is not None:
            return None
        one = Answer(secrets.token_hex(8), question)
        self._answers[one.id] = one
        while len(self._answers) > MOST:
            self._answers.pop(next(iter(self._answers)))
        self._task = asyncio.create_task(self._answered(one))
        return one

    async def cancel(self, one: Answer) -> None:
        """End what is being answered."""
        if one.state == "running" and self._task is not None:
            one.state = "cancelled"
            self._end()
            await asyncio.wait({self._task})

    async def stop(self) -> None:
        """End everything."""
        if self.running is not None:
            await self.cancel(self.running)

    async def _answered(self, one: Answer) -> None:
        try:
            is_whole = await asyncio.wait_for(self._heard(one), LONGEST_S)
        except (OSError, ValueError, ValidationError, TimeoutError) as error:
            log.warning("no advice was given: %s", str(error)[:300] or type(error).__name__)
            is_whole = False
        finally:
            self._end()
        if one.state == "running":
            one.state = "done" if is_whole or one.refused is not None else "failed"

    async def _heard(self, one: Answer) -> bool:
        where = ("--config", str(self.config), "--data", str(self.data))
        process = self._process = await asyncio.create_subprocess_exec(
            *self.command,
            *("--json", "--ask", *where),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_BYTES,
        )
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        if one.state != "running":  # cancelled while it began
            self._end()
        with contextlib.suppress(ConnectionError):
            process.stdin.write(one.question.model_dump_json().encode())
            await process.stdin.drain()
            process.stdin.close()
        async for line in process.stdout:
            one.hear(TOLD.validate_json(line))
        return await process.wait() == 0

    def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
