"""Passwords and second factors: what officers sign in by at the pages, and what keeps others from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from broker.bootstrap.pins import PinBook
from broker.bootstrap.trials import WRONG_PINS, MissedFile
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.identity import totp_secret
from broker.domain.pins import password_weakness
from broker.engine import Engine
from broker.ports import Store, Submission
from broker.store.office_key import OfficeKey
from broker.store.sql import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.offices import OFFICERS, PIN, small_office
from tests.fakes.store import MemoryStore
from tests.fakes.wire import RecordingWire
from tests.support.sqlite import opened

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD, OTHER = "kopi tanpa gula", "hujan di bulan juni"
MINUTE_S = 60


@dataclass
class Office:
    """An office whose officers' secrets are real ones; `restart` begins anew on what its store holds."""

    folder: Path
    open_store: Callable[[], Store]
    clock: FakeClock = field(default_factory=FakeClock)
    wire: RecordingWire = field(default_factory=RecordingWire)
    seeds: dict[str, str] = field(default_factory=lambda: {name: QUICK.hash(PIN) for name in OFFICERS})
    count: int = 0

    def __post_init__(self) -> None:
        """Open it."""
        self.restart()

    def restart(self) -> None:
        """Let a new process begin."""
        self.store = self.open_store()
        book = PinBook(
            self.seeds,
            MissedFile(self.folder / "wrong-pins.json"),
            chosen=self.store.pins(),
            passwords=self.store.passwords(),
            monotonic=self.clock.monotonic,
            wall=lambda: self.clock.now().timestamp(),
            hasher=QUICK,
        )
        self.engine = Engine(
            office=small_office(supervisors=frozenset({"dewi"})),
            store=self.store,
            wire=self.wire,
            credentials=book,
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
        )

    def ask(self, command: cmd.Command, request: str | None = None) -> dict[str, Any]:
        """Send a request; the checker looks at it before the engine does."""
        self.count += 1
        submission = Submission("web", request or f"r-{self.count}", command)
        self.engine.step([self.engine.pin_checker.checked(submission)])
        return self.wire.replies[-1][1]

    def sign_in(self, officer: str = "sari", known: str = PIN, code: str | None = None) -> dict[str, Any]:
        """Try to sign in without a counter, by a PIN or, where it is no number, by a password."""
        by = {"pin" if known.isdecimal() else "password": known}
        return self.ask(
            cmd.StaffIn(officer, by.get("pin"), f"token-{self.count}", password=by.get("password"), code=code)
        )

    def session(self, officer: str = "sari", known: str = PIN) -> str:
        """Sign in and return the session."""
        reply = self.sign_in(officer, known)
        assert "session" in reply, reply
        return str(reply["session"])

    def with_password(self, officer: str = "sari") -> str:
        """Let an officer take a password; return the session."""
        session = self.session(officer)
        assert "error" not in self.ask(cmd.StaffPassword(session, PIN, PASSWORD))
        return session

    def begin(self, session: str, of: str = "a request") -> dict[str, Any]:
        """Begin with a second factor, which is made of a token."""
        return self.ask(cmd.StaffTotp(session, "begin", None, of))

    def with_factor(self, officer: str = "sari", known: str = PIN) -> tuple[str, str]:
        """Let an officer take a second factor; return the session and the secret."""
        session, token = self.session(officer, known), f"factor-{self.count}"
        assert "error" not in self.begin(session, token)
        secret = totp_secret(token)
        assert "error" not in self.ask(cmd.StaffTotp(session, "confirm", self.code(secret)))
        return session, secret

    def code(self, secret: str, steps: int = 0) -> str:
        """Return the code that a phone shows, whose clock is so many steps ahead."""
        return pyotp.TOTP(secret).at(int(self.clock.now().timestamp()) + 30 * steps)

    def written(self) -> bytes:
        """Return all that any file of the office holds."""
        return b"".join(path.read_bytes() for path in self.folder.iterdir() if path.is_file())


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def office(tmp_path: Path, memory: MemoryStore) -> Office:
    return Office(tmp_path, lambda: memory)


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Office]:
    """Yield an office in a database, whose files are closed before each restart and at the end."""
    opened: list[SqlStore] = []

    def open_store() -> SqlStore:
        for store in opened:
            store.close()
        opened.append(SqlStore(f"sqlite:///{tmp_path}/office.db", "demo", key=OfficeKey(tmp_path / "office.key")))
        return opened[-1]

    yield Office(tmp_path, open_store)
    for store in opened:
        store.close()


