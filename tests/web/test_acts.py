"""The supervisor's acts in a browser: each form becomes one command, says what it did, and offers to take it back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx
import pytest

from broker.contract import messages as ms
from broker.web.staff.access import COOKIE, Staff
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.played_office import PlayedOffice
from tests.fakes.web_office import KEY, WebOffice, refuse
from tests.support.browsing import Visitor
from tests.support.plain_http import NO_AUTHORITY
from tests.web.test_feedback_pages import hidden
from tests.web.test_ticket_page import text_of

ACTS, BOARD = "/staff/acts", "/staff/board"


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


def send(page: Visitor, act: str, fields: dict[str, str], *, status: int = 303, at: str = ACTS) -> str:
    """Send a form of a page; return where one goes on, or what comes back."""
    html = page.get(at)
    hiding = {"token": hidden(html, "token"), "request": hidden(html, "request")}
    return page.post(f"{ACTS}/{act}", status=status, **hiding, **fields)


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
    goes_on = send(page, act, fields)
    assert asked(page) == (command, arguments)
    assert goes_on == ACTS
    for path in (ACTS, "/staff/alerts"):
        assert ("Take it back" in text_of(page.get(path))) == (command != "staff_undo"), "wherever one goes on"


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
    assert re.search(r'id="offer-reason"[^>]*aria-invalid="true"[^>]*required', html), "marked where it is missing"
    assert html.count('aria-invalid="true"') == 1
    assert {name for name, _ in page.office.asked[before:]} <= {"staff_sessions"}


@pytest.mark.parametrize(
    ("act", "fields", "marked"),
    [
        ("offer", {"reason": "x"}, "offer-place"),
        ("quota", {"place": "lane:priority", "quota": "many", "reason": "x"}, "quota-quota"),
        ("ticket", {"ticket": "A-012", "reason": "x"}, "ticket-what"),
        ("ask_counter", {"wish": "open:"}, "ask_counter-counter"),
        ("announce", {"text-id": "Tutup", "ends_at": "23:59"}, "announce-text-en"),
        ("announce", {"text-id": "Tutup", "text-en": "Closed", "ends_at": ""}, "announce-ends_at"),
    ],
)
def test_what_is_missing_is_marked_and_nothing_is_chosen_before_somebody_does(
    page: Visitor, act: str, fields: dict[str, str], marked: str
) -> None:
    """What stood first in a list was closed by whoever looked at the reason alone."""
    assert page.get(ACTS).count('<option value="">Please choose</option>') == 4
    html = send(page, act, fields, status=422)
    assert re.findall(r'<(?:select|input) id="([^"]+)"[^>]*aria-invalid="true"', html) == [marked]
    assert f'id="{marked}-fault"' in html


def test_a_refusal_is_said(page: Visitor) -> None:
    page.office.answers["staff_undo"] = lambda _request: refuse("nothing_to_undo")
    assert "cannot be taken back any more" in send(page, "undo", {}, status=422)


def close_visa(office: WebOffice) -> None:
    """Let a service be closed for today, by somebody and for a reason that the board tells."""
    closed = ms.BoardChange(
        kind="offer", at=office.now(), by="Maria S.", reason="listrik padam", service="visit-permit"
    )
    board = ms.BoardMessage(at=office.now(), seq=office.seq, page=0, pages=1, changes=(closed,))
    office.say(office.topics.board("0"), board)


@pytest.mark.parametrize(
    ("officer", "pin", "status"), [("siti", "2002", 422), ("adi", "1001", 403), ("tono", "4004", 403), ("", "", 401)]
)
@pytest.mark.parametrize(
    "form", [{"act": "offer"}, {"act": "quota", "reason": "x", "quota": "many"}, {"act": "ticket"}]
)
def test_a_form_that_lacks_something_tells_what_is_otherwise_to_nobody_but_who_may_see_it(
    page: Visitor, officer: str, pin: str, status: int, form: dict[str, str]
) -> None:
    close_visa(page.office)
    if officer:
        page.post("/staff/in", officer=officer, pin=pin)
        token = hidden(page.get("/staff/account"), "token")
    else:
        made_up = Staff("planted" * 4, "Rudi", "supervisor")
        page.client.cookies.clear()
        page.client.cookies.set(COOKIE, made_up.cookie())
        token = made_up.token
    for place in ({}, {"at": "service:visit-permit", "place": "service:visit-permit"}):
        html = page.post(f"{ACTS}/{form['act']}", status=status, token=token, request="0" * 32, **place, **form)
        assert ("Maria S." in html, "listrik padam" in html) == (status == 422,) * 2


@pytest.mark.parametrize(
    ("act", "fields", "button"),
    [
        ("offer", {"place": "lane:priority", "reason": "x"}, "Close for today"),
        ("announce", {"text-id": "Tutup", "text-en": "Closed", "ends_at": "23:59"}, "Announce"),
        ("ask_counter", {"counter": "counter-3", "wish": "open:", "at": "counter:counter-3"}, "open"),
    ],
)
def test_what_is_sent_again_while_the_engine_is_away_counts_once_and_tells_nothing_of_today(
    page: Visitor, act: str, fields: dict[str, str], button: str
) -> None:
    close_visa(page.office)
    html = page.get(ACTS)
    sent = {"token": hidden(html, "token"), "request": hidden(html, "request"), **fields}
    page.office.answers[act] = lambda _request: refuse("storage_failed")
    away = page.post(f"{ACTS}/{act}", status=503, **sent)
    assert f"press “{button}” again" in text_of(away)
    assert hidden(away, "request") == sent["request"]
    for told in ("Maria S.", "listrik padam", "Everything is as configured"):
        assert told not in away


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


# -- beside what it is about ---------------------------------------------------------------------------------------


@pytest.fixture
def played(page: Visitor) -> PlayedOffice:
    """Return the demo office on a busy morning, which does what is asked of it."""
    played = PlayedOffice(page.office, FeedbackDesk(page.office))
    played.morning()
    played.serve_acts()
    page.post("/staff/in", officer="siti", pin="2002")
    return played


def links(html: str, path: str) -> list[str]:
    """Return where a page leads, below a path."""
    return re.findall(rf'href="({re.escape(path)}[^"]*)"', html)


@pytest.mark.usefixtures("played")
def test_closing_a_service_stands_beside_it_on_the_board_and_so_does_opening_it_again(page: Visitor) -> None:
    assert f"{ACTS}/for/service/new-passport" in links(page.get(BOARD), ACTS)
    at = f"{ACTS}/for/service/new-passport"
    html = page.get(at)
    assert "Close for today" in html
    assert "<select" not in html, "what it is about is clear"
    fields = {"place": "service:new-passport", "at": "service:new-passport"}
    assert "say why" in send(page, "offer", fields, at=at, status=422)
    assert send(page, "offer", {**fields, "reason": "listrik padam"}, at=at) == BOARD
    said = text_of(page.get(BOARD))
    assert "New passport gives out no more numbers today." in said
    assert "Take it back" in said
    assert re.search(r"Closed today: New passport since \S+ [AP]M · Maria \S+ · listrik padam", said)
    assert "Close for today" not in page.get(at)
    assert "Closed today: New passport" in page.get(at)
    (ends,) = re.findall(r'name="ends" value="([^"]+)"', page.get(BOARD))
    assert send(page, "back", {"ends": ends, "home": BOARD}, at=BOARD) == BOARD
    command, arguments = asked(page)
    assert (command, arguments["service"], arguments["action"]) == ("offer", "new-passport", "open")
    assert "Closed today" not in page.get(BOARD)


@pytest.mark.usefixtures("played")
def test_what_is_changed_is_in_sight_with_what_ends_it_until_it_is_as_configured(page: Visitor) -> None:
    send(page, "quota", {"place": "lane:priority", "quota": "12", "reason": "x"})
    send(page, "intake", {"reason": "antrean penuh"})
    send(page, "ask_counter", {"counter": "counter-5", "wish": "help:interview", "reason": "ramai"})
    for path in (ACTS, BOARD):
        html = page.get(path)
        for text in (
            ": 12 numbers today",
            "No numbers are given out today.",
            "Counter 5 is asked, and has not answered yet: help out with: Interview",
        ):
            assert text in text_of(html)
        assert re.findall(r'name="ends" value="([^":]+)', html) == ["quota", "intake", "counter"]
    assert 'name="ends"' not in page.get(f"{BOARD}?wall")
    for ends in ("quota:lane:priority", "intake", "counter:counter-5"):
        send(page, "back", {"ends": ends})
    assert "Everything is as configured." in text_of(page.get(ACTS))
    page.post("/staff/in", officer="adi", pin="1001")
    assert links(page.get(BOARD), ACTS) == []


def test_a_change_that_the_hall_says_sooner_goes_before_the_board_s_own(page: Visitor, played: PlayedOffice) -> None:
    send(page, "offer", {"place": "lane:priority", "reason": "x"})
    played.web.seq += 1
    played.web.say_hall(closed_today=(ms.ClosedToday(service="new-passport"),))
    said = text_of(page.get(BOARD))
    assert "Closed today: New passport" in said
    assert "Closed today: Priority" not in said


def test_a_picture_without_room_for_what_is_closed_opens_nothing(page: Visitor, played: PlayedOffice) -> None:
    send(page, "offer", {"place": "service:new-passport", "reason": "x"})
    hall = played.web.hall
    assert hall is not None
    played.web.seq += 1
    played.web.say_hall(closed_today=())
    assert "Closed today: New passport" in text_of(page.get(BOARD))
    opened = [one.model_copy(update={"offer": "open"}) for one in hall.waiting]
    played.web.say_hall(closed_today=(), waiting=opened)
    assert "Closed today" not in page.get(BOARD)


def test_a_counter_that_helps_at_several_stages_is_one_row_with_one_end(page: Visitor, played: PlayedOffice) -> None:
    for stage in ("interview", "consultation"):
        send(page, "ask_counter", {"counter": "counter-5", "wish": f"help:{stage}"})
        played.answer("counter-5", "accept")
    html = page.get(BOARD)
    assert re.search(r"Counter 5 helps out with: Interview.* · Consultation", text_of(html))
    assert re.findall(r'name="ends" value="([^"]+)"', html) == ["counter:counter-5"]
    send(page, "back", {"ends": "counter:counter-5", "home": BOARD}, at=BOARD)
    assert "helps out" not in page.get(BOARD)


def test_a_board_that_was_opened_before_the_queue_system_was_heard_can_end_what_comes(page: Visitor) -> None:
    assert 'id="take-back"' in page.get(BOARD)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("accept", "Counter 5 helps out with: Interview"),
        ("decline", "Counter 5 said no: help out with: Interview"),
        ("left", "Counter 5 signed out without an answer: help out with: Interview"),
    ],
)
def test_who_asked_a_counter_sees_what_it_answered_and_who_said_so(
    page: Visitor, played: PlayedOffice, answer: str, said: str
) -> None:
    at = f"{ACTS}/for/counter/counter-5"
    assert at in links(page.get(BOARD), ACTS)
    fields = {"counter": "counter-5", "at": "counter:counter-5", "wish": "help:interview"}
    assert send(page, "ask_counter", fields, at=at) == BOARD
    played.answer("counter-5", answer)
    for path in (BOARD, ACTS, at):
        shown = text_of(page.get(path))
        assert said in shown
        assert "not answered yet" not in shown
    if answer != "accept":
        assert re.search(rf"{said}.* [AP]M · Agus.* · asked by Maria", text_of(page.get(BOARD)))


def test_moving_calling_and_cancelling_stand_at_the_ticket(page: Visitor, played: PlayedOffice) -> None:
    (number, *_) = played.waiting("document-check")
    ticket = next(one for one in played.play.hall.tickets.values() if one.number == number)
    at = f"{BOARD}/ticket/{ticket.id}"
    html = page.get(at)
    assert f'name="ticket" value="{number}"' in html
    fields = {"ticket": number, "at": f"ticket:{ticket.id}:{number}", "what": "cancel:"}
    back = send(page, "ticket", fields, at=at, status=422)
    assert "say why" in back
    assert f'name="ticket" value="{number}"' in back
    assert send(page, "ticket", {**fields, "reason": "pulang"}, at=at) == at
    html = page.get(at)
    assert f"{number} is cancelled." in html
    assert "Do it" not in html, "nothing can be done with it any more"


@pytest.mark.usefixtures("played")
def test_what_was_done_is_said_for_half_a_minute_to_nobody_else_and_taken_back_where_one_is(page: Visitor) -> None:
    send(page, "offer", {"place": "service:new-passport", "reason": "x"})
    with httpx.Client(base_url=page.address, timeout=15, verify=NO_AUTHORITY) as client:
        other = Visitor(page.office, client, page.address)
        other.post("/staff/in", officer="siti", pin="2002")
        assert "Take it back" not in other.get(BOARD)
    html = page.get("/staff/alerts")
    assert 0 < int(re.findall(r'data-left="(\d+)"', html)[0]) <= 30
    assert hidden(html, "home") == "/staff/alerts"
    assert send(page, "undo", {"home": hidden(html, "home")}, at="/staff/alerts") == "/staff/alerts"
    assert "Your last act is taken back." in text_of(page.get(BOARD))
    assert "Closed today" not in page.get(BOARD)


@pytest.mark.usefixtures("played")
def test_nobody_is_led_elsewhere_and_no_place_is_made_up(page: Visitor) -> None:
    fields = {"place": "lane:priority", "reason": "x"}
    for strange in (
        {"home": "//evil.example"},
        {"home": "/staff/rules/hours"},
        {"at": "service://evil.example"},
        {"at": "ticket"},
    ):
        assert send(page, "offer", fields | strange) == ACTS
    for path in ("service/none", "lane/new-passport", "ticket/x", "counter/none"):
        page.get(f"{ACTS}/for/{path}", status=404)
    send(page, "back", {"ends": "everything:now"}, status=422)


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
