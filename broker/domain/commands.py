"""What can be asked of the hall: the requests of the wire, decoded. A command may be refused; it leads to events.

Each field says by its annotation what may stand in it, so that the gateway decodes by `COMMANDS` alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from annotated_types import Ge, Le, Len

from broker.domain.errors import Code, DomainError

MADE = "made on our side of the wire: no request may carry it"
FLAT = "on the wire its fields stand among the others, all of them or none"

Id = Annotated[str, Len(1, 200)]
Pin = Annotated[str, Len(1, 64)]
Password = Annotated[str, Len(1, 200)]
OneTimeCode = Annotated[str, Len(1, 16)]
"""Six digits of the second factor (RFC 6238), perhaps with a space."""
CodeFault = Literal["", "needed", "wrong", "sealed"]
"""What is wrong with the second factor: none came, it is not right or has served, or nobody can open the secret."""
Note = Annotated[str, Len(0, 500)]
Why = Annotated[str, Len(1, 500)]
"""The reason of an act of the staff: it goes into the journal."""
Check = Annotated[str, Len(1, 16)]
"""What only the paper tells: the four digits, or the key."""
Outcome = Literal["confirmed", "unconfirmed", "failed"]
HelpAction = Literal["ask", "cancel", "come", "done"]
MOST_OF_A_DAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Issue:
    """Give out a number; its identity and what only its paper tells are made outside."""

    ticket: Annotated[str, MADE]
    service: Id
    lane: Id | None = None
    language: Id | None = None
    check: Annotated[str | None, MADE] = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""
    key: Annotated[str | None, MADE] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Lease:
    """Lend a kiosk numbers in advance, which it gives out while it cannot reach us; see `broker.domain.reserve`."""

    service: Id
    lane: Id
    holds: Annotated[int, Ge(0), Le(1000)] = 0
    """How many of them it has left for today."""
    asker: Annotated[str, MADE] = ""
    chance: Annotated[str, MADE] = field(default="", repr=False)
    """Of which their identities are made."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """A lent number was given out while the kiosk was cut off: take its holder in, as of when they came."""

    ticket: Annotated[str, Len(36, 36)]
    """This and the next four are as they were lent: a database that went back in time knows none of them."""
    day: Annotated[str, Len(10, 10)]
    number: Annotated[str, Len(1, 40)]
    service: Id
    lane: Id
    check: Check = field(repr=False)
    arrived_at: dt.datetime
    key: Annotated[str, Len(16, 16)] | None = field(default=None, repr=False)
    language: Id | None = None
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Lent numbers that no paper carries, nor ever will."""

    tickets: Annotated[tuple[Id, ...], Len(0, 100)]
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of the paper."""

    ticket: Id
    outcome: Outcome
    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """An officer opens a counter; whether the PIN is right was found out before."""

    counter: Id
    officer: Id
    pin: Pin = field(repr=False)
    token: Annotated[str, MADE] = field(default="", repr=False)
    """The secret the officer's window will show with every request; the journal keeps its digest only."""
    pin_matches: Annotated[bool, MADE] = False
    locked_s: Annotated[int, MADE] = 0
    """For how long no PIN is taken, after too many wrong ones."""
    leave: Id | None = None
    """The counter that the officer gives up for this one."""
    login: Annotated[str, MADE] = ""
    """By which login who asks came in."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a signed-in counter asks."""

    counter: Id
    session: Id = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffAct:
    """What somebody of the staff asks in a session without a counter; `broker.permissions` says whose role may."""

    session: Id = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """Changes nothing, and is answered anew each time: its answer is not kept."""


