"""The board of calls: order, time at the front, gaps, late messages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.contract.messages import Calling
from display.hall.stage import Call, CallBoard
from tests.ui.display.lobby_samples import TestClock, called, calling, hall, told

SPEECH_S = 4.0


class Board:
    """A board, its clock, and what it has brought to the front so far."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.board = CallBoard(now=self.clock, speech_s=lambda _call: SPEECH_S, first_language="id")
        self.front: list[Call] = []

    def tick(self) -> None:
        """Tick once; the voice is done at once."""
        call = self.board.tick()
        if call is not None:
            self.front.append(call)
            self.board.speech_ended(call)

    def run(self, seconds: float) -> None:
        """Let time pass in ticks of a tenth of a second."""
        for _ in range(round(seconds * 10)):
            self.clock.pass_s(0.1)
            self.tick()

    def standing(self) -> str | None:
        """Return the number that stands large, or None while the board rests."""
        return self.board.current.number if self.board.current else None

    def ago(self, seconds: float) -> dt.datetime:
        """Return a moment before now."""
        return self.clock() - dt.timedelta(seconds=seconds)

    @property
    def numbers(self) -> list[str]:
        """Return what came to the front, in order."""
        return [call.number for call in self.front]


@pytest.fixture
def lobby() -> Board:
    lobby = Board()
    lobby.board.snapshot(hall(0, lobby.clock()))
    return lobby


