"""The nouns of the hall: what an office offers, tickets, desks, calls. All frozen, and nothing here decides."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter

from broker import eligible
from broker.domain.alerts import AlertRules
from broker.domain.feedback.rules import FeedbackRules
from broker.domain.identity import qr_text
from broker.domain.queue.pace import Pace
from broker.domain.queue.policies import Policy, Promise
from broker.domain.today import Change, Slot
from broker.permissions import COMPLAINTS, OFFICER, SUPERVISOR, TECHNICIAN


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


DONE = frozenset({TicketState.FINISHED, TicketState.NO_SHOW, TicketState.CANCELLED})
"""States in which a ticket waits for nobody; it leaves the hall when the office day turns."""


class DeskState(StrEnum):
    """What a counter is doing."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"
    CALLING = "calling"
    SERVING = "serving"


Spans = tuple[tuple[dt.time, dt.time], ...]
Opening = tuple[dt.datetime, dt.datetime]
"""From when until when something is open."""
LOOK_AHEAD_DAYS = 370
"""So far ahead it is looked when something opens next."""
NEVER = dt.timedelta(days=LOOK_AHEAD_DAYS - 2)
"""Who is open for so long does not close."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is open, by the office's clock. A span to `time.max` ends with the day."""

    weekly: Mapping[int, Spans] = field(default_factory=dict)
    """By weekday; Monday is 0."""
    dates: Mapping[dt.date, Spans] = field(default_factory=dict)
    """Of single days, in place of their weekday's."""

    def hold(self, local: dt.datetime) -> bool:
        """Tell whether they hold at this moment of the office's clock."""
        at = local.time()
        return any(begin <= at and (at < end or end == dt.time.max) for begin, end in self.spans_of(local.date()))

    def spans_of(self, day: dt.date) -> Spans:
        """Return the spans of one day, by the office's clock."""
        return self.dates.get(day, self.weekly.get(day.weekday(), ()))

    def openings(self, day: dt.date, zone: dt.tzinfo) -> Iterator[Opening]:
        """Yield from when until when they hold, from a day on; what goes on over midnight is one opening."""
        begun: Opening | None = None
        for first, last in self._spans_from(day, zone):
            if begun is not None and first <= begun[1]:
                begun = begun[0], max(begun[1], last)
                continue
            if begun is not None:
                yield begun
            begun = first, last
        if begun is not None:
            yield begun

    def openings_of(self, day: dt.date, zone: dt.tzinfo) -> Iterator[Opening]:
        """Yield from when until when they hold on one day."""
        for begin, end in self.spans_of(day):
            midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
            last = midnight if end == dt.time.max else dt.datetime.combine(day, end, zone)
            yield dt.datetime.combine(day, begin, zone), last

    def _spans_from(self, day: dt.date, zone: dt.tzinfo) -> Iterator[Opening]:
        for later in range(LOOK_AHEAD_DAYS):
            yield from self.openings_of(day + dt.timedelta(days=later), zone)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether numbers are given out by the clock, until when, and when they are the next time."""

    is_open: bool
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What a visitor comes for, and the stages it leads through."""

    id: str
    letter: str
    stages: tuple[str, ...]
    quota: int | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue beside the others, with the wait the office promises there."""

    id: str
    letter: str
    promised_s: int
    quota: int | None = None
    max_wait_s: int | None = None
    """Nobody here waits longer while others are served, whatever the policy says."""
    step_free: bool = False
    """Its visitors go to step-free counters only."""
    no_show_after_s: int = 0
    """A visitor has so long from the first call before being given up as not come."""
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A desk and what it may call; None means everything."""

    id: str
    label: str
    stages: tuple[str, ...]
    services: frozenset[str] | None = None
    lanes: frozenset[str] | None = None
    step_free: bool = False
    prefers: str | None = None
    """A lane that is called first whenever anyone waits there."""
    borrows: tuple[str, ...] = ()
    """Stages it helps out with while nobody waits for its own."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What happens to tickets that do not go straight through."""

    calls_before_no_show: int = 1
    rejoin_behind: int = 3
    """A missed visitor who comes back is called after so many others."""
    rejoin_times: int = 2
    sent_fallback_s: int = 900
    """A ticket sent to one counter may be called by any after so long."""
    closes_left: bool = True
    """At the end of the office day, whoever still waits where nobody serves is closed."""


@dataclass(frozen=True, slots=True)
class ReserveRules:
    """How many numbers a kiosk has in advance for a service in a lane, for when it cannot reach us."""

    least: int = 5
    most: int = 40
    cover_s: int = 1800
    """So long it lasts at the pace of the last minutes."""


