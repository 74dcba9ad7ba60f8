"""`antrean provision` and `antrean revoke`: logins for one machine, and their end.

What a machine is given is a folder: the configuration without the secrets of others, and its own passwords where the
program looks for them, one for each part that it opens; with `tls: own` also by what it knows the broker. That keeps
hashes.
"""

from __future__ import annotations

import copy
import datetime as dt
import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.bootstrap.logins import COUNTS
from broker.clients import Kind
from broker.config.document import named_files, read_document
from broker.config.logins import BOOK, LOCAL, OWN, Login, LoginError, clients_of, new_password, read_book, write_book
from broker.config.machines import Machine
from broker.config.settings import CA, DEFAULT_CONFIG, DEFAULT_DATA, Settings
from broker.loopback import is_loopback
from broker.server.certificates import PAGES, Given, certificate_elsewhere, make_certificates
from broker.server.mosquitto import password_entry
from hardware.files import write_whole

COUNTS_WITHIN_S = 5.0
_HERE: frozenset[Kind] = frozenset({"up", "trainer", "doctor", "care"})
"""Commands of the broker's machine: there they make their login by themselves."""
ELSEWHERE = "files"
"""The folder of a bundle with what the configuration names and does not lie beside it."""
_COMMAND: Mapping[Kind, str] = {
    "kiosk": "kiosk",
    "display": "display",
    "counter": "counter",
    "keypads": "keypads",
    "signs": "signs",
    "web": "web",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was made for a machine."""

    folder: Path
    counts: bool
    """Whether the broker lets it in already; else it does from its next start."""
    pages: Given | None = None
    """What its pages are encrypted by, where it serves them and the office is encrypted."""


def provision(
    settings: Settings, config: Path, data_dir: Path, names: Sequence[str], folder: Path, *, now: dt.datetime
) -> Bundle:
    """Give clients of one machine new passwords, and lay all that it needs into `folder`.

    The passwords of before count no more. Raises LoginError, CertificateError, OSError.
    """
    clients = clients_of(settings)
    for name in names:
        if name not in clients or clients[name].kind in _HERE:
            known = ", ".join(one for one, client in clients.items() if client.kind not in _HERE)
            message = f"{name} is no device of this office; it has: {known}. Others are named in mqtt.devices"
            raise LoginError(message)
    if settings.mqtt.server == "external":
        message = "the MQTT server is run by others (mqtt.server: external): they give out its logins"
        raise LoginError(message)
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} is not empty: name a new folder with --to, such as one on a USB stick"
        raise LoginError(message)
    passwords = {name: new_password() for name in names}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, password in passwords.items():
        write_whole(folder / DEFAULT_DATA / OWN / name, f"{password}\n".encode())
    kinds = {name: clients[name].kind for name in names}
    pages = _encrypted(settings, data_dir, kinds, folder, now) if settings.tls == "own" else None
    written = bundled(read_document(config).data, kinds)
    _lay_beside(written, config, folder)
    text = json.dumps(written, ensure_ascii=False, indent=1, default=str)  # JSON is YAML, too
    write_whole(folder / DEFAULT_CONFIG, text.encode())
    with _changing(data_dir) as book:
        for name, password in passwords.items():
            book[name] = Login(entry=password_entry(password), since=now.replace(microsecond=0))
    return Bundle(folder, wait_until_it_counts(data_dir), pages)


def _encrypted(
    settings: Settings, data_dir: Path, kinds: Mapping[str, Kind], folder: Path, now: dt.datetime
) -> Given | None:
    """Lay down by what the machine knows the broker, and browsers its pages; return the latter, if it has pages."""
    make_certificates(settings, data_dir, now)
    write_whole(folder / DEFAULT_DATA / CA, (data_dir / CA).read_bytes())
    if "web" not in kinds.values():
        return None
    pages = certificate_elsewhere(settings, data_dir, now)
    write_whole(folder / DEFAULT_DATA / PAGES, pages.text)
    return pages


def _lay_beside(written: Mapping[str, Any], config: Path, folder: Path) -> None:
    """Lay the files that a configuration names beside it, and let it name them there.

    What lies below the configuration keeps its place; what lies elsewhere comes into one folder, each under a name of
    its own.
    """
    taken: dict[Path, Path] = {}
    named = [(place, key) for place, key in named_files(written) if (config.parent / place[key]).is_file()]
    for place, key in sorted(named, key=lambda one: not _is_below(one[0][one[1]])):
        source = (config.parent / place[key]).resolve()
        target = Path(place[key]) if _is_below(place[key]) else Path(ELSEWHERE, source.name)
        number = 1
        while taken.setdefault(target, source) != source:
            number += 1
            target = Path(ELSEWHERE, f"{source.stem}-{number}{source.suffix}")
        (folder / target).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(source, folder / target)
        place[key] = target.as_posix()


def _is_below(name: str) -> bool:
    """Tell whether a file may lie on another machine where it lies here: beside the configuration, and not in data."""
    parts = Path(name).parts
    return (
        not Path(name).is_absolute() and ".." not in parts and parts[0] not in {str(DEFAULT_DATA), str(DEFAULT_CONFIG)}
    )


def provision_machine(
    settings: Settings, config: Path, data_dir: Path, machine: Machine, folder: Path, *, now: dt.datetime
) -> Bundle:
    """Give all that one machine opens new passwords, in one folder. Raises LoginError, also for the broker's own."""
    if machine.has_broker:
        message = f"the broker works on {machine.id}: what else it opens gets in there without being given a login"
        raise LoginError(message)
    return provision(settings, config, data_dir, machine.opens, folder, now=now)


def adopt(folder: Path, config: Path, data_dir: Path) -> tuple[str, ...]:
    """Lay what a machine was given into its own places; return for which parts it has logins now.

    A configuration that was there is put aside. Raises LoginError, OSError.
    """
    given = folder / DEFAULT_DATA / OWN
    if not given.is_dir() or not (folder / DEFAULT_CONFIG).is_file():
        message = (
            f"{folder} is nothing that antrean provision has made: name the folder that has config.yaml and var in it"
        )
        raise LoginError(message)
    if (data_dir / "engine.lock").exists():
        message = f"a broker works, or has worked, in {data_dir}: what antrean provision makes is for another machine"
        raise LoginError(message)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / DEFAULT_CONFIG):
        inside = path.relative_to(folder)
        is_data = inside.is_relative_to(DEFAULT_DATA)
        target = data_dir / inside.relative_to(DEFAULT_DATA) if is_data else config.parent / inside
        write_whole(target, path.read_bytes(), durable=True)
    if config.exists() and config.read_bytes() != (folder / DEFAULT_CONFIG).read_bytes():
        config.replace(config.with_name(f"{config.name}.before-adopt"))
    write_whole(config, (folder / DEFAULT_CONFIG).read_bytes(), durable=True, mode=0o640)
    return tuple(sorted(path.name for path in given.iterdir()))


