"""The process of a kiosk: its parts put together. Import after `window.prepare`."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from broker.config.pins import is_pin
from broker.config.settings import Kiosk, Settings
from broker.contract.messages import (
    EventMessage,
    FeedbackMessage,
    HallMessage,
    HelpMessage,
    OfficeMessage,
    Presence,
    Receipt,
    ServiceInfo,
    SurveyMessage,
    Ticket,
)
from broker.contract.office import OfficeBus, listen_to_office
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.language import training_mark, words_of
from hardware.boot import boot_id
from hardware.doctor.test_page import test_page
from hardware.office_logo import read_logo
from hardware.panel.bridge import every, post
from hardware.panel.keys import on_place, on_usb_key
from hardware.panel.scale import Reader
from hardware.panel.screen import PanelApp
from hardware.panel.targets import targets_file
from hardware.worker import DeviceWorker
from kiosk.drawing.screen import RULES, KioskWidget
from kiosk.outbox.keeper import Keeper, ReserveFile
from kiosk.outbox.kept import FileShelf, KeptRequests
from kiosk.outbox.known import KnownOffice
from kiosk.pages.page import Screen
from kiosk.pages.screen import Composer
from kiosk.paper.copies import CounterPapers
from kiosk.paper.layout import complaint_receipt, list_receipt
from kiosk.paper.news import PrintersHealth
from kiosk.paper.printers import CHECK_PRINTERS_S, printers_of
from kiosk.scanner import KioskScanner
from kiosk.visit.feedback import FeedbackPresenter
from kiosk.visit.opinion import asks_of
from kiosk.visit.presenter import Clocks, Presenter
from kiosk.visit.requests import LastingRequests
from kiosk.visit.steps import SETTLE_S, Step
from kiosk.visit.touches import touch
from kiosk.voice.guide import Guide
from kiosk.voice.keys import ENDS_OF_CODES, Keymap
from kiosk.voice.speaking import CHECK_SOUND_S, KioskVoice

Ending = Literal["closed", "restart", "shut_down"]
"""What is to be done once the window is gone."""

TICK_S = 0.1
_BETWEEN = frozenset({Step.FEEDBACK.value, Step.RESTING.value, Step.THANKS.value, "offline"})
"""Pages of a feedback kiosk on which nothing of a visitor's own stands."""
TARGETS_REST_S = SETTLE_S + 0.1
"""Touch targets are named to the outside only when touching them would count."""


