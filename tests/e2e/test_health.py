"""What programs that watch over machines are told: `antrean health`, and logs in lines of JSON."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

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


def test_a_request_is_followed_by_its_id_through_logs_that_programs_read(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "var", extra={"ANTREAN_LOGS": "json"})
    office.start()
    try:
        with office.caller("kiosk-1") as kiosk:
            kiosk.do("issue", request_id="a-visitor", service="new-passport")
            kiosk.refused("issue", request_id="another", service="none")
    finally:
        office.stop()
    lines = [json.loads(line) for line in (office.data_dir / "logs" / "broker.log").read_text().splitlines()]
    assert {"at", "level", "logger", "message", "process"} <= lines[0].keys()
    assert {line["process"] for line in lines} == {"broker"}
    assert all(dt.datetime.fromisoformat(line["at"]).utcoffset() == dt.timedelta() for line in lines)
    told = {line["request"]: (line["client"], line["outcome"]) for line in lines if line["message"] == "answered"}
    assert told == {"a-visitor": ("kiosk-1", "done"), "another": ("kiosk-1", "unknown_service")}