def works(office: Office, session: str) -> bool:
    return "error" not in office.ask(cmd.StaffSessions(session))


# -- passwords ------------------------------------------------------------------------------------------------------


def test_who_has_a_password_comes_in_by_it_alone_and_the_pin_stays_the_one_of_the_counter(office: Office) -> None:
    office.with_password()
    assert "session" in office.sign_in(known=PASSWORD)
    assert office.sign_in(known=PIN)["error"] == "wrong_pin"
    assert "session" in office.ask(cmd.SignIn("c1", "sari", PIN, "token"))
    assert office.ask(cmd.SignIn("c2", "dewi", PASSWORD, "token"))["error"] == "wrong_pin"


def test_a_password_outlives_a_restart_and_stands_nowhere_on_the_disk(on_disk: Office) -> None:
    on_disk.with_password()
    on_disk.restart()
    assert "session" in on_disk.sign_in(known=PASSWORD)
    assert PASSWORD.encode() not in on_disk.written()


def test_another_password_needs_the_one_before_and_ends_the_sessions_elsewhere(office: Office) -> None:
    here, there, colleague = office.with_password(), office.session(known=PASSWORD), office.session("budi")
    assert office.ask(cmd.StaffPassword(here, PIN, OTHER))["error"] == "wrong_pin"
    assert works(office, there)
    assert "error" not in office.ask(cmd.StaffPassword(here, PASSWORD, OTHER))
    assert (works(office, here), works(office, there), works(office, colleague)) == (True, False, True)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("kopi", "short"),
        ("k" * 129, "long"),
        ("2025112420", "digits"),
        ("aaaaaaaaa", "equal"),
        ("Sari-sari1", "name"),
        ("Password1", "common"),
        (PASSWORD, None),
        ("sarinah dan hujan", None),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, reason: str | None) -> None:
    assert password_weakness(password, officer="sari", name="Sari W.", is_old=False) == reason


def test_the_old_password_is_no_new_one(office: Office) -> None:
    session = office.with_password()
    refused = office.ask(cmd.StaffPassword(session, PASSWORD, PASSWORD))
    assert (refused["error"], refused["detail"]["reason"]) == ("weak_password", "old")


def test_a_supervisor_takes_a_lost_password_away_and_says_why(office: Office) -> None:
    lost, supervisor = office.with_password(), office.session("dewi")
    assert office.ask(cmd.StaffReset(lost, "dewi", "password", "Just so."))["error"] == "not_allowed"
    assert "error" not in office.ask(cmd.StaffReset(supervisor, "sari", "password", "Forgotten."))
    assert not works(office, lost)
    assert "session" in office.sign_in(known=PIN)
    office.restart()
    assert "session" in office.sign_in(known=PIN)
    (changed,) = [told.event for told in office.wire.told if isinstance(told.event, ev.PasswordChanged)][1:]
    assert (changed.officer, changed.by, changed.is_on, changed.reason) == ("sari", "dewi", False, "Forgotten.")


def test_another_pin_in_the_configuration_lets_somebody_in_again_who_has_lost_all(office: Office) -> None:
    office.with_password("dewi")
    office.with_factor("dewi", PASSWORD)
    assert office.sign_in("dewi", PASSWORD)["error"] == "code_needed"
    office.seeds["dewi"] = QUICK.hash("8051")
    office.restart()
    assert "session" in office.sign_in("dewi", "8051")


