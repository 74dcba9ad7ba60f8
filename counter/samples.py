"""Every page and state of an officer's window in an office's own words, the longest of them: to see whether they fit.

For `check-config` and for the tests of the layout. Import after `headless.prepare`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from broker.config.settings import Settings
from broker.contract.messages import (
    Asked,
    ComplaintFigures,
    CounterMessage,
    CounterState,
    HallCounter,
    HallMessage,
    HeldEntry,
    HelpCall,
    HistoryEntry,
    OfficeMessage,
    OfficerDay,
    PassedOver,
    Presence,
    QueueEntry,
    Reason,
    Ticket,
    WaitingGroup,
)
from broker.language import Phrases
from counter.desk import dialogs
from counter.desk.devices import Devices
from counter.desk.keys import Intent
from counter.desk.lists import found_entry, tabs_of
from counter.desk.own_ratings import Ratings, WeekRatings
from counter.desk.room import Room, arrangement_of
from counter.desk.sign_in import Field, SignInForm
from counter.desk.state import DeskState
from counter.drawing.screen import RULES, CounterWidget
from counter.drawing.touches import Inputs
from counter.pages.banner import WAIT_S
from counter.pages.choices import options
from counter.pages.desk import DeskPage, desk_page
from counter.pages.notices import slow
from counter.pages.sign_in import SignInPage, sign_in_page
from counter.pages.words import Notice
from hardware.panel.check import Layout, Page
from hardware.panel.look import Look, Mode, look_for
from hardware.panel.scale import Reader

NUMBER = "A{letter}-1012"
WAITED_MIN = 128
"""More minutes than most wait."""

Sample = tuple[str, SignInPage | DeskPage]


@dataclass(slots=True)
class _Still:
    """Takes what a window that nobody touches might say."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any of the presenter's methods
        return lambda *_said: None


def layouts(settings: Settings, office: OfficeMessage) -> Iterator[Layout]:
    """Yield the officers' window as it is configured: on its monitor, or docked at its edge."""
    panel = settings.counter_panel
    window = (panel.width_px, panel.height_px)
    if panel.docked != "none":
        window = (min(panel.docked_width_px, panel.width_px), panel.height_px)
    yield layout(settings, office, window)


def layout(settings: Settings, office: OfficeMessage, window: tuple[int, int]) -> Layout:
    """Return the officers' window at one size, with all its pages in every language."""
    panel = settings.counter_panel
    made: list[CounterWidget] = []

    def build(look: Look) -> Any:  # noqa: ANN401 - a widget
        still: Inputs = _Still()
        made[:] = [CounterWidget(still, look.theme, touched=lambda: None, targets=None)]
        return made[0].root

    def pages() -> Iterator[Page]:
        look = look_for(panel, Reader.OFFICER, window)
        room = Room(arrangement_of(look.width, look.body), 6)
        for language in office.languages:
            for name, page in samples(settings, office, language, room):
                yield Page(name, language, lambda page=page: made[0].show(page))  # type: ignore[misc] # its own page

    part = "counter" if window == (panel.width_px, panel.height_px) else f"counter, {window[0]} px wide"
    modes = (Mode(),)
    return Layout(part, panel, Reader.OFFICER, RULES, build, pages, modes=modes, window=window, scrolls=True)


def samples(settings: Settings, office: OfficeMessage, language: str, room: Room) -> Iterator[Sample]:
    """Yield each state with its name."""
    free = _Office(settings, office, language).state(room)
    yield from _before_signing_in(settings, free)
    called, serving = _with_visitor(free, "calling"), _with_visitor(free, "serving")
    yield from _at_the_desk(free, called, serving)
    yield from _told_at_rest(free)
    yield from _lists(free)
    yield from _dialogs(free, serving)
    yield from _about_pins(free, tuple((officer.id, officer.name) for officer in settings.officers))


