"""Commands that keep the office's data: backups, what is missing, what goes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.bootstrap.process import BELIEVE, only_engine
from broker.care.archiving import archive_years, plan_archive
from broker.care.backup import KEPT, back_up, plan_restore, put_back_config, read_backup, restore
from broker.care.purge import purge
from broker.cli.options import ConfigOption, DataOption, errors, say
from broker.config import load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.domain.reserve import RESERVE_FROM
from broker.store.database import resolve_url
from broker.store.head import Head
from broker.store.recovery import examine, recover
from hardware.files import write_whole

app = typer.Typer()
_OF_NOBODY = (
    "nothing on this machine tells which numbers were given out after it: if anybody holds one of today, say no and "
    "name the highest of each series, as in --held A-057 --held B-012; else those are given out a second time"
)
_OF_KIOSKS = (
    f"Those from {RESERVE_FROM} up were in advance at kiosks. What a kiosk that is still alone has given out today, it "
    "hands in by itself when it reaches the broker; whoever was handed in before is in no queue"
)
YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command("backup")
def backup_command(  # noqa: PLR0917 - typer passes them by name
    folder: Annotated[Path | None, typer.Argument(help="Where backups are kept; a new folder is made in it.")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The same.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    keep: Annotated[int, typer.Option(min=1, help="So many of the newest stay.")] = KEPT,
    years: Annotated[bool, typer.Option(help="Also copy, once, each file that antrean archive made.")] = True,  # noqa: FBT002 - a flag
) -> None:
    """Copy the office's truth, beside the work or while it rests, and look whether the copy is whole."""
    into = folder or to
    settings = load_settings(config, os.environ)
    if into is None:
        raise typer.Exit(say("where to? antrean backup FOLDER, such as a folder on another disk"))
    if not into.parent.is_dir():
        raise typer.Exit(say(f"{into.parent} is not there: is the disk plugged in and mounted?"))
    with errors().status("copying, then reading all of the copy"):
        made = back_up(settings, config, data, into, now=dt.datetime.now(dt.UTC), keep=keep, with_years=years)
    _tell(f"made and looked at: {made.folder}, {made.lines} lines of the journal")
    for line in made.unheld:
        say(line)
    _tell("it holds the office's keys: whoever may read it may read what visitors wrote")