def test_a_pin_that_a_supervisor_resets_ends_the_sessions_of_who_knew_the_old_one(office: Office) -> None:
    session = office.session("sari")
    office.ask(cmd.SignIn("c1", "dewi", PIN, "desk"))
    assert "error" not in office.ask(cmd.ResetPin("c1", "desk", "sari", "8051"))
    assert not works(office, session)


# -- second factors -------------------------------------------------------------------------------------------------


def test_a_second_factor_counts_once_it_is_confirmed(office: Office) -> None:
    session = office.session()
    office.begin(session)
    assert "session" in office.sign_in(), "begun is nothing yet"
    assert office.ask(cmd.StaffTotp(session, "confirm", "000000"))["error"] == "wrong_code"
    assert office.ask(cmd.StaffTotp(session, "confirm"))["error"] == "code_needed"
    office.ask(cmd.StaffTotp(session, "confirm", office.code(totp_secret("a request"))))
    assert office.sign_in()["error"] == "code_needed"
    office.clock.advance(MINUTE_S)
    assert "session" in office.sign_in(code=office.code(totp_secret("a request")))


def test_a_code_counts_once_also_over_a_restart(on_disk: Office) -> None:
    _, secret = on_disk.with_factor()
    assert on_disk.sign_in(code=on_disk.code(secret))["error"] == "wrong_code", "it has confirmed"
    on_disk.clock.advance(MINUTE_S)
    code = on_disk.code(secret)
    assert "session" in on_disk.sign_in(code=f"{code[:3]} {code[3:]}")
    assert on_disk.sign_in(code=code)["error"] == "wrong_code"
    on_disk.restart()
    assert on_disk.sign_in(code=code)["error"] == "wrong_code"
    assert on_disk.sign_in(code=on_disk.code(secret, -1))["error"] == "wrong_code", "nor one before it"


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_ahead_or_behind(office: Office, steps: int, is_taken: bool) -> None:  # noqa: FBT001 - a table
    _, secret = office.with_factor()
    office.clock.advance(10 * MINUTE_S)
    assert ("session" in office.sign_in(code=office.code(secret, steps))) is is_taken


def test_the_secret_is_given_once_and_sealed_on_the_disk(on_disk: Office) -> None:
    session, secret = on_disk.with_factor()
    on_disk.restart()
    assert secret.encode() not in on_disk.written()
    assert on_disk.begin(session, "again")["error"] == "not_allowed"


def test_a_second_factor_ends_by_a_code_or_by_a_supervisor(office: Office) -> None:
    session, secret = office.with_factor()
    assert office.ask(cmd.StaffTotp(session, "end"))["error"] == "code_needed"
    assert office.ask(cmd.StaffTotp(session, "end", "000000"))["error"] == "wrong_code"
    office.clock.advance(MINUTE_S)
    assert "error" not in office.ask(cmd.StaffTotp(session, "end", office.code(secret)))
    assert "session" in office.sign_in()
    office.with_factor()
    supervisor = office.session("dewi")
    assert "error" not in office.ask(cmd.StaffReset(supervisor, "sari", "totp", "The phone is lost."))
    assert "session" in office.sign_in()


def test_without_the_offices_key_nobody_with_a_second_factor_comes_in_and_all_others_do(
    office: Office, memory: MemoryStore
) -> None:
    _, secret = office.with_factor()
    memory.keyless = True
    office.restart()
    refused = office.sign_in(code=office.code(secret, 1))
    assert (refused["error"], refused["detail"]["is_sealed"]) == ("not_allowed", True)
    assert office.begin(office.session("dewi"))["error"] == "not_allowed"
    memory.keyless = False
    office.clock.advance(2 * MINUTE_S)
    office.engine.step([])
    assert "session" in office.sign_in(code=office.code(secret))


