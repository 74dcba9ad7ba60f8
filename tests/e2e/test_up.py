"""`antrean up`: what `make run` calls."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from broker.up.screens import VirtualScreen, has_screen
from hardware.emulators.control import socket_path, tell
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess

WINDOWS = ("broker", "broker.web.served", "kiosk", "display", "counter")
KEYPAD_PARTS = ("hardware.emulators", "counter.keypads")


OPENED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    """Close what a test that failed has left: an office goes on for ever, and takes its share of the machine."""
    yield
    while OPENED:
        left = OPENED.pop()
        if left.poll() is None:
            os.killpg(left.pid, signal.SIGKILL)
            left.wait(10)


def up(office: OfficeProcess, *arguments: str, display: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "broker", "up", "--config", str(office.config), "--data", str(office.data_dir)]
    environment = {**office.environment, "DISPLAY": display, "WAYLAND_DISPLAY": "", "PYTHONUNBUFFERED": "1"}
    opened = subprocess.Popen(
        [*command, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    OPENED.append(opened)
    return opened


def with_keypads(folder: Path) -> Path:
    """Write the demo's configuration with a keypad at its second counter, emulated."""
    keypads = """keypads: [{id: keypads-1, codec: ascii, line: {url: "pty:pads"},
  pads: [{counter: counter-2, officers: [dewi]}]}]"""
    path = folder / "config.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("keypads: []", keypads, 1), encoding="utf-8")
    return path


# Read by each interpreter of ours at its start: whatever leads out of this machine is noted, and refused.
WATCH = """
import pathlib, socket, sys

FOLDER = pathlib.Path(__file__).parent

def note(name, words):
    with (FOLDER / name).open("a") as notes:
        notes.write(words + chr(10))

def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host or ""
    if host not in ("", "localhost", "::1", "0.0.0.0", "::") and not host.startswith("127."):
        note("left", f"{event} {host} {sys.orig_argv}")
        raise OSError(f"out of this machine: {host}")

note("watched", " ".join(sys.orig_argv))
sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Yield what lets each process of an office be watched; one that leaves this machine fails the test."""
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    yield {"PYTHONPATH": str(tmp_path)}
    left = tmp_path / "left"
    assert not left.exists(), left.read_text(encoding="utf-8")
    started = (tmp_path / "watched").read_text(encoding="utf-8")
    assert [name for name in WINDOWS if f"-m {name} " not in started] == []


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """Interrupt it as a terminal does: with everything that belongs to its group."""
    os.killpg(process.pid, signal.SIGINT)


@contextmanager
def virtual_screen() -> Iterator[str]:
    screen = VirtualScreen(1920, 1080)
    screen.start()
    try:
        yield screen.name
    finally:
        screen.stop()


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Return the first line that matches; everything said until then stands in the failure."""
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if re.search(pattern, line):
            return line
    pytest.fail(f"never said {pattern}: {''.join(heard)}")


def windows_of(process: subprocess.Popen[str]) -> dict[str, psutil.Process]:
    children = psutil.Process(process.pid).children()
    return {child.cmdline()[2]: child for child in children if len(child.cmdline()) > 2}


@pytest.mark.timeout(180)
def test_without_a_screen_or_an_internet_one_visit_is_played_and_its_pictures_are_there(
    tmp_path: Path, watched: dict[str, str]
) -> None:
    office = OfficeProcess(tmp_path / "var", extra=watched)
    done = up(office, "--once")
    output, _ = done.communicate(timeout=170)
    assert done.returncode == 0, output
    assert "there is no screen here" in output
    for step in (
        r"got A-001",
        r"paper of A-001",
        r"A-001 was called to counter 1",
        r"display shows A-001",
        r"A-001 was served and goes on",
    ):
        assert re.search(step, output), output
    pictures = [Path(line.strip()) for line in output.splitlines() if line.startswith("  ")]
    assert len(pictures) == 5
    for path in pictures:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.is_relative_to(office.data_dir)
    written = [*office.data_dir.rglob("*"), office.data_dir]
    assert {"office.db", "server.log", "kiosk-1.log"} <= {path.name for path in written}
    assert [str(path) for path in written if path.lstat().st_mode & 0o077 and not path.is_symlink()] == []


@pytest.mark.timeout(120)
def test_with_a_screen_windows_open_a_dead_one_comes_back_and_ctrl_c_ends_all(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "var", config=with_keypads(tmp_path))
    with virtual_screen() as display:
        assert has_screen({"DISPLAY": display})
        process = up(office, display=display)
        said(process, "the office is open")
        wait_until(lambda: set(windows_of(process)) == {*WINDOWS, *KEYPAD_PARTS}, "all processes", 40)
        windows_of(process)["kiosk"].kill()
        said(process, "kiosk-1 ended by itself")
        said(process, "kiosk-1 was started again")
        wait_until(lambda: "kiosk" in windows_of(process), "the kiosk is back")
        pad = socket_path(office.data_dir, "pads")
        asks = "1: PIN (0 waiting)"
        wait_until(lambda: pad.exists() and tell(pad, "status") == asks, "the emulated keypad asks for a PIN", 40)
        assert "there is no key nxt" in tell(pad, "press 1 nxt")
        family = psutil.Process(process.pid).children(recursive=True)
        press_ctrl_c(process)
        assert process.wait(timeout=40) == 0
        assert process.stdout is not None
        process.stdout.close()
        wait_until(lambda: not any(child.is_running() for child in family), "no process is left behind")
    assert "ended by itself" not in (office.data_dir / "logs" / "broker.log").read_text()


@pytest.mark.timeout(60)
def test_ctrl_c_ends_all_also_while_the_visit_is_played(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "var")
    process = up(office)
    said(process, "there is no screen here")
    wait_until(lambda: {"broker", "kiosk"} <= set(windows_of(process)), "the first window opens")
    family = psutil.Process(process.pid).children(recursive=True)
    press_ctrl_c(process)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output == ""
    wait_until(lambda: not any(child.is_running() for child in family), "no process is left behind")


def test_a_broken_configuration_opens_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "config.yaml"
    broken.write_text(CONFIG.read_text().replace("timezone:", "timezon:"))
    found = subprocess.run(
        [sys.executable, "-m", "broker", "up", "--config", str(broken), "--data", str(tmp_path / "var")],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "DISPLAY": ""},
    )
    assert found.returncode == 1
    assert "timezone" in found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "var").exists()


def test_a_port_that_is_taken_is_said_in_words(mosquitto_office: OfficeProcess, tmp_path: Path) -> None:
    mosquitto_office.wait_online()
    second = OfficeProcess(tmp_path / "second", port=mosquitto_office.port)
    process = up(second, "--once")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"something else already listens on port {second.port}" in output
    assert "online" not in output
    assert "Traceback" not in output
