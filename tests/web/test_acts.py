"""The supervisor's acts in a browser: each form becomes one command, says what it did, and offers to take it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from broker.contract import messages as ms
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.web_office import KEY, WebOffice, refuse
from tests.support.browsing import Visitor
from tests.web.test_feedback_pages import hidden
from tests.web.test_ticket_page import text_of


@pytest.fixture
def page(page: Visitor, office: WebOffice) -> Visitor:
    """Return a supervisor's browser, at the page of acts."""
    FeedbackDesk(office)
    for name in ("offer", "quota", "intake", "staff_transfer", "staff_cancel", "staff_call", "staff_undo"):
        office.answers[name] = lambda _request: {}
    for name in ("ask_counter", "announce", "unannounce"):
        office.answers[name] = lambda _request: {}
    page.post("/staff/in", officer="siti", pin="2002")
    return page


def send(page: Visitor, act: str, fields: dict[str, str], *, status: int = 200) -> str:
    """Send a form of the page; return the page that comes back."""
    html = page.get("/staff/acts")
    hiding = {"token": hidden(html, "token"), "request": hidden(html, "request")}
    return page.post(f"/staff/acts/{act}", status=status, **hiding, **fields)


def asked(page: Visitor) -> tuple[str, dict[str, Any]]:
    """Return the last command, without the session."""
    command, arguments = page.office.asked[-1]
    assert arguments.pop("session")
    return command, arguments


@pytest.mark.parametrize(
    ("act", "fields", "command", "arguments"),
    [
        (
            "offer",
            {"place": "service:new-passport", "reason": "listrik padam"},
            "offer",
            {"service": "new-passport", "action": "close", "reason": "listrik padam"},
        ),
        (
            "offer",
            {"place": "lane:priority", "action": "open", "reason": "x"},
            "offer",
            {"lane": "priority", "action": "open", "reason": "x"},
        ),
        (
            "quota",
            {"place": "lane:priority", "quota": "12", "reason": "x"},
            "quota",
            {"lane": "priority", "quota": 12, "reason": "x"},
        ),
        (
            "quota",
            {"place": "lane:priority", "quota": "", "reason": "x"},
            "quota",
            {"lane": "priority", "quota": None, "reason": "x"},
        ),
        ("intake", {"reason": "x"}, "intake", {"action": "stop", "reason": "x"}),
        ("intake", {"action": "resume", "reason": "x"}, "intake", {"action": "resume", "reason": "x"}),
        (
            "ticket",
            {"ticket": "a-012", "what": "cancel:", "reason": "x"},
            "staff_cancel",
            {"ticket": "A-012", "reason": "x"},
        ),
        (
            "ticket",
            {"ticket": "A-012", "what": "call:counter-3", "reason": "x"},
            "staff_call",
            {"ticket": "A-012", "counter": "counter-3", "reason": "x"},
        ),
        (
            "ticket",
            {"ticket": "A-012", "what": "to_counter:counter-3", "reason": "x"},
            "staff_transfer",
            {"ticket": "A-012", "to_counter": "counter-3", "reason": "x"},
        ),
        (
            "ask_counter",
            {"counter": "counter-3", "wish": "help:payment"},
            "ask_counter",
            {"counter": "counter-3", "action": "help", "stage": "payment"},
        ),
        ("unannounce", {"announcement": "a1"}, "unannounce", {"announcement": "a1"}),
        ("undo", {}, "staff_undo", {}),
    ],
)
def test_a_form_is_one_command(
    page: Visitor, act: str, fields: dict[str, str], command: str, arguments: dict[str, Any]
) -> None:
    said = send(page, act, fields)
    assert asked(page) == (command, arguments)
    assert ("Take it back" in text_of(said)) == (command != "staff_undo")


def test_an_announcement_is_written_in_every_language_and_has_an_end(page: Visitor) -> None:
    assert "all languages" in send(page, "announce", {"text-id": "Tutup", "ends_at": "23:59"}, status=422)
    send(page, "announce", {"text-id": "Tutup", "text-en": "Closed", "ends_at": "23.59", "say": "yes"})
    command, arguments = asked(page)
    assert (command, arguments["text"], arguments["say"]) == ("announce", {"id": "Tutup", "en": "Closed"}, True)
    assert dt.datetime.fromisoformat(arguments["ends_at"]).strftime("%H:%M") == "23:59"


def test_without_a_reason_nothing_is_sent_and_what_was_chosen_stands_there_still(page: Visitor) -> None:
    before = len(page.office.asked)
    html = send(page, "offer", {"place": "lane:priority"}, status=422)
    assert "say why" in text_of(html)
    assert '<option value="lane:priority" selected>' in html
    assert {name for name, _ in page.office.asked[before:]} <= {"staff_sessions"}


def test_a_refusal_is_said(page: Visitor) -> None:
    page.office.answers["staff_undo"] = lambda _request: refuse("nothing_to_undo")
    assert "cannot be taken back any more" in send(page, "undo", {}, status=422)


def test_what_is_otherwise_today_stands_there_with_what_ends_it(page: Visitor) -> None:
    office = page.office
    assert "Everything is as configured." in text_of(page.get("/staff/acts"))
    office.say_hall(
        intake=ms.IntakeInfo(is_stopped=True, until=office.now().replace(hour=13, minute=0)),
        closed_today=(ms.ClosedToday(service="new-passport"),),
    )
    said = ms.Announcement(id="a1", text={"id": "Tutup", "en": "Closed early"}, by_staff=True)
    office.say(office.topics.announcements(), ms.AnnouncementsMessage(at=office.now(), items=(said,)))
    shown = text_of(page.get("/staff/acts"))
    for text in (
        "No numbers are given out until",
        "Closed today: New passport",
        "Announced: Closed early",
        "Open again",
    ):
        assert text in shown


def test_only_supervisors_come_here(page: Visitor) -> None:
    page.post("/staff/in", officer="tono", pin="4004")
    assert "This page is open to: supervisors." in text_of(page.get("/staff/acts", status=403))


def test_what_is_announced_stands_on_the_phones(page: Visitor) -> None:
    office = page.office
    said = ms.Announcement(id="a1", text={"id": "Tutup", "en": "We close at noon"}, by_staff=True)
    office.say(office.topics.announcements(), ms.AnnouncementsMessage(at=office.now(), items=(said,)))
    office.give_out()
    for path in ("/", f"/t/{KEY}"):
        assert "We close at noon" in text_of(page.get(path))
