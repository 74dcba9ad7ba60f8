"""What is done once a day: when it is due, and the process that does it, so that the engine is not held up."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from broker.config.settings import BackupPlan, Settings
from broker.store.copies import backups_in
from broker.store.ends import last_at, mailed

LOOK_EVERY_S, TRY_AGAIN_S = 300.0, 3600.0
LONGEST_S = 4 * 3600
"""A backup of many years on a slow disk."""

log = logging.getLogger(__name__)


def is_due(last: dt.datetime | None, at: dt.time, now: dt.datetime) -> bool:
    """Tell whether it is to be done: it was not since it was last `at`, in the zone of `now`.

    What is there tells when that was, so that a machine that was off does it when it is on again, and nothing is done
    twice. What is dated ahead was done by a clock that was wrong, and says nothing.
    """
    wanted = dt.datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    if wanted > now:
        wanted -= dt.timedelta(days=1)
    return last is None or not wanted <= last <= now


def keep_daily(
    device: str,
    due: Callable[[], bool],
    make: Callable[[], str],
    report: Callable[[str, str | None], None],
    pause: Callable[[float], bool],
) -> None:
    """Make it whenever it is due, and report for `device` why that failed, or None; until `pause` returns True.

    What failed is tried again an hour later: a disk that is full or away does not come back in a minute.
    """
    fault = ""
    while not pause(TRY_AGAIN_S if fault else LOOK_EVERY_S):
        if due():
            fault = make()
            report(device, fault or None)
        elif fault:  # somebody made one by hand
            fault = ""
            report(device, None)


class Nightly:
    """What is kept of one office every day: a backup and, where that is wanted, the journal's end in a mail."""

    def __init__(
        self, settings: Settings, plan: BackupPlan, config: Path, data: Path, clock: Callable[[], dt.datetime]
    ) -> None:
        """Back up by `plan`, whose folder lies below `data` where it is not absolute."""
        self._office = settings.office
        self._plan, self._clock = plan, clock
        self._folder, self._mailed = data / plan.folder, mailed(data, self._office.id)
        self._places = ("--config", str(config), "--data", str(data))

    def is_due(self) -> bool:
        """Tell whether a backup is due now."""
        made = backups_in(self._folder, self._office.id).values()
        return self._is_due(max((at for at in made if at <= self._clock()), default=None))

    def make(self) -> str:
        """Make a backup; return why that failed, or nothing. Blocks as long as it takes."""
        why = self._run("backup", str(self._folder), "--keep", str(self._plan.keep))
        if not why:
            log.info("a backup was made in %s", self._folder)
            return ""
        log.error("no backup could be made: %s", why)
        return f"no backup could be made: {why}"

    def is_end_due(self) -> bool:
        """Tell whether the journal's end is to be mailed now."""
        return self._is_due(last_at(self._mailed))

    def mail_end(self) -> str:
        """Mail where the journal ends; return why that failed, or nothing. Blocks as long as it takes."""
        why = self._run("journal", "head", "--mail")
        if why:
            log.error("the journal's end is not mailed: %s", why)
        return f"failed, the journal's end is not mailed: {why}" if why else ""

    def _is_due(self, last: dt.datetime | None) -> bool:
        return is_due(last, self._plan.at, self._clock().astimezone(self._office.zone))

    def _run(self, *words: str) -> str:
        """Let a command of ours run to its end, behind all other work; return why it failed, or nothing."""
        try:
            done = subprocess.run(  # noqa: S603 - ourselves, and folders that the configuration names
                ["nice", "-n", "15", sys.executable, "-m", "broker", *words, *self._places],  # noqa: S607 - of the system
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        said = done.stderr.strip().splitlines()
        if done.returncode == 0:
            for line in said:  # it was done, but for this
                log.warning("%s", line)
            return ""
        return (said or ["without a word"])[-1]
