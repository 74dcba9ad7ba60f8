"""`antrean up`: opens the office, watches it, and ends it cleanly."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from broker.config.logins import LoginError, known_by
from broker.config.machines import SECTIONS, Machine
from broker.config.printers import MAIN
from broker.config.settings import DEFAULT_DATA, Settings
from broker.config.training import COMPLAINTS, DATABASE, PIN, SUPERVISOR
from broker.contract.topics import ENGINE_CLIENT, UP_CLIENT, WEB_CLIENT
from broker.extras import MissingExtraError, extra_of, has_extra, require_extra
from broker.language import words_of
from broker.reports.advice import PACKAGE
from broker.server.start import require_free_port
from broker.up.children import Child, Office
from broker.up.emulated import emulators
from broker.up.screens import ScreenError, VirtualScreen, has_screen
from broker.up.trainer import ScriptedOfficer, Trainer, review_lines, reviewed, staff_pages
from broker.up.training import Move
from broker.up.visit import REACTION_S, Patience, VisitError, Window, Witness, choose, kiosk_picture, play_visit
from hardware.config import PanelConfig
from hardware.emulators.control import socket_path
from hardware.emulators.control import tell as tell_device

WATCH_S = 0.5
ENGINE_PATIENCE_S = 30.0
TRAINING_STEP_S = 0.2
AFTER_LAST_STEP_S = 1.0
OFFICER_REST_S = 3.0
"""So long an officer who plays by themselves looks before the next act."""


@dataclass(frozen=True, slots=True)
class Start:
    """What `antrean up` was asked to do. `pin` is what the played visit signs in with."""

    settings: Settings
    config: Path
    data_dir: Path
    once: bool
    pin: str
    tell: Callable[[str], None]
    training: float | None = None
    """The pace of a training that is played here; None: this is an office."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    """Of all processes: a training's own configuration is not changed by what is set for the office."""
    machine: Machine | None = None
    """Which of the office's machines this is, and so what it opens; None: there is one, or a visit is played."""
    screens_only: bool = False
    """Whether broker and pages are left to others, such as to systemd."""

    @property
    def opens_broker(self) -> bool:
        """Tell whether the broker is started here."""
        return not self.screens_only and (self.machine is None or self.machine.has_broker)

    @property
    def here(self) -> Settings:
        """Return the settings with nothing in them that is opened elsewhere."""
        settings = self.settings
        if self.machine is not None:
            opens = self.machine.opens
            kept = {name: tuple(one for one in getattr(settings, name) if one.id in opens) for name in SECTIONS}
            web = settings.web if WEB_CLIENT in opens else None
            settings = settings.model_copy(update={**kept, "web": web})
        return settings.model_copy(update={"web": None}) if self.screens_only else settings

    @property
    def windows(self) -> list[Part]:
        """Return the windows that are opened here: of the only machine, the first of each kind."""
        if self.machine is None:
            return [*parts(self.settings), *feedback_parts(self.settings)]
        here = self.here
        kiosks = [Part("kiosk", kiosk.id, kiosk.panel) for kiosk in here.kiosks]
        displays = [Part("display", display.id, display.panel) for display in here.displays]
        return [*kiosks, *displays, *(Part("counter", one.id, here.counter_panel) for one in here.counters)]


@dataclass(frozen=True, slots=True)
class Part:
    """One window of the office on this machine."""

    kind: str
    id: str
    panel: PanelConfig


