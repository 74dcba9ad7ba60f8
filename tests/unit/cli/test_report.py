"""`antrean report`: any span as a file, by reading alone; what cannot be meant is said in a sentence."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from broker.cli import main
from broker.config import load_settings
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.days import a_busy_day
from tests.fakes.engine_room import EngineRoom
from tests.support.office import CONFIG

Run = Callable[..., tuple[object, str]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an office that had two busy days, of which the first is closed."""
    folder = tmp_path_factory.mktemp("data")
    with closing(SqlStore(f"sqlite:///{folder}/office.db", "demo")) as store:
        room = EngineRoom(store=store, clock=FakeClock())
        for _ in range(2):
            a_busy_day(room)
            room.clock.advance(24 * 3600)
            room.engine.step([])
    return folder


@pytest.fixture
def run(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command in an empty folder; it gives its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "nice", lambda _by: 0)  # the tests go on at their own pace

    def asked(*arguments: str) -> tuple[object, str]:
        monkeypatch.setattr("sys.argv", ["antrean", "report", *arguments, "--config", str(CONFIG), "--data", str(data)])
        try:
            code: object = main()
        except SystemExit as ended:
            code = ended.code
        told = capsys.readouterr()
        return code or 0, told.out + told.err

    return asked


@pytest.mark.parametrize(
    ("kind", "name", "begins"),
    [
        ("html", "report-2026-03.html", b"<!doctype html>"),
        ("xlsx", "report-2026-03.xlsx", b"PK"),
        ("csv", "report-2026-03.csv", b"part,"),
        ("excel", "report-2026-03.csv", b"\xef\xbb\xbf"),
    ],
)
def test_a_month_is_written_as_whatever_is_wanted(
    run: Run, tmp_path: Path, kind: str, name: str, begins: bytes
) -> None:
    code, said = run("--month", "2026-03", "--format", kind)

    assert (code, said.strip()) == (0, name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_it_is_divided_and_chosen_as_it_is_asked(run: Run, tmp_path: Path) -> None:
    code, _ = run(
        "--from", "2026-03-02", "--to", "2026-03-03", "--by", "day,lane", "--only", "service=visa", "-f", "json"
    )

    assert code == 0
    said = json.loads((tmp_path / "report-2026-03-02_2026-03-03-day-lane.json").read_bytes())
    assert said["by"] == ["day", "lane"]
    assert [row["key"] for row in said["rows"] if row["values"]["arrivals"]["n"]] == [
        ["2026-03-02", "regular"],
        ["2026-03-02", "priority"],
        ["2026-03-03", "regular"],
        ["2026-03-03", "priority"],
    ]
    assert said["total"]["values"]["arrivals"] == {"value": 6, "n": 6}


def test_closed_days_and_days_of_the_journal_stand_side_by_side(run: Run, tmp_path: Path) -> None:
    run("--week", "2026-W10", "--by", "day", "-f", "csv", "-o", "week.csv")

    lines = list(csv.reader(StringIO((tmp_path / "week.csv").read_text(), newline="")))
    arrivals = {line[1]: line[4] for line in lines if line[0] == "rows" and line[3] == "arrivals"}
    assert arrivals["2026-03-02"] == arrivals["2026-03-03"] == "5"
    assert arrivals["2026-03-08"] == "0"
    state = next(line[4] for line in lines if line[:2] == ["about", "state"])
    assert state == "Belum semua hari ini ditutup: angka masih dapat berubah."


def test_without_a_span_it_is_today(run: Run, tmp_path: Path) -> None:
    code, said = run("--format", "json")

    today = dt.datetime.now(dt.UTC).astimezone(load_settings(CONFIG, os.environ).office.zone).date()
    assert code == 0
    assert json.loads((tmp_path / said.strip()).read_bytes())["first"] in {
        str(today),
        str(today - dt.timedelta(days=1)),
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--month", "2026-3"), "a day is written as 2026-11-27"),
        (("--month", "2026-03", "--day", "2026-03-02"), "name one span"),
        (("--from", "2026-03-02", "--week", "2026-W10"), "name one span"),
        (("--from", "2026-03-05", "--to", "2026-03-02"), "a span ends after it begins"),
        (("--day", "2999-01-01"), "nothing is known yet of 2999-01-01"),
        (("--month", "2026-03", "--by", "mood"), "nothing is divided by mood: known are day, week"),
        (("--month", "2026-03", "--by", "day,officer"), "An officer's figures are at /staff/figures"),
        (("--month", "2026-03", "--only", "officer=siti"), "that would be a ranking"),
        (("--month", "2026-03", "--tickets", "use"), "no tickets are behind use: known are arrivals, served"),
        (("--month", "2026-03", "--tickets", "served", "--by", "day"), "tickets are listed one by one"),
        (("--month", "2026-03", "--tickets", "served", "--only", "counter=c1", "-f", "pdf"), "written as xlsx, csv"),
        (("--month", "2026-03", "--only", "lane"), "lane says not which"),
        (("--month", "2026-03", "-l", "tlh"), "tlh is no language of the office"),
        (("--month", "2026-03", "-f", "json", "-o", "no/such/folder.json"), "cannot be written: No such file"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, told = run(*arguments)

    assert code == 1
    assert said in told


def test_the_tickets_behind_a_figure_are_written_as_many_as_it_says(run: Run, tmp_path: Path) -> None:
    run("--month", "2026-03", "-f", "json", "-o", "month.json")
    code, said = run("--month", "2026-03", "--tickets", "wait_longest", "-f", "csv")

    assert (code, said.strip()) == (0, "report-2026-03-tickets-wait_longest.csv")
    lines = list(csv.reader(StringIO((tmp_path / said.strip()).read_text(), newline="")))
    waits = [(line[1], line[2], float(line[4])) for line in lines if line[0] == "tickets" and line[3] == "wait_longest"]
    longest = json.loads((tmp_path / "month.json").read_bytes())["total"]["values"]["wait_longest"]
    assert len(waits) == longest["n"]
    assert waits[0][2] == longest["value"], "the longest comes first"
    assert all(number[0] in "AB" and len(ticket) == 36 for ticket, number, _ in waits)


def test_a_name_that_config_yaml_has_no_more_is_taken_and_said(run: Run) -> None:
    code, told = run("--month", "2026-03", "--only", "lane=vip", "-f", "json")

    assert code == 0
    assert "config.yaml has no lane vip now" in told
