"""Nobody guesses a PIN: five wrong ones lock, longer each time, by a clock that a test sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.rules import WRONG_PINS, PinBook
from broker.config import load_settings
from broker.domain import commands as cmd
from broker.engine import Engine
from broker.ports import Submission
from tests.fakes.clock import FakeClock
from tests.fakes.offices import small_office
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire

CONFIG = Path(__file__).parents[3] / "config.yaml"
RIGHT, WRONG = "1234", "4321"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def book(clock: FakeClock) -> PinBook:
    """Return the PINs of the demo office, where everybody has the same."""
    return PinBook(load_settings(CONFIG, {}), clock.monotonic)


def guess(book: PinBook, times: int, officer: str = "siti") -> None:
    for _ in range(times):
        assert not book.matches(officer, WRONG)


def test_the_right_pin_is_right_and_no_other(book: PinBook) -> None:
    assert book.matches("siti", RIGHT)
    for pin in (WRONG, "", "01234", "1234 ", "١٢٣٤"):
        assert not book.matches("siti", pin)


def test_four_wrong_pins_lock_nobody(book: PinBook) -> None:
    guess(book, WRONG_PINS - 1)
    assert book.locked_s("siti") == 0
    assert book.matches("siti", RIGHT)


def test_the_fifth_wrong_pin_locks_for_a_minute_even_the_right_one(book: PinBook, clock: FakeClock) -> None:
    guess(book, WRONG_PINS)
    assert book.locked_s("siti") == 60
    assert not book.matches("siti", RIGHT)
    clock.advance(59.5)
    assert book.locked_s("siti") == 1
    assert not book.matches("siti", RIGHT)
    clock.advance(0.5)
    assert book.locked_s("siti") == 0
    assert book.matches("siti", RIGHT)


def test_asking_while_locked_neither_lengthens_nor_counts(book: PinBook, clock: FakeClock) -> None:
    guess(book, WRONG_PINS)
    clock.advance(30)
    guess(book, 50)
    assert book.locked_s("siti") == 30
    clock.advance(30)
    guess(book, WRONG_PINS - 1)
    assert book.locked_s("siti") == 0


def test_every_five_more_lock_twice_as_long_up_to_about_an_hour(book: PinBook, clock: FakeClock) -> None:
    seconds = []
    for _ in range(9):
        guess(book, WRONG_PINS)
        seconds.append(book.locked_s("siti"))
        clock.advance(seconds[-1])
    assert seconds[:6] == [60, 120, 240, 480, 960, 1920]
    assert seconds[6:] == [seconds[6]] * 3
    assert 3600 <= seconds[6] <= 3840


def test_a_right_pin_forgives_what_was_wrong_before(book: PinBook, clock: FakeClock) -> None:
    guess(book, WRONG_PINS)
    clock.advance(60)
    assert book.matches("siti", RIGHT)
    guess(book, WRONG_PINS - 1)
    assert book.locked_s("siti") == 0
    guess(book, 1)
    assert book.locked_s("siti") == 60


def test_one_officers_lock_is_nobody_elses(book: PinBook) -> None:
    guess(book, WRONG_PINS)
    assert book.locked_s("maria") == 0
    assert book.matches("maria", RIGHT)


def test_an_unknown_officer_has_no_pin_and_no_lock(book: PinBook) -> None:
    guess(book, 3 * WRONG_PINS, "nobody")
    assert book.locked_s("nobody") == 0
    assert book.locked_s("") == 0


def test_an_office_clock_that_is_set_forward_unlocks_nobody(book: PinBook, clock: FakeClock) -> None:
    guess(book, WRONG_PINS)
    clock.set_back(-7200)
    assert book.locked_s("siti") == 60


def test_the_reply_says_for_how_long(book: PinBook, clock: FakeClock) -> None:
    wire = RecordingWire()
    engine = Engine(
        office=small_office(officers={"siti": "Siti", "maria": "Maria"}),
        store=MemoryStore(),
        wire=wire,
        credentials=book,
        clock=clock.now,
        monotonic=clock.monotonic,
    )

    def sign_in(pin: str, number: int) -> dict[str, Any]:
        engine.step([Submission("counter-1", f"r-{number}", cmd.SignIn("c1", "siti", pin, "token"))])
        return wire.replies[-1][1]

    replies = [sign_in(WRONG, n) for n in range(WRONG_PINS)]
    assert [reply["error"] for reply in replies] == ["wrong_pin"] * WRONG_PINS
    assert [reply["detail"]["locked_s"] for reply in replies] == [0] * (WRONG_PINS - 1) + [60]
    clock.advance(20)
    assert sign_in(RIGHT, 10)["detail"] == {"officer": "siti", "locked_s": 40}
    clock.advance(40)
    assert "error" not in sign_in(RIGHT, 11)
