"""What people were told, kept outside of the office, and held against its journal."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.sqlite import opened

_NAMED = re.compile(r"given out on (\d{4}-\d\d-\d\d) and not in the database: ([^.]+)\.")
_PRINTED = re.compile(r"in no queue as far as the database knows: ([^.]+)\.")
_SPAN = re.compile(r"\b([A-Z]{1,2})-(\d+)(?: to \1-(\d+))?")


class BrokenPromiseError(AssertionError):
    """The office did not keep what it says of itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal."""

    seq: int
    kind: str
    client: str
    ticket: str | None
    counter: str | None
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal as another program reads it, and what the tables say now."""

    lines: tuple[Line, ...]
    states: dict[str, str]
    """By ticket."""

    @property
    def last(self) -> int:
        """Return where it ends."""
        return self.lines[-1].seq if self.lines else 0

    def of(self, *kinds: str) -> list[Line]:
        """Return the lines of these kinds."""
        return [line for line in self.lines if line.kind in kinds]

    @property
    def lent(self) -> frozenset[str]:
        """Return the tickets that kiosks have in advance."""
        lent = {blank[0] for line in self.of("numbers_leased") for blank in line.body["blanks"]}
        ended = {ticket for line in self.of("lease_ended") for ticket in line.body["tickets"]}
        return frozenset(lent - ended - {str(line.ticket) for line in self.of("issued")})

    def issued(self, client: str = "") -> dict[str, str]:
        """Return the numbers with their days by ticket, of one client or of all."""
        return {
            str(line.ticket): numbered(line.body["day"], line.body["series"], line.body["sequence"])
            for line in self.of("issued")
            if client in {"", line.client}
        }


def numbered(day: str, series: str, sequence: int) -> str:
    """Return a number that is one for ever: with its day."""
    return f"{day} {series}-{sequence:03d}"


def read(database: Path) -> Journal:
    """Read a journal; a database that is not there has none."""
    if not database.is_file() or not database.stat().st_size:
        return Journal((), {})
    with opened(f"file:{database}?mode=ro", uri=True) as books:
        rows = books.execute("SELECT seq, type, client, ticket, counter, body FROM events ORDER BY seq").fetchall()
        states = dict(books.execute("SELECT id, state FROM tickets").fetchall())
    lines = (
        Line(seq, kind, client, ticket, counter, json.loads(body)) for seq, kind, client, ticket, counter, body in rows
    )
    return Journal(tuple(lines), states)


def last_line(database: Path) -> int:
    """Return where a journal ends."""
    with opened(f"file:{database}?mode=ro", uri=True) as books:
        last: int = books.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        return last


