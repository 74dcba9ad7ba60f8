"""A visit with a phone beside the real broker, its MQTT server, and the process of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess
from tests.support.plain_http import NO_AUTHORITY
from tests.support.web_process import PUBLIC, WebProcess


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebProcess]:
    """Yield the pages of a running office."""
    office = OfficeProcess(tmp_path / "var", extra=PUBLIC)
    office.start()
    process = WebProcess(office)
    process.start()
    yield process
    assert process.stop() == 0
    office.stop()


def desk_of(caller: Caller) -> dict[str, str]:
    """Open a counter over the wire; return what its requests carry."""
    opened = caller.do("open", counter="counter-1", officer="siti", pin="1234")
    return {"counter": "counter-1", "session": str(opened["session"])}


def test_a_whole_visit_with_a_phone(web: WebProcess, chromium: Browser) -> None:
    office = web.office
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter:
        page = chromium.new_page(viewport={"width": 390, "height": 800}, locale="en-GB")
        first = kiosk.do("issue", service="new-passport")["ticket"]
        ticket = kiosk.do("issue", service="new-passport")["ticket"]
        page.goto(web.address + ticket["qr"].removeprefix("HTTP://ANTRIAN.LAN"))
        expect(page.locator(".number")).to_have_text(ticket["number"])
        expect(page.locator(".facts")).to_contain_text("No counter is open for it yet")
        desk = desk_of(counter)
        expect(page.locator("h1")).to_have_text("Only 1 person is before you")
        assert counter.do("next", **desk)["ticket"]["id"] == first["id"]
        expect(page.locator("h1")).to_have_text("You are next")

        office.kill()  # a power cut at the broker: the page says so, then goes on where it was
        expect(page.locator("#status .note.warn")).to_contain_text("Not connected since")
        office.start()
        expect(page.locator("#status .note.warn")).to_have_count(0, timeout=30_000)
        wait_until(lambda: counter.linked, "the counter is back")

        counter.do("start", **desk)
        counter.do("finish", **desk)
        assert counter.do("next", **desk)["ticket"]["id"] == ticket["id"]
        expect(page.locator("h1")).to_have_text("Counter 1")
        web.kill()
        web.start()
        expect(page.locator("h1")).to_have_text("Counter 1")
        counter.do("start", **desk)
        expect(page.locator("h1")).to_have_text("You are at counter 1", timeout=30_000)
        counter.do("transfer", stage="interview", **desk)
        expect(page.locator(".steps .now")).to_contain_text("Interview")
        expect(page.locator("body")).to_have_attribute("data-kind", re.compile("waiting|soon"))
        page.get_by_role("link", name="Give up my place").click()
        page.get_by_role("button", name="Yes, give it up").click()
        expect(page.locator("h1")).to_have_text("This number was given up")
        page.close()


def test_a_form_that_is_sent_again_after_the_pages_died_is_done_once(web: WebProcess) -> None:
    office = web.office
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as counter:
        ticket = kiosk.do("issue", service="new-passport")["ticket"]
        desk = desk_of(counter)
        counter.do("next", **desk)
        wait_until(lambda: _is_missed(counter, desk), "the visitor may be given up", timeout_s=60)
        path, fields = f"{web.address}/t/{ticket['key']}/rejoin", {"request": "0123456789abcdef" * 2}
        assert httpx.post(path, data=fields, verify=NO_AUTHORITY).status_code == 303
        web.kill()
        web.start()
        assert httpx.post(path, data=fields, verify=NO_AUTHORITY).status_code == 303
        assert kiosk.do("lookup", ticket=ticket["key"])["ticket"]["state"] == "waiting"


def _is_missed(counter: Caller, desk: dict[str, str]) -> bool:
    """Try to give the visitor up: that is not done before they had time to come."""
    return counter.ask("no_show", counter=desk["counter"], session=desk["session"]).ok
