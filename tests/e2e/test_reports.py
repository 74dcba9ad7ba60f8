"""One report of the real broker, by the real pages and their report worker: each form says the same, and leads on."""

from __future__ import annotations

import csv
import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

import httpx
import pytest

from broker.reports.figures import FIGURES
from broker.store.journal import GENESIS
from tests.support.browsing import asked_before
from tests.support.caller import wait_until
from tests.support.lived_days import live, new_office
from tests.support.office import OfficeProcess
from tests.support.pdf_text import pdf_text
from tests.support.plain_http import NO_AUTHORITY
from tests.support.sqlite import opened
from tests.support.web_process import WebProcess
from tests.support.workbook import cells_of

TOKEN = "0123456789abcdef" * 2
VISITORS = 45
Key = tuple[str, str]
"""A row's code, none of all together, and a figure."""


class Said(NamedTuple):
    """A value, and of how many it is, as numbers say it."""

    value: Decimal | None
    n: int | None


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    """Yield the pages of an office that worked on the last three days; the first two of them are closed."""
    folder = tmp_path_factory.mktemp("office") / "var"
    office = OfficeProcess(folder, extra={"ANTREAN_WEB__API_TOKEN": TOKEN})
    today = dt.datetime.now(office.settings.office.zone).date()
    live(new_office(folder), office.settings, [today - dt.timedelta(days=n) for n in (4, 3, 2)], VISITORS)
    office.start()
    process = WebProcess(office)
    try:
        process.start()
        yield process
    finally:
        process.stop()
        office.stop()


@pytest.fixture(scope="module")
def supervisor(web: WebProcess) -> Iterator[httpx.Client]:
    """Yield the browser of a supervisor who reads Indonesian."""
    headers = {"Accept-Language": "id", "Origin": web.address}
    with httpx.Client(
        base_url=web.address, headers=headers, timeout=60, follow_redirects=True, verify=NO_AUTHORITY
    ) as client:
        assert (
            client.post("/staff/in", data={"officer": "maria", "pin": "1234"} | asked_before(client)).status_code == 200
        )
        yield client


@pytest.fixture(scope="module")
def span(web: WebProcess) -> str:
    """Return the two days that are closed, divided by lane, as an address asks for them."""
    today = dt.datetime.now(web.office.settings.office.zone).date()
    return f"from={today - dt.timedelta(days=4)}&to={today - dt.timedelta(days=3)}&by=lane"


def page(client: httpx.Client, address: str) -> str:
    """Return a page, when it is made."""
    found: list[str] = []

    def is_made() -> bool:
        answer = client.get(address)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        found[:] = [answer.text]
        return "refresh" not in answer.headers

    wait_until(is_made, f"{address} is made", timeout_s=60)
    return found[0]


def number(text: str) -> Decimal | None:
    """Return a figure as Indonesians write it."""
    return None if text in {"", "-"} else Decimal(text.replace(".", "").replace(",", "."))


def of_json(content: bytes) -> dict[Key, Said]:
    """Return what the JSON of a report says; of a figure that is not divided so, it says nothing."""
    told = json.loads(content, parse_float=Decimal)
    rows = {"|".join(row["key"]): row["values"] for row in (*told["rows"], told["total"])}
    divided = {one.id for one in FIGURES if {*told["by"]} <= one.dimensions}
    return {
        (key, name): Said(None if one["value"] is None else Decimal(one["value"]), one["n"])
        for key, values in rows.items()
        for name, one in values.items()
        if not key or name in divided
    }


def lines_of(content: bytes, delimiter: str) -> list[list[str]]:
    """Return the lines of a CSV."""
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def of_csv(lines: list[list[str]], codes: list[list[str]], mark: str) -> dict[Key, Said]:
    """Return what a CSV says; which figure a line is of says the plain one, by codes."""
    values, counts = dict[Key, str](), dict[Key, str]()
    for (part, code, _, figure, _), line in zip(codes, lines, strict=True):
        match part, figure:
            case "total", "value":
                values["", code] = line[4]
            case "total", "n":
                counts["", code] = line[4]
            case "rows", _:
                values[code, figure] = line[4]
            case "rows_n", _:
                counts[code, figure] = line[4]
    return {
        key: Said(Decimal(text.replace(mark, ".")) if text else None, int(counts[key])) for key, text in values.items()
    }


def of_workbook(content: bytes, names: dict[Key, tuple[str, str, str]], heads: dict[str, str]) -> dict[Key, Said]:
    """Return what a workbook says, cell by cell; `names` are those of the cells, `heads` of its sheets."""
    cells, found = cells_of(content), {}
    for (code, figure), (part, row, column) in names.items():
        value = cells[heads[part], row, column]
        n = cells[heads["total"], figure, "n"] if part == "total" else cells[heads["rows_n"], code, column]
        # a workbook keeps binary fractions: the same one, with a digit more than it needs
        found[code, figure] = Said(Decimal(repr(float(value))) if value else None, int(n))
    return found


def of_page(text: str, row: str, rows: list[str]) -> dict[Key, Said]:
    """Return what a page says: a figure in all by its id, and in the divided tables by their columns."""
    found = {
        ("", name): Said(number(value), int(n.replace(".", ""))) for name, value, n in re.findall(row, text, re.DOTALL)
    }
    divided = [one for one in FIGURES if "lane" in one.dimensions]
    parts = {one.part: [other.id for other in divided if other.part == one.part] for one in divided}
    tables = re.findall(r'<table class="divided">(.*?)</table>', text, re.DOTALL)
    for table, ids in zip(tables, parts.values(), strict=True):
        for key, line in zip(rows, re.findall(r"<tr>(<th.*?)</tr>", table.partition("<tbody>")[2]), strict=True):
            for name, cell in zip(ids, re.findall(r"<td[^>]*>(.*?)</td>", line), strict=True):
                value, _, n = html.unescape(re.sub(r"<[^>]+>", " ", cell)).partition("n =")
                said = number(value.strip())
                found[key, name] = Said(said, int(n.strip().replace(".", "")) if n else None)
    return found


