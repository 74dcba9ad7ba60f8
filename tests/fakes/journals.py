"""Journals of made-up offices: days on which all goes wrong that can, decided by the real rules, kept as on a disk."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from broker.contract.topics import ENGINE_CLIENT
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import clock_set, decide, end_of_day
from broker.domain.errors import DomainError
from broker.domain.feedback import commands as fcmd
from broker.domain.feedback import entries as en
from broker.domain.feedback.apply import enter
from broker.domain.feedback.book import Book
from broker.domain.feedback.decide import decide as decide_feedback
from broker.domain.hall import Hall
from broker.domain.identity import session_digest
from broker.domain.model import Counter, DeskState, Journey, Lane, Office, TicketState
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.ports import Line
from broker.store.journal import body_of
from tests.fakes.offices import OFFICERS, PIN, SERVICES, small_office

ZONES = tuple(
    map(
        ZoneInfo,
        ("Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"),
    )
)
"""With hours that come twice or never, half an hour of them, and halves that begin at a quarter."""
BEGINNINGS = (
    dt.date(2026, 3, 5),
    dt.date(2026, 3, 24),
    dt.date(2026, 9, 24),
    dt.date(2026, 10, 20),
    dt.date(2026, 12, 28),
)
"""So that ten days hold a change of the clock, or of the year."""
COUNTERS = (
    Counter("c1", "1", ("check", "interview"), borrows=("collection",)),
    Counter("c2", "2", ("check",), services=frozenset({"passport"}), prefers="priority"),
    Counter("c3", "3", ("collection", "check")),
)
LANES = (Lane("regular", "", 1800), Lane("priority", "P", 600))
AT_CURRENT: tuple[type[cmd.Finish | cmd.NoShow | cmd.Hold | cmd.Start | cmd.Recall], ...] = (
    cmd.Start,
    cmd.Finish,
    cmd.Finish,
    cmd.Finish,
    cmd.NoShow,
    cmd.Hold,
    cmd.Recall,
)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line as the store has it, and the office day on which the hall stood with it."""

    seq: int
    client: str
    name: str
    body: str
    hall_day: dt.date | None