@dataclass(frozen=True, slots=True)
class Office:
    """The rules of one office, as the configuration gives them."""

    id: str
    zone: dt.tzinfo
    languages: tuple[str, ...]
    services: Mapping[str, Service]
    lanes: Mapping[str, Lane]
    stage_standard_s: Mapping[str, int]
    counters: Mapping[str, Counter]
    officers: Mapping[str, str]
    hours: Hours | None = None
    """When tickets are given out, or None where the office never refuses by the clock."""
    posted_hours: Hours = Hours()
    """What is said of the hours, also where nobody is refused by them."""
    supervisors: frozenset[str] = frozenset()
    handlers: frozenset[str] = frozenset()
    """Officers who handle complaints."""
    technicians: frozenset[str] = frozenset()
    """Who looks after devices, and reads nothing that visitors wrote."""
    kiosks: frozenset[str] = frozenset()
    """Where visitors may call for help."""
    policy: Policy = field(default_factory=Promise)
    journey: Journey = field(default_factory=Journey)
    reserve: ReserveRules = field(default_factory=ReserveRules)
    public_url: str | None = None
    """Under which address visitors find the pages of their tickets; None where the office has none."""
    feedback: FeedbackRules = field(default_factory=FeedbackRules)
    alerts: AlertRules = field(default_factory=AlertRules)
    is_training: bool = False
    """Whether this is a training: no visitor is a true one."""

    def day(self, now: dt.datetime) -> dt.date:
        """Return the office day: the date on the wall of the office, not of UTC."""
        return now.astimezone(self.zone).date()

    def role_of(self, officer: str) -> str:
        """Return what an officer is, one of `broker.permissions.ROLES`."""
        roles = ((SUPERVISOR, self.supervisors), (COMPLAINTS, self.handlers), (TECHNICIAN, self.technicians))
        return next((role for role, whose in roles if officer in whose), OFFICER)

    def is_open(self, hours: Hours | None, now: dt.datetime) -> bool:
        """Tell whether `hours` hold at this moment, by the office's clock."""
        return hours is None or hours.hold(now.astimezone(self.zone))

    def standing(self, now: dt.datetime) -> Standing:
        """Return whether the office is open, until when, and when it opens next."""
        if self.hours is None:
            return Standing(is_open=True)
        openings = self.hours.openings(self.day(now) - dt.timedelta(days=1), self.zone)
        coming = next((opening for opening in openings if now < opening[1]), None)
        if coming is None or now < coming[0]:
            return Standing(is_open=False, opens_at=None if coming is None else coming[0])
        closes_at = coming[1] if coming[1] - now < NEVER else None
        following = next(openings, None)
        return Standing(is_open=True, closes_at=closes_at, opens_at=None if following is None else following[0])

    def opens_at(self, hours: Iterable[Hours | None], now: dt.datetime) -> dt.datetime | None:
        """Return when all of these hold at once the next time; None where they do now, or not for a year."""
        bound = [each for each in hours if each is not None]
        if all(self.is_open(each, now) for each in bound):
            return None
        begins = heapq.merge(*(map(itemgetter(0), each.openings(self.day(now), self.zone)) for each in bound))
        return next((at for at in begins if at > now and all(self.is_open(each, at) for each in bound)), None)

    def stage_after(self, service: str, stage: str) -> str | None:
        """Return the stage that follows; None after the last, or where the configuration dropped one of the two."""
        offered = self.services.get(service)
        stages = () if offered is None else offered.stages
        later = stages[stages.index(stage) + 1 :] if stage in stages else ()
        return later[0] if later else None

    def may_serve(self, counter: Counter, stage: str, service: str, lane: str) -> bool:
        """Tell whether a counter calls such a ticket as its own work."""
        return eligible.serves(counter, stage, service, self.lanes[lane])

    def may_call(self, counter: Counter, stage: str, service: str, lane: str) -> bool:
        """Tell whether a counter calls such a ticket at all, be it as borrowed work."""
        return eligible.may_call(counter, stage, service, self.lanes[lane])

    def may_take(self, counter: Counter, service: str, lane: str) -> bool:
        """Tell whether a counter may serve such visitors at some stage."""
        return eligible.takes(counter, service, self.lanes[lane])


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a ticket's history."""

    at: dt.datetime
    type: str
    stage: str | None = None
    counter: str | None = None


