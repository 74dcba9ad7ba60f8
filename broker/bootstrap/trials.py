"""Wrong PINs, passwords and codes: counted for each officer at each place, so that nobody locks out somebody else.

Three bounds stand before whoever guesses:

- an officer at a place: five wrong ones in a row lock for a minute, each five more for twice as long;
- a place, whoever it tries: forty, then one in three minutes;
- all strangers together who try one officer: sixty, then one in five minutes, for else somebody with many names or
  addresses would guess on.

Where an officer came in before, the last two do not count for them; and the office's own machines, of which there are
few, are no strangers.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.files import write_whole

WRONG_PINS = 5
"""So many wrong PINs in a row lock for a minute; as many again for two, then four, up to an hour."""
MAX_LOCK_DOUBLINGS = 6
SECONDS_PER_MINUTE = 60
MOST_KEPT = 1000
"""So many places and officers are remembered that guessed; whoever did longest ago is forgotten."""
MOST_KNOWN = 50
"""So many places where an officer came in."""
_AT = "@"
"""Between an officer and a place; no id has it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody tries."""

    whole: str
    """A client, or one browser of those that the pages serve: who tries many officers there is slowed in total."""
    spot: str = ""
    """Which of its counters: at a line of keypads one pad is not another."""
    is_ours: bool = False
    """One of the machines that the configuration names."""


@dataclass(frozen=True, slots=True)
class Bound:
    """So many wrong ones at once, and then one in so many seconds."""

    at_once: int
    one_in_s: float


OF_PLACE, OF_STRANGERS = Bound(40, 180.0), Bound(60, 300.0)


class Missed(BaseModel):
    """Wrong ones in a row, of an officer at a place."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    wrong: int
    locked_until: float = 0.0
    """Seconds since 1970."""


class Spent(BaseModel):
    """How much of what a bound allows at once was used."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    used: float
    at: float
    """When that was so, in seconds since 1970."""


class Kept(BaseModel):
    """What is kept over a restart."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    missed: dict[str, Missed] = Field(default_factory=dict)
    spent: dict[str, Spent] = Field(default_factory=dict)
    """By place, after a sign; and by officer, of strangers."""
    known: dict[str, list[str]] = Field(default_factory=dict)
    """By officer: the places where they came in, the last one at the end."""


class MissedFile:
    """Wrong PINs on disk. A broken or unwritable file only makes the broker forget them at a restart."""

    def __init__(self, path: Path) -> None:
        """Use `path`."""
        self._path = path

    def load(self) -> Kept:
        """Return what the last run knew."""
        try:
            return Kept.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Kept()
        except (OSError, ValidationError) as error:
            log.warning("wrong PINs of before are forgotten, %s cannot be read: %.200s", self._path, error)
            return Kept()

    def save(self, kept: Kept) -> None:
        """Keep it."""
        try:
            write_whole(self._path, kept.model_dump_json().encode(), durable=True)
        except OSError as error:
            log.warning("wrong PINs are not kept over a restart: %s", error)


