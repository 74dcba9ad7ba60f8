"""Replies, events and retained pictures on their way out."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from broker.config.feedback import SurveySettings
from broker.contract.messages import (
    PROTOCOL,
    AlertsMessage,
    Announcement,
    AnnouncementsMessage,
    DayMessage,
    Error,
    FeedbackMessage,
    HelpCall,
    OfficeMessage,
    Presence,
    Reply,
    ResultsMessage,
    TrainingMessage,
)
from broker.contract.topics import Topics
from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain import events as ev
from broker.domain.alerts import Reading
from broker.domain.errors import DomainError
from broker.domain.feedback.book import Book
from broker.domain.feedback.commands import FeedbackCommand
from broker.domain.feedback.events import FeedbackEvent
from broker.domain.hall import Hall
from broker.domain.vocabulary import Command, Event
from broker.gateway import feedback
from broker.gateway.alerts import NOTHING_READ, alerts_shape
from broker.gateway.board import BoardPages
from broker.gateway.pictures import Pictures
from broker.gateway.places import WaitingPages
from broker.gateway.results import fitting_results, results_shape
from broker.gateway.shapes import (
    announcements_shape,
    counter_shape,
    day_shape,
    event_shape,
    help_call,
    help_shape,
    leased_shape,
    reason_shape,
    ticket_shape,
)
from broker.gateway.staff import staff_result
from broker.gateway.surveys import SurveyShapes, fitting, survey_messages
from broker.logs import answered
from broker.ports import Opened, Recorded, Submission
from broker.reports.facts import facts_of

DAY_GAP = dt.timedelta(seconds=10)
"""The figures of the day are said at most this often."""


class Publisher(Protocol):
    """What the bus offers the engine."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Publish at QoS 1, or drop it while not connected."""
        ...

    def announce(self) -> None:
        """Say online."""
        ...

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Say in the presence how things fare."""
        ...


class MqttWire:
    """Speaks for the engine. Used by the engine's thread, but for `refuse` and `report`."""

    def __init__(
        self,
        topics: Topics,
        publisher: Publisher,
        office: OfficeMessage,
        announcements: Sequence[Announcement] = (),
        surveys: Sequence[SurveySettings] = (),
        *,
        first_revision: Callable[[], int],
    ) -> None:
        """`first_revision` gives a figure above all that earlier runs have used, such as centiseconds since 1970."""
        self._topics = topics
        self._publisher = publisher
        self._office = office
        self._announcements = tuple(announcements)
        self._announced: tuple[Announcement, ...] | None = None
        """What the retained topic announces."""
        self._surveys = tuple(surveys)
        self._survey_shapes = SurveyShapes(surveys, office.languages)
        self._pictures = Pictures(office)
        self._places = WaitingPages()
        self._board = BoardPages()
        self._day: DayMessage | None = None
        """What the retained topic says of the day."""
        self._help: tuple[HelpCall, ...] | None = None
        """Whom the retained topic says to wait for help."""
        self._feedback: FeedbackMessage | None = None
        self._results: ResultsMessage | None = None
        """What the retained topic says of feedback."""
        self._alerts: AlertsMessage | None = None
        """What the retained topic says of alerts."""
        self._training: ev.TrainingStep | None = None
        """Which step the retained topic says a training is at."""
        self._revision = first_revision()
        self._devices: dict[str, str] = {}
        self._reporting = threading.Lock()

    def renew(
        self, office: OfficeMessage, announcements: Sequence[Announcement], surveys: Sequence[SurveySettings] = ()
    ) -> None:
        """Speak for a changed office; procedures and surveys that it no longer has are taken off the server."""
        gone = {service.id for service in self._office.services} - {service.id for service in office.services}
        for service in sorted(gone):
            self._publisher.publish(self._topics.service(service), b"", retain=True)
        for survey in sorted({one.id for one in self._surveys} - {one.id for one in surveys}):
            for language in self._office.languages:
                self._publisher.publish(self._topics.survey(survey, language), b"", retain=True)
        self._office, self._announcements = office, tuple(announcements)
        self._surveys, self._survey_shapes = tuple(surveys), SurveyShapes(surveys, office.languages)
        self._pictures = Pictures(office)

    def encode(
        self,
        submission: Submission,
        result: Sequence[Event] | Opened | DomainError,
        hall: Hall,
        now: dt.datetime,
        *,
        book: Book | None = None,
    ) -> bytes:
        """Return the reply to a request."""
        if isinstance(result, DomainError):
            return _refusal(submission, result)
        command = submission.command
        if isinstance(result, Opened):
            found = feedback.answer_shape(result, hall.office)
        elif isinstance(command, FeedbackCommand):
            found = {} if book is None else feedback.result_of(command, result, hall, book, now)
        else:
            found = _result(command, [event for event in result if not isinstance(event, FeedbackEvent)], hall, now)
        reply = Reply(id=submission.request_id, ok=True, result=found)
        return reply.model_dump_json(exclude={"error"}).encode()

    def reply(self, client: str, payload: bytes) -> None:
        """Send a reply."""
        self._publisher.publish(self._topics.reply(client), payload)
        answered(client, payload)

    def refuse(self, submission: Submission, error: DomainError) -> None:
        """Answer a request that was not even looked at."""
        self.reply(submission.client, _refusal(submission, error))

    def gone(self, client: str, kind: str) -> None:
        """Say that a client is not connected, which it cannot say itself. On any thread."""
        presence = Presence(online=False, kind=kind, protocol=PROTOCOL)
        self._publisher.publish(self._topics.presence(client), presence.model_dump_json().encode(), retain=True)

    def report(self, device: str, state: str | None) -> None:
        """Let the engine's presence say to staff how something of it fares; None where there is nothing to say."""
        with self._reporting:
            if self._devices.get(device) == state:
                return
            self._devices.pop(device, None)
            if state is not None:
                self._devices[device] = state
            self._publisher.report_devices(self._devices)

    def tell(self, events: Iterable[Recorded], hall: Hall) -> None:
        """Publish what happened."""
        for recorded in events:
            message = event_shape(hall, recorded)
            self._publisher.publish(
                self._topics.event(message.type), message.model_dump_json(exclude_none=True).encode()
            )

    def show(self, hall: Hall, now: dt.datetime, *, unanswered_s: int = 0) -> None:
        """Publish the hall."""
        self._revision += 1
        picture = self._pictures.hall(hall, now, self._revision, unanswered_s=unanswered_s)
        self._publisher.publish(self._topics.hall(), picture, retain=True)
        self._show_help(hall, now)
        self._show_day(hall, now)
        self._show_announcements(hall, now)
        self._show_training(hall)

    def show_counters(
        self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool] = lambda: False, everything: bool = False
    ) -> bool:
        """Publish every counter that changed, one by one until it `is_pressed`; return whether that is all."""
        for counter, payload in self._pictures.counters(hall, now, everything=everything):
            self._publisher.publish(self._topics.counter(counter), payload, retain=True)
            if is_pressed():
                return False
        return True

    def show_feedback(self, hall: Hall, book: Book, now: dt.datetime) -> None:
        """Publish what is published of feedback, where that has changed."""
        picture = feedback.feedback_shape(hall, book, now, self._survey_shapes)
        if self._feedback is None or picture.model_copy(update={"at": self._feedback.at}) != self._feedback:
            self._feedback = picture
            self._publisher.publish(self._topics.feedback(), fitting(picture), retain=True)

    def show_results(self, hall: Hall, days: Sequence[str], now: dt.datetime) -> None:
        """Publish what is published of waits."""
        self._results = results_shape([facts_of(one) for one in days], hall.office, now)
        self._publisher.publish(self._topics.results(), fitting_results(self._results), retain=True)

    def show_alerts(
        self, hall: Hall, now: dt.datetime, read: Mapping[str, Reading] = NOTHING_READ, *, everything: bool = False
    ) -> None:
        """Publish what somebody is to see to, with what is read of it now, where that has changed."""
        picture = alerts_shape(hall, now, read)
        if everything or self._alerts is None or picture.alerts != self._alerts.alerts:
            self._alerts = picture
            self._publisher.publish(self._topics.alerts(), picture.model_dump_json().encode(), retain=True)

    def show_waiting(
        self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool] = lambda: False, everything: bool = False
    ) -> bool:
        """Publish where everybody stands who waits, as far as that changed; return False where it `is_pressed`."""
        pages = self._places.draw(hall, now, is_pressed=is_pressed, everything=everything)
        for page, payload in pages or ():
            self._publisher.publish(self._topics.waiting(str(page)), payload, retain=True)
        return pages is not None

    def show_board(
        self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool] = lambda: False, everything: bool = False
    ) -> bool:
        """Publish how the hall stands, as far as that changed; return False where it `is_pressed`."""
        pages = self._board.draw(hall, now, is_pressed=is_pressed, everything=everything)
        for page, payload in pages or ():
            self._publisher.publish(self._topics.board(str(page)), payload, retain=True)
        return pages is not None

    def show_all(self, hall: Hall, now: dt.datetime, *, book: Book | None = None, unanswered_s: int = 0) -> None:
        """Publish every retained state, then say online: whoever sees that finds them all."""
        self._publisher.publish(self._topics.office_state(), self._office.model_dump_json().encode(), retain=True)
        for service in self._office.services:
            self._publisher.publish(
                self._topics.service(service.id), service.procedure().model_dump_json().encode(), retain=True
            )
        for survey in self._surveys:
            for language, message in zip(
                self._office.languages, survey_messages([survey], self._office.languages), strict=True
            ):
                topic = self._topics.survey(survey.id, language)
                self._publisher.publish(topic, message.model_dump_json().encode(), retain=True)
        self._help = self._day = self._announced = self._feedback = self._training = None
        self.show(hall, now, unanswered_s=unanswered_s)
        self.show_counters(hall, now, everything=True)
        if book is not None:
            self.show_feedback(hall, book, now)
        self.show_waiting(hall, now, everything=True)
        self.show_alerts(hall, now, everything=True)
        self.show_board(hall, now, everything=True)
        if self._results is not None:
            self._publisher.publish(self._topics.results(), fitting_results(self._results), retain=True)
        self._publisher.announce()

    def _show_day(self, hall: Hall, now: dt.datetime) -> None:
        """Publish what the day came to, where that has changed, and not more often than anybody can read it."""
        said = self._day
        if said is not None and dt.timedelta() <= now - said.at < DAY_GAP:
            return
        picture = day_shape(hall, now)
        if said is None or (picture.services, picture.lanes) != (said.services, said.lanes):
            self._day = picture
            self._publisher.publish(self._topics.day(), picture.model_dump_json().encode(), retain=True)

    def _show_announcements(self, hall: Hall, now: dt.datetime) -> None:
        configured = (one for one in self._announcements if one.until is None or one.until > now)
        items = (*configured, *announcements_shape(hall, now))
        if items != self._announced:
            self._announced = items
            picture = AnnouncementsMessage(at=now.astimezone(hall.office.zone), items=items)
            self._publisher.publish(self._topics.announcements(), picture.model_dump_json().encode(), retain=True)

    def _show_training(self, hall: Hall) -> None:
        step = hall.training
        if step is not None and step != self._training:
            self._training = step
            picture = TrainingMessage(at=step.at.astimezone(hall.office.zone), step=step.step, text=dict(step.text))
            self._publisher.publish(self._topics.training(), picture.model_dump_json().encode(), retain=True)

    def _show_help(self, hall: Hall, now: dt.datetime) -> None:
        picture = help_shape(hall, now)
        if picture.open != self._help:
            self._help = picture.open
            self._publisher.publish(self._topics.help(), picture.model_dump_json().encode(), retain=True)


