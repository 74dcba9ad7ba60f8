"""Who may act for the holder of a ticket: a number can be read off anybody's paper, so it never is enough."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain.checks import WRONG_CHECKS
from broker.domain.errors import Code, DomainError
from broker.domain.identity import QR_PREFIX, check_of_qr, qr_text, ticket_id_of_qr
from broker.domain.model import Ticket
from tests.fakes.engine_room import EngineRoom
from tests.fakes.halls import Play
from tests.fakes.store import MemoryStore

CHECK, WRONG = "4711", "4712"
ID, OTHER_ID = str(uuid.UUID(int=77)), str(uuid.UUID(int=78))
KIOSK = "kiosk-1"
DESK = cmd.AtCounter("c1", "c1")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a ticket, and by whom."""

    ticket: str
    check: str | None = None
    asker: str = ""
    desk: cmd.AtCounter | None = None


PROOFS: dict[str, tuple[Shown, bool, bool]] = {
    "the QR of the paper": (Shown(qr_text(ID, CHECK)), True, False),
    "the QR of the paper, at any kiosk": (Shown(qr_text(ID, CHECK), asker="kiosk-2"), True, False),
    "the number and the check code": (Shown("B-001", CHECK), True, False),
    "the id and the check code": (Shown(ID, CHECK), True, False),
    "the number alone": (Shown("B-001"), False, False),
    "the number alone, at the kiosk that issued it": (Shown("B-001", asker=KIOSK), False, False),
    "the number and a wrong check code": (Shown("B-001", WRONG), False, False),
    "the id, by the kiosk that issued it": (Shown(ID, asker=KIOSK), True, True),
    "the id, by another client": (Shown(ID, asker="kiosk-2"), False, True),
    "the id, by nobody in particular": (Shown(ID), False, True),
    "a QR without the check code": (Shown(qr_text(ID)), False, True),
    "a QR with a wrong check code": (Shown(qr_text(ID, WRONG)), False, False),
    "a QR with part of the check code": (Shown(qr_text(ID, CHECK[:3])), False, False),
    "a QR with a wrong check code, the right one beside it": (Shown(qr_text(ID, WRONG), CHECK), False, False),
    "a wrong check code, by the kiosk that issued it": (Shown(ID, WRONG, KIOSK), False, False),
    "an officer with the number": (Shown("B-001", desk=DESK), True, True),
    "an officer with the id": (Shown(ID, desk=DESK), True, True),
    "an officer whose session is over": (Shown("B-001", desk=cmd.AtCounter("c1", "old")), False, False),
}
"""What is shown; whether it is enough; and whether it is for a ticket without a check code, of an older journal."""

ACTIONS: dict[str, Callable[[Shown], cmd.Command]] = {
    "cancel": lambda shown: cmd.Cancel(shown.ticket, shown.desk, None, shown.check, shown.asker),
    "rejoin": lambda shown: cmd.Rejoin(shown.ticket, shown.desk, None, shown.check, shown.asker),
    "reprint": lambda shown: cmd.Reprint(shown.ticket, shown.desk, shown.check, shown.asker),
}


@pytest.fixture
def play() -> Play:
    """Return an office where one visitor was missed, and has a paper with a check code."""
    play = Play()
    play.sign_in()
    issue(play, ID, CHECK)
    play.call_next()
    play.no_show()
    return play


def issue(play: Play, ticket: str, check: str | None) -> Ticket:
    play.do(cmd.Issue(ticket, "visa", None, None, check, KIOSK))
    return play.hall.tickets[ticket]


def refused(play: Play, command: cmd.Command) -> DomainError:
    with pytest.raises(DomainError) as caught:
        play.do(command)
    return caught.value


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("proof", PROOFS)
def test_what_only_the_holder_may_do_needs_what_only_the_holder_has(play: Play, action: str, proof: str) -> None:
    shown, is_enough, _ = PROOFS[proof]
    command = ACTIONS[action](shown)
    if is_enough:
        assert play.do(command)
    else:
        code = refused(play, command).code
        assert code is (Code.NO_SESSION if shown.desk is not None else Code.NOT_HOLDER)
        assert play.ticket(ID).state == "no_show"
        assert play.ticket(ID).copies == 0


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("proof", PROOFS)
def test_a_ticket_of_an_older_journal_goes_by_its_id_or_qr(action: str, proof: str) -> None:
    play = Play()
    play.sign_in()
    issue(play, ID, None)
    play.call_next()
    play.no_show()
    shown, _, is_enough = PROOFS[proof]
    if is_enough:
        assert play.do(ACTIONS[action](shown))
    elif shown.check is None and check_of_qr(shown.ticket) is None:
        refused(play, ACTIONS[action](shown))


