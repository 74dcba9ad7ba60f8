"""The live board: what it says, to whom, how soon, and that it says so when it is old."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from broker.web.staff.standing import TURN_S
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.large_office import tell_large
from tests.fakes.played_office import PlayedOffice, PlayedReporter
from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, app_of, served
from tests.web.test_ticket_page import text_of

BOARD = "/staff/board"
PRIORITY = "Document check, New passport, Lane P"
SCREENS = {
    "desk": (BOARD, 1280, 800, "light"),
    "phone": (BOARD, 360, 760, "dark"),
    "wall": (f"{BOARD}?wall", 1920, 1080, "light"),
}
ALL_SEEN = """[...document.querySelectorAll('#board section')].every(
one => one.getBoundingClientRect().bottom <= innerHeight)"""
CLEAR = """(boxes => boxes.every((a, n) => boxes.slice(n + 1).every(b =>
a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1)))(
[...document.querySelectorAll('#board section')].map(one => one.getBoundingClientRect()))"""
LETTERS = """[...document.querySelectorAll('#board :is(td, th, li, p, span)')].map(
one => parseFloat(getComputedStyle(one).fontSize))"""


@pytest.fixture
def played(office: WebOffice) -> PlayedOffice:
    """Return the demo office on a busy morning."""
    played = PlayedOffice(office, FeedbackDesk(office))
    played.morning()
    return played


@pytest.fixture
def site(office: WebOffice, played: PlayedOffice) -> Iterator[str]:
    """Yield where the pages of that office are served, on the machine that has its data."""
    reporter = PlayedReporter(Path("office.yaml"), Path("data"), played=played)
    with served(app_of(office, reporter=reporter)) as address:
        yield address


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for the engine no longer than a test does."""
    monkeypatch.setattr("broker.web.office.ANSWER_S", 0.2)


def sign_in(page: Visitor, officer: str = "siti", pin: str = "2002") -> None:
    """Sign in; supervisors begin at the board."""
    page.post("/staff/in", officer=officer, pin=pin)


# -- what it says -------------------------------------------------------------------------------------------------


def test_who_waits_stands_by_stage_service_and_lane_with_the_longest_wait_and_the_breach_in_words(
    page: Visitor, played: PlayedOffice
) -> None:
    sign_in(page)
    html = page.get(BOARD)
    said = text_of(html)
    assert f"{len(played.waiting())} wait" in said
    assert re.search(r"Lane P, New passport: promise broken for \d+ min", said)
    assert re.search(rf'aria-label="{PRIORITY}: \d+ wait, longest \d+ min of 15 min, broken', html)
    order = [said.index(name) for name in ("Document check", "Interview, photo", "Payment", "Collection of")]
    assert order == sorted(order)
    assert "janji terlewat" in page.get(BOARD, language="id")


def test_a_promise_that_will_be_broken_says_in_how_many_minutes_and_calm_says_so(
    page: Visitor, office: WebOffice
) -> None:
    played = PlayedOffice(office, FeedbackDesk(office))
    played.play.now = office.now()
    sign_in(page)
    played.tell()
    assert "No promise is in danger." in text_of(page.get(BOARD))
    played.play.issue("new-passport", "priority")  # no counter is open, and 15 minutes are promised
    played.tell()
    assert "Lane P, New passport: promise broken in 15 min" in text_of(page.get(BOARD))


def test_each_counter_says_since_when_with_whom_and_how_long_that_usually_takes(
    page: Visitor, played: PlayedOffice
) -> None:
    sign_in(page)
    said = text_of(page.get(BOARD))
    number = next(desk for desk in played.play.hall.desks.values() if desk.counter == "counter-1")
    current = played.play.hall.current(number)
    assert current is not None
    assert re.search(rf"Counter 1 serving {current.number} \d+ min, usually \d+ min Siti", said)
    assert re.search(r"Counter 2 paused since \d+:\d\d", said)
    assert "Counter 6 not open" in said


def test_names_and_tickets_are_for_supervisors_and_devices_for_whoever_looks_after_them(
    page: Visitor, played: PlayedOffice
) -> None:
    played.hear("kiosk-1", printer="paper_out")
    for officer, pin, names, tickets, devices in (
        ("siti", "2002", True, True, True),
        ("adi", "1001", False, False, False),
        ("tono", "4004", False, False, True),
    ):
        sign_in(page, officer, pin)
        html = page.get(BOARD)
        assert ("Budi Santoso" in html, f"{BOARD}/ticket/" in html, "No paper" in html) == (names, tickets, devices)
    sign_in(page, "rina", "3003")
    assert "This page is open to: officers, supervisors, technicians." in page.get(BOARD, status=403)


