"""A backup each day: when it is due, and the process that makes it, so that the engine is not held up."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from broker.config.settings import BackupPlan, Settings
from broker.store.copies import backups_in

LOOK_EVERY_S, TRY_AGAIN_S = 300.0, 3600.0
LONGEST_S = 4 * 3600
"""A backup of many years on a slow disk."""

log = logging.getLogger(__name__)


def is_due(folder: Path, office: str, at: dt.time, now: dt.datetime) -> bool:
    """Tell whether a backup is to be made: none was since it was last `at`, in the zone of `now`.

    What is there tells, so that a machine that was off makes it when it is on again, and none is made twice.
    """
    last = dt.datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    if last > now:
        last -= dt.timedelta(days=1)
    return max(backups_in(folder, office).values(), default=dt.datetime.min.replace(tzinfo=dt.UTC)) < last


def keep_nightly(
    due: Callable[[], bool],
    make: Callable[[], str],
    report: Callable[[str, str | None], None],
    pause: Callable[[float], bool],
) -> None:
    """Make a backup whenever one is due, and report why it failed, or None. Goes on until `pause` returns True.

    One that failed is tried again an hour later: a disk that is full or away does not come back in a minute.
    """
    fault = ""
    while not pause(TRY_AGAIN_S if fault else LOOK_EVERY_S):
        if due():
            fault = make()
            report("backup", fault or None)
        elif fault:  # somebody made one by hand
            fault = ""
            report("backup", None)


class Nightly:
    """The daily backup of one office."""

    def __init__(
        self, settings: Settings, plan: BackupPlan, config: Path, data: Path, clock: Callable[[], dt.datetime]
    ) -> None:
        """Back up by `plan`, whose folder lies below `data` where it is not absolute."""
        self._office = settings.office
        self._plan, self._clock = plan, clock
        self._folder = data / plan.folder
        made = ("nice", "-n", "15", sys.executable, "-m", "broker", "backup", str(self._folder))
        self._command = [*made, "--keep", str(plan.keep), "--config", str(config), "--data", str(data)]

    def is_due(self) -> bool:
        """Tell whether one is due now."""
        return is_due(self._folder, self._office.id, self._plan.at, self._clock().astimezone(self._office.zone))

    def make(self) -> str:
        """Make one; return why that failed, or nothing. Blocks as long as it takes."""
        try:
            done = subprocess.run(  # noqa: S603 - ourselves, and folders that the configuration names
                self._command, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            return f"no backup could be made: {error}"
        if done.returncode == 0:
            log.info("a backup was made in %s", self._folder)
            return ""
        said = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        log.error("no backup could be made: %s", said)
        return f"no backup could be made: {said}"
