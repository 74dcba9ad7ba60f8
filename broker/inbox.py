"""What waits for the engine: a line for each client, taken in turns, so that one busy device stops nobody else.

Beside the lines stands what clients say of their devices: the latest word only, to be written when there is time.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from broker.domain.commands import (
    ChangePin,
    CodeFault,
    NewFactor,
    NewPin,
    ResetPin,
    SignIn,
    StaffIn,
    StaffPassword,
    StaffTotp,
)
from broker.domain.errors import Code, DomainError
from broker.domain.identity import totp_secret
from broker.domain.pins import weakness
from broker.domain.vocabulary import Command
from broker.ports import CONNECTION, Credentials, Health, RequestKey, Submission

MAX_BACKLOG = 256
"""So many requests of one client may wait; no device of an office has more than a few under way."""
MAX_WAITING = 8192
"""So many of all clients, each of up to 8 KiB: 64 MB of text, some 300 MB as objects, and never more."""
MAX_HEARD_OF = 1024
"""So many clients are heard of their devices between two times of writing."""
MAX_ANSWERS_BYTES = 16 * 1024 * 1024
"""So much is kept in memory of answers to what can change nothing; the oldest go first."""
ANSWER_COSTS_BYTES = 512
"""What an answer takes beside its text: two keys, a row of the table."""
REMEMBERED_GUESSES = 1024
WITH_PIN = (SignIn, StaffIn, ChangePin, ResetPin, StaffPassword, StaffTotp)
"""What the checker has to look at first."""

log = logging.getLogger(__name__)


class Reconnected:
    """A note for the engine: the wire is up again, everything retained has to be said anew."""


Item = Submission | Reconnected | Health
"""What the engine is handed."""


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    since_s: float
    is_checked: bool


@dataclass(slots=True)
class _Line:
    """The requests of one client, in the order in which they came."""

    waiting: deque[_Waiting] = field(default_factory=deque)
    ids: set[str] = field(default_factory=set)


class Inbox:
    """Takes in from any thread. The engine's takes out; a sign-in only after the checker's has looked at its PIN."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin empty; `monotonic` tells how long something has waited."""
        self._monotonic = monotonic
        self._lock = threading.RLock()  # a signal's handler may wake us while its thread holds it
        self._is_work = threading.Condition(self._lock)
        """For the engine's thread alone: woken with every request, the checker's would take its time from it."""
        self._is_pin = threading.Condition(self._lock)
        """For the checker's thread."""
        self._lines: dict[str, _Line] = {}
        self._turns: deque[str] = deque()
        """Clients whose first request can be taken, in the order of their turns."""
        self._unchecked: deque[Submission] = deque()
        """Sign-ins at the head of their client's line: one a client, so nobody's guesses keep others waiting long."""
        self._waiting = 0
        self._in_hand: frozenset[RequestKey] = frozenset()
        """What was taken and has no answer yet."""
        self._in_hand_since_s: float | None = None
        self._health: dict[str, list[Health]] = {}
        self._reconnected = False
        self._is_woken = False
        self._is_closed = False

    # -- in, from any thread --------------------------------------------------------------------------------------

    def put(self, submission: Submission, *, is_checked: bool) -> bool:
        """Let a request wait, or return False where its client has too many. One that waits already does so once.

        One that is being decided does not wait anew: refused because the disk hangs, it would be done after all, and
        nobody would hear of it. `is_checked` says that no PIN has to be looked at first.
        """
        with self._lock:
            if submission.key in self._in_hand:
                return True
            name = _line_of(submission)
            line = self._lines.get(name)
            if line is not None and submission.request_id in line.ids:
                return True
            if self._waiting >= MAX_WAITING or (line is not None and len(line.waiting) >= MAX_BACKLOG):
                return False
            line = self._lines.setdefault(name, _Line())
            line.waiting.append(_Waiting(submission, self._monotonic(), is_checked))
            line.ids.add(submission.request_id)
            self._waiting += 1
            if len(line.waiting) == 1:
                self._come_first(name, line)
        return True

    def hear(self, health: Health) -> None:
        """Keep the latest word of a client on its devices, and whether the client itself was away before that."""
        with self._lock:
            words = self._health.get(health.client)
            if words is None:
                if len(self._health) < MAX_HEARD_OF:
                    self._is_woken = self._is_woken or not self._health
                    self._health[health.client] = [health]
            elif words[-1].states.get(CONNECTION) == health.states.get(CONNECTION):
                words[-1] = health
            else:
                self._health[health.client] = [words[-1], health]
            self._is_work.notify()

    def note_reconnected(self) -> None:
        """Remember that everything has to be said anew."""
        with self._lock:
            self._reconnected = True
            self._is_work.notify()

    def wake(self) -> None:
        """Let `take` return at once. Fit for a signal handler: the thread that it interrupts may hold the lock."""
        with self._lock:
            self._is_woken = True
            self._is_work.notify()

    def close(self) -> None:
        """Let the checker end."""
        with self._lock:
            self._is_closed = True
            self._is_pin.notify()

    # -- out: the engine's thread ---------------------------------------------------------------------------------

    def take(self, most: int, timeout_s: float) -> list[Item]:
        """Return up to `most` requests, one of each client in turn; at the latest after `timeout_s`, perhaps none."""
        with self._lock:
            self._is_work.wait_for(self._has_work, timeout_s)
            self._is_woken = False
            items: list[Item] = [Reconnected()] if self._reconnected else []
            self._reconnected = False
            taken: list[_Waiting] = []
            while self._turns and len(taken) < most:
                client = self._turns.popleft()
                line = self._lines[client]
                first = line.waiting.popleft()
                line.ids.discard(first.submission.request_id)
                taken.append(first)
                if line.waiting:
                    self._come_first(client, line)
                else:
                    del self._lines[client]
            self._waiting -= len(taken)
            self._in_hand = frozenset(one.submission.key for one in taken)
            self._in_hand_since_s = min((one.since_s for one in taken), default=None)
        return [*items, *(one.submission for one in taken)]

    def answered(self) -> None:
        """Take note that all that was taken has its answer."""
        with self._lock:
            self._in_hand, self._in_hand_since_s = frozenset(), None

    def take_health(self) -> Sequence[Health]:
        """Return what clients said of their devices, and forget it."""
        with self._lock:
            healths, self._health = self._health, {}
        return [health for of_client in healths.values() for health in of_client]

    def has_requests(self) -> bool:
        """Tell whether a request can be taken."""
        return bool(self._turns)

    @property
    def has_health(self) -> bool:
        """Tell whether a client has said something of its devices."""
        return bool(self._health)

    def unanswered_s(self) -> float:
        """Return how old the oldest request is that has no answer yet. From any thread."""
        with self._lock:
            since = [line.waiting[0].since_s for line in self._lines.values()]
            if self._in_hand_since_s is not None:
                since.append(self._in_hand_since_s)
            return self._monotonic() - min(since) if since else 0.0

    # -- out and in again: the checker's thread -------------------------------------------------------------------

    def take_unchecked(self) -> Submission | None:
        """Wait for the next sign-in whose PIN is to be looked at; None when that is all."""
        with self._lock:
            self._is_pin.wait_for(lambda: self._unchecked or self._is_closed)
            return self._unchecked.popleft() if self._unchecked and not self._is_closed else None

    def put_checked(self, asked: Submission, checked: Submission) -> None:
        """Let a sign-in go on as `checked`, in the place where it stands; what its client asked since comes after."""
        with self._lock:
            name = _line_of(asked)
            line = self._lines[name]
            line.waiting[0] = replace(line.waiting[0], submission=checked, is_checked=True)
            self._come_first(name, line)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _has_work(self) -> bool:
        return bool(self._turns) or self._reconnected or self._is_woken

    def _come_first(self, client: str, line: _Line) -> None:
        first = line.waiting[0]
        if first.is_checked:
            self._turns.append(client)
            self._is_work.notify()
        else:
            self._unchecked.append(first.submission)
            self._is_pin.notify()


