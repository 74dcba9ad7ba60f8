"""What the engine needs of the world: a store that commits, a wire that speaks, someone who knows PINs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from broker.config.feedback import SurveySettings
from broker.contract.messages import Announcement, OfficeMessage
from broker.domain.alerts import Reading
from broker.domain.commands import CodeFault, NewFactor, NewPin, SignIn, StaffIn, StaffTotp
from broker.domain.errors import DomainError
from broker.domain.feedback.book import Book, Complaint
from broker.domain.feedback.commands import Complain
from broker.domain.feedback.entries import Answer, Entry
from broker.domain.hall import Hall
from broker.domain.identity import totp_secret
from broker.domain.model import Office, Ticket
from broker.domain.vocabulary import Command, Event

RequestKey = tuple[str, str]
"""(client, request id): what makes a request the same as one before."""
KEPT_BACK = b"<the session's token is not written down>"


class StorageError(Exception):
    """Nothing of the unit of work is on disk."""


class SealError(StorageError):
    """What is sealed cannot be opened with the key that is there: without feedback the office goes on."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One request as it came in, or the reason why it cannot even be decided."""

    client: str
    request_id: str
    command: Command | DomainError
    until: dt.datetime | None = None
    """By the engine's clock: afterwards it is not meant any more."""

    @property
    def key(self) -> RequestKey:
        """Return what makes this request the same as one before."""
        return self.client, self.request_id

    def without_secret(self, reply: bytes) -> bytes:
        """Return a reply as it is written down: whoever reads the database cannot act as the officer."""
        return reply.replace(self._secret, KEPT_BACK) if self._secret else reply

    def with_secret(self, reply: bytes) -> bytes:
        """Return a reply as it was given: the same request has the same token again."""
        return reply.replace(KEPT_BACK, self._secret) if self._secret else reply

    @property
    def lacks_secret(self) -> bool:
        """Tell whether it asks for a receipt while the office's key is not open: there is nothing to hand out now."""
        return isinstance(self.command, Complain) and not self.command.secret

    @property
    def _secret(self) -> bytes:
        match self.command:
            case SignIn(token=secret) | StaffIn(token=secret) | Complain(secret=secret):
                return secret.encode()
            case StaffTotp(action="begin", token=token):
                return totp_secret(token).encode()
            case _:
                return b""


CONNECTION = "connection"
"""Stands among a client's devices for whether the client itself is there."""
ONLINE, OFFLINE = "online", "offline"


