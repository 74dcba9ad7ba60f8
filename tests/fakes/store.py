"""A store in memory that keeps its promises, and breaks them on command."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from broker.domain.commands import NewFactor, NewPin
from broker.domain.events import ClockSet, Issued
from broker.domain.feedback.apply import apply, enter
from broker.domain.feedback.book import Book
from broker.domain.feedback.entries import Entry, Spent, Words
from broker.domain.feedback.events import ComplaintMoved, FeedbackEvent, Purged
from broker.domain.model import Office
from broker.ports import ClosedDay, Health, Line, Past, Recorded, RequestKey, SealError, StorageError, Work
from broker.store.rows import surplus_replies


@dataclass
class MemoryStore:
    """Implements `broker.ports.Store`. What it holds outlives an engine, as a disk would."""

    events: list[Recorded] = field(default_factory=list)
    replies: dict[RequestKey, tuple[dt.datetime, bytes]] = field(default_factory=dict)
    chosen_pins: dict[str, NewPin] = field(default_factory=dict)
    chosen_passwords: dict[str, NewPin | None] = field(default_factory=dict)
    kept_factors: dict[str, NewFactor | None] = field(default_factory=dict)
    said: list[FeedbackEvent | Entry] = field(default_factory=list)
    """What belongs to feedback, in order."""
    written: dict[str, Words] = field(default_factory=dict)
    """What somebody wrote, by id."""
    keyless: bool = False
    """The office's key is not there."""
    diary: list[str] = field(default_factory=list)
    """What happened to the store, and to whoever shares the list, in order."""
    failing_commits: int = 0
    """So many of the next commits fail."""
    breaking_commits: int = 0
    """So many of the next commits end in an error that no store may raise."""
    unreadable: bool = False
    incomprehensible: bool = False
    """Reading ends in an error that no store may raise."""
    unforgettable: bool = False
    """Old replies cannot be deleted."""
    health: list[tuple[dt.datetime, str, str, str]] = field(default_factory=list)
    """Every change: when, client, device, state."""
    closed: list[ClosedDay] = field(default_factory=list)
    """Office days that are over."""
    _numbers: set[tuple[dt.date, str, int]] = field(default_factory=set)

    def past(self) -> Past:
        """Return every event there is."""
        self._must_be_readable()
        last_day = max((day for day, _, _ in self._numbers), default=None)
        return Past(len(self.events), [(recorded.seq, recorded.event) for recorded in self.events], last_day)

    def commit(self, work: Work) -> None:
        """Take all of `work`, or nothing."""
        if self.failing_commits > 0:
            self.failing_commits -= 1
            self.diary.append("commit failed")
            message = "the disk is full"
            raise StorageError(message)
        if self.breaking_commits > 0:
            self.breaking_commits -= 1
            message = "nobody foresaw this"
            raise RuntimeError(message)
        self._must_fit(work)
        self.events.extend(work.events)
        for recorded in work.events:
            if isinstance(recorded.event, ClockSet):
                by = dt.timedelta(seconds=recorded.event.by_s)
                self.replies = {key: (at + by, payload) for key, (at, payload) in self.replies.items()}
        self.chosen_pins |= work.pins
        self.chosen_passwords |= work.passwords
        self.kept_factors |= work.factors
        for officer, step in work.steps.items():
            factor = self.kept_factors.get(officer)
            self.kept_factors[officer] = None if factor is None else replace(factor, step=step)
        self.replies.update({key: (work.at, payload) for key, payload in work.replies.items()})
        self.said += [recorded.event for recorded in work.events if isinstance(recorded.event, FeedbackEvent)]
        self.said += work.entries
        self.closed += work.closed
        self._keep_words(work)
        self.diary.append("commit")

    def feedback(self, office: Office, now: dt.datetime) -> Book:  # noqa: ARG002 - the protocol has it
        """Return a book in which everything happens again."""
        self._must_be_readable()
        if self.keyless:
            message = "office.key is not there"
            raise SealError(message)
        book = Book(office, lambda text: f"keyed {text}")
        for one in self.said:
            if isinstance(one, FeedbackEvent):
                apply(book, one)
            else:
                enter(book, one)
        book.version = 0
        return book

    def _keep_words(self, work: Work) -> None:
        """Seal nothing, but keep each as long as a database would."""
        for entry in work.entries:
            if isinstance(entry, Words):
                self.written[entry.id] = entry
        for recorded in work.events:
            match recorded.event:
                case ComplaintMoved() as moved:
                    for name, one in self.written.items():
                        if name.startswith(f"c/{moved.number}/"):
                            self.written[name] = replace(one, purge_after=moved.purge_after)
                case Purged() as purged:
                    kept = {n: w for n, w in self.written.items() if (w.purge_after or dt.date.max) >= purged.day}
                    self.written = kept
                case _:
                    pass

    def words(self, ids: Collection[str]) -> dict[str, str]:
        """Return what somebody wrote."""
        self._must_be_readable()
        return {name: one.text for name, one in self.written.items() if name in ids}

    def forget_spent(self, before: dt.date) -> None:
        """Forget who was asked before a day."""
        self.said = [one for one in self.said if not isinstance(one, Spent) or one.day >= before]

    def pins(self) -> dict[str, NewPin]:
        """Return the PINs that were chosen."""
        return dict(self.chosen_pins)

    def passwords(self) -> dict[str, NewPin]:
        """Return the passwords."""
        return {name: one for name, one in self.chosen_passwords.items() if one is not None}

    def factors(self) -> dict[str, NewFactor]:
        """Return the second factors, as far as the key is there."""
        known = {name: one for name, one in self.kept_factors.items() if one is not None}
        return {name: replace(one, secret="") for name, one in known.items()} if self.keyless else known

    @property
    def keep_every_s(self) -> float:
        """Return that nothing is lent."""
        return math.inf

    def keep(self) -> None:
        """Keep what nobody else wants."""

    def look(self) -> None:
        """Find all well, where it can be read."""
        self._must_be_readable()

    def known_requests(self) -> Iterable[RequestKey]:
        """Return the key of every remembered reply."""
        self._must_be_readable()
        return list(self.replies)

    def forget_officers(self, known: Collection[str]) -> None:
        """Forget of whom nothing is to be kept."""
        for gone in {*self.chosen_pins, *self.chosen_passwords, *self.kept_factors} - set(known):
            self.chosen_pins.pop(gone, None)
            self.chosen_passwords.pop(gone, None)
            self.kept_factors.pop(gone, None)

    def reply(self, key: RequestKey) -> bytes | None:
        """Return a remembered reply."""
        self._must_be_readable()
        return self.replies[key][1] if key in self.replies else None

    def forget_replies(self, before: dt.datetime, *, most: int) -> None:
        """Delete replies older than `before`, and of too many those of whoever has most."""
        if self.unforgettable:
            message = "the database is locked"
            raise StorageError(message)
        kept = {key: reply for key, reply in self.replies.items() if reply[0] >= before}
        surplus = set(surplus_replies(list(kept), most))
        self.replies = {key: reply for key, reply in kept.items() if key not in surplus}

    def carry(self) -> str | None:
        """Return what goes on after the last day that was closed."""
        self._must_be_readable()
        return self.closed[-1].carry if self.closed else None

    def lines(self, after: int, *, most: int) -> list[Line]:
        """Return lines of the journal."""
        self._must_be_readable()
        return [Line(one.seq, one.client, one.event) for one in self.events[after : after + most]]

    def closed_days(self, first: dt.date, last: dt.date) -> list[str]:
        """Return the facts of closed days."""
        self._must_be_readable()
        return [one.facts for one in self.closed if first <= one.day <= last]

    def note_health(self, healths: Sequence[Health], at: dt.datetime) -> None:
        """Keep what has changed."""
        self._must_be_readable()
        self.diary.append("note health")
        known = {(whose, device): state for _, whose, device, state in self.health}
        for health in healths:
            for device, state in health.states.items():
                if known.get((health.client, device)) != state:
                    self.health.append((at, health.client, device, state))
                    known[health.client, device] = state

    def forget_health(self, before: dt.datetime) -> None:
        """Keep the latest word on each device, and what is not old."""
        latest = {(client, device): at for at, client, device, _ in self.health}
        self.health = [entry for entry in self.health if entry[0] >= before or latest[entry[1:3]] == entry[0]]

    def give_up_papers(self, before: dt.datetime, at: dt.datetime) -> None:
        """Do nothing: it keeps no papers."""

    def close(self) -> None:
        """Do nothing: memory needs no goodbye."""

    def _must_be_readable(self) -> None:
        if self.incomprehensible:
            message = "nobody foresaw this"
            raise RuntimeError(message)
        if self.unreadable:
            message = "the disk does not answer"
            raise StorageError(message)

    def _must_fit(self, work: Work) -> None:
        """Refuse what a database would: a seq or a number of a day twice, a reply twice."""
        first = len(self.events) + 1
        if [recorded.seq for recorded in work.events] != list(range(first, first + len(work.events))):
            message = f"seq does not go on at {first}"
            raise StorageError(message)
        issued = [recorded.event for recorded in work.events if isinstance(recorded.event, Issued)]
        numbers = {(event.day, event.series, event.sequence) for event in issued}
        if len(numbers) != len(issued) or numbers & self._numbers:
            message = "a number twice in a day"
            raise StorageError(message)
        if work.replies.keys() & self.replies.keys():
            message = "a request answered twice"
            raise StorageError(message)
        self._numbers |= numbers
