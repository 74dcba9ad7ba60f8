"""The officers' PINs, and what keeps anybody from guessing them: a lock that grows, also over a restart."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from broker.domain.commands import NewPin
from hardware.files import write_whole

WRONG_PINS = 5
"""So many wrong PINs in a row lock an officer for a minute; as many again for two, then four, up to an hour."""
MAX_LOCK_DOUBLINGS = 6
SECONDS_PER_MINUTE = 60

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
    """Knows the officers' PINs as argon2 hashes, and lets nobody guess: five wrong ones lock for a minute, growing."""

    def __init__(
        self,
        seeds: Mapping[str, str],
        file: MissedFile,
        *,
        chosen: Mapping[str, NewPin] = {},
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Begin with the hashes of the configuration; who has `chosen` a PIN since goes by that.

        Unless the configuration says another hash than it did then: so somebody who may edit it gets everybody in
        again. While it runs a lock goes by `monotonic`; `wall` only carries it over a restart.
        """
        self._chosen = dict(chosen)
        self.seed(seeds)
        self._hasher = hasher or PasswordHasher()
        self._file = file
        self._monotonic = monotonic
        self._wall = wall
        self._missed = {name: one for name, one in file.load().items() if name in self._hashes}
        self._locked_until = {name: monotonic() + self._left_s(one) for name, one in self._missed.items()}

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's; an unknown officer has none, and while locked no PIN is right."""
        if self.locked_s(officer) > 0 or officer not in self._hashes:
            return False
        try:
            self._hasher.verify(self._hashes[officer], pin)
        except (VerificationError, InvalidHashError):
            self._count(officer)
            return False
        if self._missed.pop(officer, None) is not None:
            self._file.save(self._missed)
        return True

    def locked_s(self, officer: str) -> int:
        """Return for how many seconds yet the officer cannot sign in; 0 where not locked."""
        return max(0, math.ceil(self._locked_until.get(officer, 0.0) - self._monotonic()))

    def is_now(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's, without that anything is counted."""
        try:
            return officer in self._hashes and self._hasher.verify(self._hashes[officer], pin)
        except (VerificationError, InvalidHashError):
            return False

    def made_of(self, officer: str, pin: str) -> NewPin:
        """Return what is to be kept of a new PIN: its hash, and what the configuration says beside it."""
        return NewPin(self._hasher.hash(pin), self._seeds.get(officer, ""))

    def renew(self, officer: str, pin: NewPin) -> None:
        """Take note that the officer has another PIN; any lock ends."""
        self._chosen[officer] = pin
        self._hashes[officer] = pin.hash
        self.unlock(officer)

    def unlock(self, officer: str) -> None:
        """Forget the officer's wrong PINs."""
        self._locked_until.pop(officer, None)
        if self._missed.pop(officer, None) is not None:
            self._file.save(self._missed)

    def seed(self, hashes: Mapping[str, str]) -> None:
        """Take note of what the configuration says now; who has chosen a PIN beside what it says goes by that."""
        chosen = {name: pin.hash for name, pin in self._chosen.items() if hashes.get(name) == pin.seed}
        self._seeds, self._hashes = dict(hashes), {**hashes, **chosen}

    def _count(self, officer: str) -> None:
        wrong = self._missed[officer].wrong + 1 if officer in self._missed else 1
        lock_s = _lock_s(wrong)
        self._missed[officer] = Missed(wrong=wrong, locked_until=self._wall() + lock_s if lock_s else 0.0)
        if lock_s:
            self._locked_until[officer] = self._monotonic() + lock_s
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
