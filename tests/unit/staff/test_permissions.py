"""The one table of acts and roles, held against the engine: whoever may not is refused, whoever may is not."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args, get_origin

import pytest

from broker import permissions
from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.identity import session_digest
from broker.domain.vocabulary import COMMANDS, Command
from broker.gateway.decoding import FORMS, Request, decode
from tests.fakes.engine_room import EngineRoom
from tests.fakes.feedback import staff_in
from tests.fakes.offices import small_office

WHO = {"officer": "sari", "supervisor": "dewi", "complaints": "budi", "technician": "agus"}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "staff_transfer": {"stage": "check"},
    "offer": {"service": "visa"},
    "quota": {"lane": "priority", "quota": 3},
    "ask_counter": {"action": "pause"},
    "announce": {"text": {"id": "a", "en": "b"}, "ends_at": "2026-03-02T12:00:00+07:00"},
    "rules_change": {"edits": [{"path": "demo"}]},
    "complaint_step": {"action": "verify"},
    "survey": {"answers": {}},
    "survey_plan": {"by": "2026-01-01"},
}
"""Beside what follows from the types of the required arguments: what an act needs to be decoded at all."""
ACTS = [act for act in permissions.ACTS if act in COMMANDS]
"""Those that one command asks for; the rest are parts of one, or pages."""


def arguments(act: str) -> dict[str, Any]:
    """Return as little as an act can be asked with, beside the session."""
    fields = {name: info for name, info in FORMS[act].shape.model_fields.items() if name not in Request.model_fields}
    needed = {name: least(info.annotation) for name, info in fields.items() if info.is_required()}
    return {name: value for name, value in {**needed, **ARGUMENTS.get(act, {})}.items() if name != "session"}


def asked(act: str, session: str) -> Command:
    """Return a command as it comes off the wire, with as little in it as can be."""
    payload = {"id": "r-1", **arguments(act), "session": session}
    decoded = decode(
        act, json.dumps(payload).encode(), {"secret": "XYZXYZXYZ", "row": "row", "words_row": "words"}
    ).command
    assert not isinstance(decoded, DomainError), f"{act}: say in ARGUMENTS what it needs: {decoded}"
    return decoded


def least(kind: Any) -> Any:  # noqa: ANN401 - an annotation of any kind
    """Return something that fits an annotation."""
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return 1 if kind is int else {} if get_origin(kind) is dict else [] if get_origin(kind) is tuple else "none"


@pytest.fixture
def room() -> EngineRoom:
    return EngineRoom(
        office=small_office(
            officers={"sari": "Sari W.", "budi": "Budi S.", "dewi": "Dewi A.", "agus": "Agus H."},
            supervisors=frozenset({"dewi"}),
            handlers=frozenset({"budi"}),
            technicians=frozenset({"agus"}),
        )
    )


@pytest.mark.parametrize("role", permissions.ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_the_engine_refuses_by_the_table_and_by_nothing_else(room: EngineRoom, act: str, role: str) -> None:
    session = staff_in(room, WHO[role])
    reply = room.ask(asked(act, session), client="web-1")
    is_refused = reply.get("error") == "not_allowed" and reply["detail"].get("act") == act
    assert is_refused is not permissions.may(role, act), reply
    if is_refused:
        assert not [told for told in room.wire.told if told.client == "web-1"][1:], "only the sign-in happened"


@pytest.mark.parametrize("act", ACTS)
def test_without_a_session_nobody_may_anything(room: EngineRoom, act: str) -> None:
    for session in ("stolen", session_digest(staff_in(room))):
        reply = room.ask(asked(act, session), client="web-1")
        assert reply["error"] == "no_session", reply


def test_every_command_of_a_staff_session_stands_in_the_table() -> None:
    acts = {name for name, kind in COMMANDS.items() if issubclass(kind, cmd.StaffAct)}
    with_session = {
        name
        for name, form in FORMS.items()
        if "session" in form.shape.model_fields and "counter" not in form.shape.model_fields
    }
    assert acts <= permissions.ACTS.keys()
    assert with_session <= permissions.ACTS.keys()


def test_a_role_or_an_act_that_nobody_knows_is_no_permission() -> None:
    assert not any(permissions.may("boss", act) for act in permissions.ACTS)
    with pytest.raises(KeyError):
        permissions.may("supervisor", "staff_fly")


def test_a_technician_reads_no_visitors_words_and_moves_nobody() -> None:
    theirs = {act for act in permissions.ACTS if permissions.may("technician", act)}
    assert not theirs & {"complaint", "complaints", "suggestion", "suggestions", "complain", "ticket_history"}
    assert not theirs & {"staff_transfer", "staff_cancel", "staff_call", "offer", "quota", "intake", "announce"}