def _refusal(submission: Submission, refusal: DomainError) -> bytes:
    error = Error(code=refusal.code.value, message=refusal.message, detail=refusal.detail)
    return Reply(id=submission.request_id, ok=False, error=error).model_dump_json(exclude={"result"}).encode()


def _result(  # noqa: C901, PLR0911 - one for each kind of command
    command: Command | DomainError, events: Sequence[ev.Event], hall: Hall, now: dt.datetime
) -> dict[str, Any]:
    """Return the result of a request that led to `events`."""
    if isinstance(command, cmd.SignIn):
        return {"session": command.token, "counter": _counter(hall, command.counter, now)}
    if isinstance(command, cmd.Close | cmd.Pause | cmd.Resume | cmd.AnswerAsked):
        return {"counter": _counter(hall, command.counter, now)}
    if isinstance(command, cmd.ChangePin | cmd.ResetPin | cmd.Unlock):
        return {"officer": command.officer}
    if isinstance(command, cmd.Help):
        call = hall.help.get(command.kiosk or command.asker)
        return {"help": None if call is None else help_call(hall, call).model_dump(mode="json")}
    if isinstance(command, cmd.StaffIn | cmd.StaffAct):
        return staff_result(command, events, hall, now)
    if isinstance(command, cmd.Lookup):
        return _found(hall, command, now)
    if isinstance(command, cmd.Training):
        return {}
    if isinstance(command, cmd.Lease):
        return {"leased": leased_shape(hall, events, command, now).model_dump(mode="json")}
    if isinstance(command, cmd.GiveBack):
        return {"given_back": sum(len(event.tickets) for event in events if isinstance(event, ev.LeaseEnded))}
    if not events:
        return {"ticket": None, "reason": None}
    event = events[-1]
    ticket = hall.tickets[event.ticket] if not isinstance(event, _NO_TICKET) else None
    promised = event.promised if isinstance(event, ev.Issued) else None
    on_paper = isinstance(event, ev.Issued | ev.Reprinted)
    shape = (
        None
        if ticket is None
        else ticket_shape(hall, ticket, now, promised=promised, on_paper=on_paper).model_dump(mode="json")
    )
    if isinstance(event, ev.Called):
        return {"ticket": shape, "reason": reason_shape(event.reason).model_dump(mode="json")}
    return {"ticket": shape}


