"""From the message of a call to the first sample at the sound card's program, in a real display over the real wire."""

from __future__ import annotations

import os
import queue
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from broker.contract.messages import EventMessage
from broker.up.screens import VirtualScreen
from hardware.drivers.aplay import AplayPlayer
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess

CALLS = 100
COUNTER, OFFICER, PIN, SERVICE = "counter-1", "siti", "1234", "new-passport"
WARM_S = 5.0
BOTH_LANGUAGES_S = 0.4
"""By then the second language is heard too: the player takes all at once."""
LEAST_TURN_S = 2.2
"""With that, the next call's turn comes at once, as in an office that is not in a rush."""
PLAYER = """#!{python} -IS
import os, time
os.read(0, 1)
first = time.monotonic_ns()
while os.read(0, 65536):
    pass
with open({heard!r}, "a") as heard:
    print(first, file=heard)
"""
"""Stands for aplay: notes when the first sample came. It takes the rest at once, so that calls can follow quickly."""


def sound_table(folder: Path) -> Table:
    """Return how long a visitor waits for the first sample of the call; no sentence was ever said before."""
    table = Table(title=f"{CALLS} calls in two languages, none said before: first sample at aplay, milliseconds")
    for column in ("engine", "from", "p50", "p99", "longest"):
        table.add_column(column, justify="left" if column in {"engine", "from"} else "right")
    table.add_row("floor: starting the program alone", "", *_ms(_floor(folder / "sound-floor")))
    for engine in ("auto", "clips"):
        from_message, from_officer = _calls(folder / f"sound-{engine}", engine)
        table.add_row(f"speech.engine: {engine}", "the message event/called", *_ms(from_message))
        table.add_row("", "the officer's request", *_ms(from_officer))
    return table


def _floor(folder: Path) -> list[float]:
    """Return how long this machine needs to start a program and hand it a sample."""
    folder.mkdir()
    heard, player = _player(folder)
    taken = []
    for _ in range(CALLS):
        begin = time.monotonic_ns()
        AplayPlayer(str(player)).play([b"\0\0"])
        taken.append((int(heard.read_text().splitlines()[-1]) - begin) / 1e9)
    return taken


def _player(folder: Path) -> tuple[Path, Path]:
    """Return the file in which first samples are noted, and the program that does."""
    heard, player = folder / "heard", folder / "aplay"
    heard.touch()
    player.write_text(PLAYER.format(python=sys.executable, heard=str(heard)))
    player.chmod(0o755)
    return heard, player


def _calls(folder: Path, engine: str) -> tuple[list[float], list[float]]:
    office = OfficeProcess(folder / "office")
    office.start()
    screen = VirtualScreen(1920, 1080)
    screen.start()
    try:
        with (
            _display(folder / "display", office, screen, engine) as heard,
            Caller(office.address, "bench-desk") as caller,
        ):
            return _measured(caller, heard)
    finally:
        screen.stop()
        office.stop()


@contextmanager
def _display(data_dir: Path, office: OfficeProcess, screen: VirtualScreen, engine: str) -> Iterator[Path]:
    """Open a display whose aplay writes the time of each first sample into the file that is returned."""
    data_dir.mkdir(parents=True)
    heard, _ = _player(data_dir)
    sound = {"PLAYER": "aplay", "SPEECH__ENGINE": engine}
    keys = {f"ANTREAN_DISPLAYS__0__SOUND__{key}": value for key, value in sound.items()}
    path = f"{data_dir}{os.pathsep}{os.environ['PATH']}"
    environment = {**office.environment, **keys, "DISPLAY": screen.name, "PATH": path}
    settings = ["--config", str(CONFIG), "--data", str(data_dir)]
    if engine == "clips":
        export = [sys.executable, "-m", "display.recording", "export", *settings]
        subprocess.run(export, env=environment, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([sys.executable, "-m", "display", *settings], env=environment)
    try:
        time.sleep(WARM_S)  # a display opens in the morning, before the first call
        yield heard
    finally:
        process.terminate()
        process.wait(15)


def _measured(caller: Caller, heard: Path) -> tuple[list[float], list[float]]:
    """Call, listen, take back, and call the next: what was undone leaves the front at once."""
    chance = random.Random(1)  # noqa: S311 - to meet the screen's frames at any moment
    arrived: queue.SimpleQueue[int] = queue.SimpleQueue()
    caller.bus.listen(caller.bus.topics.event("called"), EventMessage, lambda _: arrived.put(time.monotonic_ns()))
    session = caller.do("open", counter=COUNTER, officer=OFFICER, pin=PIN)["session"]
    desk = {"counter": COUNTER, "session": session}
    from_message: list[float] = []
    from_officer: list[float] = []
    for _ in range(CALLS):
        before = len(heard.read_text().splitlines())
        ticket = caller.do("issue", service=SERVICE, language="en")["ticket"]["id"]
        asked = time.monotonic_ns()
        caller.do("call", ticket=ticket, **desk)
        wait_until(lambda before=before: len(heard.read_text().splitlines()) > before, "the call is heard")  # type: ignore[misc]
        first = int(heard.read_text().splitlines()[before])
        from_message.append((first - arrived.get(timeout=5)) / 1e9)
        from_officer.append((first - asked) / 1e9)
        time.sleep(BOTH_LANGUAGES_S)
        caller.do("undo", **desk)
        time.sleep(chance.uniform(LEAST_TURN_S, LEAST_TURN_S + 0.2))
    return from_message, from_officer


def _ms(values: Sequence[float]) -> tuple[str, str, str]:
    cuts = statistics.quantiles(values, n=100)
    return tuple(f"{value * 1000:.1f}" for value in (cuts[49], cuts[98], max(values)))  # type: ignore[return-value]