class Trials:
    """Counts, and tells who has to wait. Names are officers' ids, perhaps with more behind a slash. For one thread.

    While it runs a lock goes by `monotonic`; `wall` only carries it over a restart.
    """

    def __init__(
        self,
        file: MissedFile,
        *,
        is_officer: Callable[[str], bool],
        monotonic: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """Go on where the last run ended; nothing is kept of officers who left."""
        self._file, self._monotonic, self._wall = file, monotonic, wall
        kept, now_s = file.load(), wall()
        self._missed = {pair: one for pair, one in kept.missed.items() if is_officer(_officer(pair))}
        self._known = {name: places for name, places in kept.known.items() if is_officer(name)}
        self._locked_until = {
            pair: monotonic() + min(max(0.0, one.locked_until - now_s), _lock_s(one.wrong))
            for pair, one in self._missed.items()
        }
        self._spent = {
            name: (one.used, monotonic() - max(0.0, now_s - one.at))
            for name, one in kept.spent.items()
            if name.startswith(_AT) or is_officer(name)
        }

    def locked_s(self, name: str, place: Place) -> int:
        """Return for how many seconds yet nothing is taken of this name there; 0 where it is."""
        waits = [self._locked_until.get(_pair(name, place), 0.0) - self._monotonic()]
        if not self._is_known(name, place):
            waits += [self._wait_s(spent, bound) for spent, bound in _bounds(name, place)]
        return max(0, *map(math.ceil, waits))

    def count(self, name: str, place: Place) -> None:
        """Count a wrong one."""
        pair = _pair(name, place)
        before = self._missed.pop(pair, None)  # whoever guessed last stands at the end
        wrong = 1 if before is None else before.wrong + 1
        lock_s = _lock_s(wrong)
        self._missed[pair] = Missed(wrong=wrong, locked_until=self._wall() + lock_s if lock_s else 0.0)
        if lock_s:
            self._locked_until[pair] = self._monotonic() + lock_s
        for spent, bound in _bounds(name, place):
            used = self._used(spent, bound) + 1
            self._spent.pop(spent, None)
            self._spent[spent] = used, self._monotonic()
        self._forget_the_oldest()
        self._save()

    def forgive(self, name: str, place: Place) -> None:
        """End a row of wrong ones: the right one came."""
        self._locked_until.pop(_pair(name, place), None)
        if self._missed.pop(_pair(name, place), None) is not None:
            self._save()

    def came_in(self, officer: str, place: Place) -> None:
        """Know an officer at a place from now on."""
        known, there = self._known.setdefault(officer, []), _there(place)
        if there not in known:
            known.append(there)
            del known[:-MOST_KNOWN]
            self._save()

    def forget(self, name: str) -> None:
        """Forget what was counted of a name, wherever that was, and of where it was tried."""
        gone = [pair for pair in self._missed if pair.partition(_AT)[0] == name]
        for pair in gone:
            del self._missed[pair]
            self._locked_until.pop(pair, None)
            self._spent.pop(_AT + pair.partition(_AT)[2].partition("#")[0], None)
        if self._spent.pop(_officer(name), None) is not None or gone:
            self._save()

    def _is_known(self, name: str, place: Place) -> bool:
        return _there(place) in self._known.get(_officer(name), ())

    def _used(self, name: str, bound: Bound) -> float:
        used, at_s = self._spent.get(name, (0.0, 0.0))
        return max(0.0, used - (self._monotonic() - at_s) / bound.one_in_s)

    def _wait_s(self, name: str, bound: Bound) -> float:
        return (self._used(name, bound) + 1 - bound.at_once) * bound.one_in_s

    def _forget_the_oldest(self) -> None:
        while len(self._missed) > MOST_KEPT:
            self._locked_until.pop(pair := next(iter(self._missed)), None)
            del self._missed[pair]
        while len(self._spent) > MOST_KEPT:
            del self._spent[next(iter(self._spent))]

    def _save(self) -> None:
        past_s = self._wall() - self._monotonic()
        spent = {name: Spent(used=used, at=at_s + past_s) for name, (used, at_s) in self._spent.items()}
        self._file.save(Kept(missed=self._missed, spent=spent, known=self._known))


def _bounds(name: str, place: Place) -> Iterator[tuple[str, Bound]]:
    yield _AT + place.whole, OF_PLACE
    if not place.is_ours:
        yield _officer(name), OF_STRANGERS


def _pair(name: str, place: Place) -> str:
    return f"{name}{_AT}{_there(place)}"


def _there(place: Place) -> str:
    return f"{place.whole}#{place.spot}" if place.spot else place.whole


def _officer(name: str) -> str:
    return name.partition(_AT)[0].partition("/")[0]


def _lock_s(wrong: int) -> int:
    """Return for how many seconds the `wrong`-th wrong PIN in a row locks."""
    if wrong % WRONG_PINS != 0:
        return 0
    doublings: int = min(wrong // WRONG_PINS - 1, MAX_LOCK_DOUBLINGS)
    return SECONDS_PER_MINUTE << doublings
