"""A survey's result on paper and in tables: the same figures to the unit, and nothing in them that runs."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
import zlib
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest

from broker.config.surveys import shipped_survey
from broker.domain.feedback.counting import Plan
from broker.domain.feedback.surveys import SurveyAnswer, period_of, seal_of, tally_of
from broker.language import words_of
from broker.reports.paper import html_of, pdf_of
from broker.reports.survey import Outcome, Wording
from broker.reports.tables import BOM, HEAD, Column, Table, csv_of, excel_csv_of, harmless, xlsx_of
from tests.support.workbook import cells_of

SKM = shipped_survey("skm")
SERVICES = {
    "passport": {"id": "Paspor Baru", "en": "New passport"},
    "collection": {"id": "Pengambilan", "en": "Collection"},
}
OFFICE = {"id": "Kantor Imigrasi Contoh", "en": "Sample Immigration Office"}
PLAN = '=HYPERLINK("http://x") <b>Satu loket</b> tambahan; setiap Senin, pukul 08.00'


def outcome(answers: int = 183) -> Outcome:
    chance = random.Random(5)  # noqa: S311 - no secret
    given = [
        SurveyAnswer(
            str(number),
            "skm",
            SKM.version,
            dt.date(2026, 11, 3),
            chance.choice(["passport", "collection", None]),
            "phone",
            "id",
            {code: chance.choices((1, 2, 3, 4), (1, 2, 7, 6))[0] for code in SKM.codes},
            {question.code: chance.choice(question.choices).code for question in SKM.profile},
        )
        for number in range(answers)
    ]
    return Outcome(
        SKM,
        period_of("month", dt.date(2026, 11, 3)),
        tally_of(given, SKM.codes),
        {"passport": 310, "collection": 150},
        closed_on=dt.date(2026, 12, 1),
        digest=seal_of(answer.digest for answer in given),
        plans={code: Plan(PLAN, dt.date(2026, 12, 31)) for code in SKM.codes},
        before=tuple((f"2026-{month:02d}", Decimal("80.25")) for month in range(4, 11)),
    )


def wording(language: str = "id", of: Outcome | None = None) -> Wording:
    words = words_of("broker", ("id", "en"))(language)
    return Wording(of or outcome(), words, office=OFFICE, services=SERVICES)


def test_paper_csv_and_workbook_say_the_same_to_the_unit() -> None:
    told = wording()
    figures = told._figures
    assert figures is not None
    sheet = told.sheet()
    plain = list(csv.reader(StringIO(csv_of(told.tables()).decode(), newline="")))
    excel = list(csv.reader(StringIO(excel_csv_of(told.tables(), told.head()).decode()[1:], newline=""), delimiter=";"))
    book = cells_of(xlsx_of(told.tables()))
    assert plain[0] == list(HEAD)
    assert excel[0] == ["Bagian", "Kode", "Nama", "Ukuran", "Nilai"]
    assert {len(line) for line in (*plain, *excel)} == {5}
    by_name = {(line[0], line[1], line[3]): line[4] for line in plain}
    assert by_name["summary", "index", "value"] == str(figures.index)
    assert sheet.index == str(figures.index).replace(".", ",")
    assert float(book["Ringkasan", "index", "Nilai"]) == float(figures.index)
    for element, line in zip(figures.elements, sheet.elements, strict=True):
        assert by_name["element", element.code, "nrr"] == str(element.nrr)
        assert line.nrr == str(element.nrr).replace(".", ",")
        assert Decimal(book["Unsur", element.code, "Nilai rata-rata (1-4)"]) == element.nrr
    for one, other in zip(plain[1:], excel[1:], strict=True):
        assert one[:2][1] == other[1]
        assert other[4] in {one[4], one[4].replace(".", ",")}
    assert [line[4] for line in plain if line[:2] == ["service", "passport"]] == [
        str(told._outcome.tally.services["passport"]),
        "310",
        "172",
    ]


def test_the_csv_for_excel_begins_with_a_mark_and_both_end_lines_as_rfc_4180_says() -> None:
    told = wording()
    plain, excel = csv_of(told.tables()), excel_csv_of(told.tables(), told.head())
    assert excel.decode().startswith(BOM)
    assert not plain.decode().startswith(BOM)
    for text in (plain, excel):
        assert text.endswith(b"\r\n")
        assert b"\n" not in text.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", ["=1+1", "+62811", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("Paspor = Baru") == "Paspor = Baru"
    table = Table("one", "One", (Column("value", "Value"),), ((text, text, (text,)),))
    line = next(csv.reader(StringIO(csv_of([table]).decode().split("\r\n", 1)[1], newline="")))
    assert line[1].startswith("'")
    assert line[4].startswith("'")
    assert len(cells_of(xlsx_of([table]))) == 1  # which looks for formulas


def test_hostile_text_stands_on_the_paper_as_text() -> None:
    html = html_of(wording().sheet())
    assert "<b>Satu loket</b>" not in html
    assert "&lt;b&gt;Satu loket&lt;/b&gt;" in html


@pytest.mark.parametrize(("language", "plan"), [("id", PLAN), ("en", "Satu loket tambahan dibuka. " * 10)])
def test_the_paper_is_one_page_to_hang_up_however_much_there_is_to_say(language: str, plan: str) -> None:
    plans = dict.fromkeys(SKM.codes, Plan(plan, dt.date(2026, 12, 31)))
    pdf = pdf_of(wording(language, replace(outcome(), plans=plans)).sheet())
    assert pdf.startswith(b"%PDF")
    streams = [
        zlib.decompressobj().decompress(one) for one in re.findall(rb"stream\r?\n(x.*?)endstream", pdf, re.DOTALL)
    ]
    objects = b"".join(one for one in streams if b"/Type" in one)
    assert len(re.findall(rb"/Type ?/Page\b", objects)) == 1
    assert b"/Lang" in objects
    (box,) = re.findall(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]", objects)
    assert [float(side) for side in box] == pytest.approx([595.28, 841.89], abs=0.2)  # A4


def test_a_period_that_runs_says_so_and_one_without_answers_claims_nothing() -> None:
    running = wording("en", replace(outcome(12), closed_on=None, before=())).sheet()
    assert running.state == "The period still runs: all of this may change."
    assert running.trend == ()
    empty = wording("en", replace(outcome(0), digest=""))
    assert empty.sheet().index == "-"
    assert empty.sheet().interval == "Nobody has answered."
    assert [table.id for table in empty.tables()][:2] == ["summary", "service"]


def test_a_quarter_and_the_sample_are_said_in_words() -> None:
    quarter = replace(outcome(300), period=period_of("quarter", dt.date(2026, 11, 3)))
    sheet = wording("id", quarter).sheet()
    assert sheet.period == "Triwulan 4 tahun 2026"
    assert sheet.facts[-1] == ("Kecukupan sampel", "tercapai")
    assert sheet.performance == "Baik"
    assert sum(one.is_low for one in sheet.elements) == 3
