"""The officers' PINs, passwords and codes, and what keeps anybody from guessing: a lock that outlives restarts."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from broker.bootstrap.codes import SecondFactors
from broker.domain.commands import CodeFault, NewFactor, NewPin
from broker.ports import Admission
from hardware.files import write_whole

WRONG_PINS = 5
"""So many wrong PINs in a row lock an officer for a minute; as many again for two, then four, up to an hour."""
MAX_LOCK_DOUBLINGS = 6
SECONDS_PER_MINUTE = 60
_OF_CODES, _AT = "/codes", "/at/"
"""Behind an officer's id, which has no such sign: wrong codes are counted apart, and what each client tries."""

log = logging.getLogger(__name__)


class Missed(BaseModel):
    """What is kept of an officer's wrong PINs over a restart."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    wrong: int
    """In a row."""
    locked_until: float = 0.0
    """Seconds since 1970."""


_BOOK = TypeAdapter(dict[str, Missed])


class MissedFile:
    """Wrong PINs on disk. A broken or unwritable file only makes the broker forget them at a restart."""

    def __init__(self, path: Path) -> None:
        """Use `path`."""
        self._path = path

    def load(self) -> dict[str, Missed]:
        """Return what the last run knew, by officer."""
        try:
            return _BOOK.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            log.warning("wrong PINs of before are forgotten, %s cannot be read: %s", self._path, error)
            return {}

    def save(self, missed: Mapping[str, Missed]) -> None:
        """Keep it."""
        try:
            write_whole(self._path, _BOOK.dump_json(dict(missed)), durable=True)
        except OSError as error:
            log.warning("wrong PINs are not kept over a restart: %s", error)


class PinBook:
    """Knows the officers' PINs and passwords as argon2 hashes, and lets nobody guess: five wrong ones lock, growing.

    Each client that is known to be who it says has a lock of its own for each officer: whoever guesses at one machine
    locks nobody out at another. All others share one. Codes of the second factor are counted by themselves: a right
    PIN, which is seen first, must not let anybody try codes without end.
    """

    def __init__(
        self,
        seeds: Mapping[str, str],
        file: MissedFile,
        *,
        chosen: Mapping[str, NewPin] = {},
        passwords: Mapping[str, NewPin] = {},
        is_known: Callable[[str], bool] = lambda _client: False,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Begin with the hashes of the configuration; who has `chosen` a PIN since goes by that.

        Unless the configuration says another hash than it did then: so somebody who may edit it gets everybody in
        again. `is_known` tells whether a client is who it says. While it runs a lock goes by `monotonic`; `wall` only
        carries it over a restart.
        """
        self._is_known = is_known
        self._at = ""
        self._chosen = dict(chosen)
        self._passwords = dict(passwords)
        self._codes = SecondFactors(wall)
        self.seed(seeds)
        self._hasher = hasher or PasswordHasher()
        self._file = file
        self._monotonic = monotonic
        self._wall = wall
        self._missed = {name: one for name, one in file.load().items() if _officer(name) in self._hashes}
        self._locked_until = {name: monotonic() + self._left_s(one) for name, one in self._missed.items()}

    def asked_by(self, client: str) -> None:
        """Take note who asks from now on."""
        self._at = f"{_AT}{client}" if self._is_known(client) else ""

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's; an unknown officer has none, and while locked no PIN is right."""
        if self.locked_s(officer) > 0 or officer not in self._hashes:
            return False
        return self._is_right(officer, self._hashes[officer], pin)

    def admits(self, officer: str, secret: str, code: str | None) -> Admission:
        """Tell what PIN or password and one-time code are worth. Who has a password does not come in by the PIN."""
        password = self._password(officer)
        locked_s = max(self.locked_s(officer), self._codes_locked_s(officer))
        if locked_s > 0 or officer not in self._hashes:
            return Admission(matches=False, locked_s=locked_s)
        if not self._is_right(officer, password or self._hashes[officer], secret):
            return Admission(matches=False, locked_s=self.locked_s(officer))
        with_password = password is not None
        if not self.has_factor(officer):
            return Admission(matches=True, with_password=with_password)
        fault, step = ("needed", None) if not code else self._code(officer, code)
        locked_s = self._codes_locked_s(officer)
        return Admission(matches=True, locked_s=locked_s, with_password=with_password, code_fault=fault, step=step)

    def proves(self, officer: str, secret: str) -> bool:
        """Tell whether somebody who is signed in knows the officer's password, or the PIN where there is none."""
        if self.locked_s(officer) > 0 or officer not in self._hashes:
            return False
        return self._is_right(officer, self._password(officer) or self._hashes[officer], secret)

    def has_factor(self, officer: str) -> bool:
        """Tell whether the officer has a second factor, also one that cannot be opened now."""
        factor = self._codes.of(officer)
        return factor is not None and factor.seed == self._seeds.get(officer)

    def begin_factor(self, officer: str, secret: str) -> None:
        """Take note of a second factor that is to be confirmed."""
        self._codes.begin(officer, secret)

    def confirmed(self, officer: str, code: str) -> NewFactor | CodeFault:
        """Return what is to be kept of a second factor whose first code is right."""
        return self._codes.confirmed(officer, code, self._seeds.get(officer, ""))

    def code_fault(self, officer: str, code: str) -> CodeFault:
        """Tell what is wrong with a one-time code of an officer who is signed in; a wrong one is counted."""
        if self._codes_locked_s(officer) > 0 or not self.has_factor(officer):
            return "wrong"
        return self._code(officer, code)[0]

    def locked_s(self, officer: str) -> int:
        """Return for how many seconds yet the officer cannot sign in at who asks; 0 where not locked."""
        return max(0, math.ceil(self._locked_until.get(officer + self._at, 0.0) - self._monotonic()))

    def is_now(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's, without that anything is counted."""
        return officer in self._hashes and self._fits(self._hashes[officer], pin)

    def made_of(self, officer: str, pin: str) -> NewPin:
        """Return what is to be kept of a new PIN: its hash, and what the configuration says beside it."""
        return NewPin(self._hasher.hash(pin), self._seeds.get(officer, ""))

    def renew(self, officer: str, pin: NewPin) -> None:
        """Take note that the officer has another PIN; any lock ends."""
        self._chosen[officer] = pin
        self._hashes[officer] = pin.hash
        self.unlock(officer)

    def renew_password(self, officer: str, password: NewPin | None) -> None:
        """Take note that the officer has another password, or none; any lock ends."""
        self._passwords.pop(officer, None)
        if password is not None:
            self._passwords[officer] = password
        self.unlock(officer)

    def renew_factor(self, officer: str, factor: NewFactor | None) -> None:
        """Take note that the officer has a second factor, or none; a lock of its codes ends."""
        self._codes.renew(officer, factor)
        self._forget(*(name for name in self._missed if name.startswith(officer + _OF_CODES)))

    def know_factors(self, factors: Mapping[str, NewFactor]) -> None:
        """Take note of all second factors, as far as they can be opened now."""
        self._codes.know(factors)

    def unlock(self, officer: str) -> None:
        """Forget the officer's wrong PINs, passwords and codes."""
        self._forget(*(name for name in self._missed if _officer(name) == officer))

    def seed(self, hashes: Mapping[str, str]) -> None:
        """Take note of what the configuration says now; who has chosen a PIN beside what it says goes by that."""
        chosen = {name: pin.hash for name, pin in self._chosen.items() if hashes.get(name) == pin.seed}
        self._seeds, self._hashes = dict(hashes), {**hashes, **chosen}

    def _password(self, officer: str) -> str | None:
        """Return the hash of the officer's password; none where the configuration says another PIN than it did then."""
        password = self._passwords.get(officer)
        return password.hash if password is not None and password.seed == self._seeds.get(officer) else None

    def _is_right(self, officer: str, known: str, secret: str) -> bool:
        """Compare, and count: a right one ends the row of wrong ones."""
        if not self._fits(known, secret):
            self._count(officer + self._at)
            return False
        self._forget(officer + self._at)
        return True

    def _fits(self, known: str, secret: str) -> bool:
        try:
            return self._hasher.verify(known, secret)
        except (VerificationError, InvalidHashError):
            return False

    def _code(self, officer: str, code: str) -> tuple[CodeFault, int | None]:
        """Return what is wrong with a code, or which one it is, and count."""
        told = self._codes.used(officer, code)
        if isinstance(told, int):
            self._forget(officer + _OF_CODES + self._at)
            return "", told
        if told == "wrong":
            self._count(officer + _OF_CODES + self._at)
        return told, None

    def _codes_locked_s(self, officer: str) -> int:
        return self.locked_s(officer + _OF_CODES)

    def _forget(self, *names: str) -> None:
        known = [name for name in names if self._missed.pop(name, None) is not None]
        for name in names:
            self._locked_until.pop(name, None)
        if known:
            self._file.save(self._missed)

    def _count(self, name: str) -> None:
        wrong = self._missed[name].wrong + 1 if name in self._missed else 1
        lock_s = _lock_s(wrong)
        self._missed[name] = Missed(wrong=wrong, locked_until=self._wall() + lock_s if lock_s else 0.0)
        if lock_s:
            self._locked_until[name] = self._monotonic() + lock_s
        self._file.save(self._missed)

    def _left_s(self, missed: Missed) -> float:
        """Return what is left of a lock; never more than it was given, whatever the clock says now."""
        return min(max(0.0, missed.locked_until - self._wall()), _lock_s(missed.wrong))


def _lock_s(wrong: int) -> int:
    """Return for how many seconds the `wrong`-th wrong PIN in a row locks."""
    if wrong % WRONG_PINS != 0:
        return 0
    doublings: int = min(wrong // WRONG_PINS - 1, MAX_LOCK_DOUBLINGS)
    return SECONDS_PER_MINUTE << doublings


def _officer(name: str) -> str:
    return name.partition("/")[0]