@dataclass(frozen=True, slots=True)
class StaffIn:
    """Somebody of the staff signs in without a counter; whether what they know is right was found out before."""

    officer: Id
    pin: Pin | None = field(default=None, repr=False)
    token: Annotated[str, MADE] = field(default="", repr=False)
    pin_matches: Annotated[bool, MADE] = False
    """So too of a password."""
    locked_s: Annotated[int, MADE] = 0
    password: Password | None = field(default=None, repr=False)
    code: OneTimeCode | None = field(default=None, repr=False)
    browser: Annotated[str, Len(1, 64)] | None = field(default=None, repr=False)
    """For whom the pages ask, such as the address of a browser: wrong ones are counted there."""
    with_password: Annotated[bool, MADE] = False
    code_fault: Annotated[CodeFault, MADE] = ""
    step: Annotated[int | None, MADE] = None
    """Which one-time code it was: it counts once."""
    login: Annotated[str, MADE] = ""
    """By which login the pages came in."""

    def __post_init__(self) -> None:
        """Refuse who says nothing, or two things."""
        if (self.pin is None) == (self.password is None):
            message = "pin: exactly one of pin and password is needed"
            raise DomainError(Code.BAD_REQUEST, message, field="pin")

    @property
    def secret(self) -> str:
        """Return what the officer knows."""
        return self.password if self.password is not None else self.pin or ""


@dataclass(frozen=True, slots=True)
class StaffOut(StaffAct):
    """End such a session."""


@dataclass(frozen=True, slots=True)
class StaffSessions(StaffAct, Look):
    """Who is signed in without a counter; `own`: this session alone, such as to see whether it still counts."""

    own: bool = False


@dataclass(frozen=True, slots=True)
class StaffRevoke(StaffAct):
    """End sessions: the one of this id, or all of an officer."""

    of: Id
    reason: Why


@dataclass(frozen=True, slots=True)
class Board(StaffAct, Look):
    """Who waits for one stage, service and lane."""

    stage: Id
    service: Id
    lane: Id


@dataclass(frozen=True, slots=True)
class TicketHistory(StaffAct, Look):
    """How a ticket stands, and all that happened to it."""

    ticket: Id


class _LeftOut:
    """Stands for no value at all."""

    def __repr__(self) -> str:
        """Return it in words."""
        return "left out"


LEFT_OUT: Final = _LeftOut()


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What shall stand at a place of the configuration; without a value the line or the entry goes."""

    path: Annotated[str, Len(1, 200)]
    value: Any = LEFT_OUT


@dataclass(frozen=True, slots=True)
class PreparedRules:
    """What a change of the rules comes to; it is laid down on disk, and counts once the engine has said so."""

    before: str
    """The digest of the file that it was made from."""
    digest: str
    sections: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    """Sections that count after a restart only."""
    warnings: tuple[str, ...] = ()
    acts: frozenset[str] = frozenset()
    """Which acts of `broker.permissions` it takes."""
    services_gone: frozenset[str] = frozenset()
    """Services that are there no more: nobody may hold a number for them."""
    counters_gone: frozenset[str] = frozenset()
    """Counters that are there no more: nobody may sit there."""


@dataclass(frozen=True, slots=True)
class RulesChange(StaffAct):
    """Change the configuration by edits, or back to an earlier version; what it comes to was prepared before."""

    base: Annotated[str, Len(1, 64)]
    """The digest of the file that whoever asks has before them."""
    reason: Why
    edits: Annotated[tuple[RuleEdit, ...], Len(0, 200)] = ()
    back_to: Id | None = None
    """The digest of the version that shall stand again."""
    effective_from: Annotated[str, Len(10, 10)] | None = None
    """The day from which the edits count; None, or a day that has come: at once."""
    prepared: Annotated[PreparedRules | DomainError | None, MADE] = None

    def __post_init__(self) -> None:
        """Refuse what says nothing, or two things at once."""
        if bool(self.edits) == (self.back_to is not None):
            message = "edits: either edits or back_to is needed"
            raise DomainError(Code.BAD_REQUEST, message, field="edits")


@dataclass(frozen=True, slots=True)
class AlertAck(StaffAct):
    """Say that one sees to an alert: in a staff session, or in the one of an open counter that is named."""

    alert: Id
    counter: Id | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class NewPin:
    """What is kept of a new PIN, made outside; and of what the configuration said when it was chosen."""

    hash: str = field(repr=False)
    seed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A second factor that was confirmed: what the phone holds, and which code of it was the last to count."""

    secret: str = field(repr=False)
    """In base 32. The store seals it with the office's key."""
    seed: str = field(repr=False)
    step: int


