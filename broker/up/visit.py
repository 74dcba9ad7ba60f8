"""One honest visit through the real processes: touches on the real windows, and what the wire says of it.

Nothing is called behind the windows' backs: the kiosk is touched and the officer's keys are pressed by xdotool on the
virtual screens. The events of the engine tell whether it really happened.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from broker.bus import Bus
from broker.config.settings import Settings
from broker.contract.messages import EventMessage
from broker.contract.topics import UP_CLIENT
from broker.language import bare_counter
from broker.up.screens import VirtualScreen

PATIENCE_S = 40.0
"""How long any one step may take; a slow machine starts a window in ten."""
POLL_S = 0.05
SETTLE_S = 0.3
"""A picture is taken when nothing has moved for so long."""
REACTION_S = 1.0
"""An officer looks before the next key; the window takes a faster one for the second half of a double press."""


T = TypeVar("T")


class VisitError(Exception):
    """The visit did not go as it has to; the text names the step."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a step is waited for, and whether the whole is to end before."""

    stopping: threading.Event = field(default_factory=threading.Event)

    def until(self, ask: Callable[[], T | None], what: str) -> T:
        """Return what `ask` finds as soon as it finds something; `VisitError` where it never does."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := ask()) is None:
            if time.monotonic() > deadline:
                message = f"not within {PATIENCE_S:g} s: {what}"
                raise VisitError(message)
            if self.stopping.wait(POLL_S):
                message = f"told to end before: {what}"
                raise VisitError(message)
        return found


@dataclass(slots=True)
class Window:
    """One window on a virtual screen of its own, and the file in which it tells its touch targets."""

    name: str
    screen: VirtualScreen
    targets: Path
    patience: Patience = field(default_factory=Patience)

    def touch(self, target: str) -> None:
        """Wait until a target can be touched, then touch its middle."""
        left, top, width, height = self.wait_for(target)
        self.screen.touch(left + width // 2, top + height // 2)

    def wait_for(self, target: str) -> tuple[int, int, int, int]:
        """Return where a target is as soon as it is there."""
        return self.patience.until(lambda: self._box(target), f"{self.name}: {target} can be touched")

    def has(self, target: str) -> bool:
        """Tell whether a target can be touched now."""
        return self._box(target) is not None

    def offers(self) -> dict[str, tuple[int, int, int, int]]:
        """Return what can be touched now, and where."""
        targets: dict[str, list[int]] = self._content().get("targets", {})
        return {target: (box[0], box[1], box[2], box[3]) for target, box in targets.items()}

    def wait_any(self, *targets: str) -> str:
        """Return the first of the named targets that can be touched, as soon as one can."""
        return self.patience.until(
            lambda: next(filter(self.has, targets), None),
            f"{self.name}: {' or '.join(targets)} can be touched",
        )

    def wait_gone(self, target: str) -> None:
        """Wait until a target can no longer be touched: the window has drawn what happened."""
        self.patience.until(lambda: None if self.has(target) else True, f"{self.name}: {target} is over")

    def wait_screen(self, *names: str) -> str:
        """Return which of the named screens is shown, as soon as one is."""
        return self.patience.until(lambda: self._shown(names), f"{self.name}: the screen {' or '.join(names)}")

    def picture(self, path: Path) -> Path:
        """Take a picture when the window has come to rest."""
        time.sleep(SETTLE_S)
        self.screen.picture(path)
        return path

    def _shown(self, names: tuple[str, ...]) -> str | None:
        screen = self._content().get("screen")
        return screen if screen in names else None

    def _box(self, target: str) -> tuple[int, int, int, int] | None:
        return self.offers().get(target)

    def _content(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self.targets.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return content


@dataclass(slots=True)
class Witness:
    """Hears every event of the engine, as any client may."""

    settings: Settings
    patience: Patience = field(default_factory=Patience)
    client: str = UP_CLIENT
    events: queue.SimpleQueue[EventMessage] = field(default_factory=queue.SimpleQueue)
    linked: bool = False
    bus: Bus = field(init=False)

    def __post_init__(self) -> None:
        """Build the client; `bus.start()` connects it."""
        self.bus = Bus(
            address=self.settings.mqtt.address(self.client),
            office=self.settings.office.id,
            client=self.client,
            kind="witness",
            post=lambda step: step(),
        )
        self.bus.listen(self.bus.topics.event("+"), EventMessage, self.events.put)
        self.bus.on_link(self._link)

    def wait_event(self, name: str) -> EventMessage:
        """Return the next event of this name."""
        return self.patience.until(lambda: self._heard(name), f"the engine tells: {name}")

    def _heard(self, name: str) -> EventMessage | None:
        while not self.events.empty():
            event = self.events.get()
            if event.type == name:
                return event
        return None

    def _link(self, online: bool) -> None:  # noqa: FBT001 - the bus calls it so
        self.linked = online


def play_visit(
    settings: Settings,
    *,
    kiosk: Window,
    counter: Window,
    display: Window | None,
    witness: Witness,
    pictures: Path,
    tell: Callable[[str], None],
    pin: str,
) -> list[Path]:
    """Play one visit, telling each step; return the pictures. `VisitError` where a step fails."""
    shots: list[Path] = []
    language, service = settings.office.languages[0], settings.services[0]
    _make_ready(counter, witness, pin, tell)
    shots.append(kiosk_picture(kiosk, pictures, language))
    choose(kiosk, settings, service.id)
    issued = witness.wait_event("issued")
    tell(f"the visitor chose {service.name[language]} at the kiosk and got {issued.number}")
    printed = witness.wait_event("printed")
    tell(f"the paper of {printed.number} came out")
    kiosk.wait_screen("ticket")
    shots.append(kiosk.picture(pictures / "kiosk.png"))
    called = _call_until(issued.number or "", counter, witness, tell)
    if display is not None:
        display.wait_screen(f"calling {called.number} {bare_counter(called.counter_label or '')}")
        shots.append(display.picture(pictures / "display.png"))
        tell(f"the display shows {called.number}")
    counter.wait_for("start")
    shots.append(counter.picture(pictures / "counter.png"))
    time.sleep(REACTION_S)
    counter.screen.press("s")
    witness.wait_event("started")
    counter.wait_gone("start")
    tell(_outcome(settings, called, _finish(counter, witness)))
    return shots


def _outcome(settings: Settings, called: EventMessage, finished: EventMessage) -> str:
    """Return in words what became of the visitor; where the stage is another one now, the journey goes on."""
    if finished.stage == called.stage:
        return f"{finished.number} was served and is finished"
    names = {stage.id: stage.name[settings.office.languages[0]] for stage in settings.stages}
    return f"{finished.number} was served and goes on, with the same number: {names.get(finished.stage or '')}"


def choose(kiosk: Window, settings: Settings, service: str) -> None:
    """Go on from the services: take a number for one of them, in the first lane."""
    kiosk.touch(f"service:{service}")
    kiosk.touch("continue")
    if len(settings.lanes) > 1:
        kiosk.touch(f"lane:{settings.lanes[0].id}")


def kiosk_picture(kiosk: Window, pictures: Path, language: str) -> Path:
    """Begin a visit in `language` and take the picture of the services."""
    if kiosk.wait_screen("language", "service") == "language":
        kiosk.touch(f"language:{language}")
    kiosk.wait_screen("service")
    return kiosk.picture(pictures / "kiosk-services.png")


def _make_ready(counter: Window, witness: Witness, pin: str, tell: Callable[[str], None]) -> None:
    """Sign in; or, where the session of an earlier run goes on, finish with the visitor who still stands there."""
    if counter.wait_any("officer:0", "pause", "finish") == "officer:0":
        counter.touch("officer:0")
        time.sleep(REACTION_S)  # a window takes keys at once but touches with its next frame: the PIN would come first
        counter.screen.press(*pin, "Return")
        tell(f"an officer signed in at counter {witness.wait_event('opened').counter_label}")
        counter.wait_for("pause")
    elif counter.wait_any("pause", "finish") == "finish":
        tell(f"{_finish(counter, witness).number} was still at the counter and is done there")


def _call_until(number: str, counter: Window, witness: Witness, tell: Callable[[str], None]) -> EventMessage:
    """Call whoever is next until it is `number`; visitors who waited before it are served first."""
    while True:
        counter.wait_for("next")
        time.sleep(REACTION_S)
        counter.screen.press("space")
        called = witness.wait_event("called")
        where = f"counter {called.counter_label} for {called.stage}"
        tell(f"the officer pressed Space: {called.number} was called to {where}")
        if called.number == number:
            return called
        _finish(counter, witness)


def _finish(counter: Window, witness: Witness) -> EventMessage:
    """Finish with the visitor at the counter."""
    counter.wait_for("finish")
    time.sleep(REACTION_S)
    counter.screen.press("f")
    finished = witness.wait_event("finished")
    counter.wait_gone("finish")
    return finished
