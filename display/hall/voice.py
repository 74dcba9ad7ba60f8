"""Speaks calls on the sound device's own thread: it never blocks the screen, and no fault gets out as an error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from broker.config.settings import Settings
from display.hall.announcer import Announcement
from display.hall.board import Call
from hardware.errors import HardwareError
from hardware.ports import Sound, Speaker
from hardware.worker import DeviceWorker

log = logging.getLogger(__name__)


class Voice:
    """The display's speaker behind its worker, built there when it is first needed."""

    def __init__(
        self,
        build: Callable[[], Speaker],
        *,
        chimes: Mapping[str, str],
        worker: DeviceWorker,
        on_health: Callable[[str], None],
    ) -> None:
        """`build` makes the speaker; `chimes` by lane; `on_health` hears in one line how it is, when that changes."""
        self._chimes = chimes
        self._worker = worker
        self._on_health = on_health
        self._build = build
        self._speaker: Speaker | None = None
        self._health = ""

    def check(self) -> None:
        """Make ready, find out what speaker this is, and tell it: a card that was unplugged shows before a call."""
        self._worker.submit(self._check, lambda health: self._tell(str(health)))

    def announce(self, call: Call, said: Announcement, on_ended: Callable[[Call], None]) -> None:
        """Chime the lane's tune if asked to and say the call; `on_ended` is told once, also when nothing was heard."""

        def done(result: tuple[Sound, str] | HardwareError) -> None:
            if isinstance(result, HardwareError):
                log.warning("call %s was not heard: %s", call.number, result)
            self._tell(str(result) if isinstance(result, HardwareError) else result[1])
            on_ended(call)

        self._worker.submit(lambda: self._announce(call.lane, said), done)

    def _check(self) -> str:
        speaker = self._ready()
        speaker.prepare(self._chimes.values())
        return speaker.health()

    def _announce(self, lane: str, said: Announcement) -> tuple[Sound, str]:
        speaker = self._ready()
        chime = self._chimes.get(lane, lane) if said.chime else None
        return speaker.announce(chime, said.utterances), speaker.health()

    def _ready(self) -> Speaker:
        if self._speaker is None:
            self._speaker = self._build()
        return self._speaker

    def _tell(self, health: str) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)


def chimes(settings: Settings) -> dict[str, str]:
    """Return the chime of each lane; a lane without a choice has the one that belongs to its id."""
    return {lane.id: lane.id if lane.chime == "auto" else lane.chime for lane in settings.lanes}