@dataclass(frozen=True, slots=True)
class StaffPassword(StaffAct):
    """Take a password, or another one; whether the old one (or the PIN, before the first) is right was found out."""

    old: Password = field(repr=False)
    new: Password = field(repr=False)
    officer: Annotated[str | None, MADE] = None
    """Whose password was looked at: whose session it is."""
    matches: Annotated[bool, MADE] = False
    locked_s: Annotated[int, MADE] = 0
    made: Annotated[NewPin | None, MADE] = None


@dataclass(frozen=True, slots=True)
class StaffTotp(StaffAct):
    """Begin with a second factor, confirm by its first code that the phone has it, or end it by a code."""

    action: Literal["begin", "confirm", "end"]
    code: OneTimeCode | None = field(default=None, repr=False)
    token: Annotated[str, MADE] = field(default="", repr=False)
    """Of which the secret is made, so that the same request is given the same."""
    officer: Annotated[str | None, MADE] = None
    has_factor: Annotated[bool, MADE] = False
    code_fault: Annotated[CodeFault, MADE] = ""
    locked_s: Annotated[int, MADE] = 0
    made: Annotated[NewFactor | None, MADE] = None


@dataclass(frozen=True, slots=True)
class StaffReset(StaffAct):
    """Take from an officer a password or a second factor that is lost: the PIN alone lets them in again.

    Or the lock (`lock`) that wrong guesses of anybody have put on them.
    """

    officer: Id
    what: Literal["password", "totp", "lock"]
    reason: Why


@dataclass(frozen=True, slots=True)
class ChangePin(AtCounter):
    """Take another PIN; whether the old one is right was found out before."""

    old: Pin = field(repr=False)
    new: Pin = field(repr=False)
    officer: Annotated[str | None, MADE] = None
    """Whose PIN was looked at: who is signed in there."""
    pin_matches: Annotated[bool, MADE] = False
    locked_s: Annotated[int, MADE] = 0
    made: Annotated[NewPin | None, MADE] = None


@dataclass(frozen=True, slots=True)
class ResetPin(AtCounter):
    """Give an officer another PIN, who has forgotten the old one."""

    officer: Id
    new: Pin = field(repr=False)
    is_old: Annotated[bool, MADE] = False
    made: Annotated[NewPin | None, MADE] = None


@dataclass(frozen=True, slots=True)
class Unlock(AtCounter):
    """Let an officer try PINs again, after too many wrong ones."""

    officer: Id


@dataclass(frozen=True, slots=True)
class Close(AtCounter):
    """Sign out."""

    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class Pause(AtCounter):
    """Stop calling for a while."""

    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class Resume(AtCounter):
    """Go on calling."""

    reason: Note | None = None


@dataclass(frozen=True, slots=True)
class Next(AtCounter):
    """Call whoever's turn it is."""


@dataclass(frozen=True, slots=True)
class Call(AtCounter):
    """Call one waiting ticket, by id or number."""

    ticket: Id


@dataclass(frozen=True, slots=True)
class Recall(AtCounter):
    """Call the current ticket again."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Start(AtCounter):
    """The visitor has come."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Finish(AtCounter):
    """This stage is done."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class NoShow(AtCounter):
    """The visitor did not come."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Hold(AtCounter):
    """Set the current ticket aside, such as for a missing copy."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Unhold(AtCounter):
    """Go on with a held ticket."""

    ticket: Id


@dataclass(frozen=True, slots=True)
class Undo(AtCounter):
    """Take the counter's last action back."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Transfer(AtCounter):
    """Send a ticket elsewhere; exactly one target is given. Without `ticket` it is the current one."""

    ticket: Id | None = None
    """Any ticket of the office, which a supervisor may name."""
    stage: Id | None = None
    service: Id | None = None
    to_counter: Id | None = None
    reason: Note | None = None

    def __post_init__(self) -> None:
        """Refuse what leads nowhere, or to two places."""
        _exactly_one(self, "stage", "service", "to_counter")


