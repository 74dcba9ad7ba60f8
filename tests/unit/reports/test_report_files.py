"""A report says the same on the page, on paper, in tables and to programs: to the unit."""

from __future__ import annotations

import csv
import json
import os
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from babel.numbers import format_decimal

from broker.config import Settings, load_settings
from broker.config.surveys import shipped_survey
from broker.domain.feedback.surveys import period_of, tally_of
from broker.reports.figures import FIGURES, Dimension, Question, Report, report, span_named
from broker.reports.files import report_file, survey_file, tickets_file, wording_of
from broker.reports.sheet import ReportWording, number_text, wording_in
from broker.reports.survey import Outcome
from broker.reports.tables import BOM
from broker.reports.tickets import Asked, listing
from tests.fakes.journals import MadeUpOffice
from tests.support.pdf_text import pdf_text
from tests.support.workbook import cells_of
from tests.unit.reports.test_reconciliation import asked_of, days_of

CONFIG = Path(__file__).parents[3] / "config.yaml"
SKM = shipped_survey("skm")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(CONFIG, os.environ)


@pytest.fixture(scope="module")
def office() -> MadeUpOffice:
    found = MadeUpOffice(3)
    found.live(12)
    return found


def wording(office: MadeUpOffice, settings: Settings, by: tuple[Dimension, ...], language: str = "id") -> ReportWording:
    history, first, last = asked_of(office, days_of(office))
    return wording_in(report(history, Question(first, last, by)), settings, language)


def exact(answer: Report) -> dict[tuple[str, str], tuple[Decimal | int | None, int]]:
    """Return every value of a report with its n, by row and figure."""
    rows = {"|".join(row.key): row.values for row in answer.rows} | {"": answer.total.values}
    return {(key, name): tuple(value) for key, values in rows.items() for name, value in values.items()}  # type: ignore[misc]  # a pair


@pytest.mark.parametrize("by", [("lane",), ("counter", "weekday"), ()])
def test_csv_workbook_and_json_are_the_report(
    office: MadeUpOffice, settings: Settings, by: tuple[Dimension, ...]
) -> None:
    told = wording(office, settings, by)
    expected = exact(told.report)
    plain = list(csv.reader(StringIO(report_file(told, "csv").content.decode(), newline="")))
    excel = list(
        csv.reader(StringIO(report_file(told, "excel").content.decode().removeprefix(BOM), newline=""), delimiter=";")
    )
    book = cells_of(report_file(told, "xlsx").content)
    said = json.loads(report_file(told, "json").content)

    values = {("", code): value for part, code, _, figure, value in plain if (part, figure) == ("total", "value")}
    values |= {(code, figure): value for part, code, _, figure, value in plain if part == "rows"}
    counts = {("", code): value for part, code, _, figure, value in plain if (part, figure) == ("total", "n")}
    counts |= {(code, figure): value for part, code, _, figure, value in plain if part == "rows_n"}
    assert values.keys() >= {key for key, (value, _) in expected.items() if value is not None}
    for key, text in values.items():
        value, n = expected[key]
        assert text == ("" if value is None else str(value)), key
        assert counts[key] == str(n), key

    assert [line[4].replace(",", ".") for line in excel[1:] if _is_figure(line[4])] == [
        line[4] for line in plain[1:] if _is_figure(line[4])
    ]
    for figure in FIGURES:
        cell, (value, _) = book["Seluruhnya", figure.id, "Nilai"], expected["", figure.id]
        assert (cell == "") if value is None else (Decimal(cell) == value)
    for row in [*said["rows"], said["total"]]:
        for name, one in row["values"].items():
            value, n = expected["|".join(row["key"]), name]
            assert one["n"] == n
            assert one["value"] is None if value is None else Decimal(str(one["value"])) == value


