"""Commands that play days, tell what promises were worth, and prove the record."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.cli.options import ConfigOption, DataOption, say
from broker.config import Settings, load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.domain.queue.outcomes import score
from broker.simulate.command import Run, simulate
from broker.simulate.offices import POLICIES, Demand, PolicyName, configured_plan, made_up_plan
from broker.simulate.plan import SHIFTING, STEADY
from broker.simulate.report import promises_table
from broker.store.archive import Archive
from broker.store.database import resolve_url
from broker.store.head import Head

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
    simulate(Run(plan, chosen, days, jobs, plot), Console())


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
    Console().print(promises_table(scores))


@journal.command()
def verify(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Walk the chain of hashes to its end; exit 1 at the first line that was altered or is missing."""
    settings = load_settings(config, os.environ)
    head = Head(data, settings.office.id)
    mark = head.read()  # before the journal: a working broker goes on meanwhile
    with closing(_archive(settings, data)) as archive:
        broken = archive.verify(mark)
        lines = archive.end().seq
    if mark is None:
        head.refuse_empty(lines)
    if broken is not None:
        say(f"the journal is broken at line {broken.seq}: {broken.why}")
        raise typer.Exit(1)
    Console().print(f"the journal is whole: {lines} lines", highlight=False)
    if mark is None:
        say("whether lines are missing at its end cannot be told: no broker has written down where it ends")


def _archive(settings: Settings, data: Path) -> Archive:
    """Return the office's past; `StorageError` where there is none: an empty new one would prove nothing."""
    return Archive(resolve_url(settings.store.url, data), settings.office.id)
