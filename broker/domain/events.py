"""What happened: facts, never refused, and enough of them to rebuild the hall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from broker.domain.model import Blank, Promised, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A number was given out; `promised` is the wait that was told, where a counter was open."""

    at: dt.datetime
    ticket: str
    number: str
    day: dt.date
    series: str
    sequence: int
    service: str
    lane: str
    language: str
    stage: str
    promised: Promised | None = None
    check: str | None = field(default=None, repr=False)
    """What only the paper tells; tickets of older journals have none."""
    client: str | None = None
    """Who issued it, and so may act for its holder."""
    key: str | None = field(default=None, repr=False)
    """What the visitor's page on the phone goes by, and only the paper tells; tickets of older journals have none."""
    arrived_at: dt.datetime | None = None
    """When its holder came, where that was before: the kiosk was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The kiosk told what became of the paper."""

    at: dt.datetime
    ticket: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprinted:
    """Another paper was asked for."""

    at: dt.datetime
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A waiting ticket was called to a counter."""

    at: dt.datetime
    ticket: str
    counter: str
    officer: str
    reason: Reason
    by: str | None = None
    """Who of the staff let the counter call it, and why; so too below."""
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """The same ticket was called again."""

    at: dt.datetime
    ticket: str
    counter: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The visitor stands at the counter."""

    at: dt.datetime
    ticket: str
    counter: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A stage is done; with `next_stage` the ticket waits on for that one."""

    at: dt.datetime
    ticket: str
    counter: str
    stage: str
    next_stage: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow:
    """The visitor did not come."""

    at: dt.datetime
    ticket: str
    counter: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An officer signed in."""

    at: dt.datetime
    counter: str
    officer: str
    session: str = field(repr=False)
    login: str | None = None
    """Which login it was given to: the session ends with that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The officer signed out, another took over, or the login ended that the session was given to."""

    at: dt.datetime
    counter: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The counter stopped calling."""

    at: dt.datetime
    counter: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The counter calls again."""

    at: dt.datetime
    counter: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The ticket was set aside."""

    at: dt.datetime
    ticket: str
    counter: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheld:
    """A held ticket is being served again."""

    at: dt.datetime
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """The ticket waits on elsewhere; `sent_to` alone may call it until `sent_until`."""

    at: dt.datetime
    ticket: str
    counter: str | None
    """Who sent it; None: somebody of the staff without a counter."""
    service: str
    stage: str
    sent_to: str
    sent_until: dt.datetime | None
    reason: str | None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoined:
    """A missed visitor waits again; the turn is measured from `ranked_since`."""

    at: dt.datetime
    ticket: str
    ranked_since: dt.datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The ticket was given up, or closed at the end of the day."""

    at: dt.datetime
    ticket: str
    counter: str | None
    reason: str | None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The last action of a counter was taken back."""

    at: dt.datetime
    ticket: str
    counter: str
    action: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """The machine's clock was set: what has lasted goes on lasting, and `at` is the first moment by the new time.

    With what a hall that is rebuilt from here needs of the office day before: nothing of it is over.
    """

    at: dt.datetime
    by_s: float
    """How far; negative where it was set back."""
    day: dt.date | None
    """The office day that goes on."""
    numbers: Mapping[str, int]
    """By series: the last number given out."""
    in_lanes: Mapping[str, int]
    of_services: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked:
    """A visitor at a kiosk wants somebody to come."""

    at: dt.datetime
    kiosk: str
    page: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpComing:
    """Somebody of a counter is on the way."""

    at: dt.datetime
    kiosk: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpEnded:
    """Nobody waits for help there any more."""

    at: dt.datetime
    kiosk: str
    counter: str | None
    reason: str
    """`done`, `cancelled`, `lost` (the kiosk), or the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinChanged:
    """An officer took another PIN."""

    at: dt.datetime
    counter: str
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinReset:
    """A supervisor gave an officer another PIN."""

    at: dt.datetime
    counter: str
    officer: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """A supervisor let an officer try PINs again: at a counter, or at a page (`counter` None) and why."""

    at: dt.datetime
    counter: str | None
    officer: str
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedIn:
    """Somebody of the staff signed in without a counter."""

    at: dt.datetime
    officer: str
    session: str = field(repr=False)
    """Digest of the token."""
    with_password: bool = False
    """By a password; else by the PIN, as before there were any."""
    with_code: bool = False
    """And by the code of a second factor."""
    login: str | None = None
    """Which login of the pages it was given to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedOut:
    """That session is over."""

    at: dt.datetime
    officer: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRevoked:
    """A session was ended by somebody else, or by its officer from another one."""

    at: dt.datetime
    officer: str
    session: str = field(repr=False)
    by: str | None
    """None: with the login of the pages that it was given to."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """An officer took a password, or a supervisor took it away: then the PIN counts again."""

    at: dt.datetime
    officer: str
    by: str
    is_on: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpChanged:
    """An officer took a second factor or ended it, or a supervisor took it away."""

    at: dt.datetime
    officer: str
    by: str
    is_on: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersSkipped:
    """Numbers were given out of which this journal does not tell: none of them is given out again."""

    at: dt.datetime
    day: dt.date
    """The office day of the numbers."""
    numbers: Mapping[str, int]
    """By series: the last one that was given out."""
    in_advance: Mapping[str, int] = field(default_factory=dict)
    """The same of numbers that kiosks had in advance: their range goes on behind these, the usual one does not."""
    why: str
    """`recover`: somebody took a database that was behind; or the kiosk that has printed them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersLeased:
    """Numbers were lent to a kiosk: nobody else gives them out, and each is given out there at most once."""

    at: dt.datetime
    day: dt.date
    client: str
    service: str
    lane: str
    series: str
    blanks: tuple[Blank, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseEnded:
    """Lent numbers that nobody holds: the kiosk gave them back, or was not heard of until their day was long over."""

    at: dt.datetime
    client: str
    tickets: tuple[str, ...]
    why: Literal["given_back", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged:
    """Another configuration counts from now on."""

    at: dt.datetime
    digest: str
    """Of the file."""
    sections: tuple[str, ...]
    """What of it is not as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """An office day was counted for good: whoever changes its figures changes the digest."""

    at: dt.datetime
    day: dt.date
    n: int
    """Lines of the journal, from the first to the last that is of that day."""
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """Lines of the journal lie in a file of their own from now on, with all that belongs to them."""

    at: dt.datetime
    """The time of the line before: it is done while the office rests."""
    day: dt.date
    """The last office day that is in the file as a whole."""
    first: int
    last: int
    """Its lines."""
    hash: str
    """Of the last of them."""
    digest: str
    """Of the file: SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged:
    """The configuration's file was changed through the office; the texts stand in the versions that are kept."""

    at: dt.datetime
    by: str | None
    """The officer; None: the office, for what was planned."""
    reason: str
    before: str
    """The digest of the file before; `digest` is that of the file from now on."""
    digest: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChanged:
    """A service or a lane was closed for today (`close`), or opened again (`open`)."""

    at: dt.datetime
    by: str
    reason: str
    action: str
    service: str | None
    lane: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaChanged:
    """There are so many numbers today; None: as configured."""

    at: dt.datetime
    by: str
    reason: str
    quota: int | None
    service: str | None
    lane: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeChanged:
    """No numbers are given out until a moment, or for the rest of the day (`stop`); or again (`resume`)."""

    at: dt.datetime
    by: str
    reason: str
    action: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterAsked:
    """A counter is asked to `open`, to `help` with a stage, to `pause`; or to do nothing of that any more (`none`)."""

    at: dt.datetime
    by: str
    reason: str | None
    counter: str
    action: Literal["open", "help", "pause", "none"]
    stage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterAnswered:
    """A counter does what it was asked (`accept`), or not, or no more (`decline`)."""

    at: dt.datetime
    counter: str
    action: str
    stage: str | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Displays and phones say something until a moment."""

    at: dt.datetime
    by: str
    reason: str | None
    announcement: str
    text: Mapping[str, str]
    say: bool
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementEnded:
    """They say it no more, before its time."""

    at: dt.datetime
    by: str
    reason: str | None
    announcement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffUndone:
    """Somebody of the staff took back the own last act; with the ticket and the counter that are as before again."""

    at: dt.datetime
    by: str
    act: str
    ticket: str | None
    counter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    """By a rule somebody is to see to something; said anew now and then while it stands."""

    at: dt.datetime
    alert: str
    """Its id."""
    rule: str
    kind: str
    place: Mapping[str, str]
    """Where: ids by what they name."""
    since: dt.datetime
    value: int
    limit: int
    roles: tuple[str, ...]
    """Whom it is for."""
    about: str | None = None
    """A number, or the word of a device."""
    acknowledged_by: str | None = None
    acknowledged_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged:
    """Somebody of the staff sees to it."""

    at: dt.datetime
    alert: str
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEnded:
    """What an alert told of is over, or its rule is not kept any more."""

    at: dt.datetime
    alert: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStep:
    """A training has come to one of its steps, or to its end; the office itself is what ever else it is."""

    at: dt.datetime
    step: str
    text: Mapping[str, str]
    """What whoever trains is told, by language."""
    about: str | None
    """The ticket that it is about."""


AlertEvent = AlertRaised | AlertAcknowledged | AlertEnded
"""Of no office day, and begins none."""


OfNumbers = Issued | NumbersSkipped | NumbersLeased
"""What tells itself of which office day it is."""
Event = (
    Issued
    | Printed
    | Reprinted
    | Called
    | Recalled
    | Started
    | Finished
    | NoShow
    | Held
    | Unheld
    | Transferred
    | Rejoined
    | Cancelled
    | Undone
    | Opened
    | Closed
    | Paused
    | Resumed
    | ClockSet
    | NumbersSkipped
    | NumbersLeased
    | LeaseEnded
    | HelpAsked
    | HelpComing
    | HelpEnded
    | ConfigChanged
    | PinChanged
    | PinReset
    | Unlocked
    | DayClosed
    | Archived
    | StaffSignedIn
    | StaffSignedOut
    | StaffRevoked
    | RulesChanged
    | PasswordChanged
    | TotpChanged
    | OfferChanged
    | QuotaChanged
    | IntakeChanged
    | CounterAsked
    | CounterAnswered
    | Announced
    | AnnouncementEnded
    | StaffUndone
    | AlertRaised
    | AlertAcknowledged
    | AlertEnded
    | TrainingStep
)

EVENT_TYPES: dict[str, type[Event]] = {
    "issued": Issued,
    "printed": Printed,
    "reprinted": Reprinted,
    "called": Called,
    "recalled": Recalled,
    "started": Started,
    "finished": Finished,
    "no_show": NoShow,
    "held": Held,
    "unheld": Unheld,
    "transferred": Transferred,
    "rejoined": Rejoined,
    "cancelled": Cancelled,
    "undone": Undone,
    "opened": Opened,
    "closed": Closed,
    "paused": Paused,
    "resumed": Resumed,
    "clock_set": ClockSet,
    "numbers_skipped": NumbersSkipped,
    "numbers_leased": NumbersLeased,
    "lease_ended": LeaseEnded,
    "help_asked": HelpAsked,
    "help_coming": HelpComing,
    "help_ended": HelpEnded,
    "config_changed": ConfigChanged,
    "pin_changed": PinChanged,
    "pin_reset": PinReset,
    "unlocked": Unlocked,
    "day_closed": DayClosed,
    "archived": Archived,
    "staff_signed_in": StaffSignedIn,
    "staff_signed_out": StaffSignedOut,
    "staff_revoked": StaffRevoked,
    "rules_changed": RulesChanged,
    "password_changed": PasswordChanged,
    "totp_changed": TotpChanged,
    "offer_changed": OfferChanged,
    "quota_changed": QuotaChanged,
    "intake_changed": IntakeChanged,
    "counter_asked": CounterAsked,
    "counter_answered": CounterAnswered,
    "announced": Announced,
    "announcement_ended": AnnouncementEnded,
    "staff_undone": StaffUndone,
    "alert_raised": AlertRaised,
    "alert_acknowledged": AlertAcknowledged,
    "alert_ended": AlertEnded,
    "training_step": TrainingStep,
}
EVENT_NAMES: dict[type[Event], str] = {kind: name for name, kind in EVENT_TYPES.items()}
