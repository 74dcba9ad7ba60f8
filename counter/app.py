"""An officer's window as a process: its parts, put together. Import after `window.prepare`."""

from __future__ import annotations

import datetime as dt
import functools
import os
import time
from pathlib import Path
from typing import Any

from broker.config.settings import Counter, Settings
from broker.contract.clock import EngineClock
from broker.contract.messages import (
    AlertsMessage,
    CounterMessage,
    FeedbackMessage,
    HallMessage,
    HelpMessage,
    OfficeMessage,
    Presence,
    TrainingMessage,
)
from broker.contract.office import OfficeBus
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.language import training_mark, words_of
from counter.beside import Beside, WindowCalls
from counter.desk.devices import Devices
from counter.desk.keys import REPEATS, Intent
from counter.desk.presenter import CounterPresenter
from counter.desk.session import SessionFile
from counter.drawing.screen import RULES, CounterWidget
from counter.pages.desk import DeskPage
from counter.pages.pace import Pace
from counter.pages.sign_in import SignInPage
from hardware.panel.bridge import Drawing, every, post
from hardware.panel.keys import on_key
from hardware.panel.scale import Reader
from hardware.panel.screen import PanelApp, raise_window, window_id
from hardware.panel.targets import targets_file
from hardware.panel.window import miniature

TICK_S = 0.2
"""So often is looked whether time alone has changed the page."""


class CounterProcess:
    """One officer's window, from its opening to its end."""

    def __init__(self, settings: Settings, counter: Counter, *, data_dir: Path, bus: OfficeBus) -> None:
        """Build all parts; nothing is shown or sent before `run`."""
        zone = settings.office.zone
        self._bus = bus
        clock = EngineClock(functools.partial(dt.datetime.now, zone), time.monotonic)
        self._parts = _parts(settings)
        self._devices = Devices(self._parts, kiosk=settings.kiosk_of(counter), now=clock.now)
        self._presenter = CounterPresenter(
            counter=counter.id,
            clock=clock,
            requester=bus,
            sessions=SessionFile(data_dir / counter.id / "session.json"),
            officers=tuple((officer.id, officer.name) for officer in settings.officers),
            languages=settings.office.languages,
            phrases=words_of("counter", settings.office.languages),
            devices=self._devices,
            calls_before_no_show=settings.journey.calls_before_no_show,
        )
        pace = Pace(time.monotonic)
        self._drawing = Drawing(lambda: pace.paced(self._presenter.page), self._show)
        self._seen: tuple[object, ...] = ()
        self._has_attention = False
        calls = WindowCalls(self._from_anywhere, raise_window, post)
        self._beside = Beside(settings.counter_panel, calls, data_dir=data_dir / counter.id)
        title = f"Antrean {counter.id}"
        panel = miniature(settings.counter_panel, os.environ)
        self._app = PanelApp(
            panel, reader=Reader.OFFICER, title=title, rules=RULES, root=self._build, accent=settings.office.accent
        )
        self._app.on_begin, self._app.on_end = self._begin, self._end
        self._languages, self._told = settings.office.languages, ""
        self._mark(is_training=settings.training)
        self._listen(Topics(settings.office.id), counter.id)

    def run(self) -> None:
        """Show the window until it is closed or told to end."""
        self._app.run()

    def _listen(self, topics: Topics, counter: str) -> None:
        drawn = self._drawing.after
        self._bus.listen(topics.office_state(), OfficeMessage, drawn(self._office))
        self._bus.listen(topics.hall(), HallMessage, self._presenter.hall)  # who waits is drawn by the next tick
        self._bus.listen(topics.counter(counter), CounterMessage, self._desk)
        self._bus.listen(topics.help(), HelpMessage, self._help)
        self._bus.listen(topics.feedback(), FeedbackMessage, self._presenter.feedback)  # by the next tick as well
        self._bus.listen(topics.training(), TrainingMessage, drawn(self._training))
        self._bus.listen(topics.alerts(), AlertsMessage, self._presenter.alerts)
        for part in self._parts[1:]:
            self._bus.listen(topics.presence(part), Presence, drawn(functools.partial(self._devices.heard, part)))
        self._bus.listen(topics.presence(ENGINE_CLIENT), Presence, drawn(self._broker))
        self._bus.on_taken(drawn(self._presenter.taken))
        self._bus.on_link(drawn(lambda online: self._presenter.link(online=online)))

    def _office(self, office: OfficeMessage) -> None:
        self._mark(is_training=office.is_training)
        self._presenter.office(office)

    def _training(self, told: TrainingMessage) -> None:
        self._told = told.text.get(self._languages[0], "")
        self._mark(is_training=True)

    def _mark(self, *, is_training: bool) -> None:
        """Say above everything that this is a training, and below that what it asks."""
        self._app.mark(*((training_mark(self._languages), self._told) if is_training else ("",)))

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        theme, touched = self._app.look.theme, self._update
        self._screen = CounterWidget(self._presenter, theme, touched=touched, targets=targets_file())
        return self._screen.root

    def _show(self, page: SignInPage | DeskPage) -> None:
        self._screen.show(page)

    def _key(self, name: str) -> None:
        self._presenter.key(name)
        self._update()

    def _desk(self, message: CounterMessage) -> None:
        """Draw what has become of the visitor at once; who waits, by the next tick: that changes often in a rush."""
        self._presenter.desk(message)
        self._attend()
        seen = message.state, message.ticket, message.undo_until
        if seen != self._seen:
            self._seen = seen
            self._drawing.update()

    def _help(self, message: HelpMessage) -> None:
        self._presenter.help(message)
        self._update()

    def _from_anywhere(self, name: str) -> None:
        self._presenter.anywhere(Intent(name))
        self._update()

    def _update(self) -> None:
        self._attend()
        self._drawing.update()

    def _attend(self) -> None:
        """Let sound and task bar say that somebody has come, or no longer."""
        if self._presenter.wants_attention != self._has_attention:
            self._has_attention = self._presenter.wants_attention
            self._beside.attention(wanted=self._has_attention)

    def _broker(self, presence: Presence) -> None:
        self._presenter.broker(presence)
        self._devices.heard(ENGINE_CLIENT, presence)

    def _tick(self) -> None:
        self._presenter.tick()
        self._drawing.update()

    def _begin(self) -> None:
        self._presenter.desktop(self._beside.begin(window_id()))
        self._drawing.update()
        on_key(self._key, repeats=REPEATS)
        self._stop_ticks = every(TICK_S, self._tick)
        self._bus.start()

    def _end(self) -> None:
        self._stop_ticks()
        self._drawing.end()
        self._beside.end()
        self._bus.stop()


def _parts(settings: Settings) -> tuple[str, ...]:
    """Return the clients of the office that have devices, or are one; first the broker."""
    named = (settings.kiosks, settings.displays, settings.counters, settings.keypads, settings.signs)
    return (ENGINE_CLIENT, *(part.id for section in named for part in section), *settings.mqtt.devices)
