"""Nobody guesses a PIN: five wrong ones lock, longer each time, by a clock that a test sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.pins import WRONG_PINS, MissedFile, PinBook
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
def file(tmp_path: Path) -> Path:
    """Return where wrong PINs are kept."""
    return tmp_path / "wrong-pins.json"


@pytest.fixture
def book(clock: FakeClock, file: Path) -> PinBook:
    return opened(clock, file)


def opened(clock: FakeClock, file: Path) -> PinBook:
    """Return the PINs of the demo office, where everybody has the same, as a broker that starts knows them."""
    hashes = {officer.id: officer.pin_hash or "" for officer in load_settings(CONFIG, {}).officers}
    return PinBook(
        hashes,
        MissedFile(file),
        is_known=lambda client: client.startswith("counter"),
        monotonic=clock.monotonic,
        wall=lambda: clock.now().timestamp(),
    )


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
        asked = Submission("counter-1", f"r-{number}", cmd.SignIn("c1", "siti", pin, "token"))
        engine.step([engine.pin_checker.checked(asked)])
        return wire.replies[-1][1]

    replies = [sign_in(WRONG, n) for n in range(WRONG_PINS)]
    assert [reply["error"] for reply in replies] == ["wrong_pin"] * WRONG_PINS
    assert [reply["detail"]["locked_s"] for reply in replies] == [0] * (WRONG_PINS - 1) + [60]
    clock.advance(20)
    assert sign_in(RIGHT, 10)["detail"] == {"officer": "siti", "locked_s": 40}
    clock.advance(40)
    assert "error" not in sign_in(RIGHT, 11)


# -- over a restart -------------------------------------------------------------------------------------------------


def test_a_restart_neither_unlocks_nor_lengthens(book: PinBook, clock: FakeClock, file: Path) -> None:
    guess(book, WRONG_PINS)
    clock.advance(20)
    again = opened(clock, file)
    assert again.locked_s("siti") == 40
    assert not again.matches("siti", RIGHT)
    clock.advance(40)
    assert again.matches("siti", RIGHT)
    assert opened(clock, file).locked_s("siti") == 0


def test_a_restart_does_not_forget_how_many_were_wrong(book: PinBook, clock: FakeClock, file: Path) -> None:
    guess(book, WRONG_PINS - 1)
    guess(opened(clock, file), 1)
    assert opened(clock, file).locked_s("siti") == 60
    clock.advance(60)
    guess(opened(clock, file), WRONG_PINS)
    assert opened(clock, file).locked_s("siti") == 120


@pytest.mark.parametrize(("moved_s", "left_s"), [(-7200, 60), (3600, 0)])
def test_a_clock_that_was_set_meanwhile_locks_nobody_for_longer(
    book: PinBook, clock: FakeClock, file: Path, moved_s: float, left_s: int
) -> None:
    guess(book, WRONG_PINS)
    clock.set_back(-moved_s)
    assert opened(clock, file).locked_s("siti") == left_s


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"siti": 3}', b'{"siti": {"wrong": "5"}}', b"\xff"])
def test_a_broken_file_locks_nobody(clock: FakeClock, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert opened(clock, file).matches("siti", RIGHT)


def test_a_disk_that_takes_nothing_still_locks(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    book = opened(clock, tmp_path / "file" / "wrong-pins.json")
    guess(book, WRONG_PINS)
    assert book.locked_s("siti") == 60


def test_an_officer_who_left_the_office_is_not_kept(book: PinBook, clock: FakeClock, file: Path) -> None:
    guess(book, 1)
    file.write_bytes(file.read_bytes().replace(b"siti", b"gone"))
    guess(opened(clock, file), 1, "maria")
    assert b"gone" not in file.read_bytes()
    assert b"maria" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_whoever_guesses_at_one_machine_locks_nobody_out_at_another(
    book: PinBook, clock: FakeClock, file: Path
) -> None:
    book.asked_by("counter-9")
    guess(book, WRONG_PINS)
    assert not book.matches("siti", RIGHT)
    book.asked_by("counter-1")
    assert book.matches("siti", RIGHT)
    restarted = opened(clock, file)
    restarted.asked_by("counter-1")
    assert restarted.matches("siti", RIGHT)
    restarted.asked_by("counter-9")
    assert restarted.locked_s("siti") == 60, "a restart lets nobody guess anew, nor does the right PIN elsewhere"
    restarted.unlock("siti")
    assert restarted.matches("siti", RIGHT)


def test_who_may_take_any_name_has_no_guesses_of_its_own_under_each(book: PinBook) -> None:
    for number in range(WRONG_PINS):
        book.asked_by(f"anybody-{number}")
        guess(book, 1)
    book.asked_by("somebody")
    assert book.locked_s("siti") == 60
    book.asked_by("counter-1")
    assert book.locked_s("siti") == 0