def test_a_wall_names_what_is_broken_before_what_will_be(page: Visitor, played: PlayedOffice) -> None:
    played.hear("kiosk-1", printer="paper_low", **{"spare-printer": "paper_low"})
    played.hear("display-1", kind="display", media="no pictures: the folder is empty")
    sign_in(page)
    said = text_of(page.get(f"{BOARD}?wall"))
    assert re.search(r"display-1, Pictures and films: Cannot be shown kiosk-1, Printer: Paper is low and 1 more", said)


def test_a_count_that_the_hall_says_sooner_goes_before_the_board_s_own(page: Visitor, played: PlayedOffice) -> None:
    sign_in(page)
    before = len(played.waiting())
    hall = played.web.hall
    assert hall is not None
    played.web.seq += 1
    (first, *others) = sorted(hall.waiting, key=lambda row: -row.count)
    played.web.say_hall(waiting=[first.model_copy(update={"count": first.count + 5}), *others])
    assert f"{before + 5} wait" in text_of(page.get(BOARD))


# -- from a figure to its tickets -----------------------------------------------------------------------------------


def test_a_figure_leads_to_its_tickets_and_a_ticket_to_its_history(page: Visitor, played: PlayedOffice) -> None:
    sign_in(page)
    (url, *_) = re.findall(rf'href="({BOARD}/at/[^"]+)" aria-label="{PRIORITY}', page.get(BOARD))
    html = page.get(url)
    listed = [number for number in played.waiting("document-check") if number.startswith("AP-")]
    assert listed
    assert [number for number in listed if number not in html] == []
    assert "promise broken for" in text_of(html)
    (ticket, *_) = re.findall(rf'href="({BOARD}/ticket/[^"]+)"', html)
    assert "The number was given out." in text_of(page.get(ticket))
    served = re.findall(rf'href="({BOARD}/ticket/[^"]+)"', page.get(BOARD))[0]
    assert re.search(r"Called to counter \d\.", text_of(page.get(served)))
    assert "waits here now" in text_of(page.get(f"{BOARD}/at/payment/child-passport/regular"))
    page.get(f"{BOARD}/ticket/nobody", status=404)
    sign_in(page, "adi", "1001")
    assert "AP-" in page.get(url)
    page.get(ticket, status=403)


def test_while_the_engine_is_away_the_board_says_since_when_it_is_old(page: Visitor, played: PlayedOffice) -> None:
    sign_in(page)
    page.get(BOARD)
    played.web.go_down()
    assert "does not answer just now" in text_of(page.get(BOARD, status=503))


# -- open in a browser ----------------------------------------------------------------------------------------------


@contextmanager
def opened(chromium: Browser, address: str, path: str = BOARD, **options: object) -> Iterator[Page]:
    """Yield a board that a supervisor has open; whatever its console complains of fails the test."""
    settings = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
    context = chromium.new_context(**settings)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{address}/staff")
    page.fill("[name=officer]", "siti")
    page.fill("[name=pin]", "2002")
    page.click("form[action='/staff/in'] button")
    page.goto(f"{address}{path}")
    expect(page.locator("#as-of")).not_to_be_empty()
    yield page
    assert complaints == []
    context.close()


def test_a_change_is_on_an_open_board_within_a_second_and_the_focus_stays(
    played: PlayedOffice, site: str, chromium: Browser
) -> None:
    with opened(chromium, site) as page:
        page.locator("#at-document-check-new-passport-priority").focus()
        page.evaluate(
            """() => { window.changed = new Promise(done => new MutationObserver(() => {
            if (document.querySelector('#board').textContent.includes('calling')) done(Date.now())
            }).observe(document.querySelector('#board'), {childList: true, subtree: true})) }"""
        )
        played.play.finish("counter-1")
        played.play.call_next("counter-1")
        begun = time.time()
        played.tell()
        assert page.evaluate("window.changed") / 1000 - begun < 1.0
        assert page.evaluate("document.activeElement.id") == "at-document-check-new-passport-priority"


