"""What keeps the truth: the store, the MQTT server, the engine, and who is connected to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from broker.bus import Bus
from broker.config.logins import LoginError, is_open, known_by
from broker.config.settings import Settings
from broker.contract.messages import PROTOCOL, HallMessage, Presence
from broker.contract.topics import DOCTOR_CLIENT, ENGINE_CLIENT
from broker.loopback import is_here, is_loopback
from broker.ports import StorageError
from broker.server.addresses import accepts
from broker.server.certificates import AUTHORITY, GIVEN_LEFT, PAGES, CertificateError, given_pages
from broker.server.start import ServerError, choose_kind, mosquitto_program
from broker.store.archived import years_in
from broker.store.checkup import LARGE_LOG_BYTES, Checkup
from broker.store.database import file_of, resolve_url
from hardware.doctor.question import Finding

HEARTBEAT_S = 5.0
"""The engine says how the hall stands at least so often."""
ANSWER_S = 4.0
GATHER_S = 0.5
"""Retained presences come at once after the subscription; this is patience enough."""

OUR_KINDS = frozenset({"engine", "kiosk", "display", "counter", "keypads", "signs", "web", "care"})
"""Programs of others speak what they like: they ignore what they do not know."""

Presences = Mapping[str, Presence]


def store(checkup: Checkup | None) -> Finding:  # noqa: PLR0911 - one after the other, the worst first
    """Judge what was read of the database; None where there is none yet."""
    if checkup is None:
        return Finding(subject="store", verdict="good", seen="no database yet: the broker makes it at its first start")
    if checkup.damage:
        advice = "stop the broker, keep a copy of the file, and put back the last backup"
        return Finding(subject="store", verdict="fault", seen=checkup.damage, advice=advice)
    if checkup.lost:
        advice = "do not start the broker; keep a copy of the data folder, then put the whole database back"
        return Finding(subject="store", verdict="fault", seen=checkup.lost, advice=advice)
    if checkup.refusal:
        seen = f"{checkup.where} cannot be written: {checkup.refusal}"
        advice = "end the program that holds it; else look at the rights of the file, and whether the disk is full"
        return Finding(subject="store", verdict="fault", seen=seen, advice=advice)
    seen = f"{checkup.events} events, sound; {checkup.where}"
    if checkup.log_bytes >= LARGE_LOG_BYTES:
        return _large_log(checkup, seen)
    if checkup.is_old:
        advice = "back it up: the next start of the broker brings it up to date"
        return Finding(subject="store", verdict="warning", seen=f"{seen}; of an earlier version", advice=advice)
    return Finding(subject="store", verdict="good", seen=seen)


def years(settings: Settings, data_dir: Path) -> Iterator[Finding]:
    """Yield which years that were moved away are in no backup, and not where the next one would find them."""
    database = file_of(resolve_url(settings.store.url, data_dir))
    if settings.backup is None or database is None or not database.is_file():
        return
    backups = data_dir / settings.backup.folder
    with contextlib.suppress(StorageError):  # of the database it was said above
        for moved in years_in(f"sqlite:///{database}", settings.office.id):
            if not moved.held(backups).is_file() and moved.at_hand(database) is None:
                seen = f"the years up to {moved.day} are in no backup below {backups}, and not at {moved.file}"
                advice = "plug in the disk with that file, or lay it there: the next antrean backup takes it along"
                yield Finding(subject="archive", verdict="warning", seen=seen, advice=advice)


def _large_log(checkup: Checkup, seen: str) -> Finding:
    size = f"{seen}; {checkup.log_bytes >> 20} MB stand in its -wal"
    if not checkup.readers:
        advice = "it shrinks with the next tickets; if it does not, see who has the file open: fuser"
        return Finding(subject="store", verdict="warning", seen=size, advice=advice)
    advice = "end this reader, or let it end its transaction: as long as it reads the file grows"
    seen = f"{size}, kept there by {', '.join(checkup.readers)}"
    return Finding(subject="store", verdict="warning", seen=seen, advice=advice)


def server(settings: Settings) -> Finding:
    """Tell which MQTT server the office has."""
    mqtt = settings.mqtt
    where = f"{mqtt.host}:{mqtt.port}"
    if mqtt.server == "external" or not is_here(mqtt.host):
        return Finding(subject="MQTT server", verdict="good", seen=f"run by others, at {where}")
    try:
        kind = choose_kind(mqtt.server)
    except ServerError as error:
        return Finding(subject="MQTT server", verdict="fault", seen=str(error), advice="apt-get install mosquitto")
    if kind == "embedded" and mqtt.server == "auto":
        seen = "Mosquitto is not installed: the embedded stand-in serves this machine only"
        return Finding(subject="MQTT server", verdict="warning", seen=seen, advice="apt-get install mosquitto")
    program = mosquitto_program() if kind == "mosquitto" else "embedded"
    return Finding(subject="MQTT server", verdict="good", seen=f"{program}, at {where}")


def logins(settings: Settings) -> Iterator[Finding]:
    """Yield where more can come in than has to."""
    if is_open(settings.mqtt):
        seen = "any program of the broker's machine comes in without one, and reads all answers (mqtt.open_on_loopback)"
        advice = "that is for trying out: take the line out of config.yaml, on all machines, before the office opens"
        yield Finding(subject="logins", verdict="warning", seen=seen, advice=advice)
    if settings.mqtt.secret is not None:
        seen = "one password for all machines: whoever has one of them can speak for each (mqtt.secret)"
        advice = "antrean provision each machine, then take secret and shared_secret out of config.yaml"
        yield Finding(subject="logins", verdict="warning", seen=seen, advice=advice)


def encryption(settings: Settings, data_dir: Path, now: dt.datetime) -> Iterator[Finding]:
    """Yield whether others in the network can read what goes over it; nothing where all stays on this machine."""
    mqtt = settings.mqtt
    if settings.tls == "own":
        yield Finding(subject="tls", verdict="good", seen="encrypted, by the office's own certificates (tls: own)")
        if (data_dir / PAGES).exists() and not (data_dir / AUTHORITY).exists():
            yield from _given_pages(data_dir, now)
    elif not (is_loopback(mqtt.host) and is_loopback(mqtt.listen)):
        seen = "passwords and PINs go over the network for everybody there to read (mqtt.plain_text)"
        advice = "write tls: own into config.yaml, provision each machine anew, then take plain_text out"
        yield Finding(subject="tls", verdict="warning", seen=seen, advice=advice)


def _given_pages(data_dir: Path, now: dt.datetime) -> Iterator[Finding]:
    """Yield whether somebody has to bring this machine, not the broker's, another certificate for its pages."""
    try:
        until = given_pages(data_dir)
    except CertificateError as error:
        yield Finding(subject="web certificate", verdict="fault", seen=str(error), advice="provision this machine anew")
        return
    advice = "antrean provision on the broker's machine makes another: carry the folder here"
    seen = f"browsers take it until {until:%Y-%m-%d}"
    if until < now:
        seen = f"browsers take it no more since {until:%Y-%m-%d}"
        yield Finding(subject="web certificate", verdict="fault", seen=seen, advice=advice)
    elif until < now + GIVEN_LEFT:
        yield Finding(subject="web certificate", verdict="warning", seen=seen, advice=advice)
    else:
        yield Finding(subject="web certificate", verdict="good", seen=seen)


