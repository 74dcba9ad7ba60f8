"""Which client may send which command: every kind of client and every command, held against one table for people."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from broker.bootstrap.tokens import SessionTokens
from broker.clients import MAY_SEND, Client, Kind
from broker.config.logins import clients_of, is_open
from broker.config.settings import ActsAs, Mqtt
from broker.contract.topics import Topics
from broker.domain.errors import Code, DomainError
from broker.domain.vocabulary import COMMANDS
from broker.gateway import Inbound
from broker.gateway.door import Door
from broker.ports import Submission
from tests.support.office import shipped_settings

DESK = {"counter": "counter-1", "session": "token"}
CLIENTS = {
    kind: Client(kind, frozenset({"counter-1"}) if kind in {"counter", "keypads"} else None) for kind in MAY_SEND
}


def refusal(door: Door, client: str, name: str, **more: object) -> Code | None:
    """Return why a request is refused at the door, as it comes off the wire."""
    submitted: list[Submission] = []
    inbound = Inbound(Topics("demo"), submitted.append, token=lambda *_: "token", refusal=door.refusal)
    inbound.received(f"antrean/v1/demo/cmd/{client}/{name}", json.dumps({"id": "r-1", **more}).encode())
    (one,) = submitted
    return one.command.code if isinstance(one.command, DomainError) else None


def door(clients: dict[str, Client], *, is_guarded: bool = True, owner: str | None = None) -> Door:
    """Return a door; every session is of `owner`, or of whoever shows it."""
    return Door(clients, is_guarded=lambda _: is_guarded, owns=lambda client, _: owner in {None, client})


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_client_sends_what_its_kind_may_and_nothing_else(kind: Kind) -> None:
    for name in COMMANDS:
        found = refusal(door({"one": CLIENTS[kind]}), "one", name, nothing="so that it is refused in any case")
        assert found is (Code.BAD_REQUEST if name in MAY_SEND[kind] else Code.NOT_ALLOWED), name


def test_every_command_is_somebodys() -> None:
    assert frozenset().union(*MAY_SEND.values()) == set(COMMANDS)


def test_only_displays_signs_and_commands_that_look_send_nothing() -> None:
    assert {kind for kind, commands in MAY_SEND.items() if not commands} == {"display", "signs", "up", "doctor"}


def test_nobody_unknown_sends_anything() -> None:
    assert refusal(door({}), "stranger", "issue", service="visa") is Code.NOT_ALLOWED


def test_a_counter_asks_for_itself_alone() -> None:
    at = door(CLIENTS)  # type: ignore[arg-type]  # kinds are texts
    assert refusal(at, "counter", "next", **DESK) is None
    assert refusal(at, "counter", "next", **{**DESK, "counter": "counter-2"}) is Code.NOT_ALLOWED
    assert refusal(at, "keypads", "open", counter="counter-2", officer="siti", pin="1") is Code.NOT_ALLOWED
    assert refusal(at, "counter", "cancel", ticket="A-001", **{**DESK, "counter": "counter-2"}) is Code.NOT_ALLOWED


def test_a_kiosk_of_the_office_asks_nothing_in_a_session_of_a_counter() -> None:
    known = door(dict(clients_of(shipped_settings())))
    assert refusal(known, "kiosk-1", "cancel", ticket="A-001") is None
    assert refusal(known, "kiosk-1", "cancel", ticket="A-001", **DESK) is Code.NOT_ALLOWED
    assert refusal(known, "counter-1", "next", **DESK) is None
    assert refusal(known, "counter-2", "next", **DESK) is Code.NOT_ALLOWED
    assert refusal(known, "display-1", "issue", service="new-passport") is Code.NOT_ALLOWED


def test_in_an_open_house_names_are_no_rule_but_sessions_are() -> None:
    at = door({}, is_guarded=False, owner="counter-1")
    assert refusal(at, "anybody", "issue", service="visa") is None
    assert refusal(at, "counter-1", "next", **DESK) is None
    assert refusal(at, "anybody", "next", **DESK) is Code.NO_SESSION
    assert refusal(at, "anybody", "cancel", ticket="A-001", **DESK) is Code.NO_SESSION
    assert refusal(at, "anybody", "staff_out", session="token") is Code.NO_SESSION


def test_a_token_tells_to_whom_it_was_given(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    tokens = SessionTokens(tmp_path / "sessions.key")
    token = tokens.token("counter-1", "r-1")
    assert SessionTokens(tmp_path / "sessions.key").is_of("counter-1", token), "over a restart, too"
    others = (("counter-2", token), ("counter-1", token[:-1] + "?"), ("counter-1", ""), ("counter-1", "x" * 48))
    assert not any(tokens.is_of(*other) for other in others)


@pytest.mark.parametrize(
    ("mqtt", "is_so"),
    [
        ({}, False),
        ({"open_on_loopback": True}, True),
        ({"open_on_loopback": True, "listen": "0.0.0.0"}, False),  # noqa: S104 - compared, not bound
        ({"open_on_loopback": True, "secret": "a-secret-of-the-house"}, False),
        ({"open_on_loopback": True, "server": "external", "host": "10.0.0.5"}, False),
    ],
)
def test_a_house_is_open_only_by_a_word_and_on_this_machine(mqtt: dict[str, Any], is_so: bool) -> None:  # noqa: FBT001
    assert is_open(Mqtt(**mqtt)) is is_so


def test_a_device_does_what_the_part_may_that_it_acts_as() -> None:
    office = shipped_settings()
    devices = {
        "devices": ("pad", "web-2", "own"),
        "act_as": (ActsAs(device="pad", part="counter-3"), ActsAs(device="web-2", part="web")),
    }
    clients = clients_of(office.model_copy(update={"mqtt": office.mqtt.model_copy(update=devices)}))
    assert clients["pad"] == clients["counter-3"]
    assert clients["web-2"] == clients["web"]
    assert "issue" in clients["own"].commands
    assert not clients["own"].commands & {"purge", "training"}
