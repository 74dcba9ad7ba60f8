"""`antrean doctor` beside an office that is open, and beside one that is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import run


def doctor(office: OfficeProcess, *arguments: str) -> tuple[int, str]:
    asked = ("doctor", "--config", str(CONFIG), "--data", str(office.data_dir), *arguments)
    done = run("broker", *asked, env={**office.environment, "COLUMNS": "400"})
    return done.returncode, done.stdout + done.stderr


def row(output: str, subject: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(f"│ {subject} "))


def test_an_open_office_has_nothing_wrong_prints_a_page_and_says_a_call(mosquitto_office: OfficeProcess) -> None:
    mosquitto_office.wait_online()
    code, output = doctor(mosquitto_office, "--print-test", "--say")
    assert code == 0, output
    assert "nothing is wrong" in output
    for subject in ("configuration", "disk", "store", "broker", "kiosk-1-printer"):
        assert "│ ok " in row(output, subject), output
    assert "the test page: confirmed" in output
    assert "Silakan menuju loket satu" in row(output, "display-1-voice")
    assert list((mosquitto_office.data_dir / "paper").glob("*test-page.png"))


def test_a_closed_office_is_a_fault_and_says_how_to_open_it(tmp_path: Path) -> None:
    code, output = doctor(OfficeProcess(tmp_path / "var"), "--only", "nobody")
    assert code == 1
    assert "WRONG" in row(output, "broker")
    assert "antrean broker" in output
    assert "no part 'nobody'" in row(output, "--only")
    assert "kiosk-1-printer" not in output


def test_a_faulty_configuration_is_the_only_thing_looked_at(tmp_path: Path) -> None:
    broken = tmp_path / "config.yaml"
    broken.write_text(CONFIG.read_text().replace("timezone:", "timezon:"))
    done = subprocess.run(
        [sys.executable, "-m", "broker", "doctor", "--config", str(broken), "--data", str(tmp_path / "var")],
        env={"COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "did you mean" in done.stdout
    assert "broker" not in done.stdout
