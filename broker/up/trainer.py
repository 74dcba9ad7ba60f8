"""Plays a training on a running office: visitors, a printer without paper, a complaint; tells what is asked, reviews.

All on one thread: what the bus hears is laid into a queue, and `step` works it off.
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol, assert_never

from broker.config.settings import Lane, Settings
from broker.config.training import COLLEAGUE, COMPLAINTS, PIN, SUPERVISOR
from broker.contract.link import Pending
from broker.contract.messages import AlertsMessage, CounterMessage, EventMessage, M, Reply
from broker.contract.topics import Topics
from broker.eligible import serves
from broker.language import Phrases, words_of
from broker.reports.advice import PACKAGE
from broker.reports.training import LEFT_OUT, TOLD, Review, read_journal, review, review_told
from broker.up.training import Come, Complain, Deed, Move, Needs, Paper, Play, Return, Seen, Tell, next_move

ANGRY: Mapping[str, str] = {
    "id": "(Latihan) Saya sudah menunggu lama sekali dan tidak ada yang memberi tahu apa-apa. Ini keterlaluan!",
    "en": "(Training) I have been waiting for ages and nobody tells me anything. This is outrageous!",
}
"""What the angry visitor writes; visitors write as they speak, so it is no text of a catalogue."""

COLLEAGUE_REST_S = 6.0
"""A colleague needs three times as long for a visitor."""

log = logging.getLogger(__name__)


class Wire(Protocol):
    """What a training needs of the bus: listen before it starts, then ask."""

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Hand over what comes on these topics."""
        ...

    def request(self, command: str, arguments: Mapping[str, Any], on_reply: Callable[[Reply], None]) -> Pending:
        """Ask the engine."""
        ...


