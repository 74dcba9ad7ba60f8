"""What one office day came to, as rows that figures are made of: without any visitor, and small enough to keep.

Moments and durations are whole microseconds; half hours count from midnight by the office's clock, 0 to 47.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

VERSION = 1
"""Of the form in which facts are kept."""
HALF_HOURS = 48
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

Kind = Literal["arrival", "told", "served", "left", "no_show", "cancelled", "transferred", "rejoined"]
DeskDoes = Literal["idle", "paused", "busy"]


class Count(NamedTuple):
    """So many times something happened in a half hour, at one place."""

    kind: str
    """A `Kind`: `told` is an arrival to whom a wait was announced; `left` was closed when nobody served any more."""
    half_hour: int
    """Of what the end of a day closed, its last one."""
    service: str
    lane: str
    stage: str
    counter: str | None
    officer: str | None
    n: int


class Wait(NamedTuple):
    """One wait that came to its end: until a call, or until the visitor gave up."""

    half_hour: int
    """In which it ended."""
    service: str
    lane: str
    stage: str
    counter: str | None
    """Where the call came from; None where there was none."""
    officer: str | None
    waited_us: int
    is_first: int
    """1: the visitor had not been called before, and so it is what the lane promises."""
    promised_s: int | None
    """What the lane promised then; None where nobody was called from it yet."""
    low_s: int | None
    """The range that was announced to this visitor, where it is the first wait."""
    high_s: int | None


class Visit(NamedTuple):
    """A counter was taken by one visitor, once."""

    half_hour: int
    """In which it ended."""
    service: str
    lane: str
    stage: str
    counter: str
    officer: str | None
    taken_us: int
    """From the call, or since the visitor was taken up again."""
    way_us: int | None
    """Of it, from the call until the officer said that the visitor is there; None where nobody said so."""
    end: str
    """`finished`, `held`, `no_show`, `transferred`, or `cancelled`."""


class DeskTime(NamedTuple):
    """For so long in a half hour an officer's counter was in one state."""

    half_hour: int
    counter: str
    officer: str
    does: str
    """A `DeskDoes`: `busy` has a visitor, called or there."""
    us: int


class Paper(NamedTuple):
    """So many papers with one outcome in a half hour."""

    half_hour: int
    service: str
    lane: str
    client: str
    """Whose printer it is; of `asked`, who asked for it."""
    outcome: str
    """`asked`, then `confirmed`, `unconfirmed` or `failed`."""
    reason: str | None
    n: int


class Still(NamedTuple):
    """A ticket that is not done when the day is over, or now."""

    state: str
    """`waiting`, `called`, `serving` or `held`."""
    service: str
    lane: str
    stage: str
    since_us: int
    """From when it waits; so long after is what it has waited."""
    is_first: int
    promised_s: int | None


class ClockChange(NamedTuple):
    """The machine's clock was set."""

    at_us: int
    by_us: int


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One office day: lines `first_seq` to `last_seq` of the journal."""

    day: dt.date
    first_seq: int
    last_seq: int
    until_us: int
    """The day's end; of a day that runs, the moment that it was counted for."""
    counts: tuple[Count, ...] = ()
    waits: tuple[Wait, ...] = ()
    visits: tuple[Visit, ...] = ()
    desks: tuple[DeskTime, ...] = ()
    papers: tuple[Paper, ...] = ()
    still: tuple[Still, ...] = ()
    clocks: tuple[ClockChange, ...] = ()


_TABLES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("counts", Count, ("kind", "service", "lane", "stage", "counter", "officer")),
    ("waits", Wait, ("service", "lane", "stage", "counter", "officer")),
    ("visits", Visit, ("service", "lane", "stage", "counter", "officer", "end")),
    ("desks", DeskTime, ("counter", "officer", "does")),
    ("papers", Paper, ("service", "lane", "client", "outcome", "reason")),
    ("still", Still, ("state", "service", "lane", "stage")),
    ("clocks", ClockChange, ()),
)
"""Each table of a day with its row and those of its columns that are names."""
_WIDTHS = (("b", 8), ("h", 16), ("i", 32), ("q", 64))
_NOTHING = -1
Row = TypeVar("Row", bound=tuple[Any, ...])


def text_of(facts: DayFacts) -> str:
    """Return the facts of a day as text: tables by their columns, names by their place in one list.

    A column is its width (`b`, `h`, `i`, `q`: 1 to 8 bytes) and its numbers, little-endian in base64: a year of them is
    read in a tenth of the time that JSON takes. -1 is nothing.
    """
    places: dict[str | None, int] = {None: _NOTHING}
    tables = {
        name: [
            _packed([places.setdefault(cell, len(places) - 1) for cell in column] if field in named else column)
            for field, column in zip(kind._fields, _columns(getattr(facts, name), len(kind._fields)), strict=True)
        ]
        for name, kind, named in _TABLES
    }
    head = {
        "version": VERSION,
        "day": facts.day.isoformat(),
        "lines": [facts.first_seq, facts.last_seq],
        "until": facts.until_us,
        "names": [name for name in places if name is not None],
    }
    return json.dumps({**head, **tables}, ensure_ascii=False, separators=(",", ":"))


def facts_of(text: str) -> DayFacts:
    """Return the facts that `text_of` said; `ValueError` where they are of a form that this program does not know."""
    said = json.loads(text)
    if said["version"] != VERSION:
        message = f"facts of the version {said['version']}; this program knows {VERSION}"
        raise ValueError(message)
    names: list[str | None] = [*said["names"], None]  # -1 is the last one
    name_of = names.__getitem__
    tables = {
        name: tuple(
            map(
                partial(tuple.__new__, kind),  # as its _make, without Python in between: a year has 1.6 million rows
                zip(
                    *(
                        map(name_of, _numbers(column)) if field in named else _values(_numbers(column))
                        for field, column in zip(kind._fields, said[name], strict=True)
                    ),
                    strict=True,
                ),
            )
        )
        for name, kind, named in _TABLES
    }
    first_seq, last_seq = said["lines"]
    return DayFacts(dt.date.fromisoformat(said["day"]), first_seq, last_seq, said["until"], **tables)


def _packed(column: Sequence[int | None]) -> str:
    """Return a column of numbers as text, as narrow as they are."""
    numbers = [_NOTHING if one is None else one for one in column]
    least, most = min(numbers, default=0), max(numbers, default=0)
    width = next(code for code, bits in _WIDTHS if -(1 << bits - 1) <= least and most < 1 << bits - 1)
    return width + b64encode(_little_endian(array(width, numbers)).tobytes()).decode()


def _numbers(text: str) -> array[int]:
    numbers = array(text[0])
    numbers.frombytes(b64decode(text[1:]))
    return _little_endian(numbers)


def _values(numbers: array[int]) -> Sequence[int | None]:
    """Return numbers of which some are none; most columns have no such."""
    return [None if one == _NOTHING else one for one in numbers] if _NOTHING in numbers else numbers


def _little_endian(numbers: array[int]) -> array[int]:
    """Return numbers as they are kept, or as this machine has them: where it differs, their bytes are turned."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def digest_of(*texts: str) -> str:
    """Return what changes with whatever of the texts is changed."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def micros(at: dt.datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(us: int) -> dt.datetime:
    """Return the moment of so many microseconds since 1970."""
    return _EPOCH + us * _MICROSECOND


def midnight_us(day: dt.date, zone: dt.tzinfo) -> int:
    """Return when a date begins by the office's clock."""
    return micros(dt.datetime.combine(day, dt.time(), zone))


def _columns(rows: Sequence[Row], width: int) -> Iterable[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
