"""An officer's window with everything around it made by hand: clock, engine, disk."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from broker.contract.clock import EngineClock
from broker.contract.link import Requester
from broker.contract.messages import (
    CounterInfo,
    CounterMessage,
    CounterState,
    Error,
    ErrorCode,
    HallCounter,
    HallMessage,
    HeldEntry,
    HistoryEntry,
    LaneInfo,
    OfficeMessage,
    OfficeName,
    PassedOver,
    Presence,
    QueueEntry,
    Reason,
    Reply,
    ServiceInfo,
    StageInfo,
    Ticket,
    TicketState,
    WaitingGroup,
)
from broker.language import Phrases
from counter.desk.devices import Devices
from counter.desk.keys import Intent, Place, Typed
from counter.desk.presenter import CounterPresenter
from counter.desk.session import Session
from counter.pages.actions import Action
from counter.pages.desk import DeskPage
from counter.pages.dialogs import DialogCard
from counter.pages.sign_in import SignInPage
from tests.fakes.clock import FakeClock
from tests.support.requests import must_be_understood

ZONE = ZoneInfo("Asia/Jakarta")
MORNING = dt.datetime(2025, 6, 12, 9, 0, tzinfo=ZONE)
OFFICERS = (("siti", "Siti Rahmawati"), ("budi", "Budi Santoso"), ("bayu", "Bayu Pratama"))


@dataclass
class Asked:
    """One request that the engine has received; like the bus, it passes no answer on once it was cancelled."""

    id: str
    command: str
    arguments: dict[str, Any]
    """But for `until`, which every person's request carries."""
    until: dt.datetime
    on_reply: Callable[[Reply], None]
    cancelled: bool = False

    def cancel(self) -> None:
        """Stop asking."""
        self.cancelled = True

    def answer(self, reply: Reply) -> None:
        """Hand an answer over."""
        if not self.cancelled:
            self.on_reply(reply)


@dataclass
class Engine:
    """Takes requests down and answers when the test says so."""

    asked: list[Asked] = field(default_factory=list)

    def request(
        self,
        command: str,
        arguments: Mapping[str, Any],
        on_reply: Callable[[Reply], None],
        *,
        request_id: str | None = None,
    ) -> Asked:
        """Take a request down."""
        must_be_understood(command, arguments)
        told = dict(arguments)
        identity = request_id or f"r{len(self.asked)}"
        asked = Asked(identity, command, told, dt.datetime.fromisoformat(told.pop("until")), on_reply)
        self.asked.append(asked)
        return asked

    @property
    def commands(self) -> list[str]:
        """Return what was asked, in order."""
        return [asked.command for asked in self.asked]

    def agrees(self, **result: object) -> None:
        """Answer the last request with yes."""
        self.asked[-1].answer(Reply(id=self.asked[-1].id, ok=True, result=dict(result)))

    def refuses(self, code: ErrorCode, **detail: object) -> None:
        """Answer the last request with an error."""
        error = Error(code=code, message="", detail=dict(detail))
        self.asked[-1].answer(Reply(id=self.asked[-1].id, ok=False, error=error))


@dataclass
class Drawer:
    """Where the session is kept."""

    kept: Session | None = None

    def load(self) -> Session | None:
        """Return what is kept."""
        return self.kept

    def save(self, session: Session) -> None:
        """Keep it."""
        self.kept = session

    def clear(self) -> None:
        """Forget it."""
        self.kept = None


