"""Speaks calls and announcements on the sound device's own thread: no fault gets out, and the screen never waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from broker.config.settings import Settings
from display.hall.announcer import Announcement
from display.hall.board import Call
from hardware.errors import HardwareError
from hardware.ports import Sound, Speaker
from hardware.talker import Talker
from hardware.worker import DeviceWorker

log = logging.getLogger(__name__)

NOTICE_CHIME = "arch"
"""Comes before what the office announces."""


class Voice:
    """The display's speaker, which says calls with the chimes of their lanes, and what the office announces."""

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
        self._talker = Talker(build, worker=worker, on_health=on_health)

    def check(self) -> None:
        """Make ready, find out what speaker this is, and tell it: a card that was unplugged shows before a call."""
        self._talker.check((*self._chimes.values(), NOTICE_CHIME))

    def announce(self, call: Call | None, said: Announcement, on_ended: Callable[[Call | None], None]) -> None:
        """Chime if asked to, the lane's tune for a call, and say it; `call` is None where the office announces.

        `on_ended` is told once, also when nothing was heard.
        """

        def ended(result: Sound | HardwareError) -> None:
            if isinstance(result, HardwareError):
                log.warning("%s was not heard: %s", f"call {call.number}" if call else "an announcement", result)
            on_ended(call)

        tune = self._chimes.get(call.lane, call.lane) if call else NOTICE_CHIME
        self._talker.say(tune if said.chime else None, said.utterances, ended)


def chimes(settings: Settings) -> dict[str, str]:
    """Return the chime of each lane; a lane without a choice has the one that belongs to its id."""
    return {lane.id: lane.id if lane.chime == "auto" else lane.chime for lane in settings.lanes}