def test_a_call_comes_to_the_front_with_the_very_next_tick(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001"]
    assert lobby.board.calling_now


def test_a_call_stays_ten_seconds_when_another_follows(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(1)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.run(8.8)
    assert lobby.numbers == ["A-001"]
    lobby.run(0.4)
    assert lobby.numbers == ["A-001", "A-002"]


def test_a_clock_that_is_set_back_holds_no_call_up(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.clock.pass_s(-3600)
    lobby.run(1)
    assert lobby.numbers == ["A-001", "A-002"]
    assert lobby.board.calling_now


def test_a_waiting_call_stands_in_the_list_at_once(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    assert [call.number for call in lobby.board.others] == ["A-002"]
    assert lobby.board.queued == {("A-002", "c4")}


def test_a_burst_of_five_is_shown_one_after_the_other_and_faster(lobby: Board) -> None:
    for index in range(1, 6):
        lobby.board.event(called(f"A-00{index}", index, lobby.clock(), counter=str(index)))
    lobby.tick()
    lobby.run(5 + 6 + 8 + 10 + 0.5)
    assert lobby.numbers == ["A-001", "A-002", "A-003", "A-004", "A-005"]
    assert all(call.announced for call in lobby.front)


def test_speech_is_never_cut_short() -> None:
    lobby = Board()
    lobby.board = CallBoard(now=lobby.clock, speech_s=lambda _call: 14.0, first_language="id")
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.tick()
    lobby.run(13.5)
    assert lobby.numbers == ["A-001"]
    lobby.run(1)
    assert lobby.numbers == ["A-001", "A-002"]


def test_a_voice_that_still_speaks_holds_the_front_but_not_for_ever(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    first = lobby.board.tick()
    assert first is not None
    lobby.clock.pass_s(20)
    assert lobby.board.tick() is None
    lobby.clock.pass_s(5)
    second = lobby.board.tick()
    assert second is not None
    assert second.number == "A-002"


def test_a_call_older_than_thirty_seconds_is_shown_but_not_announced(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.ago(31)))
    lobby.tick()
    assert lobby.numbers == ["A-001"]
    assert not lobby.front[0].announced


def test_a_burst_hurries_so_that_the_last_is_still_spoken(lobby: Board) -> None:
    for index in range(1, 7):
        lobby.board.event(called(f"A-00{index}", index, lobby.clock(), counter=str(index)))
    lobby.tick()
    lobby.run(26)
    assert [call.announced for call in lobby.front] == [True] * 6, "at the usual pace the last would come after 34 s"
    lobby.run(30)
    lobby.board.event(called("B-001", 8, lobby.clock(), counter="1"))
    lobby.board.event(called("B-002", 9, lobby.clock(), counter="2"))
    lobby.tick()
    lobby.run(9.8)
    assert lobby.numbers[-1] == "B-001", "two have time to be read"


def test_a_call_that_grew_old_in_the_queue_is_shown_but_not_announced() -> None:
    lobby = Board()
    lobby.board = CallBoard(now=lobby.clock, speech_s=lambda _call: 14.0, first_language="id")
    for index in range(1, 5):
        lobby.board.event(called(f"A-00{index}", index, lobby.clock(), counter=str(index)))
    lobby.tick()
    lobby.run(50)
    assert [(call.number, call.announced) for call in lobby.front] == [
        ("A-001", True),
        ("A-002", True),
        ("A-003", True),
        ("A-004", False),
    ]


def test_a_recall_shows_and_speaks_again(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(15)
    lobby.board.event(called("A-001", 2, lobby.clock(), times=2, type_="recalled"))
    lobby.tick()
    assert [(call.number, call.times_called, call.announced) for call in lobby.front] == [
        ("A-001", 1, True),
        ("A-001", 2, True),
    ]


def test_an_impatient_recall_takes_one_turn_while_its_call_still_waits(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.clock.pass_s(1)
    lobby.board.event(called("A-002", 3, lobby.clock(), counter="4", times=2, type_="recalled"))
    lobby.run(40)
    assert lobby.numbers == ["A-001", "A-002"]


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
    lobby.tick()
    lobby.run(600)
    lobby.board.event(called("A-001", 9, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]


def test_what_a_gap_hid_is_shown_from_the_next_snapshot_and_announced_while_young(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(60)
    lobby.board.event(called("A-004", 4, lobby.clock(), counter="6"))
    assert lobby.board.gaps == 1
    at = lobby.clock()
    lobby.board.snapshot(
        hall(
            4,
            at,
            now_calling=(
                calling("A-004", at, counter="6"),
                calling("A-003", lobby.ago(10), counter="5"),
                calling("A-002", lobby.ago(40), counter="4"),
            ),
        )
    )
    lobby.run(60)
    spoken = {call.number: call.announced for call in lobby.front}
    assert spoken == {"A-001": True, "A-004": True, "A-003": True, "A-002": False}


def test_a_missed_call_that_is_over_is_history_without_a_turn(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(300)
    at = lobby.clock()
    lobby.board.snapshot(
        hall(9, at, recent=(calling("A-002", lobby.ago(200), counter="4"), calling("A-001", lobby.ago(300))))
    )
    lobby.run(30)
    assert lobby.numbers == ["A-001"]
    assert "A-002" in [call.number for call in lobby.board.others]


def test_the_first_picture_is_drawn_in_silence() -> None:
    lobby = Board()
    at = lobby.clock()
    lobby.board.snapshot(
        hall(
            50,
            at,
            now_calling=(calling("A-009", lobby.ago(45)),),
            recent=(calling("A-008", lobby.ago(300), counter="4"),),
        )
    )
    lobby.tick()
    assert lobby.front == []
    assert lobby.board.current is not None
    assert lobby.board.current.number == "A-009"
    assert not lobby.board.calling_now
    assert [call.number for call in lobby.board.others] == ["A-008"]


def test_a_call_of_just_now_is_announced_even_when_the_display_has_just_started() -> None:
    lobby = Board()
    lobby.board.snapshot(hall(50, lobby.clock(), now_calling=(calling("A-009", lobby.ago(5)),)))
    lobby.tick()
    assert lobby.numbers == ["A-009"]
    assert lobby.front[0].announced


def test_yesterdays_call_leaves_the_board_when_the_hall_is_empty(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(60)
    lobby.clock.pass_s(20 * 3600)
    lobby.board.snapshot(hall(30, lobby.clock()))
    lobby.tick()
    assert lobby.board.current is None
    assert lobby.board.others == ()


# -- taken back and given up ------------------------------------------------------------------------------------------


def test_a_call_that_was_undone_leaves_the_front_at_once_and_the_one_before_stands_again(lobby: Board) -> None:
    earlier = lobby.clock()
    lobby.board.event(called("A-001", 1, earlier))
    lobby.tick()
    lobby.run(60)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    lobby.tick()
    lobby.board.event(told("undone", "A-002", 3, lobby.clock(), counter="4"))
    lobby.board.snapshot(hall(3, lobby.clock(), now_calling=(calling("A-001", earlier),)))
    lobby.tick()
    assert lobby.board.current is not None
    assert (lobby.board.current.number, lobby.board.others) == ("A-001", ())
    assert lobby.numbers == ["A-001", "A-002"]


def test_whoever_is_not_awaited_any_more_leaves_the_front_for_the_list_but_not_before_their_time(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.snapshot(hall(2, lobby.clock(), recent=(calling("A-001", at),)))
    lobby.run(9)
    assert lobby.standing() == "A-001"
    lobby.run(2)
    assert lobby.standing() is None
    assert [call.number for call in lobby.board.others] == ["A-001"]


def test_a_screen_that_is_switched_on_sends_nobody_to_a_counter_that_is_done_with_them(lobby: Board) -> None:
    over, awaited = lobby.clock() - dt.timedelta(minutes=3), lobby.clock() - dt.timedelta(minutes=4)
    late, done = calling("A-001", awaited), calling("A-002", over, counter="4")
    lobby.board.snapshot(hall(2, lobby.clock(), now_calling=(late,), recent=(done,)))
    lobby.tick()
    assert lobby.standing() == "A-001"
    lobby.board.snapshot(hall(3, lobby.clock(), recent=(late, done)))
    lobby.run(11)
    assert lobby.standing() is None


def test_a_call_that_was_undone_before_its_turn_is_never_announced(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told("undone", "A-002", 3, at, counter="4"))
    lobby.board.snapshot(hall(3, at, now_calling=(calling("A-001", at),)))
    lobby.run(60)
    assert lobby.numbers == ["A-001"]
    assert lobby.board.others == ()


def test_an_undo_that_took_no_call_back_leaves_the_call_where_it_is(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told("started", "A-002", 3, at, counter="4"))
    lobby.board.event(told("undone", "A-002", 4, at, counter="4"))
    lobby.board.snapshot(hall(4, at, now_calling=(calling("A-002", at, counter="4"), calling("A-001", at))))
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


def test_a_call_that_only_fell_off_the_end_of_a_short_snapshot_is_announced_all_the_same(lobby: Board) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.clock.pass_s(1)
    lobby.board.event(called("A-002", 2, lobby.clock(), counter="4"))
    later = lobby.clock() + dt.timedelta(seconds=1)
    lobby.clock.pass_s(1)
    lobby.board.event(called("A-003", 3, later, counter="5"))
    lobby.board.snapshot(hall(3, later, recent=(calling("A-003", later, counter="5"),)))
    lobby.run(60)
    assert lobby.numbers == ["A-001", "A-002", "A-003"]


@pytest.mark.parametrize("type_", ["cancelled", "held", "transferred"])
def test_whoever_is_not_expected_any_more_is_not_announced(lobby: Board, type_: str) -> None:
    at = lobby.clock()
    lobby.board.event(called("A-001", 1, at))
    lobby.tick()
    lobby.board.event(called("A-002", 2, at, counter="4"))
    lobby.board.event(told(type_, "A-002", 3, at, counter="4"))
    lobby.board.snapshot(hall(3, at, now_calling=(calling("A-001", at),), recent=(calling("A-002", at, counter="4"),)))
    lobby.run(60)
    assert lobby.numbers == ["A-001"]


@pytest.mark.parametrize("type_", ["rejoined", "transferred"])
def test_whoever_comes_back_is_called_as_if_for_the_first_time(lobby: Board, type_: str) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(60)
    lobby.board.event(told("no_show", "A-001", 2, lobby.clock()))
    lobby.board.event(told(type_, "A-001", 3, lobby.clock()))
    lobby.run(60)
    lobby.board.event(called("A-001", 4, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]
    assert all(call.announced for call in lobby.front)
    assert lobby.board.gaps == 0


def test_a_call_that_was_undone_and_made_again_is_announced_again(lobby: Board) -> None:
    lobby.board.event(called("A-001", 1, lobby.clock()))
    lobby.tick()
    lobby.run(5)
    lobby.board.event(told("undone", "A-001", 2, lobby.clock()))
    lobby.board.snapshot(hall(2, lobby.clock()))
    lobby.tick()
    assert lobby.board.current is None
    lobby.run(5)
    lobby.board.event(called("A-001", 3, lobby.clock()))
    lobby.tick()
    assert lobby.numbers == ["A-001", "A-001"]


@given(
    waits=st.lists(st.floats(min_value=0, max_value=12), min_size=1, max_size=12),
    duplicates=st.sets(st.integers(min_value=0, max_value=11)),
    lost=st.sets(st.integers(min_value=0, max_value=11)),
)
def test_every_call_comes_to_the_front_once_whatever_the_wire_does(
    waits: list[float], duplicates: set[int], lost: set[int]
) -> None:
    lobby = Board()
    lobby.board.snapshot(hall(0, lobby.clock()))
    entries: list[Calling] = []
    for index, wait in enumerate(waits):
        lobby.run(round(wait, 1))
        number, counter = f"A-{index + 1:03d}", str(index)
        entries.insert(0, calling(number, lobby.clock(), counter=counter))
        event = called(number, index + 1, lobby.clock(), counter=counter)
        for _ in range((index not in lost) + (index in duplicates and index not in lost)):
            lobby.board.event(event)
        lobby.tick()
    lobby.board.snapshot(hall(len(waits), lobby.clock(), now_calling=tuple(entries)))
    lobby.run(12 * len(waits) + 5)
    assert sorted(lobby.numbers) == sorted(entry.number for entry in entries)
