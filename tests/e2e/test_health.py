"""`antrean health` tells programs whether the office works, by its exit code and as JSON."""

from __future__ import annotations

import json

from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import run


def test_an_office_at_work_is_well_and_one_without_a_broker_is_not(mosquitto_office: OfficeProcess) -> None:
    office = mosquitto_office
    asked = ("broker", "health", "--json", "--config", str(CONFIG))
    with office.caller("kiosk-1"):
        well = run(*asked, env=office.environment)
    said = json.loads(well.stdout)
    assert (well.returncode, said["well"]) == (0, True), said
    assert {"subject": "kiosk-1", "verdict": "good", "seen": "test, connected"}.items() <= next(
        seen for seen in said["seen"] if seen["subject"] == "kiosk-1"
    ).items()
    office.stop()
    gone = run(*asked, env=office.environment)
    assert gone.returncode == 1
    assert "nothing listens at" in json.loads(gone.stdout)["seen"][0]["seen"]
    office.start()
