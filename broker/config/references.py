"""What must fit together across sections: asked of plain data, so that other faults do not hide these."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from broker.config.alerts import alert_faults
from broker.config.faults import Fault, PathKey, did_you_mean
from broker.config.hours import announcement_faults, hours_faults
from broker.config.keypads import keypad_faults
from broker.config.machines import SECTIONS, machine_faults
from broker.config.schema import Entry, child, entries, known_ids, words
from broker.config.signs import sign_faults
from broker.config.turns import turn_faults, unknown_id
from broker.contract.topics import CARE_CLIENT, DOCTOR_CLIENT, ENGINE_CLIENT, UP_CLIENT, WEB_CLIENT
from broker.loopback import is_loopback
from hardware.config import KEY_NAME, host_fault
from hardware.icons import ICONS
from hardware.usb_keys import NAMES

Data = Mapping[str, object]

_KEYS = frozenset(NAMES.values())

_LISTS = (
    "announcements",
    "planned",
    "stages",
    "lanes",
    "groups",
    "services",
    "counters",
    "officers",
    "kiosks",
    "displays",
    "keypads",
    "signs",
    "machines",
)
_EMULATED = "pty:"
_FEEDBACK = "feedback"


def reference_faults(data: Data) -> Iterator[Fault]:
    """Yield every fault that only shows between sections."""
    yield from _ids(data)
    yield from _client_ids(data)
    yield from _marks(data)
    yield from _references(data)
    yield from _groups(data)
    yield from _icons(data)
    yield from _printing_kiosks(data)
    yield from _kiosk_roles(data)
    yield from _kiosk_keys(data)
    yield from _web(data)
    yield from _feedback(data)
    yield from turn_faults(data)
    yield from _staff(data)
    yield from keypad_faults(data)
    yield from _lines(data)
    yield from sign_faults(data)
    yield from _hotkeys(data)
    yield from _timezone(data)
    yield from hours_faults(data)
    yield from announcement_faults(data)
    yield from alert_faults(data)
    yield from _mqtt(data)
    yield from machine_faults(data)


def _hotkeys(data: Data) -> Iterator[Fault]:
    """Two acts by the same keys: only one of them would be done."""
    panel = child(data, "counter_panel")
    chords = child(panel, "hotkeys") if isinstance(panel, dict) else None
    taken: dict[str, str] = {}
    for name, chord in chords.items() if isinstance(chords, dict) else ():
        if isinstance(chord, str) and taken.setdefault("+".join(sorted(chord.split("+"))), name) != name:
            first = taken["+".join(sorted(chord.split("+")))]
            yield Fault(("counter_panel", "hotkeys", name), f"{chord} is already what {first} is for")


def _ids(data: Data) -> Iterator[Fault]:
    for section in _LISTS:
        yield from _repeated(entries(data, section), "id", f"another of the {section}")


def _client_ids(data: Data) -> Iterator[Fault]:
    """Every machine speaks under its own id; two under one would cut each other off."""
    seen = {
        ENGINE_CLIENT: "the engine itself",
        UP_CLIENT: "the command `antrean up`",
        DOCTOR_CLIENT: "the command `antrean doctor`",
        CARE_CLIENT: "the commands that keep house",
        WEB_CLIENT: "the pages for phones",
    }
    for section in SECTIONS:
        own = set(known_ids(data, section)) - set(seen)
        for path, entry in entries(data, section):
            client = str(entry.get("id"))
            if client in seen and client not in own:
                yield Fault((*path, "id"), _taken(client, seen[client]))
        seen |= dict.fromkeys(known_ids(data, section), f"one of the {section}")
    mqtt = child(data, "mqtt")
    for index, device in enumerate(words(mqtt, "devices") if isinstance(mqtt, dict) else []):
        if device in seen:
            yield Fault(("mqtt", "devices", index), _taken(device, seen[device]))
        seen[device] = "another device"


def _taken(client: str, owner: str) -> str:
    return f'"{client}" is already the id of {owner}: every machine needs its own'


def _marks(data: Data) -> Iterator[Fault]:
    """Tell apart what people read: letters and labels."""
    yield from _repeated(entries(data, "services"), "letter", "another service")
    lanes: list[Entry] = [(path, {"letter": "", **entry}) for path, entry in entries(data, "lanes")]
    yield from _repeated(lanes, "letter", "another lane")
    yield from _repeated(entries(data, "counters"), "label", "another counter")


def _repeated(found: list[Entry], key: str, owner: str) -> Iterator[Fault]:
    seen = set()
    for path, entry in found:
        value = entry.get(key)
        if not isinstance(value, str):
            continue
        if value in seen:
            yield Fault((*path, key), f'"{value}" is already the {key} of {owner}')
        seen.add(value)


def _references(data: Data) -> Iterator[Fault]:
    uses = (
        ("services", "stages"),
        ("counters", "stages"),
        ("counters", "services"),
        ("counters", "lanes"),
        ("displays", "stages"),
        ("displays", "counters"),
    )
    for section, key in uses:
        known = known_ids(data, key)
        for path, entry in entries(data, section) if known else []:
            for index, word in enumerate(words(entry, key)):
                if word and word not in known:
                    yield unknown_id((*path, key, index), word, key, known)


def _groups(data: Data) -> Iterator[Fault]:
    """Yield groups that there are not, and groups in which no service stands."""
    known = known_ids(data, "groups")
    used = set()
    for path, entry in entries(data, "services"):
        group = entry.get("group")
        used.add(group)
        if isinstance(group, str) and group not in known:
            yield unknown_id((*path, "group"), group, "groups", known)
    for path, entry in entries(data, "groups"):
        if isinstance(entry.get("id"), str) and entry["id"] not in used:
            yield Fault((*path, "id"), f'no service stands in the group "{entry["id"]}"', warning=True)


def _icons(data: Data) -> Iterator[Fault]:
    """Yield pictograms that no screen has."""
    places: list[Entry] = list(entries(data, "services"))
    for path, lane in entries(data, "lanes"):
        places += [((*path, *within), ground) for within, ground in entries(lane, "grounds")]
    for path, entry in places:
        icon = entry.get("icon")
        if isinstance(icon, str) and icon.replace("_", "").isalnum() and icon not in ICONS:
            hint = did_you_mean(icon, ICONS) or "the names are in hardware/icons.py"
            yield Fault((*path, "icon"), f'"{icon}" is not a pictogram that the screens have', hint)


def _printing_kiosks(data: Data) -> Iterator[Fault]:
    known = known_ids(data, "kiosks")
    of_feedback = {entry.get("id") for _, entry in entries(data, "kiosks") if entry.get("role") == _FEEDBACK}
    for path, entry in entries(data, "counters") if known else []:
        kiosk = entry.get("kiosk")
        if isinstance(kiosk, str) and kiosk not in known:
            yield unknown_id((*path, "kiosk"), kiosk, "kiosks", known)
        elif kiosk in of_feedback:
            message = f'"{kiosk}" has the role feedback: it prints no tickets'
            yield Fault((*path, "kiosk"), message, "name a kiosk that gives out numbers, or leave the line out")


def _kiosk_roles(data: Data) -> Iterator[Fault]:
    """Yield what a kiosk lacks for its role, and what its role has no use for."""
    kiosks, counters = entries(data, "kiosks"), known_ids(data, "counters")
    asked_by: dict[str, object] = {}
    for path, entry in kiosks:
        counter = entry.get("counter")
        if entry.get("role") != _FEEDBACK:
            if not entry.get("printer"):
                hint = "only a kiosk with role: feedback does without"
                yield Fault((*path, "printer"), "is missing: this kiosk gives out numbers on paper", hint)
            if counter is not None:
                message = "is for kiosks with role: feedback: whoever is served at this counter is asked there"
                yield Fault((*path, "counter"), message, "leave the line out, or say role: feedback")
            continue
        if entry.get("spare_printer") and not entry.get("printer"):
            yield Fault((*path, "spare_printer"), "is the second printer of a kiosk without a first one", "say printer")
        if isinstance(counter, str) and counters and counter not in counters:
            yield unknown_id((*path, "counter"), counter, "counters", counters)
        elif isinstance(counter, str) and counter in asked_by:
            message = f'"{counter}" has a feedback kiosk already, {asked_by[counter]}: everybody is asked once'
            yield Fault((*path, "counter"), message)
        elif isinstance(counter, str):
            asked_by[counter] = entry.get("id")
    if kiosks and all(entry.get("role") == _FEEDBACK for _, entry in kiosks):
        message = "has only kiosks with role: feedback: nobody gets a number"
        yield Fault(("kiosks",), message, "one at least must be without that line")


def _web(data: Data) -> Iterator[Fault]:
    """Pages are served on an address of this machine, and on a port that nothing else of ours has."""
    web, mqtt = data.get("web"), data.get("mqtt")
    if not isinstance(web, dict):
        return
    listen, port = web.get("listen"), web.get("port", 8080)
    if isinstance(listen, str) and not _is_address(listen):
        yield Fault(("web", "listen"), f'"{listen}" is no address of this machine, such as 127.0.0.1 or 0.0.0.0')
    others = mqtt if isinstance(mqtt, dict) else {}
    if others.get("server") != "external" and port == others.get("port", 18830):
        yield Fault(("web", "port"), f"{port} is the port of the MQTT server: take another one")
    tls_port = web.get("tls_port", 8443)
    if data.get("tls") == "own" and web.get("staff") == "everywhere" and tls_port in {port, others.get("port", 18830)}:
        yield Fault(("web", "tls_port"), f"{tls_port} is a port that the office needs already: take another one")
    url = web.get("public_url")
    if isinstance(url, str) and re.match(r"https?://(localhost|127\.[0-9.]+)(:|/|$)", url, re.IGNORECASE):
        message = "is this machine alone: no phone in the hall gets there"
        hint = "take its address in the hall's Wi-Fi, or a name that the router knows"
        yield Fault(("web", "public_url"), message, hint, warning=True)


def _feedback(data: Data) -> Iterator[Fault]:
    """See that what visitors may tell has a place where they tell it, and somebody who reads it."""
    feedback = data.get("feedback")
    if not isinstance(feedback, dict):
        return
    asked = [name for name in ("rating", "suggestions", "surveys", "complaints") if feedback.get(name)]
    has_kiosk = any(kiosk.get("role") == "feedback" for _, kiosk in entries(data, "kiosks"))
    if asked and not has_kiosk and not isinstance(data.get("web"), dict):
        hint = "add the section web, or a kiosk with role: feedback"
        yield Fault(("feedback",), "has nowhere to be asked: there are no pages and no such kiosk", hint, warning=True)
    complaints, roles = (
        feedback.get("complaints"),
        {entry.get("role", "officer") for _, entry in entries(data, "officers")},
    )
    if not isinstance(complaints, dict):
        return
    if not roles & {"supervisor", "complaints"}:
        hint = "give an officer role: complaints"
        yield Fault(("feedback", "complaints"), "will be answered by nobody: no officer may", hint, warning=True)
    contacts = complaints.get("contacts", ["complaints"])
    if isinstance(contacts, list) and contacts and not roles & set(map(str, contacts)):
        hint = "give an officer that role, or name another"
        message = "names no role that any officer has: nobody can reach whoever complained"
        yield Fault(("feedback", "complaints", "contacts"), message, hint, warning=True)


def _kiosk_keys(data: Data) -> Iterator[Fault]:
    """Every key of a keypad is one, and means one thing."""
    for path, entry in entries(data, "kiosks"):
        keys, seen = entry.get("keys"), dict[str, str]()
        for meaning, key in keys.items() if isinstance(keys, dict) else ():
            if isinstance(key, str) and re.fullmatch(KEY_NAME, key) and key[0] != "#" and key not in _KEYS:
                hint = did_you_mean(key, _KEYS)
                yield Fault((*path, "keys", meaning), f'"{key}" is no key of a USB keyboard', hint)
            elif isinstance(key, str) and key in seen:
                yield Fault((*path, "keys", meaning), f'"{key}" is already the key for {seen[key]}')
            elif isinstance(key, str):
                seen[key] = meaning


def _staff(data: Data) -> Iterator[Fault]:
    officers, counters = len(entries(data, "officers")), len(entries(data, "counters"))
    if 0 < officers < counters:
        yield Fault(("officers",), f"has {officers} officers for {counters} counters: there must be one for each")


def _timezone(data: Data) -> Iterator[Fault]:
    name = child(child(data, "office"), "timezone")
    if not isinstance(name, str):
        return
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "in Indonesia: Asia/Jakarta, Asia/Makassar, Asia/Jayapura"
        yield Fault(("office", "timezone"), f'"{name}" is not a known time zone', hint)


def _mqtt(data: Data) -> Iterator[Fault]:
    mqtt = child(data, "mqtt")
    if not isinstance(mqtt, dict):
        return
    yield from _logins(data, mqtt)
    yield from _encryption(data, mqtt)
    if mqtt.get("server") == "external":
        return
    embedded = mqtt.get("server") == "embedded"
    for key in ("host", "listen"):
        address = mqtt.get(key)
        if embedded and isinstance(address, str) and not is_loopback(address):
            message = (
                "the embedded MQTT server serves this machine only (127.0.0.1): take mosquitto for several machines"
            )
            yield Fault(("mqtt", key), message)
    listen = mqtt.get("listen")
    if isinstance(listen, str) and not _is_address(listen):
        yield Fault(("mqtt", "listen"), f'"{listen}" is no address of this machine, such as 127.0.0.1 or 0.0.0.0')


def _encryption(data: Data, mqtt: Mapping[str, object]) -> Iterator[Fault]:
    """Yield where passwords and PINs would leave the machine for everybody to read, and nobody has said so."""
    if data.get("tls", "none") != "none" or mqtt.get("plain_text") == "allowed":
        return
    if mqtt.get("server") == "embedded":  # which serves this machine alone
        return
    for key in ("host", "listen") if mqtt.get("server") != "external" else ("host",):
        address = mqtt.get(key)
        is_one = isinstance(address, str) and (_is_address(address) if key == "listen" else host_fault(address) is None)
        if isinstance(address, str) and is_one and not is_loopback(address):
            message = (
                "passwords and PINs would go over the network for everybody there to read: add tls: own as a line of "
                "its own and provision each machine anew (antrean provision); or add plain_text: allowed below mqtt"
            )
            yield Fault(("mqtt", key), message)
            return


def _logins(data: Data, mqtt: Mapping[str, object]) -> Iterator[Fault]:
    """Yield what is wrong with who may log in: one password for all is no longer taken without a word."""
    if mqtt.get("secret") and mqtt.get("shared_secret") != "allowed":
        message = (
            "one password for all machines lets whoever has one of them speak for each: give each its own by "
            "antrean provision, and take this line out; or add shared_secret: allowed for as long as that takes"
        )
        yield Fault(("mqtt", "secret"), message)
    devices = words(mqtt, "devices")
    parts = {"web", *(part for section in SECTIONS for part in known_ids(data, section))}
    for path, entry in entries(mqtt, "act_as"):
        device, part = entry.get("device"), entry.get("part")
        if isinstance(device, str) and device not in devices:
            yield Fault(("mqtt", *path, "device"), f'"{device}" is none of mqtt.devices')
        elif isinstance(part, str) and part not in parts:
            yield Fault(("mqtt", *path, "part"), f'"{part}" is neither the id of a part of the office nor web')


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _lines(data: object) -> Iterator[Fault]:
    """Yield each emulated device whose name another one has already: true ones may be alike on other machines."""
    seen: set[str] = set()
    for path, url in _emulated(data, ()):
        if url in seen:
            yield Fault(path, "is already the name of another emulated device: every line needs its own")
        seen.add(url)


def _emulated(data: object, path: PathKey) -> Iterator[tuple[PathKey, str]]:
    match data:
        case dict():
            for key, value in data.items():
                yield from _emulated(value, (*path, key))
        case list():
            for index, value in enumerate(data):
                yield from _emulated(value, (*path, index))
        case str() if path and path[-1] == "url" and data.startswith(_EMULATED):
            yield path, data