@app.command("restore")
def restore_command(
    backup: Annotated[Path, typer.Argument(help="One folder that antrean backup has made.")],
    held: Annotated[
        list[str] | None,
        typer.Option("--held", help="On a new disk: the highest number of a series that anybody in the hall holds."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    yes: YesOption = False,  # noqa: FBT002 - a flag
) -> None:
    """Put a backup back, after saying what is newer than it; numbers go on behind the highest that was given out."""
    found = read_backup(backup)
    for path in put_back_config(found, config):
        _tell(f"put back: {path}")
    settings = load_settings(config, os.environ)
    with only_engine(data):
        plan = plan_restore(found, settings, data, now=dt.datetime.now(dt.UTC), held=held or ())
        local = f"{found.made_at.astimezone(settings.office.zone):%Y-%m-%d %H:%M}"
        _tell(f"the backup is of {local}: {found.lines} lines of the journal")
        if plan.behind:
            _tell(f"{plan.behind} lines were answered for after it: what they tell will be missing")
        if plan.lost:
            _tell(
                f"given out after it on {plan.given.day}: {plan.lost}. They are not given out again; whoever holds one "
                "of them is in no queue any more: give them a new number, or serve them by hand"
            )
        if plan.given.beyond(found.given).in_advance:
            _tell(_OF_KIOSKS)
        if plan.is_blind:
            _tell(_OF_NOBODY)
        if (
            not yes
            and (plan.behind or plan.lost or plan.is_blind)
            and not typer.confirm("Put it back?", default=False, err=True)
        ):
            raise typer.Exit(say("nothing was changed"))
        for line in restore(plan, settings, data, now=dt.datetime.now(dt.UTC)):
            _tell(line)
    _tell("the next start of the broker goes on from here")


@app.command("recover")
def recover_command(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    yes: YesOption = False,  # noqa: FBT002 - a flag
) -> None:
    """Say what the database is short of, and, if that is wanted, let the office go on behind the numbers given out."""
    settings = load_settings(config, os.environ)
    office, url = settings.office, resolve_url(settings.store.url, data)
    head = Head(data, office.id)
    with only_engine(data):
        finding = examine(url, head, office.id, data=data, zone=office.zone)
        if not finding.why:
            _tell(f"nothing is missing: the journal has {finding.lines} lines, and all that is known was in it")
            return
        _tell(f"what is wrong: {finding.why}")
        if missing := finding.given.in_words(finding.known):
            _tell(
                f"given out on {finding.given.day} and not in the database: {missing}. They are not given out again; "
                "whoever holds one of them is in no queue any more: give them a new number, or serve them by hand"
            )
        if finding.given.beyond(finding.known).in_advance:
            _tell(_OF_KIOSKS)
        if finding.unqueued:
            _tell(
                "printed by a kiosk here, and in no queue as far as the database knows: "
                f"{', '.join(finding.unqueued)}. If the kiosk does not hand them in when the broker works again: give "
                "whoever holds one of them a new number, or serve them by hand"
            )
        _tell(
            "If there is a better copy of the database, put it back first (antrean restore): going on means that what "
            "is missing stays missing"
        )
        if not yes and not typer.confirm("Go on with what is there?", default=False, err=True):
            raise typer.Exit(say("nothing was changed"))
        for line in recover(url, head, office.id, finding, dt.datetime.now(dt.UTC)):
            _tell(line)
    _tell("the next start of the broker goes on from here")


@app.command("archive")
def archive_command(  # noqa: PLR0917 - typer passes them by name
    folder: Annotated[Path, typer.Argument(help="Where the file of those years is laid, such as on another disk.")],
    before: Annotated[str, typer.Option(help="Office days before this one go, such as 2025-01-01.")],
    backup: Annotated[
        Path | None, typer.Option(help="A backup that knows what goes; else the database as it was stays beside.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    yes: YesOption = False,  # noqa: FBT002 - a flag
) -> None:
    """Move tickets and journal of years ago into a file of their own; reports of those years go on as they are."""
    settings = load_settings(config, os.environ)
    try:
        first_kept = dt.date.fromisoformat(before)
    except ValueError:
        raise typer.Exit(say(f"{before} is no day: write it as 2025-01-01")) from None
    with only_engine(data):
        plan = plan_archive(settings, data, first_kept, folder)
        _tell(
            f"office days up to {plan.day} go to {plan.file}: {plan.tickets} tickets, lines {plan.first.seq + 1} to "
            f"{plan.last.seq} of the journal. What their days came to stays, and reports are as before"
        )
        if not yes and not typer.confirm("Move them?", default=False, err=True):
            raise typer.Exit(say("nothing was changed"))
        with errors().status("copying, then reading all of the copies"):
            done = archive_years(plan, Head(data, settings.office.id), now=dt.datetime.now(dt.UTC), backup=backup)
        for line in done:
            _tell(line)
    _tell(
        "leave that file there until the next antrean backup: it takes a copy along. antrean journal verify --archive "
        "looks at it and at the database"
    )


@app.command("clock")
def clock_command(
    data: DataOption = DEFAULT_DATA,
    believe: Annotated[bool, typer.Option("--believe", help="This machine's clock is right: go by it.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Say what time this machine has; with --believe let the broker here go by it, though it was set by hours."""
    now = dt.datetime.now().astimezone()
    if not believe:
        _tell(f"this machine's clock says {now:%A, %d %B %Y, %H:%M:%S %Z}. If that is right: antrean clock --believe")
        return
    if not (data / "engine.lock").exists():
        raise typer.Exit(say(f"no broker has worked in {data}: name its folder with --data"))
    write_whole(data / BELIEVE, b"")
    _tell(f"the broker takes {now:%Y-%m-%d %H:%M} for the time within a second or two, if it works")


@app.command("purge")
def purge_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Erase now what was kept long enough, and say what stays; what visitors wrote the broker erases by itself, too."""
    is_done, report = purge(load_settings(config, os.environ), data)
    for line in report:
        Console(stderr=not is_done).print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if is_done else 1)


def _tell(line: str) -> None:
    Console(emoji=False).print(line, highlight=False, markup=False, soft_wrap=True)
