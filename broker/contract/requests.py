"""The requests of the wire: one frozen model per command, unknown arguments refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(max_length=500)]


class Request(BaseModel):
    """Base of all requests: `id` names this request for ever, so that it is done once."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


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


class Open(Request):
    """Sign an officer in at a counter."""

    counter: Id
    officer: Id
    pin: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(repr=False)


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


AnyRequest = Issue | Printed | Reprint | Open | Close | Pause | Resume | Next | Call | Recall | Start | Finish | NoShow

REQUESTS: dict[str, type[AnyRequest]] = {
    "issue": Issue,
    "printed": Printed,
    "reprint": Reprint,
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
}
"""The commands that are built; any other answers `bad_request`."""
