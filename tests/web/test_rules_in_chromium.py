"""The pages on which rules are changed, in a browser: by keyboard and by ear, on a phone and on a desk."""

from __future__ import annotations

import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from broker.web.staff.pictures import Previews
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice, refuse
from tests.web.test_feedback_in_chromium import phone, sign_in
from tests.web.test_rules_pages import PAGES
from tests.web.test_rules_preview import WORKER, told_of


@pytest.fixture
def desk(office: WebOffice, monkeypatch: pytest.MonkeyPatch) -> FeedbackDesk:
    """Return an office whose engine finds fault with every change, and whose screens are drawn by nobody."""
    command = (sys.executable, "-c", WORKER, told_of(office))
    monkeypatch.setattr("broker.web.app.Previews", lambda config: Previews(config, command))
    office.answers["rules_change"] = lambda _: refuse("bad_rules", problems=["hours.sun[0]: ends before it begins"])
    return FeedbackDesk(office)


@pytest.mark.parametrize(("language", "width"), [("id", 320), ("en", 1920)])
def test_nothing_stands_in_the_way_of_assistive_technology(
    desk: FeedbackDesk, site: str, chromium: Browser, language: str, width: int
) -> None:
    assert desk is not None
    axe, found = Axe(), {}
    with phone(chromium, width=width, language=language) as page:

        def look(name: str) -> None:
            results = axe.run(page)
            if results.violations_count:
                found[name] = results.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the phone"

        sign_in(page, site, "siti", "2002")
        for path in ("", *(f"/{name}" for name in PAGES), "/versions", "/slides/display-1"):
            page.goto(f"{site}/staff/rules{path}")
            look(path)
        page.goto(f"{site}/staff/rules/services.new-passport")
        page.locator('[name="f.services.new-passport.documents.en"]').fill("KTP")
        page.locator('button[value="look"]').click()
        page.locator(".differences").wait_for()
        page.locator("#preview").get_by_text("“Deed <of> birth”").wait_for()
        page.wait_for_function("!document.querySelector('#preview[hx-get]')")
        look("what changes")
        page.goto(page.locator("#preview a").first.evaluate("one => one.href.replace(/[^/]+$/, '')").rstrip("/"))
        look("a preview by itself")
        page.goto(f"{site}/staff/rules/hours")
        page.locator('[name="f.hours.sun"]').fill("morning")
        page.locator('button[value="save"]').click()
        page.locator(".fault").first.wait_for()
        look("hours with faults")
    assert found == {}


def test_a_refused_change_is_sent_again_from_the_same_page_without_javascript(
    office: WebOffice, desk: FeedbackDesk, site: str, chromium: Browser
) -> None:
    assert desk is not None
    with phone(chromium, width=1280, script=False) as page:
        sign_in(page, site, "siti", "2002")
        page.goto(f"{site}/staff/rules/hours")
        page.get_by_label("Sunday").fill("12:00-09:00")
        page.get_by_label("Why").fill("Pemilu")
        page.get_by_role("button", name="Let it count").click()
        expect(page.get_by_text("ends before it begins")).to_be_visible()
        office.answers["rules_change"] = lambda _: {"digest": "x", "restart": [], "warnings": []}
        page.get_by_label("Sunday").fill("09:00-12:00")
        page.get_by_role("button", name="Let it count").click()
        expect(page.get_by_text("The rules are changed.")).to_be_visible()
    sent = [asked["edits"] for command, asked in office.asked if command == "rules_change"]
    assert sent[-1] == [{"path": "hours.sun", "value": ["09:00-12:00"]}]
