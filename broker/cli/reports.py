"""`antrean report`: what days came to, as a file. It reads alone, and lets the office go before."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broker.cli.options import ConfigOption, DataOption, say
from broker.config import Settings, load_settings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.reports.figures import FIGURES, Dimension, Question, report, span_named, without_looking_for_garbage
from broker.reports.files import TICKETS_KINDS, ReportKind, report_file, tickets_file
from broker.reports.query import DIVIDED
from broker.reports.sheet import dimension_of, names_of, wording_in
from broker.reports.tickets import Asked, listing, orders_of
from broker.store.archive import Archive
from broker.store.database import resolve_url

app = typer.Typer()
NICE = 15
"""The office's own work goes before a report."""


@app.command("report")
def report_command(  # noqa: PLR0917 - typer passes them by name
    day: Annotated[str | None, typer.Option(help="Such as 2026-11-27.")] = None,
    week: Annotated[str | None, typer.Option(help="Such as 2026-W48.")] = None,
    month: Annotated[str | None, typer.Option(help="Such as 2026-11.")] = None,
    quarter: Annotated[str | None, typer.Option(help="Such as 2026-Q4.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first day of any span.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Its last day; else today.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Divide by this; once more for another one beside it.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Such as lane=priority; more of it separated by commas.")
    ] = None,
    kind: Annotated[
        ReportKind, typer.Option("--format", "-f", help="excel: a CSV as Excel opens it in Indonesia.")
    ] = "pdf",
    language: Annotated[str | None, typer.Option("--language", "-l", help="Else the office's first.")] = None,
    tickets: Annotated[
        str | None, typer.Option(help="The tickets behind this figure instead, such as wait_longest.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Else named by the span, here.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write what a day, a week, a month, a quarter or any span of days came to; without any, what today has come to."""
    with suppress(OSError):  # where it may not, it works as it is
        os.nice(NICE)
    settings = load_settings(config, os.environ)
    now = dt.datetime.now(settings.office.zone)
    begin, end = _span((day, week, month, quarter), first, last, now.date())
    spoken = language or settings.office.languages[0]
    if spoken not in settings.office.languages:
        raise typer.Exit(say(f"{spoken} is no language of the office: {', '.join(settings.office.languages)}"))
    question = Question(begin, end, _divided(by or ()), _chosen(settings, only or ()))
    asked = None if tickets is None else _tickets(tickets, question, kind)
    with without_looking_for_garbage(), closing(_archive(settings, data)) as archive:
        history = archive.history(settings.office.zone, begin, end, now)
        figures = FIGURES if asked is None else (asked.figure,)
        answer = report(history, question, figures=figures, order=names_of(settings).order)
        wording = wording_in(answer, settings, spoken)
        if asked is None:
            file = report_file(wording, kind)
        else:
            zone = settings.office.zone
            found = listing(history, asked, lambda days: archive.traced(zone, days), a_page=None)
            file = tickets_file(wording, found, archive.numbers([one.ticket for one in found.rows]), kind)
            if found.untold:
                say(f"{found.untold} tickets are not told: the journal of their days is not here, or tells otherwise")
    path = out or Path(file.name)
    try:
        path.write_bytes(file.content)
    except OSError as error:
        raise typer.Exit(say(f"{path} cannot be written: {error.strerror or error}")) from None
    Console(emoji=False).print(str(path), highlight=False, markup=False, soft_wrap=True)


def _archive(settings: Settings, data: Path) -> Archive:
    return Archive(resolve_url(settings.store.url, data), settings.office.id)


def _span(
    named: tuple[str | None, ...], first: str | None, last: str | None, today: dt.date
) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that are asked for."""
    names = [name for name in named if name is not None]
    if len(names) + (first is not None) > 1 or (names and last is not None):
        raise typer.Exit(say("name one span: --day, --week, --month, --quarter, or --from with --to"))
    if not names:
        names = [first or last or today.isoformat(), last or today.isoformat()]
    found = [span_named(name) for name in names]
    known = [span for span in found if span is not None]
    if len(known) < len(found):
        raise typer.Exit(say("a day is written as 2026-11-27, a week 2026-W48, a month 2026-11, a quarter 2026-Q4"))
    begin, end = known[0][0], known[-1][1]
    if end < begin:
        raise typer.Exit(say(f"a span ends after it begins: {begin} comes after {end}"))
    if begin > today:
        raise typer.Exit(say(f"nothing is known yet of {begin}: today is {today}"))
    return begin, end


def _divided(names: tuple[str, ...] | list[str]) -> tuple[Dimension, ...]:
    """Return by what figures are divided; each once."""
    wanted = [part for name in names for part in name.split(",")]
    return tuple(dict.fromkeys(_dimension(name) for name in wanted))


def _dimension(name: str) -> Dimension:
    found = dimension_of(name)
    if found is None:
        raise typer.Exit(say(f"nothing is divided by {name}: known are {', '.join(DIVIDED)}"))
    if found not in DIVIDED:
        raise typer.Exit(
            say("nothing is divided by officer: that would be a ranking. An officer's figures are at /staff/figures")
        )
    return found


def _tickets(name: str, question: Question, kind: ReportKind) -> Asked:
    """Return whose tickets are asked for, all of them."""
    known = [one for one in FIGURES if one.is_of_tickets]
    figure = next((one for one in known if one.id == name.strip().replace("-", "_")), None)
    if figure is None:
        raise typer.Exit(say(f"no tickets are behind {name}: known are {', '.join(one.id for one in known)}"))
    if question.by or not question.only.keys() <= figure.dimensions:
        raise typer.Exit(say("tickets are listed one by one: choose with --only what the figure can be divided by"))
    if kind not in TICKETS_KINDS:
        raise typer.Exit(say(f"tickets are written as {', '.join(TICKETS_KINDS)}"))
    return Asked(figure, question, orders_of(figure)[0])


def _chosen(settings: Settings, choices: tuple[str, ...] | list[str]) -> dict[Dimension, frozenset[str]]:
    """Return what alone is counted. A name that config.yaml has no more is taken: it may be one of before."""
    chosen: dict[Dimension, frozenset[str]] = {}
    known = names_of(settings).of
    for choice in choices:
        name, mark, values = choice.partition("=")
        dimension, wanted = _dimension(name), frozenset(value.strip() for value in values.split(",") if value.strip())
        if not mark or not wanted:
            raise typer.Exit(say(f"{choice} says not which: such as lane=priority"))
        unknown = sorted(wanted - known.get(dimension, dict.fromkeys(wanted)).keys())
        for value in unknown:
            say(f"config.yaml has no {dimension} {value} now: figures of it are of before")
        chosen[dimension] = chosen.get(dimension, frozenset()) | wanted
    return chosen