@dataclass(slots=True)
class Trainer:
    """One training, from its first visitor to its review."""

    settings: Settings
    bus: Wire
    printer: Callable[[str], object]
    """Gives a command to the emulated printer of the kiosk. Raises OSError where there is none."""
    tell: Callable[[str], None]
    pace: float = 1.0
    clock: Callable[[], float] = time.monotonic
    alerts: AlertsMessage | None = None
    desk: CounterMessage | None = None
    """The counter of whoever trains."""
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    has_asked: bool = False
    """Whether a counter was asked to open."""
    complaint: str = ""
    """The number of the complaint, once there is one that nobody has looked at."""
    play: Play = field(init=False)
    _heard: SimpleQueue[Callable[[], None]] = field(init=False, default_factory=SimpleQueue)
    _services: tuple[str, ...] = field(init=False, default=())
    _colleagues: dict[str, Colleague] = field(init=False, default_factory=dict)
    _came: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Find out who can come and what is left out; listen."""
        settings, counter = self.settings, self.settings.counters[0]
        lanes = {lane.id: lane for lane in (self._lane(is_priority=False), self._lane(is_priority=True))}
        self._services = tuple(
            service.id
            for service in settings.services
            if all(serves(counter, service.stages[0], service.id, lane) for lane in lanes.values())
        )
        has: dict[Needs, bool] = {
            "printer": settings.ticket_kiosks[0].printer is not None,
            "complaints": settings.feedback.complaints is not None and settings.web is not None,
            "lanes": len(lanes) > 1,
        }
        self.play = Play(pace=self.pace, has=frozenset(name for name, is_there in has.items() if is_there))
        topics, heard = Topics(settings.office.id), self._heard
        self.bus.listen(topics.event("+"), EventMessage, lambda event: heard.put(lambda: self._event(event)))
        self.bus.listen(topics.alerts(), AlertsMessage, lambda told: heard.put(lambda: self._alerted(told)))
        self.bus.listen(topics.counter(counter.id), CounterMessage, lambda desk: heard.put(lambda: self._seen(desk)))

    def step(self) -> None:
        """Work off what was heard, and do what is due."""
        while True:
            try:
                self._heard.get_nowait()()
            except Empty:
                break
        now_s = self.clock()
        for deed in self._possible(self.play.tick(now_s)):
            self._do(deed)
        for colleague in () if self.play.is_over else self._colleagues.values():
            colleague.step(now_s)

    def seen(self) -> Seen:
        """Return what whoever trains sees now."""
        desk, step = self.desk, self.play.step
        ticket = None if desk is None else desk.ticket
        late = None if desk is None else desk.no_show_from
        return Seen(
            desk=desk,
            has_alert=any(one.acknowledged_by is None for one in (self.alerts.alerts if self.alerts else ())),
            has_complaint=bool(self.complaint),
            is_missing=ticket is not None and ticket.id == self.play.missing,
            can_give_up=late is not None and self.now() >= late,
            wants_help=step is not None and step.id == "busy" and not self.has_asked,
        )

    # -- inside -----------------------------------------------------------------------------------------------------

    def _lane(self, *, is_priority: bool) -> Lane:
        """Return the lane with the shortest promise of those that the counter takes, or the one with the longest."""
        counter = self.settings.counters[0]
        mine = [lane for lane in self.settings.lanes if counter.lanes is None or lane.id in counter.lanes]
        ranked = sorted(mine or self.settings.lanes, key=lambda lane: lane.promised_wait_min)
        return ranked[0] if is_priority else ranked[-1]

    def _event(self, event: EventMessage) -> None:
        is_priority = event.lane == self._lane(is_priority=True).id
        self.play.heard(event.type, ticket=event.ticket or "", is_priority=is_priority)
        if event.type == "counter_asked" and event.counter:
            self.has_asked = True
            self._help(event.counter)
        if event.type == "complaint_moved":
            self.complaint = ""

    def _help(self, counter: str) -> None:
        """Let a colleague come to a counter where nobody is, once."""
        own, place = self.settings.counters[0].id, [one.id for one in self.settings.counters].index(counter)
        if counter != own and counter not in self._colleagues:
            officer = f"{COLLEAGUE}-{place + 1}"
            self._colleagues[counter] = Colleague(self.bus, counter, officer, COLLEAGUE_REST_S / self.pace)

    def _alerted(self, told: AlertsMessage) -> None:
        self.alerts = told
        for alert in told.alerts:
            if alert.acknowledged_by is not None:
                self.play.seen(alert.kind)

    def _seen(self, desk: CounterMessage) -> None:
        self.desk = desk

    def _possible(self, deeds: list[Deed]) -> list[Deed]:
        """Return what is left to be done once the printer has its commands: without one its step is never told."""
        for deed in deeds:
            if not isinstance(deed, Paper):
                continue
            try:
                self.printer(deed.command)
            except OSError as error:
                log.warning("the emulated printer takes no command: %s", error)
                if deed.command == "paper_out":
                    self.play.leave_out()
                    asked, left_out = Tell("paper"), Tell("paper", is_left_out=True)
                    return [left_out if one == asked else one for one in deeds]
        return deeds

    def _do(self, deed: Deed) -> None:
        match deed:
            case Come():
                self._come(deed)
            case Return():
                ticket, _ = self.play.tickets.get(deed.who, ("", ""))
                if ticket:
                    self._ask("rejoin", {"ticket": ticket})
            case Paper():
                pass  # the printer has it already
            case Complain():
                language = self.settings.office.languages[0]
                text = ANGRY.get(language, ANGRY["en"])
                self._ask("complain", {"kind": "complaint", "text": text, "anonymous": True}, self._complained)
            case Tell():
                self._say(deed)
            case _:
                assert_never(deed)

    def _come(self, deed: Come) -> None:
        if not self._services:
            return
        service = self._services[self._came % len(self._services)]
        self._came += 1
        lane = self._lane(is_priority=deed.is_priority).id

        def issued(reply: Reply) -> None:
            ticket = (reply.result or {}).get("ticket") or {}
            if ticket:
                self.play.issued(deed.who, str(ticket["id"]), str(ticket["number"]))

        self._ask("issue", {"service": service, "lane": lane}, issued)

    def _complained(self, reply: Reply) -> None:
        self.complaint = str(((reply.result or {}).get("receipt") or {}).get("number", ""))

    def _say(self, told: Tell) -> None:
        """Tell a step on all screens of the staff and in the terminal."""
        words = words_of(PACKAGE, self.settings.office.languages)
        languages = self.settings.office.languages
        if told.is_left_out:
            self.tell(words(languages[0]).say(LEFT_OUT[told.step]))
            return
        values = {
            "number": told.number,
            "pin": PIN,
            "name": next(one.name for one in self.settings.officers if one.id == SUPERVISOR),
            "address": staff_pages(self.settings),
        }
        text = {language: words(language).say(TOLD[told.step], **values) for language in languages}
        self.tell(text[languages[0]])
        about = {"about": told.about} if told.about else {}
        self._ask("training", {"step": told.step, "text": text, **about})

    def _ask(
        self, command: str, arguments: Mapping[str, Any], answered: Callable[[Reply], None] = lambda _reply: None
    ) -> None:
        def replied(reply: Reply) -> None:
            if not reply.ok:
                log.warning("the training's %s was refused: %s", command, reply.error)
            answered(reply)

        self.bus.request(command, arguments, lambda reply: self._heard.put(lambda: replied(reply)))


def staff_pages(settings: Settings) -> str:
    """Return where the staff's pages are opened; empty where there are none."""
    return "" if settings.web is None else f"{settings.web.home.rstrip('/')}/staff"