class Window:
    """A counter's window on a table."""

    def __init__(
        self,
        drawer: Drawer | None = None,
        officers: tuple[tuple[str, str], ...] = OFFICERS,
        calls_before_no_show: int = 1,
        requester: Requester | None = None,
    ) -> None:
        self.clock = FakeClock(MORNING)
        self.engine = Engine()
        self.drawer = drawer or Drawer()
        self.devices = devices(self.clock.now)
        self.presenter = CounterPresenter(
            counter="c3",
            clock=EngineClock(self.clock.now, self.clock.monotonic),
            requester=requester or self.engine,
            sessions=self.drawer,
            officers=officers,
            languages=("id", "en"),
            phrases=functools.partial(Phrases, "counter"),
            devices=self.devices,
            calls_before_no_show=calls_before_no_show,
        )
        self.presenter.office(office())
        self.presenter.link(online=True)

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.presenter.tick()

    @property
    def at(self) -> dt.datetime:
        """Return what the machine's clock says."""
        return self.clock.at

    def press(self, *intents: Intent) -> None:
        """Press keys, each a second after the one before."""
        for intent in intents:
            self.pass_s(1)
            self.presenter.press(intent)

    def type(self, text: str) -> None:
        """Type characters."""
        for character in text:
            self.presenter.type(Typed(character))

    def sign_in(self, state: CounterState = "open", **changes: Any) -> None:  # noqa: ANN401 - fields of the message
        """Sign Siti in, and bring the counter's picture."""
        self.type("s1234")
        self.press(Intent.CONFIRM)
        desk = counter(state, **changes)
        self.engine.agrees(session="token-1", counter=counter("open").model_dump(mode="json", exclude={"queue"}))
        self.presenter.desk(desk)
        self.engine.asked.clear()
        self.pass_s(1)

    @property
    def is_signed_in(self) -> bool:
        """Tell whether the window shows the desk."""
        return self.presenter.place is not Place.FORM

    @property
    def desk(self) -> DeskPage:
        """Return the picture of the signed-in window."""
        view = self.presenter.page
        assert isinstance(view, DeskPage)
        return view

    @property
    def form(self) -> SignInPage:
        """Return the picture of the sign-in window."""
        view = self.presenter.page
        assert isinstance(view, SignInPage)
        return view

    @property
    def dialog(self) -> DialogCard:
        """Return the card that asks something."""
        assert self.desk.dialog is not None
        return self.desk.dialog

    def keys(self, *names: str) -> None:
        """Press keys of the keyboard, each a second after the one before."""
        for name in names:
            self.pass_s(1)
            self.presenter.key(name)

    def notice(self) -> str:
        """Return the sentence that wants attention, or nothing."""
        view = self.presenter.page
        return view.notice.text if view.notice else ""

    @property
    def buttons(self) -> tuple[Action, ...]:
        """Return every button of the two rows."""
        return (*self.desk.actions, *self.desk.side_actions)

    def possible(self) -> set[Intent]:
        """Return what the buttons offer."""
        return {action.intent for action in self.buttons if action.enabled}

    def why_not(self, intent: Intent) -> str:
        """Return what a button says about itself."""
        return next(action.why_not for action in self.buttons if action.intent is intent)


def office(policy: str = "promise") -> OfficeMessage:
    """Return a small office."""
    return OfficeMessage(
        policy=policy,
        office=OfficeName(id="demo", name={"id": "Kantor Contoh", "en": "Sample Office"}, timezone="Asia/Jakarta"),
        languages=("id", "en"),
        services=tuple(
            ServiceInfo(
                id=id_,
                letter=letter,
                name={"id": name, "en": english},
                stages=("interview", "payment"),
                promised_wait_s=3600,
                documents={},
                steps={},
                fee={},
                time={},
                source="",
                effective_from=dt.date(2025, 1, 1),
            )
            for id_, letter, name, english in (
                ("passport", "A", "Paspor baru", "New passport"),
                ("permit", "B", "Izin tinggal", "Stay permit"),
            )
        ),
        lanes=tuple(
            LaneInfo(
                id=id_, letter=letter, shape=shape, name={"id": name, "en": english}, rule={}, promised_wait_s=3600
            )
            for id_, letter, shape, name, english in (
                ("regular", "", "circle", "Umum", "Regular"),
                ("priority", "P", "diamond", "Prioritas", "Priority"),
            )
        ),
        stages=(
            StageInfo(id="interview", name={"id": "Wawancara", "en": "Interview"}),
            StageInfo(id="payment", name={"id": "Pembayaran", "en": "Payment"}),
        ),
        counters=(
            CounterInfo(id="c3", label="3", stages=("interview",)),
            CounterInfo(id="c5", label="5", stages=("payment",)),
            CounterInfo(id="c6", label="6", stages=("payment",), services=("permit",)),
        ),
    )


