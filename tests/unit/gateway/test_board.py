"""How the hall stands, as a supervisor's board is told: who waits longest, where a promise breaks, and each counter."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

import pytest

from broker.contract.messages import MAX_PAYLOAD_BYTES, BoardChange, BoardCounter, BoardGroup, BoardMessage
from broker.domain import commands as cmd
from broker.domain.model import TicketState
from broker.engine import BOARD_GAP_S
from broker.gateway.board import BoardPages
from tests.fakes.halls import Play
from tests.fakes.offices import COUNTERS, small_office
from tests.unit.gateway.test_outbound import Office


class Board:
    """An office, and what a board would have of it."""

    def __init__(self, supervisors: Iterable[str] = ()) -> None:
        counters = {counter.id: counter for counter in COUNTERS}
        self.play = Play(small_office(counters=counters, supervisors=frozenset(supervisors)))
        self.pages = BoardPages()
        self.told: dict[int, BoardMessage] = {}

    def draw(self) -> dict[int, BoardMessage]:
        """Draw what changed; return it by page."""
        drawn = self.pages.draw(self.play.hall, self.play.now, is_pressed=lambda: False)
        assert drawn is not None
        assert all(len(payload) <= MAX_PAYLOAD_BYTES for _, payload in drawn)
        said = {page: BoardMessage.model_validate_json(payload) for page, payload in drawn}
        self.told |= said
        return said

    def group(self, stage: str, service: str, lane: str) -> BoardGroup | None:
        """Return one group as it was said last."""
        said = [one for page in self.told.values() for one in page.groups]
        return next((one for one in said if (one.stage, one.service, one.lane) == (stage, service, lane)), None)

    def counter(self, name: str) -> BoardCounter:
        """Return one counter as it was said last."""
        (found,) = (one for page in self.told.values() for one in page.counters if one.id == name)
        return found

    def changes(self) -> list[BoardChange]:
        """Return what is otherwise today, as it was said last."""
        return [one for page in self.told.values() for one in page.changes]

    def promised_s(self, lane: str) -> int:
        """Return what a lane promises."""
        return self.play.office.lanes[lane].promised_s


def test_who_waits_longest_is_said_with_what_the_lane_promises_and_when_that_is_broken() -> None:
    board = Board()
    first = board.play.issue("visa")
    board.play.wait(60)
    board.play.issue("visa")
    board.play.issue("visa", "priority")
    board.draw()
    group = board.group("check", "visa", "regular")
    assert group is not None
    assert group.longest is not None
    assert (group.waiting, group.longest.id, group.longest.number) == (2, first.id, first.number)
    assert group.longest.since == first.waiting_since
    assert group.promised_s == board.promised_s("regular")
    # nobody is there to call anyone: whoever came first is the first whose promise breaks
    assert group.breach_at == first.issued_at + dt.timedelta(seconds=group.promised_s)
    assert board.group("collection", "collection", "regular") is None, "nobody waits there"


def test_a_breach_is_foreseen_by_the_hall_played_forward_and_stays_said_once_it_is_there() -> None:
    board = Board()
    board.play.sign_in("c1")
    several = [board.play.issue("visa") for _ in range(9)]  # at 10 minutes each the eighth waits over an hour
    board.draw()
    group = board.group("check", "visa", "regular")
    assert group is not None
    assert group.breach_at == several[0].issued_at + dt.timedelta(seconds=group.promised_s)
    for one in several[:4]:
        board.play.do(cmd.Cancel(one.qr))
    board.draw()
    group = board.group("check", "visa", "regular")
    assert group is not None
    assert group.breach_at is None, "five are called in time"
    board.play.wait(group.promised_s + 60)
    board.draw()
    group = board.group("check", "visa", "regular")
    assert group is not None
    assert group.breach_at == several[0].issued_at + dt.timedelta(seconds=group.promised_s)
    assert group.breach_at < board.play.now


def test_the_promise_is_of_the_first_call_and_says_nothing_of_later_stages() -> None:
    board = Board()
    board.play.sign_in("c1")
    ticket = board.play.issue("passport")
    board.play.call_next()
    board.play.start()
    board.play.wait(600)
    board.play.finish()
    ended = board.play.now
    board.play.wait(5 * board.promised_s("regular"))
    board.draw()
    group = board.group("interview", "passport", "regular")
    assert group is not None
    assert group.longest is not None
    assert (group.longest.id, group.longest.since, group.breach_at) == (ticket.id, ended, None)


def test_a_counter_says_since_when_it_does_what_it_does_with_whom_and_what_is_usual() -> None:
    board = Board()
    board.draw()
    assert (board.counter("c1").state, board.counter("c1").since) == ("closed", None)
    board.play.sign_in("c1")
    opened = board.play.now
    board.play.wait(100)
    board.play.issue("visa")
    board.draw()
    counter = board.counter("c1")
    assert (counter.state, counter.since, counter.officer, counter.usual_s) == ("open", opened, "Sari W.", None)
    called = board.play.now
    ticket = board.play.call_next()
    board.play.wait(20)
    board.play.do(cmd.Recall("c1", "c1"))
    board.draw()
    counter = board.counter("c1")
    assert ticket is not None
    assert (counter.state, counter.since, counter.number, counter.ticket) == (
        "calling",
        called,
        ticket.number,
        ticket.id,
    )
    assert (counter.stage, counter.usual_s) == ("check", 600)
    board.play.wait(20)
    board.play.start()
    board.draw()
    assert (board.counter("c1").state, board.counter("c1").since) == ("serving", board.play.now)
    board.play.wait(300)
    board.play.finish()
    board.play.do(cmd.Pause("c1", "c1", None))
    board.draw()
    assert (board.counter("c1").state, board.counter("c1").since) == ("paused", board.play.now)
    board.play.set_clock(3600)
    board.draw()
    assert board.counter("c1").since == board.play.now, "what has lasted goes on by a clock that was set"


def test_many_groups_stand_on_pages_that_fit_and_what_is_as_it_was_is_not_said_again() -> None:
    board = Board()
    kinds = itertools.product(("visa", "passport", "collection"), ("regular", "priority"))
    for service, lane in kinds:
        board.play.issue(service, lane)
    assert set(board.draw()) == {0}
    assert board.draw() == {}
    board.play.issue()
    assert set(board.draw()) == {0}
    assert sum(group.waiting for group in board.told[0].groups) == 7


def test_nothing_is_drawn_while_somebody_waits_to_be_answered() -> None:
    board = Board()
    for _ in range(20):
        board.play.issue()
    assert board.pages.draw(board.play.hall, board.play.now, is_pressed=lambda: True) is None
    assert set(board.draw()) == {0}


# -- what is otherwise today ------------------------------------------------------------------------------------------


def test_what_is_otherwise_today_is_said_with_who_and_why_and_is_gone_once_it_is_as_configured() -> None:
    board, session = Board({"dewi"}), "staff session"
    board.play.do(cmd.StaffIn("dewi", "1234", session, pin_matches=True))
    board.draw()
    assert board.changes() == []
    begun = board.play.now
    until = begun + dt.timedelta(hours=1)
    board.play.do(cmd.Offer(session, "power cut " * 20, service="visa", action="close"))
    board.play.do(cmd.Quota(session, "few officers", lane="priority", quota=12))
    board.play.do(cmd.Intake(session, "stop", "all are busy", until))
    board.draw()
    closed, quota, stop = board.changes()
    assert (closed.kind, closed.service, closed.by, closed.at) == ("offer", "visa", "Dewi A.", begun)
    assert closed.reason is not None
    assert len(closed.reason) == 120
    assert (quota.kind, quota.lane, quota.quota, quota.reason) == ("quota", "priority", 12, "few officers")
    assert (stop.kind, stop.until) == ("intake", until)
    board.play.do(cmd.Offer(session, "it is back", service="visa", action="open"))
    board.play.do(cmd.Quota(session, "as ever", lane="priority", quota=None))
    board.play.wait(3601)
    board.draw()
    assert board.changes() == [], "a stop that had an end is over with it"


@pytest.mark.parametrize("answer", ["accept", "decline", "left"])
def test_whoever_asked_a_counter_is_told_what_became_of_it(answer: str) -> None:
    board, session = Board({"dewi"}), "staff session"
    board.play.do(cmd.StaffIn("dewi", "1234", session, pin_matches=True))
    board.play.sign_in("c1")
    board.play.do(cmd.AskCounter(session, "c1", "help", "collection", reason="a queue"))
    board.draw()
    (asked,) = board.changes()
    assert (asked.kind, asked.counter, asked.action, asked.stage) == ("asked", "c1", "help", "collection")
    assert (asked.by, asked.reason) == ("Dewi A.", "a queue")
    board.play.wait(30)
    board.play.do(cmd.Close("c1", "c1") if answer == "left" else cmd.AnswerAsked("c1", "c1", answer))  # type: ignore[arg-type]
    board.draw()
    said, *helps = board.changes()
    assert (said.kind, said.answer, said.action, said.stage) == ("answered", answer, "help", "collection")
    assert (said.by, said.asked_by, said.at) == ("Sari W.", "Dewi A.", board.play.now)
    assert [(one.kind, one.stage, one.by) for one in helps] == (
        [("help", "collection", "Sari W.")] if answer == "accept" else []
    )
    if answer != "accept":
        board.play.sign_in("c1")
        board.play.do(cmd.AskCounter(session, "c1", "help", "collection"))
        board.draw()
        assert [one.kind for one in board.changes()] == ["asked"], "asked anew, the old answer is past"
        board.play.do(cmd.AskCounter(session, "c1", "none"))
        board.draw()
        assert board.changes() == [], "and does not come back with the end of the question"


def test_a_counter_that_does_what_it_is_asked_has_answered() -> None:
    board, session = Board({"dewi"}), "staff session"
    board.play.do(cmd.StaffIn("dewi", "1234", session, pin_matches=True))
    board.play.do(cmd.AskCounter(session, "c1", "open"))
    board.play.sign_in("c1")
    board.draw()
    (said,) = board.changes()
    assert (said.kind, said.action, said.answer, said.by) == ("answered", "open", "accept", "Sari W.")


# -- on the wire ----------------------------------------------------------------------------------------------------


def test_the_board_is_retained_without_a_secret_and_at_most_once_a_second() -> None:
    office = Office()
    office.pause_s = 0.1
    session = office.sign_in()
    tickets = [office.do("issue", service="visa")["ticket"] for _ in range(30)]
    office.do("next", **session)
    assert len(office.air.all("state/board")) <= 1 + 32 * office.pause_s / BOARD_GAP_S + 1
    office.clock.advance(BOARD_GAP_S)
    office.engine.step([])
    told = BoardMessage.model_validate(office.air.last("state/board/0"))
    assert told.seq == office.engine.hall.seq
    assert told.groups[0].waiting == sum(t.state is TicketState.WAITING for t in office.engine.hall.tickets.values())
    assert all(ticket["qr"] not in told.model_dump_json() for ticket in tickets)


def test_who_waits_is_listed_for_whoever_may_look_and_a_ticket_s_history_for_supervisors() -> None:
    office = Office(small_office(supervisors=frozenset({"dewi"})))
    first = office.do("issue", service="visa")["ticket"]
    for _ in range(40):
        office.do("issue", service="visa")
    where = {"stage": "check", "service": "visa", "lane": "regular"}
    officer, supervisor = (
        office.do("staff_in", client="web", officer=name, pin="1234")["session"] for name in ("budi", "dewi")
    )
    told = office.do("board", client="web", session=officer, **where)
    assert (told["tickets"][0]["id"], len(told["tickets"]) + told["more"]) == (first["id"], 41)
    assert dt.datetime.fromisoformat(told["tickets"][0]["promised_by"]) > office.clock.now()
    assert office.ask("board", client="web", session="none", **where)["error"]["code"] == "no_session"
    asked = {"client": "web", "ticket": first["id"]}
    assert office.ask("ticket_history", session=officer, **asked)["error"]["code"] == "not_allowed"
    office.do("next", **office.sign_in())
    history = office.do("ticket_history", session=supervisor, **asked)["ticket"]["history"]
    assert [(line["type"], line["counter"]) for line in history] == [("issued", None), ("called", "c1")]
    gone = office.ask("ticket_history", client="web", session=supervisor, ticket="Z-999")
    assert gone["error"]["code"] == "unknown_ticket"
    assert office.air.longest <= MAX_PAYLOAD_BYTES
