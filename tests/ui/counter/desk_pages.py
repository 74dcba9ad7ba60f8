"""The window's main pages in the true demo office, for looking at and for measuring."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from broker.bootstrap.rules import office_message
from broker.config.settings import Settings
from broker.contract.claim import Standing
from broker.contract.clock import EngineClock
from broker.contract.messages import (
    PROTOCOL,
    Asked,
    CounterMessage,
    CounterState,
    HallCounter,
    HallMessage,
    HeldEntry,
    HistoryEntry,
    Presence,
    QueueEntry,
    Ticket,
    Today,
    WaitingGroup,
)
from broker.language import Phrases
from counter.desk.keys import Intent, Typed
from counter.desk.presenter import CounterPresenter
from counter.desk.room import ROOMY, Room
from counter.pages.desk import DeskPage
from counter.pages.sign_in import SignInPage
from tests.fakes.clock import FakeClock
from tests.ui.counter.desk_samples import MORNING, Drawer, Engine, counter, devices, presence, reason, ticket

BROKERS: tuple[tuple[Standing, Presence], ...] = (
    ("wanted", Presence(online=True, kind="engine", protocol=PROTOCOL)),
    ("taken", Presence(online=True, kind="engine", protocol=PROTOCOL)),
    ("untrusted", Presence(online=False, kind="engine", protocol=PROTOCOL)),
    ("alone", Presence(online=True, kind="engine", protocol="1.0")),
    ("alone", Presence(online=True, kind="engine", protocol="1.99")),
    ("alone", Presence(online=True, kind="engine", protocol=PROTOCOL, devices={"journal": "shorter than its head"})),
    ("alone", Presence(online=True, kind="engine", protocol=PROTOCOL, devices={"engine": "no answer for 7 s"})),
    ("alone", Presence(online=True, kind="engine", protocol=PROTOCOL, devices={"clock": "jumped by +86400 s"})),
)
"""What may be wrong with broker and bus."""

Named = tuple[str, SignInPage | DeskPage]


class Office:
    """The demo office, with one window in it."""

    def __init__(self, settings: Settings, language: str, *, officers_known: bool = True, room: Room = ROOMY) -> None:
        self.clock = FakeClock(MORNING)
        self.engine = Engine()
        self.message = office_message(settings)
        self.devices = devices(self.clock.now)
        self.presenter = CounterPresenter(
            counter="counter-1",
            clock=EngineClock(self.clock.now, self.clock.monotonic),
            requester=self.engine,
            sessions=Drawer(),
            officers=tuple((officer.id, officer.name) for officer in settings.officers) if officers_known else (),
            languages=settings.office.languages,
            phrases=functools.partial(Phrases, "counter"),
            devices=self.devices,
        )
        self.presenter.room(room)
        self.presenter.office(self.message)
        self.presenter.link(online=True)
        self.presenter.hall(self._hall())
        while self.presenter.page.language.label != Phrases("counter", language).say("") and not self._speaks(language):
            self.presenter.press(Intent.LANGUAGE)

    def _speaks(self, language: str) -> bool:
        view = self.presenter.page
        title = view.title if isinstance(view, SignInPage) else ""
        return title == Phrases("counter", language).say("Sign in")

    def _hall(self) -> HallMessage:
        groups = tuple(
            WaitingGroup(stage=service.stages[0], service=service.id, lane=lane.id, count=(7 * place + 3 * rank) % 19)
            for place, service in enumerate(self.message.services)
            for rank, lane in enumerate(self.message.lanes)
        )
        states: tuple[CounterState, ...] = ("open", "serving", "calling", "paused", "closed", "serving")
        counters = tuple(
            HallCounter(id=info.id, label=info.label, state=state, number=_number(state, place))
            for place, (info, state) in enumerate(zip(self.message.counters, states, strict=False))
        )
        return HallMessage(revision=1, seq=1, at=self.at, day=self.at.date(), waiting=groups, counters=counters)

    def _entry(self, place: int, minutes: float, score: float = 0.0) -> QueueEntry:
        """Return a number of the `place`-th service and lane."""
        service = self.message.services[place % len(self.message.services)]
        lane = self.message.lanes[place % len(self.message.lanes)]
        return QueueEntry(
            number=f"{service.letter}{lane.letter}-{place * 9 + 3:03d}",
            service=service.id,
            lane=lane.id,
            waiting_since=self.at - dt.timedelta(minutes=minutes),
            score=score,
        )

    def desk(self, **changes: object) -> CounterMessage:
        """Return the counter's picture with long lists."""
        notes = (None, "Mengambil fotokopi Kartu Keluarga dan akta kelahiran anak", "Fetch a copy")
        base = counter(
            "open",
            id="counter-1",
            label="1",
            queue=tuple(self._entry(place, 85 - 3 * place, 1.3 - place * 0.08) for place in range(14)),
            queue_length=37,
            held=tuple(
                HeldEntry(note=note, **self._entry(place, 30 + place).model_dump()) for place, note in enumerate(notes)
            ),
            missed=tuple(self._entry(place, 100 - place) for place in range(3, 15)),
            today=Today(served=14, mean_service_s=560),
        )
        return base.model_copy(update=changes)

    def ticket(self, number: str, state: str, **changes: object) -> Ticket:
        """Return a ticket of the service with the longest names."""
        service = max(self.message.services, key=lambda one: len(one.name["en"]))
        stage = max(self.message.stages, key=lambda one: len(one.name["en"]))
        history = tuple(
            HistoryEntry(at=self.at - dt.timedelta(seconds=ago), type=kind, stage=at_stage, counter="counter-1")
            for ago, kind, at_stage in (
                (4000, "issued", "document-check"),
                (3996, "printed_unconfirmed", "document-check"),
                (3000, "called", "document-check"),
                (2940, "recalled", "document-check"),
                (2880, "no_show", "document-check"),
                (2700, "rejoined", "document-check"),
                (2000, "called", "document-check"),
                (1990, "started", "document-check"),
                (1600, "finished", "interview"),
                (900, "called", stage.id),
                (890, "held", stage.id),
                (300, "unheld", stage.id),
                (280, "transferred", stage.id),
                (260, "called", stage.id),
                (222, "started", stage.id),
            )
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
        self.clock.advance(seconds)
        self.presenter.tick()
        self.presenter.hall(self._hall())

    @property
    def at(self) -> dt.datetime:
        """Return what the clock says."""
        return self.clock.at


def pages(settings: Settings, language: str, *, room: Room = ROOMY) -> Iterator[Named]:
    """Yield each state with its name."""
    yield "sign-in-typed", Office(settings, language, officers_known=False, room=room).presenter.page
    office = Office(settings, language, room=room)
    yield "sign-in", office.presenter.page
    office.presenter.choose_officer(2)
    for digit in "4321":
        office.presenter.type(Typed(digit))
    yield "sign-in-pin", office.presenter.page
    office.presenter.press(Intent.CONFIRM)
    office.engine.refuses("wrong_pin", locked_s=0)
    yield "wrong-pin", office.presenter.page
    yield from _refused_sign_ins(office)
    office.sign_in()
    yield "open", office.presenter.page
    office.presenter.press(Intent.MORE)
    yield "open-more", office.presenter.page
    office.presenter.press(Intent.MORE)
    yield from _lists(office)
    office.presenter.press(Intent.SIGN_OUT)
    yield "sign-out", office.presenter.page
    office.presenter.press(Intent.CANCEL)
    yield from _found(office)
    yield from _with_a_visitor(office)
    office.presenter.desk(office.desk(state="paused"))
    yield "paused", office.presenter.page
    office.presenter.desk(office.desk(queue=(), queue_length=0))
    yield "empty", office.presenter.page
    office.presenter.link(online=False)
    office.clock.advance(30)
    yield "offline", office.presenter.page
    office.presenter.desk(office.desk(ticket=office.ticket("AP-1012", "serving"), state="serving"))
    yield "offline with a visitor", office.presenter.page
    office.clock.advance(300)
    yield "offline for long", office.presenter.page


def _refused_sign_ins(office: Office) -> Iterator[Named]:
    office.presenter.type(Typed("1"))
    office.presenter.press(Intent.CONFIRM)
    office.engine.refuses("wrong_pin", locked_s=3600)
    yield "locked", office.presenter.page
    office.presenter.type(Typed("1"))
    office.presenter.press(Intent.CONFIRM)
    office.engine.refuses("not_allowed", open_at="counter-2")
    yield "elsewhere-busy", office.presenter.page
    office.presenter.press(Intent.CANCEL)
    office.presenter.type(Typed("1"))
    office.presenter.press(Intent.CONFIRM)
    office.engine.refuses("not_allowed", open_at="counter-5")
    yield "elsewhere", office.presenter.page
    office.presenter.press(Intent.CANCEL)


def _number(state: CounterState, place: int) -> str | None:
    return f"AP-{place:03d}" if state in {"calling", "serving"} else None


def _lists(office: Office) -> Iterator[Named]:
    office.presenter.press(Intent.DOWN)
    office.presenter.press(Intent.DOWN)
    yield "queue-chosen", office.presenter.page
    office.presenter.press(Intent.PICK)
    yield "call-one", office.presenter.page
    office.presenter.press(Intent.CANCEL)
    for tab in (Intent.HELD, Intent.MISSED, Intent.HALL):
        office.presenter.press(tab)
        office.presenter.press(Intent.DOWN)
        yield f"list-{tab}", office.presenter.page
    office.presenter.press(Intent.QUEUE)
    office.presenter.desk(office.desk(held=(), missed=()))
    office.presenter.press(Intent.HELD)
    yield "list-empty", office.presenter.page
    office.presenter.press(Intent.QUEUE)
    undo = {"undo_until": office.at + dt.timedelta(seconds=24), "undo_number": "AP-1012"}
    office.presenter.desk(office.desk(undo_action="transferred", **undo))
    yield "undo", office.presenter.page
    office.presenter.desk(office.desk())


def _found(office: Office) -> Iterator[Named]:
    """Look numbers up, as a supervisor."""
    office.presenter.desk(office.desk(role="supervisor"))
    for state in ("waiting", "serving"):
        office.pass_s(1)
        office.presenter.key("5")
        for character in "ap1012":
            office.presenter.key(character)
        yield f"find-{state}", office.presenter.page
        office.presenter.key("enter")
        ticket = office.ticket("AP-1012", state, counter="counter-2")
        office.engine.agrees(ticket=ticket.model_dump(mode="json"))
        yield f"found-{state}", office.presenter.page
    office.pass_s(1)
    office.presenter.key("t")
    office.presenter.key("1")
    office.presenter.key("2")
    yield "move-reason", office.presenter.page
    for _ in range(3):
        office.presenter.press(Intent.CANCEL)
    office.presenter.press(Intent.QUEUE)
    office.presenter.press(Intent.DOWN)
    yield "supervisor", office.presenter.page
    office.devices.heard(
        "kiosk-1",
        presence(
            printer="paper_out, network: 10.0.0.9:9100", spare_printer="paper_low", scanner="present", line="open"
        ),
    )
    office.devices.heard("display-1", presence(speaker="plays on plughw:CARD=Device, clips: 312 of 320 recorded"))
    office.presenter.press(Intent.DEVICES)
    yield "list-devices", office.presenter.page
    office.devices.heard("kiosk-1", presence(printer="ready"))
    office.presenter.press(Intent.QUEUE)
    office.presenter.press(Intent.DOWN)
    office.presenter.press(Intent.CANCEL)
    office.presenter.desk(office.desk())


def _dialogs(office: Office) -> Iterator[Named]:
    for opened, name in ((Intent.HOLD, "hold"), (Intent.DROP, "cancel")):
        office.pass_s(1)
        office.presenter.press(opened)
        office.pass_s(1)
        office.presenter.key("2")
        yield name, office.presenter.page
        for character in "menjemput anak di sekolah, kembali sebelum pukul sebelas siang ini":
            office.presenter.key(character)
        yield f"{name}-typed", office.presenter.page
        office.presenter.press(Intent.CANCEL)
    office.presenter.press(Intent.TRANSFER)
    yield "transfer", office.presenter.page
    for kind in "123":
        office.pass_s(1)
        office.presenter.key(kind)
        yield f"transfer-{kind}", office.presenter.page
        office.presenter.press(Intent.CANCEL)
    office.presenter.key("1")
    office.presenter.key("2")
    yield "transfer-reason", office.presenter.page
    office.presenter.press(Intent.CANCEL)
    office.presenter.press(Intent.CANCEL)
    office.presenter.press(Intent.CANCEL)


def _reasons(office: Office, called: Ticket) -> Iterator[Named]:
    passed = tuple((f"A-{n:03d}", 3000.0 + n) for n in range(38, 43))
    for policy in ("chosen", "head_start"):
        why = reason(*passed, score=4000.0).model_copy(update={"policy": policy})
        office.presenter.desk(office.desk(state="calling", ticket=called, reason=why))
        yield f"why-{policy}", office.presenter.page


def _with_a_visitor(office: Office) -> Iterator[Named]:
    passed = tuple((f"A-{n:03d}", 0.9 - n / 100) for n in range(38, 43))
    called = office.ticket("AP-012", "called", times_called=2)
    why = reason(*passed, score=0.93).model_copy(update={"waited_s": 837})
    office.presenter.desk(office.desk(state="calling", ticket=called, reason=why))
    yield "calling", office.presenter.page
    yield from _reasons(office, called)
    office.presenter.desk(office.desk(state="calling", ticket=called, reason=why))
    office.pass_s(1)
    office.presenter.press(Intent.NEXT)
    yield "why-not", office.presenter.page
    office.pass_s(1)
    office.presenter.press(Intent.RECALL)
    office.pass_s(4)
    yield "no-answer", office.presenter.page
    office.engine.refuses("storage_failed")
    yield "refused-for-now", office.presenter.page
    office.pass_s(10)
    yield "refused", office.presenter.page
    office.presenter.press(Intent.RECALL)
    office.pass_s(10)
    yield "given-up", office.presenter.page
    for standing, broker in BROKERS:
        office.presenter.taken(standing)
        office.presenter.broker(broker)
        yield f"banner-{standing}-{broker.protocol}-{'-'.join(broker.devices)}", office.presenter.page
    office.presenter.broker(BROKERS[0][1])
    begin = office.at + dt.timedelta(seconds=24)
    office.presenter.desk(office.desk(state="calling", ticket=called, reason=why, no_show_from=begin))
    office.presenter.press(Intent.NO_SHOW)
    yield "too-early", office.presenter.page
    office.pass_s(1)
    office.presenter.press(Intent.START)
    serving = office.ticket("AP-1012", "serving")
    office.engine.agrees(ticket=serving.model_dump(mode="json"))
    office.presenter.desk(office.desk(state="serving", ticket=serving, reason=why))
    office.pass_s(1)
    yield "serving", office.presenter.page
    asked = Asked(action="pause", by="Maria Simanjuntak", at=office.at, text="rapat singkat di ruang kepala kantor")
    office.presenter.desk(office.desk(state="serving", ticket=serving, reason=why, asked=asked))
    yield "asked-to-pause", office.presenter.page
    office.presenter.desk(office.desk(state="serving", ticket=serving, reason=why, pauses=True))
    yield "pauses-then", office.presenter.page
    office.presenter.desk(office.desk(state="serving", ticket=serving, reason=why))
    office.presenter.press(Intent.MORE)
    yield "serving-more", office.presenter.page
    office.presenter.press(Intent.MORE)
    yield from _dialogs(office)
