"""The messages of the wire as frozen models: replies, states, events, presences.

Receivers ignore fields they do not know, so that a newer engine does not blind an older screen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MAX_PAYLOAD_BYTES = 8 * 1024
"""So long is a message at most."""
PROTOCOL = "1.5"
"""What is spoken here; a minor version only adds."""

AlertKind = Literal["wait", "forecast", "idle_counter", "paper_low", "device_lost", "quota_near", "complaint_due"]
TicketState = Literal["waiting", "called", "serving", "held", "finished", "no_show", "cancelled"]
CounterState = Literal["closed", "open", "paused", "calling", "serving"]
ErrorCode = Literal[
    "bad_request",
    "unknown_service",
    "unknown_lane",
    "unknown_ticket",
    "unknown_counter",
    "unknown_officer",
    "wrong_pin",
    "weak_pin",
    "no_session",
    "not_allowed",
    "lane_closed",
    "service_closed",
    "quota_reached",
    "illegal_transition",
    "counter_busy",
    "nothing_to_undo",
    "storage_failed",
    "not_ready",
    "too_late",
    "too_early",
    "too_many",
    "not_holder",
    "already_given",
    "not_invited",
    "unknown_survey",
    "unknown_complaint",
    "unknown_suggestion",
    "unknown_session",
    "code_needed",
    "wrong_code",
    "weak_password",
    "conflict",
    "bad_rules",
]
OVER = "over"
"""The step of a training after the last one."""
PASSING: frozenset[ErrorCode] = frozenset({"storage_failed", "not_ready", "too_many"})
"""Refusals that say nothing of what was asked, and are not kept: nothing was done, and the same may be done later."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A time or date that is written out on the wire: pydantic alone takes any number, as text too, for seconds."""

    pattern: str
    wanted: str

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let JSON hold one form; our own side hands over what it is."""
        is_time = issubclass(source, dt.datetime)
        own = core_schema.datetime_schema(tz_constraint="aware") if is_time else handler(source)
        text = core_schema.str_schema(strict=True, pattern=self.pattern)
        read = core_schema.chain_schema([text, {**own, "strict": False}])
        told = core_schema.custom_error_schema(read, "written_out", custom_error_message=self.wanted)
        return core_schema.json_or_python_schema(told, own)


Moment = Annotated[
    dt.datetime,
    _Written(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
        "a time with its offset is needed, such as 2026-03-02T08:00:00+07:00",
    ),
]
"""A time of the wire: RFC 3339."""
Day = Annotated[dt.date, _Written(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a date is needed, such as 2026-03-02")]
Text = dict[str, str]
TextList = dict[str, tuple[str, ...]]


class Message(BaseModel):
    """Base of what the engine says."""

    model_config = ConfigDict(frozen=True, extra="ignore")


M = TypeVar("M", bound=BaseModel)


def marked(message: M, *, retained: bool) -> M:
    """Return a message that tells whether the server had kept it, where it is of a kind that tells."""
    return message.model_copy(update={"retained": retained}) if "retained" in type(message).model_fields else message


class Wait(Message):
    """A range of seconds: the middle of what is expected, never a single figure."""

    low_s: int
    high_s: int


class StaffSession(Message):
    """Somebody of the staff who is signed in without a counter."""

    id: str
    """Names the session in `staff_revoke`; nobody can act with it."""
    officer: str
    """Id."""
    name: str
    role: str
    since: Moment
    is_own: bool
    """Whether it is the session that asks."""
    with_password: bool = False
    """Whether the officer has a password, by which they sign in in place of the PIN."""
    with_code: bool = False
    """Whether the officer has a second factor."""


class HistoryEntry(Message):
    """One thing that happened to a ticket."""

    at: Moment
    type: str
    stage: str | None = None
    counter: str | None = None


class Ticket(Message):
    """One visitor's turn. `waiting_since` starts anew with each stage."""

    id: str
    number: str
    service: str
    lane: str
    stage: str
    state: TicketState
    language: str
    issued_at: Moment
    waiting_since: Moment
    ahead: int
    wait: Wait | None = None
    counter: str | None = None
    copies: int = 0
    qr: str
    check: str | None = None
    """The check code that the paper carries: only in the reply that gives out a paper."""
    key: str | None = None
    """What the page on the phone goes by, which `qr` then leads to: only in the same reply."""
    is_wait_known: bool = True
    """Not of one that a kiosk gives out by itself: `ahead` and `wait` say nothing then."""
    times_called: int = 0
    history: tuple[HistoryEntry, ...] = ()