@dataclass
class MadeUpOffice:
    """An office that lives from its first day on; the same seed, the same life."""

    seed: int
    zone: ZoneInfo = field(init=False)
    lines: list[Line] = field(default_factory=list)
    kept: list[JournalLine] = field(default_factory=list)
    rated: list[en.Rating] = field(default_factory=list)
    """What is kept of ratings, beside the journal."""

    def __post_init__(self) -> None:
        """Open it on the morning of its first day."""
        self.chance = random.Random(self.seed)  # noqa: S311 - the same office each time
        self.zone = self.chance.choice(ZONES)
        self.office = self._office(LANES)
        self.hall = Hall(self.office)
        self.now = dt.datetime.combine(self.chance.choice(BEGINNINGS), dt.time(7), self.zone).astimezone(dt.UTC)
        self.tokens: dict[str, str] = {}
        self.book = Book(self.office, lambda text: text)
        self.staff = ""
        """The token with which the supervisor acts without a counter."""

    def live(self, days: int) -> None:
        """Let days pass, each with a few visitors."""
        for _ in range(days):
            self._a_day()
            self._tidy()
        self.now += dt.timedelta(minutes=self.chance.choice((1, 200, 900)))

    def _office(self, lanes: tuple[Lane, ...]) -> Office:
        return small_office(
            zone=self.zone,
            lanes=lanes,
            counters={counter.id: counter for counter in COUNTERS},
            supervisors=frozenset({"dewi"}),
            journey=Journey(rejoin_behind=1, closes_left=self.seed % 5 > 0),
        )

    # -- what happens ---------------------------------------------------------------------------------------------

    def _a_day(self) -> None:
        """Let a day go by; sometimes nobody goes home before midnight."""
        local = self.now.astimezone(self.zone)
        morning = dt.datetime.combine(local.date(), dt.time(8), self.zone).astimezone(dt.UTC)
        self.now = max(self.now, morning)
        for counter, officer in zip(("c1", "c2", "c3"), OFFICERS, strict=True):
            if self.chance.random() < 0.8:
                self._sign_in(counter, officer)
        steps = {
            self._come: 7,
            self._next: 8,
            self._about_current: 9,
            self._undo: 2,
            self._transfer: 1,
            self._move: 1,
            self._cancel: 1,
            self._rejoin: 2,
            self._unhold: 2,
            self._sit: 2,
            self._paper: 1,
            self._sign: 1,
            self._act: 3,
            self._rate: 2,
        }
        for step in self.chance.choices(list(steps), weights=list(steps.values()), k=self.chance.choice((9, 20, 34))):
            self.now += dt.timedelta(seconds=self.chance.choice((0, 3, 20, 140, 600, 1500)), microseconds=417)
            step()
        if self.chance.random() < 0.06:
            self._set_clock()
        if self.chance.random() < 0.05:
            self._reload()
        if self.chance.random() < 0.8:
            for counter in list(self.tokens):
                self._ask(cmd.Finish(counter, self.tokens[counter]))
                self._ask(cmd.Close(counter, self.tokens[counter]))

    def _tidy(self) -> None:
        """Let the night come: the engine closes what is left with the new day's first moment, or much later."""
        if self.chance.random() < 0.25:
            self.now += dt.timedelta(hours=self.chance.choice((9, 12, 14)))
            return
        date = self.now.astimezone(self.zone).date() + dt.timedelta(days=self.chance.choice((1, 1, 1, 1, 3)))
        midnight = dt.datetime.combine(date, dt.time(), self.zone).astimezone(dt.UTC)
        is_off = self.chance.random() < 0.1
        self.now = max(self.now, midnight) + dt.timedelta(hours=7 if is_off else 0, seconds=2)
        self._close_left()
        self.now += dt.timedelta(hours=self.chance.choice((0, 0, 2)), seconds=30)
        self._close_left()

    def _close_left(self) -> None:
        while events := end_of_day(self.hall, self.now):
            self._keep(events, ENGINE_CLIENT)
        if self.hall.day is not None and self.chance.random() < 0.3:  # the engine tells so behind all else
            self._keep([ev.DayClosed(at=self.now, day=self.hall.day, n=1, digest="d")], ENGINE_CLIENT)

    def _come(self) -> None:
        lane = self.chance.choice(("regular", "regular", "priority"))
        ticket = str(uuid.UUID(int=self.chance.getrandbits(128)))
        self._ask(cmd.Issue(ticket, self.chance.choice(SERVICES).id, lane, None), client="kiosk-1")

    def _next(self) -> None:
        self._at_counter(cmd.Next, DeskState.OPEN)

    def _about_current(self) -> None:
        kind = self.chance.choice(AT_CURRENT)
        self._at_counter(kind, DeskState.CALLING, DeskState.SERVING)
        if self.chance.random() < 0.3:
            self._next()
        if self.chance.random() < 0.2:
            self._undo()

    def _undo(self) -> None:
        for counter in self.tokens:
            if self.hall.undo_until(counter) is not None and self.chance.random() < 0.7:
                self.now += dt.timedelta(seconds=self.chance.choice((0, 7)))
                self._ask(cmd.Undo(counter, self.tokens[counter]))

    def _transfer(self) -> None:
        where: dict[str, str] = self.chance.choice(({"stage": "interview"}, {"service": "visa"}, {"to_counter": "c1"}))
        self._at_counter(
            lambda counter, token: cmd.Transfer(counter, token, **where), DeskState.CALLING, DeskState.SERVING
        )

    def _move(self) -> None:
        """Let the supervisor send somebody elsewhere who waits, is served by a colleague, or was missed."""
        ticket = self._somebody(
            *(state for state in TicketState if state not in {TicketState.FINISHED, TicketState.CANCELLED})
        )
        if ticket is not None and "c3" in self.tokens:
            self._ask(cmd.Transfer("c3", self.tokens["c3"], ticket=ticket, stage="check", reason="enough"))

    def _cancel(self) -> None:
        ticket = self._somebody(TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW)
        if ticket is not None:
            self._ask(cmd.Cancel(ticket, None, self.chance.choice((None, "end of day"))), client="kiosk-1")

    def _rejoin(self) -> None:
        ticket = self._somebody(TicketState.NO_SHOW)
        if ticket is not None:
            self._ask(cmd.Rejoin(ticket), client="kiosk-1")

    def _unhold(self) -> None:
        ticket = self._somebody(TicketState.HELD)
        if ticket is not None:
            self._at_counter(lambda counter, token: cmd.Unhold(counter, token, ticket), DeskState.OPEN)

    def _sit(self) -> None:
        kind = self.chance.choice((cmd.Pause, cmd.Resume, cmd.Resume))
        self._at_counter(kind, DeskState.OPEN, DeskState.PAUSED)

    def _sign(self) -> None:
        """Let somebody sign out, or in, or take a colleague's idle counter."""
        counter, officer = self.chance.choice(("c1", "c2", "c3")), self.chance.choice(tuple(OFFICERS))
        if self.chance.random() < 0.5 and counter in self.tokens:
            self._ask(cmd.Close(counter, self.tokens[counter]))
        else:
            self._sign_in(counter, officer)

    def _paper(self) -> None:
        ticket = self._somebody(TicketState.WAITING, TicketState.CALLED)
        if ticket is not None:
            outcome: cmd.Outcome = self.chance.choice(("confirmed", "confirmed", "failed", "unconfirmed"))
            self._ask(cmd.Printed(ticket, outcome, "no paper" if outcome == "failed" else None), client="kiosk-1")
            self._ask(cmd.Reprint(ticket), client="kiosk-2")

    def _act(self) -> None:
        """Let the supervisor act without a counter; some of it is taken back at once, or after something else."""
        if not self._ask_staff(self._an_act()):
            return
        if self.chance.random() < 0.3:
            self.chance.choice((self._come, self._next, self._sit, self._about_current))()
        if self.chance.random() < 0.5:
            self.now += dt.timedelta(seconds=self.chance.choice((0, 7, 40)))
            self._ask_staff(cmd.StaffUndo(self.staff))

    def _an_act(self) -> cmd.Command:
        session, counter = self.staff, self.chance.choice(COUNTERS).id
        reason = self.chance.choice(("enough", "end of day"))
        somebody = self._somebody(*TicketState)
        waiting = self._somebody(TicketState.WAITING)
        acts: list[cmd.Command] = [
            cmd.Offer(session, reason, service="visa", action=self.chance.choice(("close", "open"))),
            cmd.Quota(session, reason, lane="priority", quota=self.chance.choice((None, 3))),
            cmd.Intake(session, self.chance.choice(("stop", "resume", "resume")), reason),
            cmd.AskCounter(session, counter, self.chance.choice(("open", "pause", "none"))),
        ]
        if somebody is not None:
            acts += [
                cmd.StaffTransfer(session, somebody, reason, stage="interview"),
                cmd.StaffTransfer(session, somebody, reason, service="visa"),
                cmd.StaffCancel(session, somebody, reason),
                cmd.StaffCancel(session, somebody, reason),
            ]
        if waiting is not None:
            acts += [cmd.StaffCall(session, waiting, one.id, reason) for one in COUNTERS]
        return self.chance.choice(acts)

    def _ask_staff(self, command: cmd.Command) -> bool:
        """Ask in the supervisor's session; whose session is over signs in again, and acts the next time."""
        if self._ask(command, client="web"):
            return True
        if self.hall.staff_session(session_digest(self.staff), self.now) is None:
            self.staff = f"staff-{len(self.lines)}"
            self._ask(cmd.StaffIn("dewi", PIN, self.staff, pin_matches=True), client="web")
        return False

    def _rate(self) -> None:
        """Let somebody who is done say how it was: that stands beside the journal, which says only that it was said."""
        ticket = self._somebody(TicketState.FINISHED)
        if ticket is None:
            return
        row = str(uuid.UUID(int=self.chance.getrandbits(128)))
        command = fcmd.Rate(ticket, self.chance.choice((1, 2, 3, 3, 4, 4)), asker="kiosk-1", row=row)
        try:
            decided = decide_feedback(self.hall, self.book, command, self.now)
        except DomainError:
            return
        self._keep(decided.events, "kiosk-1")
        for entry in decided.entries:
            enter(self.book, entry)
            if isinstance(entry, en.Rating):
                self.rated.append(entry)

    def _set_clock(self) -> None:
        """Let somebody set the clock, by minutes or by days."""
        by_s = self.chance.choice((-5400.5, 3600.25, 90_000.0, -90_000.0))
        at = self.now + dt.timedelta(seconds=by_s)
        self._keep([clock_set(self.hall, by_s, at)], ENGINE_CLIENT)
        self.now = at

    def _reload(self) -> None:
        """Let another configuration count: a lane promises something else, and the hall is rebuilt."""
        self._keep([ev.ConfigChanged(at=self.now, digest="d", sections=("lanes",))], ENGINE_CLIENT)
        promised_s = self.chance.choice((300, 900, 2700))
        self.office = self._office((LANES[0], replace(LANES[1], promised_s=promised_s)))
        self.book.office = self.office
        self.hall = Hall(self.office)
        for line in self.lines:
            apply(self.hall, line.event)

    # -- how it is done -------------------------------------------------------------------------------------------

    def _sign_in(self, counter: str, officer: str) -> None:
        token = f"token-{len(self.lines)}"
        leave = next((one for one, desk in self.hall.desks.items() if desk.officer == officer), None)
        if self._ask(cmd.SignIn(counter, officer, PIN, token, pin_matches=True, leave=leave)):
            self.tokens = {one: mine for one, mine in self.tokens.items() if one != leave} | {counter: token}

    def _at_counter(self, ask: Callable[[str, str], cmd.Command], *states: DeskState) -> None:
        fitting = [one for one in self.tokens if self.hall.desk_state(self.hall.desks[one]) in states]
        if fitting:
            counter = self.chance.choice(fitting)
            self._ask(ask(counter, self.tokens[counter]))

    def _somebody(self, *states: TicketState) -> str | None:
        fitting = [ticket.id for ticket in self.hall.tickets.values() if ticket.state in states]
        return self.chance.choice(fitting) if fitting else None

    def _ask(self, command: cmd.Command, *, client: str = "counter") -> bool:
        try:
            self._keep(decide(self.hall, command, self.now), client)
        except DomainError:
            return False
        return True

    def _keep(self, events: Sequence[Event], client: str) -> None:
        for event in events:
            apply(self.hall, event)
            seq = len(self.lines) + 1
            self.lines.append(Line(seq, client, event))
            self.kept.append(JournalLine(seq, client, EVENT_NAMES[type(event)], body_of(event), self.hall.day))


def offices(many: int, days: int) -> Iterator[MadeUpOffice]:
    """Yield offices that have lived so many days each."""
    for seed in range(many):
        office = MadeUpOffice(seed)
        office.live(days)
        yield office