def test_a_board_whose_session_is_over_asks_who_it_is(
    played: PlayedOffice, site: str, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.web.staff.board.BEAT_S", 0.05)
    monkeypatch.setattr("broker.web.staff.board.ASK_AGAIN_BEATS", 4)
    with opened(chromium, site) as page:
        played.desk.sessions.clear()
        expect(page.locator("[name=pin]")).to_be_visible()


def test_a_board_whose_session_ends_before_it_hears_anything_asks_who_it_is(
    played: PlayedOffice, site: str, chromium: Browser
) -> None:
    def end_it_first(route: Route) -> None:
        played.desk.sessions.clear()
        route.continue_()

    with opened(chromium, site) as page:
        page.route("**/board/events*", end_it_first)
        page.reload()
        expect(page.locator("[name=pin]")).to_be_visible()


def test_alerts_go_on_after_a_gateway_has_lost_us(site: str, chromium: Browser) -> None:
    with opened(chromium, site) as page:
        asked: list[str] = []

        def lose_the_first(route: Route) -> None:
            asked.append(route.request.url)
            if len(asked) == 1:
                route.fulfill(status=502)
            else:
                route.continue_()

        page.route("**/alerts/events*", lose_the_first)
        page.clock.install()
        with page.expect_response("**/alerts/events*"):
            page.reload()
        with page.expect_response(lambda answer: "/alerts/events" in answer.url and answer.ok):
            page.clock.run_for(10_100)


@pytest.mark.parametrize("screen", SCREENS)
def test_boards_are_usable_by_everybody_and_nothing_is_cut(
    played: PlayedOffice, site: str, chromium: Browser, screen: str
) -> None:
    path, width, height, look = SCREENS[screen]
    played.hear("kiosk-1", printer="paper_low")
    options = {"viewport": {"width": width, "height": height}, "locale": "id", "color_scheme": look}
    with opened(chromium, site, path, **options) as page:
        expect(page.locator(".today polyline")).to_have_count(3)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if screen == "wall":
            assert page.evaluate(ALL_SEEN)
            assert page.evaluate(CLEAR), "no section lies over another"
            assert min(page.evaluate(LETTERS)) >= 26, "read from 3 m"


def test_today_s_curve_has_a_table_that_stays_open_and_a_call_says_why(
    played: PlayedOffice, site: str, chromium: Browser
) -> None:
    with opened(chromium, site) as page:
        page.get_by_text("As a table").click()
        expect(page.locator("#today-table tbody tr")).to_have_count(13)
        expect(page.locator(".today .figures")).to_contain_text("62 % of 34")
        played.play.issue("new-passport")
        played.tell()
        expect(page.locator("#h-waits")).to_have_text(f"{len(played.waiting())} wait")
        expect(page.locator("#today-table")).to_have_attribute("open", "")
        page.locator(".counters .state a").first.click()
        expect(page.locator(".history")).to_contain_text("It had waited 48 min, the lane promises 15 min.")
        expect(page.locator(".history")).to_contain_text("it came before: A-003")


# -- a wall of a large office -----------------------------------------------------------------------------------------

WITHIN = """[...document.querySelectorAll('#board section, #board li, #board td, #board th, #alerts, #board p')].filter(
one => { const box = one.getBoundingClientRect(); return box.bottom > innerHeight + 1 || box.right > innerWidth + 1 }
).map(one => one.textContent.trim().slice(0, 60))"""
FIGURES_SEEN = """[...document.querySelectorAll('#board :is(td, .counters li > *, .promises li)')].filter(
one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.trim())"""


@pytest.mark.parametrize("screen", [(1920, 1080, "en"), (1280, 720, "id")], ids=str)
def test_a_wall_of_a_large_office_shows_all_of_it_in_turns_and_cuts_nothing(
    office: WebOffice, chromium: Browser, monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int, str]
) -> None:
    width, height, language = screen
    played = PlayedOffice(office, FeedbackDesk(office))
    reporter = PlayedReporter(Path("office.yaml"), Path("data"), played=played)
    tell_large(office)
    seen: dict[str, set[str]] = {"lanes": set(), "stages": set(), "counters": set(), "otherwise": set()}
    options = {"viewport": {"width": width, "height": height}, "locale": language}
    with (
        served(app_of(office, reporter=reporter)) as address,
        opened(chromium, address, f"{BOARD}?wall", **options) as page,
    ):
        played.hear("kiosk-1", printer="paper_low")
        begun_s = 6 * TURN_S * (time.time() // (6 * TURN_S) + 1)
        for turn in range(6):
            at = dt.datetime.fromtimestamp(begun_s + turn * TURN_S + 0.2, office.settings.office.zone)
            monkeypatch.setattr(office, "now", lambda at=at: at)
            tell_large(office)
            office.say_hall()
            expect(page.locator("#h-waits small")).to_have_text(f"{turn + 1}/6")
            assert page.evaluate(WITHIN) == []
            assert page.evaluate(CLEAR)
            assert page.evaluate(FIGURES_SEEN) == []
            assert min(page.evaluate(LETTERS)) >= 26 * height / 1080
            seen["lanes"] |= set(page.locator(".together thead th").all_inner_texts()[1:])
            seen["stages"] |= set(page.locator(".together tbody th").all_inner_texts())
            seen["counters"] |= set(page.locator(".counters h3").all_inner_texts())
            seen["otherwise"] |= set(page.locator(".otherwise strong").all_inner_texts())
        expect(page.locator(".promises .later")).to_be_visible()
    assert {name: len(found) for name, found in seen.items()} == {
        "lanes": 12,
        "stages": 10,
        "counters": 16,
        "otherwise": 5,
    }
