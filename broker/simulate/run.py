"""Many days at once, on as many processors as there are."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from broker.simulate.day import DayRecord, play_day
from broker.simulate.plan import Plan

DAYS_A_PIECE = 5


def play_days(plan: Plan, days: int, *, jobs: int = 1, tell: Callable[[], None] = lambda: None) -> list[DayRecord]:
    """Play working days 0 to `days` - 1 in `jobs` processes; `tell` hears of each. The result is always the same.

    Processes are spawned, not forked: whoever draws a progress bar has threads.
    """
    play = partial(play_day, plan)
    if jobs <= 1:
        return [_told(play(number), tell) for number in range(days)]
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        return [_told(record, tell) for record in pool.map(play, range(days), chunksize=DAYS_A_PIECE)]


def _told(record: DayRecord, tell: Callable[[], None]) -> DayRecord:
    tell()
    return record
