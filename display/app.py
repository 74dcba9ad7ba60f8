"""A lobby display as a process: builds bus, voice, presenter and window, and ends them in order."""

from __future__ import annotations

import datetime as dt
import functools
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from broker.bus import Bus, Post
from broker.config.settings import Display, Settings
from broker.contract.messages import EventMessage, HallMessage, OfficeMessage
from broker.contract.topics import Topics, screen_client
from broker.language import Phrases
from display.presenter import LobbyPresenter, LobbyView
from display.voice import Voice
from hardware.panel.scale import Reader
from hardware.panel.window import prepare
from hardware.worker import DeviceWorker

TICK_S = 0.1
VOICE_ENDS_WITHIN_S = 1.0
"""At the end of the display nobody waits for an announcement to its last word."""

M = TypeVar("M", bound=BaseModel)
News = TypeVar("News")


class OfficeBus(Protocol):
    """What a display needs of `broker.bus.Bus`."""

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Hand over what comes on a topic."""

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Tell when the engine can be reached and when not."""

    def report_devices(self, devices: Mapping[str, str]) -> None:
        """Tell how devices fare."""

    def start(self) -> None:
        """Connect in the background."""

    def stop(self) -> None:
        """Disconnect."""


def open_bus(settings: Settings, display_id: str, post: Post) -> OfficeBus:
    """Return the bus of this display, not yet started."""
    client = screen_client("display", display_id)
    return Bus(
        address=settings.mqtt.address(client), office=settings.office.id, client=client, kind="display", post=post
    )


def run(
    settings: Settings,
    display_id: str,
    *,
    data_dir: Path,
    bus_for: Callable[[Settings, str, Post], OfficeBus] = open_bus,
) -> int:
    """Show the display until it is closed or told to end; KeyError for a display that the settings lack."""
    display = {entry.id: entry for entry in settings.displays}[display_id]
    prepare(display.panel, title=f"Antrean {display_id}", data_dir=data_dir)
    # Kivy reads its settings when it is imported: only now.
    from hardware.panel.bridge import post  # noqa: PLC0415 - as said

    _Process(settings, display, data_dir=data_dir, bus=bus_for(settings, display_id, post)).run()
    return 0


class _Process:
    """The parts of a running display."""

    def __init__(self, settings: Settings, display: Display, *, data_dir: Path, bus: OfficeBus) -> None:
        from display.view import RULES, room_for  # noqa: PLC0415 - imports Kivy, which `prepare` must precede
        from hardware.panel.bridge import post  # noqa: PLC0415 - the same
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same

        self._bus = bus
        self._worker = DeviceWorker("speaker", post)
        self._voice = Voice(
            display.sound,
            data_dir=data_dir,
            worker=self._worker,
            on_health=lambda health: bus.report_devices({"speaker": health}),
        )
        self._app = PanelApp(
            display.panel, reader=Reader.HALL, title=f"Antrean {display.id}", rules=RULES, root=self._build
        )
        self._app.on_begin, self._app.on_end = self._begin, self._end
        self._room_for = room_for
        zone = settings.office.zone
        self._presenter = LobbyPresenter(
            now=lambda: dt.datetime.now(zone),
            languages=settings.office.languages,
            phrases=functools.partial(Phrases, "display"),
            announce=lambda call, words: self._voice.announce(call, words, self._presenter.speech_ended),
            page_s=display.page_s,
            room=room_for(self._app.look),
            words_per_minute=display.sound.speech.words_per_minute,
        )
        self._drawn: LobbyView | None = None
        self._is_over = False
        self._listen(Topics(settings.office.id))

    def run(self) -> None:
        """Show the window until it is closed, or until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._app.stop())
        self._app.run()

    def _listen(self, topics: Topics) -> None:
        self._bus.listen(topics.office_state(), OfficeMessage, self._then_draw(self._presenter.office))
        self._bus.listen(topics.hall(), HallMessage, self._then_draw(self._presenter.hall))
        self._bus.listen(topics.event("+"), EventMessage, self._then_draw(self._presenter.event))
        self._bus.on_link(self._then_draw(self._linked))

    def _linked(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        self._presenter.link(online=online)

    def _then_draw(self, take: Callable[[News], None]) -> Callable[[News], None]:
        """Draw in the very frame that brought the news."""

        def taken(news: News) -> None:
            take(news)
            self._draw()

        return taken

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        from display.view import LobbyScreen  # noqa: PLC0415 - imports Kivy
        from hardware.panel.targets import targets_file  # noqa: PLC0415 - the same

        self._screen = LobbyScreen(self._app.look, targets_file())
        self._app.fbind("look", self._resized)
        return self._screen.root

    def _resized(self, _app: object, look: Any) -> None:  # noqa: ANN401 - whatever Kivy hands on
        self._presenter.fit(self._room_for(look))
        self._draw()

    def _tick(self) -> None:
        self._presenter.tick()
        self._draw()

    def _draw(self) -> None:
        view = self._presenter.view
        # What the bus still tells while the window closes has nothing left to be drawn on.
        if view != self._drawn and not self._is_over:
            self._drawn = view
            self._screen.show(view)

    def _begin(self) -> None:
        from hardware.panel.bridge import every  # noqa: PLC0415 - imports Kivy

        self._draw()
        self._stop_ticks = every(TICK_S, self._tick)
        self._voice.check()
        self._bus.start()

    def _end(self) -> None:
        self._is_over = True
        self._stop_ticks()
        self._bus.stop()
        self._worker.stop(timeout_s=VOICE_ENDS_WITHIN_S)