Group = tuple[str, str, str, str]
"""(stage, service, lane, counter sent to or nothing)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One visitor's turn.

    `waiting_since` starts anew with each stage. `ranked_since` is what its turn is measured from: earlier than that by
    what the visitor has waited at stages before, or later for one who was missed and came back.
    """

    id: str
    series: str
    sequence: int
    number: str
    day: dt.date
    service: str
    lane: str
    language: str
    stage: str
    state: TicketState
    issued_at: dt.datetime
    waiting_since: dt.datetime
    ranked_since: dt.datetime
    order: int
    counter: str | None = None
    called_at: dt.datetime | None = None
    started_at: dt.datetime | None = None
    times_called: int = 0
    copies: int = 0
    paper: str | None = None
    """What the kiosk told of the last paper: confirmed, unconfirmed, failed, or nothing yet."""
    sent_to: str = ""
    """The one counter that may call it, until `sent_until`."""
    sent_until: dt.datetime | None = None
    note: str | None = None
    """Why it is held."""
    rejoined: int = 0
    check: str | None = field(default=None, repr=False)
    """What only the paper tells."""
    key: str | None = field(default=None, repr=False)
    """The same, for the page on the phone: on its own it finds the ticket and shows the holder."""
    client: str | None = None
    """Who issued it."""
    officer: str | None = None
    """Who finished it last."""
    history: tuple[Happening, ...] = ()

    @property
    def group(self) -> Group:
        """Return what tickets served in order of arrival have in common."""
        return self.stage, self.service, self.lane, self.sent_to

    @property
    def qr(self) -> str:
        """Return a text that finds the ticket, and tells nothing about the visitor nor what only the paper tells."""
        return qr_text(self.id)

    @property
    def paper_qr(self) -> str:
        """Return the text of the code on a paper that leads to no page: whoever shows it holds the ticket."""
        return qr_text(self.id, self.check)


@dataclass(frozen=True, slots=True)
class Blank:
    """A number that is lent to a kiosk, with all that its paper tells beside it."""

    ticket: str
    sequence: int
    check: str = field(repr=False)
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Lent:
    """The same in the hall: to whom, for what, and since when."""

    blank: Blank
    client: str
    day: dt.date
    series: str
    service: str
    lane: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a ticket was next; scores are waited shares of the lane's promise."""

    policy: str
    score: float
    waited_s: int
    promised_s: int
    passed_over: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, as screens show it."""

    ticket: str
    number: str
    lane: str
    language: str
    counter: str
    called_at: dt.datetime
    times_called: int


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last action of a desk: how ticket and desk were before it, and how it left the ticket.

    Beside them the pace of the stage and the turn of the lanes, each before and after.
    """

    at: dt.datetime
    action: str
    before: Ticket
    desk: Desk
    after: Ticket
    pace: tuple[Pace, Pace]
    turn: tuple[int, int]
    called_before: str | None = None
    """Which number of the service was the last one called before this call."""
    earlier: Undoable | None = None
    """The end of a visit that this call followed: once the call is taken back, that can be too."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The last act of somebody of the staff, which sent a ticket elsewhere or closed it."""

    at: dt.datetime
    act: str
    before: Ticket
    after: Ticket
    desk: Desk | None
    """The counter that had the ticket before, and how it was left."""
    left: Desk | None
    pace: tuple[Pace, Pace]


@dataclass(frozen=True, slots=True)
class Called:
    """The same, which let a counter call; it is taken back as the counter would."""

    at: dt.datetime
    act: str
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The same, which changed something for today."""

    at: dt.datetime
    act: str
    slot: Slot
    before: Change | None
    after: Change | None


StaffAct = Moved | Called | Changed


@dataclass(frozen=True, slots=True)
class Desk:
    """One counter now: who sits there and whom they have before them."""

    counter: str
    officer: str | None = None
    session: str | None = None
    paused: bool = False
    ticket: str | None = None
    reason: Reason | None = None
    served_today: int = 0
    service_s_today: float = 0.0
    login: str | None = None
    """Which login the session was given to."""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody of the staff who is signed in without a counter."""

    officer: str
    since: dt.datetime
    day: dt.date
    """The office day with which it ends."""
    with_password: bool = False
    """Whether the officer has one, by which they sign in in place of the PIN."""
    with_code: bool = False
    """Whether the officer has a second factor."""
    login: str | None = None
    """Which login of the pages the session was given to."""


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A visitor at a kiosk for whom somebody is to come; `counter` is whose officer is on the way."""

    kiosk: str
    since: dt.datetime
    page: str | None
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A range of seconds in which the call is expected: from the 20th to the 80th percentile."""

    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class Promised:
    """What a visitor was told with the number, and what the usual rule would have been made of."""

    ahead: int
    low_s: int
    high_s: int
    average_s: float
    """Average service time of the day at that moment."""
    counters: int
    """Open counters that served the stage."""