@dataclass(slots=True)
class Ledger:
    """Every number that anybody was told or holds on paper, and every call that an officer saw."""

    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By ticket who was told of it, and its number, where the office must know of it; with its day once known."""
    phones: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of some visitors the ticket, and the key to its page."""
    holders: dict[str, str] = field(default_factory=dict)
    """The ticket of each number with its day, for ever: what a database has forgotten is never given to another."""
    called: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each (client, ticket) was called, as counters were told."""
    is_overtaken: bool = False
    """In this round the office forgets something, or has another day: what was under way may have become impossible."""
    has_forgotten: bool = False
    """In this round the office has forgotten something."""
    refused: Counter[str] = field(default_factory=Counter)
    """Papers that were not taken in, as the kiosk has said: of a day that is over, their lease lost with a database."""
    forgotten: int = 0
    """Numbers that a harmed database had lost, each of them named to whoever recovered it."""
    _named: dict[str, str] = field(default_factory=dict)
    """The numbers, with their days, that were named in this round."""
    _printed: set[str] = field(default_factory=set)
    """Numbers in advance that were named because there are papers of them."""
    _day: str = ""
    """Their day."""

    def begin(self, *, is_overtaken: bool) -> None:
        """Begin a round."""
        self.is_overtaken, self.has_forgotten = is_overtaken, False
        self._named.clear()
        self._printed.clear()
        self._day = ""

    def tell(self, client: str, ticket: str, number: str) -> None:
        """Take down that somebody has a number, by an answer or on a paper."""
        if not self.told.setdefault(ticket, (client, number))[1].endswith(number):
            message = f"{ticket} is {number} and {self.told[ticket][1]}"
            raise BrokenPromiseError(message)

    def forget(self, words: str) -> None:
        """Take down what a database has lost, as it was said in words."""
        for day, listed in _NAMED.findall(words):
            self._day = max(self._day, day)
            self._named |= {one: f"{day} {one}" for match in _SPAN.finditer(listed) for one in _span(match)}
        self._printed = {one for listed in _PRINTED.findall(words) for one in listed.split(", ")}
        self.has_forgotten = True

    def hold_against(self, journal: Journal, exact: frozenset[str]) -> None:
        """Find all that was told in the journal; of `exact` clients the journal has nothing that they were not told."""
        numbers = journal.issued()
        if len(set(numbers.values())) != len(numbers) or len(numbers) != len(journal.of("issued")):
            message = "the journal has a number twice"
            raise BrokenPromiseError(message)
        for ticket, number in numbers.items():
            self._hold(ticket, number)
        self._find_told(numbers)
        for client in exact:
            if unknown := set(journal.issued(client)) - set(self.told):
                message = f"{client} was not told of {len(unknown)} tickets in the journal, such as {unknown.pop()}"
                raise BrokenPromiseError(message)
        self._count_calls(journal, exact)

    # -- inside -------------------------------------------------------------------------------------------------------

    def _find_told(self, numbers: dict[str, str]) -> None:
        for ticket, (client, number) in list(self.told.items()):
            if ticket in numbers:
                if not numbers[ticket].endswith(number):
                    message = f"{client} was told {number} of what is {numbers[ticket]} in the journal"
                    raise BrokenPromiseError(message)
                self.told[ticket] = client, numbers[ticket]
            elif self._was_named(number):
                self._hold(ticket, self._named.get(number, number))
                del self.told[ticket]
                self.forgotten += 1
            elif self.forgotten and self.refused[number.rpartition(" ")[2]]:
                del self.told[ticket]
            else:
                message = f"{client} was told of {number}, which is not in the journal, and nobody said so"
                raise BrokenPromiseError(message)

    def _was_named(self, number: str) -> bool:
        """Tell whether a number was said to be lost; those of earlier days, which nobody waits with, are not named."""
        day, _, bare = number.rpartition(" ")
        if bare in self._printed:
            return True
        return bool(self._named) and (
            bare in self._named if not day else self._named.get(bare) == number or day < self._day
        )

    def _count_calls(self, journal: Journal, exact: frozenset[str]) -> None:
        last: dict[str, str] = {}
        for line in journal.lines:
            if line.ticket is None:
                continue
            if line.kind == "called" and last.get(line.ticket) == "called":
                message = f"{journal.issued()[line.ticket]} was called twice"
                raise BrokenPromiseError(message)
            last[line.ticket] = line.kind
        called = _calls(journal, exact)
        if self.has_forgotten:
            self.called = called  # whose call is forgotten is called again
        if called != self.called:
            message = f"acknowledged {self.called.total()} calls, the journal has {called.total()}"
            raise BrokenPromiseError(message)

    def _hold(self, ticket: str, number: str) -> None:
        if self.holders.setdefault(number, ticket) != ticket:
            message = f"{number} was given twice"
            raise BrokenPromiseError(message)


def _calls(journal: Journal, clients: frozenset[str]) -> Counter[tuple[str, str]]:
    calls = ((line.client, str(line.ticket)) for line in journal.of("called"))
    return Counter(call for call in calls if call[0] in clients)


def _span(match: re.Match[str]) -> list[str]:
    series, first, last = match[1], int(match[2]), int(match[3] or match[2])
    return [f"{series}-{sequence:03d}" for sequence in range(first, last + 1)]