def _before_signing_in(settings: Settings, free: DeskState) -> Iterator[Sample]:
    officers = tuple((officer.id, officer.name) for officer in settings.officers)
    longest = max(range(len(officers)), key=lambda index: len(officers[index][1]))
    form = SignInForm(officers, focus=Field.PIN, chosen=longest, pin="1234567890")
    nobody = replace(free, desk=None, notice=None)
    yield "sign in", sign_in_page(form, nobody)
    calls = (HelpCall(kiosk="kiosk-1", since=free.now), HelpCall(kiosk="kiosk-2", since=free.now))
    yield "sign in, calls for help", sign_in_page(form, replace(nobody, help=calls))
    yield "sign in by id", sign_in_page(SignInForm((), typed_id="a-long-officer-id"), nobody)
    refused = Notice("bad", free.phrases.error("wrong_pin"))
    yield "wrong PIN", sign_in_page(form, replace(nobody, notice=refused))
    yield "signed in elsewhere", sign_in_page(form, nobody, elsewhere=_longest_counter(free))


def _about_pins(free: DeskState, officers: tuple[tuple[str, str], ...]) -> Iterator[Sample]:
    own = replace(dialogs.begun_about_pin(supervises=False), secret="1" * dialogs.MAX_PIN)
    yield "dialog PIN of now", desk_page(replace(free, dialog=own))
    yield "dialog new PIN, unlike", desk_page(replace(free, dialog=replace(own, old="1", secret="", unlike=True)))
    yield "dialog new PIN again", desk_page(replace(free, dialog=replace(own, old="1", new="2")))
    supervisor = replace(_changed(free, role="supervisor"), colleagues=officers)
    whose = dialogs.begun_about_pin(supervises=True)
    yield "dialog whose PIN", desk_page(replace(supervisor, dialog=whose))
    longest = max(officers, key=lambda officer: len(officer[1]))[0]
    for kind in ("reset_pin", "unlock"):
        of_whom = replace(whose, kind=kind, at=0)
        yield f"dialog {kind}, whom", desk_page(replace(supervisor, dialog=of_whom))
        yield f"dialog {kind}", desk_page(replace(supervisor, dialog=replace(of_whom, target=longest, new="2")))
    by_id = replace(supervisor, colleagues=(), dialog=replace(whose, kind="unlock", text="a-long-officer-id"))
    yield "dialog unlock, by id", desk_page(by_id)


def _at_the_desk(free: DeskState, called: DeskState, serving: DeskState) -> Iterator[Sample]:
    undo = {"undo_until": free.now + dt.timedelta(seconds=29), "undo_action": "transferred", "undo_number": "AP-1012"}
    yield "free", desk_page(free)
    yield "free, last step", desk_page(_changed(free, **undo))
    yield "nobody waits", desk_page(_changed(free, queue=(), queue_length=0))
    yield "break", desk_page(_changed(free, state="paused"))
    yield "called", desk_page(called)
    yield "called, last step", desk_page(_changed(called, **(undo | {"undo_action": "called"})))
    yield "serving", desk_page(serving)
    yield "serving, other acts", desk_page(replace(serving, more=True))
    yield "free, other acts", desk_page(replace(free, more=True))
    calls = tuple(HelpCall(kiosk=f"kiosk-{n}", since=free.now) for n in (1, 2))
    yield "calls for help", desk_page(replace(free, help=calls))
    ours = (HelpCall(kiosk="kiosk-1", since=free.now, coming="1", counter=free.counter),)
    yield "on the way to help", desk_page(replace(called, help=ours))
    asked = Asked(
        action="help", stage=free.office.stages[-1].id if free.office else None, by="Siti Rahmawati", at=free.now
    )
    yield "asked to help", desk_page(_changed(free, asked=asked))
    yield "pauses soon", desk_page(_changed(serving, pauses=True))
    yield "no answer yet", desk_page(replace(called, notice=slow(free.phrases), busy=Intent.RECALL))
    offline = replace(called, online=False, stale_since=free.now)
    yield "not connected", desk_page(offline)
    long_ago = free.now - dt.timedelta(seconds=WAIT_S)
    yield "not connected for long", desk_page(replace(offline, stale_since=long_ago))
    yield "free, not connected for long", desk_page(replace(free, online=False, stale_since=long_ago))
    journal = Presence(online=True, kind="engine", devices={"journal": "shorter than its head"})
    yield "trouble with the stored data", desk_page(replace(called, broker=journal))


