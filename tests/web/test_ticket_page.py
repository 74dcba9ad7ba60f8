"""The page of a ticket, as a phone without JavaScript sees it."""

from __future__ import annotations

import re

import pytest

from tests.fakes.web_office import KEY, OTHER_KEY, WebOffice
from tests.support.browsing import Visitor

T = f"/t/{KEY}"


def text_of(html: str) -> str:
    """Return what somebody reads."""
    body = re.sub(r"<(script|noscript|style)\b.*?</\1>|<[^>]+>", " ", html.partition("<main")[2], flags=re.DOTALL)
    return " ".join(body.split())


def test_a_waiting_ticket_tells_where_it_stands(page: Visitor) -> None:
    page.office.give_out()
    text = text_of(page.get(T))
    assert "A-012" in text
    assert "Before you 7 people" in text
    assert "Your turn about" in text
    assert "New passport" in text
    assert "Have these documents ready" in text
    assert "Priority lane (human-rights-friendly service) is called earlier." in text
    assert "Interview, photo and fingerprints" in text


@pytest.mark.parametrize("path", [T, f"/T/{KEY}", f"/t/{KEY.lower()}", f"/T/{KEY.lower()}"])
def test_the_link_works_in_any_case(page: Visitor, path: str) -> None:
    page.office.give_out()
    assert "A-012" in page.get(path)


def test_one_look_at_the_engine_serves_all_who_look(page: Visitor) -> None:
    page.office.give_out()
    for _ in range(5):
        page.get(T)
    assert [command for command, _ in page.office.asked] == ["lookup"]


def test_a_called_ticket_says_where_to_go(page: Visitor) -> None:
    page.office.give_out()
    page.get(T)
    page.office.call()
    html = page.get(T)
    assert "<h1>Counter 3</h1>" in html
    assert "Please go there now." in html
    assert 'data-kind="called"' in html
    page.office.call(times=2)
    assert "This is call 2." in page.get(T)


def test_giving_up_asks_first_and_is_done_once(page: Visitor) -> None:
    page.office.give_out()
    question = page.get(f"{T}/cancel")
    assert "Give up number A-012?" in question
    form = re.search(r'name="request" value="([0-9a-f]{32})"', question)
    assert form is not None
    for _ in range(2):
        assert page.post(f"{T}/cancel", request=form[1]) == T
    assert "This number was given up" in page.get(T)
    page.office.give_out(OTHER_KEY, state="cancelled")
    assert page.get(f"/t/{OTHER_KEY}/cancel", status=303) == ""


def test_whoever_was_missed_comes_back_by_a_button(page: Visitor) -> None:
    page.office.give_out(state="no_show")
    html = page.get(T)
    assert "You were called and did not come" in html
    form = re.search(r'name="request" value="([0-9a-f]{32})"', html)
    assert form is not None
    assert page.post(f"{T}/rejoin", request=form[1]) == T
    assert "Only 3 people are before you" in page.get(T)


def test_a_refusal_is_told_in_words(page: Visitor) -> None:
    page.office.give_out()
    assert "This cannot be done with the ticket now." in page.post(f"{T}/rejoin", status=409)


@pytest.mark.parametrize("path", [T, f"/t/{KEY[:15]}", f"/t/{KEY}A", "/t/" + "A" * 200, "/t/%00", "/nothing", "/t/"])
def test_what_is_no_ticket_gets_a_clear_page(page: Visitor, path: str) -> None:
    html = page.get(path, status=404)
    assert "<h1>" in html
    assert len(html) < 3000


def test_of_a_broken_link_the_engine_is_not_even_asked(page: Visitor) -> None:
    page.get("/t/ABC1", status=404)
    assert page.office.asked == []


def test_while_the_engine_is_away_the_page_says_since_when(page: Visitor) -> None:
    page.office.give_out()
    page.get(T)
    page.office.go_down()
    text = text_of(page.get(T))
    assert "Not connected since" in text
    assert "A-012" in text
    page.get(f"/t/{OTHER_KEY}", status=503)


def test_when_the_engine_is_back_it_is_asked_anew(page: Visitor) -> None:
    page.office.give_out()
    page.get(T)
    page.office.go_down()
    page.office.change(ahead=1)
    page.office.come_back()
    assert "Only 1 person is before you" in page.get(T)


def test_after_a_missed_event_the_engine_is_asked_anew(office: WebOffice, page: Visitor) -> None:
    office.give_out()
    page.get(T)
    office.seq += 1
    office.change(state="held")
    office.say_hall()
    assert "Your number is set aside for a while" in page.get(T)
