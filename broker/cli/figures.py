"""Commands that play days, tell what promises were worth, and prove the record."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.care.archiving import opened
from broker.cli.options import ConfigOption, DataOption, say
from broker.config import Settings, load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.domain.queue.outcomes import score
from broker.language import words_of
from broker.simulate.command import Run, simulate
from broker.simulate.offices import POLICIES, Demand, PolicyName, configured_plan, made_up_plan
from broker.simulate.plan import SHIFTING, STEADY
from broker.simulate.report import promises_table
from broker.store.archive import Archive
from broker.store.database import file_of, resolve_url
from broker.store.ends import end_of, ends_in, line_of, mailed, remember
from broker.store.head import Head
from broker.web.sending import News, NotSentError, send_email
from broker.web.start import email_way

app = typer.Typer()
journal = typer.Typer(help="The append-only record of all that happened.", no_args_is_help=True)
app.add_typer(journal, name="journal")


@app.command("simulate")
def simulate_command(  # noqa: PLR0917 - typer passes them by name
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Play this office; else one made up.")] = None,
    days: Annotated[int, typer.Option(min=1, help="Working days to play.")] = 20,
    policy: Annotated[PolicyName | None, typer.Option(help="Whose turn it is; else as configured.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Set all policies side by side.")] = False,  # noqa: FBT002 - a flag
    shifting: Annotated[bool, typer.Option("--shifting", help="Counters come and go.")] = False,  # noqa: FBT002 - a flag
    counters: Annotated[int, typer.Option(min=1, max=99, help="Counters of a made-up office.")] = 5,
    hours: Annotated[float, typer.Option(min=0.5, max=14, help="Intake of a made-up office, from 08:00.")] = 4,
    service_mean_min: Annotated[float, typer.Option(min=0.1, max=480, help="Mean visit in a made-up office.")] = 8,
    arrivals_per_hour: Annotated[
        float | None, typer.Option(min=0.1, max=1000, help="Visitors; else as many as keep the counters busy.")
    ] = None,
    priority_share: Annotated[float, typer.Option(min=0, max=1, help="Share of visitors in priority lanes.")] = 0.25,
    variation: Annotated[float, typer.Option(min=0, max=3, help="Deviation / mean of a visit's length.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed brings the same visitors.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    plot: Annotated[Path | None, typer.Option(help="Draw the waits into this SVG file.")] = None,
) -> None:
    """Play office days on the rules of the queue: who waits how long, and what announced waits are worth."""
    demand = Demand(arrivals_per_hour, priority_share, variation, SHIFTING if shifting else STEADY, seed)
    if config is None:
        plan = made_up_plan(demand, counters=counters, mean_min=service_mean_min, hours=hours)
    else:
        plan = configured_plan(load_settings(config, os.environ), demand)
    chosen = POLICIES if compare else (() if policy is None else (policy,))
    simulate(Run(plan, chosen, days, jobs, plot), Console(emoji=False))


@app.command("waits")
def waits_command(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    days: Annotated[int, typer.Option(min=1, help="How far to look back.")] = 30,
) -> None:
    """Tell what the waits that were announced to visitors were worth."""
    settings = load_settings(config, os.environ)
    since = dt.datetime.now(settings.office.zone) - dt.timedelta(days=days)
    with closing(_archive(settings, data)) as archive:
        outcomes = archive.outcomes(since)
    by_lane = {lane.id: [outcome for outcome in outcomes if outcome.lane == lane.id] for lane in settings.lanes}
    scores = {"all": score(outcomes), **{lane: score(some) for lane, some in by_lane.items()}}
    Console(emoji=False).print(promises_table(scores))


@journal.command()
def verify(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    end: Annotated[
        list[str] | None,
        typer.Option(
            help="An end that somebody kept, as antrean journal head said it: 'SEQ HASH'. Several times, too."
        ),
    ] = None,
    ends: Annotated[
        list[Path] | None,
        typer.Option(help="A file of such lines, or the manifest.json of a backup. Several times, too."),
    ] = None,
    archive: Annotated[
        list[Path] | None,
        typer.Option(help="A file that antrean archive has made: it is looked at, too. Several times."),
    ] = None,
) -> None:
    """Walk the chain of hashes to its end; exit 1 at the first line that was altered or is missing."""
    settings = load_settings(config, os.environ)
    office = settings.office.id
    kept = [end_of(line) for line in end or ()] + [one for file in ends or () for one in ends_in(file, office)]
    if strange := [one for one in kept if one.office not in {None, office}]:
        raise typer.Exit(say(f"that is an end of the office {strange[0].office}, and this is {office}"))
    head = Head(data, office)
    mark = head.read()  # before the journal: a working broker goes on meanwhile
    with ExitStack() as stack:
        working = stack.enter_context(closing(_archive(settings, data)))
        years = working.years_away()
        files = [stack.enter_context(closing(opened(file, office, years))) for file in archive or ()]
        lines, ends_of_files = working.end().seq, {one.end().seq for one in files}
        unseen = [one for one in years if one.last_seq not in ends_of_files]
        if files and unseen and unseen[-1].last_seq > min(ends_of_files):
            raise typer.Exit(
                say(f"between that archive and the database lies another one: --archive {unseen[-1].file}")
            )
        broken = working.verify(mark, kept, files)
    if mark is None:
        head.refuse_empty(lines)
    if broken is not None:
        say(f"the journal is broken at line {broken.seq}: {broken.why}")
        raise typer.Exit(1)
    compared = [one for one in kept if all(one.seq > some.last_seq for some in unseen)]
    agrees = f", and {len(compared)} end{'s' * (len(compared) != 1)} kept outside agree" if compared else ""
    Console(emoji=False).print(f"the journal is whole: {lines} lines{agrees}", highlight=False, soft_wrap=True)
    database = file_of(resolve_url(settings.store.url, data))
    for one in unseen:
        file = None if database is None else one.at_hand(database)
        say(
            f"not looked at: lines {one.first_seq} to {one.last_seq}, up to {one.day}, which are archived. "
            f"Name their file, too: --archive {file or one.file}"
        )
    if len(compared) < len(kept):
        say(f"not compared: {len(kept) - len(compared)} of the ends, which lie in what is archived")
    if mark is None:
        say("whether lines are missing at its end cannot be told: no broker has written down where it ends")


@journal.command("head")
def head_command(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
    mail: Annotated[bool, typer.Option("--mail", help="Also mail it, to whom alerts.email names.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Say in one short line where the journal ends now: printed or mailed, it shows whether it was written anew."""
    settings = load_settings(config, os.environ)
    office = settings.office.id
    head = Head(data, office)
    mark = head.read()  # before the journal, as in verify
    with closing(_archive(settings, data)) as archive:
        end, why = archive.end(), archive.contradiction(mark)
    if mark is None:
        head.refuse_empty(end.seq)
    if why:
        raise typer.Exit(say(f"the journal has no end to be kept: {why}"))
    now = dt.datetime.now(settings.office.zone)
    line = line_of(end, office, now)
    Console(emoji=False).print(line, highlight=False, markup=False, soft_wrap=True)
    if mail:
        _mail_end(settings, data, line, now)


def _mail_end(settings: Settings, data: Path, line: str, now: dt.datetime) -> None:
    way = email_way(settings)
    if way is None:
        raise typer.Exit(say("there is nobody to mail it to: config.yaml has no alerts.email"))
    name = settings.office.name
    words = words_of("broker", settings.office.languages)(way.language)
    said = words.say("Please keep this line: the journal ends here now. {end}", end=line)
    try:
        send_email(way, name.get(way.language) or next(iter(name.values())), [News("journal-end", said, now, None)])
    except NotSentError as error:
        raise typer.Exit(say(f"{way.host}:{way.port} has not taken the mail: {error.fault}")) from error
    remember(mailed(data, settings.office.id), line)


def _archive(settings: Settings, data: Path) -> Archive:
    """Return the office's past; `StorageError` where there is none: an empty new one would prove nothing."""
    return Archive(resolve_url(settings.store.url, data), settings.office.id)
