"""What LED signs show: by state, by time, and when nobody knows."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.config.desk_devices import Sign
from broker.contract.clock import EngineClock
from broker.contract.link import STALE_AFTER_S
from broker.contract.messages import Calling, CounterMessage, CounterState, HallMessage, HistoryEntry, Ticket
from display.signs.presenter import TRAINING_SHOWN_S, TRAINING_TURN_S, TURN_S, SignPresenter
from hardware.codecs.signs.row import DARK, TEST_MARK, UNSURE, Row
from tests.ui.display.lobby_samples import MORNING, TestClock

BLINK_S = 4.0
SIGNS = (Sign(address=1, counter="counter-1"), Sign(address=2, counter="counter-2"))
BOARD = (Sign(address=10, board=True, lines=3),)
LIT, OFF = Row("A-012"), DARK
NO_CALL, UNSURE_CALL = Row("", ""), Row("-", "")


def ticket(number: str, *calls: tuple[str, dt.datetime]) -> Ticket:
    return Ticket(
        id="6f1c1f0e-0000-4000-8000-000000000012",
        number=number,
        service="new-passport",
        lane="regular",
        stage="document-check",
        state="called",
        language="id",
        issued_at=MORNING,
        waiting_since=MORNING,
        ahead=0,
        qr="ANTREAN-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        history=tuple(HistoryEntry(at=at, type=kind) for kind, at in (("issued", MORNING), *calls)),
    )


def counter(name: str, state: CounterState, of: Ticket | None = None) -> CounterMessage:
    return CounterMessage(id=name, label=name[-1], state=state, ticket=of)


def hall(*calls: tuple[str, str, dt.datetime]) -> HallMessage:
    calling = tuple(
        Calling(
            number=number,
            lane="regular",
            counter=f"counter-{label}",
            counter_label=label,
            called_at=at,
            times_called=1,
        )
        for number, label, at in calls
    )
    return HallMessage(revision=1, seq=1, at=MORNING, day=MORNING.date(), calling=calling)


class Signs:
    """The signs of a bus in an office whose engine is there."""

    def __init__(self, signs: tuple[Sign, ...] = SIGNS, *, linked: bool = True, is_training: bool = False) -> None:
        self.clock = TestClock()
        clock = EngineClock(self.clock.own, self.clock.monotonic)
        self.presenter = SignPresenter(signs, blink_s=BLINK_S, clock=clock, is_training=is_training)
        if linked:
            self.presenter.link(online=True)

    def hall(self, *calls: tuple[str, str, dt.datetime]) -> None:
        """Let the engine say whom it calls."""
        self.presenter.hall(hall(*calls).model_copy(update={"at": self.clock()}))

    def after(self, seconds: float) -> dict[int, Row]:
        """Return the rows when so much time has passed."""
        self.clock.pass_s(seconds)
        return dict(self.presenter.rows())


SHOWN: list[tuple[CounterState, bool, Row]] = [
    ("closed", False, DARK),
    ("open", False, DARK),
    ("paused", False, DARK),
    ("calling", True, LIT),
    ("serving", True, LIT),
    ("closed", True, DARK),
]


@pytest.mark.parametrize(("state", "has_ticket", "row"), SHOWN)
def test_a_counters_sign_shows_whom_it_calls_or_serves_and_is_dark_else(
    state: CounterState,
    has_ticket: bool,  # noqa: FBT001 - a column of the table
    row: Row,
) -> None:
    signs = Signs()
    signs.presenter.counter(counter("counter-1", state, ticket("A-012") if has_ticket else None))
    assert signs.after(0) == {1: row, 2: DARK}


@pytest.mark.parametrize("is_training", [True, False])
def test_in_a_training_every_sign_says_so_in_turn(*, is_training: bool) -> None:
    signs = Signs((*SIGNS, *BOARD), is_training=is_training)
    signs.presenter.counter(counter("counter-1", "serving", ticket("A-012")))
    seen: dict[int, list[str]] = {1: [], 2: [], 10: []}
    for _ in range(int(2 * TRAINING_TURN_S)):
        signs.hall()
        rows = signs.after(1.0)
        for address, shown in seen.items():
            shown.append(rows[address].number)
    for shown, else_ in zip(seen.values(), ("A-012", "", ""), strict=True):
        assert set(shown) == ({else_, TEST_MARK} if is_training else {else_})
        assert shown.count(TEST_MARK) == (2 * TRAINING_SHOWN_S if is_training else 0)


BEATS = [(0.0, LIT), (0.4, LIT), (0.6, OFF), (1.1, LIT), (3.9, OFF), (4.1, LIT), (600.0, LIT)]


@pytest.mark.parametrize(("since", "row"), BEATS)
def test_a_call_blinks_once_a_second_for_a_while_and_then_stands(since: float, row: Row) -> None:
    signs = Signs()
    signs.presenter.counter(counter("counter-1", "calling", ticket("A-012", ("called", MORNING))))
    signs.clock.pass_s(since)
    signs.hall()
    assert signs.after(0)[1] == row


def test_a_recall_blinks_anew_and_who_is_served_does_not_blink() -> None:
    signs = Signs()
    again = ("recalled", MORNING + dt.timedelta(seconds=10))
    called = ticket("A-012", ("called", MORNING), again)
    signs.presenter.counter(counter("counter-1", "calling", called))
    signs.clock.pass_s(10.7)
    signs.hall()
    assert signs.after(0)[1] == OFF
    signs.presenter.counter(counter("counter-1", "serving", called))
    assert signs.after(0)[1] == LIT


def test_a_clock_that_goes_behind_the_engines_does_not_blink_for_hours() -> None:
    signs = Signs()
    later = MORNING + dt.timedelta(hours=1)
    signs.presenter.counter(counter("counter-1", "calling", ticket("A-012", ("called", later))))
    assert {signs.after(0.3)[1] for _ in range(4)} == {LIT}


def test_the_board_shows_the_newest_calls_with_their_counters() -> None:
    signs = Signs(BOARD)
    calls = [(f"A-01{n}", str(n), MORNING - dt.timedelta(minutes=n)) for n in range(1, 5)]
    signs.hall(*calls)
    assert signs.after(0) == {10: Row("A-011", "1"), 11: Row("A-012", "2"), 12: Row("A-013", "3")}
    signs.hall(calls[1])
    assert signs.after(0) == {10: Row("A-012", "2"), 11: NO_CALL, 12: NO_CALL}


def test_only_the_new_call_blinks_on_the_board() -> None:
    signs = Signs(BOARD)
    signs.hall(("A-012", "2", MORNING), ("A-011", "1", MORNING - dt.timedelta(minutes=5)))
    assert signs.after(0.6) == {10: NO_CALL, 11: Row("A-011", "1"), 12: NO_CALL}


def test_a_short_restart_of_the_engine_disturbs_no_sign_but_a_long_one_shows_dashes() -> None:
    signs = Signs((*SIGNS, *BOARD))
    signs.presenter.counter(counter("counter-1", "serving", ticket("A-012")))
    signs.hall()
    signs.presenter.link(online=False)
    assert signs.after(STALE_AFTER_S - 1)[1] == LIT
    dashes = {1: UNSURE, 2: UNSURE, 10: UNSURE_CALL, 11: UNSURE_CALL, 12: UNSURE_CALL}
    assert signs.after(2) == dashes
    signs.presenter.link(online=True)
    assert signs.after(0) == dashes, "until the engine says what is true now"
    signs.hall()
    assert signs.after(0)[1] == LIT


def test_an_engine_that_falls_silent_without_a_word_shows_dashes_too() -> None:
    signs = Signs()
    signs.presenter.counter(counter("counter-1", "serving", ticket("A-012")))
    signs.hall()
    assert signs.after(STALE_AFTER_S + 0.1) == {1: UNSURE, 2: UNSURE}


def test_what_was_retained_while_no_engine_is_there_is_never_shown_as_new() -> None:
    signs = Signs((*SIGNS, *BOARD), linked=False)
    signs.presenter.counter(counter("counter-1", "calling", ticket("A-012", ("called", MORNING))))
    kept = hall(("A-012", "1", MORNING)).model_copy(update={"retained": True})
    signs.presenter.hall(kept)
    assert {row.number for row in signs.after(1).values()} == {""}
    assert {row.number for row in signs.after(STALE_AFTER_S).values()} == {"-"}
    signs.presenter.link(online=True)
    signs.presenter.hall(kept)
    assert {row.number for row in signs.after(1).values()} == {"-"}
    signs.hall(("A-012", "1", MORNING))
    assert signs.after(0)[1] == LIT


def test_a_machine_whose_clock_is_ahead_blinks_for_as_long_as_the_others() -> None:
    signs = Signs()
    signs.clock.ahead_s = 30.0
    signs.presenter.counter(counter("counter-1", "calling", ticket("A-012", ("called", MORNING))))
    signs.hall()
    assert signs.after(0.6)[1] == OFF


def test_where_a_board_has_too_few_lines_all_who_are_awaited_take_turns_on_it() -> None:
    signs = Signs(BOARD)
    calls = tuple((f"A-{place:03d}", str(place), MORNING) for place in range(8, 0, -1))
    signs.hall(*calls)
    assert [row.number for row in signs.after(0.1).values()] == ["A-008", "A-007", "A-006"], "the newest blink first"
    seen = []
    for _ in range(3):
        seen.append(tuple(row.number for row in signs.after(TURN_S).values()))
        signs.hall(*calls)
    assert {number for page in seen for number in page} == {f"A-{place:03d}" for place in range(1, 9)}


def test_a_label_that_says_that_it_is_a_counter_leaves_room_for_what_tells_it_from_others() -> None:
    signs = Signs(BOARD)
    signs.hall(("A-012", "Loket 2", MORNING - dt.timedelta(minutes=1)))
    assert signs.after(0)[10] == Row("A-012", "2")
