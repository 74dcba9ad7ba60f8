"""No number twice, no paper lost: an office and two kiosks that go on alone, whatever breaks in between.

Real decisions and events, the real reserve of a kiosk; what is modelled is what breaks: links, processes, clocks, a
database that went back in time. What is written down (`journal`, `replies`, `disk`) survives a kill, the rest does not.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from broker.contract.messages import LeasedNumbers
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.apply import apply
from broker.domain.decide import clock_set, decide, end_of_day
from broker.domain.errors import Code, DomainError
from broker.domain.hall import Hall
from broker.domain.model import ReserveRules
from broker.domain.reserve import GRACE, RESERVE_FROM
from broker.domain.vocabulary import Event
from broker.gateway.shapes import leased_shape
from broker.store.given import NONE_GIVEN
from kiosk.outbox.reserve import Asked, Given, Outbox
from tests.fakes.clock import MORNING
from tests.fakes.halls import contents
from tests.fakes.offices import small_office
from tests.support.trials import examples

PLACES, KIOSKS = (("visa", "regular"), ("visa", "priority")), ("kiosk-1", "kiosk-2")
OFFICE = small_office(kiosks=frozenset(KIOSKS), reserve=ReserveRules(least=2, most=4))
Answer = LeasedNumbers | Code | None
Told = tuple[Answer, list[Event], int]
"""An answer, what it led to, and how long the journal was with it."""


@dataclass
class Kiosk:
    """One kiosk: what is on its disk, and what of the world it sees."""

    name: str
    disk: Outbox = field(default_factory=lambda: Outbox(boot="0"))
    image: Outbox = field(default_factory=Outbox)
    """An older copy of the disk."""
    boot: int = 0
    """How often its machine was started."""
    unsure: tuple[str, ...] = ()
    """Numbers of before that, to be given back."""
    is_linked: bool = True
    off_by: dt.timedelta = dt.timedelta()
    """How wrong its clock is."""
    heard: list[tuple[str, LeasedNumbers | None]] = field(default_factory=list)
    """Every answer to a lease: a network may bring it again, at any time."""
    unknown: list[cmd.Issue] = field(default_factory=list)
    """What was asked for as the line was cut, on disk: whether it was done is asked once the line is back."""
    in_flight: list[cmd.Issue] = field(default_factory=list)
    """The same as it may still lie in a buffer of the network."""


KIOSK = st.sampled_from([0, 1])
PLACE = st.sampled_from([PLACES[0], PLACES[0], PLACES[1]])
BREAKS = st.sampled_from(["nothing"] * 5 + ["before the engine", "after the engine", "after the disk"])
"""Where somebody is killed, or the cable is: each side may have done its part, and the other does not know."""


def of_hall(events: list[Event]) -> list[ev.Event]:
    """Return them without what belongs to feedback."""
    return [event for event in events if isinstance(event, ev.Event)]


class OfficeAlone(RuleBasedStateMachine):
    """An engine that is killed and rolled back, two kiosks that are cut off and killed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MORNING
        self.hall = Hall(OFFICE)
        self.journal: list[Event] = []
        self.ever: list[Event] = []
        """All that was ever committed, also what a rollback took: what the head beside the database knows."""
        self.replies: dict[tuple[str, str], Told] = {}
        self.kiosks = [Kiosk(name) for name in KIOSKS]
        self.ids: Iterator[int] = itertools.count(1)
        self.papers: dict[tuple[dt.date, str], str] = {}
        """By day and number: whose ticket it is. Filled where a paper comes out, online or not."""
        self.superseded: set[str] = set()
        """Tickets in whose place their visitors have numbers in advance, where the office was asked about them."""
        self.told: set[str] = set()
        """Tickets of which the office has said that it knows."""
        self.excused: set[str] = set()
        """Tickets that a rollback, a dead kiosk, or a whole day without a link took from it."""

    # -- the two sides --------------------------------------------------------------------------------------------

    def commit(self, events: list[Event]) -> None:
        """Write down and let happen."""
        for event in events:
            apply(self.hall, event)
        self.journal += events
        self.ever += events

    def engine(self, client: str, request: str, command: cmd.Command) -> Told:
        """Answer a request, the same one the same."""
        if (client, request) not in self.replies:
            answer: Answer = None
            events: list[Event] = []
            try:
                events = list(decide(self.hall, command, self.now))
            except DomainError as refusal:
                answer = refusal.code
            self.commit(events)
            if isinstance(command, cmd.Lease) and answer is None:
                answer = leased_shape(self.hall, of_hall(events), command, self.now)
            self.replies[client, request] = answer, events, len(self.journal)
        return self.replies[client, request]

    def clock_of(self, kiosk: Kiosk) -> dt.datetime:
        """Return what time it is for a kiosk."""
        return self.now + kiosk.off_by

    def print(self, day: dt.date, number: str, ticket: str) -> None:
        """Let a paper come out: nobody else may have this number on this day."""
        assert (day, number) not in self.papers, f"{number} of {day} is on two papers"
        self.papers[day, number] = ticket

    # -- what happens ---------------------------------------------------------------------------------------------

    @rule(which=KIOSK, visitors=st.lists(st.tuples(PLACE, BREAKS), min_size=1, max_size=4))
    def visitors(self, which: int, visitors: list[tuple[tuple[str, str], str]]) -> None:
        """Let some want numbers: from the office, or from the reserve where that cannot be reached."""
        for place, breaks in visitors:
            self.visitor(self.kiosks[which], place, breaks)

    def visitor(self, kiosk: Kiosk, place: tuple[str, str], breaks: str) -> None:
        """One does."""
        if kiosk.is_linked:
            self.issue_online(kiosk, place, breaks)
            return
        found = kiosk.disk.give(*place, "id", self.clock_of(kiosk))
        if found is None or breaks == "before the engine":
            return
        kiosk.disk, given = found
        if breaks != "after the disk":  # killed before the paper: the number is used up, and handed in all the same
            self.print(given.held.day, given.held.blank.number, given.held.blank.ticket)

    def issue_online(self, kiosk: Kiosk, place: tuple[str, str], breaks: str) -> None:
        """Ask the office for a number."""
        if breaks == "before the engine":
            return
        identity = str(uuid.UUID(int=next(self.ids)))
        command = cmd.Issue(identity, *place, "id", asker=kiosk.name)
        _, events, _ = self.engine(kiosk.name, identity, command)
        issued = next((e for e in events if isinstance(e, ev.Issued)), None)
        if issued is not None:
            assert issued.sequence < RESERVE_FROM  # the order of the hall has no holes but those of a recovery
        if issued is not None and breaks == "nothing":
            self.print(issued.day, issued.number, issued.ticket)
            self.excused.add(issued.ticket)

    @rule(which=KIOSK, place=PLACE, breaks=BREAKS, is_late=st.booleans())
    def cut_while_asking(self, which: int, place: tuple[str, str], breaks: str, *, is_late: bool) -> None:
        """Cut the line while a visitor waits for an answer: a number in advance takes its place, and never both."""
        kiosk = self.kiosks[which]
        identity = str(uuid.UUID(int=next(self.ids)))
        command = cmd.Issue(identity, *place, "id", asker=kiosk.name)
        if not kiosk.is_linked or kiosk.disk.left(*place, self.clock_of(kiosk)) == 0:
            return
        kiosk.unknown.append(command)
        if breaks != "before the engine":
            self.engine(kiosk.name, identity, command)
        elif is_late:
            kiosk.in_flight.append(command)
        kiosk.is_linked = False
        self.visitor(kiosk, place, breaks if breaks == "after the disk" else "nothing")

    @rule(which=KIOSK)
    def arrives_late(self, which: int) -> None:
        """Bring what lay in a buffer: where nobody has asked meanwhile whether it was done, it is done now."""
        kiosk = self.kiosks[which]
        for command in kiosk.in_flight:
            self.engine(kiosk.name, command.ticket, command)
        kiosk.in_flight = []

    def find_out(self, kiosk: Kiosk) -> None:
        """Ask whether what was asked for was done, and give that up: its visitor has a number in advance."""
        for command in kiosk.unknown:
            key = kiosk.name, command.ticket
            answer, events, _ = self.replies.setdefault(key, (Code.TOO_LATE, [], len(self.journal)))
            if answer is None and any(isinstance(one, ev.Issued) for one in events):
                cancel = cmd.Cancel(command.ticket, reason="superseded", asker=kiosk.name)
                self.engine(kiosk.name, f"cancel-{command.ticket}", cancel)
        self.superseded |= {command.ticket for command in kiosk.unknown}
        kiosk.unknown = []

    @rule(which=KIOSK, breaks=BREAKS)
    def lease(self, which: int, breaks: str) -> None:
        """Let a kiosk ask for numbers in advance; killed on the way, it asks the same again."""
        kiosk = self.kiosks[which]
        for service, lane in PLACES:
            holds = kiosk.disk.left(service, lane, self.clock_of(kiosk))
            asked = Asked(id=f"lease-{next(self.ids)}", service=service, lane=lane, holds=holds)
            kiosk.disk = kiosk.disk.asking(asked)
        if breaks != "before the engine":
            self.ask_leases(which, breaks)

    @rule(which=KIOSK, breaks=BREAKS)
    def ask_leases(self, which: int, breaks: str) -> None:
        """All that was asked for and not answered is asked again, and some answers come twice."""
        kiosk = self.kiosks[which]
        for asked in kiosk.disk.asked if kiosk.is_linked and breaks != "before the engine" else ():
            command = cmd.Lease(asked.service, asked.lane, asked.holds, kiosk.name, f"chance {next(self.ids)}")
            answer, _, _ = self.engine(kiosk.name, asked.id, command)
            if breaks == "after the engine":
                return
            leased = answer if isinstance(answer, LeasedNumbers) else None
            kiosk.heard.append((asked.id, leased))
            kiosk.disk = kiosk.disk.answered(asked.id, leased)

    @rule(which=KIOSK, breaks=BREAKS)
    def hand_in(self, which: int, breaks: str) -> None:
        """Put the link back: the kiosk tells whom it gave numbers, in order, each until it hears of it."""
        kiosk = self.kiosks[which]
        kiosk.is_linked = True
        if breaks != "before the engine":
            self.find_out(kiosk)
        for given in kiosk.disk.given if breaks != "before the engine" else ():
            self.hand_in_one(kiosk, given, is_heard=breaks == "nothing")

    def hand_in_one(self, kiosk: Kiosk, given: Given, *, is_heard: bool) -> None:
        """Hand one in; the answer may be lost."""
        blank, held = given.held.blank, given.held
        command = cmd.HandIn(
            blank.ticket,
            held.day.isoformat(),
            blank.number,
            held.service,
            held.lane,
            blank.check,
            given.arrived_at,
            blank.key,
            given.language,
            kiosk.name,
        )
        answer, events, _ = self.engine(kiosk.name, f"hand-in-{blank.ticket}-{next(self.ids)}", command)
        assert answer in {None, Code.ALREADY_GIVEN, Code.TOO_LATE}, answer
        if answer is Code.TOO_LATE:
            assert held.day < self.hall.day_of(self.now)
            self.excused.add(blank.ticket)
        for event in events:
            if isinstance(event, ev.Issued):
                assert (event.ticket, event.number, event.day) == (blank.ticket, blank.number, held.day)
                assert event.arrived_at is not None
                assert event.arrived_at <= self.now
                ticket = self.hall.tickets[event.ticket]
                assert ticket.issued_at == ticket.ranked_since == event.arrived_at
        if is_heard:
            self.told.add(blank.ticket)
            kiosk.disk = kiosk.disk.handed_in(blank.ticket)

    @rule(which=KIOSK, breaks=BREAKS)
    def give_back(self, which: int, breaks: str) -> None:
        """Numbers whose day is over are struck out first, and then given back."""
        kiosk = self.kiosks[which]
        over = (*kiosk.unsure, *kiosk.disk.over(self.clock_of(kiosk)))
        kiosk.unsure = ()
        kiosk.disk = kiosk.disk.without(over)
        if over and kiosk.is_linked and breaks != "before the engine":
            self.engine(kiosk.name, f"back-{next(self.ids)}", cmd.GiveBack(over, kiosk.name))

    @initialize()
    def the_day_begins(self) -> None:
        """Both kiosks have numbers in advance, and the second one is cut off."""
        for which in range(len(KIOSKS)):
            self.lease(which, "nothing")
        self.kiosks[1].is_linked = False

    @rule(which=KIOSK)
    def the_cable(self, which: int) -> None:
        """Somebody pulls it out, or puts it back."""
        self.kiosks[which].is_linked = not self.kiosks[which].is_linked

    @rule(which=KIOSK)
    def another_card(self, which: int) -> None:
        """Let a kiosk lose all that it had: its numbers end as void, and are never lent anew."""
        kiosk = self.kiosks[which]
        self.excused |= {given.held.blank.ticket for given in kiosk.disk.given}
        self.kiosks[which] = Kiosk(kiosk.name, Outbox(boot=str(kiosk.boot)), boot=kiosk.boot, is_linked=kiosk.is_linked)

    @rule(which=KIOSK)
    def takes_an_image(self, which: int) -> None:
        """Copy a kiosk's disk."""
        self.kiosks[which].image = self.kiosks[which].disk

    @rule(which=KIOSK, is_linked=st.booleans())
    def starts_while_alone(self, which: int, *, is_linked: bool) -> None:
        """Kill a kiosk's process, and start it while the machine runs on: what is on its disk counts."""
        kiosk = self.kiosks[which]
        kiosk.disk, unsure = kiosk.disk.since(str(kiosk.boot))
        assert unsure == ()
        kiosk.is_linked = is_linked

    @rule(which=KIOSK, is_linked=st.booleans(), is_older=st.booleans())
    def its_machine_starts_anew(self, which: int, *, is_linked: bool, is_older: bool) -> None:
        """Start a kiosk's machine, perhaps with an older copy of its disk: of before nothing is given out."""
        kiosk = self.kiosks[which]
        if is_older:
            left = {given.held.blank.ticket for given in kiosk.image.given}
            self.excused |= {given.held.blank.ticket for given in kiosk.disk.given} - left
            kiosk.disk = kiosk.image
        kiosk.boot += 1
        kiosk.disk, kiosk.unsure = kiosk.disk.since(str(kiosk.boot))
        assert kiosk.disk.held == ()
        kiosk.is_linked = is_linked

    @rule(which=KIOSK, hours=st.sampled_from([-30, -2, 0, 2, 30]))
    def a_kiosks_clock(self, which: int, hours: int) -> None:
        """Let a kiosk's clock be wrong."""
        self.kiosks[which].off_by = dt.timedelta(hours=hours)

    @rule(hours=st.sampled_from([-26, -2, 2, 26]))
    def the_engines_clock(self, hours: int) -> None:
        """Set the engine's clock."""
        if self.hall.day is not None:
            by = dt.timedelta(hours=hours)
            self.now += by
            self.commit([clock_set(self.hall, by.total_seconds(), self.now)])

    @rule(minutes=st.sampled_from([1, 30, 180]))
    def time_passes(self, minutes: int) -> None:
        """Nothing happens for a while."""
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def night(self) -> None:
        """Let the next morning come, and the engine look at what is left."""
        self.now += dt.timedelta(days=1)
        self.commit(list(end_of_day(self.hall, self.now)))

    @rule()
    def engine_restarts(self) -> None:
        """Kill the engine; it rebuilds the hall from what is written, and that is the same."""
        before, self.hall = contents(self.hall), Hall(OFFICE)
        for event in self.journal:
            apply(self.hall, event)
        assert contents(self.hall) == before

    @rule(share=st.floats(0, 1))
    def rolled_back(self, share: float) -> None:
        """Put an older copy of the database back, and recover: it goes on behind what the head knows."""
        length = round(len(self.journal) * share)
        gone, self.journal = self.journal[length:], self.journal[:length]
        self.excused |= {e.ticket for e in gone if isinstance(e, ev.Issued)} & self.told
        self.superseded -= {e.ticket for e in gone if isinstance(e, ev.Cancelled)}
        for kiosk in self.kiosks:
            kiosk.in_flight = []  # the server was down meanwhile
        self.replies = {key: told for key, told in self.replies.items() if told[2] <= length}
        self.hall = Hall(OFFICE)
        for event in self.journal:
            apply(self.hall, event)
        head = NONE_GIVEN.after(self.ever)
        if gone and head.day is not None:
            skipped = {"numbers": head.numbers, "in_advance": head.in_advance}
            self.commit([ev.NumbersSkipped(at=self.now, day=head.day, **skipped, why="recover")])

    # -- what is always so ----------------------------------------------------------------------------------------

    @invariant()
    def no_number_is_given_out_twice(self) -> None:
        """Neither in the journal that counts, nor among lent numbers, nor on paper (`print` looks at that)."""
        issued = [(e.day, e.number) for e in self.journal if isinstance(e, ev.Issued)]
        assert len(issued) == len(set(issued))
        lent = [
            (e.day, e.series, blank.sequence)
            for e in self.journal
            if isinstance(e, ev.NumbersLeased)
            for blank in e.blanks
        ]
        assert len(lent) == len(set(lent))
        held = [(one.day, one.blank.number) for kiosk in self.kiosks for one in kiosk.disk.held]
        assert len(held) == len(set(held))
        assert self.papers.keys().isdisjoint(held)

    @invariant()
    def an_answer_that_comes_again_brings_nothing(self) -> None:
        """Whenever the network brings it: its numbers may be on paper by now."""
        for kiosk in self.kiosks:
            assert all(kiosk.disk.answered(request, leased) == kiosk.disk for request, leased in kiosk.heard)

    @invariant()
    def nobody_waits_by_two_numbers(self) -> None:
        """Look for what a number in advance took the place of: nowhere, once the office was asked."""
        waiting = {ticket.id for group in self.hall.groups.values() for ticket in group}
        assert not waiting & self.superseded
        assert not set(self.papers.values()) & self.superseded

    @invariant()
    def whoever_came_first_stands_first(self) -> None:
        """By true arrival, whenever it was told."""
        for group in self.hall.groups.values():
            came = [ticket.issued_at for ticket in group]
            assert came == sorted(came)

    def teardown(self) -> None:
        """Put all cables back and let three nights pass: every paper is known, every lent number is accounted for."""
        for kiosk in self.kiosks:
            kiosk.is_linked, kiosk.off_by = True, dt.timedelta()
            self.find_out(kiosk)
            for given in kiosk.disk.given:
                self.hand_in_one(kiosk, given, is_heard=False)
                self.hand_in_one(kiosk, given, is_heard=True)
            assert not kiosk.disk.given
        known = {e.ticket for e in self.journal if isinstance(e, ev.Issued)}
        assert set(self.papers.values()) - self.excused <= known
        for _ in range(3):
            self.night()
        while any(one.day >= self.hall.day_of(self.now) - GRACE for one in self.hall.lent.values()):
            self.night()  # the clock was set back by days since
        while events := end_of_day(self.hall, self.now + dt.timedelta(days=1)):
            self.commit(list(events))
        if self.hall.doubted_since is None:
            assert not self.hall.lent
            ends = [ticket for e in self.journal if isinstance(e, ev.LeaseEnded) for ticket in e.tickets]
            lent = {one.ticket for e in self.journal if isinstance(e, ev.NumbersLeased) for one in e.blanks}
            assert sorted([*ends, *(known & lent)]) == sorted(lent)


TestOfficeAlone = OfficeAlone.TestCase
TestOfficeAlone.settings = settings(max_examples=examples(150), stateful_step_count=50)
