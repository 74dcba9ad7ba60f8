"""The office as pages see it: what the bus told, and how it is asked something. All on the event loop's thread."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broker.contract.clock import EngineClock
from broker.contract.link import Freshness, Pending
from broker.contract.messages import (
    AlertsMessage,
    Announcement,
    AnnouncementsMessage,
    BoardMessage,
    ClosedToday,
    EventMessage,
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Place,
    Presence,
    Reply,
    ResultsMessage,
    SurveyMessage,
    TrainingMessage,
    WaitingMessage,
)
from broker.contract.office import OfficeBus, listen_to_office
from broker.contract.topics import Topics
from broker.parts import Parts
from broker.web.plan import Asked

ANSWER_S = 8.0
"""So long a page waits for the engine's answer; whoever sends the same form again asks for the same once more."""
BOARD_S = 1.2
"""A board is told anew within a second."""
PRESS_S = 10.0
"""So long what a visitor pressed is meant: afterwards nobody wants it done any more."""


class UnansweredError(Exception):
    """The engine has not answered in time; it may have done what was asked all the same."""


@dataclass(slots=True)
class _Asked:
    """A request under way, and how many wait for its answer."""

    answer: asyncio.Future[Reply]
    pending: Pending
    waiters: int = 0


class Office:
    """What MQTT told of the office, and the way to ask its engine."""

    def __init__(  # noqa: PLR0915 - one for each thing that is known
        self,
        bus: OfficeBus,
        *,
        office: str,
        clock: EngineClock | None = None,
        asked: Asked | None = None,
        parts: Sequence[str] = (),
    ) -> None:
        """Listen on `bus`, which is not started yet; its handlers have to run on the event loop's thread.

        `asked` is what the configuration says of feedback, which counts until the engine says it; `parts` are the
        clients whose devices the staff's board shows.
        """
        self.clock = clock or EngineClock(lambda: dt.datetime.now().astimezone(), time.monotonic)
        self.freshness = Freshness(self.clock.now, self.clock.monotonic)
        self.patience_s = ANSWER_S
        self.offer: OfficeMessage | None = None
        """What the office offers, with the procedures of its services."""
        self.hall: HallMessage | None = None
        self.boards: dict[int, BoardMessage] = {}
        """By page: how the hall stands, for whoever runs it."""
        self.parts = Parts(parts, now=self.clock.now)
        self.feedback: FeedbackMessage | None = None
        self.results: ResultsMessage | None = None
        self.on_results: list[Callable[[], None]] = []
        """Told when a day was closed, and what was published of it."""
        self.announcements: AnnouncementsMessage | None = None
        self.alerts: AlertsMessage | None = None
        """What somebody of the staff is to see to."""
        self.training: TrainingMessage | None = None
        """At which step a training is."""
        self.on_alerts: list[Callable[[], None]] = []
        """Told when that changes, or what a training asks."""
        self.surveys: dict[tuple[str, str], SurveyMessage] = {}
        """By id and language."""
        self.on_event: list[Callable[[EventMessage], None]] = []
        """Told of each event, after it is known whether one was missed."""
        self.on_missed: list[Callable[[], None]] = []
        """Told when what was known may no longer be so: an event was missed, or the engine is back."""
        self.on_places: list[Callable[[Sequence[Place]], None]] = []
        """Told where some of those stand who wait."""
        self.on_board: list[Callable[[], None]] = []
        """Told when something changed that a board shows."""
        self.on_fresh: list[Callable[[], None]] = []
        """Told when data becomes old, or true again, and when the office offers something else."""
        self._on_board_told: list[Callable[[], None]] = []
        self._asked_by_plan = asked or Asked()
        self._bus = bus
        self._seq: int | None = None
        self._was_fresh = False
        self._asked: dict[str, _Asked] = {}
        topics = Topics(office)
        listen_to_office(bus, topics, self._offered)
        bus.listen(topics.hall(), HallMessage, self._hall_heard)
        bus.listen(topics.waiting("+"), WaitingMessage, self._waiting_heard)
        bus.listen(topics.board("+"), BoardMessage, self._board_heard)
        for part in parts:
            bus.listen(topics.presence(part), Presence, functools.partial(self._part_heard, part))
        bus.listen(topics.feedback(), FeedbackMessage, self._feedback_heard)
        bus.listen(topics.results(), ResultsMessage, self._results_heard)
        bus.listen(topics.survey("+", "+"), SurveyMessage, self._survey_heard)
        bus.listen(topics.alerts(), AlertsMessage, self._alerts_heard)
        bus.listen(topics.training(), TrainingMessage, self._training_heard)
        bus.listen(topics.announcements(), AnnouncementsMessage, self._announced)
        bus.listen(topics.event("+"), EventMessage, self._event_heard)
        bus.on_link(self._link_changed)

    # -- ask ------------------------------------------------------------------------------------------------------

    @property
    def is_linked(self) -> bool:
        """Tell whether the engine can be reached now."""
        return self.freshness.online

    @property
    def stale_since(self) -> dt.datetime | None:
        """Return since when what is known is old, by the engine's clock; None while it is fresh."""
        return self.freshness.stale_since

    def announced(self) -> tuple[Announcement, ...]:
        """Return what is announced at this moment."""
        now, told = self.clock.now(), self.announcements
        return tuple(
            one
            for one in (told.items if told else ())
            if (one.since is None or one.since <= now) and (one.until is None or now < one.until)
        )

    def announced_by_staff(self) -> tuple[Announcement, ...]:
        """Return what somebody of the staff has announced, and can end."""
        told = self.announcements
        return tuple(one for one in (told.items if told else ()) if one.by_staff)

    @property
    def asked(self) -> Asked:
        """Return what visitors are asked now: the engine takes a change of the configuration in while it works."""
        told, plan = self.feedback, self._asked_by_plan
        if told is None:
            return plan
        return Asked(
            rating=bool(told.ratings),
            suggestions=plan.suggestions if told.suggestions is None else told.suggestions,
            surveys=bool(told.surveys),
            complaints=told.complaints is not None,
        )

    def until(self) -> str:
        """Return until when something that was pressed just now is meant, for a request that should carry it."""
        return (self.clock.now() + dt.timedelta(seconds=PRESS_S)).isoformat(timespec="milliseconds")

    async def ask(
        self,
        command: str,
        arguments: Mapping[str, Any],
        *,
        request_id: str | None = None,
        timeout_s: float | None = None,
        at_once: Callable[[Reply], None] = lambda _reply: None,
    ) -> Reply:
        """Send a request and wait for its reply, refusal or not. Raises UnansweredError.

        Under an id that is being asked already both wait for the one answer: a form that was sent twice is one request.
        Whoever waits goes on when more may have been heard; `at_once` is told before that, in the engine's order.
        """
        identity = request_id or uuid.uuid4().hex
        asked = self._asked.get(identity)
        if asked is None:
            answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
            pending = self._bus.request(
                command, arguments, functools.partial(_settle, answer, at_once), request_id=identity
            )
            asked = self._asked[identity] = _Asked(answer, pending)
        asked.waiters += 1
        try:
            return await asyncio.wait_for(asyncio.shield(asked.answer), timeout_s or self.patience_s)
        except TimeoutError:
            raise UnansweredError(command) from None
        finally:
            asked.waiters -= 1
            if not asked.waiters:
                asked.pending.cancel()
                self._asked.pop(identity, None)

    async def hear_board(self, patience_s: float = BOARD_S) -> None:
        """Wait until a board is told anew; for a moment, for it need not be."""
        heard = asyncio.Event()
        if self.boards:
            self._on_board_told.append(heard.set)
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), patience_s)
            finally:
                self._on_board_told.remove(heard.set)

    # -- hear -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Take note that time goes by: silence makes what is known old."""
        is_fresh = self.stale_since is None
        if is_fresh != self._was_fresh:
            self._was_fresh = is_fresh
            _tell(self.on_fresh)

    def _offered(self, offer: OfficeMessage) -> None:
        self.offer = offer
        _tell(self.on_fresh)

    def _hall_heard(self, hall: HallMessage) -> None:
        self.freshness.heard(retained=hall.retained)
        self.clock.heard(hall.at, retained=hall.retained)
        if self.hall is not None and self.hall.day != hall.day:
            _tell(self.on_missed)  # yesterday's tickets are gone
        self.hall = hall
        self._follow(hall.seq)
        self.tick()
        _tell(self.on_board)

    def _waiting_heard(self, waiting: WaitingMessage) -> None:
        for handler in self.on_places:
            handler(waiting.places)

    def _board_heard(self, board: BoardMessage) -> None:
        self.boards[board.page] = board
        self.boards = {page: one for page, one in self.boards.items() if page < board.pages}
        _tell(self._on_board_told)
        _tell(self.on_board)

    def _part_heard(self, part: str, presence: Presence) -> None:
        self.parts.heard(part, presence)
        _tell(self.on_board)

    def _feedback_heard(self, feedback: FeedbackMessage) -> None:
        self.feedback = feedback

    def _alerts_heard(self, alerts: AlertsMessage) -> None:
        self.alerts = alerts
        _tell(self.on_alerts)

    def _training_heard(self, training: TrainingMessage) -> None:
        self.training = training
        _tell(self.on_alerts)

    def _results_heard(self, results: ResultsMessage) -> None:
        self.results = results
        _tell(self.on_results)

    def _survey_heard(self, survey: SurveyMessage) -> None:
        self.surveys[survey.id, survey.language] = survey

    def _announced(self, announcements: AnnouncementsMessage) -> None:
        self.announcements = announcements
        _tell(self.on_fresh)

    def _event_heard(self, event: EventMessage) -> None:
        self.freshness.heard()
        self.clock.heard(event.at)
        if self._seq is not None and event.seq <= self._seq and event.type != "reprinted":
            return
        if self._seq is not None and event.seq > self._seq + 1:
            _tell(self.on_missed)
        self._seq = max(event.seq, self._seq or 0)
        for handler in self.on_event:
            handler(event)

    def _follow(self, seq: int) -> None:
        """Take the picture's word for how far it goes; events come before it, so what is beyond them was missed."""
        if self._seq is not None and seq != self._seq:
            _tell(self.on_missed)
        self._seq = seq

    def _link_changed(self, is_linked: bool) -> None:  # noqa: FBT001 - as the bus tells it
        self.freshness.link_changed(online=is_linked)
        if is_linked:
            _tell(self.on_missed)
        else:
            self._seq = None
        self.tick()


def closed_by_hand(hall: HallMessage, before: Iterable[ClosedToday]) -> tuple[ClosedToday, ...]:
    """Return what is closed by hand for today.

    A picture that was too long does not say so: then what was closed `before` is closed still, unless it is offered.
    """
    return hall.closed_today or tuple(one for one in before if _is_all_closed(hall, one))


def _is_all_closed(hall: HallMessage, place: ClosedToday) -> bool:
    offers = [
        one.offer for one in hall.waiting if place.service in {None, one.service} and place.lane in {None, one.lane}
    ]
    return bool(offers) and all(offer == "closed" for offer in offers)


def _settle(answer: asyncio.Future[Reply], at_once: Callable[[Reply], None], reply: Reply) -> None:
    at_once(reply)
    if not answer.done():
        answer.set_result(reply)


def _tell(handlers: list[Callable[[], None]]) -> None:
    for handler in list(handlers):
        handler()
