"""Feedback in a browser: from the first tap to the end, without JavaScript too, and for whoever does not see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broker.contract import messages as ms
from tests.fakes.feedback_desk import INVITATION, FeedbackDesk
from tests.fakes.web_office import KEY, OTHER_KEY, WebOffice
from tests.support.browsing import in_the_hall
from tests.support.surveys import result_of, skm_message


@pytest.fixture
def desk(office: WebOffice) -> FeedbackDesk:
    """Return what the engine of an office with surveys, results and a finished ticket does."""
    for language in ("id", "en"):
        office.say(office.topics.survey("skm", language), skm_message(language))
    office.give_out(state="finished")
    result = result_of("skm")
    progress = ms.SurveyProgress(
        survey="skm",
        name=result.name,
        period="2026-11",
        begin=result.begin,
        end=result.end,
        answers=40,
        wanted=169,
        services=(ms.ServiceProgress(service="new-passport", answers=40, wanted=80),),
    )
    figures = ms.ComplaintFigures(since=result.begin, received=12, answered=9, in_time=8, open=3, overdue=1)
    told = ms.FeedbackMessage(
        at=office.now(), complaints=figures, ratings=(1, 2, 3, 4), surveys=(progress,), results=(result,)
    )
    office.say(office.topics.feedback(), told)
    return FeedbackDesk(office)


@contextmanager
def phone(browser: Browser, *, width: int = 390, language: str = "en", script: bool = True) -> Iterator[Page]:
    """Yield a phone's browser."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale=language, java_script_enabled=script, color_scheme="light"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def sign_in(page: Page, site: str, officer: str = "rina", pin: str = "3003") -> None:
    """Come in as somebody of the staff."""
    page.goto(f"{site}/staff")
    page.fill("[name=officer]", officer)
    page.fill("[name=pin]", pin)
    page.click("main button")


def test_a_survey_from_the_first_tap_to_the_thanks(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium) as page:
        page.goto(f"{in_the_hall(site)}/r/{KEY}")
        page.get_by_role("button", name="Very satisfied").click()
        page.get_by_role("link", name="You have been chosen").click()
        for place, element in enumerate(skm_message("en").elements, 1):
            expect(page.get_by_text(f"Question {place} of 9")).to_be_visible()
            if place == 5:
                page.reload()  # the phone was locked, and its browser began anew
                expect(page.get_by_text("Question 5 of 9")).to_be_visible()
            page.get_by_label(element.answers[3], exact=True).locator("visible=true").click()
        page.get_by_role("button", name="Send answers").click()
        expect(page.get_by_text("Your answers have been counted")).to_be_visible()
        kept = page.evaluate("localStorage.length")
    assert kept == 0, "nothing stays on the phone"
    assert desk.rated == {f"id-{KEY}": 4}
    assert [one["answers"] for one in desk.surveyed] == [{element.code: 4 for element in skm_message("en").elements}]


def test_a_complaint_from_the_first_tap_to_its_close(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium) as page, phone(chromium, width=1280) as staff:
        page.goto(f"{in_the_hall(site)}/complain")
        page.get_by_label("Something went wrong").check()
        page.get_by_label("What happened?").fill("Tiga jam")
        expect(page.get_by_text("Characters left: 1992")).to_be_visible()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("The office has received it.")).to_be_visible()
        (case,) = desk.cases.values()
        sign_in(staff, site)
        staff.get_by_role("link", name="Complaints", exact=True).click()
        staff.get_by_role("link", name=case.told.number).click()
        staff.locator("summary", has_text="Send the answer").click()
        staff.locator("#answer-text").fill("Maaf")
        staff.get_by_role("button", name="Send the answer").click()
        expect(staff.get_by_text("The answer has been sent.")).to_be_visible()
        page.goto(f"{in_the_hall(site)}/c/{case.told.number}#{case.secret}")
        expect(page.get_by_text("Maaf")).to_be_visible()
        assert case.secret not in page.url
        page.get_by_role("button", name="Yes, close it").click()
        expect(page.get_by_text("The complaint is closed.")).to_be_visible()
    assert case.told.state == "closed"


AS_OF_2020 = """
delete AbortSignal.timeout;
delete Element.prototype.replaceChildren;
delete HTMLFormElement.prototype.requestSubmit;
delete SubmitEvent.prototype.submitter;
window.FormData = class extends FormData { constructor(form) { super(form); } };
"""
"""Takes away what browsers of phones that get no new ones have not: iPhones up to iOS 13, Chromium up to 85."""


def test_forms_are_sent_by_phones_of_2020(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium, width=320) as page:
        page.add_init_script(AS_OF_2020)
        page.goto(f"{in_the_hall(site)}/r/{KEY}")
        page.get_by_role("button", name="Very satisfied").click()
        expect(page.get_by_text("Your rating has been counted")).to_be_visible()
        page.goto(f"{in_the_hall(site)}/suggest")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Please write your suggestion")).to_be_visible()
        desk.office.go_down()
        page.locator("textarea").fill("Kursi")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("does not answer just now")).to_be_visible()
        page.goto(f"{in_the_hall(site)}/c/2026-0001#{'a' * 16}")
        expect(page.get_by_text("does not answer just now")).to_be_visible()
    assert desk.rated == {f"id-{KEY}": 4}


