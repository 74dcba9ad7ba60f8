"""The messages of the wire 1.1 as they were, frozen: what screens understand that nobody has updated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MAX_PAYLOAD_BYTES = 8 * 1024
"""So long is a message at most."""
MAX_HEARD_BYTES = 64 * 1024
"""What is longer is not even looked at; brokers older than 1.1 said more than 8 KiB about the office."""
PROTOCOL = "1.1"
"""What is spoken here; a minor version only adds."""

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
]
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
    times_called: int = 0
    history: tuple[HistoryEntry, ...] = ()


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
    documents: TextList = Field(default_factory=dict, exclude=True)
    steps: TextList = Field(default_factory=dict, exclude=True)
    fee: Text = Field(default_factory=dict, exclude=True)
    time: Text = Field(default_factory=dict, exclude=True)
    source: str = Field(default="", exclude=True)
    effective_from: Day | None = Field(default=None, exclude=True)


class ServiceMessage(Message):
    """`state/service/{service}`: what a visitor of one service has to bring, do and pay."""

    id: str
    documents: TextList
    steps: TextList
    fee: Text
    time: Text
    source: str
    effective_from: Day


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
    policy: str = "promise"
    """What orders the queues (`dispatch.type`): scores are shares of the promise there, seconds under the others."""


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


class HallCounter(Message):
    """One counter in the live picture."""

    id: str
    label: str
    state: CounterState
    number: str | None = None


class HallMessage(Message):
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
    retained: bool = Field(default=False, exclude=True)
    """Not on the wire: the server had kept it for us, so that it may be of any age. The bus sets it."""


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


class CounterMessage(Message):
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
    retained: bool = Field(default=False, exclude=True)
    """Not on the wire: the server had kept it for us, so that it may be of any age. The bus sets it."""


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
    """What that paper has to carry beside the number: the check code, and the text of the QR."""
    qr: str | None = None


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
