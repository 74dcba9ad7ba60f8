"""A whole visit in Arabic and in Chinese, by touch, on the true kiosk before a true broker: it ends with a ticket."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess
from tests.support.program import Program
from tests.support.sqlite import opened

CONFIG = Path(__file__).parents[1] / "offices" / "four-languages.yaml"


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_a_visit_in_another_script_ends_with_a_ticket(tmp_path: Path, language: str) -> None:
    office = OfficeProcess(tmp_path / "office", config=CONFIG)
    office.start()
    screen = VirtualScreen(1080, 1920)
    screen.start()
    targets = tmp_path / "targets.json"
    kiosk = Program(
        "kiosk",
        "--config",
        str(CONFIG),
        "--data",
        str(office.data_dir),
        "--id",
        "kiosk-1",
        env={
            **office.environment,
            "DISPLAY": screen.name,
            "ANTREAN_TARGETS": str(targets),
            "ANTREAN_WINDOW": "1080x1920+0+0",
        },
    )
    try:
        window = Window("kiosk", screen, targets)
        window.touch(f"language:{language}")
        window.touch("service:new-passport")
        window.touch("continue")
        window.touch("lane:regular")
        window.wait_screen("ticket")
        with opened(office.database) as connection:
            found = connection.execute("SELECT number, language FROM tickets").fetchall()
        assert found == [(1, language)]
        wait_until(lambda: any(office.data_dir.rglob("*.png")), "the paper is there to be looked at")
    finally:
        kiosk.terminate()
        kiosk.wait(20)
        screen.stop()
        office.stop()