class Blank(Message):
    """A number that is lent to a kiosk, with all that its paper tells."""

    ticket: str
    """Its id."""
    number: str
    check: str
    key: str | None = None
    qr: str


class LeasedNumbers(Message):
    """What `lease` has lent: for one service in one lane, and for one office day."""

    day: Day
    until: Moment
    """When that day ends: none of them is given out afterwards."""
    service: str
    lane: str
    blanks: tuple[Blank, ...] = ()


class PassedOver(Message):
    """A ticket that arrived earlier and waits on."""

    number: str
    score: float


class Reason(Message):
    """Why this ticket was next. `score` is its waited share of the lane's promise (1.0 = all of it)."""

    policy: str
    score: float
    waited_s: int
    promised_s: int
    passed_over: tuple[PassedOver, ...] = ()


class Error(Message):
    """Why a request was refused; screens translate the code, the text is for logs."""

    code: ErrorCode
    message: str
    detail: dict[str, Any] = Field(default_factory=dict)


class Reply(Message):
    """The answer to one request."""

    id: str
    ok: bool
    result: dict[str, Any] | None = None
    error: Error | None = None


class OfficeName(Message):
    """Who the office is."""

    id: str
    name: Text
    timezone: str


class ServiceInfo(Message):
    """One service; its procedure comes by `state/service/{service}` (a broker older than 1.1 sends it here)."""

    id: str
    letter: str
    name: Text
    stages: tuple[str, ...]
    promised_wait_s: int
    group: str | None = None
    """With which others it stands together on a screen."""
    icon: str | None = None
    """Name of its pictogram, of the set Material Symbols."""
    short_name: Text | None = None
    """Where there is no room for the name."""
    documents: TextList = Field(default_factory=dict, exclude=True)
    steps: TextList = Field(default_factory=dict, exclude=True)
    fee: Text = Field(default_factory=dict, exclude=True)
    time: Text = Field(default_factory=dict, exclude=True)
    source: str = Field(default="", exclude=True)
    effective_from: Day | None = Field(default=None, exclude=True)

    def procedure(self) -> ServiceMessage:
        """Return what is said of the service's procedure alone. Raises ValidationError where none was told."""
        return ServiceMessage(**{name: getattr(self, name) for name in ServiceMessage.model_fields})


class ServiceMessage(Message):
    """`state/service/{service}`: what a visitor of one service has to bring, do and pay."""

    id: str
    documents: TextList
    steps: TextList
    fee: Text
    time: Text
    source: str
    effective_from: Day


class Ground(Message):
    """One reason why somebody may take a lane, in two or three words beside a pictogram."""

    icon: str
    text: Text


class LaneInfo(Message):
    """One lane: letter and shape beside the name, so that colour is never alone."""

    id: str
    letter: str
    shape: str
    name: Text
    rule: Text
    promised_wait_s: int
    step_free: bool = False
    """Its visitors go to step-free counters only."""
    grounds: tuple[Ground, ...] = ()
    """Who may take it at a glance; `rule` is the law behind it."""


class GroupInfo(Message):
    """Services that stand together on a screen."""

    id: str
    name: Text


class StageInfo(Message):
    """One stage of a visit."""

    id: str
    name: Text


class CounterInfo(Message):
    """One counter and what it serves; None means everything."""

    id: str
    label: str
    stages: tuple[str, ...]
    services: tuple[str, ...] | None = None
    lanes: tuple[str, ...] | None = None
    step_free: bool = False
    borrows: tuple[str, ...] = ()
    """Stages it helps out with while nobody waits for its own."""


class OfficeMessage(Message):
    """`state/office`: what the office offers. No officers, no PINs."""

    office: OfficeName
    languages: tuple[str, ...]
    services: tuple[ServiceInfo, ...]
    lanes: tuple[LaneInfo, ...]
    stages: tuple[StageInfo, ...]
    counters: tuple[CounterInfo, ...]
    groups: tuple[GroupInfo, ...] = ()
    policy: str = "promise"
    """What orders the queues (`dispatch.type`): scores are shares of the promise there, seconds under the others."""
    is_training: bool = False
    """Nothing here is true: whatever shows or says something of this office says that it is a training."""


