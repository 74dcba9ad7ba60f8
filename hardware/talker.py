"""A speaker on its device's own thread: it never blocks whoever talks, falls silent at once, and no fault gets out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hardware.errors import HardwareError
from hardware.ports import Sound, Speaker, Utterance
from hardware.worker import DeviceWorker

Ended = Callable[[Sound | HardwareError], None]


class Talker:
    """The speaker behind its worker, built there when it is first needed. What is said is heard one after the other."""

    def __init__(self, build: Callable[[], Speaker], *, worker: DeviceWorker, on_health: Callable[[str], None]) -> None:
        """`build` makes the speaker; `on_health` hears in one line how it is, when that changes."""
        self._build = build
        self._worker = worker
        self._on_health = on_health
        self._speaker: Speaker | None = None
        self._health = ""
        self._hushed = 0

    def check(self, chimes: Iterable[str] = ()) -> None:
        """Make ready, find out what speaker this is, and tell it: a card that was unplugged shows before a call."""
        wanted = tuple(chimes)

        def look() -> str:
            speaker = self._ready()
            speaker.prepare(wanted)
            return speaker.health()

        self._worker.submit(look, lambda health: self._tell(str(health)))

    def say(
        self,
        chime: str | None,
        utterances: tuple[Utterance, ...],
        on_ended: Ended,
        *,
        volume_percent: int | None = None,
    ) -> None:
        """Play the chime, if any, and say the utterances; `on_ended` is told once, also of what was cut off."""
        at = self._hushed

        def is_wanted() -> bool:
            return self._hushed == at

        def speak() -> tuple[Sound, str]:
            speaker = self._ready()
            sound = Sound(0.0, spoken=False)
            if is_wanted():
                sound = speaker.announce(chime, utterances, volume_percent=volume_percent, is_wanted=is_wanted)
            return sound, speaker.health()

        def done(result: tuple[Sound, str] | HardwareError) -> None:
            self._tell(str(result) if isinstance(result, HardwareError) else result[1])
            on_ended(result if isinstance(result, HardwareError) else result[0])

        self._worker.submit(speak, done)

    def hush(self) -> None:
        """Cut off what is heard, and leave out what was to be heard after it."""
        self._hushed += 1
        if self._speaker is not None:
            self._speaker.hush()

    def stop(self, *, timeout_s: float) -> None:
        """End; nobody waits for an announcement to its last word."""
        self._worker.stop(timeout_s=timeout_s)

    def _ready(self) -> Speaker:
        if self._speaker is None:
            self._speaker = self._build()
        return self._speaker

    def _tell(self, health: str) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)
