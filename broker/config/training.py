"""A training's own configuration, made of the office's: the same rules, but nothing of it reaches anybody or anything.

Pure but for the folder. Waits, promises and times to come are shorter, so that a day fits into a quarter of an hour.
"""

from __future__ import annotations

import copy
import fcntl
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.config.document import read_document
from broker.config.environment import overlay
from broker.config.patching import Edit, UnwritableError, patched
from broker.config.pins import DEMO_PIN
from broker.config.settings import DEFAULT_DATA, Settings
from broker.language import Phrases

DEFAULT_FOLDER = Path("var-training")
"""Where a training lies where nothing is said."""
MARK = "TRAINING"
"""The file that tells a training's folder from an office's."""
CONFIG = "config.yaml"
DATABASE = "office.db"
"""What a training's folder has in it, beside what every data folder has."""
LONGEST_MIN, LEAST_MIN = 2.0, 1.0
"""The longest promise of a lane is so long at the usual pace, all others are shorter in proportion, but not by more."""
USUAL_SHARE = 1 / 16
"""So much of the office's usual times: somebody who takes eight minutes takes half a minute."""
TIME_TO_COME_S = 8
"""So long a visitor has to come at most before they may be given up."""
SUPERVISOR, COMPLAINTS, COLLEAGUE = "latihan", "pengaduan", "rekan"
"""Whom whoever trains signs in as, who handles complaints, and how the ids of colleagues at counters begin."""
_PIN_HASH = (
    "$argon2id$v=19$m=8192,t=1,p=1$rA5sazbEDXanqEqtd87kfw$Yi7EsF0f0qYv1FZx6h/Axad+9kM+xoxaF/Infgx/KCo"  # of DEMO_PIN
)
_RULES: tuple[dict[str, object], ...] = (
    {"id": "long-wait", "type": "wait", "limit_percent": 75, "for_s": 3, "calm_s": 10},
    {"id": "idle-counter", "type": "idle_counter", "after_min": 1},
    {"id": "paper", "type": "paper_low", "for_s": 2, "roles": ["supervisor", "technician"]},
)


class FolderError(Exception):
    """The folder cannot be a training's; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a training is reached on this machine: other ports than the office's, which goes on beside it."""

    mqtt: int
    web: int


def training_data(office: Mapping[str, Any], folder: Path, ports: Ports, *, pace: float = 1.0) -> dict[str, object]:
    """Return the data of a training's configuration, of the office's own, whose file lies in `folder`.

    What goes out of the machine (e-mail, webhook, a server that others run), what opens a device or a folder of the
    office (its backups, too), who its officers are and every secret is not in it.
    """
    data: dict[str, Any] = copy.deepcopy(dict(office))
    data["training"] = True
    data |= {"planned": [], "announcements": [], "keypads": [], "signs": [], "machines": []}
    _rules(data, pace)
    data["officers"] = list(_officers(data))
    data["alerts"] = {"quiet_hours": [], "rules": copy.deepcopy(list(_RULES))}
    is_open = bool((data.get("mqtt") or {}).get("open_on_loopback"))
    data["mqtt"] = {"server": "auto", "host": "127.0.0.1", "port": ports.mqtt, "listen": "127.0.0.1"}
    data["mqtt"] |= {"open_on_loopback": True} if is_open else {}
    data["tls"] = "none"  # nothing of it leaves the machine
    data.pop("tls_names", None)
    data["store"] = {"url": f"sqlite:///{DATABASE}"}
    data["backup"] = None  # else made-up days would stand among the office's own, and push the oldest of them out
    if isinstance(data.get("web"), dict):
        data["web"] = {
            "listen": "127.0.0.1",
            "port": ports.web,
            "public_url": f"http://localhost:{ports.web}",
            "staff": "loopback",
        }
    data["kiosks"] = list(_kiosks(data["kiosks"]))
    data["displays"] = [_display(display) for display in data.get("displays", [])[:1]]
    panel = data["counter_panel"]
    data["counter_panel"] = {key: value for key, value in panel.items() if key not in {"hotkeys", "docked"}}
    data["counter_panel"]["fullscreen"] = False
    _found_from_anywhere(data, folder)
    return data


def _rules(data: dict[str, Any], pace: float) -> None:
    """Let the office's rules hold at any hour, with times that fit a training."""
    data["hours"] = {**data["hours"], "enforced": False}
    own = data["counters"][0]
    share = LONGEST_MIN / max(lane["promised_wait_min"] for lane in data["lanes"])
    for stage in data["stages"]:
        stage["standard_min"] = round(stage["standard_min"] * USUAL_SHARE / pace, 2)
    for one in (*data["lanes"], *data["services"]):
        one["promised_wait_min"] = round(max(LEAST_MIN, one["promised_wait_min"] * share) / pace, 2)
        for key in ("hours", "daily_quota", "max_wait_min"):
            one.pop(key, None)
    for lane in data["lanes"]:
        come_s = min(lane.get("no_show_after_s", TIME_TO_COME_S), TIME_TO_COME_S)
        lane["no_show_after_s"] = int(come_s / max(pace, 1))
    for service in data["services"]:  # whoever trains has visitors from the beginning to the end of their visit
        mine = [stage for stage in service["stages"] if stage in own["stages"]]
        if mine and service["id"] in own.get("services", [service["id"]]):
            service["stages"] = mine[:1]
    kept = {kiosk["id"] for kiosk in _kiosks(data["kiosks"])}
    for counter in data["counters"]:
        if counter.get("kiosk") not in kept:
            counter.pop("kiosk", None)