class Calling(Message):
    """One call, as a display shows it."""

    number: str
    lane: str
    language: str = "id"
    counter: str
    counter_label: str
    called_at: Moment
    times_called: int


class WaitingGroup(Message):
    """How many wait for one stage, service and lane, and how long a newcomer would."""

    stage: str
    service: str
    lane: str
    count: int
    wait: Wait | None = None
    offer: Literal["open", "closed", "full"] = "open"
    """Whether a ticket would be given out now; `full` is over the day's quota."""
    opens_at: Moment | None = None
    """Of one that is `closed`: when it is given out again by all hours that it keeps, today or on any other day."""


class HallCounter(Message):
    """One counter in the live picture."""

    id: str
    label: str
    state: CounterState
    number: str | None = None


class Span(Message):
    """From when until when."""

    begin: Moment
    end: Moment


class HoursInfo(Message):
    """Whether numbers are given out by the office's hours, and when that changes."""

    is_open: bool
    today: tuple[Span, ...] = ()
    """What is said of today, also where nobody is refused by the clock."""
    closes_at: Moment | None = None
    opens_at: Moment | None = None
    """When it opens next, today or on any other day."""


class IntakeInfo(Message):
    """Whether somebody of the staff stopped the giving out of numbers, and until when."""

    is_stopped: bool
    until: Moment | None = None
    """When it goes on by itself; None where that is not today, or not known."""


class ClosedToday(Message):
    """A service or a lane that somebody of the staff closed for today."""

    service: str | None = None
    lane: str | None = None


class State(Message):
    """What stands on a topic until it changes."""

    retained: bool = Field(default=False, exclude=True)
    """Not on the wire: the server had kept it for us, so that it may be of any age. The bus sets it."""


class HallMessage(State):
    """`state/hall`: enough to draw a display from nothing."""

    revision: int
    seq: int
    at: Moment
    day: Day
    calling: tuple[Calling, ...] = ()
    recent: tuple[Calling, ...] = ()
    waiting: tuple[WaitingGroup, ...] = ()
    counters: tuple[HallCounter, ...] = ()
    unanswered_s: int = 0
    """How old the oldest request is that nobody has answered yet."""
    hours: HoursInfo | None = None
    """None where the broker is older than 1.2. While the intake is stopped it is closed, and opens when that ends."""
    intake: IntakeInfo | None = None
    """None while numbers are given out as ever."""
    closed_today: tuple[ClosedToday, ...] = ()
    """What is closed by hand; its groups in `waiting` are `closed`."""


class QueueEntry(Message):
    """One ticket that a counter could call, with the score that orders it. Small: fifty of them fit one message.

    `waiting_since` is what the score is measured from: what was waited at stages before counts, being missed does not.
    """

    id: str = ""
    """The ticket's; empty where the broker is older than 1.1."""
    number: str
    service: str
    lane: str
    waiting_since: Moment
    score: float


class HeldEntry(QueueEntry):
    """A ticket that a counter has set aside, and why; the note is cut to what fits."""

    note: str | None = None


class Today(Message):
    """A counter's own figures of the day."""

    served: int = 0
    mean_service_s: int | None = None


class OfficerDay(Message):
    """An officer's own figures of the day, at whatever counters."""

    served: int = 0
    mean_service_s: int | None = None
    called: int = 0
    within_promise: int = 0
    """How many of these had not waited longer than their lane promises."""


class Asked(Message):
    """What somebody of the staff asks of a counter."""

    action: Literal["open", "help", "pause"]
    stage: str | None = None
    """With what it is to help."""
    by: str
    """Name of the officer who asks."""
    at: Moment
    text: str | None = None
    """Why."""


class CounterMessage(State):
    """`state/counter/{counter}`: what an officer's window draws."""

    id: str
    label: str
    state: CounterState
    officer: str | None = None
    role: str | None = None
    """What the officer may do: `officer` or `supervisor`."""
    ticket: Ticket | None = None
    queue: tuple[QueueEntry, ...] = ()
    queue_length: int = 0
    held: tuple[HeldEntry, ...] = ()
    missed: tuple[QueueEntry, ...] = ()
    undo_until: Moment | None = None
    undo_action: str | None = None
    """What `undo` would take back, as an event's name, and of which ticket."""
    undo_number: str | None = None
    no_show_from: Moment | None = None
    """From when on the visitor who is called may be given up as not come; None where nobody is called."""
    reason: Reason | None = None
    today: Today = Today()
    day: OfficerDay | None = None
    """Of the officer who is signed in; None where nobody is, and where the broker is older than 1.2."""
    asked: Asked | None = None
    """What it is asked to do and has not answered."""
    helps: tuple[str, ...] = ()
    """Stages that it helps out with today, beside those of the configuration."""
    pauses: bool = False
    """It pauses as soon as its visitor has left."""


