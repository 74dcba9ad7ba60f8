"""What the process of every screen begins with: arguments, configuration, log, and its place on the bus."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from broker.bus import Bus, Post
from broker.config import ConfigError, Settings, load_settings
from broker.config.logins import LoginError, known_by
from broker.config.settings import DEFAULT_CONFIG, DEFAULT_DATA
from broker.contract.messages import HoursInfo, OfficeMessage
from broker.contract.office import OfficeBus
from broker.extras import lacking
from broker.logs import log_to
from hardware.files import close_to_others, for_us_alone

EXIT_RUNS_ALREADY = 3
"""How a screen ends that was started a second time."""


class RunningError(Exception):
    """Another process of this machine is this very screen."""


BusFor = Callable[[str, Settings, str, Post], OfficeBus]
"""Makes the bus, not yet started, of a screen of this kind and id."""


class Show(Protocol):
    """Shows one screen until it is closed or told to end."""

    def __call__(self, settings: Settings, name: str, *, data_dir: Path) -> None:
        """Show the screen that `settings` call `name`."""
        ...


LayoutCheck = Callable[[Settings, OfficeMessage], Iterable[Mapping[str, object]]]
"""Lays out every page without a window; what it found as plain values, one for each screen of this kind."""


class Shot(BaseModel):
    """One page of a screen that somebody wants to see; `page` is as the layout check calls it, `*` stands for any."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Of the file, without its ending."""
    page: str
    language: str


class PictureOrder(BaseModel):
    """Pages of one screen as they would look with these words and, where hours are given, at this moment."""

    model_config = ConfigDict(frozen=True)

    part: str
    shots: tuple[Shot, ...]
    office: OfficeMessage
    at: dt.datetime | None = None
    hours: HoursInfo | None = None


class Draw(Protocol):
    """Keeps pages of one screen as pictures in a folder, which may be used for other files, too."""

    def __call__(self, settings: Settings, order: PictureOrder, folder: Path, kept: Callable[[str], None]) -> None:
        """Draw, and tell of each by its name."""
        ...


def open_bus(kind: str, settings: Settings, name: str, post: Post) -> OfficeBus:
    """Return a screen's bus, not yet started; on the wire it is called by its id in the configuration."""
    return Bus(
        address=settings.mqtt.address(name), office=settings.office.id, client=name, kind=kind, post=post, claims=True
    )


def run_screen(  # noqa: PLR0911 - each thing that can be wrong ends it with a sentence of its own
    kind: str,
    show: Show,
    *,
    names: Callable[[Settings], Sequence[str]],
    check: LayoutCheck | None = None,
    draw: Draw | None = None,
) -> int:
    """Read arguments and configuration, then show the screen; return the exit code. Faults are said in sentences."""
    for_us_alone()
    arguments = _arguments(kind)
    try:
        settings = load_settings(arguments.config, os.environ)
    except ConfigError as error:
        return _refuse(str(error))
    if arguments.check_layout:
        return _check_layout(settings, check)
    if arguments.pictures is not None and draw is not None:
        return _draw(settings, arguments.pictures, draw)
    known = names(settings)
    name = arguments.id or next(iter(known), "")
    if not known:
        return _refuse(f"{arguments.config} names no {kind}: see the sample in config.yaml and docs/hardware.md")
    if name not in known:
        return _refuse(f"{arguments.config} has no {kind} {name!r}; it has: {', '.join(known)}")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(_only_one(arguments.data, name))
            close_to_others(arguments.data)
            log_to(arguments.data, name, lines=settings.logs)
            _keep_temporary_files_in(arguments.data / "tmp" / name)
        except RunningError as error:
            return _refuse(str(error), code=EXIT_RUNS_ALREADY)
        except OSError as error:
            return _refuse(f"cannot write below {arguments.data}: {error}")
        try:
            settings = known_by(settings, name, arguments.data)
        except LoginError as error:
            return _refuse(str(error))
        return _shown(show, settings, name, arguments.data)


def _shown(show: Show, settings: Settings, name: str, data_dir: Path) -> int:
    """Show the screen until it ends; where what draws it is not installed, say how it comes."""
    try:
        show(settings, name, data_dir=data_dir)
    except ImportError as error:
        if (sentence := lacking(error)) is None:
            raise
        return _refuse(sentence)
    return 0


def _check_layout(settings: Settings, check: LayoutCheck | None) -> int:
    """Answer `broker.layout`: what the office offers comes by stdin, each screen's report is a line of JSON."""
    office = OfficeMessage.model_validate_json(sys.stdin.read())
    try:
        for found in () if check is None else check(settings, office):
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    except ImportError as error:
        return _refuse(lacking(error) or f"cannot draw: {error}")
    return 0


def _draw(settings: Settings, folder: Path, draw: Draw) -> int:
    """Answer `broker.preview`: an order comes by stdin, and the name of each picture goes out with its line."""
    order = PictureOrder.model_validate_json(sys.stdin.read())

    def kept(name: str) -> None:
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()

    try:
        draw(settings, order, folder, kept)
    except ImportError as error:
        return _refuse(lacking(error) or f"cannot draw: {error}")
    return 0


@contextlib.contextmanager
def _only_one(data_dir: Path, name: str) -> Iterator[None]:
    """Hold a screen's id on this machine: two would ask and print everything twice. The kernel lets go of it for us."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / f"{name}.lock").open("a+") as lock:
        os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 - a screen may go on as another program (exec)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read(20).strip()
            who = f"as process {holder}" if holder else "as another process"
            message = f"{name} already runs on this machine, {who}: end that first, or give this one an --id of its own"
            raise RunningError(message) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _keep_temporary_files_in(folder: Path) -> None:
    """Let libraries leave their temporary files below the data folder; what an earlier run left goes.

    python-escpos makes a folder for its cache at every import.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["TMPDIR"] = str(folder.absolute())
    tempfile.tempdir = None


def _arguments(kind: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=kind, description=f"One {kind} of the office.")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the office's configuration file")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="where everything that is written lies")
    parser.add_argument("--id", help=f"which {kind}; the first by default")
    parser.add_argument("--check-layout", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pictures", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def config_path(kind: str) -> Path:
    """Return which configuration this process was started with."""
    path: Path = _arguments(kind).config
    return path


def _refuse(sentence: str, *, code: int = 1) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