def _officers(data: Mapping[str, Any]) -> Iterable[dict[str, object]]:
    """Yield who may sign in: nobody's own name and PIN; one for each counter, and the roles that are trained."""
    p = Phrases("broker", data["office"]["languages"][0])
    yield {"id": SUPERVISOR, "name": p.say("Trainee"), "pin_hash": _PIN_HASH, "role": "supervisor"}
    yield {"id": COMPLAINTS, "name": p.say("Trainee (complaints)"), "pin_hash": _PIN_HASH, "role": "complaints"}
    for place, _ in enumerate(data["counters"], 1):
        yield {"id": f"{COLLEAGUE}-{place}", "name": p.say("Colleague {n}", n=place), "pin_hash": _PIN_HASH}


def _kiosks(kiosks: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, object]]:
    """Yield the kiosks that one machine shows, with printers that are none."""
    seen: set[str] = set()
    for kiosk in kiosks:
        role = kiosk.get("role", "tickets")
        if role in seen:
            continue
        seen.add(role)
        left_out = {"spare_printer", "spare_printer_label", "scanner", "shutdown_command", "keys", "staff_pin_hash"}
        kept = {key: value for key, value in kiosk.items() if key not in left_out}
        printer = kept.get("printer")
        if isinstance(printer, dict):
            paper = {key: printer[key] for key in ("paper_mm", "profile", "cut") if key in printer}
            kept["printer"] = {"type": "preview", **paper}
        kept["panel"] = {**kept["panel"], "fullscreen": False}
        if "staff_pin_hash" in kiosk:
            kept["staff_pin_hash"] = _PIN_HASH
        yield kept


def _display(display: Mapping[str, Any]) -> dict[str, Any]:
    """Return a display that shows all calls."""
    kept = {key: value for key, value in display.items() if key not in {"media", "dim", "stages", "counters"}}
    kept["panel"] = {**kept["panel"], "fullscreen": False}
    return kept


def _found_from_anywhere(data: dict[str, Any], folder: Path) -> None:
    """Name files as they are found from the training's folder: its configuration lies elsewhere than the office's."""
    office = data["office"]
    if office.get("logo"):
        office["logo"] = str((folder / office["logo"]).absolute())
    feedback = data.get("feedback")
    surveys = feedback.get("surveys") if isinstance(feedback, dict) else None
    for survey in surveys or ():
        if survey.get("file"):
            survey["file"] = str((folder / survey["file"]).absolute())
    for part in (*data["kiosks"], *data["displays"]):  # recorded voices: they are read alone
        sound = part.get("sound")
        speech = sound.get("speech") if isinstance(sound, dict) else None
        if isinstance(speech, dict):
            speech["folder"] = str((DEFAULT_DATA / speech.get("folder", "voice")).absolute())


def training_text(config: Path, environ: Mapping[str, str], ports: Ports, *, pace: float = 1.0) -> str:
    """Return a training's configuration as a file: the office's, with its comments, where only these values differ.

    Of a file that no program can change line by line the values alone are written.
    """
    document = read_document(config)
    written = copy.deepcopy(document.data)
    overlay(document.data, Settings, environ)
    wanted = training_data(document.data, config.parent, ports, pace=pace)
    text = config.read_text(encoding="utf-8-sig")
    edits = [Edit(key, wanted[key]) for key in wanted if wanted[key] != written.get(key)]
    try:
        return patched(text, edits)
    except UnwritableError:
        return json.dumps(wanted, ensure_ascii=False, indent=1, default=str)  # JSON is YAML, too


def is_training_folder(folder: Path) -> bool:
    """Tell whether a training made this folder."""
    return (folder / MARK).is_file()


def wrong_folder(folder: Path, *, is_training: bool) -> str | None:
    """Return why a broker must not work here: an office's data is no training's, and the other way round."""
    if is_training and not is_training_folder(folder):
        return (
            f"{folder} is no training's folder, so this training does not touch it: start it by antrean up --training"
        )
    if not is_training and is_training_folder(folder):
        return f"{folder} holds a training: no true office works on it; choose another folder with --data"
    return None


def make_folder(folder: Path, *, keep: bool) -> None:
    """Make a training's folder, empty where it is not to be kept.

    Raises FolderError where it may be an office's, or a training is on there: that one's configuration stays as it is.
    """
    if folder.exists() and any(folder.iterdir()) and not is_training_folder(folder):
        message = (
            f"{folder} has something in it that no training has put there, and may be an office's own data: "
            "a training has a folder of its own; leave --data out, or name a new one"
        )
        raise FolderError(message)
    _require_over(folder)
    if folder.is_dir() and not keep:
        _clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Made by antrean up --training: nothing here is true.\n", encoding="utf-8")


def _require_over(folder: Path) -> None:
    """Raise FolderError where the training of this folder is still on."""
    lock = folder / "engine.lock"
    if lock.exists():
        with lock.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                message = f"a training is on in {folder} already: end it first, or name another folder with --data"
                raise FolderError(message) from error


def _clear(folder: Path) -> None:
    """Empty the folder of an earlier training."""
    for inside in folder.iterdir():
        if inside.is_dir() and not inside.is_symlink():
            shutil.rmtree(inside)
        else:
            inside.unlink()


PIN = DEMO_PIN
"""With which everybody of a training signs in: it stands on its screens."""
