"""Every command in every situation: the table of what happens, or why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broker.domain import commands as cmd
from broker.domain.decide import decide
from broker.domain.errors import Code, DomainError
from broker.domain.events import EVENT_NAMES
from tests.fakes.halls import Play, contents

T = "00000000-0000-0000-0000-000000000001"
"""The first ticket of each play."""

Situation = Callable[[Play], None]


def nothing(_play: Play) -> None:
    pass


def idle(play: Play) -> None:
    play.sign_in()


def waiting(play: Play) -> None:
    play.issue()


def queue(play: Play) -> None:
    play.issue()
    play.sign_in()


def paused(play: Play) -> None:
    queue(play)
    play.do(cmd.Pause("c1", "c1"))


def calling(play: Play) -> None:
    queue(play)
    play.call_next()


def serving(play: Play) -> None:
    calling(play)
    play.start()


def finished(play: Play) -> None:
    serving(play)
    play.finish()


def missed(play: Play) -> None:
    calling(play)
    play.no_show()


def between_stages(play: Play) -> None:
    play.issue("passport")
    play.sign_in()
    play.call_next()
    play.finish()


SITUATIONS: dict[str, Situation] = {
    "nothing": nothing,
    "waiting": waiting,
    "idle": idle,
    "queue": queue,
    "paused": paused,
    "calling": calling,
    "serving": serving,
    "finished": finished,
    "missed": missed,
    "between_stages": between_stages,
}

COMMANDS: dict[str, cmd.Command] = {
    "issue": cmd.Issue("another", "visa", None, None),
    "printed": cmd.Printed(T, "confirmed", None),
    "reprint": cmd.Reprint(T),
    "sign_in": cmd.SignIn("c1", "sari", "1234", "new", pin_matches=True),
    "take_over": cmd.SignIn("c1", "budi", "1234", "new", pin_matches=True),
    "sign_in_elsewhere": cmd.SignIn("c2", "sari", "1234", "new", pin_matches=True),
    "close": cmd.Close("c1", "c1"),
    "pause": cmd.Pause("c1", "c1"),
    "resume": cmd.Resume("c1", "c1"),
    "next": cmd.Next("c1", "c1"),
    "call": cmd.Call("c1", "c1", T),
    "recall": cmd.Recall("c1", "c1"),
    "start": cmd.Start("c1", "c1"),
    "finish": cmd.Finish("c1", "c1"),
    "no_show": cmd.NoShow("c1", "c1"),
}

TABLE = """
                   nothing         waiting        idle               queue              paused             calling            serving            finished           missed             between_stages
issue              issued          issued         issued             issued             issued             issued             issued             issued             issued             issued
printed            unknown_ticket  printed        unknown_ticket     printed            printed            printed            printed            printed            printed            printed
reprint            unknown_ticket  reprinted      unknown_ticket     reprinted          reprinted          reprinted          reprinted          illegal_transition reprinted          reprinted
sign_in            opened          opened         opened             opened             opened             opened             opened             opened             opened             opened
take_over          opened          opened         closed+opened      closed+opened      closed+opened      counter_busy       counter_busy       closed+opened      closed+opened      closed+opened
sign_in_elsewhere  opened          opened         not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed
close              no_session      no_session     closed             closed             closed             counter_busy       counter_busy       closed             closed             closed
pause              no_session      no_session     paused             paused             illegal_transition counter_busy       counter_busy       paused             paused             paused
resume             no_session      no_session     illegal_transition illegal_transition resumed            illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
next               no_session      no_session     -                  called             illegal_transition counter_busy       counter_busy       -                  -                  called
call               no_session      no_session     unknown_ticket     called             illegal_transition counter_busy       counter_busy       illegal_transition illegal_transition called
recall             no_session      no_session     illegal_transition illegal_transition illegal_transition recalled           illegal_transition illegal_transition illegal_transition illegal_transition
start              no_session      no_session     illegal_transition illegal_transition illegal_transition started            illegal_transition illegal_transition illegal_transition illegal_transition
finish             no_session      no_session     illegal_transition illegal_transition illegal_transition finished           finished           illegal_transition illegal_transition illegal_transition
no_show            no_session      no_session     illegal_transition illegal_transition illegal_transition no_show            illegal_transition illegal_transition illegal_transition illegal_transition
"""  # noqa: E501 - a table is read across


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [(row[0], situation, cell) for row in rows for situation, cell in zip(head, row[1:], strict=True)]


def test_the_table_names_every_command_and_every_situation() -> None:
    cells = _cells()
    assert {(command, situation) for command, situation, _ in cells} == {
        (command, situation) for command in COMMANDS for situation in SITUATIONS
    }
    assert {type(command) for command in COMMANDS.values()} == set(cmd.Command.__args__)


@pytest.mark.parametrize(("command", "situation", "expected"), _cells())
def test_what_happens(command: str, situation: str, expected: str) -> None:
    play = Play()
    SITUATIONS[situation](play)
    play.wait(30)
    before = contents(play.hall)
    try:
        events = decide(play.hall, COMMANDS[command], play.now)
        outcome = "+".join(EVENT_NAMES[type(event)] for event in events) or "-"
    except DomainError as error:
        outcome = error.code.value
    assert outcome == expected
    assert contents(play.hall) == before, "a decision changes nothing"


@pytest.mark.parametrize(("command", "situation", "expected"), [cell for cell in _cells() if cell[2] not in set(Code)])
def test_what_happens_can_be_applied(command: str, situation: str, expected: str) -> None:
    play = Play()
    SITUATIONS[situation](play)
    play.wait(30)
    seq = play.hall.seq
    events = play.do(COMMANDS[command])
    assert play.hall.seq == seq + len(events)
    assert {event.at for event in events} == (set() if expected == "-" else {play.now})


SESSION_COMMANDS = sorted(name for name, command in COMMANDS.items() if isinstance(command, cmd.AtCounter))


@pytest.mark.parametrize("situation", ["idle", "queue", "paused", "calling", "serving"])
@pytest.mark.parametrize("name", SESSION_COMMANDS)
def test_a_wrong_session_gets_nothing_done_and_comes_before_all_else(name: str, situation: str) -> None:
    play = Play()
    SITUATIONS[situation](play)
    command = COMMANDS[name]
    assert isinstance(command, cmd.AtCounter)
    for session in ("stolen", "", "c1 ", play.hall.desks["c1"].session or ""):
        with pytest.raises(DomainError) as refusal:
            decide(play.hall, type(command)("c1", session), play.now)
        assert refusal.value.code == "no_session"


@pytest.mark.parametrize("name", SESSION_COMMANDS)
def test_an_unknown_counter_is_said_to_be_unknown(name: str) -> None:
    with pytest.raises(DomainError) as refusal:
        decide(Play().hall, type(COMMANDS[name])("c9", "c9"), Play().now)  # type: ignore[call-arg]  # all of one shape
    assert refusal.value.code == "unknown_counter"