def of_paper(words: str, names: dict[str, str]) -> dict[Key, Said]:
    """Return what a PDF says of all together: behind its name, each figure with its n."""
    found, at = {}, 0
    for figure, name in names.items():
        at = words.index(name, at)
        said = re.compile(r" (-|[\d.,]+) (?:\S+ ){0,2}?n = ([\d.]+) \(").search(words, at)
        assert said is not None, name
        found["", figure] = Said(number(said[1]), int(said[2].replace(".", "")))
        at = said.end()
    return found


def test_screen_csv_workbook_paper_html_and_the_api_say_the_same(
    web: WebProcess, supervisor: httpx.Client, span: str
) -> None:
    def file(kind: str) -> bytes:
        answer = supervisor.get(f"/staff/reports/report.{kind}?{span}")
        assert answer.status_code == 200, answer.text
        return answer.content

    api = httpx.get(
        f"{web.address}/api/v1/reports?{span}",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
        verify=NO_AUTHORITY,
    )
    expected = of_json(api.content)
    assert expected["", "arrivals"] == Said(Decimal(2 * VISITORS), 2 * VISITORS)
    assert sum(said.n is not None and said.n > 0 for said in expected.values()) > 50, "there is something to compare"

    assert of_json(file("json")) == expected
    plain, excel = lines_of(file("csv"), ","), lines_of(file("excel"), ";")
    assert of_csv(plain, plain, ".") == expected
    assert of_csv(excel, plain, ",") == expected

    heads = {code[0]: line[0] for code, line in zip(plain, excel, strict=True)}
    names = {
        (("" if code[0] == "total" else code[1]), (code[1] if code[0] == "total" else code[3])): (
            code[0],
            code[1],
            line[3],
        )
        for code, line in zip(plain, excel, strict=True)
        if code[0] == "rows" or (code[0], code[3]) == ("total", "value")
    }
    assert of_workbook(file("xlsx"), names, heads) == expected

    rows = list(dict.fromkeys(code for code, _ in expected if code))
    shown = of_page(
        page(supervisor, f"/staff/reports?{span}"),
        r'<tr id="(\w+)">.*?<td class="figure"><b>(?:<a [^>]+>)?([^<]+)<.*?n = ([\d.]+)<',
        rows,
    )
    written = of_page(
        file("html").decode(), r'<tr id="(\w+)">.*?<td class="number"><b>([^<]+)</b>.*?n = ([\d.]+) \(', rows
    )
    for form in (shown, written):
        assert form.keys() == expected.keys()
        for key, said in form.items():
            # where a value is its own n, it is written once
            assert said == (expected[key] if said.n is not None else (expected[key].value, None)), key
            if said.n is None:
                assert expected[key].value in {None, expected[key].n}, key

    words = " ".join(pdf_text(file("pdf")).split())
    labels = {one["id"]: one["name"] for one in json.loads(api.content)["figures"]}
    assert of_paper(words, labels) == {key: said for key, said in expected.items() if not key[0]}
    for table in re.findall(r'<table class="divided">.*?</table>', file("html").decode(), re.DOTALL):
        for line in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", table):
            assert " ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split()) in words


def test_of_a_ticket_that_is_not_here_it_is_said_which_years_lie_elsewhere(
    supervisor: httpx.Client, web: WebProcess
) -> None:
    """The row is of an archive that holds no line: nothing else in the office goes by it."""
    address = "/staff/board/ticket/nobody"
    values = "'demo', 0, 1, ?, ?, '2024-12-31', 0, '/media/antrean-demo-until-2024-12-31.db', 'digest', 0"
    with opened(web.office.database) as connection:
        connection.execute(f"INSERT INTO archived VALUES ({values})", (GENESIS, GENESIS))  # noqa: S608 - ours
    said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page(supervisor, address))).split())
    with opened(web.office.database) as connection:
        connection.execute("DELETE FROM archived")
    assert "Nomor ini tidak ada dalam catatan di sini" in said
    assert "Hari sampai Selasa, 31 Desember 2024 di berkas antrean-demo-until-2024-12-31.db" in said


def test_a_figure_leads_to_its_tickets_and_a_ticket_of_long_ago_to_its_history(
    supervisor: httpx.Client, span: str
) -> None:
    report = page(supervisor, f"/staff/reports?{span}")
    (address,) = {
        html.unescape(one) for one in re.findall(r'<tr id="wait_longest">.*?<b><a href="([^"]+)"', report, re.DOTALL)
    }
    listed = page(supervisor, address)
    (longest,) = re.findall(r'<tr id="wait_longest">.*?<b><a [^>]+>([^<]+)<', report, re.DOTALL)
    first = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", listed)[0]
    assert f'<td class="figure">{longest}</td>' in first
    (ticket,) = re.findall(r'href="(/staff/board/ticket/[^"]+)"', first)
    history = supervisor.get(ticket)
    assert history.status_code == 200
    said = html.unescape(re.sub(r"<[^>]+>", " ", history.text))
    assert re.search(r"Tiket A-\d{3}", said)
    assert "Nomor antrean diambil." in said
    assert re.search(r"Dipanggil ke loket \d\. +Sudah menunggu \d+ mnt, janji jalurnya \d+ mnt\.", said)
    assert supervisor.get("/staff/board/ticket/nobody").status_code == 404