class Announcement(Message):
    """What the displays show, and say where `say` is true, from one moment to another."""

    id: str
    text: Text
    say: bool = False
    since: Moment | None = None
    """None: since ever."""
    until: Moment | None = None
    """None: until it is taken out."""
    by_staff: bool = False
    """Said today by somebody of the staff, who may end it; not in the configuration."""


class AnnouncementsMessage(State):
    """`state/announcements`: what the office announces now or later; what is over is not in it."""

    at: Moment
    items: tuple[Announcement, ...] = ()


class ServiceDay(Message):
    """What the day came to for one service."""

    id: str
    last: str | None = None
    """The number that was called last."""
    issued: int = 0
    served: int = 0
    """How many were through with all stages."""


class LaneDay(Message):
    """How the promise of one lane was kept today: of the first calls of its visitors."""

    id: str
    promised_min: float
    called: int = 0
    within: int = 0


class DayMessage(State):
    """`state/day`: what the office day came to so far."""

    at: Moment
    services: tuple[ServiceDay, ...] = ()
    lanes: tuple[LaneDay, ...] = ()


class HelpCall(Message):
    """A visitor at a kiosk for whom somebody is to come."""

    kiosk: str
    since: Moment
    page: str | None = None
    """What the visitor sees there."""
    coming: str | None = None
    """Label of the counter whose officer is on the way."""
    counter: str | None = None
    """Its id."""


class HelpMessage(State):
    """`state/help`: where somebody waits for help, the longest waiting first."""

    at: Moment
    open: tuple[HelpCall, ...] = ()


class Alert(Message):
    """What somebody of the staff is to see to."""

    id: str
    kind: AlertKind
    place: dict[str, str]
    """Where: ids by what they name, of `stage`, `lane`, `service`, `counter`, `client`, `device`."""
    since: Moment
    value: int
    """What is read there now; see docs/protocol.md for the units."""
    limit: int
    about: str | None = None
    """A number, or the word of a device."""
    roles: tuple[str, ...] = ()
    """Whom it is for."""
    acknowledged_by: str | None = None
    """Id of the officer who sees to it."""
    acknowledged_name: str | None = None
    """Their name."""
    acknowledged_at: Moment | None = None


class AlertsMessage(State):
    """`state/alerts`: what somebody is to see to, the newest first, and before it what nobody sees to yet."""

    at: Moment
    alerts: tuple[Alert, ...] = ()
    more: int = 0
    """So many more stand, for which there was no room."""


class TrainingMessage(State):
    """`state/training`: at which step a training is, and what whoever trains is asked to do."""

    at: Moment
    """Since when."""
    step: str
    text: Text


class Place(Message):
    """Where one waiting ticket stands."""

    id: str
    number: str
    ahead: int
    wait: Wait | None = None


class WaitingMessage(State):
    """`state/waiting/{page}`: everybody who waits, as many to a page as fit; who is expected first comes first."""

    at: Moment
    seq: int
    page: int
    pages: int
    """How many count; a page beyond them is empty and old."""
    places: tuple[Place, ...] = ()


class LongestWait(Message):
    """Who of those that wait somewhere waits longest."""

    id: str
    number: str
    since: Moment
    """From the number, the end of the stage before, or the return."""


class BoardGroup(Message):
    """Who waits for one stage, service and lane; where nobody does there is none."""

    stage: str
    service: str
    lane: str
    waiting: int
    longest: LongestWait | None = None
    promised_s: int
    """What the lane promises, of a visitor's first call."""
    breach_at: Moment | None = None
    """When the promise is broken first, if nothing is done: by the hall played forward; past where it is broken."""


class BoardTicket(Message):
    """One of those that wait for a stage, service and lane, as `board` lists them."""

    id: str
    number: str
    since: Moment
    """As in LongestWait."""
    promised_by: Moment | None = None
    """Until when the lane promises the first call; None after that."""
    ahead: int
    wait: Wait | None = None


