"""The MQTT server, as the doctor sees it: a missing one is a line of the table, not the end of it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.bus import Bus
from broker.config import Settings, load_settings
from broker.contract.link import Address
from broker.contract.messages import PROTOCOL, Presence
from broker.contract.topics import ENGINE_CLIENT
from broker.doctor import truth
from tests.contract.parties import HALL
from tests.contract.worlds import ENGINE_PASSWORD, new_server
from tests.support.office import CONFIG


@pytest.mark.parametrize(
    ("wanted", "installed", "verdict"),
    [
        ("auto", True, "good"),
        ("auto", False, "warning"),
        ("embedded", False, "good"),
        ("mosquitto", True, "good"),
        ("mosquitto", False, "fault"),
        ("external", False, "good"),
    ],
)
def test_a_server_that_is_wanted_and_missing_is_a_fault_with_what_to_do(
    wanted: str,
    installed: bool,  # noqa: FBT001 - a column of the table
    verdict: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broker.server.start.mosquitto_program", lambda: "/usr/sbin/mosquitto" if installed else None)
    found = truth.server(load_settings(CONFIG, {"ANTREAN_MQTT__SERVER": wanted}))
    assert found.verdict == verdict
    assert bool(found.advice) == (verdict != "good")


@pytest.mark.parametrize(
    ("mqtt", "told"),
    [
        ({"OPEN_ON_LOOPBACK": "false"}, []),
        ({}, ["open_on_loopback"]),
        ({"SECRET": "a-secret-of-the-house", "SHARED_SECRET": "allowed"}, ["secret"]),
    ],
)
def test_a_house_that_is_more_open_than_it_has_to_be_is_told(mqtt: dict[str, str], told: list[str]) -> None:
    environ = {f"ANTREAN_MQTT__{key}": value for key, value in mqtt.items()}
    found = list(truth.logins(load_settings(CONFIG, environ)))
    assert [finding.verdict for finding in found] == ["warning"] * len(told)
    assert all(f"mqtt.{key}" in finding.seen for key, finding in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("said", "verdicts"),
    [
        ({}, []),
        ({"MQTT__HOST": "192.168.1.10", "MQTT__PLAIN_TEXT": "allowed"}, ["warning"]),
        ({"MQTT__HOST": "192.168.1.10", "TLS": "own"}, ["good"]),
    ],
)
def test_what_others_in_the_network_can_read_is_told(said: dict[str, str], verdicts: list[str]) -> None:
    environ = {f"ANTREAN_{key}": value for key, value in said.items()}
    found = list(truth.encryption(load_settings(CONFIG, environ), Path("nowhere"), dt.datetime.now(dt.UTC)))
    assert [finding.verdict for finding in found] == verdicts
    assert all("tls: own" in finding.seen + (finding.advice or "") for finding in found)


@pytest.fixture
def remembering(tmp_path: Path) -> Iterator[tuple[Settings, Bus]]:
    """Start a server where the engine has said how the hall stands; whether it says more is up to the test."""
    server = new_server("mosquitto", tmp_path)
    there = server.spec.address
    address = Address(there.host, there.port, ENGINE_CLIENT, ENGINE_PASSWORD)
    engine = Bus(address=address, office="demo", client=ENGINE_CLIENT, kind="engine", post=lambda step: step())
    engine.start()
    engine.wait_connected(10)
    engine.publish(engine.topics.hall(), HALL.encode(), retain=True)
    engine.announce()
    yield load_settings(CONFIG, {"ANTREAN_MQTT__PORT": str(there.port)}), engine
    engine.stop()
    server.stop()


def test_an_engine_of_which_only_the_server_remembers_is_no_engine(
    remembering: tuple[Settings, Bus], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("broker.doctor.truth.HEARTBEAT_S", -0.5)
    settings, engine = remembering
    found, _ = truth.engine(settings, tmp_path)
    assert (found.verdict, "says nothing" in found.seen) == ("fault", True)
    heartbeat = threading.Thread(target=_say_hall, args=(engine, stopping := threading.Event()))
    heartbeat.start()
    found, _ = truth.engine(settings, tmp_path)
    stopping.set()
    heartbeat.join()
    assert found.verdict == "good"


def _say_hall(engine: Bus, stopping: threading.Event) -> None:
    while not stopping.wait(0.05):
        engine.publish(engine.topics.hall(), HALL.encode(), retain=True)


def test_parts_of_another_version_are_named_and_programs_of_others_are_not() -> None:
    presences = {
        "kiosk-1": Presence(online=True, kind="kiosk", protocol="1.0"),
        "kiosk-2": Presence(online=True, kind="kiosk", protocol=PROTOCOL),
        "kiosk-3": Presence(online=False, kind="kiosk", protocol="1.0"),
        "broker": Presence(online=True, kind="engine", protocol="1.99"),
        "microcontroller-7": Presence(online=True, kind="button"),
    }
    assert [(finding.subject, finding.verdict) for finding in truth.versions(presences)] == [
        ("broker", "warning"),
        ("kiosk-1", "warning"),
    ]


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("good, 3fa2c1d09b7e", None),
        ("faulty, 3fa2c1d09b7e: config.yaml:12: lanes[0].daily_quota: must be a whole number", "fault"),
        ("waits, 3fa2c1d09b7e: for a restart: kiosks", "warning"),
        ("", None),
    ],
)
def test_a_configuration_that_the_broker_does_not_use_is_named(state: str, verdict: str | None) -> None:
    presences = {"broker": Presence(online=True, kind="engine", protocol=PROTOCOL, devices={"config": state})}
    found = list(truth.configuration(presences))
    assert [finding.verdict for finding in found] == ([] if verdict is None else [verdict])
    assert all("3fa2c1d09b7e" in finding.seen for finding in found)
