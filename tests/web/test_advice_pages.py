"""Advice on the staff's pages: who will come, plans beside each other, and work that is seen and can be ended."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from broker.reports.advice import AdviceQuestion, PlanAsked
from broker.web.staff.advice import is_open_in, plan_of, question_of
from broker.web.staff.advisor import Advisor
from tests.fakes import advice_worker
from tests.fakes.advice_worker import USUAL, forecast
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import WebOffice
from tests.support.browsing import Visitor, app_of, served, visitor
from tests.support.caller import wait_until
from tests.support.office import CONFIG
from tests.web.test_feedback_in_chromium import phone, sign_in
from tests.web.test_feedback_pages import hidden
from tests.web.test_ticket_page import text_of

HOME = "/staff/advice"
TODAY = dt.date(2026, 11, 20)
MONDAY = TODAY + dt.timedelta(days=3)
TOLD = forecast(TODAY, MONDAY)
AS_IT_IS = {"a-0-0": "1", "a-0-1": "1", "a-0-2": "1", "a-1-0": "1", "a-1-1": "1", "a-1-2": "0", "a-policy": "promise"}


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    """Return who asks a worker that needs no past."""
    return Advisor(CONFIG, tmp_path, command=(sys.executable, "-m", advice_worker.__name__))


@pytest.fixture
def near(office: WebOffice, advisor: Advisor) -> Iterator[Visitor]:
    """Yield a browser on the office's own machine."""
    FeedbackDesk(office)
    with visitor(office, advisor=advisor) as found:
        yield found


def as_supervisor(near: Visitor) -> str:
    """Sign in; return the first page of advice, with the forecast on it."""
    near.post("/staff/in", officer="siti", pin="2002")
    found = near.get(HOME)
    wait_until(lambda: 'id="try"' in near.get(HOME), "the forecast is there")
    return found


def answered(near: Visitor, url: str) -> str:
    """Return the page of an answer when it is whole."""
    wait_until(lambda: 'id="try"' in near.get(url), "the answer is there")
    return near.get(url)


def test_the_forecast_is_worked_out_when_somebody_looks_and_says_how_good_it_is(near: Visitor) -> None:
    as_supervisor(near)
    shown = text_of(near.get(HOME))
    assert "52 (41 to 65) visitors are expected. It is made from 98 days that are over." in shown
    assert "82% of the half hours and 85% of the days came out within their band" in shown
    assert "Legal consultation on immigration is new: 3 days of it are known." in shown
    assert "Whether an officer is free to sit there is not known here." in shown
    assert "office closed" in shown


def test_one_service_can_be_looked_at(near: Visitor) -> None:
    as_supervisor(near)
    assert near.get(f"{HOME}?service=new-passport").count("<polyline") == near.get(HOME).count("<polyline")


def test_a_plan_is_played_beside_the_usual_day_and_what_helps_is_a_sentence(near: Visitor) -> None:
    as_supervisor(near)
    page = near.get(HOME)
    asked = {**AS_IT_IS, "a-1-1": "2", "over": "30", "times": "120", "search": "yes"}
    fields = {"token": hidden(page, "token"), "day": hidden(page, "day"), **asked}
    where = near.post(HOME, status=303, language="en", **fields)
    shown = text_of(answered(near, where))
    assert "Open counter 3 from 9:00 AM to 12:00 PM: 42% → 9% wait more than 30 min" in shown
    assert "9% 33 points fewer" in shown
    assert "in the order of arrival" in shown
    assert "no more than chance" in shown


def test_work_is_seen_and_ended_and_nothing_else_begins_meanwhile(near: Visitor) -> None:
    as_supervisor(near)
    page = near.get(HOME)
    token, day = hidden(page, "token"), hidden(page, "day")
    where = near.post(HOME, token=token, day=day, times="150")
    running = near.client.get(where)
    assert running.headers["refresh"] == "2"
    assert "<progress" in running.text
    busy = near.post(HOME, status=422, token=token, day=day)
    assert "Something else is being worked out." in text_of(busy)
    assert near.post(f"{HOME}/cancel", token=token, answer=where.rpartition("/")[2]) == where
    after = near.client.get(where, headers={"Accept-Language": "en"})
    assert "Cancelled." in text_of(after.text)
    assert "refresh" not in after.headers
    assert near.post(HOME, token=token, day=day).startswith(HOME)


def test_numbers_that_cannot_be_are_refused(near: Visitor) -> None:
    as_supervisor(near)
    page = near.get(HOME)
    for wrong in ({"a-0-0": "2"}, {"times": "1000"}, {"a-promise-0": "x"}, {"b-policy": "whim"}):
        fields = {"token": hidden(page, "token"), "day": hidden(page, "day"), **wrong}
        sent = near.post(HOME, status=422, language="en", **fields)
        assert "This cannot be played." in text_of(sent)


