"""The wheel carries all it needs: unpacked far from the source, it founds an office, opens it and gives a number.

Here the libraries are those of the tests; `make wheel-test` fetches them all into an environment of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from broker.config import load_settings
from broker.config.logins import known_by
from tests.support.caller import Caller, wait_until
from tests.support.office import free_port

ROOT = Path(__file__).parents[2]
PARTS = ("broker", "counter", "display", "hardware", "kiosk")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Yield the folder of a wheel that was just built, unpacked as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(folder / "dist"), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_file_of_the_parts_is_in_it(unpacked: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z", *PARTS], cwd=ROOT, capture_output=True, text=True, check=True)
    missing = [name for name in tracked.stdout.split("\0") if name and not (unpacked / name).is_file()]
    assert missing == []
    assert (unpacked / "broker/config/shipped.yaml").read_bytes() == (ROOT / "config.yaml").read_bytes()


@pytest.fixture
def office(unpacked: Path, tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Yield the port of an office that the wheel has founded in an empty folder, and its broker."""
    port = free_port()
    environ = {**os.environ, "PYTHONPATH": str(unpacked), "ANTREAN_MQTT__PORT": str(port)}
    # -P: the folder that we stand in is none of Python's; the wheel comes before the checkout that is installed here
    antrean = [sys.executable, "-P", "-m", "broker"]
    names = "import broker, counter, display, hardware, kiosk as last; print(broker.__file__, last.__file__)"
    where = _said([sys.executable, "-P", "-c", names], environ, tmp_path).split()
    assert all(path.startswith(str(unpacked)) for path in where)
    assert "next: antrean up" in _said([*antrean, "init", "--yes"], environ, tmp_path)
    broker = subprocess.Popen([*antrean, "broker"], env=environ, cwd=tmp_path)
    yield port, broker
    broker.terminate()
    assert broker.wait(20) == 0


def test_from_an_empty_folder_to_the_first_number(office: tuple[int, subprocess.Popen[bytes]], tmp_path: Path) -> None:
    port, broker = office
    settings = load_settings(tmp_path / "config.yaml", {"ANTREAN_MQTT__PORT": str(port)})
    caller = Caller(known_by(settings, "kiosk-1", tmp_path / "var").mqtt.address("kiosk-1"), "kiosk-1", "office")
    caller.bus.start()
    try:
        wait_until(lambda: caller.linked or broker.poll() is not None, "the broker is online")
        assert caller.do("issue", service="new-passport", lane="regular", language="en")["ticket"]["number"] == "A-001"
    finally:
        caller.bus.stop()


def _said(command: list[str], environ: dict[str, str], folder: Path) -> str:
    """Return what a program says that has to end well."""
    return subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=True).stdout
