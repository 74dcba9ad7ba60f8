"""The ticket's page in a browser: it changes by itself, and comes right again."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.fakes.web_office import KEY, WebOffice


def test_a_call_turns_the_open_page(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out()
    page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    page.goto(f"{site}/T/{KEY}")
    expect(page.locator(".number")).to_have_text("A-012")
    office.call()
    expect(page.locator("h1")).to_have_text("Counter 3")
    expect(page.locator("body")).to_have_attribute("data-kind", "called")
    page.close()