def _is_figure(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit()


def test_the_paper_says_what_the_page_says(office: MadeUpOffice, settings: Settings) -> None:
    told = wording(office, settings, ("lane",))
    sheet = told.sheet()
    paper = " ".join(pdf_text(report_file(told, "pdf").content).split())
    page = report_file(told, "html").content.decode()

    expected = exact(told.report)
    at = on_page = 0
    for part in sheet.parts:
        for line in part.lines:
            value, n = expected["", line.id]
            assert line.said.value.replace(".", "").replace(",", ".") == ("-" if value is None else str(value))
            assert line.said.n == str(n)
            at = paper.index(f" {line.said.value} ", paper.index(line.name, at))
            on_page = page.index(f"<b>{line.said.value}</b>", page.index(line.name, on_page))
            assert f"n = {line.said.n} (" in paper[at : at + 120]
            assert f"n = {line.said.n} (" in page[on_page : on_page + 120]
    for section in sheet.sections:
        for labels, cells in section.rows:
            at = paper.index(labels[0], at)
            for cell in cells:
                at = paper.index(f" {cell.value} ", at)


def test_every_figure_is_said_with_its_definition_and_of_how_many(office: MadeUpOffice, settings: Settings) -> None:
    sheet = wording(office, settings, ()).sheet()
    page = report_file(wording(office, settings, ()), "html").content.decode()

    lines = [line for part in sheet.parts for line in part.lines]
    assert [line.id for line in lines] == [figure.id for figure in FIGURES]
    assert all(line.definition in page and line.denominator in page for line in lines)
    assert "Keadaan per " in sheet.as_of


@pytest.mark.parametrize(
    ("language", "mark"), [("id", "LATIHAN: bukan antrean sungguhan"), ("en", "TRAINING: not the real queue")]
)
def test_whatever_is_written_of_a_training_says_that_it_is_one(
    office: MadeUpOffice, settings: Settings, language: str, mark: str
) -> None:
    training = settings.model_copy(update={"training": True})
    history, first, last = asked_of(office, days_of(office))
    arrivals = FIGURES[0]
    found = listing(history, Asked(arrivals, Question(first, last)), lambda _: [])
    result = Outcome(SKM, period_of("month", first), tally_of([], SKM.codes), {})
    for settings_of, is_marked in ((training, True), (settings, False)):
        told = wording(office, settings_of, (), language)
        survey = wording_of(settings_of, result, language)
        files = [
            *(report_file(told, kind) for kind in ("csv", "excel", "html", "json", "pdf")),
            tickets_file(told, found, {}, "csv"),
            *(survey_file(survey, kind) for kind in ("csv", "pdf")),
        ]
        for file in files:
            text = pdf_text(file.content) if file.name.endswith("pdf") else file.content.decode()
            assert (mark in " ".join(text.split())) == is_marked, file.name


def test_names_of_config_yaml_stand_in_their_order_and_what_it_has_no_more_by_its_id(settings: Settings) -> None:
    office = MadeUpOffice(3)
    office.live(3)
    told = wording(office, settings, ("lane",))

    assert [told.label("lane", row.key[0]) for row in told.report.rows] == [
        "Jalur Prioritas (Layanan Ramah HAM)",
        "Jalur Umum",
    ]
    assert told.label("service", "gone") == "gone"
    assert told.label("weekday", "1") == "Senin"
    assert told.label("month", "2026-11") == "November 2026"
    assert told.label("week", "2026-W48") == "Minggu ke-48 tahun 2026"
    assert told.label("quarter", "2026-Q4") == "Triwulan 4 tahun 2026"


def test_hostile_names_stay_text(office: MadeUpOffice, settings: Settings) -> None:
    told = wording(office, settings, ("counter",))
    told._names.of["counter"]["c1"] = {"id": '<script>alert("1")</script>'}  # type: ignore[index]  # whoever writes config.yaml

    assert "<script>" not in report_file(told, "html").content.decode()


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11-27", "2026-11-27", "2026-11-27"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_span_has_a_name(name: str, first: str, last: str) -> None:
    found = span_named(name)
    assert found is not None
    assert [day.isoformat() for day in found] == [first, last]


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-13", "2026-W54", "2026-Q5", "2026-11-31", "27.11.2026", "2026-1", "yesterday"]
)
def test_what_is_no_span_has_none(name: str) -> None:
    assert span_named(name) is None


@pytest.mark.parametrize("language", ["id", "en", "ar", "zh", "de", "fr", "hi"])
@pytest.mark.parametrize("figure", ["0", "7", "1234", "1234567", "-3", "0.0", "12345.6", "-1234.50", "99999999.95"])
def test_figures_are_written_as_babel_writes_them(language: str, figure: str) -> None:
    value = Decimal(figure) if "." in figure else int(figure)
    pattern = f"#,##0.{'0' * len(figure.partition('.')[2])}" if "." in figure else "#,##0"
    assert number_text(value, language) == format_decimal(value, format=pattern, locale=language)