def _told_at_rest(free: DeskState) -> Iterator[Sample]:
    """Yield a free desk with the officer's own ratings, and with complaints that must be answered."""
    weeks = tuple(
        WeekRatings(begin=dt.date(2026, 12, 28) - dt.timedelta(weeks=5 - week), counts=(1, 4, 30 + week, 20))
        for week in range(6)
    )
    rated = Ratings(today=(1, 0, 12, 31), month=(3, 22, 160, 340), weeks=weeks)
    due = ComplaintFigures(since=dt.date(2026, 1, 1), overdue=12, due_soon=13)
    own = replace(free, ratings=rated)
    supervisor = replace(_changed(own, role="supervisor"), complaints=due)
    yield "free, own ratings", desk_page(own)
    yield "free, complaints due", desk_page(supervisor)
    yield "break, complaints due", desk_page(_changed(supervisor, state="paused"))
    calls = tuple(HelpCall(kiosk=f"kiosk-{n}", since=free.now) for n in (1, 2))
    yield "complaints due, calls for help", desk_page(replace(supervisor, help=calls))
    yield "complaints due, not connected", desk_page(replace(supervisor, online=False, stale_since=free.now))
    yield "own ratings in the office's list", desk_page(replace(supervisor, tab=Intent.HALL))


def _lists(free: DeskState) -> Iterator[Sample]:
    desk = free.desk
    yield "queue, a line chosen", desk_page(replace(free, picked=desk.queue[1] if desk else None))
    supervisor = _changed(free, role="supervisor")
    for tab in tabs_of(supervisor.desk)[1:]:
        yield f"list {tab.value}", desk_page(replace(supervisor, tab=tab))
    ticket = _ticket(free, "held")
    found = replace(supervisor, tab=Intent.FIND, found=found_entry(ticket), picked=found_entry(ticket))
    yield "found", desk_page(found)


def _dialogs(free: DeskState, serving: DeskState) -> Iterator[Sample]:
    number = _number(free)
    for purpose in (Intent.HOLD, Intent.DROP, Intent.TRANSFER):
        begun = dialogs.begun(purpose, number=number, ticket="t")
        yield f"dialog {purpose.value}", desk_page(replace(serving, dialog=begun))
        typed = replace(begun, text="mengambil berkas di mobil, kembali sebelum pukul sebelas")
        if purpose is not Intent.TRANSFER:
            yield f"dialog {purpose.value}, typed", desk_page(replace(serving, dialog=typed))
    for kind in ("stage", "service", "to_counter"):
        target = replace(dialogs.begun(Intent.TRANSFER, number=number, ticket="t"), kind=kind, at=0)
        offered = options(target, serving)
        yield f"dialog where to, {kind}", desk_page(replace(serving, dialog=target))
        longest = max(offered, key=lambda option: len(option.label), default=None)
        if longest is not None:
            noted = replace(target, target=longest.value, at=None)
            yield f"dialog why to, {kind}", desk_page(replace(serving, dialog=noted))
    yield "dialog sign out", desk_page(replace(free, dialog=dialogs.begun(Intent.SIGN_OUT)))
    yield "dialog look up", desk_page(replace(free, dialog=replace(dialogs.begun(Intent.FIND), text=number)))
    chosen = dialogs.begun(Intent.PICK, number=number, ticket="t")
    yield "dialog call", desk_page(replace(free, dialog=chosen))


