"""A session's token is told to whoever signed in, again if need be, and is written down nowhere."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from broker.bootstrap.tokens import MARK_LENGTH, SessionTokens
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.staff import LOGIN_ENDED
from tests.fakes.engine_room import EngineRoom
from tests.fakes.offices import PIN
from tests.fakes.store import MemoryStore


def test_the_same_request_has_the_same_token_over_a_restart(tmp_path: Path) -> None:
    before, after = SessionTokens(tmp_path / "key"), SessionTokens(tmp_path / "key")
    assert before.token("counter-1", "r-1") == after.token("counter-1", "r-1")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_every_client_and_request_has_a_token_of_its_own(tmp_path: Path) -> None:
    book = SessionTokens(tmp_path / "key")
    asked = [("a", "b"), ("ab", ""), ("", "ab"), ("b", "a"), ("a", "b2"), ('a","b', "")]
    tokens = {book.token(client, request) for client, request in asked}
    assert len(tokens) == len(asked)
    assert {len(token) for token in tokens} == {32 + MARK_LENGTH}, "192 bits to guess, and whose it is"


def test_another_offices_key_makes_other_tokens(tmp_path: Path) -> None:
    assert SessionTokens(tmp_path / "a").token("c", "r") != SessionTokens(tmp_path / "b").token("c", "r")


@pytest.mark.parametrize("content", [b"", b"too short"])
def test_a_broken_key_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    assert SessionTokens(path).token("c", "r") == SessionTokens(path).token("c", "r")


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    book = SessionTokens(tmp_path / "file" / "key")
    assert book.token("c", "r") == book.token("c", "r")


def test_a_sign_in_that_is_sent_again_gets_the_same_session_from_books_that_hold_none() -> None:
    store = MemoryStore()
    room = EngineRoom(store=store)
    command = cmd.SignIn("c1", "sari", PIN, "the-token")
    first = room.ask(command, request="r-1")
    assert first["session"] == "the-token"
    assert room.ask(command, request="r-1") == first
    room.restart()
    assert room.ask(command, request="r-1") == first
    assert b"the-token" not in b"".join(payload for _, payload in store.replies.values())


def test_a_sign_in_that_is_sent_twice_at_once_gets_one_session() -> None:
    room = EngineRoom()
    asked = room.submission(cmd.SignIn("c1", "sari", PIN, "the-token"), request="r-1")
    first, second = room.ask_all(asked, asked)
    assert first == second
    assert room.hall.seq == 1


def test_a_token_counts_for_the_login_that_it_was_given_to(tmp_path: Path) -> None:
    login = ["counter-1#first"]
    book = SessionTokens(tmp_path / "key", lambda client: login[-1] if client == "counter-1" else client)
    token, other = book.token("counter-1", "r-1"), book.token("counter-2", "r-1")
    assert book.is_of("counter-1", token)
    login.append("counter-1#second")
    assert not book.is_of("counter-1", token)
    assert book.is_of("counter-2", other), "nobody else signs in anew"


@pytest.mark.parametrize("restarts", [False, True])
def test_a_counter_is_closed_with_its_login_when_nobody_is_before_it(restarts: bool) -> None:  # noqa: FBT001 - a parameter
    """Who has a visitor keeps the counter, and gets it back by the PIN; another officer does not get the visitor."""
    room = EngineRoom()
    room.ask(cmd.Issue("t-1", "visa"))
    for counter, officer in (("c1", "sari"), ("c2", "budi")):
        room.ask(cmd.SignIn(counter, officer, PIN, f"token-{counter}", login=f"{counter}#first"))
    called = room.ask(cmd.Next("c1", "token-c1"))
    assert called["number"] == "B-001"
    room.ended_logins = {"c1#first", "c2#first"}
    room.restart() if restarts else room.engine.logins_changed()
    room.engine.step([])
    assert [room.hall.desks[counter].officer for counter in ("c1", "c2")] == ["sari", None]
    room.ask(cmd.Finish("c1", "token-c1"))
    room.engine.logins_changed()
    room.engine.step([])
    assert room.hall.desks["c1"].officer is None
    closed = [told.event for told in room.wire.told if isinstance(told.event, ev.Closed)]
    assert [(one.counter, one.reason) for one in closed] == [("c2", LOGIN_ENDED), ("c1", LOGIN_ENDED)]
