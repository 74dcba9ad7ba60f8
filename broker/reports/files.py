"""Results of surveys and reports as files: what staff download and the command line writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from broker.config import Settings
from broker.config.feedback import SurveySettings
from broker.domain.feedback.counting import ClosedPeriod, Counting
from broker.domain.feedback.surveys import period_named
from broker.language import words_of
from broker.reports.sheet import ReportWording, office_name
from broker.reports.statistics import index_of
from broker.reports.survey import Outcome, Wording, survey_rules
from broker.reports.tables import csv_of, excel_csv_of, xlsx_of
from broker.reports.tickets import Listing

FileKind = Literal["pdf", "csv", "excel", "xlsx"]
"""`csv` is RFC 4180; `excel` is a CSV as Excel opens it in Indonesia."""
MEDIA_TYPES: dict[FileKind, str] = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "excel": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


ReportKind = Literal["pdf", "xlsx", "csv", "excel", "html", "json"]
"""What a report is written as."""
TICKETS_KINDS: tuple[ReportKind, ...] = ("xlsx", "csv", "excel")
"""What the tickets behind a figure are written as."""
REPORT_TYPES: dict[ReportKind, str] = {
    "pdf": MEDIA_TYPES["pdf"],
    "xlsx": MEDIA_TYPES["xlsx"],
    "csv": MEDIA_TYPES["csv"],
    "excel": MEDIA_TYPES["excel"],
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file and how it is called."""

    name: str
    media_type: str
    content: bytes


def outcome_of(counting: Counting, survey: SurveySettings, period: str, today: dt.date) -> Outcome | None:
    """Return what was counted of a survey in a period that is closed or runs; None where there is no such one."""
    closed = counting.closed.get(survey.id, ())
    before = tuple(
        (one.period.name, index)
        for one in closed
        if (index := index_of(one.tally, one.scoring)) is not None
        and (named := period_named(period)) is not None
        and one.period.end < named.begin
    )
    found = counting.found(survey.id, period)
    if found is not None:
        return _of_closed(counting, survey, found, before)
    rules = survey_rules(survey)
    running = counting.running(rules, today)
    if running is None or running.name != period:
        return None
    tally = counting.tally(rules, running)
    return Outcome(survey.definition, running, tally, counting.visitors(running), before=before)


def _of_closed(
    counting: Counting, survey: SurveySettings, closed: ClosedPeriod, before: tuple[tuple[str, Decimal], ...]
) -> Outcome:
    plans = {
        element: plan
        for (of, period, element), plan in counting.plans.items()
        if (of, period) == (survey.id, closed.period.name)
    }
    return Outcome(
        definition=survey.definition,
        period=closed.period,
        tally=closed.tally,
        served=closed.served,
        closed_on=closed.closed_on,
        scoring=closed.scoring,
        digest=closed.digest,
        plans=plans,
        before=before,
    )


def wording_of(settings: Settings, outcome: Outcome, language: str) -> Wording:
    """Return what says an outcome in a language of the office."""
    words = words_of("broker", settings.office.languages)(language)
    services = {service.id: service.name for service in settings.services}
    return Wording(outcome, words, office=office_name(settings), services=services)


def survey_file(wording: Wording, kind: FileKind) -> ReportFile:
    """Return a result as a file. A PDF takes about a second."""
    match kind:
        case "pdf":
            from broker.reports.paper import pdf_of  # noqa: PLC0415 - WeasyPrint takes a second and 60 MB

            content = pdf_of(wording.sheet())
        case "csv":
            content = csv_of(wording.tables())
        case "excel":
            content = excel_csv_of(wording.tables(), wording.head())
        case "xlsx":
            content = xlsx_of(wording.tables())
    ending = "csv" if kind == "excel" else kind
    return ReportFile(f"{wording.file_name}.{ending}", MEDIA_TYPES[kind], content)


def report_file(wording: ReportWording, kind: ReportKind) -> ReportFile:
    """Return a report as a file. A PDF takes a second and more."""
    match kind:
        case "pdf":
            from broker.reports.paper import report_pdf_of  # noqa: PLC0415 - WeasyPrint takes a second and 60 MB

            content = report_pdf_of(wording.sheet())
        case "html":
            from broker.reports.paper import report_html_of  # noqa: PLC0415 - the same

            content = report_html_of(wording.sheet()).encode()
        case "csv":
            content = csv_of(wording.tables())
        case "excel":
            content = excel_csv_of(wording.tables(), wording.head())
        case "xlsx":
            content = xlsx_of(wording.tables())
        case "json":
            content = wording.json()
    ending = "csv" if kind == "excel" else kind
    return ReportFile(f"{wording.file_name}.{ending}", REPORT_TYPES[kind], content)


def tickets_file(wording: ReportWording, found: Listing, numbers: Mapping[str, str], kind: ReportKind) -> ReportFile:
    """Return the tickets behind a figure as a file, one of `TICKETS_KINDS`."""
    tables = (wording.about(), wording.tickets(found, numbers))
    match kind:
        case "xlsx":
            content = xlsx_of(tables)
        case "excel":
            content = excel_csv_of(tables, wording.head())
        case _:
            content = csv_of(tables)
    ending = "csv" if kind == "excel" else kind
    name = f"{wording.file_name}-tickets-{found.asked.figure.id}.{ending}"
    return ReportFile(name, REPORT_TYPES[kind], content)