def test_nobody_but_supervisors_gets_advice(near: Visitor) -> None:
    near.post("/staff/in", officer="adi", pin="1001")
    near.get(HOME, status=403)
    token = hidden(near.get("/staff/account"), "token")
    assert "supervisors" in near.post(HOME, status=403, token=token)
    near.post(HOME, status=403, token=token[::-1])
    near.post(f"{HOME}/cancel", status=403, token=token, answer="x")


def test_a_worker_that_fails_is_said_and_tried_again_only_when_somebody_asks(near: Visitor, advisor: Advisor) -> None:
    advisor.command = (sys.executable, "-c", "raise SystemExit(3)")
    near.post("/staff/in", officer="siti", pin="2002")
    near.get(HOME)
    wait_until(lambda: advisor.running is None, "it has failed")
    (failed,) = advisor._answers.values()
    assert "There is no advice." in text_of(near.get(f"{HOME}/{failed.id}"))


def test_where_the_data_are_elsewhere_it_says_so(office: WebOffice) -> None:
    FeedbackDesk(office)
    with visitor(office) as near:
        near.post("/staff/in", officer="siti", pin="2002")
        assert "antrean advise" in near.get(HOME, status=404)


def test_only_so_many_answers_are_kept(near: Visitor, advisor: Advisor) -> None:
    as_supervisor(near)
    page = near.get(HOME)
    for n in range(2):
        where = near.post(HOME, token=hidden(page, "token"), day=hidden(page, "day"), over=str(10 + n))
        answered(near, where)
    assert len(advisor._answers) == 3
    assert near.client.get(f"{HOME}/gone", follow_redirects=False).headers["location"] == HOME


# -- what a form says -----------------------------------------------------------------------------------------------


def test_a_plan_that_was_left_alone_is_the_usual_day() -> None:
    assert plan_of(AS_IT_IS, "a", TOLD) == plan_of({}, "a", TOLD) == PlanAsked()
    assert question_of({}, TOLD) == AdviceQuestion(day=MONDAY, does="plans")


def test_of_counters_that_do_the_same_the_usual_one_opens_first() -> None:
    asked = plan_of({**AS_IT_IS, "a-1-0": "2", "a-1-2": "1"}, "a", TOLD)
    assert asked.roster == {
        "counter-1": USUAL["counter-1"],
        "counter-2": ("07:30-12:00", "13:00-15:00"),
        "counter-3": ("07:30-09:00",),
    }


def test_a_counter_closes_for_a_part_of_the_day() -> None:
    asked = plan_of({**AS_IT_IS, "a-0-1": "0", "a-policy": "fifo", "a-promise-1": "20"}, "a", TOLD)
    assert asked.roster is not None
    assert asked.roster["counter-1"] == ("07:30-09:00", "13:00-15:00")
    assert (asked.policy, asked.promised_min) == ("fifo", {"priority": 20})


def test_plan_b_alone_stays_the_second() -> None:
    asked = question_of({"b-1-2": "1"}, TOLD)
    assert asked.plans[0] == PlanAsked()
    assert asked.plans[1].roster is not None


@pytest.mark.parametrize(("block", "is_open"), [("07:30-09:00", True), ("11:00-13:00", True), ("13:00-15:00", False)])
def test_a_counter_counts_as_open_from_half_of_a_part(block: str, is_open: bool) -> None:  # noqa: FBT001 - a table
    assert is_open_in(("07:30-12:00",), block) is is_open


# -- in a browser ---------------------------------------------------------------------------------------------------


def test_in_a_browser_numbers_become_sliders_and_no_fault_of_access_is_found(
    office: WebOffice, chromium: Browser, advisor: Advisor
) -> None:
    FeedbackDesk(office)
    with served(app_of(office, advisor=advisor)) as site, phone(chromium, width=360) as page:
        sign_in(page, site, "siti", "2002")
        page.goto(f"{site}{HOME}")
        expect(page.locator("#try")).to_be_visible(timeout=20_000)
        assert page.locator("#over").get_attribute("type") == "range"
        expect(page.locator("#over + output")).to_have_text("30")
        assert page.locator("#a-0-0").get_attribute("type") == "number", "how many counters is a count"
        heading, here = page.locator("h1").bounding_box(), page.locator(".desk li [aria-current]").bounding_box()
        assert heading is not None
        assert here is not None
        assert heading["y"] < 740 / 2, "a page begins above the middle of a phone"
        assert 0 <= here["x"] <= 360 - here["width"], "and says which one it is"
        assert not Axe().run(page).response["violations"]
        page.get_by_role("button", name="Play the day").click()
        expect(page.locator(".acts")).to_contain_text("Open counter 3", timeout=20_000)
        expect(page.locator("#try")).to_be_visible(timeout=20_000)
        assert not Axe().run(page).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
