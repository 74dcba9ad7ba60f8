"""What the screens would show by rules that do not count yet: asked of `broker.preview`, a process of its own.

One at a time: another one waits for its turn, and one that nobody looks at any more is not begun. What was made lies in
a folder below the machine's temporary one until somebody wants newer, and goes with the process of the pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from broker.contract.messages import Announcement, HoursInfo, OfficeMessage
from broker.server.children import bound_to_parent
from broker.web.staff.rules_screens import Seen, Shot
from broker.web.visitor.writing import new_mark

LONGEST_S = 240.0
"""No preview takes as long: whoever draws it hangs."""
UNSEEN_S = 20.0
"""Whoever has not asked how far it is for so long looks at something else: it is ended."""
MOST = 6
"""So many are kept."""
_LINE_BYTES = 4 * 1024 * 1024
_FOLDERS = "antrean-preview-"
_RULES = "rules"
"""In a preview's folder: the configuration and what it names beside itself, apart from the pictures that are made."""

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "cancelled", "failed", "unseen"]


class FaultTold(BaseModel):
    """One text that does not fit on one page."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    page: str
    language: str
    kind: str
    text: str
    needs: float = 0
    has: float = 0
    unit: str = ""


class PanelTold(BaseModel):
    """The panel that was looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    width_px: int
    height_px: int
    diagonal_in: float


class ReportTold(BaseModel):
    """How the pages of one screen fit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    part: str
    panel: PanelTold
    pages: int
    faults: tuple[FaultTold, ...] = ()
    known: int = 0
    """So many more do not fit by the rules that count either."""


@dataclass(slots=True)
class Preview:
    """What is known so far of one change."""

    id: str
    text: bytes
    seen: Seen
    folder: Path | None = None
    state: State = "waiting"
    made: set[str] = field(default_factory=set)
    lost: dict[str, str] = field(default_factory=dict)
    """Pictures that cannot be made, with why."""
    office: OfficeMessage | None = None
    """What the office would tell of itself."""
    announcements: tuple[Announcement, ...] = ()
    hours: HoursInfo | None = None
    at: dt.datetime | None = None
    reports: list[ReportTold] = field(default_factory=list)
    unchecked: dict[str, str] = field(default_factory=dict)
    """Kinds of screens whose layout could not be looked at, with why."""
    refused: tuple[str, ...] = ()
    """Why the office could not work by this at all."""
    news: int = 0
    """Grows with everything that becomes known."""
    looked_at_s: float = 0.0
    is_left: bool = False
    """Whether nobody looked at it any more, so that it was ended."""

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will become known."""
        return self.state not in {"waiting", "running"}

    def named(self) -> dict[str, Shot]:
        """Return what is shown, by the names of the pictures."""
        return {f"p{place}": shot for place, shot in enumerate(self.seen.shots)}

    def hear(self, told: Mapping[str, Any]) -> None:
        """Take one line of the worker's answer."""
        self.news += 1
        match told:
            case {"office": office, "announcements": announced, "hours": hours, "at": at}:
                self.office = OfficeMessage.model_validate(office)
                self.announcements = tuple(Announcement.model_validate(one) for one in announced)
                self.hours = None if hours is None else HoursInfo.model_validate(hours)
                self.at = None if at is None else dt.datetime.fromisoformat(at)
            case {"picture": name}:
                self.made.add(name)
            case {"lost": names, "why": why}:
                self.lost |= dict.fromkeys(names, why)
            case {"report": report, "known": known}:
                self.reports.append(ReportTold.model_validate({**report, "known": known}))
            case {"unchecked": screen, "why": why}:
                self.unchecked[screen] = why
            case {"refused": why}:
                self.refused = tuple(map(str, why))
            case {"done": True}:
                self.state = "done"
            case _:
                pass


