"""The requests of the wire: one frozen model per command, unknown arguments refused."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=500)]
Check = Annotated[str, StringConstraints(min_length=1, max_length=16)]
"""What only the paper tells."""


class Request(BaseModel):
    """Base of all requests: `id` names this request for ever, so that it is done once."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    until: AwareDatetime | None = None
    """By the engine's clock: afterwards it is not meant any more, and refused."""


def _fault(field: str, message: str) -> PydanticCustomError:
    """Return the error of a field that is wrong beside the others."""
    return PydanticCustomError("together", message, {"field": field})


class Issue(Request):
    """Give out a new number."""

    service: Id
    lane: Id | None = None
    language: Id | None = None


class Printed(Request):
    """Tell what became of the paper."""

    ticket: Id
    outcome: Literal["confirmed", "unconfirmed", "failed"]
    reason: Note | None = None


class Reprint(Request):
    """Ask for another paper with the same number."""

    ticket: Id
    check: Check | None = Field(default=None, repr=False)


class Lookup(Request):
    """Find a ticket by id, by number of today, or by the text of its QR."""

    ticket: Id
    check: Check | None = Field(default=None, repr=False)


class Open(Request):
    """Sign an officer in at a counter; `leave` names the counter that the officer gives up for it."""

    counter: Id
    officer: Id
    pin: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(repr=False)
    leave: Id | None = None


class AtCounter(Request):
    """What every request of a signed-in counter carries."""

    counter: Id
    session: Id = Field(repr=False)


class WithReason(AtCounter):
    """A counter's request that may say why."""

    reason: Note | None = None


class Close(WithReason):
    """Sign out and close the counter."""


class Pause(WithReason):
    """Stop calling for a while."""


class Resume(WithReason):
    """Go on calling."""


class Next(AtCounter):
    """Call whoever's turn it is."""


class Call(AtCounter):
    """Call one particular waiting ticket."""

    ticket: Id


class WithNote(AtCounter):
    """A counter's request about its current ticket."""

    note: Note | None = None


class Recall(WithNote):
    """Call the current ticket again."""


class Start(WithNote):
    """The visitor has come; service begins."""


class Finish(WithNote):
    """This stage is done."""


class NoShow(WithNote):
    """The visitor did not come."""


class Hold(WithNote):
    """Set the current ticket aside."""


class Undo(WithNote):
    """Take the counter's last action back."""


class Unhold(AtCounter):
    """Take a held ticket on again."""

    ticket: Id


class Transfer(WithReason):
    """Send the current ticket elsewhere, or the one that a supervisor names; exactly one target."""

    ticket: Id | None = None
    stage: Id | None = None
    service: Id | None = None
    to_counter: Id | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = [name for name in ("stage", "service", "to_counter") if getattr(self, name) is not None]
        if len(given) != 1:
            raise _fault(given[1] if given else "stage", "exactly one of stage, service, to_counter is needed")
        return self


class OfHolder(Request):
    """A request of whoever holds the ticket; or of a counter, which then names itself and its session."""

    ticket: Id
    counter: Id | None = None
    session: Id | None = Field(default=None, repr=False)
    reason: Note | None = None
    check: Check | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _whole_counter(self) -> Self:
        if (self.counter is None) != (self.session is None):
            raise _fault("session" if self.session is None else "counter", "counter and session go together")
        return self


class Cancel(OfHolder):
    """Give a ticket up."""


class Rejoin(OfHolder):
    """Take a missed visitor in again."""


AnyRequest = (
    Issue
    | Printed
    | Reprint
    | Lookup
    | Cancel
    | Rejoin
    | Open
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

REQUESTS: dict[str, type[AnyRequest]] = {
    "issue": Issue,
    "printed": Printed,
    "reprint": Reprint,
    "lookup": Lookup,
    "cancel": Cancel,
    "rejoin": Rejoin,
    "open": Open,
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
}
"""Every command; any other answers `bad_request`."""