def ticket(number: str = "AP-012", state: TicketState = "called", **changes: Any) -> Ticket:  # noqa: ANN401 - fields
    """Return a ticket that was called at nine."""
    values: dict[str, Any] = {
        "id": f"id-{number}",
        "number": number,
        "service": "passport",
        "lane": "priority" if "P" in number else "regular",
        "stage": "interview",
        "state": state,
        "language": "en",
        "issued_at": MORNING - dt.timedelta(minutes=12),
        "waiting_since": MORNING - dt.timedelta(minutes=12),
        "ahead": 0,
        "qr": "ANTREAN-X",
        "times_called": 1,
        "history": (HistoryEntry(at=MORNING, type="called"),),
    }
    return Ticket.model_validate(values | changes)


def reason(*passed: tuple[str, float], score: float = 0.8, policy: str = "promise") -> Reason:
    """Return why a ticket was next."""
    return Reason(
        policy=policy,
        score=score,
        waited_s=720,
        promised_s=900,
        passed_over=tuple(PassedOver(number=number, score=share) for number, share in passed),
    )


def held(number: str, note: str | None = None) -> HeldEntry:
    """Return a held ticket."""
    return HeldEntry(note=note, **entry(number).model_dump())


def entry(number: str, minutes: float = 10, score: float = 0.5) -> QueueEntry:
    """Return a waiting ticket."""
    return QueueEntry(
        id=f"id-{number}",
        number=number,
        service="passport",
        lane="priority" if "P" in number else "regular",
        waiting_since=MORNING - dt.timedelta(minutes=minutes),
        score=score,
    )


def counter(state: CounterState = "open", **changes: Any) -> CounterMessage:  # noqa: ANN401 - fields of the message
    """Return a counter's picture, with two who wait."""
    values: dict[str, Any] = {
        "id": "c3",
        "label": "3",
        "state": state,
        "officer": None if state == "closed" else "Siti Rahmawati",
        "queue": (entry("A-010"), entry("AP-013")),
        "queue_length": 2,
    }
    if state in ("calling", "serving"):
        values["ticket"] = ticket(state="called" if state == "calling" else "serving")
        values["reason"] = reason()
    return CounterMessage.model_validate(values | changes)


def hall(*groups: tuple[str, str, str, int]) -> HallMessage:
    """Return a hall with (stage, service, lane, count) waiting."""
    return HallMessage(
        revision=1,
        seq=1,
        at=MORNING,
        day=MORNING.date(),
        waiting=tuple(
            WaitingGroup(stage=stage, service=service, lane=lane, count=count) for stage, service, lane, count in groups
        ),
        counters=(
            HallCounter(id="c3", label="3", state="open"),
            HallCounter(id="c5", label="5", state="serving", number="B-004"),
        ),
    )


def devices(now: Callable[[], dt.datetime]) -> Devices:
    """Return an office's devices: the kiosk and its printer are well, nobody else has told anything."""
    made = Devices(("kiosk-1", "kiosk-2", "display-1"), kiosk="kiosk-1", now=now)
    made.heard("kiosk-1", presence(printer="ready, network: 10.0.0.9:9100"))
    return made


def presence(*, online: bool = True, kind: str = "kiosk", **states: str) -> Presence:
    """Return what a part says of itself and its devices."""
    return Presence(online=online, kind=kind, devices={name.replace("_", "-"): state for name, state in states.items()})