class BoardCounter(Message):
    """One counter, as whoever runs the hall sees it."""

    id: str
    label: str
    state: CounterState
    since: Moment | None = None
    """From when it is in this state, with this visitor; None where that was before all that is known."""
    officer: str | None = None
    number: str | None = None
    ticket: str | None = None
    stage: str | None = None
    """Of its ticket."""
    usual_s: int | None = None
    """How long a visitor of that stage takes a counter today."""


class BoardChange(Message):
    """One thing that is otherwise today than configured, or what is asked of a counter, or what that answered."""

    kind: Literal["offer", "quota", "intake", "help", "asked", "answered"]
    at: Moment
    """Since when; of `answered`, when."""
    by: str | None = None
    """Name of the officer; of `answered` and `help`, who said it at the counter."""
    service: str | None = None
    lane: str | None = None
    counter: str | None = None
    stage: str | None = None
    """With what a counter helps out, or is to."""
    quota: int | None = None
    until: Moment | None = None
    """Of `intake`; None where that is for the rest of the day, as all others are."""
    action: Literal["open", "help", "pause"] | None = None
    """What is, or was, asked of the counter."""
    answer: Literal["accept", "decline", "left"] | None = None
    """What became of it; `left`: the officer signed out instead."""
    asked_by: str | None = None
    """Name of the officer to whom that answers."""
    reason: str | None = None
    """Its first 120 characters."""


class BoardMessage(State):
    """`state/board/{page}`: how the hall stands, as many groups, counters and changes to a page as fit."""

    at: Moment
    seq: int
    page: int
    pages: int
    """How many count; a page beyond them is empty and old."""
    groups: tuple[BoardGroup, ...] = ()
    counters: tuple[BoardCounter, ...] = ()
    changes: tuple[BoardChange, ...] = ()
    """In the order in which they were made."""


class SurveyElement(Message):
    """One question of a survey, with what may be answered: the first answer is worth 1, the last 4."""

    code: str
    label: str
    """The element in two or three words."""
    question: str
    answers: tuple[str, ...]


class SurveyChoice(Message):
    """One answer about oneself."""

    code: str
    label: str


class SurveyProfile(Message):
    """A question about oneself that nobody has to answer."""

    code: str
    question: str
    choices: tuple[SurveyChoice, ...]


class SurveyMessage(State):
    """`state/survey/{survey}/{language}`: the questions of one survey in one language."""

    id: str
    version: str
    language: str
    name: str
    intro: str
    elements: tuple[SurveyElement, ...]
    profile: tuple[SurveyProfile, ...] = ()
    is_open: bool = True
    """Whether whoever stands at a feedback kiosk may answer without an invitation."""


class ComplaintFigures(Message):
    """What the year's complaints came to, as it is published."""

    since: Day
    received: int = 0
    answered: int = 0
    in_time: int = 0
    """How many of the answered were answered by their date."""
    open: int = 0
    due_soon: int = 0
    """How many of the open have their next date within two working days."""
    overdue: int = 0


class ServiceProgress(Message):
    """How far a survey has come for one service."""

    service: str
    answers: int
    wanted: int


class SurveyProgress(Message):
    """How far a survey has come in the period that runs."""

    survey: str
    name: Text
    period: str
    begin: Day
    end: Day
    answers: int = 0
    wanted: int = 0
    services: tuple[ServiceProgress, ...] = ()


class ElementResult(Message):
    """What one element came to, 1 to 4."""

    code: str
    label: Text
    value: float


class FollowUp(Message):
    """What the office does about one of the lowest elements, and until when."""

    code: str
    plan: str | None = None
    by: Day | None = None


class SurveyResult(Message):
    """What a closed period came to, as it is published. An index runs from 25 to 100."""

    survey: str
    name: Text
    period: str
    begin: Day
    end: Day
    answers: int
    wanted: int
    index: float
    grade: str
    performance: Text
    low: float
    """The index lies between this and `high` nineteen times out of twenty."""
    high: float
    elements: tuple[ElementResult, ...] = ()
    lowest: tuple[FollowUp, ...] = ()
    before: tuple[float, ...] = ()
    """The index of the periods before it, the oldest first."""
    digest: str = ""


