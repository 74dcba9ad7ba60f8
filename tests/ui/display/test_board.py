"""The board of calls: nobody who is awaited is nowhere, everybody has a turn, what is missed is made up for."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.contract.messages import Calling
from display.hall.board import Call, CallBoard
from tests.ui.display.lobby_samples import TestClock, called, calling, hall, told

MOST = 6
"""So many stand large at once."""
SPEECH_S = 4.0


class Board:
    """A board, its clock, a voice that takes `SPEECH_S` for each call, and whose turns there were so far."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.board = CallBoard(monotonic=self.clock.monotonic, first_language="id")
        self.turns: list[Call] = []
        self._speaks: tuple[Call, float] | None = None

    def tick(self) -> None:
        """Tick once."""
        if self._speaks is not None and self.clock.ticks_s >= self._speaks[1]:
            self.board.speech_ended(self._speaks[0])
            self._speaks = None
        call = self.board.next_turn()
        if call is not None:
            self.turns.append(call)
            self.board.speech_began(call, SPEECH_S)
            self._speaks = call, self.clock.ticks_s + SPEECH_S

    def run(self, seconds: float) -> None:
        """Let time pass in ticks of a tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.clock.pass_s(0.1)
            self.tick()

    @property
    def front(self) -> list[str]:
        """Return the numbers that stand large."""
        return [call.number for call in self.board.front(MOST)]

    @property
    def listed(self) -> list[str]:
        """Return all numbers on the board: who is awaited, newest first, then who was."""
        return [call.number for call in (*self.board.awaited, *self.board.over)]

    def ago(self, seconds: float) -> dt.datetime:
        """Return a moment before now."""
        return self.clock() - dt.timedelta(seconds=seconds)

    @property
    def numbers(self) -> list[str]:
        """Return the numbers whose turn it was, in order."""
        return [call.number for call in self.turns]


@pytest.fixture
def lobby() -> Board:
    lobby = Board()
    lobby.board.snapshot(hall(0, lobby.clock()))
    return lobby


def test_a_call_stands_large_at_once_and_has_its_turn_with_the_very_next_tick(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    assert lobby.front == ["A-001"]
    lobby.tick()
    assert lobby.numbers == ["A-001"]


def test_a_second_call_stands_large_beside_the_first_at_once_and_is_spoken_after_it(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(1)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.tick()
    assert (lobby.front, lobby.numbers) == (["A-001", "A-002"], ["A-001"])
    assert lobby.board.upcoming == {("A-002", "c4")}
    lobby.run(SPEECH_S)
    assert lobby.numbers == ["A-001", "A-002"]


def test_a_call_stands_large_until_its_visitor_comes_but_ten_seconds_at_least(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(300)
    assert lobby.front == ["A-001"]
    lobby.board.event(told("started", "A-001", 2, lobby.clock()))
    assert lobby.front == []
    lobby.board.event(called("A-002", 3, lobby.clock()))
    lobby.tick()
    lobby.board.event(told("started", "A-002", 4, lobby.clock()))
    lobby.run(9.8)
    assert lobby.front == ["A-002"]
    lobby.run(0.4)
    assert lobby.front == []


def test_a_call_stands_large_beside_the_next_one_and_gives_way_to_the_one_after(lobby: Board) -> None:
    for index in range(1, 4):
        assert lobby.front == [f"A-{number:03d}" for number in range(max(1, index - 2), index)]
        lobby.board.event(called(f"A-{index:03d}", index, lobby.clock(), counter=str(index)))
        lobby.run(60)
    assert lobby.front == ["A-002", "A-003"]
    lobby.board.event(told("started", "A-003", 4, lobby.clock(), counter="3"))
    assert lobby.front == ["A-001", "A-002"]


def test_of_those_that_stand_large_the_one_that_is_spoken_stays_to_the_last(lobby: Board) -> None:
    for index in range(1, 4):
        lobby.board.event(called(f"A-{index:03d}", index, lobby.clock(), counter=str(index)))
    lobby.tick()
    lobby.run(SPEECH_S + 1)
    assert lobby.numbers[-1] == "A-002"
    ranks = lobby.board.ranks(3)
    assert min(ranks, key=ranks.__getitem__) == ("A-002", "c2")


def test_of_a_crowd_the_one_that_is_spoken_stands_large_among_those_before_and_behind(lobby: Board) -> None:
    for index in range(1, 21):
        lobby.board.event(called(f"A-{index:03d}", index, lobby.clock(), counter=str(index)))
    lobby.tick()
    assert lobby.front == [f"A-{index:03d}" for index in range(1, 7)]
    lobby.run(5 * SPEECH_S + 0.5)
    assert lobby.numbers[-1] == "A-006"
    assert lobby.front == [f"A-{index:03d}" for index in range(4, 10)]
    assert len(set(lobby.listed)) == 20


def test_a_voice_that_still_speaks_is_waited_for_but_not_for_ever(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    first = lobby.board.next_turn()
    assert first is not None
    lobby.board.speech_began(first, SPEECH_S)
    lobby.clock.pass_s(20)
    assert lobby.board.next_turn() is None
    lobby.clock.pass_s(5)
    second = lobby.board.next_turn()
    assert second is not None
    assert second.number == "A-002"


def test_age_alone_never_drops_a_call(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.ago(3000)))
    lobby.tick()
    assert lobby.numbers == ["A-001"]


@pytest.mark.parametrize("type_", ["started", "finished", "no_show", "cancelled", "held", "transferred"])
def test_whoever_is_not_awaited_any_more_has_no_turn_any_more(lobby: Board, type_: str) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told(type_, "A-002", 3, at, counter="4"))
    lobby.run(60)
    assert lobby.numbers == ["A-001"]
    assert lobby.front == ["A-001"], "whose visitor is still awaited"
    assert lobby.listed == ["A-001", "A-002"]


def test_a_recall_has_a_turn_of_its_own(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(15)
    lobby.board.event(called("A-001", 2, lobby.clock(), times=2, type_="recalled"))
    lobby.tick()
    assert [(call.number, call.times_called) for call in lobby.turns] == [("A-001", 1), ("A-001", 2)]
    assert lobby.front == ["A-001"]


def test_a_recall_while_the_call_is_being_spoken_is_spoken_again_behind_those_who_wait(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(1)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.board.event(called("A-001", 3, lobby.clock(), times=2, type_="recalled"))
    lobby.run(20)
    assert lobby.numbers == ["A-001", "A-002", "A-001"]


def test_an_impatient_recall_shares_the_turn_that_its_call_still_waits_for(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.board.event(called("A-003", 3, lobby.clock(), counter="5"))
    lobby.clock.pass_s(1)
    lobby.board.event(called("A-002", 4, lobby.clock(), counter="4", times=2, type_="recalled"))
    lobby.run(40)
    assert [(call.number, call.times_called) for call in lobby.turns] == [("A-001", 1), ("A-002", 2), ("A-003", 1)]


def test_the_same_event_twice_is_one_call(lobby: Board) -> None:
    event = called("A-001", 1, lobby.clock())
    for _ in range(2):
        lobby.board.event(event)
    lobby.run(30)
    assert lobby.numbers == ["A-001"]


def test_event_and_snapshot_of_one_call_are_one_call_in_either_order(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.snapshot(hall(1, at, now_calling=(calling("A-001", at),)))
    lobby.board.event(called("A-001", 1, at))
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.snapshot(hall(2, at, now_calling=(calling("A-002", at, counter="4"), calling("A-001", at))))
    lobby.run(40)
    assert lobby.numbers == ["A-001", "A-002"]


def test_a_number_called_again_to_the_same_counter_for_its_next_stage_is_a_new_call(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(600)
    lobby.board.event(called("A-001", 9, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]


def test_what_a_gap_hid_is_shown_and_spoken_from_the_next_snapshot_however_late(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(60)
    lobby.board.event(called("A-004", 4, lobby.clock(), counter="6"))
    assert lobby.board.gaps == 1
    at = lobby.clock()
    missed = (calling("A-003", lobby.ago(10), counter="5"), calling("A-002", lobby.ago(400), counter="4"))
    lobby.board.snapshot(hall(4, at, now_calling=(calling("A-004", at, counter="6"), *missed)))
    assert lobby.front == ["A-002", "A-003", "A-004"]
    lobby.run(60)
    assert lobby.numbers == ["A-001", "A-002", "A-003", "A-004"]


def test_a_missed_call_that_is_over_is_history_without_a_turn(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(300)
    at = lobby.clock()
    lobby.board.snapshot(
        hall(9, at, recent=(calling("A-002", lobby.ago(200), counter="4"), calling("A-001", lobby.ago(300))))
    )
    lobby.run(30)
    assert lobby.numbers == ["A-001"]
    assert lobby.listed == ["A-002", "A-001"]


def test_the_first_picture_is_drawn_in_silence_as_others_have_heard_it_before() -> None:
    lobby = Board()
    at = lobby.clock()
    over = calling("A-008", lobby.ago(300), counter="4")
    lobby.board.snapshot(hall(50, at, now_calling=(calling("A-009", lobby.ago(45)),), recent=(over,)))
    lobby.tick()
    assert (lobby.turns, lobby.front) == ([], ["A-009"])
    assert lobby.listed == ["A-009", "A-008"]


def test_how_old_a_call_of_the_first_picture_is_the_engine_says_not_the_displays_own_clock() -> None:
    lobby = Board()
    then = lobby.ago(7200)
    young = calling("A-009", then - dt.timedelta(seconds=5))
    lobby.board.snapshot(hall(50, then, now_calling=(young,)))
    lobby.tick()
    assert lobby.numbers == ["A-009"]


def test_yesterdays_call_leaves_the_board_when_the_hall_is_empty(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(60)
    lobby.clock.pass_s(20 * 3600)
    lobby.board.snapshot(hall(30, lobby.clock()))
    assert (lobby.front, lobby.listed) == ([], [])


def test_a_picture_that_a_restarted_server_had_saved_long_ago_takes_nothing_back(lobby: Board) -> None:
    lobby.board.snapshot(hall(7, lobby.clock(), now_calling=(calling("A-001", lobby.clock()),)))
    lobby.run(20)
    old = hall(3, lobby.ago(7200)).model_copy(update={"retained": True})
    lobby.board.snapshot(old)
    assert lobby.front == ["A-001"]


def test_an_office_that_begins_a_new_journal_is_followed(lobby: Board) -> None:
    lobby.board.snapshot(hall(700, lobby.clock(), now_calling=(calling("A-090", lobby.clock()),)))
    lobby.run(20)
    lobby.board.snapshot(hall(2, lobby.clock()))
    assert lobby.listed == []
    lobby.board.event(called("A-001", 3, lobby.clock()))
    assert lobby.front == ["A-001"]


# -- taken back and given up ------------------------------------------------------------------------------------------


def test_a_call_that_was_undone_leaves_at_once_and_the_one_before_is_the_latest_again(lobby: Board) -> None:
    earlier = lobby.clock()
    lobby.board.event(called("A-001", 1, earlier))
    lobby.run(60)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.tick()
    lobby.board.event(told("undone", "A-002", 3, lobby.clock(), counter="4"))
    lobby.board.snapshot(hall(3, lobby.clock(), now_calling=(calling("A-001", earlier),)))
    lobby.tick()
    assert (lobby.front, lobby.listed) == (["A-001"], ["A-001"])
    assert lobby.numbers == ["A-001", "A-002"]


def test_whoever_is_not_awaited_any_more_leaves_for_the_list_but_not_before_their_time(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.snapshot(hall(2, lobby.clock(), recent=(calling("A-001", at),)))
    lobby.run(9)
    assert lobby.front == ["A-001"]
    lobby.run(2)
    assert (lobby.front, lobby.listed) == ([], ["A-001"])


def test_a_call_that_is_over_does_not_stand_large_beside_the_next_one_of_its_counter(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(2)
    lobby.board.event(told("no_show", "A-001", 2, lobby.clock()))
    lobby.board.event(called("A-002", 3, lobby.clock()))
    assert lobby.front == ["A-002"]


def test_where_room_is_short_whoever_is_not_awaited_any_more_gives_way(lobby: Board) -> None:
    for index in range(1, MOST + 1):
        lobby.board.event(called(f"A-{index:03d}", index, lobby.clock(), counter=str(index)))
    lobby.run(5)
    lobby.board.event(told("started", "A-001", 11, lobby.clock(), counter="1"))
    assert lobby.front[0] == "A-001"
    lobby.board.event(called("A-007", 12, lobby.clock(), counter="7"))
    assert lobby.front == [f"A-{index:03d}" for index in range(2, 8)]


def test_a_screen_that_is_switched_on_sends_nobody_to_a_counter_that_is_done_with_them() -> None:
    lobby = Board()
    awaited, done = calling("A-001", lobby.ago(240)), calling("A-002", lobby.ago(180), counter="4")
    lobby.board.snapshot(hall(2, lobby.clock(), now_calling=(awaited,), recent=(done,)))
    assert lobby.front == ["A-001"]
    lobby.board.snapshot(hall(3, lobby.clock(), recent=(awaited, done)))
    assert lobby.front == []


def test_a_call_that_was_undone_before_its_turn_is_never_spoken(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told("undone", "A-002", 3, at, counter="4"))
    lobby.board.snapshot(hall(3, at, now_calling=(calling("A-001", at),)))
    lobby.run(60)
    assert (lobby.numbers, lobby.listed) == (["A-001"], ["A-001"])


def test_whoever_is_awaited_again_as_the_start_was_undone_has_the_turn_that_is_still_owed(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told("started", "A-002", 3, at, counter="4"))
    lobby.run(10)
    assert lobby.numbers == ["A-001"]
    lobby.board.event(told("undone", "A-002", 4, lobby.clock(), counter="4"))
    lobby.board.snapshot(hall(4, lobby.clock(), now_calling=(calling("A-002", at, counter="4"), calling("A-001", at))))
    lobby.run(60)
    assert lobby.numbers == ["A-001", "A-002"]


def test_a_snapshot_from_before_the_call_takes_nothing_back(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 5, at))
    lobby.tick()
    lobby.board.event(called("A-002", 6, at, counter="4"))
    lobby.board.snapshot(hall(4, at))
    lobby.run(60)
    assert lobby.numbers == ["A-001", "A-002"]


@pytest.mark.parametrize("type_", ["rejoined", "transferred"])
def test_whoever_comes_back_is_called_as_if_for_the_first_time(lobby: Board, type_: str) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(60)
    lobby.board.event(told("no_show", "A-001", 2, lobby.clock()))
    lobby.board.event(told(type_, "A-001", 3, lobby.clock()))
    lobby.run(60)
    lobby.board.event(called("A-001", 4, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]
    assert lobby.board.gaps == 0


def test_a_call_that_was_undone_and_made_again_is_spoken_again(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.run(5)
    lobby.board.event(told("undone", "A-001", 2, lobby.clock()))
    lobby.board.snapshot(hall(2, lobby.clock()))
    assert lobby.front == []
    lobby.run(5)
    lobby.board.event(called("A-001", 3, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]


def test_a_counter_whose_label_says_that_it_is_one_is_not_called_so_twice(lobby: Board) -> None:
    entry = calling("A-001", lobby.clock()).model_copy(update={"counter_label": "Loket 2"})
    lobby.board.snapshot(hall(1, lobby.clock(), now_calling=(entry,)))
    event = called("A-002", 2, lobby.clock(), counter="4").model_copy(update={"counter_label": "COUNTER-3"})
    lobby.board.event(event)
    assert [call.counter_label for call in lobby.board.front(MOST)] == ["2", "3"]
    assert isinstance(entry, Calling)
