"""docs/supervisor.md defines figures as the program does, and names every choice of `antrean report`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from broker.reports.files import ReportKind
from broker.reports.query import DIVIDED
from tests.figures_table import BEGIN, END, with_table

PAGE = Path(__file__).parents[3] / "docs" / "supervisor.md"


def test_the_definition_table_is_the_programs_own() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page == with_table(page), "run: make tables"


def test_it_names_what_reports_are_divided_by_and_written_as() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [one for one in (*DIVIDED, *get_args(ReportKind)) if f"`{one}`" not in page] == []
