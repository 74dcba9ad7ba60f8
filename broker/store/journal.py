"""Events as lines of text and back, and the chain of hashes over them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from broker.domain.events import NumbersLeased
from broker.domain.model import Blank, Promised, Reason
from broker.domain.vocabulary import EVENT_NAMES, EVENT_TYPES, Event

GENESIS = "0" * 64
"""The hash before the first line."""


class UnreadableError(Exception):
    """A line of the journal means nothing to this version of the program."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line of a journal that does not fit the chain."""

    seq: int
    why: str


def body_of(event: Event) -> str:
    """Return an event's facts as canonical JSON."""
    facts = {name: _plain(getattr(event, name)) for name in _FIELDS[type(event)]}
    return _CANONICAL.encode(facts)


def event_of(type_name: str, body: str) -> Event:
    """Return the event that `body_of` wrote; `UnreadableError` where it is not one of ours."""
    try:
        return _event_of(EVENT_TYPES[type_name], json.loads(body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"a line of the journal is no event of this version: {type_name}, {len(body)} characters"
        raise UnreadableError(message) from error


def _event_of(kind: type[Event], facts: dict[str, Any]) -> Event:
    for name in _MOMENTS & facts.keys():
        if facts[name] is not None:
            facts[name] = dt.datetime.fromisoformat(facts[name])
    for name in _DAYS & facts.keys():
        if facts[name] is not None:
            facts[name] = dt.date.fromisoformat(facts[name])
    if isinstance(facts.get("reason"), dict):
        reason = facts["reason"]
        reason["passed_over"] = tuple((number, score) for number, score in reason["passed_over"])
        facts["reason"] = Reason(**reason)
    for name in _LISTS & facts.keys():
        if facts[name] is not None:
            facts[name] = tuple(facts[name])
    if isinstance(facts.get("promised"), dict):
        facts["promised"] = Promised(**facts["promised"])
    if kind is NumbersLeased:
        facts["blanks"] = tuple(Blank(*blank) for blank in facts["blanks"])
    build: Callable[..., Event] = kind
    return build(**{name: facts.get(name) for name in _FIELDS[kind]})


def chain(previous: str, *, seq: int, event: Event, client: str, body: str) -> str:
    """Return the hash of a line: SHA-256 over the hash before it and all that the line says."""
    return chain_text(previous, seq=seq, name=EVENT_NAMES[type(event)], client=client, body=body)


def chain_text(previous: str, *, seq: int, name: str, client: str, body: str) -> str:
    """Return the hash of a line given as text."""
    return hashlib.sha256(f"{previous}\n{seq}\n{name}\n{client}\n{body}".encode()).hexdigest()


_MOMENTS = frozenset({"at", "sent_until", "ranked_since", "until", "since", "acknowledged_at", "arrived_at"})
_DAYS = frozenset({"day", "verify_by", "answer_by", "closes_on", "purge_after"})
_LISTS = frozenset({"sections", "tags", "roles", "tickets"})
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_OF_PROMISED = tuple(field.name for field in fields(Promised))
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in EVENT_NAMES}


def _plain(value: object) -> object:  # noqa: PLR0911 - one for each kind of value
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
        case Reason():
            return {name: getattr(value, name) for name in ("policy", "score", "waited_s", "promised_s", "passed_over")}
        case Promised():
            return {name: getattr(value, name) for name in _OF_PROMISED}
        case Blank():
            return value.ticket, value.sequence, value.check, value.key
        case (Blank(), *_):
            return [_plain(one) for one in value]
        case _:
            return value
