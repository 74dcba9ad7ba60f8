"""Whatever happens in whatever order: the hall stays true. A random office against a plain model of it."""

from __future__ import annotations

import itertools
import json
import uuid
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.model import DONE, TicketState
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import COUNTERS, OFFICERS, PIN, SERVICES
from tests.fakes.store import MemoryStore

COUNTER_IDS = st.sampled_from([counter.id for counter in COUNTERS])
SERVICE_IDS = st.sampled_from([service.id for service in SERVICES])
LANE_IDS = st.sampled_from(["regular", "priority"])
AT_DESK = st.sampled_from([cmd.Recall, cmd.Start, cmd.Finish, cmd.NoShow, cmd.Pause, cmd.Resume, cmd.Close])


class Office(RuleBasedStateMachine):
    """Drives a real engine; two of them get the same requests, so that equal inputs show equal outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.room = EngineRoom(store=self.store)
        self.twin = EngineRoom(store=MemoryStore(), clock=self.room.clock)
        self.ids: Iterator[int] = itertools.count(1)
        self.tokens: dict[str, str] = {}
        self.numbers: list[tuple[Any, str]] = []

    def ask(self, command: cmd.Command) -> dict[str, Any]:
        """Ask both engines; they answer alike."""
        request = f"request-{next(self.ids)}"
        reply = self.room.ask(command, request=request)
        assert self.twin.ask(command, request=request) == reply
        return reply

    def _same_time(self) -> None:
        """Let the twin take the latest moment that the room knows: it saw fewer requests, or no restart."""
        self.twin.engine._latest = self.room.engine._latest

    # -- what people do ---------------------------------------------------------------------------------------------

    @initialize()
    def open_for_business(self) -> None:
        """Begin with somebody at work, or nothing would ever be called."""
        self.sign_in("c1", "sari")

    @rule(service=SERVICE_IDS, lane=LANE_IDS)
    def issue(self, service: str, lane: str) -> None:
        """Let a visitor take a number; it is new today."""
        reply = self.ask(cmd.Issue(str(uuid.UUID(int=next(self.ids))), service, lane, None))
        key = (self.room.hall.day, reply["number"])
        assert key not in self.numbers
        self.numbers.append(key)

    @rule(counter=COUNTER_IDS, officer=st.sampled_from(sorted(OFFICERS)))
    def sign_in(self, counter: str, officer: str) -> None:
        """Let an officer try to open a counter."""
        token = f"token-{next(self.ids)}"
        reply = self.ask(cmd.SignIn(counter, officer, PIN, token))
        if "error" not in reply:
            self.tokens[counter] = token

    @rule(counter=COUNTER_IDS)
    def next(self, counter: str) -> None:
        """Call the next: the first of its line, with a reason that holds."""
        lines = {key: list(group) for key, group in self.room.hall.groups.items()}
        reply = self.ask(cmd.Next(counter, self.tokens.get(counter, "")))
        if reply.get("events"):
            called = self.store.events[-1]
            assert isinstance(called.event, ev.Called)
            self._check_call(called.event, lines)

    def _check_call(self, called: ev.Called, lines: dict[tuple[str, str, str], list[Any]]) -> None:
        hall, reason = self.room.hall, called.reason
        first = next(group[0] for group in lines.values() if group and group[0].id == called.ticket)
        share = (called.at - first.waiting_since).total_seconds() / hall.office.lanes[first.lane].promised_s
        assert reason.score == round(share, 4)
        serves = hall.office.counters[called.counter].serves
        others = [group[0] for key, group in lines.items() if group and serves(*key)]
        shares = [
            (called.at - other.waiting_since).total_seconds() / hall.office.lanes[other.lane].promised_s
            for other in others
        ]
        assert share == max(shares)
        waiting = {ticket.number for group in lines.values() for ticket in group}
        assert {number for number, _ in reason.passed_over} <= waiting

    @rule(counter=COUNTER_IDS, data=st.data())
    def call(self, counter: str, data: st.DataObject) -> None:
        """Let an officer pick somebody."""
        tickets = sorted(self.room.hall.tickets)
        if tickets:
            self.ask(cmd.Call(counter, self.tokens.get(counter, ""), data.draw(st.sampled_from(tickets))))

    @rule(counter=COUNTER_IDS, kind=AT_DESK)
    def at_desk(self, counter: str, kind: type[cmd.Recall]) -> None:
        """Something is done at a counter, or refused."""
        self.ask(kind(counter, self.tokens.get(counter, "")))

    @precondition(lambda self: bool(self.room.hall.tickets))
    @rule(data=st.data(), outcome=st.sampled_from(["confirmed", "failed"]))
    def paper(self, data: st.DataObject, outcome: str) -> None:
        """Tell of the paper, and ask for another one."""
        ticket = data.draw(st.sampled_from(sorted(self.room.hall.tickets)))
        self.ask(cmd.Printed(ticket, outcome, None))
        self.ask(cmd.Reprint(ticket))

    # -- what happens to the machine --------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.02, 1, 45, 600, 5400]))
    def time_passes(self, seconds: float) -> None:
        """Time passes."""
        self.room.clock.advance(seconds)

    @rule()
    def night_falls(self) -> None:
        """Go on a day later."""
        self.room.clock.advance(24 * 3600)

    @rule(seconds=st.sampled_from([1, 3600, 90_000]))
    def clock_is_set_back(self, seconds: float) -> None:
        """Somebody sets the clock back."""
        self.room.clock.set_back(seconds)

    @rule()
    def restart(self) -> None:
        """Kill the broker and start it again: it finds what was there."""
        before = contents(self.room.hall)
        self.room.restart()
        assert contents(self.room.hall) == before
        self._same_time()

    @rule(service=SERVICE_IDS, counter=COUNTER_IDS)
    def disk_fails(self, service: str, counter: str) -> None:
        """Nothing of a batch gets to disk: nothing of it has happened."""
        before = contents(self.room.hall)
        self.store.failing_commits = 1
        replies = self.room.ask_all(
            self.room.submission(cmd.Issue(str(uuid.UUID(int=next(self.ids))), service, None, None)),
            self.room.submission(cmd.Next(counter, self.tokens.get(counter, ""))),
        )
        assert [reply["error"] for reply in replies] == ["storage_failed"] * 2
        assert contents(self.room.hall) == before
        self._same_time()

    @precondition(lambda self: bool(self.store.replies))
    @rule(data=st.data())
    def request_is_sent_again(self, data: st.DataObject) -> None:
        """Ask again as a client that heard nothing: the same answer, and nothing happens."""
        client, request = data.draw(st.sampled_from(sorted(self.store.replies)))
        before, events = contents(self.room.hall), len(self.store.events)
        said = json.loads(self.store.replies[client, request][1])
        command = cmd.Issue(str(uuid.UUID(int=next(self.ids))), "visa", None, None)
        assert self.room.ask(command, client=client, request=request) == said
        self._same_time()
        assert (contents(self.room.hall), len(self.store.events)) == (before, events)

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def every_ticket_is_in_exactly_one_place(self) -> None:
        """In a line while it waits, at one desk while it is called or served, nowhere when it is done."""
        hall = self.room.hall
        places = Tally(ticket.id for group in hall.groups.values() for ticket in group)
        places.update(desk.ticket for desk in hall.desks.values() if desk.ticket is not None)
        for ticket in hall.tickets.values():
            assert places[ticket.id] == (0 if ticket.state in DONE else 1), ticket
        assert set(places) <= set(hall.tickets)

    @invariant()
    def a_line_holds_the_tickets_as_they_are_in_order_of_arrival(self) -> None:
        """First come, first in line; no line holds an old picture of a ticket."""
        hall = self.room.hall
        for key, group in hall.groups.items():
            assert [ticket.waiting_since for ticket in group] == sorted(ticket.waiting_since for ticket in group)
            for ticket in group:
                assert ticket == hall.tickets[ticket.id]
                assert (ticket.group, ticket.state) == (key, TicketState.WAITING)

    @invariant()
    def a_desk_has_the_visitor_who_is_called_there(self) -> None:
        """Desk and ticket say the same of each other."""
        hall = self.room.hall
        for desk in hall.desks.values():
            if desk.ticket is not None:
                assert hall.tickets[desk.ticket].counter == desk.counter
                assert desk.session is not None
                assert not desk.paused
        officers = [desk.officer for desk in hall.desks.values() if desk.officer is not None]
        assert len(officers) == len(set(officers))

    @invariant()
    def seq_has_no_gap_and_time_never_runs_back(self) -> None:
        """Count 1, 2, 3 in the journal; every event is told once."""
        told = self.room.wire.told
        assert [recorded.seq for recorded in told] == list(range(1, len(self.store.events) + 1))
        assert self.room.hall.seq == len(told)
        moments = [recorded.event.at for recorded in self.store.events]
        assert moments == sorted(moments)

    @invariant()
    def equal_inputs_make_equal_halls(self) -> None:
        """Compare with the twin, which never failed and never restarted."""
        assert contents(self.twin.hall) == contents(self.room.hall)


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=100, stateful_step_count=50)