def test_twice_as_large_letters_stay_within_a_small_phone(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    desk.office.give_out(OTHER_KEY, number="AP-003")
    with phone(chromium, width=320, language="id") as page:
        for path in (f"/t/{OTHER_KEY}", f"/r/{KEY}", "/results", "/complain", "/"):
            page.goto(f"{in_the_hall(site)}{path}")
            page.evaluate("document.documentElement.style.fontSize = '225%'")
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.goto(f"{in_the_hall(site)}/t/{OTHER_KEY}")
        page.evaluate("document.documentElement.style.fontSize = '225%'")
        assert page.locator(".number").evaluate("one => one.scrollWidth <= one.clientWidth")


def test_paper_is_white_also_from_a_phone_in_the_dark(site: str, chromium: Browser) -> None:
    with phone(chromium) as page:
        page.emulate_media(media="print", color_scheme="dark")
        page.goto(f"{in_the_hall(site)}/complain")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 245, 247)"
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_all_of_it_works_without_javascript_in_the_halls_wifi(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium, script=False) as page:
        home = in_the_hall(site)
        page.goto(f"{home}/s/skm?i={INVITATION}")
        for element in skm_message("en").elements:
            page.locator(f"input[name='a-{element.code}'][value='3']").check()
        page.get_by_role("button", name="Send answers").click()
        expect(page.get_by_text("Your answers have been counted")).to_be_visible()
        page.goto(f"{home}/complain")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Please write what happened.")).to_be_visible()
        page.get_by_label("A rule was broken").check()
        page.get_by_label("What happened?").fill("Calo")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("The office has received it.")).to_be_visible()
        page.get_by_role("button", name="See what becomes of it").click()
        expect(page.get_by_text("Calo")).to_be_visible()
    assert (len(desk.surveyed), len(desk.cases)) == (1, 1)


def test_a_form_that_finds_no_engine_is_sent_again_by_itself(
    office: WebOffice, site: str, chromium: Browser, desk: FeedbackDesk
) -> None:
    with phone(chromium) as page:
        page.clock.install()
        page.goto(f"{in_the_hall(site)}/suggest")
        page.get_by_label("Your suggestion").fill("Kursi")
        office.go_down()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("does not answer just now")).to_be_visible()
        expect(page.get_by_label("Your suggestion")).to_have_value("Kursi")
        office.come_back()
        page.clock.run_for(6000)
        expect(page.get_by_text("Your suggestion is in the box.")).to_be_visible()
    assert [text for _, text in desk.box] == ["Kursi"]


def test_paper_forms_go_by_digits(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium, width=1280) as page:
        sign_in(page, site, "adi", "1001")
        page.goto(f"{site}/staff/surveys/skm/paper")
        for digit in "412341234":
            page.keyboard.press(digit)
        page.keyboard.press("Enter")
        expect(page.get_by_text("The form is saved.")).to_be_visible()
    assert list(desk.surveyed[0]["answers"].values()) == [4, 1, 2, 3, 4, 1, 2, 3, 4]


@pytest.mark.parametrize(("language", "width"), [("id", 320), ("en", 1920)])
def test_nothing_stands_in_the_way_of_assistive_technology(
    site: str, chromium: Browser, desk: FeedbackDesk, language: str, width: int
) -> None:
    desk.complain({"kind": "complaint", "text": "Lama", "contact": "0812", "confidential": True})
    desk.suggest({"text": "Kursi " * 40})
    own = next(iter(desk.cases.values()))
    axe, found = Axe(), {}
    with phone(chromium, width=width, language=language) as page:

        def look(name: str) -> None:
            results = axe.run(page)
            if results.violations_count:
                found[name] = results.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the phone"

        for path in (f"/r/{KEY}", f"/s/skm?i={INVITATION}", "/suggest", "/suggest?sent", "/complain", "/c", "/results"):
            page.goto(site + path)
            look(path)
        page.goto(f"{site}/complain")
        page.locator("main form button").click()
        page.locator(".fault").first.wait_for()
        look("a complaint with faults")
        page.goto(f"{site}/c/{own.told.number}#{own.secret}")
        page.locator(".case").wait_for()
        look("a complaint's status")
        page.goto(f"{site}/staff")
        look("/staff")
        sign_in(page, site)
        for path in ("/complaints", f"/complaints/{own.told.number}", "/complaints/new", "/suggestions", "/surveys"):
            page.goto(f"{site}/staff{path}")
            look(path)
        page.goto(f"{site}/staff/surveys/skm/paper")
        look("a paper form")
        page.goto(f"{site}/staff/account")
        look("the own account")
        page.locator("#factor button").click()
        look("a second factor that is begun")
        page.context.clear_cookies()
        sign_in(page, site, "siti", "2002")
        page.goto(f"{site}/staff/sessions")
        look("the sessions")
    assert not found, "\n".join(f"{name}: {report}" for name, report in found.items())


def test_a_form_that_too_many_send_is_kept_and_sent_again(site: str, chromium: Browser, desk: FeedbackDesk) -> None:
    with phone(chromium) as page:
        page.clock.install()
        page.goto(f"{in_the_hall(site)}/suggest")
        page.get_by_label("Your suggestion").fill("Kursi")
        page.route(
            "**/suggest", lambda route: route.fulfill(status=429, body="<main><h1>Too many requests</h1></main>")
        )
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Too many requests")).to_be_visible()
        expect(page.get_by_label("Your suggestion")).to_have_value("Kursi")
        page.unroute("**/suggest")
        page.route("**/suggest", lambda route: route.abort(), times=1)
        page.clock.run_for(6000)
        expect(page.get_by_text("cannot be reached just now")).to_be_visible()
        page.clock.run_for(6000)
        expect(page.get_by_text("Your suggestion is in the box.")).to_be_visible()
    assert [text for _, text in desk.box] == ["Kursi"]