@dataclass(frozen=True, slots=True)
class Lookup:
    """Find a ticket by id, number of today, QR text, or its page's key or link."""

    ticket: Id
    check: Check | None = field(default=None, repr=False)
    """What only the paper tells; so too below."""
    asker: Annotated[str, MADE] = ""
    """The client that asks; so too below."""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another paper with the same number: for its holder, or from a counter."""

    ticket: Id
    desk: Annotated[AtCounter | None, FLAT] = None
    check: Check | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give a ticket up: by its holder, or from a counter."""

    ticket: Id
    desk: Annotated[AtCounter | None, FLAT] = None
    reason: Note | None = None
    check: Check | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Rejoin:
    """Take a missed visitor in again: at the kiosk, or at a counter."""

    ticket: Id
    desk: Annotated[AtCounter | None, FLAT] = None
    reason: Note | None = None
    check: Check | None = field(default=None, repr=False)
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Help:
    """A visitor at a kiosk wants somebody to come, or no more; a counter says that somebody comes, or was there."""

    action: HelpAction
    kiosk: Id | None = None
    """Where: said by a counter. A kiosk asks for itself."""
    page: Annotated[str, Len(1, 64)] | None = None
    """What the visitor sees there."""
    desk: Annotated[AtCounter | None, FLAT] = None
    asker: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class StaffTransfer(StaffAct):
    """Send any ticket of the hall elsewhere; exactly one target is given."""

    ticket: Id
    reason: Why
    stage: Id | None = None
    service: Id | None = None
    to_counter: Id | None = None

    def __post_init__(self) -> None:
        """Refuse what leads nowhere, or to two places."""
        _exactly_one(self, "stage", "service", "to_counter")


@dataclass(frozen=True, slots=True)
class StaffCancel(StaffAct):
    """Close any ticket of the hall that is not done."""

    ticket: Id
    reason: Why


@dataclass(frozen=True, slots=True)
class StaffCall(StaffAct):
    """Let a free, open counter call one waiting ticket now."""

    ticket: Id
    counter: Id
    reason: Why


@dataclass(frozen=True, slots=True)
class StaffUndo(StaffAct):
    """Take back one's own last act, where nobody has gone on since."""


