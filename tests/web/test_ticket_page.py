"""The page of a ticket, as a phone without JavaScript sees it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from broker.language import Phrases
from broker.web.visitor.ticket import Around, ticket_page
from tests.fakes.web_office import KEY, OTHER_KEY, WebOffice, refuse
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


def test_a_form_that_is_sent_again_later_does_not_take_a_call_back(page: Visitor) -> None:
    """The engine answers it as it did then: that says nothing of now."""
    page.office.give_out(state="no_show")
    form = re.search(r'name="request" value="([0-9a-f]{32})"', page.get(T))
    assert form is not None
    page.post(f"{T}/rejoin", request=form[1])
    page.office.call()
    page.post(f"{T}/rejoin", request=form[1])
    assert 'data-kind="called"' in page.get(T)


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


def test_a_page_that_is_open_hears_every_turn_and_nothing_stands_still(page: Visitor) -> None:
    page.office.give_out()
    with page.client.stream("GET", f"{T}/events") as stream:
        lines = stream.iter_lines()
        assert any('data-kind="waiting"' in line for line in lines)
        for n in range(20):  # two look-ups each time, the second while the first is being answered
            page.office.settle("transferred", stage="interview")
            page.office.settle("undone", stage="document-check", ahead=9 + n)
        assert any("28 orang" in line for line in lines)
        page.office.settle("held", state="held")
        assert any("ditunda" in line for line in lines)
    assert "set aside" in page.get(T)


def test_what_may_pass_is_no_answer_and_the_ticket_is_kept(page: Visitor) -> None:
    page.office.give_out()
    page.get(T)
    answer = page.office.answers["lookup"]
    page.office.answers["lookup"] = lambda _request: refuse("too_many")
    page.office.seq += 1
    page.office.say_hall()
    assert "The queue system is not answering right now" in page.get(T, status=503)
    page.office.answers["lookup"] = answer
    assert "A-012" in page.get(T)


NOON = dt.datetime(2026, 3, 2, 12, 2, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@pytest.mark.parametrize(
    ("low_s", "back_at"), [(60, ""), (1799, ""), (1800, "12.20"), (3600, "12.50"), (3 * 3600, "14.50")]
)
def test_whoever_waits_long_is_told_when_to_be_back_never_too_late(office: WebOffice, low_s: int, back_at: str) -> None:
    ticket = office.give_out(ahead=20, wait={"low_s": low_s, "high_s": low_s + 900})
    assert ticket_page(ticket, Around(Phrases("broker.web", "id"), NOON)).back_at == back_at


def test_old_data_promises_nothing(office: WebOffice) -> None:
    ticket = office.give_out(ahead=20, wait={"low_s": 7200, "high_s": 9000})
    shown = ticket_page(ticket, Around(Phrases("broker.web", "id"), NOON, stale_since=NOON))
    assert shown.back_at == ""
    assert "12.02" in shown.old


def test_giving_up_what_another_phone_gave_up_shows_the_ticket(page: Visitor) -> None:
    page.office.give_out()
    assert page.post(f"{T}/cancel", request="0" * 32) == T
    assert page.post(f"{T}/cancel", request="1" * 32) == T
    assert "This number was given up" in page.get(T)
