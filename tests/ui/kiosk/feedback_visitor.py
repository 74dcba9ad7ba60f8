"""A feedback kiosk on the bus's fake, before an office that answers as the engine does; the clock is turned by hand.

The office remembers each reply by the request's id, gives it again, and does what was asked once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from broker.contract.messages import (
    ComplaintStep,
    Error,
    ErrorCode,
    EventMessage,
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Presence,
    Receipt,
    Reply,
    SurveyMessage,
    Ticket,
)
from broker.contract.office import listen_to_office
from broker.contract.topics import ENGINE_CLIENT
from kiosk.outbox.kept import Shelf
from kiosk.pages.feedback_samples import ANSWER, CASE, PUBLISHED, RECEIPT, surveys_of
from kiosk.pages.page import Choice, Page, Screen, WritePage
from kiosk.pages.screen import Composer
from kiosk.visit.feedback import FeedbackPresenter
from kiosk.visit.opinion import Asks
from kiosk.visit.presenter import Clocks
from kiosk.visit.steps import SETTLE_S
from kiosk.visit.touches import touch
from tests.fakes.bus import FakeBus, FakeServer
from tests.ui.kiosk import kiosk_samples
from tests.ui.kiosk.kiosk_samples import NOW, hall, ticket
from tests.ui.kiosk.kiosk_visitor import HEARTBEAT_S, IDLE_S, FakeRequest, PlayedEngine

settings, office = lru_cache(kiosk_samples.settings), lru_cache(kiosk_samples.office)
CODE = "ANTREAN-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECK = "0417"
DONE = ticket(state="finished", counter="counter-1")


class FakeOffice(PlayedEngine):
    """Answers at once, unless told to keep its peace."""

    def __init__(self, server: FakeServer, kiosk: FakeBus, now: Callable[[], dt.datetime]) -> None:
        super().__init__(server, kiosk, now)
        self.ticket = DONE
        self.invitations: tuple[str, ...] = ()
        self.refusing: dict[str, ErrorCode] = {}
        """By command, with what it is refused."""
        self.receipt = RECEIPT
        self.complaint = CASE
        self.texts = {0: "Two hours.", 2: "Diteruskan ya.", 3: ANSWER}
        """The words of its steps."""
        self.is_silent = False
        self.done: list[tuple[str, Mapping[str, Any]]] = []
        """What changed something, once each."""
        self._replies: dict[str, Reply] = {}
        self._once: set[str] = set()

    def heard(self, request: FakeRequest) -> None:
        """Do what is asked and answer, perhaps not at once."""
        self._replies[request.id] = self._answer(request)
        if not self.is_silent:
            self.reply(self._replies[request.id])

    def again(self, identity: str) -> None:
        """Give a remembered reply to a request that is heard once more."""
        if not self.is_silent and identity in self._replies:
            self.reply(self._replies[identity])

    def remember(self, before: FakeOffice) -> None:
        """Know what was asked of it and done before."""
        self.requests, self.done, self._replies = before.requests, before.done, before._replies

    def forget(self) -> None:
        """Keep nothing of what was answered, so that what the kiosk keeps can be looked for."""
        self.texts.clear()
        self._replies.clear()

    def speak(self) -> None:
        """Give every answer that was kept back."""
        self.is_silent = False
        for reply in self._replies.values():
            self.reply(reply)

    def _heard(self, topic: str, payload: bytes) -> None:
        known = {made.id for made in self.requests}
        super()._heard(topic, payload)
        for made in self.requests:
            if made.id in known and made.id.encode() in payload:
                self.again(made.id)

    def _answer(self, request: FakeRequest) -> Reply:
        found = self._find(request.command, request.arguments)
        if isinstance(found, Error):
            return Reply(id=request.id, ok=False, error=found)
        if request.command not in {"lookup", "invited", "help", "complaint"}:
            self.done.append((request.command, request.arguments))
        return Reply(id=request.id, ok=True, result=found)

    def _find(self, command: str, arguments: Mapping[str, Any]) -> dict[str, Any] | Error:  # noqa: PLR0911 - one a command
        if code := self.refusing.pop(command, None):
            return Error(code=code, message="for the log")
        match command:
            case "lookup":
                if arguments["ticket"] not in {CODE, self.ticket.number, self.ticket.id}:
                    return Error(code="unknown_ticket", message="for the log")
                is_holder = arguments["ticket"] == CODE or arguments.get("check") == CHECK
                if arguments.get("check") not in {None, CHECK}:
                    return Error(code="not_holder", message="for the log")
                return {"ticket": self.ticket.model_dump(mode="json"), "is_holder": is_holder}
            case "rate":
                if self.ticket.id in self._once:
                    return Error(code="already_given", message="for the log")
                self._once.add(self.ticket.id)
                return {}
            case "invited":
                return {"invitations": [{"survey": one, "invitation": f"{one}ABCDEFGH"} for one in self.invitations]}
            case "complain":
                return {"receipt": self.receipt.model_dump(mode="json")}
            case "complaint" | "complaint_step":
                return self._followed(arguments)
            case _:
                return {}

    def _followed(self, arguments: Mapping[str, Any]) -> dict[str, Any] | Error:
        held = self.complaint
        if (arguments["complaint"], arguments["secret"]) != (held.number, self.receipt.secret):
            return Error(code="unknown_complaint", message="for the log")
        if (step := arguments.get("step")) is not None:
            return {"text": self.texts[step]}
        if action := arguments.get("action"):
            state, done = {"reply": ("reopened", "replied"), "close": ("closed", "closed")}[action]
            made = ComplaintStep(at=self.now(), type=done, has_text="text" in arguments)
            self.texts[len(held.steps)] = arguments.get("text", "")
            changes = {"state": state, "closes_on": None, "steps": (*held.steps, made)}
            self.complaint = held = held.model_copy(update=changes)
        return {"complaint": held.model_dump(mode="json")}

    def finish(self, *, counter: str = "counter-1", stage: str | None = None, **changes: Any) -> None:  # noqa: ANN401 - EventMessage's own fields
        """Tell that somebody was served."""
        service = next(one for one in office().services if one.id == self.ticket.service)
        values: dict[str, Any] = {
            "seq": 1,
            "at": self.now(),
            "type": "finished",
            "ticket": self.ticket.id,
            "number": self.ticket.number,
            "service": service.id,
            "stage": stage or service.stages[-1],
            "language": "en",
            "counter": counter,
        }
        event = EventMessage(**(values | changes))
        self.bus.publish(self.bus.topics.event("finished"), event.model_dump_json().encode())

    def undo(self, *, counter: str = "counter-1") -> None:
        """Tell that the visitor who was served sits at the counter again."""
        event = EventMessage(seq=2, at=self.now(), type="undone", ticket=self.ticket.id, counter=counter)
        self.bus.publish(self.bus.topics.event("undone"), event.model_dump_json().encode())


class Guest:
    """Stands before a feedback kiosk and sees its screens."""

    def __init__(
        self,
        asks: Asks | None = None,
        *,
        has_scanner: bool = False,
        said: Shelf | None = None,
        after: Guest | None = None,
    ) -> None:
        """`said` is the kiosk's disk; `after` an earlier run of it, whose office knows what that did."""
        self.seconds = 0.0
        self.screens: list[Screen] = []
        self.papers: list[Receipt] = []
        self.told_printed: Callable[[bool], None] = lambda _printed: None
        self.offer = office()
        self.server = FakeServer()
        self.bus = FakeBus(
            server=self.server, office="demo", client="feedback-1", kind="kiosk", post=lambda step: step()
        )
        self.office = FakeOffice(self.server, self.bus, self.now)
        if after is not None:
            self.office.remember(after.office)
        self.surveys = surveys_of(settings())
        self.asks = asks or Asks(surveys=tuple(one.id for one in settings().feedback.surveys))
        self.presenter = FeedbackPresenter(
            requester=self.bus,
            show=Composer(self.screens.append, lambda: self.seconds).show,
            clocks=Clocks(self.now, lambda: self.seconds),
            languages=self.offer.languages,
            idle_s=IDLE_S,
            asks=self.asks,
            said=said,
            kiosk="feedback-1",
            print_receipt=self._print,
        )
        topics = self.bus.topics
        self.bus.on_link(self.presenter.link_changed)
        listen_to_office(self.bus, topics, self.presenter.office_changed)
        self.bus.listen(topics.hall(), HallMessage, self.presenter.hall_changed)
        self.bus.listen(topics.presence(ENGINE_CLIENT), Presence, self.presenter.broker_changed)
        self.bus.listen(topics.survey("+", "+"), SurveyMessage, self.presenter.survey_changed)
        self.bus.listen(topics.feedback(), FeedbackMessage, self.presenter.feedback_changed)
        self.bus.listen(topics.event("finished"), EventMessage, self.presenter.finished)
        self.bus.listen(topics.event("undone"), EventMessage, self.presenter.undone)
        self.presenter.scanner_changed(is_there=has_scanner)
        self.presenter.recover()

    def _print(self, receipt: Receipt, _office: OfficeMessage, _language: str, told: Callable[[bool], None]) -> None:
        self.papers.append(receipt)
        self.told_printed = told

    def now(self) -> dt.datetime:
        """Return what the clocks on the wall say."""
        return NOW + dt.timedelta(seconds=self.seconds)

    @property
    def screen(self) -> str:
        """Return the name of the screen."""
        return self.screens[-1].name

    @property
    def page(self) -> Page:
        """Return the page on the screen."""
        return self.screens[-1].page

    @property
    def words(self) -> str:
        """Return all that the screen says."""
        return str(self.screens[-1]).replace("\\xa0", " ")

    @property
    def typed(self) -> str:
        """Return what was written so far."""
        assert isinstance(self.page, WritePage)
        return self.page.typed

    def connected(self, *, publishes: FeedbackMessage = PUBLISHED) -> Guest:
        """Let the kiosk hear of its office."""
        self.office.office, self.office.hall = self.offer, hall(self.offer)
        self.bus.start()
        self.office.bus.start()
        topics = self.bus.topics
        for survey in self.surveys:
            topic = topics.survey(survey.id, survey.language)
            self.office.bus.publish(topic, survey.model_dump_json().encode(), retain=True)
        self.office.bus.publish(topics.feedback(), publishes.model_dump_json().encode(), retain=True)
        self.settle()
        return self

    def touch(self, *targets: str) -> Guest:
        """Touch one after the other, at the pace of a visitor; keys quickly."""
        for target in targets:
            touch(self.presenter, target)
            if not target.startswith(("type:", "key:")):
                self.settle()
        return self

    def write(self, text: str) -> Guest:
        """Type a text on the keyboard of the screen, with whatever keys that takes."""
        for sign in text:
            page = self.page
            assert isinstance(page, WritePage)
            if sign == " ":
                self.touch("type:space")
                continue
            for _ in range(4):
                page = self.page
                assert isinstance(page, WritePage)
                found = _key(page.rows, sign)
                if found is not None:
                    break
                is_case = _key(page.rows, sign.swapcase()) is not None
                self.touch("type:shift" if is_case else "type:layer")
            assert found is not None, f"no key writes {sign!r}"
            self.touch(f"type:{found.key}")
        return self

    def wait(self, seconds: float, *, step: float = 0.5) -> None:
        """Let time pass with ticks; the engine repeats its picture, and the bus what was not answered."""
        end = self.seconds + seconds
        while self.seconds < end:
            before, self.seconds = self.seconds, min(end, self.seconds + step)
            if int(before / HEARTBEAT_S) != int(self.seconds / HEARTBEAT_S):
                self.office.say(hall(self.offer))
            self.server.advance(self.seconds - before)
            self.presenter.tick()

    def settle(self) -> None:
        """Wait until touches count again."""
        self.wait(SETTLE_S + 0.01, step=0.1)

    def cut(self) -> None:
        """Lose the connection."""
        self.server.stop()
        self.presenter.tick()

    def mend(self) -> None:
        """Get the connection back."""
        self.server.start()
        self.presenter.tick()


def _key(rows: tuple[Choice, ...], sign: str) -> Choice | None:
    return next((key for key in rows if key.title == sign and key.is_available), None)


def holder(of: Ticket) -> Ticket:
    """Return a ticket that waits: nobody rates it yet."""
    return of.model_copy(update={"state": "waiting"})
