"""Requests and commands are one vocabulary: whatever can be asked goes over the wire and comes out the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from annotated_types import Ge, Le, Len
from hypothesis import given
from hypothesis import strategies as st

from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.vocabulary import COMMANDS, Command
from broker.gateway.decoding import FORMS, decode

MADE_HERE = {"ticket": "the ticket's id", "check": "0417", "token": "the session's secret"}
TARGETS = ("stage", "service", "to_counter")
PLACES = ("service", "lane")


def values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401, C901, PLR0911 - an annotation of any kind; one a kind
    """Return all that an annotation of the vocabulary lets in."""
    if hint is bool:
        return st.booleans()
    if hint is Any:
        return st.none() | st.booleans() | st.integers() | st.lists(st.text(max_size=9), max_size=3)
    if hint is dt.datetime:
        return st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)
    if hint is cmd.RuleEdit:
        return st.fixed_dictionaries({"path": values(Annotated[str, Len(1, 200)]), "value": values(Any)})
    if get_origin(hint) is dict:
        return st.dictionaries(*map(values, get_args(hint)), max_size=3)
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3)
    if get_origin(hint) is Annotated:
        inside = get_args(hint)[0]
        if get_origin(inside) is tuple:
            return values(inside)
        if get_origin(inside) is dict:
            return values(inside).filter(bool)
        if inside is int:
            bounds = {type(mark): mark for mark in hint.__metadata__}
            return st.integers(bounds[Ge].ge, bounds[Le].le)
        length = next(mark for mark in hint.__metadata__ if isinstance(mark, Len))
        return st.text(st.characters(exclude_categories=["Cs"]), min_size=length.min_length, max_size=length.max_length)
    kinds = get_args(hint)
    if type(None) in kinds:
        return st.none() | values(kinds[0])
    return st.sampled_from(kinds)


def arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return all that a command may be asked with."""
    command, form = COMMANDS[name], FORMS[name]
    hints = get_type_hints(command, include_extras=True)
    fields = {
        field.name: values(hints[field.name])
        for field in dataclasses.fields(command)
        if field.name not in form.made and field.name != form.at_counter
    }
    plain = st.fixed_dictionaries(fields)
    if form.at_counter is not None:
        desk = st.fixed_dictionaries({"counter": values(cmd.Id), "session": values(cmd.Id)})
        plain = st.tuples(plain, desk | st.just({})).map(lambda both: both[0] | both[1])
    targets = {"transfer": TARGETS, "staff_transfer": TARGETS, "offer": PLACES, "quota": PLACES}.get(name)
    if targets is not None:
        only = st.tuples(plain, st.sampled_from(targets), values(cmd.Id))
        plain = only.map(lambda it: it[0] | {target: it[2] if target == it[1] else None for target in targets})
    if name == "rules_change":
        plain = plain.map(lambda it: it | {"back_to": None if it["edits"] else it["back_to"] or "0123456789ab"})
    if name == "staff_in":
        return plain.flatmap(lambda it: st.sampled_from(("pin", "password")).map(lambda one: _only(it, one)))
    return plain


def _only(arguments: dict[str, Any], known: str) -> dict[str, Any]:
    """Return the arguments of somebody who signs in by one of the two."""
    return arguments | {"pin": None, "password": None, known: "80246"}


def sent(command: Command) -> dict[str, Any]:
    """Return a command's arguments as a client would send them."""
    form = next(form for form in FORMS.values() if form.command is type(command))
    flat = dataclasses.asdict(command)
    desk = flat.pop(form.at_counter) if form.at_counter is not None else None
    flat = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in flat.items()}
    return {name: value for name, value in flat.items() if name not in form.made} | (desk or {})


@given(st.sampled_from(sorted(COMMANDS)).flatmap(lambda name: st.tuples(st.just(name), arguments(name))))
def test_whatever_can_be_asked_goes_over_the_wire_and_comes_out_the_same(asked: tuple[str, dict[str, Any]]) -> None:
    name, given_arguments = asked
    first = decode(name, json.dumps({"id": "r-1", **given_arguments}).encode(), MADE_HERE)
    assert isinstance(first.command, COMMANDS[name]), first
    again = decode(name, json.dumps({"id": "r-2", **sent(first.command)}).encode(), MADE_HERE)
    assert again.command == first.command


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({"until", "nonsense", *(name for form in FORMS.values() for name in form.shape.model_fields)})


@given(
    st.sampled_from([*COMMANDS, "fly"]),
    st.binary(max_size=200)
    | st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8).map(lambda b: json.dumps(b).encode()),
)
def test_garbage_is_never_more_than_a_bad_request(name: str, payload: bytes) -> None:
    decoded = decode(name, payload, MADE_HERE)
    if isinstance(decoded.command, DomainError):
        assert decoded.command.code == "bad_request"
        assert "field" in decoded.command.detail


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("issue", {"ticket", "check", "key", "asker"}),
        ("open", {"token", "login", "pin_matches", "locked_s"}),
        ("pin", {"officer", "pin_matches", "locked_s", "made"}),
        ("reset_pin", {"is_old", "made"}),
        ("next", set()),
        ("staff_in", {"token", "login", "pin_matches", "locked_s", "with_password", "code_fault", "step"}),
        ("staff_password", {"officer", "matches", "locked_s", "made"}),
        ("staff_totp", {"token", "officer", "has_factor", "code_fault", "locked_s", "made"}),
        ("rate", {"asker", "row", "words_row"}),
        ("lookup", {"asker"}),
    ],
)
def test_what_is_made_on_our_side_no_request_may_carry(name: str, made: set[str]) -> None:
    assert FORMS[name].made == made
    for field in made:
        decoded = decode(name, json.dumps({"id": "r", field: "forged"}).encode(), MADE_HERE)
        assert isinstance(decoded.command, DomainError)
    assert not made & FORMS[name].shape.model_fields.keys()


def test_a_ticket_gets_its_identity_and_check_code_from_us() -> None:
    decoded = decode("issue", b'{"id": "r", "service": "visa", "until": "2026-03-02T08:00:00Z"}', MADE_HERE)
    assert decoded.command == cmd.Issue("the ticket's id", "visa", check="0417")
    assert decoded.until == dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def test_secrets_stand_in_no_log() -> None:
    asked: dict[str, dict[str, Any]] = {
        "open": {"counter": "c1", "officer": "sari", "pin": "80246"},
        "next": {"counter": "c1", "session": "80246"},
        "pin": {"counter": "c1", "session": "80246", "old": "80246", "new": "80246"},
        "reset_pin": {"counter": "c1", "session": "80246", "officer": "sari", "new": "80246"},
        "cancel": {"ticket": "t", "counter": "c1", "session": "80246", "check": "80246"},
        "staff_in": {"officer": "sari", "pin": "80246"},
        "staff_out": {"session": "80246"},
        "staff_password": {"session": "80246", "old": "80246", "new": "80246"},
        "staff_totp": {"session": "80246", "action": "confirm", "code": "80246"},
        "rate": {"ticket": "t", "score": 1, "check": "80246", "text": "80246"},
    }
    for name, body in asked.items():
        decoded = decode(name, json.dumps({"id": "r", **body}).encode(), MADE_HERE | {"token": "80246"})
        assert not isinstance(decoded.command, DomainError)
        assert "80246" not in repr(decoded)