@dataclass(frozen=True, slots=True)
class Health:
    """How a client's devices fare, as it says; `CONNECTION` among them."""

    client: str
    states: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event with its place in the journal, who asked for it, and the ticket as it was right after."""

    seq: int
    event: Event
    client: str
    ticket: Ticket | None
    complaint: Complaint | None = None
    """The same of a complaint, where it is about one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal: its place, who asked, and what happened."""

    seq: int
    client: str
    event: Event


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """An office day that is over, as it is kept: its facts and what goes on after it, both as text."""

    day: dt.date
    lines: int
    """Of the journal, from the first to the last that is of this day."""
    digest: str
    facts: str
    carry: str


@dataclass(slots=True)
class Work:
    """Everything that goes to disk in one transaction."""

    at: dt.datetime
    events: list[Recorded] = field(default_factory=list)
    replies: dict[RequestKey, bytes] = field(default_factory=dict)
    """The answers, refusals too, kept so that a request that is sent again is done once."""
    harmless: dict[RequestKey, bytes] = field(default_factory=dict)
    """Answers to what can change nothing: looks, and what a client may not send. They never go to disk: asking alone
    would fill it, and whoever asks anew after a restart does no harm."""
    pins: dict[str, NewPin] = field(default_factory=dict)
    """By officer: the new PIN, as it is kept."""
    passwords: dict[str, NewPin | None] = field(default_factory=dict)
    """The same of passwords; None: there is none any more."""
    factors: dict[str, NewFactor | None] = field(default_factory=dict)
    """The same of second factors."""
    steps: dict[str, int] = field(default_factory=dict)
    """By officer: which one-time code was the last to count."""
    entries: list[Entry] = field(default_factory=list)
    """What is kept of feedback beside the journal: rows without a time, and words, which the store seals."""
    closed: list[ClosedDay] = field(default_factory=list)
    """Days that are over, each with its event `DayClosed`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The answer to a question, with the words that belong to it."""

    answer: Answer
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Past:
    """What a hall is rebuilt from: the last seq on disk, and every event that still matters, with its seq."""

    last_seq: int
    events: Sequence[tuple[int, Event]]
    last_day: dt.date | None = None
    """The latest office day that a ticket carries: no other may begin before it is over."""


@dataclass(frozen=True, slots=True)
class Reconfiguration:
    """A configuration that counts from now on: the rules, and what screens are told of the office."""

    rules: Office
    office: OfficeMessage
    announcements: tuple[Announcement, ...]
    kiosk_of: Mapping[str, str]
    digest: str
    sections: tuple[str, ...]
    surveys: tuple[SurveySettings, ...] = ()


class Store(Protocol):
    """What is on disk. Used by the engine's thread only; every method may raise `StorageError`."""

    def past(self) -> Past:
        """Return what is needed to rebuild today's hall."""
        ...

    def commit(self, work: Work) -> None:
        """Write all of `work`, or nothing; durably where it holds events.

        Answers alone (refusals, looks) outlive the process, but a power cut only together with the next events.
        """
        ...

    @property
    def keep_every_s(self) -> float:
        """Return how often `keep` is to be called; infinite where nothing is lent."""
        ...

    def keep(self) -> None:
        """Keep the right to write though nobody asks for anything."""
        ...

    def look(self) -> None:
        """Look whether what was answered is still what the disk says; may take 0.2 s."""
        ...

    def feedback(self, office: Office, now: dt.datetime) -> Book:
        """Return the book of feedback as the tables tell it; `SealError` where its key is not there."""
        ...

    def words(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return by id what somebody wrote, opened; what was erased is not among it."""
        ...

    def forget_spent(self, before: dt.date) -> None:
        """Forget who has rated or answered on days before `before`."""
        ...

    def pins(self) -> Mapping[str, NewPin]:
        """Return by officer what is kept of the PINs that were chosen."""
        ...

    def passwords(self) -> Mapping[str, NewPin]:
        """Return by officer what is kept of passwords."""
        ...

    def factors(self) -> Mapping[str, NewFactor]:
        """Return by officer the second factors, opened; without the office's key their secrets are empty."""
        ...

    def forget_officers(self, known: Collection[str]) -> None:
        """Forget PINs, passwords and second factors of all officers who are not `known`."""
        ...

    def known_requests(self) -> Iterable[RequestKey]:
        """Return the key of every remembered reply."""
        ...

    def reply(self, key: RequestKey) -> bytes | None:
        """Return a remembered reply."""
        ...

    def forget_replies(self, before: dt.datetime, *, most: int) -> None:
        """Delete replies older than `before`, and of more than `most` the oldest of the clients that have most.

        So nobody who asks in a loop makes the office forget what others have asked for.
        """
        ...

    def carry(self) -> str | None:
        """Return what goes on after the last day that was closed; None where none was."""
        ...

    def lines(self, after: int, *, most: int) -> Sequence[Line]:
        """Return lines of the journal behind one of them, in order."""
        ...

    def closed_days(self, first: dt.date, last: dt.date) -> Sequence[str]:
        """Return the facts of the days of a span that were closed, in order, as they were written."""
        ...

    def note_health(self, healths: Sequence[Health], at: dt.datetime) -> None:
        """Write down how clients' devices fare, in the order in which they told, where that has changed."""
        ...

    def forget_health(self, before: dt.datetime) -> None:
        """Delete how devices fared before a moment; the latest word on each stays."""
        ...

    def give_up_papers(self, before: dt.datetime, at: dt.datetime) -> None:
        """Take papers that were asked for before a moment, and of which nobody has told, as `unconfirmed`."""
        ...


class Wire(Protocol):
    """How the engine speaks. Nothing here blocks or raises; `refuse` and `report` may be called from any thread."""

    def encode(
        self,
        submission: Submission,
        result: Sequence[Event] | Opened | DomainError,
        hall: Hall,
        now: dt.datetime,
        *,
        book: Book | None = None,
    ) -> bytes:
        """Return the reply to a request that led to events, to an answer, or to an error."""
        ...

    def reply(self, client: str, payload: bytes) -> None:
        """Send a reply."""
        ...

    def refuse(self, submission: Submission, error: DomainError) -> None:
        """Answer a request that was not even looked at."""
        ...

    def report(self, device: str, state: str | None) -> None:
        """Let the engine's presence say to staff how something of it fares; None where there is nothing to say."""
        ...

    def tell(self, events: Iterable[Recorded], hall: Hall) -> None:
        """Publish what happened."""
        ...

    def renew(
        self, office: OfficeMessage, announcements: Sequence[Announcement], surveys: Sequence[SurveySettings] = ()
    ) -> None:
        """Take note of what the office offers, announces and asks from now on; `show_all` says it."""
        ...

    def show(self, hall: Hall, now: dt.datetime, *, unanswered_s: int = 0) -> None:
        """Publish the hall."""
        ...

    def show_counters(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Publish the counters that look different now, one by one until it `is_pressed`; tell whether that is all."""
        ...

    def show_feedback(self, hall: Hall, book: Book, now: dt.datetime) -> None:
        """Publish what is published of feedback, where that has changed."""
        ...

    def show_results(self, hall: Hall, days: Sequence[str], now: dt.datetime) -> None:
        """Publish what is published of waits: the facts of the closed days of a month, as they are kept."""
        ...

    def show_alerts(self, hall: Hall, now: dt.datetime, read: Mapping[str, Reading]) -> None:
        """Publish what somebody is to see to, where that has changed; `read` is what each alert's rule reads now."""
        ...

    def show_waiting(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Publish where everybody stands who waits; tell whether it was done, and nobody came in between."""
        ...

    def show_board(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Publish how the hall stands, for whoever runs it; tell whether it was done, and nobody came in between."""
        ...

    def show_all(self, hall: Hall, now: dt.datetime, *, book: Book | None = None, unanswered_s: int = 0) -> None:
        """Publish every retained state, then say online."""
        ...


class RulesKeeper(Protocol):
    """The configuration's file, as far as the engine lets it be changed. Used by its thread; nothing here raises."""

    def digest(self) -> str:
        """Return the digest of what the file says now."""
        ...

    def settle(self, digest: str) -> None:
        """Let what was laid down under this digest take the file's place; tried again until it does."""
        ...


class ClockMark(Protocol):
    """What the run before believed of the clock, where the machine has not been restarted since."""

    def load(self) -> float | None:
        """Return when the monotonic clock was at 0, in seconds since 1970, or None where that is not known."""
        ...

    def save(self, begun_s: float) -> None:
        """Keep it."""
        ...


@dataclass(frozen=True, slots=True)
class Admission:
    """What is worth what somebody knows who signs in without a counter."""

    matches: bool
    """PIN or password is right."""
    locked_s: int = 0
    with_password: bool = False
    code_fault: CodeFault = ""
    step: int | None = None
    """Which one-time code it was, where one is needed."""


class Credentials(Protocol):
    """Whoever knows the officers' secrets. Used by one thread only, which is not the engine's."""

    def asked_by(self, client: str, spot: str = "", browser: str = "") -> None:
        """Take note who asks from now on, at which of its counters or for which browser: there wrong ones count."""
        ...

    def admits(self, officer: str, secret: str, code: str | None) -> Admission:
        """Tell what PIN or password and one-time code are worth; takes some milliseconds by intent."""
        ...

    def proves(self, officer: str, secret: str) -> bool:
        """Tell whether somebody who is signed in knows the officer's password, or the PIN where there is none."""
        ...

    def has_factor(self, officer: str) -> bool:
        """Tell whether the officer has a second factor."""
        ...

    def begin_factor(self, officer: str, secret: str) -> None:
        """Take note of a second factor that is to be confirmed; a restart forgets it."""
        ...

    def confirmed(self, officer: str, code: str) -> NewFactor | CodeFault:
        """Return what is to be kept of a second factor whose first code is right."""
        ...

    def code_fault(self, officer: str, code: str) -> CodeFault:
        """Tell what is wrong with a one-time code of an officer who is signed in."""
        ...

    def renew_password(self, officer: str, password: NewPin | None) -> None:
        """Take note that the officer has another password, or none."""
        ...

    def renew_factor(self, officer: str, factor: NewFactor | None) -> None:
        """Take note that the officer has a second factor, or none."""
        ...

    def know_factors(self, factors: Mapping[str, NewFactor]) -> None:
        """Take note of all second factors, as far as they can be opened now."""
        ...

    def matches(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's; takes some milliseconds by intent."""
        ...

    def locked_s(self, officer: str) -> int:
        """Return for how many seconds yet no PIN of the officer is taken; 0 where it is."""
        ...

    def is_now(self, officer: str, pin: str) -> bool:
        """Tell whether `pin` is the officer's, without that anything is counted."""
        ...

    def made_of(self, officer: str, pin: str) -> NewPin:
        """Return what is to be kept of a new PIN; takes some milliseconds by intent."""
        ...

    def renew(self, officer: str, pin: NewPin) -> None:
        """Take note that the officer has another PIN; any lock ends."""
        ...

    def unlock(self, officer: str) -> None:
        """Forget the officer's wrong PINs."""
        ...

    def seed(self, hashes: Mapping[str, str]) -> None:
        """Take note of what the configuration says now: who is new, or has another hash there, goes by that."""
        ...