def versions(presences: Presences) -> Iterator[Finding]:
    """Yield which of our parts speaks another version of the wire than this program."""
    for part, presence in sorted(presences.items()):
        if presence.online and presence.kind in OUR_KINDS and presence.protocol != PROTOCOL:
            seen = f"speaks version {presence.protocol} of the wire, this program {PROTOCOL}"
            yield Finding(
                subject=part, verdict="warning", seen=seen, advice="bring both to the same version of antrean"
            )


def sending(presences: Presences) -> Iterator[Finding]:
    """Yield where alerts cannot be sent."""
    for part, presence in sorted(presences.items()):
        for way, state in presence.devices.items() if presence.online and presence.kind == "web" else ():
            word, _, why = state.partition(", ")
            if word == "failed":
                advice = f"see alerts.{way} in config.yaml, and the log of {part}; what waits is sent again by itself"
                seen = f"alerts are not sent: {why}"
                yield Finding(subject=f"{part}-{way}", verdict="warning", seen=seen, advice=advice)


def configuration(presences: Presences) -> Iterator[Finding]:
    """Yield whether the broker works by its configuration as it stands in the file now."""
    broker = presences.get(ENGINE_CLIENT)
    state = broker.devices.get("config", "") if broker is not None and broker.online else ""
    word, _, detail = state.partition(", ")
    if word == "faulty":
        advice = "mend the line that it names; until then the configuration of before counts"
        yield Finding(subject="config.yaml", verdict="fault", seen=f"changed, and not used: {detail}", advice=advice)
    elif word == "waits":
        advice = "start antrean again when no visitor waits"
        yield Finding(subject="config.yaml", verdict="warning", seen=f"changed: {detail}", advice=advice)


def engine(settings: Settings, data_dir: Path) -> tuple[Finding, Presences]:
    """Ask whether the engine is online; return also whoever else is known there. Blocks some seconds at most."""
    try:
        address = known_by(settings, DOCTOR_CLIENT, data_dir).mqtt.address(DOCTOR_CLIENT)
    except LoginError as error:
        advice = "look at the other machines from the one of the broker, or give this one a login for the doctor"
        return Finding(subject="broker", verdict="warning", seen=str(error), advice=advice), {}
    where = f"{address.host}:{address.port}"
    if not accepts(address):
        advice = "start it: antrean broker, or antrean up; on another machine check mqtt.host, the cable, the firewall"
        return Finding(subject="broker", verdict="fault", seen=f"nothing listens at {where}", advice=advice), {}
    presences: dict[str, Presence] = {}
    linked, live = threading.Event(), threading.Event()
    bus = Bus(address=address, office=settings.office.id, client=DOCTOR_CLIENT, kind="doctor", post=lambda step: step())

    def heard(topic: str, payload: bytes) -> None:
        client = bus.topics.parse_presence(topic)
        if client is not None and payload:
            with contextlib.suppress(ValidationError):  # the doctor looks at what is there, whoever wrote it
                presence = Presence.model_validate_json(payload)
                if not presence.waiting:
                    presences[client] = presence

    bus.listen_raw(bus.topics.presence("+"), heard)
    bus.on_link(lambda online: linked.set() if online else None)
    bus.listen(bus.topics.hall(), HallMessage, lambda hall: None if hall.retained else live.set())
    bus.start()
    is_online = linked.wait(ANSWER_S)
    speaks = is_online and live.wait(HEARTBEAT_S + 1.0)
    if is_online:
        time.sleep(GATHER_S)
    bus.stop()
    presences.pop(DOCTOR_CLIENT, None)
    if is_online and not speaks:
        seen = f"the server at {where} says it is online, but it says nothing"
        advice = "the server may remember an engine of before: see logs/broker.log, and start the broker again"
        return Finding(subject="broker", verdict="fault", seen=seen, advice=advice), presences
    if not is_online:
        advice = "see logs/broker.log; another program may have the port, or the login of this machine was revoked"
        return Finding(
            subject="broker", verdict="fault", seen=f"no engine answers at {where}", advice=advice
        ), presences
    return Finding(subject="broker", verdict="good", seen=f"online at {where}"), presences
