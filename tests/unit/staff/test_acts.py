"""What staff do to the hall without a counter: what each act leads to in every state, and what takes it back."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.decide import decide
from broker.domain.errors import Code, DomainError
from broker.domain.events import EVENT_NAMES
from broker.domain.model import Counter, Office
from broker.domain.today import Answered, Asked
from tests.fakes.clock import MORNING
from tests.fakes.halls import Play, contents
from tests.fakes.offices import small_office
from tests.unit.domain.test_decide_table import SITUATIONS, T

S, WHY = "staff session", "the printer there is broken"
HOUR = dt.timedelta(hours=1)
TEXT = {"id": "Loket 3 tutup.", "en": "Counter 3 is closed."}


def office() -> Office:
    return small_office(supervisors=frozenset({"dewi"}), kiosks=frozenset({"kiosk-1"}))


def in_situation(name: str) -> Play:
    """Return a play that has come that far; dewi sits at counter 3, and has a session without a counter too."""
    play = Play(office())
    SITUATIONS[name](play)
    play.do(cmd.StaffIn("dewi", "1234", S, pin_matches=True))
    return play


def staff(play: Play) -> Play:
    play.do(cmd.StaffIn("dewi", "1234", S, pin_matches=True))
    return play


@pytest.fixture
def play() -> Play:
    return staff(Play(office()))


def outcome(play: Play, command: cmd.Command) -> str:
    """Return what would happen, or the code of the refusal."""
    try:
        events = decide(play.hall, command, play.now)
    except DomainError as error:
        return error.code.value
    return "+".join(EVENT_NAMES[type(event)] for event in events) or "-"


def refused(play: Play, command: cmd.Command) -> str:
    """Return with which code a command is refused."""
    with pytest.raises(DomainError) as refusal:
        decide(play.hall, command, play.now)
    return refusal.value.code.value


COMMANDS: dict[str, cmd.Command] = {
    "transfer": cmd.StaffTransfer(S, T, WHY, stage="interview"),
    "to_counter": cmd.StaffTransfer(S, T, WHY, to_counter="c1"),
    "cancel": cmd.StaffCancel(S, T, WHY),
    "call_c1": cmd.StaffCall(S, T, "c1", WHY),
    "call_c4": cmd.StaffCall(S, T, "c4", WHY),
    "undo": cmd.StaffUndo(S),
    "close": cmd.Offer(S, WHY, service="visa", action="close"),
    "open": cmd.Offer(S, WHY, service="visa", action="open"),
    "quota": cmd.Quota(S, WHY, lane="priority", quota=0),
    "no_quota": cmd.Quota(S, WHY, lane="priority", quota=None),
    "stop": cmd.Intake(S, "stop", WHY),
    "resume": cmd.Intake(S, "resume", WHY),
    "ask_open": cmd.AskCounter(S, "c1", "open"),
    "ask_pause": cmd.AskCounter(S, "c1", "pause"),
    "ask_help": cmd.AskCounter(S, "c1", "help", "collection"),
    "ask_own": cmd.AskCounter(S, "c1", "help", "check"),
    "ask_none": cmd.AskCounter(S, "c1", "none"),
    "announce": cmd.Announce(S, TEXT, MORNING + HOUR, announcement="a1"),
    "unannounce": cmd.Unannounce(S, "a1"),
}
TABLE = """
            nothing            waiting            idle               queue              paused             calling            serving            elsewhere          held               finished           missed             cancelled          sent
