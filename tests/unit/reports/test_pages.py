"""The page of a report says the same as its files, and leads to what it is made of."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from broker.cli.reporting import Answer, Reporting
from broker.config import Settings
from broker.reports.figures import FIGURES, Dimension
from broker.reports.query import Query
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG, shipped_settings
from tests.support.past_days import keep_days

FIRST, LAST = dt.date(2026, 9, 28), dt.date(2026, 10, 9)


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Return the demo office."""
    return shipped_settings()


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
        r'<tr id="(\w+)">.*?<td class="figure"><b>(?:<a [^>]+>)?([^<]+)(?:</a>)?</b>.*?</td>'
        r'<td class="figure quiet">n = ([^<]+)<',
        shown,
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
        links = html.unescape("|".join(re.findall(r'<th scope="row"><a href="([^"]+)"', row)))
        found.append((ids, links, re.findall(r'<td class="figure">(?:<a [^>]+>)?([^<]*)', row)))
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


def test_days_that_are_closed_are_read_once_for_all_that_is_asked_of_them(reporting: Reporting) -> None:
    asked(reporting, "page")
    history = reporting._last
    assert history is not None
    asked(reporting, "csv", by="lane")
    assert reporting._last is history
    asked(reporting, "page", **{"from": "2026-10-09", "to": "2026-10-11"})
    assert reporting._last is None, "of a day that runs nothing is held"


def test_what_cannot_be_asked_is_said_in_words(reporting: Reporting) -> None:
    refused = asked(reporting, "page", language="id", by="officer")
    assert (refused.status, refused.content.decode()) == (
        "refused",
        "Angka tidak dirinci seperti itu. Silakan pilih salah satu cara yang tersedia.",
    )


def test_where_there_are_no_data_nothing_is_made(tmp_path: Path) -> None:
    assert asked(Reporting(CONFIG, tmp_path), "page").status == "failed"


# -- from a figure to its tickets -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data of an office that had three busy days, the first two of which are closed."""
    folder = tmp_path_factory.mktemp("lived")
    with closing(SqlStore(f"sqlite:///{folder}/office.db", "demo")) as store:
        room = EngineRoom(store=store, clock=FakeClock())
        for _ in range(3):
            a_busy_day(room)
            room.clock.advance(24 * 3600)
            room.engine.step([])
    return folder


def tickets_of(lived: Path, what: str = "tickets", *, language: str = "en", **query: str) -> str:
    """Return a page of an office that lived."""
    made = asked(
        Reporting(CONFIG, lived), what, language=language, **{"from": "2026-03-02", "to": "2026-03-05"} | query
    )
    assert made.status in {"made", "refused"}
    return made.content.decode()


def listed(shown: str) -> list[str]:
    """Return which tickets a page leads to."""
    return re.findall(r'href="/staff/board/ticket/([^"]+)"', shown)


def test_each_figure_of_a_report_leads_to_as_many_tickets_as_it_says(lived: Path) -> None:
    shown, said = tickets_of(lived, "page", by="lane"), json.loads(tickets_of(lived, "json", by="lane"))
    links = [html.unescape(one) for one in re.findall(r'href="/staff/reports/tickets\?([^"]+)"', shown)]
    wanted = {}
    for row in (*said["rows"], said["total"]):
        lane = row["key"][:1]
        for name, value in row["values"].items():
            figure = next(one for one in FIGURES if one.id == name)
            if figure.is_of_tickets and value["n"]:
                wanted[name, *lane] = value["n"]
    assert len(links) == len(wanted)
    for link in links:
        fields = dict(parse_qsl(link))
        lanes = [fields["lane"]] if "lane" in fields else []
        assert len(listed(tickets_of(lived, **fields))) == wanted[fields["figure"], *lanes], link


def test_the_longest_wait_stands_first_and_its_ticket_has_its_whole_history(lived: Path) -> None:
    shown = tickets_of(lived, figure="wait_longest")
    longest = re.findall(r'<p class="lead"><b>([^<]+)</b> min', shown)[0]
    (first, *_) = re.findall(r"<tr><th.*?</tr>", shown)[1:]
    assert f'<td class="figure">{longest}</td>' in first
    (ticket,) = listed(first)
    told = json.loads(asked(Reporting(CONFIG, lived), "history", ticket=ticket).content)
    assert (told[0]["type"], told[0]["day"][:7]) == ("issued", "2026-03")
    assert any(one["why"] and one["why"]["waited_s"] for one in told)
    assert "terlama dahulu" in tickets_of(lived, figure="wait_longest", language="id")
    by_time = tickets_of(lived, figure="wait_longest", order="time")
    assert sorted(listed(by_time)) == sorted(listed(shown))


def test_of_what_there_are_no_tickets_is_said_in_words(lived: Path, reporting: Reporting) -> None:
    for figure in ("use", "ratings", "nonsense"):
        assert tickets_of(lived, figure=figure).startswith("There are no tickets behind this figure.")
    without = asked(reporting, "tickets", figure="arrivals").content.decode()
    n = json.loads(asked(reporting, "json").content)["total"]["values"]["arrivals"]["n"]
    assert f"{min(n, 200)} of these tickets cannot be told: the journal of their days is not here" in without
    assert listed(without) == []