def _found(hall: Hall, command: cmd.Lookup, now: dt.datetime) -> dict[str, Any]:
    found = hall.find(command.ticket)
    if found is None:
        return {"ticket": None, "is_holder": False}
    shape = ticket_shape(hall, found, now).model_dump(mode="json")
    return {"ticket": shape, "is_holder": checks.is_holder(hall, found, command, now)}


_OF_OFFICE = (
    ev.ClockSet,
    ev.NumbersSkipped,
    ev.NumbersLeased,
    ev.LeaseEnded,
    ev.HelpAsked,
    ev.HelpComing,
    ev.HelpEnded,
    ev.ConfigChanged,
    ev.DayClosed,
    ev.Archived,
    ev.PinChanged,
    ev.PinReset,
    ev.Unlocked,
    ev.StaffSignedIn,
    ev.StaffSignedOut,
    ev.StaffRevoked,
    ev.RulesChanged,
    ev.PasswordChanged,
    ev.TotpChanged,
    ev.OfferChanged,
    ev.QuotaChanged,
    ev.IntakeChanged,
    ev.CounterAsked,
    ev.CounterAnswered,
    ev.Announced,
    ev.AnnouncementEnded,
    ev.StaffUndone,
    ev.AlertRaised,
    ev.AlertAcknowledged,
    ev.AlertEnded,
    ev.TrainingStep,
)
_NO_TICKET = (ev.Opened, ev.Closed, ev.Paused, ev.Resumed, *_OF_OFFICE)


def _counter(hall: Hall, counter: str, now: dt.datetime) -> dict[str, Any]:
    """Return the counter without its queue: that comes with its retained picture, and a reply has to fit 8 KiB."""
    shape = counter_shape(hall, counter, now)
    return shape.model_dump(mode="json", exclude={"queue", "missed", "held"})
