"""One tap of a visitor who is done: once per ticket, joined to nobody, and officers see their own first."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from broker.domain import commands as cmd
from broker.domain import events as hall_events
from broker.domain.feedback import commands as fb
from broker.domain.feedback.rules import FeedbackRules
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import book_of, finished, rate, said
from tests.fakes.offices import small_office
from tests.support.sqlite import opened

DAY_S = 24 * 3600


@pytest.fixture
def room() -> EngineRoom:
    room = EngineRoom()
    room.sign_in("c1", "sari")
    return room


def own_ratings(room: EngineRoom, counter: str = "c1") -> dict[str, object]:
    return room.ask(fb.Ratings(counter, room.sessions[counter]), client="counter-1")


def test_a_visitor_who_is_done_rates_once(room: EngineRoom) -> None:
    ticket = finished(room)
    assert rate(room, ticket, 3)["events"] == ["rated"]
    again = rate(room, ticket, 1)
    assert again["error"] == "already_given"
    assert own_ratings(room)["today"] == [0, 0, 1, 0]


def test_the_same_request_sent_again_is_the_same_rating(room: EngineRoom) -> None:
    ticket = finished(room)
    asked = fb.Rate(ticket, 2, asker="kiosk-1", row="a")
    first = room.ask(asked, request="same")
    assert room.ask(asked, request="same") == first
    assert own_ratings(room)["today"] == [0, 1, 0, 0]


def test_once_is_once_over_a_restart_and_an_undo(room: EngineRoom) -> None:
    ticket = finished(room)
    rate(room, ticket)
    room.restart()
    assert rate(room, ticket)["error"] == "already_given"
    room.ask(cmd.Undo("c1", room.sessions["c1"]))
    room.finish("c1")
    assert rate(room, ticket)["error"] == "already_given"


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_order_each_ticket_counts_once(room: EngineRoom, seed: int) -> None:
    tickets = [finished(room) for _ in range(4)] * 3
    random.Random(seed).shuffle(tickets)  # noqa: S311 - an order, no secret
    for ticket in tickets:
        rate(room, ticket, 4)
    assert own_ratings(room)["today"] == [0, 0, 0, 4]


def test_two_phones_in_one_batch_are_one_rating(room: EngineRoom) -> None:
    ticket = finished(room)
    both = [
        room.submission(fb.Rate(ticket, 4, asker="kiosk-1", row=row), client="kiosk-1", request=row) for row in "ab"
    ]
    replies = room.ask_all(*both)
    assert [reply.get("error") for reply in replies] == [None, "already_given"]


def test_nobody_rates_a_ticket_that_is_not_done_or_not_theirs(room: EngineRoom) -> None:
    waiting = room.issue("visa")
    assert rate(room, waiting)["error"] == "illegal_transition"
    ticket = finished(room)
    asked = fb.Rate(room.hall.tickets[ticket].number, 4, asker="kiosk-1", row="x")
    assert room.ask(asked)["error"] == "not_holder"
    assert room.ask(fb.Rate("nothing", 4, row="x"))["error"] == "unknown_ticket"


def test_the_tablet_at_the_counter_that_finished_it_may_rate_and_no_other() -> None:
    rules = FeedbackRules(kiosks={"tablet-1": "c1", "tablet-3": "c3", "lobby": None})
    room = EngineRoom(office=small_office(feedback=rules))
    room.sign_in("c1", "sari")
    ticket = finished(room)
    for asker in ("tablet-3", "lobby", "kiosk-9"):
        assert room.ask(fb.Rate(ticket, 4, asker=asker, row="x"))["error"] == "not_holder"
    assert room.ask(fb.Rate(ticket, 4, asker="tablet-1", row="x"))["events"] == ["rated"]


def test_the_day_after_the_ticket_is_not_known_any_more(room: EngineRoom) -> None:
    ticket = finished(room)
    rate(room, ticket)
    room.clock.advance(DAY_S)
    assert rate(room, ticket)["error"] == "unknown_ticket"
    room.clock.advance(2 * 3600)
    room.engine.step([])
    assert book_of(room).spent == {}


def test_the_key_of_the_ticket_is_enough_and_only_today(room: EngineRoom) -> None:
    key = "ABCDEFGHIJKLMNOP"
    ticket = "7d6c1f0e-0000-4000-8000-000000000001"
    room.ask(cmd.Issue(ticket, "visa", None, None, "0417", "kiosk-1", key=key))
    room.ask(cmd.Call("c1", room.sessions["c1"], ticket))
    room.start("c1")
    room.finish("c1")
    assert room.ask(fb.Rate(key[::-1], 4, asker="web", row="x"), client="web")["error"] == "unknown_ticket"
    link = f"http://antrian.lan/t/{key.lower()}"
    assert room.ask(fb.Rate(link, 4, asker="web", row="x"), client="web")["events"] == ["rated"]
    assert room.ask(fb.Rate(key, 4, asker="web", row="y"), client="web")["error"] == "already_given"


def test_where_nobody_is_asked_nobody_rates() -> None:
    room = EngineRoom(office=small_office(feedback=FeedbackRules(rating=False)))
    room.sign_in("c1", "sari")
    assert rate(room, finished(room))["error"] == "not_allowed"


def test_officers_see_their_own_and_no_other(room: EngineRoom) -> None:
    room.sign_in("c2", "budi")
    rate(room, finished(room, "c1"), 4)
    rate(room, finished(room, "c1"), 2)
    rate(room, finished(room, "c2", "passport"), 1)  # waits on for its interview, so it is not finished
    assert own_ratings(room, "c1")["today"] == [0, 1, 0, 1]
    assert own_ratings(room, "c2")["today"] == [0, 0, 0, 0]
    assert room.ask(fb.Ratings("c1", "stolen"))["error"] == "no_session"


def test_weeks_and_month_are_those_of_the_calendar(room: EngineRoom) -> None:
    rate(room, finished(room), 4)
    room.clock.advance(7 * DAY_S)
    room.sign_in("c1", "sari")
    rate(room, finished(room), 1)
    found = own_ratings(room)
    weeks = found["weeks"]
    assert isinstance(weeks, list)
    assert len(weeks) == 13
    assert [week["counts"] for week in weeks[-2:]] == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert all(dt.date.fromisoformat(week["begin"]).weekday() == 0 for week in weeks)
    assert found["month"] == [1, 0, 0, 1]


def test_a_question_is_not_remembered_and_answered_anew(room: EngineRoom) -> None:
    asked = fb.Ratings("c1", room.sessions["c1"])
    before = room.ask(asked, request="q")
    rate(room, finished(room), 4)
    after = room.ask(asked, request="q")
    assert (before["today"], after["today"]) == ([0, 0, 0, 0], [0, 0, 0, 1])
    assert ("kiosk-1", "q") not in set(room.store.known_requests())


def test_the_hall_goes_on_when_the_rating_could_not_be_written(room: EngineRoom) -> None:
    ticket = finished(room)
    before = said(book_of(room))
    room.store.failing_commits = 1  # type: ignore[attr-defined]  # it is the one in memory
    assert rate(room, ticket)["error"] == "storage_failed"
    assert said(book_of(room)) == before
    assert rate(room, ticket)["events"] == ["rated"]
    assert own_ratings(room)["today"] == [0, 0, 0, 1]


def test_without_the_key_the_hall_works_and_nobody_is_heard(room: EngineRoom) -> None:
    room.store.keyless = True  # type: ignore[attr-defined]  # it is the one in memory
    room.restart()
    ticket = finished(room)
    assert rate(room, ticket)["error"] == "not_ready"
    assert "office.key" in room.wire.devices["feedback"]
    room.store.keyless = False  # type: ignore[attr-defined]  # the same
    room.restart()
    assert rate(room, ticket)["events"] == ["rated"]
    assert "feedback" not in room.wire.devices


def test_the_rating_is_on_the_disk_without_ticket_time_or_order(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", key=OfficeKey(tmp_path / "office.key"))
    room = EngineRoom(store=store)
    room.sign_in("c1", "sari")
    tickets = [finished(room) for _ in range(3)]
    for ticket, row in zip(tickets, "zxy", strict=True):
        room.ask(fb.Rate(ticket, 3, asker="kiosk-1", row=row))
    before = said(book_of(room))
    room.restart()
    assert said(book_of(room)) == before
    store.close()
    with opened(tmp_path / "office.db") as connection:
        rows = connection.execute("SELECT * FROM ratings").fetchall()
        told = connection.execute("SELECT ticket, counter, body FROM events WHERE type = 'rated'").fetchall()
        spent = connection.execute("SELECT digest FROM spent").fetchall()
    assert [row[1:] for row in rows] == [(row, "2026-03-02", "visa", "sari", 3) for row in "xyz"]
    assert {(ticket, counter) for ticket, counter, _ in told} == {(None, None)}
    assert all(set(body) <= set('{"at":"-T.+}') | set("0123456789") for _, _, body in told)
    assert not {digest for (digest,) in spent} & {*tickets}


def test_a_rating_is_told_by_its_name_alone(room: EngineRoom) -> None:
    rate(room, finished(room))
    told = room.wire.told[-1]
    assert not isinstance(told.event, hall_events.Issued)
    assert told.ticket is None