transfer    unknown_ticket     transferred        unknown_ticket     transferred        transferred        transferred        transferred        transferred        transferred        illegal_transition transferred        illegal_transition transferred
to_counter  unknown_ticket     transferred        unknown_ticket     transferred        transferred        transferred        transferred        transferred        transferred        illegal_transition transferred        illegal_transition transferred
cancel      unknown_ticket     cancelled          unknown_ticket     cancelled          cancelled          cancelled          cancelled          cancelled          cancelled          illegal_transition cancelled          illegal_transition cancelled
call_c1     illegal_transition illegal_transition unknown_ticket     called             illegal_transition counter_busy       counter_busy       illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition not_allowed
call_c4     illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
undo        nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo    nothing_to_undo
close       offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed      offer_changed
open        -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
quota       quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed      quota_changed
no_quota    -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
stop        intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed     intake_changed
resume      -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
ask_open    counter_asked      counter_asked      illegal_transition illegal_transition counter_asked      illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
ask_pause   illegal_transition illegal_transition counter_asked      counter_asked      illegal_transition counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked
ask_help    illegal_transition illegal_transition counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked      counter_asked
ask_own     illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition illegal_transition
ask_none    -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -                  -
announce    announced          announced          announced          announced          announced          announced          announced          announced          announced          announced          announced          announced          announced
unannounce  bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request        bad_request
"""  # noqa: E501 - a table is read across


def _cells() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [(row[0], situation, cell) for row in rows for situation, cell in zip(head, row[1:], strict=True)]


def test_the_table_names_every_act() -> None:
    acts = {kind for name, kind in cmd.COMMANDS.items() if issubclass(kind, cmd.StaffAct) and name in _OURS}
    assert {type(command) for command in COMMANDS.values()} == acts
    assert {name for name, _, _ in _cells()} == COMMANDS.keys()


_OURS = {
    "staff_transfer",
    "staff_cancel",
    "staff_call",
    "staff_undo",
    "offer",
    "quota",
    "intake",
    "ask_counter",
    "announce",
    "unannounce",
}


@pytest.mark.parametrize(("command", "situation", "expected"), _cells())
def test_what_happens_and_that_it_is_taken_back_to_the_last_detail(command: str, situation: str, expected: str) -> None:
    play = in_situation(situation)
    play.wait(5)
    before = contents(play.hall)
    assert outcome(play, COMMANDS[command]) == expected
    assert contents(play.hall) == before, "a decision changes nothing"
    if expected in {"-", *Code}:
        return
    (event,) = play.do(COMMANDS[command])
    assert getattr(event, "by", None) == "dewi"
    play.do(cmd.StaffUndo(S))
    after = contents(play.hall)
    beside = {"seq", "acts", "undoable", "tickets", "calls", "groups", "figures"}
    assert {key: one for key, one in after.items() if key not in beside} == {
        key: one for key, one in before.items() if key not in beside
    }
    assert {name: (t.state, t.group, t.counter, t.ranked_since) for name, t in after["tickets"].items()} == {
        name: (t.state, t.group, t.counter, t.ranked_since) for name, t in before["tickets"].items()
    }
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo"


def test_a_service_that_is_closed_for_today_gives_no_numbers_and_opens_with_the_next_day(play: Play) -> None:
    play.do(cmd.Offer(S, WHY, service="visa", action="close"))
    assert play.do(cmd.Offer(S, WHY, service="visa", action="close")) == []
    assert refused(play, cmd.Issue("x", "visa")) == "service_closed"
    play.issue("passport")
    play.do(cmd.Offer(S, WHY, lane="priority", action="close"))
    assert refused(play, cmd.Issue("x", "passport", "priority")) == "lane_closed"
    play.wait(24 * 3600)
    play.issue("visa", "priority")


def test_a_quota_of_today_counts_instead_of_the_configured_one(play: Play) -> None:
    play.issue()
    play.do(cmd.Quota(S, WHY, service="visa", quota=2))
    play.issue()
    assert refused(play, cmd.Issue("x", "visa")) == "quota_reached"
    play.do(cmd.Quota(S, WHY, service="visa", quota=None))
    play.issue()


def test_the_intake_stops_until_a_moment_and_goes_on_by_itself(play: Play) -> None:
    until = play.now + HOUR
    play.do(cmd.Intake(S, "stop", WHY, until))
    assert refused(play, cmd.Issue("x", "visa")) == "service_closed"
    play.wait(3599)
    assert refused(play, cmd.Issue("x", "visa")) == "service_closed"
    play.wait(1)
    play.issue()


@pytest.mark.parametrize("at", [MORNING, MORNING - HOUR, MORNING + 24 * HOUR])
def test_a_moment_has_to_come_and_to_be_of_today(play: Play, at: dt.datetime) -> None:
    assert refused(play, cmd.Intake(S, "stop", WHY, at)) == "bad_request"
    assert refused(play, cmd.Announce(S, TEXT, at)) == "bad_request"


def test_an_announcement_is_said_in_all_languages_and_stays_short(play: Play) -> None:
    assert refused(play, cmd.Announce(S, {"id": "Tutup."}, play.now + HOUR)) == "bad_request"
    assert refused(play, cmd.Announce(S, {**TEXT, "fr": "x"}, play.now + HOUR)) == "bad_request"
    for at in range(5):
        play.do(cmd.Announce(S, {"id": "a" * 300, "en": "b" * 300}, play.now + HOUR, announcement=f"a{at}"))
    assert refused(play, cmd.Announce(S, TEXT, play.now + HOUR)) == "bad_request"


def test_a_call_by_staff_names_who_and_why_and_the_counter_may_take_it_back(play: Play) -> None:
    ticket = play.issue()
    play.sign_in()
    (called,) = play.do(cmd.StaffCall(S, ticket.number, "c1", WHY))
    assert isinstance(called, ev.Called)
    assert (called.by, called.why, called.reason.policy, called.officer) == ("dewi", WHY, "staff", "sari")
    play.do(cmd.Undo("c1", "c1"))
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo"


def test_nothing_is_taken_back_once_somebody_has_gone_on(play: Play) -> None:
    ticket = play.issue()
    play.sign_in()
    play.do(cmd.StaffTransfer(S, ticket.id, WHY, to_counter="c1"))
    play.call_next()
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo"
    play.do(cmd.StaffCancel(S, ticket.id, WHY))
    play.do(cmd.Pause("c1", "c1"))
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo", "the counter that had the ticket has gone on"


def test_a_call_is_not_taken_back_once_its_counter_went_on_in_the_same_moment(play: Play) -> None:
    ticket = play.issue()
    play.sign_in()
    play.do(cmd.StaffCall(S, ticket.id, "c1", WHY))
    play.do(cmd.Hold("c1", "c1"))
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo", "what is last is the counter's own"


def test_nothing_is_taken_back_after_half_a_minute_nor_by_another(play: Play) -> None:
    play.do(cmd.Offer(S, WHY, service="visa", action="close"))
    play.wait(31)
    assert refused(play, cmd.StaffUndo(S)) == "nothing_to_undo"


def test_a_counter_pauses_after_its_visitor(play: Play) -> None:
    play.issue()
    play.issue()
    play.sign_in()
    play.call_next()
    play.do(cmd.AskCounter(S, "c1", "pause", reason=WHY))
    assert [type(one) for one in play.do(cmd.AnswerAsked("c1", "c1", "accept"))] == [ev.CounterAnswered, ev.Paused]
    play.start()
    play.finish()
    assert play.hall.desks["c1"].paused
    assert refused(play, cmd.Next("c1", "c1")) == "illegal_transition"


def test_a_counter_says_no_or_takes_its_pause_back(play: Play) -> None:
    play.issue()
    play.sign_in()
    play.call_next()
    play.do(cmd.AskCounter(S, "c1", "pause"))
    play.do(cmd.AnswerAsked("c1", "c1", "decline"))
    assert not play.hall.desks["c1"].paused
    assert refused(play, cmd.AnswerAsked("c1", "c1", "accept")) == "illegal_transition"
    play.do(cmd.AskCounter(S, "c1", "pause"))
    play.do(cmd.AnswerAsked("c1", "c1", "accept"))
    play.do(cmd.Resume("c1", "c1"))
    play.start()
    play.finish()
    assert not play.hall.desks["c1"].paused


def test_a_closed_counter_answers_by_signing_in(play: Play) -> None:
    play.do(cmd.AskCounter(S, "c1", "open"))
    play.sign_in()
    assert play.hall.today.get(Asked, "c1") is None
    answered = play.hall.today.get(Answered, "c1")
    assert answered is not None
    assert (answered.answer, answered.asked.by) == ("accept", "dewi")


def test_a_counter_that_helps_calls_for_that_stage_while_nobody_waits_for_its_own_work(play: Play) -> None:
    play.issue("collection")
    play.issue("visa")
    play.issue("collection")
    play.sign_in()
    play.do(cmd.AskCounter(S, "c1", "help", "collection"))
    play.do(cmd.AnswerAsked("c1", "c1", "accept"))
    numbers = []
    for _ in range(3):
        called = play.call_next()
        assert called is not None
        numbers.append(called.number)
        play.start()
        play.finish()
    assert numbers == ["B-001", "J-001", "J-002"]
    play.issue("collection")
    play.do(cmd.AnswerAsked("c1", "c1", "decline"))
    assert play.call_next() is None, "it helps no more"


def test_help_ends_with_the_day(play: Play) -> None:
    play.sign_in()
    play.do(cmd.AskCounter(S, "c1", "help", "collection"))
    play.do(cmd.AnswerAsked("c1", "c1", "accept"))
    assert play.hall.office.counters["c1"].borrows == ("collection",)
    play.wait(24 * 3600)
    play.issue("collection")
    assert play.hall.office.counters["c1"] == Counter("c1", "1", ("check", "interview"))
    assert play.call_next() is None


def test_spaces_are_no_reason(play: Play) -> None:
    assert refused(play, cmd.Offer(S, "  ", service="visa", action="close")) == "bad_request"
    assert refused(play, cmd.StaffCancel(S, play.issue().id, " ")) == "bad_request"
