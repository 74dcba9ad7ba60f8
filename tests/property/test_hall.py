"""Whatever happens in whatever order: the hall stays true. Random offices against a plain model of them."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import uuid
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import AtDesk
from broker.domain.hall import moved
from broker.domain.model import DONE, Called, Counter, Desk, Journey, Lane, Moved, Office, Ticket, TicketState
from broker.domain.queue.policies import Policy
from broker.domain.today import Asked
from broker.domain.vocabulary import Event
from broker.engine import DaysFollowed
from tests.fakes.dispatch import POLICIES, callable_at, next_at, worth
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import contents
from tests.fakes.offices import OFFICERS, PIN, SERVICES, small_office
from tests.fakes.store import MemoryStore
from tests.support.trials import examples

COUNTERS = (
    Counter("c1", "1", ("check", "interview"), borrows=("collection",)),
    Counter("c2", "2", ("check",), services=frozenset({"passport"}), prefers="priority"),
    Counter("c3", "3", ("collection",), step_free=True),
    Counter("c4", "4", ("check", "interview", "collection"), lanes=frozenset({"priority"}), step_free=True),
)
LANES = (
    Lane("regular", "", 3600, max_wait_s=5400),
    Lane("priority", "P", 900),
    Lane("wheel", "W", 900, step_free=True),
)
JOURNEY = Journey(calls_before_no_show=1, rejoin_behind=2, rejoin_times=1, sent_fallback_s=600)
PRESENT = (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW, TicketState.CALLED, TicketState.SERVING)
UNDO_S = 30
COUNTER_IDS = tuple(counter.id for counter in COUNTERS)
SERVICE_IDS = tuple(service.id for service in SERVICES)
LANE_IDS = ("regular", "priority", "regular", "priority", "wheel")
Ask = Callable[[str, str], cmd.Command]
CURRENT: tuple[Ask, ...] = (
    cmd.Finish,
    cmd.Start,
    cmd.NoShow,
    cmd.Hold,
    cmd.Recall,
    cmd.Finish,
    cmd.NoShow,
)
SITTING: tuple[Ask, ...] = (cmd.Resume, cmd.Pause, cmd.Resume, cmd.Close)
TARGETS: tuple[dict[str, str], ...] = (
    {"stage": "check"},
    {"stage": "interview"},
    {"stage": "collection"},
    {"service": "visa"},
    *({"to_counter": counter} for counter in COUNTER_IDS),
)
STEPS = {
    "issue": 8,
    "next": 9,
    "about_current": 9,
    "time_passes": 5,
    "undo": 4,
    "transfer": 3,
    "move": 3,
    "unhold": 2,
    "rejoin": 3,
    "call": 2,
    "cancel": 2,
    "sitting": 2,
    "sign_in": 2,
    "staff_ticket": 3,
    "staff_today": 3,
    "staff_undo": 2,
    "answer_asked": 2,
    "paper": 1,
    "restart": 1,
    "disk_fails": 1,
    "request_is_sent_again": 1,
    "clock_is_set": 1,
    "night_falls": 1,
}
"""What may happen, and how often: left to chance alone, nobody would ever be called."""
_ABOUT_TICKETS = {"call", "unhold", "cancel", "rejoin", "paper", "move", "staff_ticket"}
STAFF = "staff session"
T = TypeVar("T")


def office_with(policy: Policy) -> Office:
    """Return an office that has everything there is to get wrong."""
    return small_office(
        lanes=LANES,
        counters={counter.id: counter for counter in COUNTERS},
        supervisors=frozenset({"dewi"}),
        policy=policy,
        journey=JOURNEY,
    )


class OfficeDay(RuleBasedStateMachine):
    """Drives a real engine; two of them get the same requests, so that equal inputs show equal outputs."""

    policy = "promise"

    def __init__(self) -> None:
        super().__init__()
        office = office_with(POLICIES[self.policy])
        self.store = MemoryStore()
        self.room = EngineRoom(store=self.store, office=office)
        self.twin = EngineRoom(store=MemoryStore(), clock=self.room.clock, office=office)
        self.ids: Iterator[int] = itertools.count(1)
        self.tokens: dict[str, str] = {}
        self.numbers: set[tuple[dt.date | None, str]] = set()
        self.last_action: dict[str, tuple[AtDesk, Ticket, Desk]] = {}
        """By counter: what it did last, and how ticket and desk were before."""
        self.happened: list[Event] = []
        """What the last request led to; what the office itself did after it is not among it."""
        self.last_seen: dict[str, Ticket] = {}

    def ask(self, command: cmd.Command) -> dict[str, Any]:
        """Ask both engines; they answer alike."""
        request = f"request-{next(self.ids)}"
        tickets, desks, seq = dict(self.room.hall.tickets), dict(self.room.hall.desks), self.room.hall.seq
        day = self.room.hall.day
        reply = self.room.ask(command, request=request)
        assert self.twin.ask(command, request=request) == reply
        after = [recorded.event for recorded in self.store.events[seq:]]
        self.happened = after[: len(reply.get("events", ()))]
        if self.room.hall.day != day:  # the figures that are restored are those of the new day
            desks = {name: replace(desk, served_today=0, service_s_today=0.0) for name, desk in desks.items()}
        for event in after:
            self._remember(event, tickets, desks)
        return reply

    def _remember(self, event: Event, tickets: dict[str, Ticket], desks: dict[str, Desk]) -> None:
        if isinstance(event, AtDesk) and event.counter is not None:
            self.last_action[event.counter] = (event, tickets[event.ticket], desks[event.counter])

    def at(self, counter: str) -> tuple[str, str]:
        """Return the counter and its session, if anybody ever signed in there."""
        return counter, self.tokens.get(counter, "")

    def desk(self, counter: str) -> cmd.AtCounter:
        """Return a counter that asks for a visitor."""
        return cmd.AtCounter(*self.at(counter))

    def one_of(self, data: st.DataObject, choices: Sequence[T]) -> T:
        """Draw one."""
        return data.draw(st.sampled_from(choices))

    def a_counter(self, data: st.DataObject, *, busy: bool | None = None) -> str:
        """Draw a counter; mostly one where somebody sits, with or without a visitor as it is asked for."""
        open_ones = [desk for desk in self.room.hall.desks.values() if desk.session is not None]
        fitting = [desk.counter for desk in open_ones if busy is None or busy == (desk.ticket is not None)]
        return self.one_of(data, fitting * 8 + list(COUNTER_IDS))

    def any_ticket(self, data: st.DataObject, *states: TicketState) -> str:
        """Pick somebody, rather of these states."""
        everybody = self.room.hall.tickets
        fitting = sorted(ticket.id for ticket in everybody.values() if ticket.state in states)
        return data.draw(st.sampled_from(fitting or sorted(everybody)))

    def _settle(self) -> None:
        """Let both do what is due by time, so that the next step alone is what happens."""
        self.room.clock.advance(1)
        for room in (self.room, self.twin):
            room.engine.step([])

    def _in_step(self) -> None:
        """Let the twin, which saw no restart and fewer requests, know the same moments."""
        self.twin.engine._time = copy(self.room.engine._time)
        self.room.engine._shown_at = self.twin.engine._shown_at
        self.room.engine._stale = self.twin.engine._stale
        self.room.engine._days, self.twin.engine._days = DaysFollowed(), DaysFollowed()

    # -- what people do ---------------------------------------------------------------------------------------------

    @initialize()
    def open_for_business(self) -> None:
        """Begin with somebody at work, or nothing would ever be called."""
        for counter, officer in (("c1", "sari"), ("c2", "budi"), ("c4", "dewi")):
            self.sign_in_at(counter, officer)

    @rule(data=st.data(), step=st.sampled_from([name for name, weight in STEPS.items() for _ in range(weight)]))
    def something_happens(self, data: st.DataObject, step: str) -> None:
        """Let one thing happen."""
        if self.room.hall.tickets or step not in _ABOUT_TICKETS:
            getattr(self, step)(data)

    def issue(self, data: st.DataObject) -> None:
        """Let a visitor take a number; it is new today."""
        service, lane = self.one_of(data, SERVICE_IDS), self.one_of(data, LANE_IDS)
        reply = self.ask(cmd.Issue(str(uuid.UUID(int=next(self.ids))), service, lane, None))
        if "error" in reply:
            assert reply["error"] in {"service_closed", "lane_closed", "quota_reached"}
            assert self.room.hall.today.changes, "only the staff close anything in this office"
            return
        key = (self.room.hall.day, reply["number"])
        assert key not in self.numbers
        self.numbers.add(key)

    def sign_in(self, data: st.DataObject) -> None:
        """Let an officer try to open a counter."""
        leave = self.one_of(data, (None, *COUNTER_IDS))
        self.sign_in_at(self.one_of(data, COUNTER_IDS), self.one_of(data, sorted(OFFICERS)), leave)

    def sign_in_at(self, counter: str, officer: str, leave: str | None = None) -> None:
        """Let an officer try to open this counter, and give another one up for it."""
        token = f"token-{next(self.ids)}"
        reply = self.ask(cmd.SignIn(counter, officer, PIN, token, leave=leave))
        if "error" not in reply:
            self.tokens[counter] = token

    def next(self, data: st.DataObject) -> None:
        """Call the next: whom a plain search of everybody finds, with a reason that is true."""
        hall, counter = self.room.hall, self.a_counter(data, busy=False)
        tickets, turn = list(hall.tickets.values()), hall.turn_of(counter)
        reply = self.ask(cmd.Next(*self.at(counter)))
        if "error" in reply:
            return
        called = self.happened[0] if self.happened else None
        self._check_choice(counter, called, tickets, turn, dt.datetime.fromisoformat(reply["at"]))

    def _check_choice(
        self, counter: str, called: Event | None, tickets: list[Ticket], turn: int, now: dt.datetime
    ) -> None:
        office = self.room.office
        here = self.room.hall.office.counters[counter]  # with what it helps with today
        waiting = callable_at(tickets, office, here, now)
        expected = next_at(waiting, office, here, now, turn=turn)
        assert (expected is None) == (called is None)
        if expected is None:
            return
        assert isinstance(called, ev.Called)
        ticket, rule_name = expected
        reason = called.reason
        assert (called.ticket, reason.policy) == (ticket.id, rule_name)
        assert reason.score == round(worth(ticket, office, now), 4)
        assert reason.waited_s == int((now - ticket.ranked_since).total_seconds())
        earlier = {t.number for t in waiting if (t.ranked_since, t.order) < (ticket.ranked_since, ticket.order)}
        told = {number for number, _ in reason.passed_over}
        assert told <= earlier
        assert len(told) == min(len(earlier), 10) or len(earlier) != len(set(earlier))

    def call(self, data: st.DataObject) -> None:
        """Let an officer pick somebody."""
        self.ask(cmd.Call(*self.at(self.a_counter(data, busy=False)), self.any_ticket(data, TicketState.WAITING)))

    def about_current(self, data: st.DataObject) -> None:
        """Something is done with the visitor at a counter, or refused."""
        kind = self.one_of(data, CURRENT)
        self.ask(kind(*self.at(self.a_counter(data, busy=True))))

    def sitting(self, data: st.DataObject) -> None:
        """Pause a counter, let it go on or close, or be refused."""
        kind = self.one_of(data, SITTING)
        self.ask(kind(*self.at(self.a_counter(data))))

    def transfer(self, data: st.DataObject) -> None:
        """Send a visitor elsewhere, with the same number."""
        counter, where = self.a_counter(data, busy=True), self.one_of(data, TARGETS)
        desk = self.room.hall.desks[counter]
        before = self.room.hall.current(desk)
        reply = self.ask(cmd.Transfer(*self.at(counter), **where))
        if before is not None and "error" not in reply:
            after = self.room.hall.tickets[before.id]
            assert (after.number, after.lane, after.issued_at) == (before.number, before.lane, before.issued_at)
            assert after.history[: len(before.history)] == before.history

    def move(self, data: st.DataObject) -> None:
        """Send anybody elsewhere: a supervisor may, an officer only the own visitor."""
        hall, counter, where = self.room.hall, self.a_counter(data), self.one_of(data, TARGETS)
        before, desk = hall.tickets[self.any_ticket(data, *PRESENT)], hall.desks[counter]
        reply = self.ask(cmd.Transfer(*self.at(counter), ticket=before.id, reason="enough", **where))
        if "error" in reply:
            return
        assert desk.officer == "dewi" or desk.ticket == before.id
        after = self.room.hall.tickets[before.id]
        assert (after.number, after.lane, after.issued_at) == (before.number, before.lane, before.issued_at)
        if before.state is TicketState.WAITING:
            assert after.ranked_since == before.ranked_since, "nothing of the wait is lost"

    def unhold(self, data: st.DataObject) -> None:
        """Go on with somebody who was set aside."""
        self.ask(cmd.Unhold(*self.at(self.a_counter(data, busy=False)), self.any_ticket(data, TicketState.HELD)))

    def undo(self, data: st.DataObject) -> None:
        """Take the last action back: ticket and desk are as they were, or it is refused."""
        counter = self.a_counter(data)
        reply = self.ask(cmd.Undo(*self.at(counter)))
        if "error" in reply:
            return
        event, ticket, desk = self.last_action.pop(counter)
        (undone,) = self.happened
        assert isinstance(undone, ev.Undone)
        assert (undone.ticket, undone.action) == (event.ticket, ev.EVENT_NAMES[type(event)])
        assert (undone.at - event.at).total_seconds() <= UNDO_S
        now = self.room.hall.tickets[ticket.id]
        assert _bare(now) == _bare(ticket)
        assert self.room.hall.desks[counter] == desk

    def cancel(self, data: st.DataObject) -> None:
        """Somebody gives a ticket up: the holder, an officer, a supervisor."""
        by = self.one_of(data, ("holder", "c1", "c2", "c4"))
        ticket = self.any_ticket(data)
        self.ask(cmd.Cancel(ticket, None if by == "holder" else self.desk(by), "enough"))

    def rejoin(self, data: st.DataObject) -> None:
        """Let a missed visitor come back; the number alone is enough for officers only."""
        by = self.one_of(data, ("qr", "id", "number", "c1", "c4"))
        ticket = self.room.hall.tickets[self.any_ticket(data, TicketState.NO_SHOW)]
        text = {"qr": ticket.qr, "id": ticket.id}.get(by, ticket.number)
        reply = self.ask(cmd.Rejoin(text, self.desk(by) if by in {"c1", "c4"} else None))
        if by == "number":
            assert reply["error"] in {"not_holder", "unknown_ticket"}
        elif "error" not in reply:
            (again,) = self.happened
            assert isinstance(again, ev.Rejoined)
            after = self.room.hall.tickets[again.ticket]
            assert 1 <= after.rejoined <= JOURNEY.rejoin_times

    def staff_ticket(self, data: st.DataObject) -> None:
        """Let a supervisor without a counter move, close or call anybody."""
        ticket, counter = self.any_ticket(data, *PRESENT), self.a_counter(data, busy=False)
        act = self.one_of(data, ("transfer", "cancel", "call", "call"))
        if act == "transfer":
            self.staff(cmd.StaffTransfer(STAFF, ticket, "enough", **self.one_of(data, TARGETS)))
        elif act == "cancel":
            self.staff(cmd.StaffCancel(STAFF, ticket, "enough"))
        else:
            desk = self.room.hall.desks[counter]
            if "error" not in self.staff(cmd.StaffCall(STAFF, ticket, counter, "enough")):
                assert (desk.ticket, desk.paused) == (None, False)
                assert desk.session is not None

    def staff_today(self, data: st.DataObject) -> None:
        """Let a supervisor close something, change how many numbers there are, or ask a counter."""
        service, lane = self.one_of(data, SERVICE_IDS), self.one_of(data, LANE_IDS)
        at = self.room.engine.now() + dt.timedelta(minutes=10)
        self.staff(
            self.one_of(
                data,
                (
                    cmd.Offer(STAFF, "enough", service=service, action="close"),
                    cmd.Offer(STAFF, "enough", lane=lane, action="open"),
                    cmd.Offer(STAFF, "enough", service=service, action="open"),
                    cmd.Quota(STAFF, "enough", lane=lane, quota=3),
                    cmd.Quota(STAFF, "enough", lane=lane, quota=None),
                    cmd.Intake(STAFF, "stop", "enough", at),
                    cmd.Intake(STAFF, "resume", "enough"),
                    cmd.AskCounter(STAFF, "c2", "help", "interview"),
                    cmd.AskCounter(STAFF, "c3", "help", "check"),
                    cmd.AskCounter(STAFF, self.a_counter(data), "pause"),
                    cmd.AskCounter(STAFF, self.one_of(data, COUNTER_IDS), "none"),
                ),
            )
        )

    def staff_undo(self, _data: st.DataObject) -> None:
        """Let the supervisor take the last act back; a ticket is as before, at the same counter."""
        last = self.room.hall.staff_acts.get("dewi")
        if "error" in self.staff(cmd.StaffUndo(STAFF)):
            return
        assert last is not None
        if isinstance(last, Moved):
            assert _bare(self.room.hall.tickets[last.before.id]) == _bare(last.before)
            if last.desk is not None:
                assert self.room.hall.desks[last.desk.counter] == last.desk
        elif isinstance(last, Called):
            assert self.room.hall.tickets[last.ticket].state is TicketState.WAITING

    def staff(self, command: cmd.StaffAct) -> dict[str, Any]:
        """Ask in the supervisor's staff session; it is begun anew where it is over."""
        assert isinstance(command, cmd.Command)
        reply = self.ask(command)
        if reply.get("error") == "no_session":
            assert "error" not in self.ask(cmd.StaffIn("dewi", PIN, STAFF))
            reply = self.ask(command)
        assert reply.get("error") != "no_session"
        return reply

    def answer_asked(self, data: st.DataObject) -> None:
        """Let an officer do what the counter is asked, or not."""
        asked = [counter for (kind, counter) in self.room.hall.today.changes if kind is Asked]
        counter = self.one_of(data, asked or list(COUNTER_IDS))
        self.ask(cmd.AnswerAsked(*self.at(counter), self.one_of(data, ("accept", "accept", "decline"))))

    def paper(self, data: st.DataObject) -> None:
        """Tell of the paper, ask for another one, and look the ticket up."""
        outcomes: tuple[cmd.Outcome, ...] = ("confirmed", "failed")
        outcome = self.one_of(data, outcomes)
        ticket = self.any_ticket(data)
        self.ask(cmd.Printed(ticket, outcome, None))
        self.ask(cmd.Reprint(ticket))
        assert self.ask(cmd.Lookup(ticket)).get("events", []) == []

    # -- what happens to the machine --------------------------------------------------------------------------------

    def time_passes(self, data: st.DataObject) -> None:
        """Time passes."""
        self.room.clock.advance(self.one_of(data, (0.02, 1, 10, 45, 600, 5400)))

    def night_falls(self, _data: st.DataObject) -> None:
        """Go on a day later."""
        self.room.clock.advance(24 * 3600)

    def clock_is_set(self, data: st.DataObject) -> None:
        """Somebody sets the clock, back or ahead; by a second it only drifts."""
        self._settle()
        self.room.clock.set_back(self.one_of(data, (1, 3600, 90_000, -90_000)))
        seq = self.room.hall.seq
        for room in (self.room, self.twin):
            room.engine.step([])
        for recorded in self.store.events[seq:]:
            if isinstance(recorded.event, ev.ClockSet):
                self._move(dt.timedelta(seconds=recorded.event.by_s))

    def _move(self, by: dt.timedelta) -> None:
        """Let what can be taken back be as old as it was."""
        self.last_action = {
            counter: (replace(event, at=event.at + by), moved(ticket, by), desk)
            for counter, (event, ticket, desk) in self.last_action.items()
        }

    def restart(self, _data: st.DataObject) -> None:
        """Kill the broker and start it again: it finds what was there."""
        before = contents(self.room.hall)
        self.room.restart()
        assert contents(self.room.hall) == before
        self._in_step()

    def disk_fails(self, data: st.DataObject) -> None:
        """Nothing of a batch gets to disk: nothing of it has happened."""
        service, counter = self.one_of(data, SERVICE_IDS), self.a_counter(data)
        self._settle()
        before = contents(self.room.hall)
        self.store.failing_commits = 1
        replies = self.room.ask_all(
            self.room.submission(cmd.Issue(str(uuid.UUID(int=next(self.ids))), service, None, None)),
            self.room.submission(cmd.Undo(*self.at(counter))),
            self.room.submission(cmd.Next(*self.at(counter))),
        )
        assert [reply["error"] for reply in replies] == ["storage_failed"] * 3
        assert contents(self.room.hall) == before
        self._in_step()

    def request_is_sent_again(self, data: st.DataObject) -> None:
        """Ask again as a client that heard nothing: the same answer, and nothing happens."""
        self._settle()
        if not self.store.replies:
            return
        client, request = data.draw(st.sampled_from(sorted(self.store.replies)))
        before, events = contents(self.room.hall), len(self.store.events)
        said = json.loads(self.store.replies[client, request][1])
        command = cmd.Issue(str(uuid.UUID(int=next(self.ids))), "visa", None, None)
        assert self.room.ask(command, client=client, request=request) == said
        self._in_step()
        assert (contents(self.room.hall), len(self.store.events)) == (before, events)

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def every_ticket_is_in_exactly_one_place(self) -> None:
        """In a line, at one desk, set aside, or missed; nowhere when it is done for good."""
        hall = self.room.hall
        places = Tally(ticket.id for group in hall.groups.values() for ticket in group)
        places.update(desk.ticket for desk in hall.desks.values() if desk.ticket is not None)
        places.update(hall.held)
        places.update(hall.missed)
        gone = {TicketState.FINISHED, TicketState.CANCELLED}
        for ticket in hall.tickets.values():
            assert places[ticket.id] == (0 if ticket.state in gone else 1), ticket
        assert set(places) <= set(hall.tickets)

    @invariant()
    def nobody_is_lost(self) -> None:
        """Who is no longer in the hall had left it: served, missed or cancelled, and the day was over."""
        tickets = self.room.hall.tickets
        for ticket in self.last_seen.values():
            assert ticket.id in tickets or ticket.state in DONE, ticket
        self.last_seen = dict(tickets)

    @invariant()
    def the_lists_name_the_held_and_the_missed(self) -> None:
        """Each once, and nobody else."""
        hall = self.room.hall
        for ids, state in ((hall.held, TicketState.HELD), (hall.missed, TicketState.NO_SHOW)):
            assert sorted(ids) == sorted(ticket.id for ticket in hall.tickets.values() if ticket.state is state)

    @invariant()
    def a_line_holds_the_tickets_as_they_are_in_order_of_their_turn(self) -> None:
        """First come, first in line; no line holds an old picture of a ticket."""
        hall = self.room.hall
        for key, group in hall.groups.items():
            ranks = [(ticket.ranked_since, ticket.order) for ticket in group]
            assert ranks == sorted(ranks)
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
                assert hall.tickets[desk.ticket].state in {TicketState.CALLED, TicketState.SERVING}
                assert desk.session is not None
                assert not desk.paused or self.is_asked_to_pause(desk.counter)
        officers = [desk.officer for desk in hall.desks.values() if desk.officer is not None]
        assert len(officers) == len(set(officers))

    def is_asked_to_pause(self, counter: str) -> bool:
        """Tell whether the last that was said of pausing there was yes: it pauses when its visitor has left."""
        said = (one.event for one in reversed(self.store.events) if getattr(one.event, "counter", None) == counter)
        of_pause = (one for one in said if isinstance(one, ev.Paused | ev.Resumed | ev.Opened | ev.Closed))
        last = next(of_pause, None)
        return isinstance(last, ev.Paused) and any(
            isinstance(one.event, ev.CounterAnswered)
            and (one.event.counter, one.event.at, one.event.action, one.event.answer)
            == (counter, last.at, "pause", "accept")
            for one in self.store.events
        )

    @invariant()
    def figures_are_what_the_visits_of_the_day_make(self) -> None:
        """Nothing is below nought, and a figure that was taken back leaves no trace."""
        hall = self.room.hall
        for desk in hall.desks.values():
            assert desk.served_today >= 0
            assert desk.service_s_today >= 0
            assert desk.served_today > 0 or desk.service_s_today == 0
        for pace in hall.paces.values():
            assert (pace.visits, pace.weight, pace.total_s) >= (0, -1e-9, -1e-3)
            assert pace.mean_s > 0

    @invariant()
    def seq_has_no_gap_and_time_never_runs_back_unless_it_was_set(self) -> None:
        """Count 1, 2, 3 in the journal; every event is told once."""
        told = self.room.wire.told
        assert [recorded.seq for recorded in told] == list(range(1, len(self.store.events) + 1))
        assert self.room.hall.seq == len(told)
        for before, after in itertools.pairwise(recorded.event for recorded in self.store.events):
            assert before.at <= after.at or isinstance(after, ev.ClockSet)

    @invariant()
    def equal_inputs_make_equal_halls(self) -> None:
        """Compare with the twin, which never failed and never restarted."""
        assert contents(self.twin.hall) == contents(self.room.hall)

    def teardown(self) -> None:
        """Read the journal from its beginning: it makes the same hall, and serves each ticket once."""
        again = EngineRoom(store=self.store, clock=self.room.clock, office=self.room.office)
        assert contents(again.hall) == contents(self.room.hall)
        served: Tally[str] = Tally()
        for recorded in self.store.events:
            match recorded.event:
                case ev.Finished(next_stage=None, ticket=ticket):
                    served[ticket] += 1
                    assert served[ticket] == 1, "served twice"
                case ev.Undone(action="finished", ticket=ticket) if served[ticket]:
                    served[ticket] -= 1
                case ev.Called(ticket=ticket) | ev.Cancelled(ticket=ticket) | ev.Rejoined(ticket=ticket):
                    assert served[ticket] == 0, "went on after the last stage"
                case _:
                    pass


def _bare(ticket: Ticket) -> Ticket:
    """Return a ticket without what taking back leaves alone: its paper and its history."""
    return replace(ticket, history=(), copies=0, paper=None)


def _day(policy: str, usual: int) -> Any:  # noqa: ANN401 - a test case class made by Hypothesis
    machine: Any = type(f"OfficeDay_{policy}", (OfficeDay,), {"policy": policy})
    case = machine.TestCase
    case.settings = settings(max_examples=examples(usual), stateful_step_count=80, report_multiple_bugs=False)
    return case


TestPromise = _day("promise", 30)
TestHeadStart = _day("head_start", 12)
TestRatio = _day("ratio", 24)
TestStrict = _day("strict", 12)
TestFifo = _day("fifo", 12)
