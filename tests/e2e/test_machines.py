"""An office of several machines, each with a folder of its own: every one opens what config.yaml gives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from broker.doctor import truth
from broker.up.screens import VirtualScreen
from tests.e2e.test_up import said
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess

MACHINES = """machines:
  - {id: desk, opens: [broker]}
  - {id: hall, opens: [counter-1, counter-2]}
  - {id: safe, opens: [counter-3]}
"""


@pytest.fixture
def office(tmp_path: Path) -> OfficeProcess:
    """Return an office of machines, in which nobody comes in without a login; nothing of it is open yet."""
    path = tmp_path / "config.yaml"
    text = CONFIG.read_text(encoding="utf-8").replace("machines: []", MACHINES)
    path.write_text(text, encoding="utf-8")
    closed = {"ANTREAN_MQTT__OPEN_ON_LOOPBACK": "false", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PYTHONUNBUFFERED": "1"}
    return OfficeProcess(tmp_path / "var", config=path, extra=closed)


@pytest.fixture
def screen() -> Iterator[str]:
    """Yield the name of a screen, one that is smaller than the windows are meant to be."""
    screen = VirtualScreen(640, 480)
    screen.start()
    yield screen.name
    screen.stop()


def antrean(
    office: OfficeProcess, *arguments: str, folder: Path | None = None, display: str = ""
) -> subprocess.Popen[str]:
    """Start a command on the broker's machine, or on one that was given a folder."""
    base = office.data_dir.parent if folder is None else folder
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "broker",
            *arguments,
            "--config",
            str(base / "config.yaml"),
            "--data",
            str(base / "var"),
        ],
        env={**office.environment, "DISPLAY": display},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def told(office: OfficeProcess, *arguments: str, folder: Path | None = None, ends: int = 0) -> str:
    """Return all that a command says, which ends with this code."""
    process = antrean(office, *arguments, folder=folder)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == ends, output
    return output


def ids(process: subprocess.Popen[str]) -> set[str]:
    """Return the ids of all that a command has opened, the broker by its part."""
    found = [child.cmdline() for child in psutil.Process(process.pid).children()]
    return {line[line.index("--id") + 1] if "--id" in line else line[3] for line in found if len(line) > 3}


@contextmanager
def opened(office: OfficeProcess, *arguments: str, folder: Path | None = None, display: str = "") -> Iterator[set[str]]:
    """Open what a machine has, then yield the ids of it; Ctrl-C closes it."""
    process = antrean(office, "up", *arguments, folder=folder, display=display)
    try:
        said(process, "^open: ")
        yield ids(process)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.timeout(300)
def test_each_machine_opens_its_own_and_the_broker_is_on_one(
    office: OfficeProcess, tmp_path: Path, screen: str
) -> None:
    bundle = tmp_path / "hall"
    with opened(office, "--machine", "desk") as here:  # it needs no screen for what it opens
        assert here == {"broker"}
        made = told(office, "provision", "--machine", "hall", "--to", str(bundle))
        assert "the passwords of counter-1, counter-2" in made
        assert "antrean up --machine hall" in made
        assert {path.name for path in (bundle / "var" / "logins").iterdir()} == {"counter-1", "counter-2"}
        with opened(office, "--machine", "hall", folder=bundle, display=screen) as there:
            assert there == {"counter-1", "counter-2"}
            wait_until(lambda: {"counter-1", "counter-2"} <= online(office), "both counters are connected", 90)
    assert not (bundle / "var" / "office.db").exists()


def online(office: OfficeProcess) -> set[str]:
    """Return who is connected."""
    _, presences = truth.engine(office.settings, office.data_dir)
    return {client for client, presence in presences.items() if presence.online}


def test_a_machine_without_a_screen_says_for_what_it_lacks_one(office: OfficeProcess) -> None:
    assert "there is no screen here for counter-3" in told(office, "up", "--machine", "safe", ends=1)