def command_of(settings: Settings, name: str) -> str | None:
    """Return what starts a client's part; None for a device of the office's own making."""
    command = _COMMAND.get(clients_of(settings)[name].kind)
    return None if command is None else f"antrean {command} --id {name}"


def revoke(data_dir: Path, name: str, *, now: dt.datetime) -> bool:
    """End a login; return whether the broker has thrown it out already. Raises LoginError where there is none."""
    with _changing(data_dir) as book:
        login = book.get(name)
        if login is None or login.is_revoked:
            message = f"{name} has no login of its own: antrean provision --list tells who has"
            raise LoginError(message)
        book[name] = Login(since=now.replace(microsecond=0))
        (data_dir / LOCAL / name).unlink(missing_ok=True)
    return wait_until_it_counts(data_dir)


def bundled(data: Mapping[str, Any], clients: Mapping[str, Kind]) -> dict[str, Any]:
    """Return the data of a configuration for one machine: nobody's secret is in it but the web's own where it is that.

    Officers keep their names, which a window offers; whether a PIN is right only the broker can tell.
    """
    own = copy.deepcopy(dict(data))
    mqtt = dict(own.get("mqtt") or {})
    for key in ("secret", "shared_secret", "password", "open_on_loopback", "ca"):
        mqtt.pop(key, None)
    own["mqtt"] = mqtt
    for key in ("store", "backup", "planned", "tls_names"):
        own.pop(key, None)
    for officer in own.get("officers") or []:
        officer.pop("pin_hash", None)
    for kiosk in own.get("kiosks") or []:
        if kiosk.get("id") not in clients:
            kiosk.pop("staff_pin_hash", None)
    if "web" not in clients.values():
        if isinstance(own.get("web"), dict):
            own["web"].pop("api_token", None)
        if isinstance(own.get("alerts"), dict):
            for way in ("email", "webhook"):
                own["alerts"].pop(way, None)
    return own


def wait_until_it_counts(
    data_dir: Path, *, pause: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic
) -> bool:
    """Tell whether the broker goes by the list of logins as it is now; False where none works here."""
    if not _is_held(data_dir / "engine.lock"):
        return False
    until = monotonic() + COUNTS_WITHIN_S
    while monotonic() < until:
        counts = data_dir / COUNTS
        if counts.exists() and counts.read_bytes() == (data_dir / BOOK).read_bytes():
            return True
        pause(0.05)
    return False


def remote_host_fault(settings: Settings) -> str | None:
    """Return why another machine would not find the broker by this configuration; None where it would."""
    if is_loopback(settings.mqtt.host) or is_loopback(settings.mqtt.listen):
        return (
            "mqtt.host and mqtt.listen are this machine alone: for another machine set host to the address of this one "
            'and listen to "0.0.0.0" first, here and in the bundle'
        )
    return None


@contextmanager
def _changing(data_dir: Path) -> Iterator[dict[str, Login]]:
    """Yield the list of logins to be changed, by one command at a time."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "logins.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        book = read_book(data_dir)
        yield book
        write_book(data_dir, book)


def _is_held(path: Path) -> bool:
    """Tell whether a broker works here."""
    if not path.exists():
        return False
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
