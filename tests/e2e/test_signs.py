"""Signs in a whole office: a call lights the sign above the counter, over true MQTT and a pseudo terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hardware.codecs.signs.known import sign_side
from hardware.config import emulated_link
from hardware.emulators.sign import EmulatedSigns
from hardware.emulators.wire import PtyWire
from tests.support.caller import wait_until
from tests.support.office import CONFIG, OfficeProcess

SIGNS = """\
signs:
  - id: signs-1
    line: {url: "pty:signs-1"}
    codec: modbus
    width: 8
    signs:
      - {address: 1, counter: counter-1}
      - {address: 2, board: true}
"""


def test_a_call_lights_the_counters_sign_and_the_board(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.read_text(encoding="utf-8").replace("signs: []", SIGNS, 1), encoding="utf-8")
    office = OfficeProcess(tmp_path, config=config)
    office.start()
    signs = EmulatedSigns(PtyWire(emulated_link("signs-1", tmp_path)), sign_side("modbus"), (1, 2))
    signs.start()
    command = ["-m", "display.signs", "--config", str(config), "--data", str(tmp_path), "--id", "signs-1"]
    process = subprocess.Popen([sys.executable, *command], env=office.environment)
    with office.caller("kiosk-1") as kiosk, office.caller("counter-1") as desk:
        kiosk.do("issue", service="new-passport")
        session = desk.do("open", counter="counter-1", officer="siti", pin="1234")["session"]
        desk.do("next", counter="counter-1", session=session)
        wait_until(lambda: tuple(signs.lit().values()) == ("A001", "A001 1"), "both show the call")
        desk.do("start", counter="counter-1", session=session)
        wait_until(lambda: tuple(signs.lit().values()) == ("A001", ""), "the board forgets who is served")
    process.terminate()
    assert process.wait(15) == 0
    assert set(signs.lit().values()) == {""}
    signs.stop()
    assert office.stop() == 0