def run_office(start: Start) -> int:
    """Run the whole office until Ctrl-C; return the exit code. With `once`, end after the played visit."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    office = Office(start.tell)
    with ExitStack() as stack:
        stack.callback(office.stop)
        try:
            return _run(start, office, stopping, stack)
        except (VisitError, ScreenError) as error:
            if stopping.is_set():
                return 1 if start.once else 0
            start.tell(f"FAILED: {error}")
            start.tell(f"the logs are in {start.data_dir / 'logs'}")
            return 1


def _run(start: Start, office: Office, stopping: threading.Event, stack: ExitStack) -> int:
    if start.machine is not None or not start.opens_broker:
        return _run_machine(start, office, stopping, stack)
    require_extra("kiosk")
    witness = Witness(known_by(start.settings, UP_CLIENT, start.data_dir), Patience(stopping))
    trainer = None if start.training is None else _trainer(start, witness)
    if not _open_engine(start, office, stopping, stack, witness):
        return 1
    _open_devices(start, office)
    if trainer is not None:
        _train(start, office, stopping, stack, trainer)
        return 0
    if has_screen(os.environ) and not start.once:
        for part in start.windows:
            office.add(_child(start, part.kind, ("--id", part.id), name=part.id))
        start.tell("the office is open: kiosk, display and counter have their windows. Ctrl-C closes it.")
        _watch(office, stopping)
        return 0
    start.tell("there is no screen here, so the windows open on virtual ones and one visit is played on them")
    windows = {
        part.kind: stack.enter_context(_virtual_window(start, office, part, witness.patience))
        for part in parts(start.settings)
    }
    shots = _watched(
        office,
        lambda: play_visit(
            start.settings,
            kiosk=windows["kiosk"],
            counter=windows["counter"],
            display=windows.get("display"),
            witness=witness,
            pictures=start.data_dir / "pictures",
            tell=start.tell,
            pin=start.pin,
        ),
    )
    _report(start, shots)
    if not start.once:
        start.tell("the office stays open until it is stopped (Ctrl-C)")
        _watch(office, stopping)
    return 0


def _run_machine(start: Start, office: Office, stopping: threading.Event, stack: ExitStack) -> int:
    """Open what one of several machines has, or its screens alone; nobody plays here."""
    if start.windows and not has_screen(start.environ):
        message = (
            f"there is no screen here for {', '.join(part.id for part in start.windows)}: start this in a session "
            "with a screen, or set DISPLAY"
        )
        raise ScreenError(message)
    mqtt = start.settings.mqtt
    if start.opens_broker:
        witness = Witness(known_by(start.settings, UP_CLIENT, start.data_dir), Patience(stopping))
        if not _open_engine(start, office, stopping, stack, witness):
            return 1
    else:
        start.tell(f"the broker is not opened here: what is looks for it at {mqtt.host}:{mqtt.port}")
    _open_devices(start, office)
    for part in start.windows:
        if _can_open(start, part.kind, part.id):
            office.add(_child(start, part.kind, ("--id", part.id), name=part.id))
    if not office.children:
        start.tell("nothing could be opened here")
        return 1
    start.tell(f"open: {', '.join(child.name for child in office.children)}. Ctrl-C closes it.")
    _watch(office, stopping)
    return 0


def _open_devices(start: Start, office: Office) -> None:
    """Start what has no window: what is emulated, keypads, signs, and the pages."""
    here = start.here
    where = "" if start.data_dir == DEFAULT_DATA else f" --data {start.data_dir}"
    for name, command, example in emulators(here) if has_extra("kiosk") else ():
        office.add(_child(start, "broker", command, name=f"{name}-emulated"))
        start.tell(f"{name} is emulated: antrean tell {name} {example}{where}")
    for keypads in here.keypads:
        if _can_open(start, "counter.keypads", keypads.id):
            office.add(_child(start, "counter.keypads", ("--id", keypads.id), name=keypads.id))
    for signs in here.signs:
        if _can_open(start, "display.signs", signs.id):
            office.add(_child(start, "display.signs", ("--id", signs.id), name=signs.id))
    if here.web is not None and _can_open(start, "broker.web", WEB_CLIENT):
        office.add(_child(start, "broker.web", ("--id", WEB_CLIENT), name=WEB_CLIENT))
        start.tell(f"pages for phones: {here.web.home}")


def _can_open(start: Start, module: str, client: str) -> bool:
    """Tell whether a part can work here; where it cannot, say why: it would die again and again."""
    try:
        require_extra(extra_of(module))
        known_by(start.settings, client, start.data_dir)
    except (LoginError, MissingExtraError) as error:
        start.tell(f"not opened: {error}")
        return False
    return True


def _trainer(start: Start, witness: Witness) -> Trainer:
    """Return who plays a training, listening on a bus that is not started yet."""
    printer = socket_path(start.data_dir, f"{start.settings.ticket_kiosks[0].id}-{MAIN}")
    return Trainer(
        start.settings,
        witness.bus,
        lambda line: tell_device(printer, line),
        start.tell,
        pace=start.training or 1.0,
    )


def _train(start: Start, office: Office, stopping: threading.Event, stack: ExitStack, trainer: Trainer) -> None:
    """Play a training to its end, or until Ctrl-C; then tell what it showed so far.

    Where there is a screen somebody trains in the windows; else one plays all by itself on virtual ones.
    """
    settings, officer = start.settings, None
    if has_screen(os.environ) and not start.once:
        for part in (*parts(settings), *feedback_parts(settings)):
            office.add(_child(start, part.kind, ("--id", part.id), name=part.id))
    else:
        start.tell("there is no screen here: the training plays by itself on virtual ones")
        windows = {
            part.kind: stack.enter_context(_virtual_window(start, office, part, Patience(stopping)))
            for part in parts(settings)
        }
        officer = ScriptedOfficer(
            trainer, lambda move: press(windows["counter"], move), rest_s=OFFICER_REST_S / trainer.pace
        )
        shots = _Shots(windows, start.data_dir / "pictures", trainer)
        shots.folder.mkdir(parents=True, exist_ok=True)
        kiosk_picture(windows["kiosk"], shots.folder, settings.office.languages[0])
        choose(windows["kiosk"], settings, settings.services[0].id)  # so that there is a paper, too
    if pages := staff_pages(settings):
        start.tell(f"the staff's pages: {pages} (sign in as {SUPERVISOR} or {COMPLAINTS}, PIN {PIN})")
    start.tell(f"THIS IS A TRAINING: nothing in {start.data_dir}/ is true. Ctrl-C ends it at any time.")
    while not trainer.play.is_over and not stopping.wait(TRAINING_STEP_S):
        trainer.step()
        if officer is not None:
            officer.step()
            shots.take()
        office.watch()
    stopping.wait(AFTER_LAST_STEP_S)  # the last step is on its way into the journal
    trainer.step()
    p = words_of(PACKAGE, settings.office.languages)(settings.office.languages[0])
    for line in review_lines(p, reviewed(start.data_dir / DATABASE)):
        start.tell(line)
    if not start.once and not stopping.is_set():
        start.tell("the windows stay open until Ctrl-C")
        _watch(office, stopping)


def press(counter: Window, move: Move) -> None:
    """Do at the window of a counter what an officer does there, by its keys."""
    keys: dict[Move, str] = {
        "next": "space",
        "recall": "r",
        "no_show": "n",
        "start": "s",
        "finish": "f",
        "resume": "p",
    }
    if move == "sign_in" and counter.has("officer:0"):
        counter.touch("officer:0")
        time.sleep(REACTION_S)  # as in a played visit: keys would come before the touch
        counter.screen.press(*PIN, "Return")
    elif move in keys:
        counter.screen.press(keys[move])


@dataclass(slots=True)
class _Shots:
    """Takes a picture of each window at each step of a training that plays by itself."""

    windows: Mapping[str, Window]
    folder: Path
    trainer: Trainer
    taken: str = ""

    def take(self) -> None:
        """Take them where the step is another one than before: what stood at the end of the one before."""
        step = self.trainer.play.step
        name = "" if step is None else step.id
        if name in {"", self.taken}:
            return
        before, self.taken = self.taken, name
        for kind, window in self.windows.items() if before else ():
            window.screen.picture(self.folder / f"{before}-{kind}.png")


def parts(settings: Settings) -> list[Part]:
    """Return the windows that one machine shows: the first of each kind."""
    found = [Part("kiosk", settings.ticket_kiosks[0].id, settings.ticket_kiosks[0].panel)]
    found += [Part("display", display.id, display.panel) for display in settings.displays[:1]]
    return [*found, Part("counter", settings.counters[0].id, settings.counter_panel)]


def feedback_parts(settings: Settings) -> list[Part]:
    """Return the window of the first feedback kiosk, where there is one: nobody plays a visit at it."""
    return [Part("kiosk", kiosk.id, kiosk.panel) for kiosk in settings.feedback_kiosks[:1]]


def _open_engine(start: Start, office: Office, stopping: threading.Event, stack: ExitStack, witness: Witness) -> bool:
    """Start the broker and wait until it is online; False where it is not (in its own words) or we are told to end.

    `ServerError` where another server has the port: its engine must not be taken for ours.
    """
    if start.settings.mqtt.server != "external":
        require_free_port(start.settings.mqtt.address(ENGINE_CLIENT))
    broker = office.add(_child(start, "broker", ("broker",), name="broker"))
    witness.bus.start()
    stack.callback(witness.bus.stop)
    deadline = time.monotonic() + ENGINE_PATIENCE_S
    while not witness.linked:
        if stopping.is_set():
            return False
        if broker.exit_code is not None or time.monotonic() > deadline:
            start.tell("the broker did not start:")
            start.tell(broker.output.read_text(errors="replace").strip()[-2000:])
            return False
        time.sleep(0.05)
    start.tell(f"the broker is online, port {start.settings.mqtt.port}, data in {start.data_dir}/")
    return True


def _child(start: Start, module: str, arguments: tuple[str, ...], *, name: str, **extra: str) -> Child:
    command = [sys.executable, "-m", module, *arguments]
    command += ["--config", str(start.config), "--data", str(start.data_dir)]
    output = start.data_dir / "logs" / f"{name}.out"
    output.unlink(missing_ok=True)
    return Child(name, command, {**start.environ, **extra}, output)


@contextmanager
def _virtual_window(start: Start, office: Office, part: Part, patience: Patience) -> Iterator[Window]:
    """Open a part on a virtual screen just as large as its panel."""
    screen = VirtualScreen(part.panel.width_px, part.panel.height_px)
    screen.start()
    name = part.id
    targets = start.data_dir / "screens" / f"{name}.json"
    targets.unlink(missing_ok=True)
    place = f"{part.panel.width_px}x{part.panel.height_px}+0+0"
    environment = {"DISPLAY": screen.name, "ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": place}
    office.add(_child(start, part.kind, ("--id", part.id), name=name, **environment))
    try:
        yield Window(part.kind, screen, targets, patience)
    finally:
        office.stop()
        screen.stop()


def _watched(office: Office, play: Callable[[], list[Path]]) -> list[Path]:
    """Play on a thread of its own and watch the processes meanwhile: they end with the thread that started them."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="visit") as pool:
        playing = pool.submit(play)
        while not playing.done():
            wait([playing], timeout=WATCH_S)
            office.watch()
        return playing.result()


def _watch(office: Office, stopping: threading.Event) -> None:
    while not stopping.wait(WATCH_S):
        office.watch()


def _report(start: Start, shots: list[Path]) -> None:
    start.tell("one visit was played; its pictures:")
    for path in (*shots, start.data_dir / "paper" / "latest.png"):
        start.tell(f"  {path}")