class KioskProcess:
    """One kiosk, from the window's opening to its end."""

    def __init__(self, settings: Settings, kiosk: Kiosk, *, data_dir: Path, bus: OfficeBus) -> None:
        """Build all parts; nothing is shown or sent before `run`."""
        zone = settings.office.zone
        self._bus = bus
        self._kiosk = kiosk
        self._words = words_of("kiosk", settings.office.languages)
        self._comparing = DeviceWorker("staff-pin", post)
        self._ending: Ending = "closed"
        writer = DeviceWorker("print-log", post)  # one for both: a request is let go only after its paper is on disk
        boot = boot_id()
        self._known = KnownOffice(data_dir / "known" / f"{kiosk.id}.json", writer, boot=boot)
        self._office: OfficeMessage | None = None

        def now() -> dt.datetime:
            known = self._known.now()
            return dt.datetime.now(zone) if known is None else known.astimezone(zone)

        wifi = None if settings.web is None else settings.web.wifi
        self._printers = printers_of(
            kiosk, data_dir=data_dir, post=post, writer=writer, now=now, on_health=self._printers_changed, wifi=wifi
        )
        self._devices: dict[str, str] = {}
        self._widget: KioskWidget | None = None
        self._lasting = LastingRequests(bus, time.monotonic)
        clocks, machine = Clocks(now, time.monotonic), self if kiosk.staff_pin_hash else None
        self._presenter: Presenter | FeedbackPresenter
        if kiosk.role == "feedback":
            self._presenter = FeedbackPresenter(
                requester=bus,
                lasting=self._lasting,
                said=FileShelf(data_dir / "outbox" / f"{kiosk.id}.said.json", writer, is_harmless=True),
                show=Composer(self._show).show,
                clocks=clocks,
                languages=settings.office.languages,
                idle_s=kiosk.idle_s,
                asks=asks_of(settings, kiosk),
                kiosk=kiosk.id,
                machine=machine,
                print_receipt=self._print_receipt,
            )
        else:
            self._presenter = Presenter(
                requester=bus,
                lasting=self._lasting,
                kept=KeptRequests(FileShelf(data_dir / "requests" / f"{kiosk.id}.json", writer)),
                reserve=Keeper(
                    ReserveFile(data_dir / "outbox" / f"{kiosk.id}.json", writer),
                    self._lasting,
                    time.monotonic,
                    lambda state: self._report(reserve=state),
                    boot=boot,
                ),
                has_paper=self._printers.has,
                print_ticket=self._print,
                show=Composer(self._show).show,
                clocks=clocks,
                languages=settings.office.languages,
                idle_s=kiosk.idle_s,
                kiosk=kiosk.id,
                machine=machine,
                print_list=self._print_list,
                spare_label=kiosk.spare_printer_label,
                wifi=wifi,
            )
        self._shown = ""
        self._scanner = KioskScanner(
            kiosk.scanner,
            data_dir=data_dir,
            post=post,
            on_code=self._presenter.scanned,
            on_health=self._scanner_changed,
        )
        words = self._words
        self._voice = KioskVoice(kiosk.sound, data_dir=data_dir, post=post, on_health=self._voice_changed, words=words)
        self._keymap = Keymap(kiosk.keys)
        self._guide = Guide(
            self._voice,
            act=self._choose,
            touched=self._presenter.touched,
            focus=self._stand_on,
            volume_percent=self._voice.volume_percent,
            words=words,
            turners=lambda: () if self._widget is None else self._widget.turners(),
        )
        counters = frozenset(counter.id for counter in settings.counters if settings.kiosk_of(counter) == kiosk.id)
        self._counter_papers = CounterPapers(counters, lasting=self._lasting, print_ticket=self._print)
        self._logo = read_logo(settings.office.logo)
        title = f"Antrean {kiosk.id}"
        self._app = PanelApp(
            kiosk.panel,
            reader=Reader.VISITOR,
            title=title,
            rules=RULES,
            root=self._build,
            accent=settings.office.accent,
        )
        self._app.on_begin, self._app.on_end = self._begin, self._end
        if settings.training:
            self._app.mark(training_mark(settings.office.languages))
        self._listen(Topics(settings.office.id))

    def run(self) -> Ending:
        """Show the window until it is closed or told to end; return what is to be done then."""
        self._app.run()
        return self._ending

    # -- what staff can do ------------------------------------------------------------------------------------------

    def verify(self, pin: str, told: Callable[[bool], None]) -> None:
        """Compare a PIN with the configured one, where it stops nobody."""
        wanted = self._kiosk.staff_pin_hash or ""
        self._comparing.submit(lambda: is_pin(wanted, pin), lambda right: told(right is True))

    def print_test(self, told: Callable[[bool], None]) -> None:
        """Print the test page."""
        self._printers.print_plain(lambda columns: test_page(self._kiosk.id, columns=columns), "test", told)

    def set_volume(self, percent: int) -> None:
        """Begin each visit this loud from now on."""
        self._guide.be_as_loud_as(percent)

    def restart(self) -> None:
        """End, to begin anew."""
        self._ending = "restart"
        self._app.end()

    def shut_down(self) -> None:
        """End for good."""
        self._ending = "shut_down"
        self._app.end()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _listen(self, topics: Topics) -> None:
        listen_to_office(self._bus, topics, self._office_changed)
        self._bus.listen(topics.event("reprinted"), EventMessage, self._counter_papers.heard)
        self._bus.listen(topics.hall(), HallMessage, self._hall_changed)
        self._bus.listen(topics.presence(ENGINE_CLIENT), Presence, self._presenter.broker_changed)
        self._bus.listen(topics.help(), HelpMessage, self._help_changed)
        if isinstance(self._presenter, FeedbackPresenter):
            self._bus.listen(topics.survey("+", "+"), SurveyMessage, self._presenter.survey_changed)
            self._bus.listen(topics.feedback(), FeedbackMessage, self._presenter.feedback_changed)
            self._bus.listen(topics.event("finished"), EventMessage, self._presenter.finished)
            self._bus.listen(topics.event("undone"), EventMessage, self._presenter.undone)
        self._bus.on_link(self._presenter.link_changed)
        self._bus.on_taken(self._presenter.taken)

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        targets = targets_file(rest_s=TARGETS_REST_S)
        self._widget = KioskWidget(
            self._touch,
            touched=self._presenter.touched,
            targets=targets,
            pressed=self._finger_down,
            logo=self._logo,
        )
        if self._scanner.types:
            on_place(self._scanner.key)
        on_usb_key(self._key)
        return self._widget.root

    def _begin(self) -> None:
        self._remember()
        self._presenter.tick()
        self._stop_ticks = every(TICK_S, self._tick)
        self._stop_checks = every(CHECK_PRINTERS_S, self._printers.check)
        self._stop_sound_checks = every(CHECK_SOUND_S, self._voice.check)
        self._printers.check()
        self._voice.check()
        self._presenter.recover()  # first what was given out alone: of its paper the office can hear only afterwards
        self._printers.recover(self._presenter.printed)
        self._scanner.start()
        self._bus.start()

    def _tick(self) -> None:
        self._presenter.tick()
        self._scanner.tick()
        self._guide.tick()

    def _end(self) -> None:
        self._stop_ticks()
        self._stop_checks()
        self._stop_sound_checks()
        self._widget = None  # what still comes in has nothing left to be drawn on
        self._bus.stop()
        self._scanner.stop()
        self._voice.stop()
        self._printers.stop()
        self._comparing.stop()

    def _report(self, **devices: str) -> None:
        self._devices |= devices
        self._bus.report_devices(self._devices)
        self._presenter.devices_changed(self._devices)

    def _touch(self, target: str) -> None:
        touch(self._presenter, target)

    def _show(self, screen: Screen) -> None:
        if self._widget is None:
            return
        self._widget.show(screen)
        self._guide.shown(screen)
        # Once a visit is over, nothing of what was written stands in a widget or in what words are drawn from.
        before, self._shown = self._shown, screen.name
        if self._kiosk.role == "feedback" and screen.name in _BETWEEN and before not in {"", *_BETWEEN}:
            self._widget.forget()

    def _choose(self, target: str) -> None:
        """Do what OK does where the visitor stands; to turn a page is the drawing's own affair."""
        if self._widget is None or not self._widget.turn(target):
            self._touch(target)

    def _stand_on(self, target: str) -> None:
        if self._widget is not None:
            self._widget.stand_on(target)

    def _finger_down(self) -> None:
        self._guide.felt()
        self._voice.click()

    def _key(self, name: str, shifted: bool) -> None:  # noqa: FBT001 - as a keyboard tells it
        meant = self._keymap.meaning(name, shifted=shifted, is_turned=self._guide.is_turned)
        if meant is None or (name in ENDS_OF_CODES and self._scanner.is_typing):
            return
        key, is_tactile = meant
        self._guide.key(key, is_tactile=is_tactile)

    def _voice_changed(self, device: str, health: str) -> None:
        self._presenter.voice_changed(is_there=self._voice.is_there)
        self._presenter.volume_changed(self._guide.usual_volume if self._voice.is_there else None)
        self._report(**{device: health})

    def _office_changed(self, office: OfficeMessage) -> None:
        self._office = office
        self._app.mark(training_mark(office.languages) if office.is_training else "")
        self._presenter.office_changed(office)
        self._counter_papers.office_heard(office)
        self._printers.office_heard(office)

    def _hall_changed(self, hall: HallMessage) -> None:
        self._presenter.hall_changed(hall)
        if self._office is not None and not hall.retained and self._kiosk.role == "tickets":
            self._known.keep(self._office, hall, hall.at)

    def _remember(self) -> None:
        """Begin with what an earlier run knew of the office, for a kiosk that gives out numbers in advance."""
        known = self._known.found if self._kiosk.role == "tickets" else None
        if known is not None:
            self._app.mark(training_mark(known[0].languages) if known[0].is_training else "")
        self._presenter.remember(known, self._known.unknown if self._kiosk.role == "tickets" else None)

    def _printers_changed(self, printers: PrintersHealth) -> None:
        self._presenter.printers_changed(printers)
        self._report(**self._printers.devices)

    def _scanner_changed(self, health: str) -> None:
        self._presenter.scanner_changed(is_there=health != "absent")
        self._report(scanner=health)

    def _help_changed(self, message: HelpMessage) -> None:
        self._presenter.help_changed({call.kiosk: call.coming for call in message.open})

    def _print_list(
        self, service: ServiceInfo, office: OfficeMessage, language: str, told: Callable[[bool], None]
    ) -> None:
        phrases = self._words(language)
        self._printers.print_plain(
            lambda columns: list_receipt(service, office, phrases, columns=columns), service.id, told
        )

    def _print_receipt(
        self, receipt: Receipt, office: OfficeMessage, language: str, told: Callable[[bool], None]
    ) -> None:
        phrases = self._words(language)
        self._printers.print_plain(
            lambda columns: complaint_receipt(receipt, office, phrases, columns=columns), "receipt", told
        )

    def _print(self, ticket: Ticket, office: OfficeMessage) -> None:
        self._printers.print(ticket, office, self._presenter.printed)