def reviewed(database: Path) -> Review:
    """Return what the journal of a training shows so far."""
    try:
        return review(read_journal(database))
    except sqlite3.Error as error:
        log.warning("the journal of the training cannot be read: %s", error)
        return Review(0, 0, is_whole=False)


def review_lines(p: Phrases, found: Review) -> list[str]:
    """Return a review as lines of a terminal."""
    told = review_told(p, found)
    lines = ["", told.title, told.intro]
    for title, sentences, sign in ((told.well_title, told.well, "+"), (told.otherwise_title, told.otherwise, "-")):
        if sentences:
            lines += ["", f"{title}:", *(f"  {sign} {sentence}" for sentence in sentences)]
    return [*lines, "", told.foot]


@dataclass(slots=True)
class Colleague:
    """Whoever is asked to open a counter: signs in there and serves, one act in `rest_s`."""

    bus: Wire
    counter: str
    officer: str
    rest_s: float
    _session: str = field(init=False, default="")
    _next_s: float = field(init=False, default=0.0)
    _place: int = field(init=False, default=0)

    def step(self, now_s: float) -> None:
        """Do the next thing where it is time for one; what is refused (nobody waits) is tried again later."""
        if now_s < self._next_s:
            return
        self._next_s = now_s + self.rest_s
        if not self._session:
            asked = {"counter": self.counter, "officer": self.officer, "pin": PIN}
            self.bus.request("open", asked, self._opened)
            return
        command = ("next", "start", "finish")[self._place]
        self.bus.request(command, {"counter": self.counter, "session": self._session}, self._done)

    def _opened(self, reply: Reply) -> None:
        self._session = str((reply.result or {}).get("session", ""))

    def _done(self, reply: Reply) -> None:
        has_visitor = reply.ok and bool((reply.result or {}).get("ticket"))
        self._place = (self._place + 1) % 3 if has_visitor else 0


Do = Callable[[Move], None]


@dataclass(slots=True)
class ScriptedOfficer:
    """Does what a training asks where nobody trains: at the counter by `desk_work`, all else over the wire.

    One act in `rest_s`, as somebody does who looks before the next one.
    """

    trainer: Trainer
    desk_work: Do
    rest_s: float = 4.0
    _next_s: float = field(init=False, default=0.0)
    _sessions: dict[str, str] = field(init=False, default_factory=dict)

    def step(self) -> None:
        """Do the next thing where it is time for one."""
        now_s = self.trainer.clock()
        if now_s < self._next_s:
            return
        move = next_move(self.trainer.seen())
        if move is None:
            return
        self._next_s = now_s + self.rest_s
        match move:
            case "see":
                alert = next(
                    one
                    for one in (self.trainer.alerts.alerts if self.trainer.alerts else ())
                    if one.acknowledged_by is None
                )
                self._act(SUPERVISOR, "alert_ack", {"alert": alert.id})
            case "read":
                asked = {"complaint": self.trainer.complaint, "action": "verify"}
                self._act(COMPLAINTS, "complaint_step", asked)
            case "ask":
                counter = self.trainer.settings.counters[-1].id
                self._act(SUPERVISOR, "ask_counter", {"counter": counter, "action": "open"})
            case _:
                self.desk_work(move)

    def _act(self, officer: str, command: str, arguments: Mapping[str, Any]) -> None:
        """Ask in a session of an officer, which is opened first."""
        bus = self.trainer.bus
        session = self._sessions.get(officer)
        if session is not None:
            bus.request(command, {**arguments, "session": session}, lambda _reply: None)
            return

        def opened(reply: Reply) -> None:
            token = str((reply.result or {}).get("session", ""))
            if token:
                self._sessions[officer] = token
                bus.request(command, {**arguments, "session": token}, lambda _reply: None)

        bus.request("staff_in", {"officer": officer, "pin": PIN}, opened)
