"""What must fit together across sections: asked of plain data, so that other faults do not hide these."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from broker.config.document import PathKey
from broker.config.faults import Fault, did_you_mean
from broker.config.schema import child
from broker.config.settings import SPAN
from broker.contract.topics import ENGINE_CLIENT, UP_CLIENT

Data = Mapping[str, object]
Entry = tuple[PathKey, Data]

_LISTS = ("stages", "lanes", "services", "counters", "officers", "kiosks", "displays")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def reference_faults(data: Data) -> Iterator[Fault]:
    """Yield every fault that only shows between sections."""
    yield from _ids(data)
    yield from _client_ids(data)
    yield from _signs(data)
    yield from _references(data)
    yield from _unserved(data)
    yield from _staff(data)
    yield from _timezone(data)
    yield from _hours(data)
    yield from _mqtt(data)


def entries(data: object, section: str) -> list[Entry]:
    """Return the well-formed entries of a list, each with its path."""
    found = child(data, section)
    return [
        ((section, index), entry)
        for index, entry in enumerate(found if isinstance(found, list) else [])
        if isinstance(entry, dict)
    ]


def words(entry: Data, key: str) -> list[str]:
    """Return the words of a list inside an entry, empty strings where there are none."""
    found = entry.get(key)
    return [word if isinstance(word, str) else "" for word in found] if isinstance(found, list) else []


def known_ids(data: Data, section: str) -> list[str]:
    """Return the ids of a list."""
    return [str(entry["id"]) for _, entry in entries(data, section) if isinstance(entry.get("id"), str)]


def _ids(data: Data) -> Iterator[Fault]:
    for section in _LISTS:
        yield from _repeated(entries(data, section), "id", f"another of the {section}")


def _client_ids(data: Data) -> Iterator[Fault]:
    """Every machine speaks under its own id; two under one would cut each other off."""
    seen = {ENGINE_CLIENT: "the engine itself", UP_CLIENT: "the command `antrean up`"}
    for section in ("counters", "kiosks", "displays"):
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


def _signs(data: Data) -> Iterator[Fault]:
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
    uses = (("services", "stages"), ("counters", "stages"), ("counters", "services"), ("counters", "lanes"))
    for section, key in uses:
        known = known_ids(data, key)
        for path, entry in entries(data, section) if known else []:
            for index, word in enumerate(words(entry, key)):
                if word and word not in known:
                    hint = did_you_mean(word, known) or f"known: {', '.join(known)}"
                    yield Fault((*path, key, index), f'"{word}" is not the id of one of the {key}', hint)


def _unserved(data: Data) -> Iterator[Fault]:
    """Find numbers that no counter may call: they would wait for ever."""
    counters = [entry for _, entry in entries(data, "counters")]
    if not counters or any("" in words(counter, "stages") or not words(counter, "stages") for counter in counters):
        return
    staffed = {stage for counter in counters for stage in words(counter, "stages")}
    for path, stage in entries(data, "stages"):
        if isinstance(stage.get("id"), str) and stage["id"] not in staffed:
            yield Fault(path, f'no counter serves the stage "{stage["id"]}"')
    for path, service in entries(data, "services"):
        for index, stage_id in enumerate(words(service, "stages")):
            lanes = _lanes_left(data, counters, service, stage_id) if stage_id in staffed else []
            if lanes:
                who = f'"{service.get("id")}" at the stage "{stage_id}" in the lane {", ".join(lanes)}'
                yield Fault((*path, "stages", index), f"no counter serves {who}: those numbers could never be called")


def _lanes_left(data: Data, counters: list[Data], service: Data, stage: str) -> list[str]:
    """Return the lanes in which no counter serves a service at a stage."""
    serving = [counter for counter in counters if stage in words(counter, "stages") and _takes(counter, service)]
    return [
        lane
        for lane in known_ids(data, "lanes")
        if not any(counter.get("lanes") is None or lane in words(counter, "lanes") for counter in serving)
    ]


def _takes(counter: Data, service: Data) -> bool:
    return counter.get("services") is None or service.get("id") in words(counter, "services")


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


def _hours(data: Data) -> Iterator[Fault]:
    hours = child(data, "hours")
    if not isinstance(hours, dict):
        return
    for day in _DAYS:
        yield from _spans(("hours", day), words(hours, day))
    if hours.get("enforced", True) is True and not any(hours.get(day) for day in _DAYS):
        yield Fault(("hours",), "opens on no day, so no number would ever be given out")


def _spans(path: PathKey, spans: list[str]) -> Iterator[Fault]:
    """Compare times as text: they are all written HH:MM."""
    last = ""
    for index, span in enumerate(spans):
        if not re.match(SPAN, span):
            continue
        begin, _, end = span.partition("-")
        if end <= begin:
            yield Fault((*path, index), f'"{span}" ends before it begins')
        elif begin < last:
            yield Fault((*path, index), f'"{span}" begins before the span above it ends, at {last}')
        last = max(last, end)


def _mqtt(data: Data) -> Iterator[Fault]:
    mqtt = child(data, "mqtt")
    if not isinstance(mqtt, dict) or mqtt.get("server") == "external":
        return
    embedded = mqtt.get("server") == "embedded"
    for key in ("host", "listen"):
        address = mqtt.get(key)
        if embedded and isinstance(address, str) and not _is_loopback(address):
            message = (
                "the embedded MQTT server serves this machine only (127.0.0.1): take mosquitto for several machines"
            )
            yield Fault(("mqtt", key), message)
    listen = mqtt.get("listen")
    if isinstance(listen, str) and not _is_loopback(listen) and not mqtt.get("secret"):
        message = "other machines can reach this address, so mqtt.secret must be set, with at least 12 characters"
        yield Fault(("mqtt", "listen"), message)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
