"""The single writer: takes requests in order, decides, commits, and only then speaks."""

from __future__ import annotations

import datetime as dt
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from broker import permissions
from broker.contract.messages import PASSING
from broker.contract.topics import ENGINE_CLIENT
from broker.copies import WantedCopies
from broker.domain.alerts import Reading, Watch, look
from broker.domain.apply import apply
from broker.domain.commands import (
    ChangePin,
    Look,
    Lookup,
    NewFactor,
    NewPin,
    PreparedRules,
    ResetPin,
    RulesChange,
    StaffIn,
    StaffPassword,
    StaffTotp,
)
from broker.domain.decide import clock_set, decide, end_of_day, help_lost
from broker.domain.errors import Code, DomainError, NotLetInError, WrongCheckError
from broker.domain.events import (
    AlertAcknowledged,
    ConfigChanged,
    DayClosed,
    PasswordChanged,
    PinChanged,
    PinReset,
    RulesChanged,
    StaffSignedIn,
    TotpChanged,
    Unlocked,
)
from broker.domain.feedback import apply as feedback
from broker.domain.feedback import complaints
from broker.domain.feedback.book import Book
from broker.domain.feedback.commands import FeedbackCommand, Purge, Question
from broker.domain.feedback.decide import answer as find
from broker.domain.feedback.decide import decide as decide_feedback
from broker.domain.feedback.entries import Entry, Words
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.feedback.polling import follow
from broker.domain.feedback.tending import CARE_CLIENT, tend
from broker.domain.hall import Hall
from broker.domain.identity import session_digest
from broker.domain.leftovers import with_leftovers
from broker.domain.model import Office
from broker.domain.queue.forward import forward_of
from broker.domain.sightings import Due, Sight, events_of, read
from broker.domain.staff import logins_ended, planned_due
from broker.domain.vocabulary import Event
from broker.inbox import WITH_PIN, Answers, Inbox, Item, PinChecker, Reconnected
from broker.office_time import ANY_TIME, LONGEST_OFF, OfficeTime
from broker.ports import (
    CONNECTION,
    OFFLINE,
    ONLINE,
    ClockMark,
    Credentials,
    Health,
    Opened,
    Reconfiguration,
    Recorded,
    RequestKey,
    RulesKeeper,
    SealError,
    StorageError,
    Store,
    Submission,
    Wire,
    Work,
)
from broker.reports.fold import FinishedDay, Fold, carry_of, closed_day

MAX_BATCH = 256
SNAPSHOT_SHARE = 0.06
"""At most so much of the engine's time goes into pictures: the longer one takes, the longer the next one waits."""
PLACES_SHARE = 0.03
"""And so much into where everybody stands."""
BOARD_SHARE = 0.01
"""And so much into the board of whoever runs the hall: together a tenth."""
MAX_SNAPSHOT_GAP_S = 1.0
MAX_PRESENT = 4096
"""Of so many clients it is known that they are here; any program of this machine may call itself one."""
NOTE_GAP_S = 1.0
"""What clients say of their devices is written at most this often, behind the requests: visitors come first."""
SNAPSHOT_GAP_S = 0.02
"""Snapshots go out at most this often: a burst is drawn once, and no request waits for drawings."""
RUSH_GAP_S = 0.1
"""In a rush they come down to this, step by step: no screen decodes more of them than anybody can read. Calls are
events and do not wait for it, and the first snapshot after a pause goes at once."""
RUSH_GROWS = 1.25
CALM_S = 0.5
"""After so long without a snapshot the rush is over."""
LEFT_EVERY_S = 1.0
"""What an earlier day left is looked for so often at most: it means a look at every ticket."""
COUNTERS_WAIT_S = 0.1
"""Requests go before pictures of counters for so long at most."""
PLACES_GAP_S = 0.25
"""Where everybody stands is said at most this often, behind hall and counters; in a rush once a second."""
RUSH_PLACES_GAP_S = 1.0
PLACES_EVERY_S = 5.0
"""It is looked at this often though nothing happens: waits grow and shrink with time."""
PLACES_WAIT_S = 0.5
"""Requests go before it for so long at most."""
BOARD_GAP_S = 1.0
"""The board is said at most this often, behind hall and counters."""
TIDY_GAP_S = 1.0
FEEDBACK_GAP_S = 2.0
"""What is published of feedback goes out at most this often, behind the hall."""
FEEDBACK_EVERY_S = 60.0
"""Without anything happening it is drawn again after so long: dates pass."""
TEND_EVERY_S = 60.0
"""How often it is looked whether time alone closes or erases something."""
ALERTS_EVERY_S = 3.0
"""How often the rules of alerts are looked at, behind the requests; more seldom where that takes long."""
ALERTS_SHARE = 0.01
"""And so much of the engine's time it takes at most."""
DAYS_EVERY_S = 60.0
"""How often it is looked whether the journal goes on, and with it an office day is over."""
DAYS_LINES = 100
"""So many lines are followed at once: 2 ms."""
DAYS_SHARE = 0.04
"""And so much of the engine's time they take, until an office of years is caught up with."""
PLAYED_AT_ONCE = 8
"""So many turns of the hall are played ahead before it is looked whether a request has come: some 30 us."""
HEARTBEAT_S = 5.0
"""The hall is repeated at least this often, so that a silent engine is noticed."""
REMEMBER = dt.timedelta(hours=48)
"""How long replies are remembered; the protocol promises 24 h."""
KEPT_REPLIES = 200_000
"""So many at most: what a day needs ten times over. A device that asks in a loop fills neither disk nor memory."""
SURPLUS_REPLIES = KEPT_REPLIES // 4
"""So many more than that are let come before the oldest go."""
SURPLUS_GAP_S = 60.0
KEEP_HEALTH = dt.timedelta(days=90)
"""How long the health of devices is kept: long enough to see which one fails every week."""
FORGET_EVERY_S = 3600.0
LOOK_EVERY_S = 600.0
"""How often the disk is asked whether it still says what was answered, where nothing makes us doubt it before."""
REBUILD_RETRY_S = 1.0
MAX_REPORT = 200
"""So many characters of a fault go into the presence; the log has it all."""

log = logging.getLogger(__name__)