@dataclass(slots=True)
class Previews:
    """Makes them. `config` is the file in force: what it names beside itself is found for the pictures, too."""

    config: Path
    command: tuple[str, ...] = (sys.executable, "-m", "broker.preview")
    _kept: dict[str, Preview] = field(init=False, default_factory=dict)
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _tasks: dict[str, asyncio.Task[None]] = field(init=False, default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    """Of what was let go, and whose process may not have ended yet."""

    @staticmethod
    def has_screen() -> bool:
        """Tell whether this machine has what draws windows where nobody looks."""
        return shutil.which("Xvfb") is not None and shutil.which("xdotool") is not None

    def begin(self, text: bytes, seen: Seen) -> Preview:
        """Begin to look at what the file would say; the oldest that was kept goes."""
        one = Preview(new_mark(), text, seen, looked_at_s=_now_s())
        self._kept[one.id] = one
        while len(self._kept) > MOST:
            self._forget(next(iter(self._kept.values())))
        self._tasks[one.id] = asyncio.create_task(self._made(one))
        return one

    def resume(self, one: Preview) -> None:
        """Go on with one at which somebody looks again."""
        if one.state == "unseen":
            one.state, one.is_left, one.news = "waiting", False, one.news + 1
            one.looked_at_s = _now_s()
            one.reports.clear()
            self._tasks[one.id] = asyncio.create_task(self._made(one))

    def found(self, name: str) -> Preview | None:
        """Return what is known of one, which somebody looks at just now; None where it is gone."""
        one = self._kept.get(name)
        if one is not None:
            one.looked_at_s = _now_s()
        return one

    async def picture(self, one: Preview, name: str) -> bytes | None:
        """Return a picture (PNG); None where it is not made."""
        if one.folder is None or name not in one.made:
            return None
        try:
            return await asyncio.to_thread((one.folder / f"{name}.png").read_bytes)
        except OSError:
            return None

    async def cancel(self, one: Preview) -> None:
        """End what is being made."""
        task = self._tasks.get(one.id)
        if not one.is_over:
            one.state = "cancelled"
            one.news += 1
            if task is not None:
                task.cancel()
                await asyncio.wait({task})

    async def stop(self) -> None:
        """End everything, and leave nothing on the disk."""
        for one in list(self._kept.values()):
            self._forget(one)
        if self._ending:
            await asyncio.wait(set(self._ending))

    def _forget(self, one: Preview) -> None:
        """Let one go; what is being made of it ends, and only then its folder goes."""
        self._kept.pop(one.id)
        task = self._tasks.pop(one.id)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.add_done_callback(lambda _: _remove(one.folder))
        if not one.is_over:
            one.state = "cancelled"
            task.cancel()

    async def _made(self, one: Preview) -> None:
        try:
            async with self._turn:
                one.is_left = _seen_for_s(one) <= 0
                if not one.is_left:
                    one.state = "running"
                    await asyncio.to_thread(self._lay_out, one)
                    await asyncio.wait_for(self._heard(one), LONGEST_S)
        except (OSError, ValueError, TimeoutError) as error:
            log.warning("a preview of the rules was not made: %s", str(error)[:300] or type(error).__name__)
        finally:
            if not one.is_over:
                one.state = "unseen" if one.is_left else "failed"
            one.news += 1

    async def _heard(self, one: Preview) -> None:
        folder = one.folder
        if folder is None:
            return
        process = await asyncio.create_subprocess_exec(
            *bound_to_parent([*self.command, str(folder / _RULES / "config.yaml"), str(folder)]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LINE_BYTES,
            start_new_session=True,  # so that all that it starts ends with it
        )
        self._look(one, process)
        try:
            if process.stdin is None or process.stdout is None:
                return
            with contextlib.suppress(ConnectionError):
                process.stdin.write(json.dumps(self._order(one)).encode())
                await process.stdin.drain()
                process.stdin.close()
            async for line in process.stdout:
                one.hear(json.loads(line))
        finally:
            _end(process)
            await asyncio.shield(process.wait())

    def _look(self, one: Preview, process: asyncio.subprocess.Process) -> None:
        """End a worker for which nobody waits any more; look again as long as somebody does."""
        left_s = _seen_for_s(one)
        if process.returncode is not None:
            return
        if left_s > 0:
            asyncio.get_running_loop().call_later(left_s, self._look, one, process)
        else:
            one.is_left = True
            _end(process)

    def _order(self, one: Preview) -> dict[str, object]:
        shots = [
            {
                "name": name,
                "screen": "kiosk" if shot.screen == "paper" else shot.screen,
                "part": shot.part,
                "page": shot.page,
                "language": shot.language,
            }
            for name, shot in one.named().items()
            if shot.is_drawn
        ]
        day = None if one.seen.day is None else one.seen.day.isoformat()
        return {"shots": shots, "checks": one.seen.checks, "day": day, "now": str(self.config)}

    def _lay_out(self, one: Preview) -> None:
        """Write the configuration into a folder, with links to what lies beside the true one: logos, surveys."""
        if one.folder is not None:
            return
        _sweep()
        one.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-"))
        rules = one.folder / _RULES
        rules.mkdir()
        (rules / "config.yaml").write_bytes(one.text)
        for path in self.config.parent.iterdir():
            if path.name != "config.yaml" and not path.name.startswith("."):
                with contextlib.suppress(OSError):
                    (rules / path.name).symlink_to(path.absolute())


def _sweep() -> None:
    """Take away what processes left that were ended before they could: it says what the configuration says."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        owner = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and not (owner.isdecimal() and _is_running(int(owner))):
                _remove(folder)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's; or no number of a process
        return True
    return True


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _seen_for_s(one: Preview) -> float:
    """Return for how much longer it is taken for looked at."""
    return one.looked_at_s + UNSEEN_S - _now_s()
