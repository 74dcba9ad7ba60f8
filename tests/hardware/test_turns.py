"""Whose turn it is on a bus, told in time that is only said."""

from __future__ import annotations

from hardware.config import Polling
from hardware.talk import Manner
from hardware.turns import Turn, Turns

POLLING = Polling(every_s=1, absent_every_s=10, refresh_s=60)


def turns(*addresses: int, manner: Manner = "polled") -> Turns[str]:
    made: Turns[str] = Turns(addresses, POLLING, manner=manner)
    made.line_opened()
    return made


def said(bus: Turns[str], now_s: float) -> Turn[str]:
    turn = bus.next(now_s)
    assert turn is not None
    return turn


def all_present(bus: Turns[str], *addresses: int, now_s: float = 0) -> None:
    for address in addresses:
        bus.answered(Turn(address, "poll"), now_s)


def test_everybody_is_asked_in_turn_and_not_too_often() -> None:
    bus = turns(1, 2, 3)
    asked = []
    for now_s in (0.0, 0.1, 0.2):
        turn = said(bus, now_s)
        asked.append(turn.address)
        bus.answered(turn, now_s)
    assert asked == [1, 2, 3]
    assert bus.next(0.9) is None
    assert said(bus, 1.05).address == 1


def test_who_does_not_answer_is_absent_and_asked_more_rarely() -> None:
    bus = turns(1, 2)
    all_present(bus, 1, 2)
    bus.silent(Turn(1, "poll"), 1.0)
    assert (bus.state(1), bus.state(2)) == ("absent", "present")
    asked = []
    for tenth in range(11, 121):
        turn = bus.next(tenth / 10)
        if turn is not None:
            asked.append(turn.address)
            bus.answered(turn, tenth / 10) if turn.address == 2 else bus.silent(turn, tenth / 10)
    assert asked.count(1) == 1
    assert asked.count(2) >= 10


def test_nothing_is_said_of_who_was_not_asked_yet() -> None:
    bus = turns(1, 2)
    bus.answered(said(bus, 0), 0)
    assert (bus.state(1), bus.state(2)) == ("present", None)
    bus.silent(said(bus, 0), 0)
    assert bus.state(2) == "absent"


def test_what_is_to_be_shown_goes_first_in_the_order_in_which_it_came_and_the_latest_wins() -> None:
    bus = turns(1, 2, 3)
    all_present(bus, 1, 2, 3)
    bus.want(3, "old")
    bus.want(1, "A-001")
    bus.want(3, "new")
    first = said(bus, 5)
    bus.answered(first, 5)
    assert first == Turn(3, "show", "new")
    assert said(bus, 5) == Turn(1, "show", "A-001")


def test_what_changed_while_it_was_being_sent_is_sent_next() -> None:
    bus = turns(1)
    all_present(bus, 1)
    bus.want(1, "first")
    turn = said(bus, 0)
    bus.want(1, "second")
    bus.answered(turn, 0)
    assert said(bus, 0) == Turn(1, "show", "second")


def test_nothing_is_shown_to_who_is_not_there_and_all_of_it_when_they_are_back() -> None:
    bus = turns(1, 2)
    all_present(bus, 2)
    bus.want(1, "A-001")
    assert said(bus, 0) == Turn(1, "poll")
    bus.silent(Turn(1, "poll"), 0)
    assert bus.next(0.5) is None
    bus.answered(Turn(1, "poll"), 10)
    assert said(bus, 10) == Turn(1, "show", "A-001")


def test_a_face_is_said_again_after_a_while_as_power_may_have_failed() -> None:
    bus = turns(1)
    all_present(bus, 1)
    bus.want(1, "A-001")
    bus.answered(said(bus, 0), 0)
    bus.answered(Turn(1, "poll"), 59)
    assert bus.next(59.5) is None
    assert said(bus, 60) == Turn(1, "show", "A-001")


def test_a_replugged_line_says_every_face_again() -> None:
    bus = turns(1)
    all_present(bus, 1)
    bus.want(1, "A-001")
    bus.answered(said(bus, 0), 0)
    bus.line_lost()
    assert bus.state(1) == "absent"
    bus.line_opened()
    bus.answered(said(bus, 1), 1)
    assert said(bus, 1) == Turn(1, "show", "A-001")


def test_devices_that_only_answer_are_shown_things_until_they_do() -> None:
    bus = turns(1, manner="answering")
    assert bus.next(0) is None
    bus.want(1, "A-001")
    bus.silent(said(bus, 0), 0)
    assert bus.next(9) is None
    bus.answered(said(bus, 10), 10)
    assert bus.state(1) == "present"


def test_nobody_knows_whether_a_device_that_never_answers_is_there() -> None:
    bus = turns(1, manner="one_way")
    assert bus.state(1) == "unknown"
    bus.want(1, "A-001")
    bus.answered(said(bus, 0), 0)
    assert (bus.state(1), bus.next(1)) == ("unknown", None)
    bus.line_lost()
    assert bus.state(1) == "absent"


def test_a_device_that_is_the_line_is_there_with_it_and_hears_nothing() -> None:
    bus = turns(0, manner="own_line")
    bus.want(0, "A-001")
    assert (bus.state(0), bus.next(0)) == ("present", None)