class FeedbackMessage(State):
    """`state/feedback`: what the office publishes of ratings, surveys and complaints."""

    at: Moment
    complaints: ComplaintFigures | None = None
    """None where the office takes none here."""
    ratings: tuple[int, ...] = ()
    """How many gave one, two, three, four this month; empty where nobody is asked."""
    surveys: tuple[SurveyProgress, ...] = ()
    suggestions: bool | None = None
    """Whether there is a suggestion box; None from engines that do not tell."""
    results: tuple[SurveyResult, ...] = ()
    """The last closed period of each survey."""


class PublishedWaits(Message):
    """How long visitors waited, of days that are closed."""

    n: int
    """First waits of which it is decided whether the lane's promise was kept."""
    within: float
    """How many of a hundred of them were called within what their lane promised then."""
    median_min: float
    most_min: float
    """The wait that nine of ten do not exceed."""
    served: int


class PublishedRow(Message):
    """The same of one lane, one service, or the whole office; None where it is too little to be published."""

    id: str
    """Empty for the whole office."""
    promised_s: int | None = None
    """What a lane promises now."""
    day: PublishedWaits | None = None
    month: PublishedWaits | None = None


class ResultsMessage(State):
    """`state/results`: what is published of waits, promise against truth. Nothing of it changes any more."""

    at: Moment
    day: Day
    """The last day that is closed."""
    begin: Day
    """The month is from here to that day."""
    total: PublishedRow
    lanes: tuple[PublishedRow, ...] = ()
    services: tuple[PublishedRow, ...] = ()


class Receipt(Message):
    """What whoever complained holds."""

    number: str
    secret: str
    """Only in the reply to who complained."""
    kind: str
    received_at: Moment
    verify_by: Day
    answer_by: Day
    qr: str | None = None
    """Leads to its page; null where the office has no pages."""


class ComplaintStep(Message):
    """One thing that happened to a complaint; its words are asked for by `complaint` with `step`."""

    at: Moment
    type: str
    by: str | None = None
    """Name of the officer, for staff alone."""
    to: str | None = None
    """Who has it now."""
    has_text: bool = False


class Complaint(Message):
    """A complaint as it stands, without its words."""

    number: str
    kind: str
    state: str
    received_at: Moment
    verify_by: Day
    answer_by: Day
    closes_on: Day | None = None
    """When it is closed unless somebody replies."""
    is_overdue: bool = False
    anonymous: bool = False
    confidential: bool = False
    service: str | None = None
    ticket: str | None = None
    """The number that was given with it, for staff alone."""
    has_contact: bool = False
    merged_into: str | None = None
    language: str = ""
    steps: tuple[ComplaintStep, ...] = ()


class Suggestion(Message):
    """What somebody suggested, cut to its beginning."""

    id: str
    day: Day
    text: str
    is_whole: bool = True
    service: str | None = None
    language: str = ""
    tags: tuple[str, ...] = ()
    is_read: bool = False


class Invitation(Message):
    """A survey that the holder of a ticket is asked to answer, once."""

    survey: str
    invitation: str


class EventMessage(Message):
    """`event/{name}`: one fact; what it concerns stands beside as far as it applies."""

    seq: int
    at: Moment
    type: str
    ticket: str | None = None
    number: str | None = None
    service: str | None = None
    lane: str | None = None
    stage: str | None = None
    language: str | None = None
    counter: str | None = None
    counter_label: str | None = None
    times_called: int | None = None
    called_at: Moment | None = None
    client: str | None = None
    """Who asked for another paper (`reprinted`), and which one it is."""
    copies: int | None = None
    check: str | None = None
    """What that paper has to carry beside the number: the check code, the key of its page, and the text of the QR."""
    key: str | None = None
    qr: str | None = None
    kiosk: str | None = None
    """Where help is wanted (`help_asked`, `help_coming`, `help_ended`)."""
    page: str | None = None
    reason: str | None = None
    """Why that ended."""
    digest: str | None = None
    """Which configuration counts from now on (`config_changed`), and what of it is not as before."""
    sections: tuple[str, ...] | None = None


class Presence(Message):
    """`presence/{client}`: whether a client is there, what it is, and how its devices fare."""

    online: bool
    kind: str
    version: str = ""
    protocol: str = "1.0"
    """Which version of the wire it speaks; those before 1.1 did not say."""
    instance: str = ""
    """Made up anew by each process, so that two with one id can be told apart."""
    waiting: bool = False
    """Not the holder of the id speaks, but another process that asks for it and does nothing yet."""
    devices: dict[str, str] = Field(default_factory=dict)