@pytest.mark.parametrize("proof", [name for name, (shown, *_) in PROOFS.items() if shown.desk is None])
def test_a_look_shows_a_number_to_everybody_and_says_whether_who_looks_holds_it(play: Play, proof: str) -> None:
    shown, is_enough, _ = PROOFS[proof]
    look = cmd.Lookup(shown.ticket, shown.check, shown.asker)
    if WRONG in (shown.check or "") + shown.ticket[-4:] or check_of_qr(shown.ticket) == CHECK[:3]:
        assert refused(play, look).code is Code.NOT_HOLDER, "a look must not tell which code is right for nothing"
    else:
        assert play.do(look) == []
        assert checks.is_holder(play.hall, play.ticket(ID), look, play.now) is is_enough


# -- guessing -------------------------------------------------------------------------------------------------------


def guess(room: EngineRoom, command: cmd.Command) -> tuple[object, object]:
    reply = room.ask(command, client="thief")
    return reply.get("error"), reply.get("detail", {}).get("locked")


@pytest.fixture
def room() -> EngineRoom:
    room = EngineRoom(store=MemoryStore())
    for ticket in (ID, OTHER_ID):
        assert "error" not in room.ask(cmd.Issue(ticket, "visa", None, None, CHECK, KIOSK))
    return room


@pytest.mark.parametrize("command", [cmd.Lookup, cmd.Cancel, cmd.Rejoin, cmd.Reprint])
def test_after_five_wrong_check_codes_only_the_paper_s_qr_or_a_counter_helps(
    room: EngineRoom, command: Callable[..., cmd.Command]
) -> None:
    seen = [guess(room, command("B-001", check=f"{number:04}")) for number in range(WRONG_CHECKS)]
    assert seen == [("not_holder", False)] * (WRONG_CHECKS - 1) + [("not_holder", True)]
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == ("not_holder", True)
    assert guess(room, cmd.Cancel("B-002", check=CHECK)) == (None, None), "another ticket's are not counted"
    assert guess(room, cmd.Cancel(qr_text(ID, CHECK))) == (None, None)


def test_wrong_codes_count_over_all_commands_and_clients(room: EngineRoom) -> None:
    for number, command in enumerate((cmd.Lookup, cmd.Cancel, cmd.Rejoin, cmd.Reprint, cmd.Lookup)):
        room.ask(command("B-001", check=WRONG), client=f"thief-{number}")
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == ("not_holder", True)


def test_codes_guessed_in_a_made_up_qr_are_as_few_and_take_nothing_from_who_types_the_right_one(
    room: EngineRoom,
) -> None:
    for number in range(WRONG_CHECKS):
        guess(room, cmd.Lookup(qr_text(ID, f"{number:04}")))
    assert guess(room, cmd.Cancel(qr_text(ID, CHECK))) == ("not_holder", True)
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == (None, None)


def test_a_guess_that_is_sent_again_counts_once(room: EngineRoom) -> None:
    one = room.submission(cmd.Lookup("B-001", check=WRONG))
    for _ in range(3 * WRONG_CHECKS):
        room.ask_all(one)
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == (None, None)


def test_the_lock_outlives_a_disk_that_refuses(room: EngineRoom) -> None:
    for _ in range(WRONG_CHECKS):
        guess(room, cmd.Lookup("B-001", check=WRONG))
    assert isinstance(room.store, MemoryStore)
    room.store.failing_commits = 1
    room.ask(cmd.Issue(str(uuid.UUID(int=99)), "visa", None, None))
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == ("not_holder", True)


def test_the_check_code_is_kept_over_a_restart(room: EngineRoom) -> None:
    room.restart()
    assert guess(room, cmd.Cancel("B-001", check=WRONG)) == ("not_holder", False)
    assert guess(room, cmd.Cancel("B-001", check=CHECK)) == (None, None)


# -- the text of the QR ---------------------------------------------------------------------------------------------


def test_the_qr_text_carries_the_check_code_at_its_end() -> None:
    text = qr_text(ID, CHECK)
    assert text == qr_text(ID) + CHECK
    assert (ticket_id_of_qr(text), check_of_qr(text)) == (ID, CHECK)
    assert (ticket_id_of_qr(qr_text(ID)), check_of_qr(qr_text(ID))) == (ID, None)
    assert len(text) <= 38, "what a QR of version 2 with correction M holds, as before"


@pytest.mark.parametrize("text", ["", "4711", QR_PREFIX, QR_PREFIX + "4711", qr_text(ID)[:-1], "A-001", ID])
def test_what_is_no_qr_text_has_no_check_code(text: str) -> None:
    assert check_of_qr(text) is None