class ShowBehind(Protocol):
    """Says a picture that comes behind hall and counters."""

    def __call__(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:
        """Say it; tell whether it was done, and nobody came in between."""
        ...


@dataclass(slots=True)
class BehindPace:
    """When a picture behind hall and counters is said again: at once after a calm, seldom in a rush, in its share."""

    share: float
    calm_gap_s: float
    rush_gap_s: float
    said_at: float = -math.inf
    try_at: float = -math.inf
    """Not before this, after somebody who had to be answered stopped it."""
    by_s: float = math.inf
    """Until when requests go before it, once it is due."""
    gap_s: float = field(init=False)
    pace_s: float = field(init=False)
    is_moved: bool = False
    """It may be otherwise than was said."""

    def __post_init__(self) -> None:
        """Begin calmly."""
        self.gap_s = self.pace_s = self.calm_gap_s

    @property
    def due_at(self) -> float:
        """Return when it is due."""
        return max(self.said_at + (self.gap_s if self.is_moved else max(self.gap_s, PLACES_EVERY_S)), self.try_at)

    def took(self, begun: float, spent_s: float, *, is_done: bool) -> None:
        """Take note that it was said, or that it was stopped; so much longer the next time waits."""
        rest_s = min(spent_s / self.share, PLACES_EVERY_S)
        if not is_done:
            self.try_at = begun + rest_s
            return
        is_rush = self.is_moved and begun - self.said_at < self.gap_s + CALM_S
        self.pace_s = min(self.pace_s * RUSH_GROWS, self.rush_gap_s) if is_rush else self.calm_gap_s
        self.gap_s = max(self.pace_s, rest_s)
        self.said_at, self.by_s, self.is_moved = begun, math.inf, False


@dataclass(slots=True)
class DaysFollowed:
    """How far the journal was followed, for office days that are over."""

    due_at: float = -math.inf
    fold: Fold | None = None
    """None: anew, behind the last day that was closed."""


@dataclass(slots=True)
class AlertsWatched:
    """What the rules of alerts go by beside the hall, and what they read last."""

    due_at: float = -math.inf
    watch: Watch = field(default_factory=Watch)
    devices: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By client that the office names: how its devices fare, as it said last."""
    due: tuple[object, Due] | None = None
    """The complaints that are due, and of which book on which day."""
    read: Mapping[str, Reading] = field(default_factory=dict)
    """By alert: what its rule read at the last look."""


class Engine:
    """Owns the hall and the store. The first methods may be called from any thread, the rest from one."""

    def __init__(  # noqa: PLR0915 - one for each thing that is remembered
        self,
        *,
        office: Office,
        store: Store,
        wire: Wire,
        credentials: Credentials,
        clock: Callable[[], dt.datetime],
        monotonic: Callable[[], float] = time.monotonic,
        mark: ClockMark | None = None,
        kiosk_of: Mapping[str, str] | None = None,
        tidy: Callable[[], None] = lambda: None,
        rules: RulesKeeper | None = None,
        believe_after_s: float = 0.0,
        earliest: dt.datetime = ANY_TIME,
        login_counts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Rebuild the hall from disk; raises `StorageError` where the disk cannot be read.

        `mark` tells a clock that was set while nothing ran from time that has passed. `kiosk_of` names for each client
        without a printer the kiosk that prints what it asks for. `tidy` is called now and then while nobody waits.
        `rules` keeps the configuration's file, where it may be changed. A clock that was set by more than an hour is
        believed when that has lasted for `believe_after_s`, and never before `earliest`. `login_counts` tells whether a
        login that somebody signed in by still counts.
        """
        self.failures = 0
        self._office = office
        self._store = store
        self._wire = wire
        self._clock = clock
        self._mark = mark
        self._time = OfficeTime(
            clock,
            monotonic,
            begun_s=None if mark is None else mark.load(),
            believe_after_s=believe_after_s,
            earliest=earliest,
        )
        self._is_doubted = self._is_believed = False
        """The clock is not believed, which staff were told; a person says that it is right."""
        self._monotonic = monotonic
        self._inbox = Inbox(monotonic)
        self.pin_checker = PinChecker(self._inbox, credentials, self._officer_at, self._staff_of)
        self._stopping = False
        self._hall: Hall | None = None
        self._book: Book | None = None
        """What is true of feedback; None where its key is not there, and never older or newer than the hall."""
        self._seal_fault = ""  # why it cannot be opened, as the log says it already
        self._known: set[RequestKey] = set()
        self._harmless = Answers()
        self._stale, self._unsaid = True, False
        """The wire was away: all that is retained has to be said again."""
        self._shown_at = self._drawing_s = self._counters_by = 0.0
        self._undrawn = False
        """Counters wait to be drawn; after `_counters_by` they wait no longer."""
        self._snapshot_gap_s = self._pace_s = SNAPSHOT_GAP_S
        self._places = BehindPace(PLACES_SHARE, PLACES_GAP_S, RUSH_PLACES_GAP_S)
        self._board = BehindPace(BOARD_SHARE, BOARD_GAP_S, BOARD_GAP_S)
        self._left_at = self._play_at = -math.inf
        self._tidy = tidy
        self._login_counts = login_counts
        self._rules = rules
        self._due: deque[tuple[PreparedRules, str]] = deque()
        """What was planned for a day that has come, and why."""
        self._tidy_at = 0.0
        self._wrong_checks: dict[tuple[str, bool], int] = {}
        """Outlives a hall that is rebuilt; a restart lets everybody guess anew."""
        self._note_at = 0.0
        self._feedback_at = self._tend_at = -math.inf
        self._days = DaysFollowed()
        self._alerts = AlertsWatched()
        self._published: tuple[Book, int] | None = None
        """Which state of which book was published last."""
        self._feedback_by = -math.inf
        """By when it is drawn again, whether anything happened or not."""
        self._present: set[str] = set()
        self._copies = WantedCopies(kiosk_of or {})
        self._changes: deque[Reconfiguration] = deque()
        """Configurations that are to count, the oldest first."""
        self._rebuild_at = 0.0
        self._forget_at = monotonic() + FORGET_EVERY_S
        self._look_at = monotonic() + LOOK_EVERY_S
        self._keep_at = monotonic() + store.keep_every_s
        is_known = mark is not None and mark.load() is not None
        self._is_new_boot = not is_known
        self._rebuild()
        self._begun_at_seq = None if is_known else self.hall.seq
        """Where the journal stood when this machine began anew, which may have been off for days; else None."""
        if mark is not None:
            mark.save(self._time.begun_s)
        if self.hall.doubted_since is not None:
            wire.report("clock", f"was set at {self._local_time(self.hall.doubted_since)}")

    # -- any thread -----------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> None:
        """Let a request wait for its turn; refuse it at once where its client has too many waiting."""
        is_checked = not isinstance(submission.command, WITH_PIN) or self._knows(submission.key)
        if not self._inbox.put(submission, is_checked=is_checked):
            self._wire.refuse(submission, DomainError(Code.TOO_MANY, "too many requests wait"))

    def heard(self, health: Health) -> None:
        """Take note of what a client said of its devices."""
        self._inbox.hear(health)

    def believe_clock(self) -> None:
        """Take the clock for right, because a person says so; from any thread."""
        self._is_believed = True
        self._inbox.wake()

    def reconnected(self) -> None:
        """Take note that all retained states are to be published again."""
        self._inbox.note_reconnected()

    def reconfigure(self, change: Reconfiguration) -> None:
        """Let another configuration count, before whatever is asked next."""
        self._changes.append(change)
        self._inbox.wake()

    def carry_out(self, prepared: PreparedRules, reason: str) -> None:
        """Let the office itself put into the configuration what was planned for a day that has come."""
        self._due.append((prepared, reason))
        self._inbox.wake()

    def look_soon(self) -> None:
        """Take note that the disk may not say what was answered: the next step looks, whatever else it has to do."""
        self._look_at = -math.inf
        self._inbox.wake()

    def logins_changed(self) -> None:
        """Take note that another list of logins counts: sessions that were given to one which is gone end now."""
        self._left_at = self._shown_at = -math.inf
        self._inbox.wake()

    def stop(self) -> None:
        """End `run` after the batch in hand: whoever was not answered asks again. Fit for a signal handler."""
        self._stopping = True
        self._inbox.wake()

    def now(self) -> dt.datetime:
        """Return the office's time; before the first step, as the last run believed it. On the engine's thread."""
        return self._time.now()

    def unanswered_s(self) -> float:
        """Return how old the oldest request is that has no answer yet, also while the engine waits for the disk."""
        return self._inbox.unanswered_s()

    # -- the engine's thread --------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until stopped. The one place where an unforeseen error is caught: the office goes on."""
        checker = threading.Thread(target=self.pin_checker.run, name="engine-pins", daemon=True)
        checker.start()
        while not self._stopping:
            batch = self.take(self._until_next_tick())
            try:
                self.step(batch)
            except Exception:
                self.failures += 1
                log.exception("the engine failed at %d requests", len(batch))
                self._recover(batch)
        self._inbox.close()
        checker.join(timeout=1.0)
        if self._inbox.has_health:
            self._note(self._inbox.take_health())

    def take(self, timeout_s: float) -> list[Item]:
        """Return what waits to be handled, one request of each client in turn."""
        return self._inbox.take(MAX_BATCH, timeout_s)

    def step(self, batch: Sequence[Item]) -> None:
        """Handle what was queued, then whatever is due by time."""
        self._try_rebuild()
        self._follow_clock()
        self._follow_config()
        self._carry_out()
        requests = [item for item in batch if isinstance(item, Submission)]
        if requests:
            self._handle(requests)
        self._inbox.answered()
        for item in batch:
            if isinstance(item, Health):
                self._inbox.hear(item)
        if any(isinstance(item, Reconnected) for item in batch):
            self._unsaid, self._shown_at, self._published = True, -math.inf, None
            self._present.clear()  # who went in between was not heard, and missed what was said
        self._tick()

    @property
    def hall(self) -> Hall:
        """Return the live picture (for tests and start-up; only the engine's thread may change it)."""
        if self._hall is None:
            raise StorageError
        return self._hall

    def _handle(self, batch: Sequence[Submission]) -> None:
        try:
            with self._committed() as work:
                answers = [(submission.client, self._answer(submission, work)) for submission in batch]
        except StorageError as error:
            log.error("nothing of %d requests is on disk: %s", len(batch), error)  # noqa: TRY400 - the store logged it
            self._refuse(batch, Code.STORAGE_FAILED, "the change could not be written to disk")
            return
        self._known.update(work.replies)
        self._harmless.keep(work.harmless)
        self._tell_checker(work)
        self._settle_rules(work)
        if any(isinstance(one.command, Purge) and one.command.asker == CARE_CLIENT for one in batch):
            self._forget_who_left()
        for client, payload in answers:
            self._wire.reply(client, payload)
        if self._hall is not None:
            self._wire.tell(work.events, self._hall)
        self._copies.follow(work.events)
        if any(isinstance(recorded.event, AlertAcknowledged) for recorded in work.events):
            self._alerts.due_at = -math.inf  # whoever acknowledged it looks at it
        self._stale = self._stale or bool(work.events)

    def _forget_who_left(self) -> None:
        """Forget by what officers signed in who are in the configuration no more; PINs of others are not touched."""
        try:
            self._store.forget_officers(self._office.officers)
        except StorageError:
            log.exception("PINs and passwords of officers who left cannot be forgotten now")

    def rules_editor(self, session: str) -> str | None:
        """Return whose staff session it is, if theirs is a role that changes rules. Also from other threads.

        It tells who is worth some work, and no more.
        """
        hall = self._hall
        found = None if hall is None else hall.staff_session(session_digest(session), self._time.now())
        is_editor = found is not None and permissions.may(self._office.role_of(found.officer), "rules_change")
        return found.officer if found is not None and is_editor else None

    def _still_so(self, hall: Hall, submission: Submission, work: Work) -> Submission:
        """Refuse a change of the rules that was prepared from what somebody else has changed since."""
        command = submission.command
        if not isinstance(command, RulesChange) or not isinstance(command.prepared, PreparedRules):
            return submission
        is_first = not any(isinstance(one.event, RulesChanged) for one in work.events)
        if self._rules is not None and is_first and self._rules.digest() == command.prepared.before:
            return submission
        last = hall.rules_changed
        by, at = (None, None) if last is None else (last.by, last.at.astimezone(hall.office.zone).isoformat())
        refusal = DomainError(Code.CONFLICT, "somebody else has changed the configuration since", by=by, at=at)
        return replace(submission, command=replace(command, prepared=refusal))

    def _settle_rules(self, work: Work) -> None:
        """Write what the journal says by now into the configuration's file."""
        for recorded in work.events:
            if isinstance(recorded.event, RulesChanged) and self._rules is not None:
                self._rules.settle(recorded.event.digest)

    def _carry_out(self) -> None:
        """Write down what was planned for a day that has come; it counts already."""
        while self._due and self._hall is not None and self._rules is not None:
            (prepared, reason), hall = self._due[0], self._hall
            if self._rules.digest() != prepared.before:
                self._due.popleft()  # it is prepared anew
                continue
            try:
                with self._committed() as work:
                    work.events.append(self._record(hall, planned_due(prepared, reason, work.at), ENGINE_CLIENT))
            except StorageError:
                log.exception("what was planned cannot be put into its place now")
                return
            self._due.popleft()
            self._settle_rules(work)
            self._wire.tell(work.events, hall)

    def _officer_at(self, counter: str, session: str) -> str | None:
        """Return who is signed in with this session. Also from the checker's thread: a desk is never changed."""
        hall = self._hall
        desk = None if hall is None else hall.desks.get(counter)
        return desk.officer if desk is not None and desk.session == session_digest(session) else None

    def _staff_of(self, session: str) -> str | None:
        """Return whose staff session it is. From the checker's thread too: what it reads is replaced, never changed."""
        hall = self._hall
        found = None if hall is None else hall.staff.get(session_digest(session))
        return None if found is None else found.officer

    def _tell_checker(self, work: Work) -> None:
        """Let what is on disk of PINs count for the next one that is typed, before anybody is answered."""
        for officer, pin in work.pins.items():
            self.pin_checker.renewed(officer, pin)
        for officer, password in work.passwords.items():
            self.pin_checker.has_password(officer, password)
        for officer, factor in work.factors.items():
            self.pin_checker.has_factor(officer, factor)
        for recorded in work.events:
            if isinstance(recorded.event, Unlocked):
                self.pin_checker.unlocked(recorded.event.officer)

    @contextmanager
    def _committed(self, at: dt.datetime | None = None) -> Iterator[Work]:
        """Commit what is recorded in between; whatever goes wrong drops the hall, which then holds what never was."""
        work = Work(at or self._time.now())
        try:
            yield work
            if work.events or work.replies:
                self._store.commit(work)
        except BaseException:
            self._hall = self._book = None
            raise

    def _answer(self, submission: Submission, work: Work) -> bytes:
        """Return the reply to one request; what it changes is in the hall and in `work` afterwards."""
        if submission.lacks_secret:
            return self._encode_error(submission, DomainError(Code.NOT_READY, "no receipt can be made yet: ask again"))
        remembered = self._remembered(submission, work)
        if remembered is not None:
            return submission.with_secret(remembered)
        hall = self._hall
        if hall is None:
            return self._encode_error(submission, DomainError(Code.NOT_READY, "the store cannot be read"))
        if isinstance(submission.command, Question):
            return self._answer_question(hall, submission, submission.command, work)
        result: Sequence[Event] | DomainError
        submission = self._still_so(hall, submission, work)
        try:
            result, entries = self._decide(hall, submission, work.at)
        except WrongCheckError as refusal:
            _note_wrong_check(hall, refusal)
            result = refusal
        except DomainError as refusal:
            result = refusal
        else:
            work.events.extend(self._record(hall, event, submission.client) for event in result)
            self._enter(work, entries)
            _keep_secrets(work, result, submission)
        payload = self._wire.encode(submission, result, hall, work.at, book=self._book)
        is_passing = isinstance(result, DomainError) and result.code in PASSING
        if not is_passing and not isinstance(submission.command, Look):
            is_harmless = isinstance(submission.command, Lookup) or isinstance(result, NotLetInError)
            kept = work.harmless if is_harmless else work.replies
            kept[submission.key] = submission.without_secret(payload)
        return payload

    def _answer_question(self, hall: Hall, submission: Submission, question: Question, work: Work) -> bytes:
        """Return the answer to what changes nothing; it is not remembered, for it may hold what lies open nowhere."""
        result: Opened | DomainError
        try:
            self._require_in_time(submission, work.at)
            answer = find(hall, self._required_book(), question, work.at)
            words = self._words(answer.words, work)
        except WrongCheckError as refusal:
            _note_wrong_check(hall, refusal)
            result = refusal
        except DomainError as refusal:
            result = refusal
        except StorageError as error:
            log.error("an answer cannot be read: %s", error)  # noqa: TRY400 - the sentence says it all
            result = DomainError(Code.STORAGE_FAILED, "the answer could not be read from the disk")
        else:
            result = Opened(answer, words)
            work.events.extend(self._record(hall, event, submission.client) for event in answer.events)
        return self._wire.encode(submission, result, hall, work.at, book=self._book)

    def _words(self, ids: Sequence[str], work: Work) -> Mapping[str, str]:
        """Return what somebody wrote, be it in the batch in hand."""
        if not ids:
            return {}
        unwritten = {entry.id: entry.text for entry in work.entries if isinstance(entry, Words) and entry.id in ids}
        return {**self._store.words([one for one in ids if one not in unwritten]), **unwritten}

    def _decide(self, hall: Hall, submission: Submission, now: dt.datetime) -> tuple[Sequence[Event], Sequence[Entry]]:
        """Decide; what could not be decoded, or was not meant any more by now, is refused, and that is final."""
        if isinstance(submission.command, DomainError):
            raise submission.command
        self._require_in_time(submission, now)
        if isinstance(submission.command, StaffTotp) and submission.command.action != "end":
            self._require_key()
        if isinstance(submission.command, FeedbackCommand):
            decided = decide_feedback(hall, self._required_book(), submission.command, now)
            return decided.events, decided.entries
        events = decide(hall, submission.command, now)
        if self._book is None:
            return events, ()
        beside = follow(hall, self._book, events, now)
        return [*events, *beside.events], beside.entries

    def _require_in_time(self, submission: Submission, now: dt.datetime) -> None:
        if submission.until is not None and now > submission.until:
            raise DomainError(Code.TOO_LATE, "the request was meant until a moment that is past")

    def _require_key(self) -> None:
        """Refuse a second factor that could not be sealed."""
        if self._book is None:
            message = "no second factor can be sealed while office.key is missing"
            raise DomainError(Code.NOT_ALLOWED, message, is_sealed=True)

    def _required_book(self) -> Book:
        if self._book is None:
            raise DomainError(Code.NOT_READY, "what was said of feedback cannot be opened now: see the log")
        return self._book

    def _knows(self, key: RequestKey) -> bool:
        """Tell whether a request was answered before. From any thread."""
        return key in self._known or key in self._harmless

    def _remembered(self, submission: Submission, work: Work) -> bytes | None:
        key = submission.key
        for answered in (work.replies, work.harmless):
            if key in answered:
                return answered[key]
        if (harmless := self._harmless.get(key)) is not None:
            return harmless
        return self._store.reply(key) if key in self._known else None

    def _record(self, hall: Hall, event: Event, client: str) -> Recorded:
        apply(hall, event)
        if isinstance(event, FeedbackEvent):
            book = self._required_book()
            feedback.apply(book, event)
            return Recorded(hall.seq, event, client, None, book.complaints.get(getattr(event, "number", "")))
        ticket_id = getattr(event, "ticket", None)
        ticket = None if ticket_id is None else hall.tickets[ticket_id]
        return Recorded(hall.seq, event, client, ticket)

    def _enter(self, work: Work, entries: Sequence[Entry]) -> None:
        for entry in entries:
            feedback.enter(self._required_book(), entry)
            work.entries.append(entry)

    def _encode_error(self, submission: Submission, error: DomainError) -> bytes:
        hall = self._hall if self._hall is not None else Hall(self._office)
        return self._wire.encode(submission, error, hall, self._time.now())

    def _refuse(self, batch: Sequence[Submission], code: Code, message: str) -> None:
        """Tell everyone that nothing was done; nothing of it is remembered."""
        for submission in batch:
            self._wire.reply(submission.client, self._encode_error(submission, DomainError(code, message)))

    def _recover(self, batch: Sequence[Item]) -> None:
        """After an unforeseen error: answer one by one, so that one poisonous request stops nobody else."""
        requests = [item for item in batch if isinstance(item, Submission)]
        for submission in requests:
            try:
                self._try_rebuild()
                self._handle([submission])
            except Exception:
                self.failures += 1
                log.exception("request %s of %s cannot be handled", submission.request_id, submission.client)
                self._refuse([submission], Code.NOT_READY, "the engine failed at this request")

    # -- what is due by time --------------------------------------------------------------------------------------

    def _until_next_tick(self) -> float:
        if self._hall is None:
            return max(0.0, self._rebuild_at - self._monotonic())
        if self._undrawn:
            return 0.0
        due = min(self._keep_at, self._next_picture_at(), self._places.due_at, self._board.due_at, self._days.due_at)
        if self._has_alerts and not (self._stale or self._unsaid):
            due = min(due, self._alerts.due_at)
        if self._inbox.has_health:
            due = min(due, self._note_at)
        if self._book is not None and self._published != (self._book, self._book.version):
            due = min(due, self._feedback_at)
        return max(0.0, min(due, self._play_at) - self._monotonic())

    def _next_picture_at(self) -> float:
        return self._shown_at + (self._snapshot_gap_s if self._stale else HEARTBEAT_S)

    def _next_forgetting_at(self) -> float:
        too_many = len(self._known) >= KEPT_REPLIES + SURPLUS_REPLIES
        return self._forget_at - FORGET_EVERY_S + SURPLUS_GAP_S if too_many else self._forget_at

    def _is_picture_due(self) -> bool:
        return self._monotonic() >= self._next_picture_at()

    def _use_the_pause(self) -> None:
        """Do while nobody waits what somebody would have to wait for else: play the hall forward, and tidy up.

        Whoever comes next is told what is known already; it is played anew with each change of what the play goes by,
        and each second while a counter is open.
        """
        hall = self._hall
        if hall is None or self._inbox.has_requests():
            return
        now = self._time.now()
        forward = forward_of(hall, now)
        while forward.play(PLAYED_AT_ONCE):
            time.sleep(0)  # else the network's thread would have to wait for ours until the end
            if self._inbox.has_requests():
                return
        if self._monotonic() >= self._tidy_at:
            self._tidy_at = self._monotonic() + TIDY_GAP_S
            self._tidy()
        self._play_at = self._monotonic() + forward.good_s(now) if forward.counters else math.inf

    def _tick(self) -> None:
        self._try_rebuild()
        self._use_the_pause()
        if self._hall is not None and self._is_picture_due() and self._monotonic() >= self._left_at:
            self._left_at = self._monotonic() + LEFT_EVERY_S
            self._close_left(self._hall)
            self._end_sessions()
        if self._hall is not None and self._is_picture_due():
            self._show(self._hall)
        if self._hall is not None and self._undrawn and not self._is_pressed():
            self._show_counters(self._hall)
        if self._monotonic() >= self._tend_at and self._hall is not None:
            self._tend_at = self._monotonic() + TEND_EVERY_S
            self._tend(self._hall)
        if self._monotonic() >= self._feedback_at and not self._undrawn and self._hall is not None:
            self._show_feedback(self._hall)
        is_behind = self._stale or self._undrawn or self._unsaid
        if self._hall is not None and not is_behind and self._monotonic() >= self._places.due_at:
            self._show_behind(self._hall, self._places, self._wire.show_waiting)
        if self._hall is not None and not is_behind and self._monotonic() >= self._board.due_at:
            self._show_behind(self._hall, self._board, self._wire.show_board)
        if self._hall is not None and not is_behind and self._monotonic() >= self._days.due_at:
            self._follow_days(self._hall)
        if self._hall is not None and not is_behind and self._monotonic() >= self._alerts.due_at:
            self._follow_alerts(self._hall)
        self._write_behind()

    def _write_behind(self) -> None:
        """Write and look at what nobody waits for, where it is due."""
        if self._monotonic() >= self._note_at and self._inbox.has_health:
            self._note_at = self._monotonic() + NOTE_GAP_S
            self._note(self._inbox.take_health())
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + LOOK_EVERY_S
            self._trust(self._store.look)
        if self._monotonic() >= self._keep_at:
            self._keep_at = self._monotonic() + self._store.keep_every_s
            self._trust(self._store.keep)
        if self._monotonic() >= self._next_forgetting_at():
            self._forget_at = self._monotonic() + FORGET_EVERY_S
            self._forget()

    def _follow_config(self) -> None:
        """Let a changed configuration count: the hall is rebuilt by the new rules, as a restart would do it.

        What is under way goes on: numbers, visitors and desks come from the journal. Written down first.
        """
        while self._changes and self._hall is not None:
            change, hall = self._changes[0], self._hall
            try:
                with self._committed() as work:
                    event = ConfigChanged(at=work.at, digest=change.digest, sections=change.sections)
                    work.events.append(self._record(hall, event, ENGINE_CLIENT))
            except StorageError:
                log.exception("that the configuration is changed cannot be written down now; it counts later")
                return
            self._changes.popleft()
            self._wire.renew(change.office, change.announcements, change.surveys)
            self._wire.tell(work.events, hall)
            self._copies.print_at(change.kiosk_of)
            self._unsaid, self._shown_at, self._published = True, -math.inf, None
            if change.rules != self._office:
                self._office = change.rules
                self._alerts.watch, self._alerts.due_at = Watch(), -math.inf
                self._hall, self._book, self._days, self._rebuild_at = None, None, DaysFollowed(), 0.0
                self._try_rebuild()

    def _follow_clock(self) -> None:
        """Believe a clock that was set, and let nothing be lost or come twice by it; staff are told."""
        if self._is_believed:
            self._is_believed = False
            self._time.jumped_s()
            self._time.believe()
        by_s, hall = self._time.jumped_s(), self._hall
        if by_s is None and hall is not None:
            by_s = self._off_s(hall)
        if by_s is None or hall is None:
            self._tell_doubt()
            return
        at = self._clock()
        if by_s > 0 and hall.seq == self._begun_at_seq:
            log.warning("the clock was set by %+.0f s before anything was done: so long the machine was off", by_s)
            self._believe(at)
            return
        try:
            with self._committed(at) as work:
                work.events.append(self._record(hall, clock_set(hall, by_s, at), ENGINE_CLIENT))
        except StorageError:
            log.exception("that the clock was set cannot be written down now; time goes on as before")
            return
        self._believe(at)
        log.warning("the clock was set by %+.0f s to %s: waits and the office day go on as they were", by_s, at)
        self._wire.report("clock", f"jumped by {by_s:+.0f} s at {self._local_time(at)}")
        self._wire.tell(work.events, hall)
        self._stale = True

    def _off_s(self, hall: Hall) -> float | None:
        """Return for how long the machine was off, where it hears the time before anything was done, or None."""
        doubt = self._time.doubt
        is_off = doubt is not None and hall.seq == self._begun_at_seq and 0 < doubt.by_s <= LONGEST_OFF.total_seconds()
        return doubt.by_s if doubt is not None and is_off else None

    def _tell_doubt(self) -> None:
        """Let staff know that the office goes by its own time, and when it does so no more."""
        is_doubted = self._time.doubt is not None
        if is_doubted == self._is_doubted:
            return
        self._is_doubted = is_doubted
        if is_doubted:
            said = self._local_time(self._clock())
            log.warning("the clock says %s, which is not believed yet: the office goes on by its own time", said)
            self._wire.report("clock", f"doubted, it says {said}")
        else:
            self._wire.report("clock", None)

    def _local_time(self, at: dt.datetime) -> str:
        return f"{at.astimezone(self._office.zone):%Y-%m-%d %H:%M:%S}"

    def _believe(self, at: dt.datetime) -> None:
        self._time.follow(at)
        self._is_doubted = False
        if self._mark is not None:
            self._mark.save(self._time.begun_s)

    def _end_sessions(self) -> None:
        """End the sessions of devices whose login ended. Nobody is let in by them; now the hall shows it, too."""
        hall = self._hall
        if hall is None or not logins_ended(hall, self._login_counts, self._time.now()):
            return
        try:
            with self._committed() as work:
                ended = logins_ended(hall, self._login_counts, work.at)
                work.events.extend([self._record(hall, event, ENGINE_CLIENT) for event in ended])
        except StorageError:
            log.exception("that sessions ended with a login cannot be written down now")
            return
        log.info("closed %d sessions with the login of their device", len(work.events))
        self._wire.tell(work.events, hall)
        self._stale = True

    def _close_left(self, hall: Hall) -> None:
        """Close what an earlier day left: sessions that nobody ended, then tickets that nobody serves any more.

        The office itself is who asks.
        """
        if hall.doubted_since is None and not self._is_doubted:
            self._wire.report("clock", None)
        try:
            with self._committed() as work:
                while events := end_of_day(hall, work.at):
                    work.events.extend([self._record(hall, event, ENGINE_CLIENT) for event in events])
        except StorageError:
            log.exception("what is left of yesterday cannot be closed now")
            return
        if not work.events:
            return
        log.info("the day before is over: closed %d sessions and tickets that nobody ended", len(work.events))
        self._wire.tell(work.events, hall)
        self._stale = True

    def _show(self, hall: Hall) -> None:
        """Draw what is due. A picture that fails is made up for by all of them, but not without a pause."""
        everything, stale = self._unsaid, self._stale
        begun = self._monotonic()
        is_rush = begun - self._shown_at < CALM_S
        self._pace_s = min(self._pace_s * RUSH_GROWS, RUSH_GAP_S) if is_rush else SNAPSHOT_GAP_S
        self._unsaid, self._stale, self._shown_at = True, False, begun
        unanswered_s = int(self._inbox.unanswered_s())
        if everything:
            self._wire.show_all(hall, self._time.now(), book=self._book, unanswered_s=unanswered_s)
        else:
            self._wire.show(hall, self._time.now(), unanswered_s=unanswered_s)
        for behind in (self._places, self._board):
            behind.is_moved = behind.is_moved or stale
            if everything:
                behind.said_at, behind.is_moved = begun, False
        if not self._undrawn:
            self._counters_by = begun + COUNTERS_WAIT_S
        self._undrawn = not everything and (stale or self._undrawn)
        self._unsaid, self._drawing_s = False, 0.0
        self._drew_since(begun)

    def _show_counters(self, hall: Hall) -> None:
        """Draw the counters that changed, and stop where somebody waits to be answered; the rest comes after that."""
        begun = self._monotonic()
        self._undrawn, self._unsaid = False, True
        self._undrawn = not self._wire.show_counters(hall, self._time.now(), is_pressed=self._is_pressed)
        self._unsaid = False
        self._drew_since(begun)

    def _show_behind(self, hall: Hall, pace: BehindPace, show: ShowBehind) -> None:
        """Say what comes behind hall and counters; whoever waits to be answered goes before, but not for ever."""
        begun = self._monotonic()
        by = pace.by_s = min(pace.by_s, begun + PLACES_WAIT_S)

        def is_pressed() -> bool:
            return self._monotonic() < by and self._is_asked()

        if is_pressed():
            return
        self._unsaid = True
        is_done = show(hall, self._time.now(), is_pressed=is_pressed)
        self._unsaid = False
        pace.took(begun, self._monotonic() - begun, is_done=is_done)

    def _drew_since(self, begun: float) -> None:
        self._drawing_s += self._monotonic() - begun
        self._snapshot_gap_s = min(max(self._pace_s, self._drawing_s / SNAPSHOT_SHARE), MAX_SNAPSHOT_GAP_S)

    def _tend(self, hall: Hall) -> None:
        """Close and erase what time alone closes and erases. The office itself is who asks."""
        book = self._book
        if book is None:
            self._open_book()
            return
        if not tend(hall, book, self._time.now()).events:
            return
        try:
            with self._committed() as work:
                decided = tend(hall, book, work.at)
                work.events.extend(self._record(hall, event, ENGINE_CLIENT) for event in decided.events)
                self._enter(work, decided.entries)
        except StorageError:
            log.exception("what is due by time of complaints and surveys cannot be written down now")
            return
        self._wire.tell(work.events, hall)
        self._stale = True

    def _follow_days(self, hall: Hall) -> None:
        """Follow the journal a little way behind the requests, and close the office days that are over with it."""
        if self._inbox.has_requests():
            return
        begun, fold = self._monotonic(), self._days.fold
        is_untold, self._days = fold is None, DaysFollowed(begun + DAYS_EVERY_S)  # first: no fault may hurry us
        try:
            if fold is None:
                carried = self._store.carry()
                fold = Fold(self._office.zone, None if carried is None else carry_of(carried))
            lines = self._store.lines(fold.last_seq, most=DAYS_LINES)
            heard = [fold.hear(line.seq, line.client, line.event) for line in lines]
            is_closed = self._close_days(hall, [ended for ended in heard if ended is not None])
            if is_closed or is_untold:
                self._show_results(hall)
        except StorageError:
            log.exception("office days that are over cannot be closed now")
            return
        self._days.fold = fold
        if len(lines) == DAYS_LINES:
            self._days.due_at = begun + (self._monotonic() - begun) / DAYS_SHARE

    def _follow_alerts(self, hall: Hall) -> None:
        """Look at the rules of alerts behind the requests, write down what changes, and say what stands."""
        begun, alerts = self._monotonic(), self._alerts
        if self._inbox.has_requests() or not self._has_alerts:
            return
        alerts.due_at = begun + ALERTS_EVERY_S  # first: no fault may make us try without a pause
        sight = Sight(alerts.devices, self._complaints_due(hall))
        readings = read(hall, sight, self._time.now())
        changes, watch = look(
            hall.alerts,
            hall.office.alerts.rules,
            readings,
            alerts.watch,
            now=self._time.now(),
            zone=hall.office.zone,
            monotonic_s=begun,
        )
        if changes:
            try:
                with self._committed() as work:
                    work.events.extend(
                        self._record(hall, event, ENGINE_CLIENT) for event in events_of(hall, changes, work.at)
                    )
            except StorageError:
                log.exception("what the rules of alerts tell cannot be written down now")
                return
            self._wire.tell(work.events, hall)
            self._stale = True
        alerts.watch = watch
        found = {one.id: readings.get(one.rule, {}).get(one.place) for one in hall.alerts.values()}
        alerts.read = {name: reading for name, reading in found.items() if reading is not None}
        self._wire.show_alerts(hall, self._time.now(), alerts.read)
        alerts.due_at = begun + max(ALERTS_EVERY_S, (self._monotonic() - begun) / ALERTS_SHARE)

    @property
    def _has_alerts(self) -> bool:
        """Tell whether there are rules, or alerts that are left of some."""
        return bool(self._office.alerts.rules or (self._hall is not None and self._hall.alerts))

    def _complaints_due(self, hall: Hall) -> Due | None:
        """Return how many complaints must be answered now, counted anew where something of them changed."""
        book, today = self._book, hall.day_of(self._time.now())
        if book is None:
            return None
        state = book, book.version, today
        known = self._alerts.due
        if known is None or known[0] != state:
            figures = complaints.figures(book, today)
            known = self._alerts.due = state, Due(figures.due_soon, figures.overdue)
        return known[1]

    def _close_days(self, hall: Hall, ended: Sequence[FinishedDay]) -> bool:
        """Write down what days came to that are over; tell whether there are any. The office itself is who asks."""
        if not ended:
            return False
        with self._committed() as work:
            work.closed.extend(map(closed_day, ended))
            for one in work.closed:
                event = DayClosed(at=work.at, day=one.day, n=one.lines, digest=one.digest)
                work.events.append(self._record(hall, event, ENGINE_CLIENT))
        self._wire.tell(work.events, hall)
        self._stale = True
        return True

    def _show_results(self, hall: Hall) -> None:
        """Publish what the month came to whose last day was closed last: 0.1 s of a large office, once a day."""
        carried = self._store.carry()
        last = None if carried is None else carry_of(carried).day
        if last is None:
            return
        days = self._store.closed_days(last.replace(day=1), last)
        try:
            if days:
                self._wire.show_results(hall, days, self._time.now())
        except (ValueError, KeyError, TypeError):  # written by an earlier program: the office works all the same
            log.exception("the figures of closed days cannot be read")

    def _show_feedback(self, hall: Hall) -> None:
        """Publish what is published of feedback, where it changed or a while has passed; it counts as a picture."""
        begun, book = self._monotonic(), self._book
        self._feedback_at = begun + FEEDBACK_GAP_S
        if book is None or self._inbox.has_requests():
            return
        state = book, book.version
        if self._published == state and begun < self._feedback_by:
            return
        self._published, self._feedback_by = state, begun + FEEDBACK_EVERY_S
        self._wire.show_feedback(hall, book, self._time.now())
        self._drew_since(begun)

    def _is_pressed(self) -> bool:
        """Tell whether requests wait; counters wait for them, but not for ever."""
        return self._is_asked() and self._monotonic() < self._counters_by

    def _is_asked(self) -> bool:
        """Tell whether requests wait."""
        time.sleep(0)  # else the network's thread could not say so
        return self._inbox.has_requests()

    def _note(self, healths: Sequence[Health]) -> None:
        """Keep the health of devices. A disk that refuses costs this note, never the office its work."""
        come = self._come(healths)
        if come:
            self._greet(come)
        for health in healths:
            if health.client in self._alerts.devices or len(self._alerts.devices) < MAX_PRESENT:
                self._alerts.devices[health.client] = health.states
        self._end_help({health.client for health in healths if health.states.get(CONNECTION) == OFFLINE})
        try:
            self._store.note_health(healths, self._time.now())
        except StorageError as error:
            log.error("the health of %d clients is not on disk: %s", len(healths), error)  # noqa: TRY400 - the store logged it

    def _end_help(self, gone: Collection[str]) -> None:
        """End the calls for help of kiosks that are gone, or were for a moment."""
        hall = self._hall
        if hall is None or not help_lost(hall, gone, self._time.now()):
            return
        try:
            with self._committed() as work:
                lost = help_lost(hall, gone, work.at)
                work.events.extend([self._record(hall, event, ENGINE_CLIENT) for event in lost])
        except StorageError:
            log.exception("that kiosks which are gone need no help any more cannot be written down now")
            return
        self._wire.tell(work.events, hall)
        self._stale = True

    def _come(self, healths: Sequence[Health]) -> set[str]:
        """Return which clients were not there before, also if they went only for a moment."""
        come = set()
        for health in healths:
            if health.states.get(CONNECTION) != ONLINE:
                self._present.discard(health.client)
            elif health.client not in self._present:
                self._present.add(health.client)
                come.add(health.client)
        if len(self._present) > MAX_PRESENT:
            self._present.clear()
        return come

    def _greet(self, come: Collection[str]) -> None:
        """Repeat for whoever has come what it may have missed: a screen believes only what is said while it listens.

        That is the hall, soon, and the copies that it is to print; a kiosk that did hear of one knows it already.
        """
        self._shown_at = min(self._shown_at, self._monotonic() - HEARTBEAT_S)
        copies = self._copies.take_for(come, self._time.now())
        if copies and self._hall is not None:
            self._wire.tell(copies, self._hall)

    def _trust(self, look: Callable[[], None]) -> None:
        """Ask whether the disk is ours and says what was answered; where not, no number is given out any more."""
        try:
            look()
        except StorageError as error:
            log.error("the disk cannot be believed: %s", error)  # noqa: TRY400 - the sentence says it all
            self._wire.report("journal", str(error)[:MAX_REPORT])
            self._hall = self._book = None

    def _forget(self) -> None:
        """Let old replies go; where the disk refuses, an hour later is as good."""
        try:
            self._store.forget_replies(self._time.now() - REMEMBER, most=KEPT_REPLIES)
            self._store.forget_health(self._time.now() - KEEP_HEALTH)
            self._store.give_up_papers(self._time.now() - REMEMBER, self._time.now())
            self._known = set(self._store.known_requests())
            self._forget_feedback()
            if self._mark is not None:
                self._mark.save(self._time.begun_s)
        except StorageError:
            log.exception("old replies cannot be forgotten now")

    def _forget_feedback(self) -> None:
        """Forget who has rated or answered on days that are over."""
        if self._hall is not None and self._book is not None:
            today = self._hall.day_of(self._time.now())
            self._store.forget_spent(today)
            self._book.forget_before(today)

    # -- rebuilding -----------------------------------------------------------------------------------------------

    def _try_rebuild(self) -> None:
        if self._hall is not None or self._monotonic() < self._rebuild_at:
            return
        self._rebuild_at = self._monotonic() + REBUILD_RETRY_S  # first: no fault may make us try without a pause
        try:
            self._rebuild()
        except StorageError as error:
            log.exception("the hall cannot be rebuilt from disk; trying again in %g s", REBUILD_RETRY_S)
            self._wire.report("journal", str(error)[:MAX_REPORT])
        else:
            self._wire.report("journal", None)
            self._rebuild_at = 0.0

    def _rebuild(self) -> None:
        past = self._store.past()
        hall = Hall(with_leftovers(self._office, (event for _, event in past.events)))
        for seq, event in past.events:
            hall.seq = seq - 1
            apply(hall, event)
        hall.seq = past.last_seq
        self._known = set(self._store.known_requests())
        hall.wrong_checks = self._wrong_checks
        book = self._read_book()
        self.pin_checker.knows_factors(self._store.factors())
        self._hall, self._book = hall, book  # both or neither: one without the other would not be rebuilt
        if past.events:
            last_at = past.events[-1][1].at
            if self._is_new_boot:
                self._time.begin_at(last_at)
            self._time.not_before(last_at)
        self._is_new_boot = False
        if past.last_day is not None:
            hall.begin_after(past.last_day, self._time.now())
        self._stale = True

    def _open_book(self) -> None:
        """Look whether the key was put back: nobody should have to restart the broker for it."""
        try:
            self._book = self._read_book()
            self.pin_checker.knows_factors(self._store.factors())
        except StorageError:
            log.exception("what was said of feedback cannot be read now")

    def _read_book(self) -> Book | None:
        """Return the book of feedback; without its key the hall goes on, and staff are told."""
        try:
            book = self._store.feedback(self._office, self._time.now())
        except SealError as error:
            if self._seal_fault != str(error):
                self._seal_fault = str(error)
                log.error("nothing of feedback can be taken or read: %s", error)  # noqa: TRY400 - the sentence says it all
            self._wire.report("feedback", str(error)[:MAX_REPORT])
            return None
        self._seal_fault = ""
        self._wire.report("feedback", None)
        return book


def _note_wrong_check(hall: Hall, refusal: WrongCheckError) -> None:
    """Count a wrong check code: after some no more are taken."""
    guess = refusal.ticket, refusal.by_qr
    hall.wrong_checks[guess] = hall.wrong_checks.get(guess, 0) + 1


def _keep_secrets(work: Work, events: Sequence[Event], submission: Submission) -> None:
    """Let a new secret go to disk with what happened: as a hash or sealed, and never into the journal."""
    command = submission.command
    made = command.made if isinstance(command, ChangePin | ResetPin | StaffPassword | StaffTotp) else None
    for event in events:
        match event:
            case PinChanged() | PinReset() if isinstance(made, NewPin):
                work.pins[event.officer] = made
            case PasswordChanged():
                work.passwords[event.officer] = made if isinstance(made, NewPin) else None
            case TotpChanged():
                work.factors[event.officer] = made if isinstance(made, NewFactor) else None
            case StaffSignedIn() if isinstance(command, StaffIn) and command.step is not None:
                work.steps[event.officer] = command.step
            case _:
                pass
