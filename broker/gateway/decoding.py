"""A request's payload -> a command of the domain, or what is wrong with it. Pure: the network thread waits for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_type_hints

from annotated_types import Len
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from broker.contract.messages import MAX_PAYLOAD_BYTES, Moment
from broker.domain.commands import FLAT, MADE, AtCounter
from broker.domain.errors import Code, DomainError
from broker.domain.vocabulary import COMMANDS, Command

MAX_ID_LENGTH = 64
MAX_NAME_LENGTH = 64
"""So much of a name that somebody made up is repeated in an error: a reply has to fit 8 KiB."""


class Request(BaseModel):
    """What every request carries beside its command's own arguments. Unknown arguments are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, Len(1, MAX_ID_LENGTH)]
    """Names this request for ever, so that it is done once."""
    until: Moment | None = None
    """By the engine's clock: afterwards it is not meant any more."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What is asked, or why that cannot be said; and until when it is meant."""

    command: Command | DomainError
    until: dt.datetime | None = None


def decode(name: str, payload: bytes, made: Mapping[str, str]) -> Decoded:
    """Return the command of this name; of what was `made` for requests on our side it takes what belongs to it."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        return Decoded(_bad("", f"longer than {MAX_PAYLOAD_BYTES} bytes"))
    form = FORMS.get(name)
    if form is None:
        unknown = name[:MAX_NAME_LENGTH]
        return Decoded(_bad("", f"unknown command {unknown}", command=unknown))
    try:
        request = form.shape.model_validate_json(payload)
        return Decoded(form.command_of(request, made), request.until)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:MAX_NAME_LENGTH]
        return Decoded(_bad(field, f"{field}: {first['msg']}"))
    except DomainError as error:
        return Decoded(error)


@dataclass(frozen=True, slots=True)
class Form:
    """How the requests of one command look on the wire."""

    command: type[Command]
    shape: type[Request]
    made: frozenset[str]
    """Fields that no request may carry."""
    at_counter: str | None
    """The field for who asks at which counter: on the wire its parts stand among the others."""

    def command_of(self, request: Request, made: Mapping[str, str]) -> Command:
        """Return the command; `DomainError` where the arguments do not go together."""
        own = request.model_fields_set - Request.model_fields.keys()
        given: dict[str, Any] = {name: getattr(request, name) for name in own}
        given |= {name: made[name] for name in self.made & made.keys()}
        if self.at_counter is not None:
            given[self.at_counter] = _desk(given.pop("counter", None), given.pop("session", None))
        return self.command(**given)


def form_of(command: type[Command]) -> Form:
    """Return how a command looks on the wire, as its annotations tell."""
    hints = get_type_hints(command, include_extras=True)
    marked = {mark: [name for name, hint in hints.items() if mark in get_args(hint)] for mark in (MADE, FLAT)}
    fields: dict[str, Any] = {
        field.name: (_on_the_wire(hints[field.name]), ... if field.default is dataclasses.MISSING else field.default)
        for field in dataclasses.fields(command)
        if field.name not in (*marked[MADE], *marked[FLAT])
    }
    at_counter = next(iter(marked[FLAT]), None)
    if at_counter is not None:
        parts = get_type_hints(AtCounter, include_extras=True)
        fields |= {name: (hint | None, None) for name, hint in parts.items()}
    shape = create_model(command.__name__, __base__=Request, **fields)
    return Form(command, shape, frozenset(marked[MADE]), at_counter)


def _on_the_wire(hint: Any) -> Any:  # noqa: ANN401 - the type of whatever a command has
    """Return how a field is written; a moment has its offset."""
    return Moment if hint == dt.datetime else Moment | None if hint == dt.datetime | None else hint


FORMS: Mapping[str, Form] = {name: form_of(command) for name, command in COMMANDS.items()}
"""Every command by its name on the wire."""


def _desk(counter: str | None, session: str | None) -> AtCounter | None:
    if counter is not None and session is not None:
        return AtCounter(counter, session)
    if counter is None and session is None:
        return None
    missing = "session" if session is None else "counter"
    raise _bad(missing, f"{missing}: counter and session go together")


def _bad(field: str, message: str, **detail: str) -> DomainError:
    return DomainError(Code.BAD_REQUEST, message, field=field, **detail)