@dataclass(frozen=True, slots=True)
class OfPlace(StaffAct):
    """What is about either a service or a lane, for today."""

    reason: Why
    service: Id | None = None
    lane: Id | None = None

    def __post_init__(self) -> None:
        """Refuse what is about nothing, or about both."""
        _exactly_one(self, "service", "lane")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(OfPlace):
    """Close a service or a lane for today, or open it again."""

    action: Literal["close", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(OfPlace):
    """So many numbers today; None: as configured."""

    quota: Annotated[int, Ge(0), Le(MOST_OF_A_DAY)] | None


@dataclass(frozen=True, slots=True)
class Intake(StaffAct):
    """Give out no numbers at all, or go on."""

    action: Literal["stop", "resume"]
    reason: Why
    resume_at: dt.datetime | None = None
    """When numbers are given out again by themselves, today; None: not today."""


@dataclass(frozen=True, slots=True)
class AskCounter(StaffAct):
    """Ask a counter to do something, or take that back (`none`)."""

    counter: Id
    action: Literal["open", "help", "pause", "none"]
    stage: Id | None = None
    """With what it is to help."""
    reason: Why | None = None


@dataclass(frozen=True, slots=True)
class AnswerAsked(AtCounter):
    """Do what the counter is asked, or not; also end what it helps with."""

    action: Literal["accept", "decline"]


@dataclass(frozen=True, slots=True)
class Announce(StaffAct):
    """Let displays and phones say something, in all of the office's languages."""

    text: Annotated[dict[Id, Annotated[str, Len(1, 300)]], Len(1, 16)]
    ends_at: dt.datetime
    """Today."""
    say: bool = False
    reason: Why | None = None
    announcement: Annotated[str, MADE] = ""


@dataclass(frozen=True, slots=True)
class Unannounce(StaffAct):
    """End an announcement of the staff before its time."""

    announcement: Id
    reason: Why | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """Tell whoever trains what happens now, and what they are asked to do; of a training alone."""

    step: Id
    text: Annotated[dict[Id, Annotated[str, Len(1, 500)]], Len(1, 16)]
    about: Id | None = None
    """The ticket that it is about, by its id."""
    asker: Annotated[str, MADE] = ""


def _exactly_one(command: object, *names: str) -> None:
    """Refuse a command that has none of these arguments, or more than one."""
    given = [name for name in names if getattr(command, name) is not None]
    if len(given) != 1:
        name = given[1] if given else names[0]
        message = f"{name}: exactly one of {', '.join(names)} is needed"
        raise DomainError(Code.BAD_REQUEST, message, field=name)


Command = (
    Issue
    | Lease
    | HandIn
    | GiveBack
    | Printed
    | Reprint
    | Lookup
    | Cancel
    | Rejoin
    | SignIn
    | Close
    | Pause
    | Resume
    | Next
    | Call
    | Recall
    | Start
    | Finish
    | NoShow
    | Hold
    | Unhold
    | Transfer
    | Undo
    | Help
    | ChangePin
    | ResetPin
    | Unlock
    | StaffIn
    | StaffOut
    | StaffSessions
    | StaffRevoke
    | Board
    | TicketHistory
    | RulesChange
    | StaffPassword
    | StaffTotp
    | StaffReset
    | StaffTransfer
    | StaffCancel
    | StaffCall
    | StaffUndo
    | Offer
    | Quota
    | Intake
    | AskCounter
    | AnswerAsked
    | Announce
    | Unannounce
    | AlertAck
    | Training
)

COMMANDS: dict[str, type[Command]] = {
    "issue": Issue,
    "lease": Lease,
    "hand_in": HandIn,
    "give_back": GiveBack,
    "printed": Printed,
    "reprint": Reprint,
    "lookup": Lookup,
    "cancel": Cancel,
    "rejoin": Rejoin,
    "open": SignIn,
    "close": Close,
    "pause": Pause,
    "resume": Resume,
    "next": Next,
    "call": Call,
    "recall": Recall,
    "start": Start,
    "finish": Finish,
    "no_show": NoShow,
    "hold": Hold,
    "unhold": Unhold,
    "transfer": Transfer,
    "undo": Undo,
    "help": Help,
    "pin": ChangePin,
    "reset_pin": ResetPin,
    "unlock": Unlock,
    "staff_in": StaffIn,
    "staff_out": StaffOut,
    "staff_sessions": StaffSessions,
    "staff_revoke": StaffRevoke,
    "board": Board,
    "ticket_history": TicketHistory,
    "rules_change": RulesChange,
    "staff_password": StaffPassword,
    "staff_totp": StaffTotp,
    "staff_reset": StaffReset,
    "staff_transfer": StaffTransfer,
    "staff_cancel": StaffCancel,
    "staff_call": StaffCall,
    "staff_undo": StaffUndo,
    "offer": Offer,
    "quota": Quota,
    "intake": Intake,
    "ask_counter": AskCounter,
    "asked": AnswerAsked,
    "announce": Announce,
    "unannounce": Unannounce,
    "alert_ack": AlertAck,
    "training": Training,
}
"""Every command by its name on the wire; any other answers `bad_request`."""
NAMES: dict[type, str] = {kind: name for name, kind in COMMANDS.items()}
