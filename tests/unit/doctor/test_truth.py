"""The MQTT server, as the doctor sees it: a missing one is a line of the table, not the end of it."""

from __future__ import annotations

import pytest

from broker.config import load_settings
from broker.doctor import truth
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
