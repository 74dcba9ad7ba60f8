"""The demo office on a morning, played by the domain's own rules and told to pages by the gateway's own shapes."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from broker.bootstrap.rules import office_rules
from broker.contract import messages as ms
from broker.domain import checks
from broker.domain import commands as cmd
from broker.domain.errors import DomainError
from broker.domain.model import TicketState
from broker.gateway.board import BoardPages, waiting_shape
from broker.gateway.shapes import hall_shape, hours_shape, ticket_shape
from broker.web.staff.reporter import Made, Reporter, Wanted
from tests.fakes.feedback_desk import FeedbackDesk
from tests.fakes.halls import Play
from tests.fakes.web_office import WebOffice, refuse

WAYS = (
    ("new-passport", "regular"),
    ("passport-renewal", "regular"),
    ("passport-renewal", "priority"),
    ("child-passport", "regular"),
    ("limited-stay", "regular"),
    ("visit-permit", "regular"),
    ("new-passport", "priority"),
    ("legal-consultation", "regular"),
)
STAFF = (("counter-1", "siti"), ("counter-2", "budi"), ("counter-4", "dewi"), ("counter-5", "agus"))


@dataclass
class PlayedOffice:
    """A hall whose clock a test sets, and the pages that are told of it."""

    web: WebOffice
    desk: FeedbackDesk
    play: Play = field(init=False)
    pages: BoardPages = field(default_factory=BoardPages)

    def __post_init__(self) -> None:
        """Begin an hour and a half ago, with everybody closed."""
        self.play = Play(office_rules(self.web.settings), now=self.web.now() - dt.timedelta(minutes=90))
        self.web.answers |= {"board": self._board, "ticket_history": self._history}

    def morning(self, *, visitors: int = 46) -> None:
        """Let visitors come faster than three counters serve them, until now."""
        for counter, officer in STAFF:
            self.play.sign_in(counter, officer)
        busy: dict[str, float] = {}
        each_s = 90 * 60 / (visitors + 1)
        for n, (service, lane) in enumerate(itertools.islice(itertools.cycle(WAYS), visitors)):
            self.play.issue(service, lane)
            self.play.wait(each_s)
            for counter in ("counter-1", "counter-4", "counter-5"):
                busy[counter] = busy.get(counter, 0.0) - each_s
                if busy[counter] > 0:
                    continue
                if self.play.hall.current(self.play.hall.desks[counter]) is not None:
                    self.play.finish(counter)
                if self.play.call_next(counter) is not None:
                    self.play.start(counter)
                    busy[counter] = 600.0 + 60 * (n % 5)
        self.play.do(cmd.Pause("counter-2", "counter-2"))
        self.play.now = self.web.now()
        self.tell()

    def tell(self) -> None:
        """Say how the hall stands, all of it."""
        self.play.now = self.web.now()
        hall, now = self.play.hall, self.play.now
        self.web.seq = hall.seq
        shape = hall_shape(hall, now, self.web.revision, hours=hours_shape(hall, now))
        self.web.say_hall(
            **shape.model_dump(include={"calling", "recent", "waiting", "counters", "hours", "intake", "closed_today"})
        )
        drawn = self.pages.draw(hall, now, is_pressed=lambda: False, everything=True)
        for page, payload in drawn or ():
            self.web.bus.publish(self.web.topics.board(str(page)), payload, retain=True)

    def serve_acts(self) -> None:
        """Let what somebody asks for at a page happen in the hall, as done by the office's supervisor."""
        kinds: Mapping[str, type[cmd.Command]] = {
            "offer": cmd.Offer,
            "quota": cmd.Quota,
            "intake": cmd.Intake,
            "ask_counter": cmd.AskCounter,
            "staff_cancel": cmd.StaffCancel,
            "staff_undo": cmd.StaffUndo,
        }
        self.web.answers |= {name: functools.partial(self._act, kind) for name, kind in kinds.items()}

    def _act(self, kind: type[cmd.Command], request: Mapping[str, Any]) -> dict[str, Any]:
        self.desk.staff_sessions({"session": request["session"], "own": True})
        (supervisor, *_) = sorted(self.play.office.supervisors)
        if request["session"] not in self.play.hall.staff:
            self.play.do(cmd.StaffIn(supervisor, "", request["session"], pin_matches=True))
        try:
            self.play.do(kind(**request))
        except DomainError as error:
            refuse(error.code.value, **error.detail)
        self.tell()
        return {}

    def answer(self, counter: str, answer: str) -> None:
        """Let a counter answer what it is asked, or sign out."""
        if answer == "left":
            self.play.finish(counter)
            self.play.do(cmd.Close(counter, counter))
        else:
            self.play.do(cmd.AnswerAsked(counter, counter, "accept" if answer == "accept" else "decline"))
        self.tell()

    def hear(self, part: str, kind: str = "kiosk", **devices: str) -> None:
        """Let a part of the office say how it is."""
        presence = ms.Presence(online=True, kind=kind, devices=devices)
        self.web.bus.publish(self.web.topics.presence(part), presence.model_dump_json().encode(), retain=True)

    def waiting(self, stage: str = "") -> list[str]:
        """Return the numbers of who waits, anywhere or at one stage."""
        tickets = self.play.hall.tickets.values()
        return [one.number for one in tickets if one.state is TicketState.WAITING and stage in {"", one.stage}]

    def _board(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.desk.staff_sessions({"session": request["session"], "own": True})
        asked = cmd.Board(request["session"], request["stage"], request["service"], request["lane"])
        return waiting_shape(self.play.hall, asked, self.play.now)

    def _history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        listed = self.desk.staff_sessions({"session": request["session"], "own": True})["sessions"]
        if listed[0]["role"] != "supervisor":
            refuse("not_allowed")
        try:
            ticket = checks.known_ticket(self.play.hall, request["ticket"], self.play.now)
        except DomainError:
            refuse("unknown_ticket")
        shape = ticket_shape(self.play.hall, ticket, self.play.now, history=True)
        return {"ticket": shape.model_dump(mode="json")}


@dataclass(slots=True)
class PlayedReporter(Reporter):
    """Tells how the played morning went, without a process."""

    played: PlayedOffice | None = None
    asked: list[Wanted] = field(default_factory=list)

    def can_be_made(self) -> bool:
        """Tell that the data are here."""
        return self.played is not None

    async def made(self, wanted: Wanted, *, patience_s: float) -> Made | int:  # noqa: ARG002 - as the real one
        """Return a curve of the morning, or a ticket's lines."""
        self.asked.append(wanted)
        assert self.played is not None
        now = self.played.web.now()
        if wanted.what == "history":
            why = {
                "policy": "promise",
                "score": 1.2,
                "waited_s": 2900,
                "promised_s": 900,
                "passed_over": [["A-003", 0.7]],
            }
            lines = [
                {
                    "at": now.isoformat(),
                    "type": "issued",
                    "stage": "document-check",
                    "counter": None,
                    "said": None,
                    "why": None,
                },
                {
                    "at": now.isoformat(),
                    "type": "called",
                    "stage": None,
                    "counter": "counter-1",
                    "said": None,
                    "why": why,
                },
            ]
            return Made("made", json.dumps(lines).encode())
        begin = now - dt.timedelta(hours=3)
        points = [
            [(begin + n * dt.timedelta(minutes=15)).isoformat(), 4 * n, max(0, 2 * n - 3), 2 * n + min(n, 3)]
            for n in range(13)
        ]
        figures = {"arrivals": [48, 48], "served": [21, 21], "still_waiting": [27, 27], "wait_median": [19.5, 40]}
        figures |= {"wait_p90": [61.0, 40], "wait_longest": [84.0, 40], "within_promise": [62.0, 34]}
        told = {"as_of": now.isoformat(), "figures": figures, "points": points}
        return Made("made", json.dumps(told).encode())
