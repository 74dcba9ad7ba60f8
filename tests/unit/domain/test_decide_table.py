"""Every command in every situation: the table of what happens, or why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from broker.domain import commands as cmd
from broker.domain.decide import decide
from broker.domain.errors import Code, DomainError
from broker.domain.events import EVENT_NAMES
from broker.domain.identity import qr_text
from tests.fakes.halls import Play, contents
from tests.fakes.offices import small_office

T = "00000000-0000-0000-0000-000000000001"
"""The first ticket of each play."""

Situation = Callable[[Play], None]


def nothing(_play: Play) -> None:
    pass


def waiting(play: Play) -> None:
    play.issue()


def idle(play: Play) -> None:
    play.sign_in("c3", "dewi")
    play.sign_in("c1", "sari")


def queue(play: Play) -> None:
    play.issue()
    idle(play)


def paused(play: Play) -> None:
    queue(play)
    play.do(cmd.Pause("c1", "c1"))


def calling(play: Play) -> None:
    queue(play)
    play.call_next()


def serving(play: Play) -> None:
    calling(play)
    play.start()


def elsewhere(play: Play) -> None:
    play.issue("passport")
    idle(play)
    play.sign_in("c2", "budi")
    play.call_next("c2")


def held(play: Play) -> None:
    serving(play)
    play.do(cmd.Hold("c1", "c1", "fetch a copy"))


def held_beside(play: Play) -> None:
    held(play)
    play.issue()
    play.call_next()


def finished(play: Play) -> None:
    serving(play)
    play.finish()


def missed(play: Play) -> None:
    calling(play)
    play.no_show()


def cancelled(play: Play) -> None:
    queue(play)
    play.do(cmd.Cancel(T))


def between(play: Play) -> None:
    play.issue("passport")
    idle(play)
    play.call_next()
    play.finish()


def sent(play: Play) -> None:
    play.issue("visa", "priority")
    idle(play)
    play.call_next()
    play.do(cmd.Transfer("c1", "c1", to_counter="c4"))


def undone(play: Play) -> None:
    serving(play)
    play.do(cmd.Undo("c1", "c1"))


SITUATIONS: dict[str, Situation] = {
    made.__name__: made
    for made in (
        nothing,
        waiting,
        idle,
        queue,
        paused,
        calling,
        serving,
        elsewhere,
        held,
        held_beside,
        finished,
        missed,
        cancelled,
        between,
        sent,
        undone,
    )
}

SARI, DEWI, WRONG = cmd.AtCounter("c1", "c1"), cmd.AtCounter("c3", "c3"), cmd.AtCounter("c1", "stolen")
"""Sari is an officer at counter 1, Dewi a supervisor at counter 3, which serves another stage."""
NUMBER = "the number of the first ticket"
"""Stands for it: what it is depends on the service and lane of the situation."""

COMMANDS: dict[str, cmd.Command] = {
    "issue": cmd.Issue("another", "visa", None, None),
    "printed": cmd.Printed(T, "confirmed", None),
    "reprint": cmd.Reprint(T),
    "lookup": cmd.Lookup(T),
    "lookup_qr": cmd.Lookup(qr_text(T)),
    "lookup_number": cmd.Lookup(NUMBER),
    "cancel": cmd.Cancel(T),
    "cancel_qr": cmd.Cancel(qr_text(T)),
    "cancel_number": cmd.Cancel(NUMBER),
    "cancel_officer": cmd.Cancel(T, SARI, "asked for it"),
    "cancel_supervisor": cmd.Cancel(T, DEWI, "wrong office"),
    "cancel_intruder": cmd.Cancel(T, WRONG),
    "rejoin": cmd.Rejoin(T),
    "rejoin_qr": cmd.Rejoin(qr_text(T)),
    "rejoin_number": cmd.Rejoin(NUMBER),
    "rejoin_officer": cmd.Rejoin(NUMBER, SARI),
    "rejoin_intruder": cmd.Rejoin(T, WRONG),
    "sign_in": cmd.SignIn("c1", "sari", "1234", "new", pin_matches=True),
    "take_over": cmd.SignIn("c1", "budi", "1234", "new", pin_matches=True),
    "sign_in_elsewhere": cmd.SignIn("c2", "sari", "1234", "new", pin_matches=True),
    "go_over": cmd.SignIn("c2", "sari", "1234", "new", pin_matches=True, leave="c1"),
    "close": cmd.Close("c1", "c1"),
    "pause": cmd.Pause("c1", "c1"),
    "resume": cmd.Resume("c1", "c1"),
    "next": cmd.Next("c1", "c1"),
    "call": cmd.Call("c1", "c1", T),
    "recall": cmd.Recall("c1", "c1"),
    "start": cmd.Start("c1", "c1"),
    "finish": cmd.Finish("c1", "c1"),
    "no_show": cmd.NoShow("c1", "c1"),
    "hold": cmd.Hold("c1", "c1", "fetch a copy"),
    "unhold": cmd.Unhold("c1", "c1", T),
    "to_stage": cmd.Transfer("c1", "c1", stage="interview"),
    "to_service": cmd.Transfer("c1", "c1", service="passport"),
    "to_counter": cmd.Transfer("c1", "c1", to_counter="c1"),
    "to_no_stage": cmd.Transfer("c1", "c1", stage="nowhere"),
    "to_no_service": cmd.Transfer("c1", "c1", service="fishing"),
    "to_no_counter": cmd.Transfer("c1", "c1", to_counter="c9"),
    "to_wrong_counter": cmd.Transfer("c1", "c1", to_counter="c2"),
    "move_officer": cmd.Transfer("c1", "c1", ticket=T, stage="interview", reason="wrong queue"),
    "move_supervisor": cmd.Transfer("c3", "c3", ticket=T, stage="interview", reason="wrong queue"),
    "undo": cmd.Undo("c1", "c1"),
    "asked": cmd.AnswerAsked("c1", "c1", "accept"),
    "pin": cmd.ChangePin("c1", "c1", "1234", "8051", "sari", pin_matches=True),
    "pin_wrong": cmd.ChangePin("c1", "c1", "9999", "8051", "sari"),
    "pin_weak": cmd.ChangePin("c1", "c1", "1234", "4321", "sari", pin_matches=True),
    "reset_pin": cmd.ResetPin("c3", "c3", "sari", "8051"),
    "reset_by_officer": cmd.ResetPin("c1", "c1", "dewi", "8051"),
    "unlock": cmd.Unlock("c3", "c3", "sari"),
    "unlock_by_officer": cmd.Unlock("c1", "c1", "dewi"),
    "help": cmd.Help("ask", page="services", asker="kiosk-1"),
    "help_cancel": cmd.Help("cancel", asker="kiosk-1"),
    "help_come": cmd.Help("come", "kiosk-1", desk=SARI),
    "help_done": cmd.Help("done", "kiosk-1", desk=SARI),
}

TABLE = """
                  nothing        waiting            idle               queue              paused             calling            serving            elsewhere          held               held_beside        finished           missed             cancelled          between            sent               undone
