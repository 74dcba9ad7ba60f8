"""The window beside other programs: its edge of the screen, keys from anywhere, attention when somebody comes.

What the desktop does not grant is said, in the window and in the log. One thread: the window's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from broker.config.settings import CounterPanel
from counter.desk.state import DesktopFault
from hardware.config import SoundConfig, SpeechConfig
from hardware.errors import HardwareError
from hardware.factory import build_speaker
from hardware.panel.desktop import Desktop, Hotkeys, NoDesktop, free_area
from hardware.panel.window import Dock
from hardware.ports import Sound
from hardware.talker import Talker
from hardware.worker import DeviceWorker, Post

CHIME = "rising"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WindowCalls:
    """What the window does for whoever works beside it."""

    press: Callable[[str], None]
    """Do an act by its name in `counter_panel.hotkeys`; on the window's thread."""
    raise_window: Callable[[], None]
    post: Post


def dock_of(panel: CounterPanel) -> Dock | None:
    """Return the edge that the window takes, if it takes one."""
    return None if panel.docked == "none" else Dock(panel.docked, panel.docked_width_px)


class Beside:
    """What one window asks of the desktop."""

    def __init__(self, panel: CounterPanel, calls: WindowCalls, *, data_dir: Path) -> None:
        """Ask for nothing yet."""
        self._panel = panel
        self._calls = calls
        self._data_dir = data_dir
        self._desktop: Desktop | None = None
        self._window: int | None = None
        self._hotkeys: Hotkeys | None = None
        self._worker: DeviceWorker | None = None
        self._talker: Talker | None = None

    def begin(self, window: int | None) -> tuple[DesktopFault, ...]:
        """Ask for all that the configuration wants; return what is not granted. `window` is the X server's id."""
        self._begin_sound()
        wants_desktop = self._panel.docked != "none" or self._panel.arrival_hint
        faults = (*(self._begin_window(window) if wants_desktop else ()), *self._begin_keys())
        for fault in faults:
            log.warning("the desktop does not grant %s: %s", fault.what, fault.why or ", ".join(fault.chords))
        return faults

    def attention(self, *, wanted: bool) -> None:
        """Say that somebody has come, by sound and task bar as configured, or no longer."""
        if self._desktop is not None and self._window is not None and self._panel.arrival_hint:
            self._desktop.urge(self._window, wanted=wanted)
        if wanted and self._talker is not None:
            self._talker.say(CHIME, (), _heard)

    def end(self) -> None:
        """Let everything go."""
        if self._hotkeys is not None:
            self._hotkeys.stop()
        if self._desktop is not None:
            self._desktop.close()
        if self._worker is not None:
            self._worker.stop(timeout_s=1)

    def _begin_sound(self) -> None:
        sound = self._panel.arrival_sound
        if sound is None:
            return
        silent = SpeechConfig(engine="none")
        config: SoundConfig = sound.model_copy(update={"speech": silent})
        self._worker = DeviceWorker("speaker", self._calls.post)
        speaker = lambda: build_speaker(config, data_dir=self._data_dir)  # noqa: E731 - a builder, called on its thread
        self._talker = Talker(speaker, worker=self._worker, on_health=lambda health: log.info("sound: %s", health))
        self._talker.check((CHIME,))

    def _begin_window(self, window: int | None) -> Sequence[DesktopFault]:
        dock = dock_of(self._panel)
        wanted: list[Literal["dock", "hint"]] = ["dock"] if dock is not None else []
        if self._panel.arrival_hint:
            wanted.append("hint")
        try:
            self._desktop, self._window = Desktop(), window
        except NoDesktop as fault:
            return tuple(DesktopFault(what, str(fault)) for what in wanted)
        if window is None:
            return tuple(DesktopFault(what, "the window is not known to the X server") for what in wanted)
        area = free_area()
        if dock is not None and area is not None:
            self._desktop.dock(window, dock, dock.box(area))
        return ()

    def _begin_keys(self) -> Sequence[DesktopFault]:
        chords = self._panel.hotkeys.chords
        if not chords:
            return ()
        self._hotkeys = Hotkeys(chords, self._pressed)
        try:
            refused = self._hotkeys.start()
        except NoDesktop as fault:
            return (DesktopFault("keys", str(fault)),)
        return (DesktopFault("keys", "", refused),) if refused else ()

    def _pressed(self, name: str) -> None:
        """Hand a key over to the window's thread."""
        work = self._calls.raise_window if name == "window" else lambda: self._calls.press(name)
        self._calls.post(work)


def _heard(result: Sound | HardwareError) -> None:
    if isinstance(result, HardwareError):
        log.warning("the chime was not heard: %s", result)
