"""Officers take PINs of their own: kept as hashes, known at once, also after a restart, and written into no journal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from broker.bootstrap.pins import PinBook
from broker.bootstrap.trials import WRONG_PINS, MissedFile
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.engine import Engine
from broker.ports import Submission
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.offices import OFFICERS, PIN, small_office
from tests.fakes.wire import RecordingWire

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NEW, OTHER = "8051", "2739"


@dataclass
class Office:
    """An office on a disk, whose officers' PINs are real ones; `restart` begins anew on what the disk says."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    wire: RecordingWire = field(default_factory=RecordingWire)
    seeds: dict[str, str] = field(default_factory=lambda: {name: QUICK.hash(PIN) for name in OFFICERS})
    count: int = 0

    def __post_init__(self) -> None:
        """Open it."""
        self.store = SqlStore(f"sqlite:///{self.folder}/office.db", "demo")
        self.restart()

    def restart(self) -> None:
        """Let a new process begin."""
        self.book = PinBook(
            self.seeds,
            MissedFile(self.folder / "wrong-pins.json"),
            chosen=self.store.pins(),
            monotonic=self.clock.monotonic,
            wall=lambda: self.clock.now().timestamp(),
            hasher=QUICK,
        )
        self.engine = Engine(
            office=small_office(supervisors=frozenset({"dewi"})),
            store=self.store,
            wire=self.wire,
            credentials=self.book,
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
        )

    def ask(self, command: cmd.Command, request: str | None = None) -> dict[str, Any]:
        """Send a request; the checker looks at it before the engine does."""
        self.count += 1
        submission = Submission("counter-1", request or f"r-{self.count}", command)
        self.engine.step([self.engine.pin_checker.checked(submission)])
        return self.wire.replies[-1][1]

    def sign_in(self, officer: str, pin: str, counter: str = "c1") -> dict[str, Any]:
        """Try to open a counter; the session is its id."""
        return self.ask(cmd.SignIn(counter, officer, pin, counter))

    def change(self, old: str, new: str, counter: str = "c1") -> dict[str, Any]:
        """Ask for another PIN."""
        return self.ask(cmd.ChangePin(counter, counter, old, new))

    def on_disk(self) -> bytes:
        """Return all that any file of the office holds."""
        return b"".join(path.read_bytes() for path in self.folder.iterdir() if path.is_file())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    assert "error" not in made.sign_in("sari", PIN)
    assert "error" not in made.sign_in("dewi", PIN, "c3")
    yield made
    made.store.close()


def test_who_took_another_pin_signs_in_with_that_alone_also_after_a_restart(office: Office) -> None:
    assert office.change(PIN, NEW)["events"] == ["pin_changed"]
    for _ in range(2):
        assert office.sign_in("sari", PIN)["error"] == "wrong_pin"
        assert "error" not in office.sign_in("sari", NEW)
        assert "error" not in office.sign_in("dewi", PIN, "c3")
        office.restart()


def test_the_old_pin_is_needed_and_guessing_it_locks(office: Office) -> None:
    for _ in range(WRONG_PINS):
        assert office.change("9999", NEW)["error"] == "wrong_pin"
    refused = office.change(PIN, NEW)
    assert (refused["error"], refused["detail"]["locked_s"]) == ("wrong_pin", 60)
    office.clock.advance(61)
    assert office.change(PIN, NEW)["events"] == ["pin_changed"]


@pytest.mark.parametrize(
    ("pin", "reason"), [("12", "short"), ("7777", "equal"), ("4567", "run"), (PIN, "run"), ("abcd", "no_digits")]
)
def test_a_pin_that_is_easy_to_guess_is_refused_with_the_reason(office: Office, pin: str, reason: str) -> None:
    refused = office.change(PIN, pin)
    assert (refused["error"], refused["detail"]) == ("weak_pin", {"reason": reason})
    assert "error" not in office.sign_in("sari", PIN)


