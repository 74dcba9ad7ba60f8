"""The officers' PINs, passwords and codes, and what keeps anybody from guessing: a lock that outlives restarts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broker.bootstrap.codes import SecondFactors
from broker.bootstrap.trials import MissedFile, Place, Trials
from broker.clients import Kind
from broker.domain.commands import CodeFault, NewFactor, NewPin
from broker.ports import Admission

_OF_CODES = "/codes"
"""Behind an officer's id, which has no such sign: wrong codes are counted apart."""


class PinBook:
    """Knows the officers' PINs and passwords as argon2 hashes, and lets nobody guess.

    Wrong ones lock from where they came. Codes of the second factor are counted by themselves: a right PIN, which is
    seen first, must not let anybody try
    codes without end.
    """

    def __init__(
        self,
        seeds: Mapping[str, str],
        file: MissedFile,
        *,
        chosen: Mapping[str, NewPin] = {},
        passwords: Mapping[str, NewPin] = {},
        kinds: Mapping[str, Kind] = {},
        veiled: Callable[[str], str] = lambda text: text,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Begin with the hashes of the configuration; who has `chosen` a PIN since goes by that.

        Unless the configuration says another hash than it did then: so somebody who may edit it gets everybody in
        again. `kinds` tells the clients of the office. Of browsers that the pages serve is kept what `veiled` makes of
        their addresses. While it runs a lock goes by `monotonic`; `wall` only carries it over a restart.
        """
        self._kinds, self._veiled = kinds, veiled
        self._place = Place("")
        self._chosen = dict(chosen)
        self._passwords = dict(passwords)
        self._codes = SecondFactors(wall)
        self.seed(seeds)
        self._hasher = hasher or PasswordHasher()
        self._trials = Trials(file, is_officer=self._hashes.__contains__, monotonic=monotonic, wall=wall)

    def asked_by(self, client: str, spot: str = "", browser: str = "") -> None:
        """Take note who asks from now on. The pages are believed which browser it is that they ask for; others not."""
        if browser and self._kinds.get(client) == "web":
            self._place = Place(f"{client}/{self._veiled(browser)}")
        else:
            self._place = Place(client, spot, is_ours=client in self._kinds)

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's; an unknown officer has none, and while locked no PIN is right."""
        if self.locked_s(officer) > 0 or officer not in self._hashes:
            return False
        return self._is_right(officer, self._hashes[officer], pin) and self._came_in(officer)

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
            return Admission(matches=self._came_in(officer), with_password=with_password)
        fault, step = ("needed", None) if not code else self._code(officer, code)
        if not fault:
            self._came_in(officer)
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
        return self._trials.locked_s(officer, self._place)

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
        self._trials.forget(officer + _OF_CODES)

    def know_factors(self, factors: Mapping[str, NewFactor]) -> None:
        """Take note of all second factors, as far as they can be opened now."""
        self._codes.know(factors)

    def unlock(self, officer: str) -> None:
        """Forget the officer's wrong PINs, passwords and codes."""
        self._trials.forget(officer)
        self._trials.forget(officer + _OF_CODES)

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
            self._trials.count(officer, self._place)
            return False
        self._trials.forgive(officer, self._place)
        return True

    def _came_in(self, officer: str) -> bool:
        self._trials.came_in(officer, self._place)
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
            self._trials.forgive(officer + _OF_CODES, self._place)
            return "", told
        if told == "wrong":
            self._trials.count(officer + _OF_CODES, self._place)
        return told, None

    def _codes_locked_s(self, officer: str) -> int:
        return self.locked_s(officer + _OF_CODES)