issue             issued         issued             issued             issued             issued             issued             issued             issued             issued             issued             issued             issued             issued             issued             issued             issued
printed           unknown_ticket printed            unknown_ticket     printed            printed            printed            printed            printed            printed            printed            printed            printed            printed            printed            printed            printed
reprint           unknown_ticket reprinted          unknown_ticket     reprinted          reprinted          reprinted          reprinted          reprinted          reprinted          reprinted          illegal_transition reprinted          illegal_transition reprinted          reprinted          reprinted
lookup            unknown_ticket -                  unknown_ticket     -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
lookup_qr         unknown_ticket -                  unknown_ticket     -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
lookup_number     unknown_ticket -                  unknown_ticket     -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
cancel            unknown_ticket cancelled          unknown_ticket     cancelled          cancelled          illegal_transition illegal_transition illegal_transition cancelled          cancelled          illegal_transition cancelled          illegal_transition cancelled          cancelled          illegal_transition
cancel_qr         unknown_ticket cancelled          unknown_ticket     cancelled          cancelled          illegal_transition illegal_transition illegal_transition cancelled          cancelled          illegal_transition cancelled          illegal_transition cancelled          cancelled          illegal_transition
cancel_number     unknown_ticket not_holder         unknown_ticket     not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder
cancel_officer    unknown_ticket no_session         unknown_ticket     cancelled          cancelled          cancelled          cancelled          illegal_transition cancelled          cancelled          illegal_transition cancelled          illegal_transition cancelled          cancelled          cancelled
cancel_supervisor unknown_ticket no_session         unknown_ticket     cancelled          cancelled          cancelled          cancelled          cancelled          cancelled          cancelled          illegal_transition cancelled          illegal_transition cancelled          cancelled          cancelled
cancel_intruder   unknown_ticket no_session         unknown_ticket     no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session
rejoin            unknown_ticket illegal_transition unknown_ticket     illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition rejoined           illegal_transition illegal_transition illegal_transition illegal_transition
rejoin_qr         unknown_ticket illegal_transition unknown_ticket     illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition rejoined           illegal_transition illegal_transition illegal_transition illegal_transition
rejoin_number     unknown_ticket not_holder         unknown_ticket     not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder         not_holder
rejoin_officer    unknown_ticket no_session         unknown_ticket     illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition rejoined           illegal_transition illegal_transition illegal_transition illegal_transition
rejoin_intruder   unknown_ticket no_session         unknown_ticket     no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session         no_session
sign_in           opened         opened             opened             opened             opened             opened             opened             opened             opened             opened             opened             opened             opened             opened             opened             opened
take_over         opened         opened             closed+opened      closed+opened      closed+opened      counter_busy       counter_busy       not_allowed        closed+opened      counter_busy       closed+opened      closed+opened      closed+opened      closed+opened      closed+opened      counter_busy
sign_in_elsewhere opened         opened             not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed
go_over           opened         opened             closed+opened      closed+opened      closed+opened      counter_busy       counter_busy       counter_busy       closed+opened      counter_busy       closed+opened      closed+opened      closed+opened      closed+opened      closed+opened      counter_busy
close             no_session     no_session         closed             closed             closed             counter_busy       counter_busy       closed             closed             counter_busy       closed             closed             closed             closed             closed             counter_busy
pause             no_session     no_session         paused             paused             illegal_transition counter_busy       counter_busy       paused             paused             counter_busy       paused             paused             paused             paused             paused             counter_busy
resume            no_session     no_session         illegal_transition illegal_transition resumed            illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
next              no_session     no_session         -                  called             illegal_transition counter_busy       counter_busy       -                  -                  counter_busy       -                  -                  -                  called             -                  counter_busy
call              no_session     no_session         unknown_ticket     called             illegal_transition counter_busy       counter_busy       illegal_transition illegal_transition counter_busy       illegal_transition illegal_transition illegal_transition called             not_allowed        counter_busy
recall            no_session     no_session         illegal_transition illegal_transition illegal_transition recalled           illegal_transition illegal_transition illegal_transition recalled           illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition recalled
start             no_session     no_session         illegal_transition illegal_transition illegal_transition started            illegal_transition illegal_transition illegal_transition started            illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition started
finish            no_session     no_session         illegal_transition illegal_transition illegal_transition finished           finished           illegal_transition illegal_transition finished           illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition finished
no_show           no_session     no_session         illegal_transition illegal_transition illegal_transition no_show            illegal_transition illegal_transition illegal_transition no_show            illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition no_show
hold              no_session     no_session         illegal_transition illegal_transition illegal_transition held               held               illegal_transition illegal_transition held               illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition held
unhold            no_session     no_session         unknown_ticket     illegal_transition illegal_transition counter_busy       counter_busy       illegal_transition unheld             counter_busy       illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition counter_busy
to_stage          no_session     no_session         illegal_transition illegal_transition illegal_transition transferred        transferred        illegal_transition illegal_transition transferred        illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition transferred
to_service        no_session     no_session         illegal_transition illegal_transition illegal_transition transferred        transferred        illegal_transition illegal_transition transferred        illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition transferred
to_counter        no_session     no_session         illegal_transition illegal_transition illegal_transition transferred        transferred        illegal_transition illegal_transition transferred        illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition transferred
to_no_stage       no_session     no_session         illegal_transition illegal_transition illegal_transition bad_request        bad_request        illegal_transition illegal_transition bad_request        illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition bad_request
to_no_service     no_session     no_session         illegal_transition illegal_transition illegal_transition unknown_service    unknown_service    illegal_transition illegal_transition unknown_service    illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition unknown_service
to_no_counter     no_session     no_session         illegal_transition illegal_transition illegal_transition unknown_counter    unknown_counter    illegal_transition illegal_transition unknown_counter    illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition unknown_counter
to_wrong_counter  no_session     no_session         illegal_transition illegal_transition illegal_transition not_allowed        not_allowed        illegal_transition illegal_transition not_allowed        illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition not_allowed
move_officer      no_session     no_session         unknown_ticket     not_allowed        not_allowed        transferred        transferred        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        transferred
move_supervisor   no_session     no_session         unknown_ticket     transferred        transferred        transferred        transferred        transferred        transferred        transferred        illegal_transition transferred        illegal_transition transferred        transferred        transferred
undo              no_session     no_session         nothing_to_undo    nothing_to_undo    nothing_to_undo    undone             undone             nothing_to_undo    undone             undone             undone             undone             nothing_to_undo    undone             undone             nothing_to_undo
asked             no_session     no_session         illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
pin               no_session         no_session         pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed        pin_changed
pin_wrong         no_session         no_session         wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin          wrong_pin
pin_weak          no_session         no_session         weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin           weak_pin
reset_pin         no_session         no_session         pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset          pin_reset
reset_by_officer  no_session         no_session         not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed
unlock            no_session         no_session         unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked           unlocked
unlock_by_officer no_session         no_session         not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed        not_allowed
help              help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked         help_asked
help_cancel       -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
help_come         no_session         no_session         illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
help_done         no_session         no_session         -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
"""  # noqa: E501 - a table is read across


def in_situation(name: str) -> Play:
    """Return a play that has come that far."""
    play = Play(small_office(supervisors=frozenset({"dewi"}), kiosks=frozenset({"kiosk-1"})))
    SITUATIONS[name](play)
    return play


def command_in(play: Play, name: str) -> cmd.Command:
    """Return a command; where it asks by number, by the number that the first ticket has."""
    command, ticket = COMMANDS[name], play.hall.tickets.get(T)
    if isinstance(command, cmd.Lookup | cmd.Cancel | cmd.Rejoin) and command.ticket == NUMBER and ticket is not None:
        return replace(command, ticket=ticket.number)
    return command


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [(row[0], situation, cell) for row in rows for situation, cell in zip(head, row[1:], strict=True)]


def test_the_table_names_every_command_and_every_situation() -> None:
    cells = _cells()
    assert {(command, situation) for command, situation, _ in cells} == {
        (command, situation) for command in COMMANDS for situation in SITUATIONS
    }
    of_staff = {
        kind for kind in cmd.Command.__args__ if issubclass(kind, cmd.StaffAct | cmd.StaffIn)
    }  # see tests/unit/staff
    # Of no hall but a training's: see tests/unit/training. Of no counter: see tests/property/test_reserve.py.
    beside: set[type] = {cmd.Training, cmd.Lease, cmd.HandIn, cmd.GiveBack}
    assert {type(command) for command in COMMANDS.values()} == set(cmd.Command.__args__) - of_staff - beside


@pytest.mark.parametrize(("command", "situation", "expected"), _cells())
def test_what_happens(command: str, situation: str, expected: str) -> None:
    play = in_situation(situation)
    play.wait(30)
    before = contents(play.hall)
    try:
        events = decide(play.hall, command_in(play, command), play.now)
        outcome = "+".join(EVENT_NAMES[type(event)] for event in events) or "-"
    except DomainError as error:
        outcome = error.code.value
    assert outcome == expected
    assert contents(play.hall) == before, "a decision changes nothing"


@pytest.mark.parametrize(("command", "situation", "expected"), [cell for cell in _cells() if cell[2] not in set(Code)])
def test_what_happens_can_be_applied(command: str, situation: str, expected: str) -> None:
    play = in_situation(situation)
    play.wait(30)
    seq = play.hall.seq
    events = play.do(command_in(play, command))
    assert play.hall.seq == seq + len(events)
    assert {event.at for event in events} == (set() if expected == "-" else {play.now})


SESSION_COMMANDS = sorted(name for name, command in COMMANDS.items() if isinstance(command, cmd.AtCounter))


@pytest.mark.parametrize("situation", ["idle", "queue", "paused", "calling", "serving"])
@pytest.mark.parametrize("name", SESSION_COMMANDS)
def test_a_wrong_session_gets_nothing_done_and_comes_before_all_else(name: str, situation: str) -> None:
    play = in_situation(situation)
    command = COMMANDS[name]
    assert isinstance(command, cmd.AtCounter)
    for session in ("stolen", "", "c1 ", play.hall.desks["c1"].session or ""):
        with pytest.raises(DomainError) as refusal:
            decide(play.hall, replace(command, counter="c1", session=session), play.now)
        assert refusal.value.code == "no_session"


@pytest.mark.parametrize("name", SESSION_COMMANDS)
def test_an_unknown_counter_is_said_to_be_unknown(name: str) -> None:
    command = COMMANDS[name]
    assert isinstance(command, cmd.AtCounter)
    with pytest.raises(DomainError) as refusal:
        decide(Play().hall, replace(command, counter="c9"), Play().now)
    assert refusal.value.code == "unknown_counter"
