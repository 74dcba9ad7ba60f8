"""With a secret everybody needs a login: each part of the office has one, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.bootstrap.process import client_ids
from broker.bus import Bus, NotConnectedError
from broker.config.settings import Settings
from broker.contract.topics import CARE_CLIENT, DOCTOR_CLIENT, ENGINE_CLIENT, UP_CLIENT, WEB_CLIENT
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess

SECRET = "a-secret-of-the-house"  # noqa: S105 - of this test alone


def started(settings: Settings, client: str) -> Bus:
    """Return a started client that logs in as the office's own parts do."""
    address = settings.mqtt.address(client)
    bus = Bus(address=address, office=settings.office.id, client=client, kind="test", post=lambda step: step())
    bus.start()
    return bus


def test_each_part_of_the_office_gets_in_with_the_secret(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path, extra={"ANTREAN_MQTT__SECRET": SECRET, "ANTREAN_MQTT__DEVICES": "[keypad-3]"})
    settings = office.settings
    parts = [*(s.id for s in settings.kiosks), *(s.id for s in settings.displays), *(s.id for s in settings.counters)]
    clients = [UP_CLIENT, DOCTOR_CLIENT, CARE_CLIENT, WEB_CLIENT, "keypad-3", *parts]
    assert set(client_ids(settings)) == {ENGINE_CLIENT, *clients}
    office.start()
    buses = [started(settings, client) for client in clients]
    stranger = started(settings, "stranger")
    wait_until(lambda: all(bus.connected for bus in buses), "all are in")
    with pytest.raises(NotConnectedError):
        stranger.wait_connected(0.5)
    for bus in (*buses, stranger):
        bus.stop()
    office.stop()
