"""An edit of config.yaml is on every screen within two seconds; a faulty one changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.bus import Bus
from broker.up.screens import VirtualScreen
from broker.up.visit import Window
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program, run

WITHIN_S = 2.0


class Screen:
    """Whoever listens to all that is retained."""

    def __init__(self, office: OfficeProcess) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self.bus = Bus(address=office.address, office="demo", client="probe", kind="test", post=lambda step: step())
        self.bus.listen_raw(f"{self.bus.topics.root}/state/#", self._heard)
        self.bus.listen_raw(f"{self.bus.topics.root}/presence/broker", self._heard)
        self.bus.listen_raw(f"{self.bus.topics.root}/event/config_changed", self._heard)
        self.bus.start()

    def _heard(self, topic: str, payload: bytes) -> None:
        self.states[topic.removeprefix(f"{self.bus.topics.root}/")] = json.loads(payload) if payload else {}

    @property
    def config(self) -> str:
        """Return how the broker says that its configuration is."""
        state: str = self.states.get("presence/broker", {}).get("devices", {}).get("config", "")
        return state


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8"), encoding="utf-8")
    office = OfficeProcess(tmp_path, config=config)
    office.start()
    office.wait_online()
    yield office
    office.stop()


def edit(office: OfficeProcess, old: str, new: str) -> None:
    """Change the file as an editor does: a new one takes the place of the old."""
    text = office.config.read_text(encoding="utf-8")
    assert old in text
    part = office.config.with_suffix(".part")
    part.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.replace(part, office.config)  # noqa: PTH105 - as an editor does


def reload(office: OfficeProcess) -> subprocess.CompletedProcess[str]:
    """Run `antrean reload`."""
    return run("broker", "reload", "--config", str(office.config), env=office.environment)


def test_an_edit_is_on_the_retained_topics_within_two_seconds_and_a_faulty_one_changes_nothing(
    office: OfficeProcess,
) -> None:
    screen = Screen(office)
    wait_until(lambda: "state/office" in screen.states and screen.config.startswith("good, "), "the office is shown")
    with office.caller("kiosk-1") as kiosk:
        number = kiosk.do("issue", service="new-passport")["ticket"]["number"]
        begun = time.monotonic()
        edit(office, 'en: "Sample Immigration Office"', 'en: "Another Immigration Office"')
        wait_until(
            lambda: screen.states["state/office"]["office"]["name"]["en"] == "Another Immigration Office", "it is there"
        )
        assert time.monotonic() - begun < WITHIN_S
        wait_until(lambda: screen.config.startswith("good, "), "and the file is good")
        assert screen.states["event/config_changed"]["sections"] == ["office"]
        for day in ("mon", "tue", "wed", "thu"):
            edit(office, f'  {day}: ["07:30-12:00", "13:00-15:00"]', f"  {day}: []")
        edit(office, '  fri: ["07:30-11:30", "13:30-15:00"]', '  2099-12-24: ["08:00-11:00"]')
        edit(office, "enforced: false", "enforced: true")
        wait_until(lambda: not screen.states["state/hall"]["hours"]["is_open"], "the hours count, too")
        error = kiosk.ask("issue", service="new-passport").error
        assert error is not None
        assert error.code == "service_closed"
        assert kiosk.do("lookup", ticket=number)["ticket"]["state"] == "waiting"

        shown = dict(screen.states["state/office"])
        edit(office, "promised_wait_min: 60", "promised_wait_min: soon")
        wait_until(lambda: screen.config.startswith("faulty, "), "the fault is said")
        assert "config.yaml:" in screen.config
        assert screen.states["state/office"] == shown
        assert kiosk.do("lookup", ticket=number)["ticket"]["state"] == "waiting"
        told = reload(office)
        assert told.returncode == 1
        assert "promised_wait_min" in told.stderr
        edit(office, "promised_wait_min: soon", "promised_wait_min: 45")
        told = reload(office)
        assert (told.returncode, "has read" in told.stdout, told.stderr) == (0, True, "")
        wait_until(
            lambda: screen.states["state/office"]["lanes"][0]["promised_wait_s"] == 2700, "the mended one counts"
        )
        edit(office, "paper_mm: 80", "paper_mm: 58")
        told = reload(office)
        assert "for a restart: kiosks" in told.stdout
    screen.bus.stop()


def test_what_is_announced_and_reworded_is_on_a_true_display_within_two_seconds(
    office: OfficeProcess, tmp_path: Path
) -> None:
    virtual = VirtualScreen(1920, 1080)
    virtual.start()
    targets = tmp_path / "targets.json"
    environment = {"DISPLAY": virtual.name, "ANTREAN_TARGETS": str(targets), "ANTREAN_WINDOW": "1920x1080+0+0"}
    command = ("display", "--config", str(office.config), "--data", str(tmp_path / "display"), "--id", "display-1")
    process = Program(*command, env={**office.environment, **environment})
    try:
        display = Window("display", virtual, targets)
        display.wait_screen("resting")
        notice = '[{id: moved, text: {id: "Loket 3 pindah.", en: "Counter 3 has moved."}, say: true}]'
        for old, new, shown in (
            ("announcements: []", f"announcements: {notice}", "Loket 3 pindah."),
            ("Loket 3 pindah.", "Loket 3 di lantai 2.", "Loket 3 di lantai 2."),
            ("Loket 3 di lantai 2.", "Hari ini sampai pukul 14.00.", "Hari ini sampai pukul 14.00."),
        ):
            assert not _shows(display, shown)
            edit(office, old, new)
            told = reload(office)
            read_at = time.monotonic()
            assert told.returncode == 0, told.stderr
            wait_until(lambda shown=shown: _shows(display, shown), f"the display shows {shown!r}")  # type: ignore[misc]
            assert time.monotonic() - read_at < WITHIN_S
        edit(
            office,
            f"announcements: {notice.replace('Loket 3 pindah.', 'Hari ini sampai pukul 14.00.')}",
            "announcements: []",
        )
        edited_at = time.monotonic()
        wait_until(lambda: not _shows(display, "Hari ini"), "it is gone, without a command")
        assert time.monotonic() - edited_at < WITHIN_S
    finally:
        process.terminate()
        code = process.wait(20)
        virtual.stop()
    assert code == 0


def _shows(display: Window, words: str) -> bool:
    return any(words in line for line in display.offers())
