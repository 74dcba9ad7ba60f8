"""A configuration for a new office: the one that comes with antrean, with what a person answered in its places."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

from argon2 import PasswordHasher

from broker.config.document import read_value, shipped_text
from broker.config.patching import Edit, patched

PIN_DIGITS = 6
MOST_COUNTERS = 60
SUPERVISOR: Final = "supervisor"
FALLBACK_ZONE = "Asia/Jakarta"
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_OPENING = "This is the demo: an invented immigration office."
_OF_PINS = " Every PIN of the demo is 1234."
_OF_THE_MENU = " (the demo's is 1234)"


@dataclass(frozen=True, slots=True)
class Template:
    """What the shipped configuration has to offer."""

    text: str
    languages: tuple[str, ...]
    services: Mapping[str, str]
    """The names by id, in English where there is one."""


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """A printer that is plugged in here."""

    vendor: str
    product: str
    name: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person answered, or the defaults."""

    id: str
    names: Mapping[str, str]
    """Of the office, by language; the first is its own."""
    timezone: str
    services: tuple[str, ...]
    counters: int
    printer: UsbPrinter | None
    """None: the paper is drawn as a picture."""
    is_enforced: bool
    """Whether numbers are given out in opening hours alone."""


def template() -> Template:
    """Return the configuration that comes with antrean."""
    text = shipped_text()
    data = _sections(text)
    services = {
        entry["id"]: entry["name"].get("en") or next(iter(entry["name"].values())) for entry in data["services"]
    }
    return Template(text, tuple(data["office"]["languages"]), services)


def machine_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """Return the time zone that this machine is set to; Jakarta's where it only has the world's."""
    named = os.path.realpath(localtime).partition("/zoneinfo/")[2]
    return named if "/" in named and not named.startswith("Etc/") and named in available_timezones() else FALLBACK_ZONE


def new_pins(counters: int) -> dict[str, str]:
    """Return a PIN by chance for each officer, the supervisor, and the kiosk's menu of staff."""
    return {name: _pin() for name in (*_officers(counters), SUPERVISOR, "kiosk")}


def written(
    origin: Template, answers: Answers, pins: Mapping[str, str], *, hasher: PasswordHasher | None = None
) -> str:
    """Return the text of the new file; slow by intent, for each PIN is hashed."""
    data = _sections(origin.text)
    hasher = hasher or PasswordHasher()
    hashes = {name: hasher.hash(pin) for name, pin in pins.items()}
    edits = [*_office(answers), *_services(data, answers), *_desks(data, answers, hashes)]
    kiosk = f"kiosks.{data['kiosks'][0]['id']}"
    edits.append(Edit(f"{kiosk}.staff_pin_hash", hashes["kiosk"]))
    if answers.printer is not None:
        found = {"type": "usb", "vendor": answers.printer.vendor, "product": answers.printer.product}
        edits += [Edit(f"{kiosk}.printer.{key}", value) for key, value in found.items()]
    text = origin.text.replace(_OPENING, "antrean init began it; it is yours to change.", 1)
    text = patched(text.replace(_OF_PINS, "", 1).replace(_OF_THE_MENU, "", 1), edits)
    if set(answers.names) == set(origin.languages):
        return text
    data = {section: (value, _in_languages(value, origin, answers)) for section, value in _sections(text).items()}
    return patched(text, [Edit(section, new) for section, (old, new) in data.items() if new != old])


def _in_languages(value: object, origin: Template, answers: Answers) -> object:
    """Return a value without the texts in languages that the office does not have."""
    match value:
        case dict() if len(value) > 1 and value.keys() <= set(origin.languages):  # a text, not an entry with its id
            return {key: inner for key, inner in value.items() if key in answers.names}
        case dict():
            return {key: _in_languages(inner, origin, answers) for key, inner in value.items()}
        case list():
            return [_in_languages(inner, origin, answers) for inner in value]
        case _:
            return value


def _office(answers: Answers) -> Iterator[Edit]:
    yield Edit("office.id", answers.id)
    yield Edit("office.name", dict(answers.names))
    yield Edit("office.timezone", answers.timezone)
    yield Edit("office.languages", list(answers.names))
    yield Edit("demo", value=False)
    yield Edit("mqtt.open_on_loopback")  # that is for trying out
    yield Edit("hours.enforced", answers.is_enforced)
    yield Edit("feedback.complaints.contacts", [SUPERVISOR])  # until the office has somebody for complaints


def _services(data: Mapping[str, Any], answers: Answers) -> Iterator[Edit]:
    """Yield what takes out that nobody wants: services, then groups and stages that none of the others needs."""
    wanted = [entry for entry in data["services"] if entry["id"] in answers.services]
    groups = {entry.get("group") for entry in wanted}
    for entry in data["services"]:
        if entry not in wanted:
            yield Edit(f"services.{entry['id']}")
    for entry in data["groups"]:
        if entry["id"] not in groups:
            yield Edit(f"groups.{entry['id']}")
    for entry in data["stages"]:
        if entry["id"] not in _stages(data, answers):
            yield Edit(f"stages.{entry['id']}")


def _desks(data: Mapping[str, Any], answers: Answers, hashes: Mapping[str, str]) -> Iterator[Edit]:
    """Yield counters that do everything, and who sits at them."""
    stages = _stages(data, answers)
    yield Edit(
        "counters",
        [
            {"id": f"counter-{number}", "label": str(number), "stages": stages, "step_free": True}
            for number in range(1, answers.counters + 1)
        ],
    )
    officers: list[dict[str, str]] = [
        {"id": id_, "name": name, "pin_hash": hashes[id_], "role": "officer"}
        for id_, name in _officers(answers.counters).items()
    ]
    officers.append({"id": SUPERVISOR, "name": "Supervisor", "pin_hash": hashes[SUPERVISOR], "role": "supervisor"})
    yield Edit("officers", officers)


def _stages(data: Mapping[str, Any], answers: Answers) -> list[str]:
    """Return what counters have to do for the services that are wanted, in the order of the file."""
    needed = {stage for entry in data["services"] if entry["id"] in answers.services for stage in entry["stages"]}
    return [entry["id"] for entry in data["stages"] if entry["id"] in needed]


def _officers(counters: int) -> dict[str, str]:
    return {f"officer-{number}": f"Officer {number}" for number in range(1, counters + 1)}


def _pin() -> str:
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def _sections(text: str) -> dict[str, Any]:
    data = read_value(text)
    if not isinstance(data, dict):
        message = "the configuration that comes with antrean holds no sections"
        raise TypeError(message)
    return data
