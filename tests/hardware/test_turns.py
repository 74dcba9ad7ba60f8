"""Whose turn it is on a line, told in time that is only said."""

from __future__ import annotations

from hardware.codecs.talk import Manner
from hardware.config import Polling
from hardware.line.turns import Turn, Turns

POLLING = Polling(every_s=1, absent_every_s=10, refresh_s=60)


def turns(*addresses: int, manner: Manner = "polled") -> Turns[str]:
    made: Turns[str] = Turns(addresses, POLLING, manner=manner)
    made.line_opened()
    return made


def said(line: Turns[str], now_s: float) -> Turn[str]:
    turn = line.next(now_s)
    assert turn is not None
    return turn


def all_present(line: Turns[str], *addresses: int, now_s: float = 0) -> None:
    for address in addresses:
        line.answered(Turn(address, "poll"), now_s)


def test_everybody_is_asked_in_turn_and_not_too_often() -> None:
    line = turns(1, 2, 3)
    asked = []
    for now_s in (0.0, 0.1, 0.2):
        turn = said(line, now_s)
        asked.append(turn.address)
        line.answered(turn, now_s)
    assert asked == [1, 2, 3]
    assert line.next(0.9) is None
    assert said(line, 1.05).address == 1


def test_who_does_not_answer_is_absent_and_asked_more_rarely() -> None:
    line = turns(1, 2)
    all_present(line, 1, 2)
    line.silent(Turn(1, "poll"), 1.0)
    assert (line.state(1), line.state(2)) == ("absent", "present")
    asked = []
    for tenth in range(11, 121):
        turn = line.next(tenth / 10)
        if turn is not None:
            asked.append(turn.address)
            line.answered(turn, tenth / 10) if turn.address == 2 else line.silent(turn, tenth / 10)
    assert asked.count(1) == 1
    assert asked.count(2) >= 10


def test_nothing_is_said_of_who_was_not_asked_yet() -> None:
    line = turns(1, 2)
    line.answered(said(line, 0), 0)
    assert (line.state(1), line.state(2)) == ("present", None)
    line.silent(said(line, 0), 0)
    assert line.state(2) == "absent"


def test_what_is_to_be_shown_goes_first_in_the_order_in_which_it_came_and_the_latest_wins() -> None:
    line = turns(1, 2, 3)
    all_present(line, 1, 2, 3)
    line.want(3, "old")
    line.want(1, "A-001")
    line.want(3, "new")
    first = said(line, 5)
    line.answered(first, 5)
    assert first == Turn(3, "show", "new")
    assert said(line, 5) == Turn(1, "show", "A-001")


def test_what_changed_while_it_was_being_sent_is_sent_next() -> None:
    line = turns(1)
    all_present(line, 1)
    line.want(1, "first")
    turn = said(line, 0)
    line.want(1, "second")
    line.answered(turn, 0)
    assert said(line, 0) == Turn(1, "show", "second")


def test_nothing_is_shown_to_who_is_not_there_and_all_of_it_when_they_are_back() -> None:
    line = turns(1, 2)
    all_present(line, 2)
    line.want(1, "A-001")
    assert said(line, 0) == Turn(1, "poll")
    line.silent(Turn(1, "poll"), 0)
    assert line.next(0.5) is None
    line.answered(Turn(1, "poll"), 10)
    assert said(line, 10) == Turn(1, "show", "A-001")


def test_a_face_is_said_again_after_a_while_as_power_may_have_failed() -> None:
    line = turns(1)
    all_present(line, 1)
    line.want(1, "A-001")
    line.answered(said(line, 0), 0)
    line.answered(Turn(1, "poll"), 59)
    assert line.next(59.5) is None
    assert said(line, 60) == Turn(1, "show", "A-001")


def test_a_replugged_line_says_every_face_again() -> None:
    line = turns(1)
    all_present(line, 1)
    line.want(1, "A-001")
    line.answered(said(line, 0), 0)
    line.line_lost()
    assert line.state(1) == "absent"
    line.line_opened()
    line.answered(said(line, 1), 1)
    assert said(line, 1) == Turn(1, "show", "A-001")


def test_devices_that_only_answer_are_shown_things_until_they_do() -> None:
    line = turns(1, manner="answering")
    assert line.next(0) is None
    line.want(1, "A-001")
    line.silent(said(line, 0), 0)
    assert line.next(9) is None
    line.answered(said(line, 10), 10)
    assert line.state(1) == "present"


def test_nobody_knows_whether_a_device_that_never_answers_is_there() -> None:
    line = turns(1, manner="one_way")
    assert line.state(1) == "unknown"
    line.want(1, "A-001")
    line.answered(said(line, 0), 0)
    assert (line.state(1), line.next(1)) == ("unknown", None)
    line.line_lost()
    assert line.state(1) == "absent"


def test_a_device_that_is_the_line_is_there_with_it_and_hears_nothing() -> None:
    line = turns(0, manner="own_line")
    line.want(0, "A-001")
    assert (line.state(0), line.next(0)) == ("present", None)