def test_a_secret_that_is_laid_under_another_officer_opens_nothing(on_disk: Office) -> None:
    _, secret = on_disk.with_factor("budi")
    with opened(on_disk.folder / "office.db") as connection:
        connection.execute("UPDATE second_factors SET officer = 'dewi', seed = ?", (on_disk.seeds["dewi"],))
        connection.commit()
    on_disk.restart()
    assert on_disk.sign_in("dewi", code=on_disk.code(secret, 1))["error"] == "not_allowed"
    assert on_disk.sign_in("dewi", code=on_disk.code(secret, 1))["detail"]["is_sealed"]


# -- guessing -------------------------------------------------------------------------------------------------------


def test_wrong_ones_at_a_page_lock_there_and_not_at_the_counter(office: Office) -> None:
    for _ in range(WRONG_PINS - 1):
        office.sign_in(known="9999")
    assert office.sign_in(known="bukan ini")["detail"]["locked_s"] == MINUTE_S
    assert office.sign_in(known=PIN)["error"] == "wrong_pin"
    assert "session" in office.ask(cmd.SignIn("c1", "sari", PIN, "t"))
    assert "session" in office.sign_in("budi"), "nobody else is locked"
    office.restart()
    assert office.sign_in(known=PIN)["error"] == "wrong_pin", "a restart ends no lock"
    office.clock.advance(MINUTE_S)
    assert "session" in office.sign_in(known=PIN)


def test_a_lock_ends_no_session_and_a_supervisor_ends_the_lock(office: Office) -> None:
    session = office.session()
    for _ in range(WRONG_PINS):
        office.sign_in(known="9999")
    assert works(office, session)
    office.ask(cmd.SignIn("c1", "dewi", PIN, "desk"))
    office.ask(cmd.Unlock("c1", "desk", "sari"))
    assert "session" in office.sign_in(known=PIN)


def test_who_knows_the_pin_tries_no_codes_without_end(office: Office) -> None:
    _, secret = office.with_factor()
    office.clock.advance(10 * MINUTE_S)
    for _ in range(WRONG_PINS):
        office.sign_in(code="000000")
        office.ask(cmd.SignIn("c1", "sari", PIN, "t"))
        office.ask(cmd.Close("c1", "t"))
    refused = office.sign_in(code=office.code(secret))
    assert refused["error"] == "wrong_pin"
    assert refused["detail"]["locked_s"] > 0


def test_a_guess_that_is_sent_again_is_one_guess(office: Office) -> None:
    for _ in range(WRONG_PINS + 1):
        office.ask(cmd.StaffIn("sari", "9999", "t"), request="the same")
    assert "session" in office.sign_in(known=PIN)


def test_a_supervisor_ends_a_lock_at_a_page_too_and_nothing_else_of_the_officer(office: Office) -> None:
    lost, supervisor = office.with_password(), office.session("dewi")
    for _ in range(WRONG_PINS):
        office.sign_in(known="bukan ini")
    assert office.sign_in(known=PASSWORD)["detail"]["locked_s"] > 0
    assert office.ask(cmd.StaffReset(lost, "sari", "lock", "It is me."))["error"] == "not_allowed"
    assert "error" not in office.ask(cmd.StaffReset(supervisor, "sari", "lock", "Somebody played with it."))
    assert "session" in office.sign_in(known=PASSWORD), "the password counts as before"
    assert works(office, lost), "and whoever is signed in stays in"
    (ended,) = [told.event for told in office.wire.told if isinstance(told.event, ev.Unlocked)]
    assert (ended.officer, ended.by, ended.counter, ended.reason) == ("sari", "dewi", None, "Somebody played with it.")


def test_an_old_password_that_is_guessed_in_an_open_session_is_counted(office: Office) -> None:
    session = office.with_password()
    for _ in range(WRONG_PINS):
        office.ask(cmd.StaffPassword(session, "bukan ini", OTHER))
    assert office.ask(cmd.StaffPassword(session, PASSWORD, OTHER))["detail"]["locked_s"] > 0
