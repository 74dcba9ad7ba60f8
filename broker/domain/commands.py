"""What can be asked of the hall. A command may be refused; what it leads to are events."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Issue:
    """Give out a number; `ticket` is the identity made for it outside."""

    ticket: str
    service: str
    lane: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of the paper."""

    ticket: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Reprint:
    """Another paper with the same number."""

    ticket: str
    check: str | None = field(default=None, repr=False)
    """What only the paper tells; so too below."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """An officer opens a counter; whether the PIN is right was found out before."""

    counter: str
    officer: str
    pin: str = field(repr=False)
    token: str = field(default="", repr=False)
    """The secret the officer's window will show with every request; the journal keeps its digest only."""
    pin_matches: bool = False
    locked_s: int = 0
    """For how long no PIN is taken, after too many wrong ones."""
    leave: str | None = None
    """The counter that the officer gives up for this one."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a signed-in counter asks."""

    counter: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Close(AtCounter):
    """Sign out."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pause(AtCounter):
    """Stop calling for a while."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resume(AtCounter):
    """Go on calling."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Next(AtCounter):
    """Call whoever's turn it is."""


@dataclass(frozen=True, slots=True)
class Call(AtCounter):
    """Call one waiting ticket, by id or number."""

    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Recall(AtCounter):
    """Call the current ticket again."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Start(AtCounter):
    """The visitor has come."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Finish(AtCounter):
    """This stage is done."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class NoShow(AtCounter):
    """The visitor did not come."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Hold(AtCounter):
    """Set the current ticket aside, such as for a missing copy."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Unhold(AtCounter):
    """Go on with a held ticket."""

    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Undo(AtCounter):
    """Take the counter's last action back."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer(AtCounter):
    """Send a ticket elsewhere; exactly one target is given. Without `ticket` it is the current one."""

    ticket: str | None = None
    """Any ticket of the office, which a supervisor may name."""
    stage: str | None = None
    service: str | None = None
    to_counter: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Find a ticket by id, number of today or QR text."""

    ticket: str
    check: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give a ticket up: by its holder, or from a counter."""

    ticket: str
    desk: AtCounter | None = None
    reason: str | None = None
    check: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Rejoin:
    """Take a missed visitor in again: at the kiosk, or at a counter."""

    ticket: str
    desk: AtCounter | None = None
    reason: str | None = None
    check: str | None = field(default=None, repr=False)


Command = (
    Issue
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
)