def _line_of(submission: Submission) -> str:
    """Return in which line a request waits: its client's, but secrets of staff without a counter have their own.

    All pages on phones are one client: whoever types PINs at one of them lets nobody else wait. No client's id has a
    line break.
    """
    is_slow = isinstance(submission.command, StaffIn | StaffPassword | StaffTotp)
    return f"{submission.client}\n" if is_slow else submission.client


class Answers:
    """Answers to what can change nothing, so that one that is sent again hears the same: in memory, and bounded.

    Nothing hangs on them. Where one was forgotten the request is decided anew, and changes nothing either.
    """

    def __init__(self, most_bytes: int = MAX_ANSWERS_BYTES) -> None:
        """Begin empty."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: dict[RequestKey, bytes] = {}

    def __contains__(self, key: object) -> bool:
        """Tell whether an answer is kept. From any thread."""
        return key in self._kept

    def get(self, key: RequestKey) -> bytes | None:
        """Return an answer."""
        return self._kept.get(key)

    def keep(self, answers: Mapping[RequestKey, bytes]) -> None:
        """Keep some more, and let the oldest go."""
        for key, answer in answers.items():
            self._forget(key)
            self._kept[key] = answer
            self._bytes += ANSWER_COSTS_BYTES + len(answer)
        while self._bytes > self._most_bytes and self._kept:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: RequestKey) -> None:
        answer = self._kept.pop(key, None)
        if answer is not None:
            self._bytes -= ANSWER_COSTS_BYTES + len(answer)


class PinChecker:
    """Looks at PINs, which is slow by intent (argon2: 0.1 to 0.4 s), where it stops nobody but who signs in."""

    def __init__(
        self,
        inbox: Inbox,
        credentials: Credentials,
        officer_at: Callable[[str, str], str | None] = lambda *_: None,
        staff_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Use `credentials`, which no other thread may.

        `officer_at` tells who is signed in by counter and session, `staff_of` who is without a counter.
        """
        self.failures = 0
        self._inbox = inbox
        self._credentials = credentials
        self._officer_at = officer_at
        self._staff_of = staff_of
        self._news: deque[Callable[[Credentials], None]] = deque()
        """What became true of PINs since the last one was looked at."""
        self._wrong: OrderedDict[RequestKey, tuple[str, str]] = OrderedDict()
        """Officer and PIN of the last requests that were wrong: sent again, they are the same guess."""

    def run(self) -> None:
        """Work until the inbox is closed."""
        while (submission := self._inbox.take_unchecked()) is not None:
            self._inbox.put_checked(submission, self._guarded(submission))
        self._hear_news()

    def renewed(self, officer: str, pin: NewPin) -> None:
        """Take note that an officer has another PIN from now on. From any thread, as the two below."""
        self._news.append(lambda credentials: credentials.renew(officer, pin))

    def has_password(self, officer: str, password: NewPin | None) -> None:
        """Take note that an officer has another password, or none."""
        self._news.append(lambda credentials: credentials.renew_password(officer, password))

    def has_factor(self, officer: str, factor: NewFactor | None) -> None:
        """Take note that an officer has a second factor, or none."""
        self._news.append(lambda credentials: credentials.renew_factor(officer, factor))

    def knows_factors(self, factors: Mapping[str, NewFactor]) -> None:
        """Take note of all second factors, as far as they can be opened now."""
        self._news.append(lambda credentials: credentials.know_factors(factors))

    def unlocked(self, officer: str) -> None:
        """Take note that an officer may try again."""
        self._news.append(lambda credentials: credentials.unlock(officer))

    def seeded(self, hashes: Mapping[str, str]) -> None:
        """Take note of what the configuration says of PINs now."""
        self._news.append(lambda credentials: credentials.seed(hashes))

    def checked(self, submission: Submission) -> Submission:  # noqa: PLR0911 - one a command
        """Return a request with what its PIN is worth: the domain knows no secrets. Others as they are."""
        self._hear_news()
        self._credentials.asked_by(submission.client, *_spot_of(submission.command))
        match submission.command:
            case StaffIn() as command:
                return replace(submission, command=self._admitted(submission.key, command))
            case StaffPassword() as command:
                return replace(submission, command=self._with_new_password(submission.key, command))
            case StaffTotp() as command:
                return replace(submission, command=self._with_factor(command))
            case SignIn() as command:
                matches, locked_s = self._matches(submission.key, command.officer, command.pin)
                return replace(submission, command=replace(command, pin_matches=matches, locked_s=locked_s))
            case ChangePin() as command:
                return replace(submission, command=self._with_new_pin(submission.key, command))
            case ResetPin() as command:
                if self._officer_at(command.counter, command.session) is None:
                    return submission  # no session, no work: the engine refuses it
                is_old = self._credentials.is_now(command.officer, command.new)
                # Made even if it is the old one: else the time that an answer takes would tell who has which PIN.
                made = self._made(command.officer, command.new, is_old=False)
                return replace(submission, command=replace(command, is_old=is_old, made=made))
            case _:
                return submission

    def _with_new_pin(self, key: RequestKey, command: ChangePin) -> ChangePin:
        officer = self._officer_at(command.counter, command.session)
        if officer is None:
            return command
        matches, locked_s = self._matches(key, officer, command.old)
        made = self._made(officer, command.new, is_old=command.new == command.old) if matches else None
        return replace(command, officer=officer, pin_matches=matches, locked_s=locked_s, made=made)

    def _admitted(self, key: RequestKey, command: StaffIn) -> StaffIn:
        guess = command.officer, f"{command.secret}\n{command.code or ''}"
        if self._wrong.get(key) == guess:
            return replace(command, locked_s=self._credentials.locked_s(command.officer))
        told = self._credentials.admits(command.officer, command.secret, command.code)
        if not told.matches or told.code_fault == "wrong":
            self._note_wrong(key, guess)
        return replace(
            command,
            pin_matches=told.matches,
            locked_s=told.locked_s,
            with_password=told.with_password,
            code_fault=told.code_fault,
            step=told.step,
        )

    def _with_new_password(self, key: RequestKey, command: StaffPassword) -> StaffPassword:
        officer = self._staff_of(command.session)
        if officer is None:
            return command  # no session, no work: the engine refuses it
        guess = officer, command.old
        matches = self._wrong.get(key) != guess and self._credentials.proves(officer, command.old)
        if not matches:
            self._note_wrong(key, guess)
        made = self._credentials.made_of(officer, command.new) if matches else None
        locked_s = self._credentials.locked_s(officer)
        return replace(command, officer=officer, matches=matches, locked_s=locked_s, made=made)

    def _with_factor(self, command: StaffTotp) -> StaffTotp:
        officer, credentials = self._staff_of(command.session), self._credentials
        if officer is None:
            return command
        made: NewFactor | None = None
        fault: CodeFault = ""
        has_factor = credentials.has_factor(officer)
        match command.action:
            case "begin":
                if not has_factor:
                    credentials.begin_factor(officer, totp_secret(command.token))
            case "confirm" | "end" if not command.code:
                fault = "needed"
            case "confirm":
                told = credentials.confirmed(officer, command.code or "")
                if isinstance(told, NewFactor):
                    made = told
                else:
                    fault = told
            case "end":
                fault = credentials.code_fault(officer, command.code or "")
            case _:
                assert_never(command.action)
        return replace(
            command,
            officer=officer,
            has_factor=has_factor,
            code_fault=fault,
            locked_s=credentials.locked_s(officer),
            made=made,
        )

    def _note_wrong(self, key: RequestKey, guess: tuple[str, str]) -> None:
        self._wrong[key] = guess
        if len(self._wrong) > REMEMBERED_GUESSES:
            self._wrong.popitem(last=False)

    def _made(self, officer: str, pin: str, *, is_old: bool) -> NewPin | None:
        return None if weakness(pin, is_old=is_old) else self._credentials.made_of(officer, pin)

    def _matches(self, key: RequestKey, officer: str, pin: str) -> tuple[bool, int]:
        guess = officer, pin
        matches = self._wrong.get(key) != guess and self._credentials.matches(officer, pin)
        if not matches:
            self._note_wrong(key, guess)
        return matches, self._credentials.locked_s(officer)

    def _hear_news(self) -> None:
        while self._news:
            self._news.popleft()(self._credentials)

    def _guarded(self, submission: Submission) -> Submission:
        """Check; an unforeseen error refuses this one request and leaves the thread alive."""
        try:
            return self.checked(submission)
        except Exception:
            self.failures += 1
            log.exception("the PIN of request %s of %s cannot be checked", submission.request_id, submission.client)
            refusal = DomainError(Code.NOT_READY, "the PIN cannot be checked now")
            return replace(submission, command=refusal)


def _spot_of(command: Command | DomainError) -> tuple[str, str]:
    """Return at which counter somebody tries, or at which browser."""
    match command:
        case StaffIn():
            return "", command.browser or ""
        case SignIn() | ChangePin():
            return command.counter, ""
        case _:
            return "", ""
