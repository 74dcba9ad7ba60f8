"""The parts of a running lobby display, put together. Import after `window.prepare`."""

from __future__ import annotations

import datetime as dt
import functools
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from broker.config.settings import Display, Settings
from broker.contract.clock import EngineClock
from broker.contract.messages import (
    AnnouncementsMessage,
    DayMessage,
    EventMessage,
    FeedbackMessage,
    HallMessage,
    OfficeMessage,
    Presence,
    ResultsMessage,
    WaitingMessage,
)
from broker.contract.office import OfficeBus, listen_to_office
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.language import training_mark, words_of
from display.drawing.screen import LobbyScreen, screen_name
from display.hall.announcer import speech_rules
from display.hall.board import Zone
from display.hall.media import media_in
from display.hall.presenter import LobbyPresenter
from display.hall.voice import Voice, chimes
from display.pages.layout import lay_out, room_for
from display.pages.lobby import LobbyPage, OfficeTexts, Room
from display.pages.panel import MediaPage
from display.pages.results import Ways
from display.pages.sheet import frame_for
from hardware.errors import HardwareError
from hardware.factory import build_speaker, voices
from hardware.office_logo import read_logo
from hardware.panel.bridge import Drawing, every, post
from hardware.panel.look import Look
from hardware.panel.scale import Reader
from hardware.panel.screen import PanelApp
from hardware.panel.targets import targets_file
from hardware.worker import DeviceWorker

TICK_S = 0.1
SOUND_CHECK_S = 30.0
MEDIA_CHECK_S = 60.0
"""So often is looked what the folder of pictures has."""
VOICE_ENDS_WITHIN_S = 1.0
"""At the end of the display nobody waits for an announcement to its last word."""


class DisplayApp:
    """One lobby display, from the window's opening to its end."""

    def __init__(self, settings: Settings, display: Display, *, data_dir: Path, bus: OfficeBus) -> None:
        """Build all parts; nothing is shown or sent before `run`."""
        self._bus = bus
        self._language = settings.office.languages[0]
        self._health: dict[str, str] = {}
        self._worker = DeviceWorker("speaker", post)
        self._voice = Voice(
            lambda: build_speaker(display.sound, data_dir=data_dir),
            chimes=chimes(settings),
            worker=self._worker,
            on_health=functools.partial(self._report, "speaker"),
        )
        self._logo = read_logo(settings.office.logo)
        title = f"Antrean {display.id}"
        self._app = PanelApp(
            display.panel, reader=Reader.HALL, title=title, root=self._build, accent=settings.office.accent
        )
        self._app.on_begin, self._app.on_end = self._begin, self._end
        if settings.training:
            self._app.mark(training_mark(settings.office.languages))
        self._display, self._frame = display, frame_for(self._app.look)
        self._zone = zone = settings.office.zone
        self._clock = EngineClock(lambda: dt.datetime.now(zone), time.monotonic)
        self._presenter = LobbyPresenter(
            clock=self._clock,
            languages=settings.office.languages,
            phrases=words_of("display", settings.office.languages),
            announce=lambda call, words: self._voice.announce(call, words, self._presenter.speech_ended),
            page_s=display.page_s,
            room=self._room,
            has_panel=display.procedures,
            zone=Zone(frozenset(display.counters), frozenset(display.stages)),
            veil=display.dim.veil if display.dim else lambda _at: 0.0,
            speech=speech_rules(
                display.sound, voices(display.sound.speech, data_dir=data_dir), languages=settings.office.languages
            ),
            ways=_ways(settings),
        )
        self._media_folder = None if display.media is None else data_dir / display.media
        self._media_worker = DeviceWorker("media", post)
        self._drawing = Drawing(lambda: self._presenter.page, self._show)
        self._listen(Topics(settings.office.id))

    def run(self) -> None:
        """Show the window until it is closed or told to end."""
        self._app.run()

    def _listen(self, topics: Topics) -> None:
        drawn = self._drawing.after
        listen_to_office(self._bus, topics, drawn(self._office))
        self._bus.listen(topics.hall(), HallMessage, drawn(self._presenter.hall))
        self._bus.listen(topics.day(), DayMessage, drawn(self._presenter.day))
        self._bus.listen(topics.announcements(), AnnouncementsMessage, drawn(self._presenter.announcements))
        if self._display.waiting:
            self._bus.listen(topics.waiting("+"), WaitingMessage, drawn(self._presenter.waiting))
        if self._display.results:
            self._bus.listen(topics.feedback(), FeedbackMessage, drawn(self._presenter.feedback))
            self._bus.listen(topics.results(), ResultsMessage, drawn(self._presenter.results))
        self._bus.listen(topics.event("+"), EventMessage, drawn(self._presenter.event))
        self._bus.listen(topics.presence(ENGINE_CLIENT), Presence, drawn(self._presenter.broker))
        self._bus.on_link(drawn(lambda online: self._presenter.link(online=online)))
        self._bus.on_taken(drawn(self._presenter.taken))

    def _office(self, office: OfficeMessage) -> None:
        self._app.mark(training_mark(office.languages) if office.is_training else "")
        self._presenter.office(office)

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        self._screen = LobbyScreen(self._app.look, targets_file())
        self._app.fbind("look", self._resized)
        return self._screen.root

    def _show(self, page: LobbyPage) -> None:
        sheet = lay_out(replace(page, logo=self._logo), self._frame)
        self._presenter.drawn(sheet)
        self._screen.show(sheet, screen_name(page))

    def _room(self, texts: OfficeTexts) -> Room:
        return room_for(texts, self._frame, has_panel=self._display.procedures)

    def _resized(self, _app: object, look: Look) -> None:
        self._frame = frame_for(look)
        self._screen.resize(look)
        self._presenter.fit(self._room)
        self._drawing.update()

    def _report(self, device: str, health: str) -> None:
        if health and self._health.get(device) != health:
            self._health[device] = health
            self._bus.report_devices(self._health)

    def _tick(self) -> None:
        self._presenter.tick()
        self._report("clock", self._presenter.clock_health)
        self._drawing.update()

    def _look_for_media(self) -> None:
        folder, language = self._media_folder, self._language
        if folder is not None:
            day = self._clock.now().astimezone(self._zone).date()
            self._media_worker.submit(lambda: media_in(folder, language, day=day), self._media_found)

    def _media_found(self, found: tuple[tuple[MediaPage, ...], str] | HardwareError) -> None:
        if not isinstance(found, HardwareError):
            self._presenter.media(found[0])
            self._report("media", found[1])

    def _begin(self) -> None:
        self._look_for_media()
        self._stop_media = every(MEDIA_CHECK_S, self._look_for_media)
        self._drawing.update()
        self._stop_ticks = every(TICK_S, self._tick)
        self._stop_checks = every(SOUND_CHECK_S, self._voice.check)
        self._voice.check()
        self._bus.start()

    def _end(self) -> None:
        self._stop_ticks()
        self._stop_checks()
        self._stop_media()
        self._media_worker.stop(timeout_s=VOICE_ENDS_WITHIN_S)
        self._drawing.end()
        self._bus.stop()
        self._worker.stop(timeout_s=VOICE_ENDS_WITHIN_S)


def _ways(settings: Settings) -> Ways:
    """Return how one complains here: an address stands without what every phone adds by itself."""
    url = settings.web.public_url if settings.web and settings.web.public_url else ""
    return Ways(kiosk=bool(settings.feedback_kiosks), address=url.removeprefix("http://").removeprefix("https://"))
