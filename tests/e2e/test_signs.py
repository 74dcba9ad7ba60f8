"""Signs in a whole office: a call lights the sign above the counter, over true MQTT, from process to process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.up.emulated import sign_arguments
from hardware.emulators.control import socket_path, tell
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess
from tests.support.program import Program

SIGNS = """\
signs:
  - id: signs-1
    line: {url: "pty:lobby"}
    codec: modbus
    width: 8
    blink_s: 0
    signs:
      - {address: 1, counter: counter-1}
      - {address: 2, board: true}
"""


@contextmanager
def python(office: OfficeProcess, module: str, *arguments: str) -> Iterator[None]:
    """Run a module beside the office; it has to end well when it is told to."""
    process = Program(module, *arguments, env=office.environment)
    try:
        yield
    finally:
        process.terminate()
        code = process.wait(15)
    assert code == 0


def wait_lit(data_dir: Path, shown: str) -> None:
    """Wait until the emulated signs say that they show this."""
    wait_until(lambda: said(data_dir) == shown, f"the signs show {shown}")


def said(data_dir: Path) -> str:
    """Return what the emulated signs say; nothing while they do not listen yet."""
    try:
        return tell(socket_path(data_dir, "lobby"), "status")
    except OSError:
        return ""


def test_a_call_lights_the_counters_sign_and_the_board(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("signs: []", SIGNS, 1), encoding="utf-8")
    office = OfficeProcess(tmp_path, config=config)
    office.start()
    signs = ("--config", str(config), "--data", str(tmp_path), "--id", "signs-1")
    emulated = sign_arguments(office.settings.signs[0], tmp_path)
    with python(office, "hardware.emulators", *emulated):
        with (
            python(office, "display.signs", *signs),
            office.caller("kiosk-1") as kiosk,
            office.caller("counter-1") as desk,
        ):
            kiosk.do("issue", service="new-passport")
            session = desk.do("open", counter="counter-1", officer="siti", pin="1234")["session"]
            desk.do("next", counter="counter-1", session=session)
            wait_lit(tmp_path, "1: [A001] | 2: [A001 1]")
            desk.do("start", counter="counter-1", session=session)
            wait_lit(tmp_path, "1: [A001] | 2: dark")
        wait_lit(tmp_path, "1: dark | 2: dark")
    assert office.stop() == 0
