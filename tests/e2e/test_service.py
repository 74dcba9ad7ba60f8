"""systemd knows how the broker is, and the units that are written are ones it understands."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broker.bootstrap.service import STUCK_S, keep_watched, notifier, watchdog_s
from broker.care.units import BY_HAND, ENVIRONMENT, OF_THE_PACKAGE, OPENBOX, XORG, hidden_by_home, service_files
from broker.cli.commands import app
from tests.support.caller import PATIENCE_S
from tests.support.office import OfficeProcess

ANTREAN = Path(sys.executable).with_name("antrean")


@pytest.mark.parametrize("name", ["notify", "@antrean-test"])
def test_words_reach_systemds_socket_by_file_and_by_abstract_name(name: str, tmp_path: Path) -> None:
    address = f"{name}-{tmp_path.name}" if name.startswith("@") else str(tmp_path / name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0", 1) if name.startswith("@") else address)
        systemd.settimeout(10)
        notifier({"NOTIFY_SOCKET": address})("READY=1")
        assert systemd.recv(100) == b"READY=1"
    notifier({"NOTIFY_SOCKET": address})("READY=1")  # systemd is gone: nothing to be done about it
    notifier({})("READY=1")


def test_a_broker_that_answers_nobody_falls_silent() -> None:
    said: list[str] = []
    waits = iter([0.0, 5.0, STUCK_S, STUCK_S + 60, 0.0])
    pauses = iter([False] * 5 + [True])
    keep_watched(said.append, lambda: next(waits), lambda: next(pauses))
    assert said == ["WATCHDOG=1"] * 3


def test_the_watchdogs_time_is_what_systemd_says() -> None:
    assert watchdog_s({"WATCHDOG_USEC": "90000000"}) == 90
    assert watchdog_s({"WATCHDOG_USEC": "0"}) is None
    assert watchdog_s({"WATCHDOG_USEC": "soon"}) is None
    assert watchdog_s({}) is None


def test_the_files_are_written_below_a_root_and_say_what_comes_next(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["install-service", "--root", str(tmp_path), "--program", str(ANTREAN)])
    assert done.exit_code == 0, done.output
    assert {path.relative_to("/") for path in service_files(ANTREAN)} == {
        path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()
    }
    assert f"runuser -u antrean -- {ANTREAN} init --config /etc/antrean/config.yaml" in done.output
    unit = (tmp_path / "etc/systemd/system/antrean-broker.service").read_text(encoding="utf-8")
    assert f"ExecStart={ANTREAN} broker --config /etc/antrean/config.yaml --data /var/lib/antrean\n" in unit
    assert (tmp_path / "etc/antrean/session").stat().st_mode & 0o777 == 0o755


def test_a_package_has_the_same_texts_in_its_own_places(tmp_path: Path) -> None:
    program = Path("/usr/lib/antrean/bin/antrean")
    asked = ["install-service", "--package", "--root", str(tmp_path), "--program", str(program)]
    assert CliRunner().invoke(app, asked).exit_code == 1, "it is not there"
    (tmp_path / "usr/lib/antrean/bin").mkdir(parents=True)
    (tmp_path / program.relative_to("/")).touch()
    assert CliRunner().invoke(app, asked).exit_code == 0
    packaged = service_files(program, OF_THE_PACKAGE)
    written = {Path("/") / path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {program, *packaged}
    assert {path for path in packaged if path.is_relative_to("/etc")} == {ENVIRONMENT, OPENBOX, XORG}, (
        "an office's to change"
    )
    for text, by_hand in zip(packaged.values(), service_files(program).values(), strict=True):
        ours = by_hand.replace(BY_HAND.origin, OF_THE_PACKAGE.origin)
        assert text == ours.replace(str(BY_HAND.session), str(OF_THE_PACKAGE.session))


def test_a_keyboard_at_the_offices_screens_leads_to_no_console_and_no_menu() -> None:
    """The X server does these keys itself, before any window hears of them; openbox does what it is told alone."""
    files = service_files(ANTREAN)
    unit = next(text for path, text in files.items() if path.name == "antrean-screens.service")
    assert f" -config {XORG.name} " in unit, "by its name alone, for whoever is not root may name no other"
    said = {line.strip() for line in files[XORG].splitlines()}
    assert {'Option "DontVTSwitch" "true"', 'Option "DontZap" "true"'} <= said
    told = files[OPENBOX]
    assert not set(re.findall(r"<(\w+)", told)) & {"keybind", "chainQuitKey", "file", "execute", "command"}
    assert re.findall(r"<action name=\"(\w+)\"", told) == ["Focus"]


def test_a_program_in_somebodys_home_is_refused(tmp_path: Path) -> None:
    assert hidden_by_home(Path("/root/.local/bin/antrean"))
    assert hidden_by_home(Path("/home/siti/.local/bin/antrean"))
    assert not hidden_by_home(Path("/opt/antrean/bin/antrean"))
    asked = ["install-service", "--root", str(tmp_path), "--program", "/home/siti/antrean"]
    refused = CliRunner().invoke(app, asked)
    assert refused.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    texts = [text for path, text in service_files(ANTREAN).items() if path.suffix == ".service"]
    services = [text for text in texts if "xinit" not in text]
    assert len(texts) - len(services) == 1, "X needs more than a service is given"
    assert all("NoNewPrivileges=yes" in text and "ProtectSystem=strict" in text for text in services)
    assert "Type=notify" in texts[0]
    for path, text in service_files(ANTREAN).items():
        if path.suffix == ".service":
            with_program = text.replace("/usr/bin/xinit", str(ANTREAN))  # X may not be installed here
            (tmp_path / path.name).write_text(with_program, encoding="utf-8")
    program = shutil.which("systemd-analyze")
    if program is None:  # a machine without systemd: what can be read of the units was looked at above
        return
    units = [str(unit) for unit in sorted(tmp_path.glob("*.service"))]
    looked = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in looked.stderr.splitlines() if "antrean" in line]
    assert (looked.returncode, ours) == (0, [])


def test_a_broker_tells_systemd_that_it_is_open_that_it_answers_and_that_it_ends(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_S)
        watched = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        office = OfficeProcess(tmp_path / "var", extra=watched)
        office.start()
        assert systemd.recv(100) == b"READY=1"
        assert systemd.recv(100) == b"WATCHDOG=1"
        assert office.stop() == 0
        assert _last(systemd) == b"STOPPING=1"


def _last(systemd: socket.socket) -> bytes:
    """Return the last word that is there."""
    word = systemd.recv(100)
    systemd.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        while True:
            word = systemd.recv(100)
    return word
