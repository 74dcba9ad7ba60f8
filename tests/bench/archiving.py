"""An office of years that moves all but the last weeks away: how long that takes, and what is left to work with."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from rich.table import Table

from broker.care.archiving import archive_years, opened, plan_archive
from broker.config import Settings, load_settings
from broker.contract.topics import ENGINE_CLIENT
from broker.domain.events import DayClosed
from broker.ports import Recorded, Work
from broker.reports.figures import History
from broker.reports.fold import Carry, Fold, carry_of, closed_day
from broker.store.archive import Archive
from broker.store.head import Head
from broker.store.sql import SqlStore
from tests.bench.past import A_DAY, FIRST_DAY, TICKETS, remember
from tests.support.lived_days import new_office
from tests.support.office import CONFIG

KEPT_DAYS = 60
"""So many office days stay."""
_AT_ONCE = 10_000


def archiving_table(folder: Path, tickets: int = TICKETS) -> Table:
    """Return what archiving does to an office of so many tickets."""
    settings = load_settings(CONFIG, os.environ)
    database = new_office(folder / "var")
    remember(database, tickets)
    close_days(database, settings)
    (disk := folder / "disk").mkdir()
    table = Table(title=f"archiving of {tickets:,} tickets, {KEPT_DAYS} office days stay")
    for column in ("", "before", "after"):
        table.add_column(column, justify="left" if not column else "right")
    size, start, whole = _size(database), _timed(lambda: _start(database)), _timed(lambda: _verify(database))
    known = _history(database, settings)
    before = (FIRST_DAY + dt.timedelta(days=tickets // A_DAY - KEPT_DAYS)).date()
    plan = plan_archive(settings, folder / "var", before, disk)
    taken = _timed(lambda: archive_years(plan, Head(folder / "var", "demo"), now=dt.datetime.now(dt.UTC)))
    _require(_history(database, settings).days[:-1] == known.days[:-1])
    table.add_row("database, MB", f"{size:.0f}", f"{_size(database):.0f}")
    table.add_row("archive, MB", "", f"{_size(plan.file):.0f}")
    table.add_row("the store opens, s", f"{start:.2f}", f"{_timed(lambda: _start(database)):.2f}")
    table.add_row("journal verify, s", f"{whole:.0f}", f"{_timed(lambda: _verify(database)):.0f}")
    table.add_row("with --archive, s", "", f"{_timed(lambda: _verify(database, plan.file)):.0f}")
    table.add_row("archiving, s", "", f"{taken:.0f}")
    return table


def close_days(database: Path, settings: Settings) -> None:
    """Close the days of a past as a broker does that finds them, behind the last line; goes on where it was ended."""
    with closing(SqlStore(f"sqlite:///{database}", "demo")) as store:
        carry, seq = store.carry(), store.past().last_seq
        at = store.lines(seq - 1, most=1)[0].event.at
        fold = Fold(settings.office.zone, Carry() if carry is None else carry_of(carry))
        while lines := store.lines(fold.last_seq, most=_AT_ONCE):
            ended = (fold.hear(line.seq, line.client, line.event) for line in lines)
            for day in [closed_day(one) for one in ended if one is not None]:
                seq += 1
                event = DayClosed(at=at, day=day.day, n=day.lines, digest=day.digest)
                store.commit(Work(at=at, events=[Recorded(seq, event, ENGINE_CLIENT, None)], closed=[day]))


def _start(database: Path) -> None:
    with closing(SqlStore(f"sqlite:///{database}", "demo")) as store:
        store.past()


def _verify(database: Path, *files: Path) -> None:
    with closing(Archive(f"sqlite:///{database}", "demo")) as archive:
        _require(archive.verify(None, archives=list(_opened(archive, files))) is None)


def _opened(archive: Archive, files: tuple[Path, ...]) -> Iterator[Archive]:
    for file in files:
        yield opened(file, "demo", archive.years_away())


def _history(database: Path, settings: Settings) -> History:
    with closing(Archive(f"sqlite:///{database}", "demo")) as archive:
        end = FIRST_DAY + dt.timedelta(days=3650)
        return archive.history(settings.office.zone, FIRST_DAY.date(), end.date(), end)


def _require(is_so: bool) -> None:  # noqa: FBT001 - what has to be so
    if not is_so:
        message = "it is not as it was"
        raise ValueError(message)


def _timed(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


def _size(path: Path) -> float:
    return path.stat().st_size / 1e6
