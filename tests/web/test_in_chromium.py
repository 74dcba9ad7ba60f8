"""The ticket's page in a browser: it changes by itself, says when it is old, and comes right again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broker.contract.messages import Announcement, AnnouncementsMessage, Place, Wait
from tests.fakes.web_office import KEY, WebOffice
from tests.support.browsing import app_of, served

WIDTHS = (320, 390, 768, 1920)


@contextmanager
def phone(chromium: Browser, *, width: int = 390, locale: str = "en-GB", **options: bool) -> Iterator[Page]:
    """Yield a page of a phone; whatever its console complains of fails the test."""
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale=locale, **options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    assert complaints == []
    context.close()


def test_a_call_turns_the_open_page_at_once(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out()
    with phone(chromium) as page:
        page.goto(f"{site}/T/{KEY}")
        expect(page.locator(".number")).to_have_text("A-012")
        page.wait_for_function("document.querySelector('#status').children.length == 1")
        page.evaluate(
            """() => { window.turned = new Promise(done => new MutationObserver(() => {
            if (document.body.dataset.kind == 'called') done(Date.now())
            }).observe(document.body, {attributes: true})) }"""
        )
        begun = time.time()
        office.call()
        took_s = page.evaluate("window.turned") / 1000 - begun
        assert took_s < 0.3
        expect(page.locator("h1")).to_have_text("Counter 3")
        expect(page).to_have_title("Counter 3 - A-012")
        expect(page).to_have_title("\u25cf Counter 3 - A-012")
        expect(page.locator("#said")).to_have_text("A-012. Counter 3. Please go there now.")
        office.settle("started", state="serving", counter="counter-3")
        expect(page.locator("h1")).to_have_text("You are at counter 3")
        expect(page.locator("body")).to_have_attribute("data-kind", "serving")


def test_the_office_s_own_page_shows_at_once_what_is_announced(office: WebOffice, site: str, chromium: Browser) -> None:
    with phone(chromium) as page:
        with page.expect_response(lambda response: response.url.endswith("/events")):
            page.goto(f"{site}/")
        page.evaluate("window.first = document.getElementById('hall')")
        for text in ("Lunch until 13:00", "The printer is repaired"):
            one = Announcement(id="a", text={"id": text, "en": text}, say=False)
            office.say(office.topics.announcements(), AnnouncementsMessage(at=office.now(), items=(one,)))
            expect(page.locator("#hall .note")).to_have_text(text, timeout=5000)  # it looks every ten seconds else
        assert page.evaluate("window.first !== document.getElementById('hall')")


def test_the_place_in_the_queue_follows_the_picture(office: WebOffice, site: str, chromium: Browser) -> None:
    ticket = office.give_out()
    with phone(chromium) as page:
        page.goto(f"{site}/t/{KEY}")
        expect(page.locator(".facts")).to_contain_text("7 people")
        office.place(Place(id=ticket.id, number=ticket.number, ahead=2, wait=Wait(low_s=60, high_s=400)))
        expect(page.locator("h1")).to_have_text("Only 2 people are before you")
        assert sum(command == "lookup" for command, _ in office.asked) == 1


def test_one_tap_allows_sound_and_the_call_rings(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out()
    with phone(chromium) as page:
        page.add_init_script(
            """window.heard = []; const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (...when) {
            window.heard.push(this.frequency.value); start.apply(this, when) };
            navigator.vibrate = (pattern) => { window.heard.push(pattern) }"""
        )
        page.goto(f"{site}/t/{KEY}")
        page.get_by_role("button", name="Turn on sound").click()
        expect(page.locator("#ring")).to_have_text("Sound and vibration are on")
        tried = len(page.evaluate("window.heard"))
        office.call()
        expect(page.locator("h1")).to_have_text("Counter 3")
        page.wait_for_function(f"window.heard.length > {tried + 3}")
        rung = len(page.evaluate("window.heard"))
        office.call(times=2)
        expect(page.locator(".lead")).to_contain_text("This is call 2.")
        page.wait_for_function(f"window.heard.length > {rung + 3}")


def test_a_page_without_network_says_that_it_is_old_and_comes_right_by_itself(
    office: WebOffice, site: str, chromium: Browser
) -> None:
    office.give_out()
    with phone(chromium) as page:
        page.clock.install()
        page.goto(f"{site}/t/{KEY}")
        expect(page.locator("#lost")).to_be_hidden()
        page.context.set_offline(True)
        page.route("**/events", lambda route: route.abort())
        page.evaluate("document.querySelector('#live').dispatchEvent(new Event('htmx:beforeCleanupElement'))")
        page.clock.run_for(60_000)
        expect(page.locator("#lost")).to_be_visible()
        expect(page.locator("#lost")).to_contain_text("No connection to the office.")
        office.change(ahead=1)
        office.settle("rejoined", state="waiting")
        page.unroute("**/events")
        page.context.set_offline(False)
        page.clock.run_for(10_000)
        expect(page.locator("#lost")).to_be_hidden()
        expect(page.locator("h1")).to_have_text("Only 1 person is before you")


def test_when_the_engine_goes_and_comes_the_open_page_says_so(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out()
    with phone(chromium) as page:
        page.goto(f"{site}/t/{KEY}")
        expect(page.locator(".note.warn:visible")).to_have_count(0)
        office.go_down()
        expect(page.locator("#status .note.warn")).to_contain_text("Not connected since")
        office.change(state="held")
        office.come_back()
        expect(page.locator("#status .note.warn")).to_have_count(0)
        expect(page.locator("h1")).to_have_text("Your number is set aside for a while")


def test_when_the_day_is_over_the_open_page_says_so(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out()
    with phone(chromium) as page:
        page.goto(f"{site}/t/{KEY}")
        expect(page.locator(".number")).to_be_visible()
        office.tickets.clear()
        office.go_down()
        office.come_back()
        expect(page.locator("h1")).to_have_text("This link does not lead to a ticket any more")


def test_without_javascript_everything_can_be_done(office: WebOffice, site: str, chromium: Browser) -> None:
    office.give_out(state="no_show")
    with phone(chromium, java_script_enabled=False) as page:
        page.goto(f"{site}/t/{KEY}")
        page.get_by_role("button", name="Take me into the queue again").click()
        expect(page.locator("h1")).to_have_text("Only 3 people are before you")
        assert page.locator("meta[http-equiv=refresh]").count() == 1
        office.call()
        page.get_by_role("link", name="Look again").click()
        expect(page.locator("h1")).to_have_text("Counter 3")
        page.get_by_role("link", name="Give up my place").click()
        page.get_by_role("button", name="Yes, give it up").click()
        expect(page.locator("h1")).to_have_text("This number was given up")
        page.get_by_role("link", name="Bahasa Indonesia").click()
        expect(page.locator("h1")).to_have_text("Nomor ini sudah dibatalkan")


STATES: dict[str, dict[str, Any]] = {
    # what is waited for long shows most
    "waiting": {"wait": {"low_s": 3000, "high_s": 4200}, "ahead": 14},
    "soon": {"lane": "priority", "number": "AP-003", "ahead": 1},
    "called": {"state": "called", "counter": "counter-3", "times_called": 1, "ahead": 0, "wait": None},
    "missed": {"state": "no_show"},
}


@pytest.mark.parametrize(("language", "scheme"), [("id-ID", "dark"), ("en-GB", "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(chromium: Browser, language: str, scheme: str) -> None:
    office = WebOffice()
    axe = Axe()
    with served(app_of(office)) as site, phone(chromium, locale=language) as page:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the words it takes
        for n, (name, changes) in enumerate(STATES.items()):
            office.give_out(key := f"ABCDEFGHIJKLMNO{'ABCD'[n]}", **changes)
            for path in (f"/t/{key}", *(["/", f"/t/{key}/cancel", "/nothing"] if n == 0 else [])):
                page.goto(f"{site}{path}")
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
                    if width in {WIDTHS[0], WIDTHS[-1]}:
                        found = axe.run(page)
                        assert found.violations_count == 0, (
                            name,
                            path,
                            width,
                            json.dumps(found.response["violations"])[:900],
                        )
