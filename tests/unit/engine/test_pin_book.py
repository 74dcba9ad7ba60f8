"""Nobody guesses a PIN: five wrong ones lock, longer each time, by a clock that a test sets."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from broker.bootstrap.pins import PinBook
from broker.bootstrap.trials import (
    OF_PLACE,
    OF_STRANGERS,
    WRONG_PINS,
    Kept,
    Missed,
    MissedFile,
    Place,
    Spent,
    _bounds,
    _pair,
)
from broker.domain import commands as cmd
from broker.engine import Engine
from broker.ports import Submission
from tests.fakes.clock import FakeClock
from tests.fakes.offices import small_office
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire
from tests.support.office import shipped_settings

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
    hashes = {officer.id: officer.pin_hash or "" for officer in shipped_settings().officers}
    return PinBook(
        hashes,
        MissedFile(file),
        kinds={"web": "web", **{f"counter-{n}": "counter" for n in range(1, 10)}},
        veiled=lambda text: sha256(text.encode()).hexdigest()[:9],
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


# -- from where -----------------------------------------------------------------------------------------------------


def test_a_thousand_guesses_of_a_foreign_client_lock_nobody_out_and_are_few_that_count(
    book: PinBook, clock: FakeClock, file: Path
) -> None:
    known = [one.id for one in shipped_settings().officers][:9]
    book.asked_by("foreign", "counter-1")
    for number in range(1000):
        assert not book.matches(known[number % len(known)], f"{number:04}")
    tried = sum(one["wrong"] for one in json.loads(file.read_bytes())["missed"].values())
    assert tried == min(OF_PLACE.at_once, WRONG_PINS * len(known))
    for place, officer in enumerate(known, 1):
        book.asked_by(f"counter-{place}", f"counter-{place}")
        assert (book.locked_s(officer), book.matches(officer, RIGHT)) == (0, True)
    for again in (book, opened(clock, file)):
        again.asked_by("foreign", "counter-1")
        assert all(again.locked_s(officer) > 0 for officer in known[:5])
        assert not again.matches(known[0], RIGHT), "nor is its own right one taken then"


def test_who_tries_many_officers_is_slowed_in_total(clock: FakeClock, file: Path) -> None:
    names = [f"officer-{number}" for number in range(100)]
    hashes = shipped_settings().officers[0].pin_hash or ""
    book = PinBook(
        dict.fromkeys(names, hashes), MissedFile(file), kinds={"counter-9": "counter"}, monotonic=clock.monotonic
    )
    book.asked_by("counter-9", "counter-9")
    assert book.matches("officer-99", RIGHT)
    guesses = [book.locked_s(name) == 0 and not book.matches(name, WRONG) for name in names[:-1]]
    assert sum(guesses) == OF_PLACE.at_once, "one of each would not have locked any"
    assert book.locked_s("officer-98") == OF_PLACE.one_in_s
    clock.advance(OF_PLACE.one_in_s)
    assert not book.matches("officer-98", WRONG)
    assert book.locked_s("officer-98") == OF_PLACE.one_in_s
    assert book.matches("officer-99", RIGHT), "who came in there before does not wait for others"


def test_pads_of_one_line_are_told_apart(book: PinBook) -> None:
    book.asked_by("counter-1", "c1")
    guess(book, WRONG_PINS)
    book.asked_by("counter-1", "c2")
    assert book.matches("siti", RIGHT)


def test_many_names_are_strangers_together_and_lock_out_nobody_who_was_there_before(
    book: PinBook, clock: FakeClock, file: Path
) -> None:
    """In an open house anybody takes any name, and whoever has many addresses opens the pages from each."""
    book.asked_by("web", browser="10.0.0.2")
    assert book.matches("siti", RIGHT)
    taken = 0
    for number in range(300):
        book.asked_by(f"anybody-{number}")
        taken += book.locked_s("siti") == 0
        guess(book, 1)
    assert taken == OF_STRANGERS.at_once
    again = opened(clock, file)
    for place in (("web", "", "10.0.0.2"), ("counter-1", "c1", "")):
        again.asked_by(*place)
        assert again.locked_s("siti") == 0, place
    again.asked_by("newcomer")
    assert 0 < again.locked_s("siti") <= OF_STRANGERS.one_in_s
    again.unlock("siti")
    assert again.matches("siti", RIGHT), "a supervisor lets a newcomer in"


def test_a_browser_locks_out_no_other_and_its_address_stands_nowhere(
    book: PinBook, clock: FakeClock, file: Path
) -> None:
    book.asked_by("web", browser="192.168.1.66")
    guess(book, WRONG_PINS)
    assert not book.admits("siti", RIGHT, None).matches
    book.asked_by("web", browser="192.168.1.7")
    assert book.admits("siti", RIGHT, None).matches
    assert b"192.168" not in file.read_bytes()
    again = opened(clock, file)
    again.asked_by("web", browser="192.168.1.66")
    assert again.locked_s("siti") == 60


def test_only_the_pages_are_believed_for_whom_they_ask(book: PinBook) -> None:
    for number in range(WRONG_PINS):
        book.asked_by("counter-9", browser=f"10.0.0.{number}")
        guess(book, 1)
    assert book.locked_s("siti") == 60


def test_what_is_remembered_has_a_bound(clock: FakeClock, file: Path) -> None:
    places, now_s = [Place(f"anybody-{number}") for number in range(1010)], clock.now().timestamp()
    missed = {_pair("siti", place): Missed(wrong=1) for place in places[:995]}
    spent = {name: Spent(used=1, at=now_s) for place in places[:995] for name, _ in _bounds("siti", place)}
    MissedFile(file).save(Kept(missed=missed, spent=spent))
    book = opened(clock, file)
    for place in places[995:]:
        book._trials.count("siti", place)
    kept = json.loads(file.read_bytes())
    assert _pair("siti", places[0]) not in kept["missed"], "the oldest is forgotten"
    assert _pair("siti", places[-1]) in kept["missed"]
    assert (len(kept["missed"]), len(kept["spent"])) == (1000, 1000)