def test_the_old_one_is_refused_also_where_a_supervisor_gives_it(office: Office) -> None:
    office.change(PIN, NEW)
    assert office.change(NEW, NEW)["detail"] == {"reason": "old"}
    assert office.ask(cmd.ResetPin("c3", "c3", "sari", NEW))["detail"] == {"reason": "old"}


def test_a_supervisor_gives_another_pin_which_ends_a_lock(office: Office) -> None:
    for _ in range(WRONG_PINS):
        office.sign_in("budi", "9999", "c2")
    assert office.sign_in("budi", PIN, "c2")["detail"]["locked_s"] == 60
    assert office.ask(cmd.ResetPin("c3", "c3", "budi", OTHER))["events"] == ["pin_reset"]
    assert "error" not in office.sign_in("budi", OTHER, "c2")


def test_a_supervisor_unlocks_also_over_a_restart(office: Office) -> None:
    for _ in range(WRONG_PINS):
        office.sign_in("budi", "9999", "c2")
    assert office.ask(cmd.Unlock("c3", "c3", "budi"))["events"] == ["unlocked"]
    assert "error" not in office.sign_in("budi", PIN, "c2")
    office.restart()
    assert "error" not in office.sign_in("budi", PIN, "c2")


@pytest.mark.parametrize("command", [cmd.ResetPin("c1", "c1", "budi", OTHER), cmd.Unlock("c1", "c1", "budi")])
def test_officers_do_neither(office: Office, command: cmd.Command) -> None:
    assert office.ask(command)["error"] == "not_allowed"
    assert "error" not in office.sign_in("budi", PIN, "c2")


def test_without_a_session_nothing_is_looked_at(office: Office) -> None:
    for command in (cmd.ChangePin("c1", "stolen", PIN, NEW), cmd.ResetPin("c3", "stolen", "budi", NEW)):
        assert office.ask(command)["error"] == "no_session"
    assert office.ask(cmd.ResetPin("c3", "c3", "nobody", NEW))["error"] == "unknown_officer"


def test_the_same_request_again_is_one_change(office: Office) -> None:
    first = office.ask(cmd.ChangePin("c1", "c1", PIN, NEW), "once")
    again = office.ask(cmd.ChangePin("c1", "c1", PIN, NEW), "once")
    assert first == again
    assert sum(isinstance(told.event, ev.PinChanged) for told in office.wire.told) == 1


def test_no_pin_is_written_anywhere(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        office.change(PIN, "80515150")
        office.change("80515150", "7777")
        office.ask(cmd.ResetPin("c3", "c3", "budi", "27392793"))
    for pin in ("80515150", "27392793"):
        assert pin.encode() not in office.on_disk()
        assert pin not in caplog.text
        assert pin not in repr(office.wire)
    assert [type(told.event) for told in office.wire.told[-2:]] == [ev.PinChanged, ev.PinReset]
    assert "argon2" not in repr([told.event for told in office.wire.told])


def test_a_restart_changes_nothing_in_which_pin_counts(office: Office) -> None:
    office.change(PIN, NEW)
    for seed in (QUICK.hash(OTHER), office.seeds["sari"]):
        office.engine.pin_checker.seeded({**office.seeds, "sari": seed})
    now = office.sign_in("sari", NEW)
    office.restart()
    assert ("error" in now) == ("error" in office.sign_in("sari", NEW)) == False  # noqa: E712 - both alike, and right


def test_another_hash_in_the_configuration_counts_again(office: Office) -> None:
    office.change(PIN, NEW)
    office.engine.pin_checker.seeded({**office.seeds, "sari": QUICK.hash(OTHER)})
    assert "error" not in office.sign_in("sari", OTHER)
    office.seeds["sari"] = QUICK.hash(OTHER)
    office.restart()
    assert "error" not in office.sign_in("sari", OTHER)
    assert office.sign_in("sari", NEW)["error"] == "wrong_pin"
