"""Commands that tell how far surveys have come, and write their results: by reading alone."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from broker.cli.options import ConfigOption, DataOption, say
from broker.config import Settings, load_settings
from broker.config.feedback import SurveySettings
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.domain.feedback.counting import Counting
from broker.domain.feedback.surveys import period_named, period_of, sample_size, seal_of
from broker.reports.files import FileKind, outcome_of, survey_file, wording_of
from broker.reports.survey import survey_rules
from broker.store.archive import Archive
from broker.store.database import resolve_url

app = typer.Typer()
survey = typer.Typer(help="Surveys: how far they have come, and what closed periods came to.", no_args_is_help=True)
app.add_typer(survey, name="survey")

SurveyOption = Annotated[str, typer.Option("--survey", "-s", help="Which one, such as skm.")]
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="Such as 2026-11 or 2026-Q4.")]


@survey.command()
def progress(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA) -> None:
    """Tell how many answers there are, and how many are wanted, of each survey and service."""
    settings = load_settings(config, os.environ)
    today = _today(settings)
    with closing(_archive(settings, data)) as archive:
        counting = _counting(archive, settings, today)
    for one in settings.feedback.surveys:
        rules = survey_rules(one)
        period = counting.running(rules, today)
        if period is None:
            period = period_of(rules.period, today)
        tally, served = counting.tally(rules, period), counting.visitors(period)
        table = Table("service", "answers", "wanted", "visitors", title=f"{one.id} {period.name}", title_justify="left")
        for service in (*(entry.id for entry in settings.services), ""):
            answers, visitors = tally.services.get(service, 0), served.get(service, 0)
            if answers or visitors:
                table.add_row(service or "not said", str(answers), str(sample_size(visitors)), str(visitors))
        visitors = sum(served.values())
        table.add_section()
        table.add_row("all", str(tally.n), str(sample_size(visitors)), str(visitors))
        Console(emoji=False).print(table)


@survey.command()
def results(  # noqa: PLR0917 - typer passes them by name
    survey: SurveyOption,
    period: PeriodOption,
    kind: Annotated[
        FileKind, typer.Option("--format", "-f", help="excel: a CSV as Excel opens it in Indonesia.")
    ] = "pdf",
    language: Annotated[str | None, typer.Option("--language", "-l", help="Else the office's first.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Else named by survey and period, here.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write what a period came to: a page to hang up, or tables. One that still runs says so."""
    settings = load_settings(config, os.environ)
    today = _today(settings)
    with closing(_archive(settings, data)) as archive:
        counting = _counting(archive, settings, today)
    outcome = outcome_of(counting, _of(settings, survey), period, today)
    if outcome is None:
        known = ", ".join(one.period.name for one in counting.closed.get(survey, ())) or "none"
        raise typer.Exit(say(f"{survey} has no period {period}: closed are {known}, and one runs"))
    spoken = language or settings.office.languages[0]
    if spoken not in settings.office.languages:
        raise typer.Exit(say(f"{spoken} is no language of the office: {', '.join(settings.office.languages)}"))
    file = survey_file(wording_of(settings, outcome, spoken), kind)
    path = out or Path(file.name)
    try:
        path.write_bytes(file.content)
    except OSError as error:
        raise typer.Exit(say(f"{path} cannot be written: {error.strerror or error}")) from None
    _tell(str(path))


@survey.command()
def close(
    survey: SurveyOption, period: PeriodOption, config: ConfigOption = DEFAULT_CONFIG, data: DataOption = DEFAULT_DATA
) -> None:
    """Tell how a period was closed, and hold its answers against the digest of then; exit 1 where they differ.

    The broker closes a period by itself, the day after its last one.
    """
    settings = load_settings(config, os.environ)
    today = _today(settings)
    _of(settings, survey)
    with closing(_archive(settings, data)) as archive:
        counting = _counting(archive, settings, today)
        found = counting.found(survey, period)
        if found is None:
            named = period_named(period)
            is_over = named is not None and named.end < today
            why = "the broker closes it as soon as it runs" if is_over else "it is closed the day after its last one"
            raise typer.Exit(say(f"{survey} {period} is not closed: {why}"))
        answers = archive.answers(survey, found.period.begin, found.period.end)
    by_day: dict[dt.date, list[str]] = {}
    for answer in answers:
        by_day.setdefault(answer.day, []).append(answer.digest)
    digest = seal_of(f"{day} {seal_of(digests)}" for day, digests in by_day.items())
    reached = "reached" if found.tally.n >= found.wanted else "not reached"
    _tell(f"{survey} {period}, {found.period.begin} to {found.period.end}, closed on {found.closed_on}")
    _tell(f"answers: {found.tally.n} of {found.wanted} wanted ({reached}); visitors: {sum(found.served.values())}")
    _tell(f"digest: {found.digest}")
    if digest != found.digest:
        raise typer.Exit(say("the answers on the disk are not those that were closed: some were altered since"))
    _tell("the answers on the disk are those that were closed")


def _of(settings: Settings, survey: str) -> SurveySettings:
    found = settings.feedback.survey(survey)
    if found is None:
        known = ", ".join(one.id for one in settings.feedback.surveys) or "none"
        raise typer.Exit(say(f"there is no survey {survey}: config.yaml has {known}"))
    return found


def _counting(archive: Archive, settings: Settings, today: dt.date) -> Counting:
    return archive.surveys({one.id: one.definition.codes for one in settings.feedback.surveys}, today)


def _archive(settings: Settings, data: Path) -> Archive:
    return Archive(resolve_url(settings.store.url, data), settings.office.id)


def _today(settings: Settings) -> dt.date:
    return dt.datetime.now(settings.office.zone).date()


def _tell(line: str) -> None:
    Console(emoji=False).print(line, highlight=False, markup=False, soft_wrap=True)
