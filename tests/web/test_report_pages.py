"""Reports in the browser: for whom they are, and how somebody waits for them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from broker.contract import messages as ms
from broker.web.app import web_app
from broker.web.staff.reporter import Made, Reporter, Wanted
from broker.web.start import plan_of
from tests.fakes.bus import FakeBus
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, in_a_loop, served
from tests.support.caller import wait_until
from tests.support.office import CONFIG
from tests.support.plain_http import NO_AUTHORITY

WORKER = """
import json, sys
from tests.support.plain_http import NO_AUTHORITY
for line in sys.stdin:
    asked = json.loads(line)
    if asked["query"] == [["period", "die"]]:
        sys.exit(1)
    content = json.dumps(asked).encode()
    status = "refused" if asked["query"] == [["period", "never"]] else "made"
    head = {"status": status, "type": "text/plain", "name": "report.txt", "size": len(content)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\\n" + content)
    sys.stdout.flush()
"""
"""A process that makes nothing, and tells what it was asked."""


class Echo(Reporter):
    """Asks that process instead of the one that makes reports."""

    @property
    def command(self) -> tuple[str, ...]:
        """Return what is started."""
        return sys.executable, "-c", WORKER


@contextmanager
def opened(office: WebOffice, reporter: Reporter | None, **plan: Any) -> Iterator[Visitor]:  # noqa: ANN401 - its fields
    """Open an office's pages, with reports or without."""
    app = web_app(
        replace(plan_of(office.settings, "web", config=CONFIG, data=Path("no-data")), **plan),
        bus_for=lambda kind, plan, post: FakeBus(
            server=office.server, office=plan.office, client=plan.client, kind=kind, post=post, claims=True
        ),
        reporter=reporter,
    )
    with served(app) as address, httpx.Client(base_url=address, timeout=15, verify=NO_AUTHORITY) as client:
        yield Visitor(office, client, address)


@pytest.fixture
def near(office: WebOffice) -> Iterator[Visitor]:
    """Yield a browser at the office's own machine; nobody is signed in."""
    FeedbackDesk(office)
    with opened(office, Echo(Path("office.yaml"), Path("data"))) as found:
        yield found


def sign_in(near: Visitor, officer: str, pin: str) -> None:
    """Sign in."""
    assert near.post("/staff/in", officer=officer, pin=pin).startswith("/staff/")


def test_reports_are_for_supervisors_and_own_figures_for_everybody(near: Visitor) -> None:
    near.get("/staff/reports", status=401)
    for officer, pin in (("adi", "1001"), ("tono", "4004"), ("rina", "3003")):
        sign_in(near, officer, pin)
        for path in (
            "/staff/reports",
            "/staff/reports/report.json",
            "/staff/reports/tickets",
            "/staff/figures?officer=siti",
        ):
            assert "This page is open to: supervisors." in near.get(path, status=403)
        assert f'"officer": "{officer}"' in near.get("/staff/figures?period=2026-10"), "their own"
    sign_in(near, "siti", "2002")
    assert '"officer": "adi"' in near.get("/staff/figures?officer=adi")
    assert '"what": "tickets"' in near.get("/staff/reports/tickets?figure=served&period=2026-10")
    assert '["by", "lane"]' in near.get("/staff/reports?period=2026-10&by=lane")


def test_a_file_is_called_as_whoever_made_it_says(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    answer = near.client.get("/staff/reports/report.csv?period=2026-10")
    assert answer.headers["content-disposition"] == 'attachment; filename="report.txt"'
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.text)["what"] == "csv"
    near.get("/staff/reports/report.exe", status=404)


def test_what_is_refused_and_what_went_wrong_is_said(near: Visitor) -> None:
    sign_in(near, "siti", "2002")
    assert "This report cannot be shown." in near.get("/staff/reports?period=never", status=422)
    assert "The report could not be made." in near.get("/staff/reports?period=die", status=500)
    assert "2026-10" in near.get("/staff/reports?period=2026-10"), "another process makes the next one"


def test_where_the_data_are_elsewhere_it_is_said(office: WebOffice) -> None:
    FeedbackDesk(office)
    with opened(office, None) as near:
        sign_in(near, "siti", "2002")
        assert "antrean report" in near.get("/staff/reports", status=404)


def test_reports_are_made_one_after_the_other_and_more_than_enough_are_refused() -> None:
    async def ask() -> None:
        reporter = Echo(Path("office.yaml"), Path("data"))
        wanted = [Wanted("page", (("period", str(year)),), "en") for year in range(2000, 2014)]
        before = [await reporter.made(one, patience_s=0) for one in wanted]
        assert before[:12] == list(range(12)), "so many are before it"
        assert before[12:] == [Made("busy"), Made("busy")]
        for one in wanted[:12]:
            made = await reporter.made(one, patience_s=30)
            assert isinstance(made, Made)
            assert json.loads(made.content)["query"] == [list(pair) for pair in one.query]
        await reporter.stop()

    in_a_loop(ask())


def test_the_process_ends_when_nobody_asks_any_more() -> None:
    async def ask() -> None:
        reporter = Echo(Path("office.yaml"), Path("data"), idle_s=0.01)
        await reporter.made(Wanted("page", (), "en"), patience_s=30)
        process = reporter.process
        assert process is not None
        assert await asyncio.wait_for(process.wait(), 30) == 0
        assert isinstance(await reporter.made(Wanted("pdf", (), "en"), patience_s=30), Made), "and another begins"
        await reporter.stop()

    in_a_loop(ask())


def test_other_programs_read_reports_by_the_token_of_the_office_alone(office: WebOffice) -> None:
    token = "0123456789abcdef" * 2
    with opened(office, Echo(Path("office.yaml"), Path("data")), api_token=token) as near:

        def ask(said: str | None, query: str = "") -> httpx.Response:
            return near.client.get(f"/api/v1/reports{query}", headers={} if said is None else {"Authorization": said})

        for wrong in (None, "", "Bearer", f"Basic {token}", f"Bearer {token[:-1]}", f"Bearer {token}x"):
            assert (ask(wrong).status_code, ask(wrong).json()) == (401, {"error": "wrong_token"})
        told = ask(f"Bearer {token}", "?period=2026-10&by=lane")
        assert (told.status_code, told.json()["what"]) == (200, "json")
        assert told.json()["query"] == [["period", "2026-10"], ["by", "lane"]]
        assert ask(f"Bearer {token}", "?period=never").status_code == 422
    with opened(office, Echo(Path("office.yaml"), Path("data"))) as near:
        assert near.client.get("/api/v1/reports", headers={"Authorization": "Bearer none"}).status_code == 404


def test_a_day_that_is_closed_is_put_into_the_folder_once(office: WebOffice, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    told = ms.ResultsMessage(
        at=office.now(), day=dt.date(2026, 3, 3), begin=dt.date(2026, 3, 1), total=ms.PublishedRow(id="")
    )
    plan = {"nightly_folder": folder, "nightly_format": "excel"}
    file = folder / "report-2026-03-03.csv"
    with opened(office, Echo(Path("office.yaml"), Path("data")), **plan):
        office.say(office.topics.results(), told)
        wait_until(file.exists, "the file is there")
    assert json.loads(file.read_text())["query"] == [["period", "2026-03-03"]]
    file.write_text("as it is")
    with opened(office, Echo(Path("office.yaml"), Path("data")), **plan):
        office.say(office.topics.results(), told.model_copy(update={"day": dt.date(2026, 3, 4)}))
        wait_until((folder / "report-2026-03-04.csv").exists, "the next one is there")
    assert file.read_text() == "as it is"
