"""A wire that only remembers what it was told to say."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from broker.config.feedback import SurveySettings
from broker.contract.messages import Announcement, OfficeMessage
from broker.domain.alerts import Alert, Reading
from broker.domain.commands import SignIn, StaffIn
from broker.domain.errors import DomainError
from broker.domain.events import Called
from broker.domain.feedback.book import Book
from broker.domain.hall import Hall
from broker.domain.vocabulary import EVENT_NAMES, Event
from broker.gateway.feedback import answer_shape
from broker.ports import Opened, Recorded, Submission
from broker.reports.facts import facts_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One publication of pictures."""

    seq: int
    at: dt.datetime
    counters: bool
    everything: bool
    unanswered_s: int = 0


@dataclass
class RecordingWire:
    """Implements `broker.ports.Wire` without a network; replies are small JSON objects."""

    diary: list[str] = field(default_factory=list)
    replies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    told: list[Recorded] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    feedback: list[int] = field(default_factory=list)
    results: list[tuple[dt.date, ...]] = field(default_factory=list)
    """Which states of the book were shown."""
    placed: list[tuple[int, dt.datetime]] = field(default_factory=list)
    boards: list[tuple[int, dt.datetime]] = field(default_factory=list)
    """When it was said where everybody stands, and up to which event."""
    devices: dict[str, str] = field(default_factory=dict)
    poisonous: str | None = None
    """A request id that this wire cannot encode an answer to, but an error."""
    alerts: tuple[Alert, ...] = ()
    """What stood when alerts were shown last."""
    read: dict[str, Reading] = field(default_factory=dict)
    """What their rules read then."""
    blind: bool = False
    """Drawing fails."""

    def encode(
        self,
        submission: Submission,
        result: Sequence[Event] | Opened | DomainError,
        hall: Hall,
        now: dt.datetime,
        *,
        book: Book | None = None,  # noqa: ARG002 - the protocol has it
    ) -> bytes:
        """Return what matters of a reply."""
        body: dict[str, Any] = {"id": submission.request_id, "at": now.isoformat()}
        if isinstance(result, DomainError):
            return self._refusal(submission, result, body)
        if submission.request_id == self.poisonous:
            message = "nobody foresaw this"
            raise RuntimeError(message)
        if isinstance(result, Opened):
            return json.dumps(body | answer_shape(result, hall.office)).encode()
        body["events"] = [EVENT_NAMES[type(event)] for event in result]
        if result and (ticket := getattr(result[-1], "ticket", None)) is not None:
            body["number"] = hall.tickets[ticket].number
        if result and isinstance(result[-1], Called):
            body["score"] = result[-1].reason.score
        if isinstance(submission.command, SignIn | StaffIn):
            body["session"] = submission.command.token
        return json.dumps(body).encode()

    def _refusal(self, submission: Submission, error: DomainError, body: dict[str, Any] | None = None) -> bytes:
        body = body or {"id": submission.request_id}
        return json.dumps(body | {"error": error.code.value, "detail": error.detail}).encode()

    def reply(self, client: str, payload: bytes) -> None:
        """Remember a reply."""
        self.diary.append(f"reply {client}")
        self.replies.append((client, json.loads(payload)))

    def refuse(self, submission: Submission, error: DomainError) -> None:
        """Remember a refusal as a reply."""
        self.reply(submission.client, self._refusal(submission, error))

    def report(self, device: str, state: str | None) -> None:
        """Remember what staff are told."""
        if state is None:
            self.devices.pop(device, None)
        else:
            self.devices[device] = state

    def tell(self, events: Iterable[Recorded], hall: Hall) -> None:  # noqa: ARG002 - the protocol has it
        """Remember events."""
        for recorded in events:
            self.diary.append(f"event {recorded.seq}")
            self.told.append(recorded)

    def renew(
        self,
        office: OfficeMessage,  # noqa: ARG002 - the protocol has it
        announcements: Sequence[Announcement],  # noqa: ARG002 - the same
        surveys: Sequence[SurveySettings] = (),  # noqa: ARG002 - the same
    ) -> None:
        """Remember that another office is to be shown."""
        self.diary.append("renew")

    def show(self, hall: Hall, now: dt.datetime, *, unanswered_s: int = 0) -> None:
        """Remember a picture."""
        if self.blind:
            message = "nobody can draw this"
            raise RuntimeError(message)
        self.diary.append("show")
        self.shown.append(Shown(hall.seq, now, counters=False, everything=False, unanswered_s=unanswered_s))

    def show_counters(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:  # noqa: ARG002 - the protocol has it
        """Remember that the last picture has counters; all of them, however pressed."""
        self.shown[-1] = replace(self.shown[-1], counters=True)
        return True

    def show_feedback(self, hall: Hall, book: Book, now: dt.datetime) -> None:  # noqa: ARG002 - the protocol has it
        """Remember that feedback was shown."""
        self.feedback.append(book.version)

    def show_results(self, hall: Hall, days: Sequence[str], now: dt.datetime) -> None:  # noqa: ARG002 - the protocol has it
        """Remember of which days results were published."""
        self.results.append(tuple(facts_of(one).day for one in days))

    def show_alerts(self, hall: Hall, now: dt.datetime, read: Mapping[str, Reading]) -> None:  # noqa: ARG002 - the protocol has it
        """Remember what somebody is to see to."""
        self.alerts = tuple(hall.alerts.values())
        self.read = dict(read)

    def show_waiting(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:  # noqa: ARG002 - the protocol has it
        """Remember of which hall it was said where everybody stands, and when."""
        self.placed.append((hall.seq, now))
        return True

    def show_board(self, hall: Hall, now: dt.datetime, *, is_pressed: Callable[[], bool]) -> bool:  # noqa: ARG002 - the protocol has it
        """Remember of which hall it was said how it stands, and when."""
        self.boards.append((hall.seq, now))
        return True

    def show_all(self, hall: Hall, now: dt.datetime, *, book: Book | None = None, unanswered_s: int = 0) -> None:
        """Remember a complete picture."""
        if self.blind:
            message = "nobody can draw this"
            raise RuntimeError(message)
        self.diary.append("show all")
        if book is not None:
            self.show_feedback(hall, book, now)
        self.shown.append(Shown(hall.seq, now, counters=True, everything=True, unanswered_s=unanswered_s))
