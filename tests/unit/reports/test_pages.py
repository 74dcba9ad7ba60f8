"""The page of a report says the same as its files, and leads to what it is made of."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from broker.cli.reporting import Answer, Reporting
from broker.config import Settings, load_settings
from broker.reports.figures import Dimension
from broker.reports.query import Query
from tests.support.office import CONFIG
from tests.support.past_days import keep_days

FIRST, LAST = dt.date(2026, 9, 28), dt.date(2026, 10, 9)


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Return the demo office."""
    return load_settings(CONFIG, {})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """Return the data of an office with two weeks that are closed."""
    data = tmp_path_factory.mktemp("data")
    keep_days(data / "office.db", settings, FIRST, LAST, tickets=25)
    return data


@pytest.fixture
def reporting(office: Path) -> Reporting:
    """Return what makes that office's reports."""
    return Reporting(CONFIG, office)


def asked(reporting: Reporting, what: str, *, language: str = "en", **query: str) -> Answer:
    """Return what an address comes to, two days after the last one that is closed."""
    now = dt.datetime(2026, 10, 11, 12, tzinfo=dt.UTC)
    fields = [(name, value) for name, value in ({"from": str(FIRST), "to": str(LAST)} | query).items() if value]
    return reporting.answer({"what": what, "query": fields, "language": language}, now)


def page(reporting: Reporting, *, language: str = "en", **query: str) -> str:
    """Return a page."""
    made = asked(reporting, "page", language=language, **query)
    assert made.status == "made", made.content
    return made.content.decode()


def told(reporting: Reporting, **query: str) -> dict[str, Any]:
    """Return the same as JSON."""
    found: dict[str, Any] = json.loads(asked(reporting, "json", **query).content)
    return found


def number(text: str, language: str) -> float | None:
    """Return a figure that a page says."""
    plain = text.replace(",", "") if language == "en" else text.replace(".", "").replace(",", ".")
    return None if text == "-" else float(plain)


@pytest.mark.parametrize(("language", "by"), [("en", ("lane",)), ("id", ("day",)), ("id", ("weekday", "half_hour"))])
def test_screen_csv_and_json_say_the_same(reporting: Reporting, language: str, by: tuple[Dimension, ...]) -> None:
    divided = ",".join(by)
    shown, said = page(reporting, language=language, by=divided), told(reporting, by=divided)
    lines = list(csv.reader(io.StringIO(asked(reporting, "csv", by=divided).content.decode())))

    whole = re.findall(
        r'<tr id="(\w+)">.*?<td class="figure"><b>([^<]+)</b>.*?</td><td class="figure quiet">n = ([^<]+)<', shown
    )
    assert [(name, number(value, language), number(n, language)) for name, value, n in whole] == [
        (name, one["value"], one["n"]) for name, one in said["total"]["values"].items()
    ]
    in_file = {line[1]: line[4] for line in lines if line[0] == "total" and line[3] == "value"}
    assert {name: float(text) if text else None for name, text in in_file.items()} == {
        name: one["value"] for name, one in said["total"]["values"].items()
    }

    rows = [
        cells
        for section in re.findall(r'<table class="divided">.*?</table>', shown, re.DOTALL)
        for cells in _rows(section)
    ]
    assert rows, "it is divided"
    for ids, name, cells in rows:
        row = next(one for one in said["rows"] if leads_to(by, one["key"]) == name)
        assert [number(cell, language) for cell in cells] == [row["values"][one]["value"] for one in ids]
    assert len(rows) % len(said["rows"]) == 0, "no row is missing"


def _rows(section: str) -> list[tuple[list[str], str, list[str]]]:
    """Return for each row of a table the figures, where its name leads to, and its values."""
    ids = re.findall(r'href="#what-(\w+)"', section)
    found = []
    for row in re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", section):
        links = html.unescape("|".join(re.findall(r'href="([^"]+)"', row)))
        found.append((ids, links, re.findall(r'<td class="figure">([^<]*)', row)))
    return found


def leads_to(by: tuple[Dimension, ...], key: list[str]) -> str:
    """Return where the row of a key leads to."""
    query = Query(FIRST, LAST, None, by)
    return "|".join(f"/staff/reports?{query.within(*one).address()}" for one in zip(by, key, strict=True))


def test_each_figure_has_its_definition_and_of_how_many_it_is(reporting: Reporting) -> None:
    shown, said = page(reporting), told(reporting)
    for figure in said["figures"]:
        assert f'<p id="what-{figure["id"]}">{html.escape(figure["definition"], quote=False)}' in shown
    assert "All of these days are closed: nothing of it changes any more." in shown
    assert "As of" in shown


def test_plots_have_the_same_as_a_table_and_no_word_of_them_runs(reporting: Reporting) -> None:
    shown = page(reporting)
    assert shown.count("<svg") == shown.count("As a table") == 4
    assert not re.search(r" role=| aria-", "".join(re.findall(r"<svg.*?</svg>", shown, re.DOTALL))), "named as a whole"
    assert not re.search(r"<script|style=|https?://(?!www\.w3\.org)", shown)


def test_what_is_closed_is_made_once(reporting: Reporting) -> None:
    assert asked(reporting, "page") is asked(reporting, "page")
    running = {"from": "2026-10-09", "to": "2026-10-11"}
    assert asked(reporting, "page", **running) is not asked(reporting, "page", **running)


def test_what_cannot_be_asked_is_said_in_words(reporting: Reporting) -> None:
    refused = asked(reporting, "page", language="id", by="officer")
    assert (refused.status, refused.content.decode()) == (
        "refused",
        "Angka tidak dirinci seperti itu. Silakan pilih salah satu cara yang tersedia.",
    )


def test_where_there_are_no_data_nothing_is_made(tmp_path: Path) -> None:
    assert asked(Reporting(CONFIG, tmp_path), "page").status == "failed"