class _Office:
    """An office in which much goes on, in its longest words."""

    def __init__(self, settings: Settings, office: OfficeMessage, language: str) -> None:
        self._settings = settings
        self._office = office
        self._language = language
        self._now = dt.datetime(2026, 3, 4, 10, 28, tzinfo=settings.office.zone)

    def state(self, room: Room) -> DeskState:
        """Return a free desk for which many wait."""
        counter = self._office.counters[0]
        later = [language for language in self._office.languages if language != self._language]
        devices = Devices(
            ("broker", *(kiosk.id for kiosk in self._settings.kiosks)),
            kiosk=self._settings.kiosk_of(self._settings.counters[0]),
            now=lambda: self._now,
        )
        printer = {"printer": "paper_out, network: 10.0.0.9:9100", "spare-printer": "ready"}
        devices.heard(self._settings.ticket_kiosks[0].id, Presence(online=True, kind="kiosk", devices=printer))
        return DeskState(
            counter=counter.id,
            office=self._office,
            hall=self._hall(),
            desk=self._desk(counter.id, counter.label),
            phrases=Phrases("counter", self._language),
            next_language=later[0] if later else self._language,
            now=self._now,
            online=True,
            is_known=True,
            stale_since=None,
            broker=None,
            standing="alone",
            busy=None,
            notice=None,
            dialog=None,
            tab=Intent.QUEUE,
            picked=None,
            found=None,
            calls_before_no_show=2,
            devices=devices,
            room=room,
        )

    def _desk(self, counter: str, label: str) -> CounterMessage:
        """Return what waits: the longest names first."""
        services = sorted(self._office.services, key=lambda one: -len(one.name.get(self._language, one.id)))
        lanes = itertools.cycle(self._office.lanes)
        queue = tuple(
            QueueEntry(
                id=f"t{place}",
                number=f"{service.letter}{lane.letter}-1{place:03d}",
                service=service.id,
                lane=lane.id,
                waiting_since=self._now - dt.timedelta(minutes=WAITED_MIN - place),
                score=1.3 - place / 10,
            )
            for place, (service, lane) in enumerate(zip([*services, *services], lanes, strict=False))
        )
        note = "Mengambil fotokopi Kartu Keluarga dan akta kelahiran anak"
        officer = max((officer.name for officer in self._settings.officers), key=len)
        return CounterMessage(
            id=counter,
            label=label,
            state="open",
            officer=officer,
            queue=queue,
            queue_length=137,
            held=tuple(HeldEntry(note=note, **entry.model_dump()) for entry in queue[:3]),
            missed=queue,
            day=OfficerDay(served=114, mean_service_s=560, called=118, within_promise=97),
        )

    def _hall(self) -> HallMessage:
        groups = tuple(
            WaitingGroup(stage=stage, service=service.id, lane=lane.id, count=17)
            for service in self._office.services
            for stage in service.stages[:1]
            for lane in self._office.lanes
        )
        states: tuple[CounterState, ...] = ("open", "serving", "calling", "paused", "closed")
        counters = tuple(
            HallCounter(id=one.id, label=one.label, state=state, number="AP-1012" if "ing" in state else None)
            for one, state in zip(self._office.counters, itertools.cycle(states), strict=False)
        )
        return HallMessage(revision=1, seq=1, at=self._now, day=self._now.date(), waiting=groups, counters=counters)


def _changed(state: DeskState, /, **changes: object) -> DeskState:
    return replace(state, desk=state.desk.model_copy(update=changes) if state.desk else None)


def _with_visitor(state: DeskState, doing: CounterState) -> DeskState:
    passed = tuple(PassedOver(number=f"A-1{n:03d}", score=0.9) for n in range(5))
    why = Reason(policy="head_start", score=0.4, waited_s=7700, promised_s=3600, passed_over=passed)
    ticket = _ticket(state, "called" if doing == "calling" else "serving")
    return _changed(state, state=doing, ticket=ticket, reason=why)


def _ticket(state: DeskState, being: str) -> Ticket:
    """Return a ticket of the service, stage and lane with the longest names."""
    office, language = state.office, state.phrases.language
    if office is None:
        message = "there is no office without its message"
        raise ValueError(message)
    service = max(office.services, key=lambda one: len(one.name.get(language, "")))
    stage = max(office.stages, key=lambda one: len(one.name.get(language, "")))
    lane = max(office.lanes, key=lambda one: len(one.name.get(language, "")))
    since = state.now - dt.timedelta(minutes=WAITED_MIN)
    history = tuple(
        HistoryEntry(at=since, type=kind, stage=stage.id, counter=state.counter)
        for kind in ("issued", "called", "recalled", "no_show", "rejoined", "held", "unheld", "finished", "called")
    )
    return Ticket.model_validate(
        {
            "id": "t",
            "number": _number(state),
            "service": service.id,
            "lane": lane.id,
            "stage": stage.id,
            "state": being,
            "language": language,
            "issued_at": since,
            "waiting_since": since,
            "ahead": 0,
            "qr": "",
            "times_called": 2,
            "history": history,
            "counter": state.counter,
        }
    )


def _number(state: DeskState) -> str:
    """Return a number with as many letters and figures as there may be."""
    letters = (lane.letter for lane in state.office.lanes) if state.office else ()
    return NUMBER.format(letter=max(letters, key=len, default=""))


def _longest_counter(state: DeskState) -> str:
    return max(state.office.counters, key=lambda one: len(one.label)).id if state.office else ""
