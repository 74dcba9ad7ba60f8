"""An officer's window as a process: builds bus, presenter and window, and ends them in order."""

from __future__ import annotations

import datetime as dt
import functools
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from broker.bus import Bus, Post
from broker.config.settings import Settings
from broker.contract.link import Requester
from broker.contract.messages import CounterMessage, HallMessage, OfficeMessage
from broker.contract.topics import Topics, screen_client
from broker.language import Phrases
from counter.desk_view import DeskView
from counter.presenter import CounterPresenter
from counter.session import SessionFile
from counter.signin_view import SignInView
from hardware.panel.scale import Reader
from hardware.panel.window import prepare

TICK_S = 0.1

M = TypeVar("M", bound=BaseModel)
News = TypeVar("News")


class OfficeBus(Requester, Protocol):
    """What the window needs of `broker.bus.Bus`."""

    def listen(self, topic_filter: str, model: type[M], handler: Callable[[M], None]) -> None:
        """Hand over what comes on a topic."""

    def on_link(self, handler: Callable[[bool], None]) -> None:
        """Tell when the engine can be reached and when not."""

    def start(self) -> None:
        """Connect in the background."""

    def stop(self) -> None:
        """Disconnect."""


def open_bus(settings: Settings, counter_id: str, post: Post) -> OfficeBus:
    """Return the bus of this counter, not yet started."""
    client = screen_client("counter", counter_id)
    return Bus(
        address=settings.mqtt.address(client), office=settings.office.id, client=client, kind="counter", post=post
    )


def run(
    settings: Settings,
    counter_id: str,
    *,
    data_dir: Path,
    bus_for: Callable[[Settings, str, Post], OfficeBus] = open_bus,
) -> int:
    """Show the window until it is closed or told to end; KeyError for a counter that the settings lack."""
    if counter_id not in {entry.id for entry in settings.counters}:
        raise KeyError(counter_id)
    prepare(settings.counter_panel, title=f"Antrean {counter_id}", data_dir=data_dir)
    # Kivy reads its settings when it is imported: only now.
    from hardware.panel.bridge import post  # noqa: PLC0415 - as said

    _Process(settings, counter_id, data_dir=data_dir, bus=bus_for(settings, counter_id, post)).run()
    return 0


class _Process:
    """The parts of a running window."""

    def __init__(self, settings: Settings, counter_id: str, *, data_dir: Path, bus: OfficeBus) -> None:
        from counter.view import RULES  # noqa: PLC0415 - imports Kivy, which `prepare` must precede
        from hardware.panel.screen import PanelApp  # noqa: PLC0415 - the same

        self._bus = bus
        zone = settings.office.zone
        self._presenter = CounterPresenter(
            counter=counter_id,
            now=lambda: dt.datetime.now(zone),
            requester=bus,
            sessions=SessionFile(data_dir / counter_id / "session.json"),
            officers=tuple((officer.id, officer.name) for officer in settings.officers),
            languages=settings.office.languages,
            phrases=functools.partial(Phrases, "counter"),
            calls_before_no_show=settings.journey.calls_before_no_show,
        )
        self._drawn: SignInView | DeskView | None = None
        self._is_over = False
        self._app = PanelApp(
            settings.counter_panel,
            reader=Reader.OFFICER,
            title=f"Antrean {counter_id}",
            rules=RULES,
            root=self._build,
        )
        self._app.on_begin, self._app.on_end = self._begin, self._end
        topics = Topics(settings.office.id)
        bus.listen(topics.office_state(), OfficeMessage, self._then_draw(self._presenter.office))
        bus.listen(topics.hall(), HallMessage, self._then_draw(self._presenter.hall))
        bus.listen(topics.counter(counter_id), CounterMessage, self._then_draw(self._presenter.desk))
        bus.on_link(self._then_draw(self._linked))

    def run(self) -> None:
        """Show the window until it is closed, or until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._app.stop())
        self._app.run()

    def _linked(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        self._presenter.link(online=online)

    def _then_draw(self, take: Callable[[News], None]) -> Callable[[News], None]:
        """Draw in the very frame that brought the news."""

        def taken(news: News) -> None:
            take(news)
            self._draw()

        return taken

    def _build(self) -> Any:  # noqa: ANN401 - Kivy's widgets have no types
        from counter.view import CounterScreen  # noqa: PLC0415 - imports Kivy
        from hardware.panel.targets import targets_file  # noqa: PLC0415 - the same

        self._screen = CounterScreen(self._presenter, self._app.look.theme, touched=self._draw, targets=targets_file())
        return self._screen.root

    def _key(self, name: str) -> None:
        self._presenter.key(name)
        self._draw()

    def _draw(self) -> None:
        view = self._presenter.view
        # What the bus still tells while the window closes has nothing left to be drawn on.
        if view != self._drawn and not self._is_over:
            self._drawn = view
            self._screen.show(view)

    def _begin(self) -> None:
        from hardware.panel.bridge import every  # noqa: PLC0415 - imports Kivy
        from hardware.panel.keys import on_key  # noqa: PLC0415 - the same

        self._draw()
        on_key(self._key)
        self._stop_ticks = every(TICK_S, self._draw)
        self._bus.start()

    def _end(self) -> None:
        self._is_over = True
        self._stop_ticks()
        self._bus.stop()
