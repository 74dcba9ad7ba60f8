"""The window's main states in the true demo office, for looking at and for measuring."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from broker.bootstrap.rules import office_message
from broker.config.settings import Settings
from broker.contract.messages import CounterMessage, HallMessage, HistoryEntry, QueueEntry, Ticket, Today, WaitingGroup
from broker.language import Phrases
from counter.desk_view import DeskView
from counter.keymap import Intent, Typed
from counter.presenter import CounterPresenter
from counter.signin_view import SignInView
from tests.ui.counter.desk_samples import MORNING, Drawer, Engine, counter, reason, ticket

Scene = tuple[str, SignInView | DeskView]


class Office:
    """The demo office, with one window in it."""

    def __init__(self, settings: Settings, language: str, *, officers_known: bool = True) -> None:
        self.at = MORNING
        self.engine = Engine()
        self.message = office_message(settings)
        self.presenter = CounterPresenter(
            counter="counter-1",
            now=lambda: self.at,
            requester=self.engine,
            sessions=Drawer(),
            officers=tuple((officer.id, officer.name) for officer in settings.officers) if officers_known else (),
            languages=settings.office.languages,
            phrases=functools.partial(Phrases, "counter"),
        )
        self.presenter.office(self.message)
        self.presenter.link(online=True)
        self.presenter.hall(self._hall())
        while self.presenter.view.language.label != Phrases("counter", language).say("") and not self._speaks(language):
            self.presenter.press(Intent.LANGUAGE)

    def _speaks(self, language: str) -> bool:
        view = self.presenter.view
        title = view.title if isinstance(view, SignInView) else ""
        return title == Phrases("counter", language).say("Sign in")

    def _hall(self) -> HallMessage:
        groups = tuple(
            WaitingGroup(stage=service.stages[0], service=service.id, lane=lane.id, count=(7 * place + 3 * rank) % 19)
            for place, service in enumerate(self.message.services)
            for rank, lane in enumerate(self.message.lanes)
        )
        return HallMessage(revision=1, seq=1, at=self.at, day=self.at.date(), waiting=groups)

    def desk(self, **changes: object) -> CounterMessage:
        """Return the counter's picture with a long queue."""
        queue = tuple(
            QueueEntry(
                number=f"{service.letter}{lane.letter}-{place * 9 + 3:03d}",
                service=service.id,
                lane=lane.id,
                waiting_since=self.at - dt.timedelta(minutes=50 - 5 * place),
                score=1.3 - place * 0.12,
            )
            for place, service in enumerate(self.message.services[:8])
            for lane in self.message.lanes[place % 2 : place % 2 + 1]
        )
        base = counter(
            "open", id="counter-1", label="1", queue=queue, queue_length=37, today=Today(served=14, mean_service_s=560)
        )
        return base.model_copy(update=changes)

    def ticket(self, number: str, state: str, **changes: object) -> Ticket:
        """Return a ticket of the service with the longest names."""
        service = max(self.message.services, key=lambda one: len(one.name["en"]))
        stage = max(self.message.stages, key=lambda one: len(one.name["en"]))
        history = (
            HistoryEntry(at=self.at - dt.timedelta(seconds=260), type="called"),
            HistoryEntry(at=self.at - dt.timedelta(seconds=222), type="started"),
        )
        return ticket(number, service=service.id, stage=stage.id, history=history).model_copy(
            update={"state": state, "lane": self.message.lanes[1].id, **changes}
        )

    def sign_in(self, **changes: object) -> None:
        """Sign the first officer in."""
        self.presenter.choose_officer(0)
        for digit in "1234":
            self.presenter.type(Typed(digit))
        self.presenter.press(Intent.CONFIRM)
        self.engine.agrees(session="t", counter=self.desk().model_dump(mode="json", exclude={"queue"}))
        self.presenter.desk(self.desk(**changes))
        self.pass_s(1)

    def pass_s(self, seconds: float) -> None:
        """Let time pass; the hall goes on repeating itself."""
        self.at += dt.timedelta(seconds=seconds)
        self.presenter.hall(self._hall())


def scenes(settings: Settings, language: str) -> Iterator[Scene]:
    """Yield each state with its name."""
    yield "sign-in-typed", Office(settings, language, officers_known=False).presenter.view
    office = Office(settings, language)
    yield "sign-in", office.presenter.view
    office.presenter.choose_officer(2)
    for digit in "4321":
        office.presenter.type(Typed(digit))
    yield "sign-in-pin", office.presenter.view
    office.presenter.press(Intent.CONFIRM)
    office.engine.refuses("wrong_pin")
    yield "wrong-pin", office.presenter.view
    office.sign_in()
    yield "open", office.presenter.view
    office.presenter.press(Intent.SIGN_OUT)
    yield "question", office.presenter.view
    office.presenter.press(Intent.CANCEL)
    yield from _with_a_visitor(office)
    office.presenter.desk(office.desk(state="paused"))
    yield "paused", office.presenter.view
    office.presenter.desk(office.desk(queue=(), queue_length=0))
    yield "empty", office.presenter.view
    office.presenter.link(online=False)
    office.at += dt.timedelta(seconds=300)
    yield "offline", office.presenter.view


def _with_a_visitor(office: Office) -> Iterator[Scene]:
    passed = tuple((f"A-{n:03d}", 0.9 - n / 100) for n in range(38, 43))
    called = office.ticket("AP-012", "called", times_called=2)
    why = reason(*passed, score=0.93)
    office.presenter.desk(office.desk(state="calling", ticket=called, reason=why))
    yield "calling", office.presenter.view
    office.pass_s(1)
    office.presenter.press(Intent.NEXT)
    yield "why-not", office.presenter.view
    office.pass_s(1)
    office.presenter.press(Intent.RECALL)
    office.pass_s(4)
    yield "no-answer", office.presenter.view
    office.engine.refuses("storage_failed")
    yield "refused", office.presenter.view
    office.pass_s(1)
    office.presenter.press(Intent.START)
    serving = office.ticket("AP-1012", "serving")
    office.engine.agrees(ticket=serving.model_dump(mode="json"))
    office.presenter.desk(office.desk(state="serving", ticket=serving, reason=why))
    office.pass_s(1)
    yield "serving", office.presenter.view
