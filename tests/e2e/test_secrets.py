"""What nobody else may read is found nowhere: all that an office with known secrets writes and says is searched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psutil
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from broker.contract.topics import ENGINE_CLIENT
from hardware.files import close_to_others, for_us_alone
from tests.support.caller import wait_until
from tests.support.office import OfficeProcess

PIN, NEW_PIN, WRONG_PIN = "1234", "83746152", "97531864"


def test_no_secret_is_in_a_file_a_process_list_or_a_presence(mosquitto_office: OfficeProcess) -> None:
    office = mosquitto_office
    assert office.process is not None
    heard: list[bytes] = []
    listener = Client(CallbackAPIVersion.VERSION2, client_id="listener", protocol=MQTTv311)
    listener.on_message = lambda _client, _data, message: _note(heard, message)
    listener.on_connect = lambda client, *_: client.subscribe([("antrean/v1/demo/presence/#", 1), ("$SYS/#", 1)])
    listener.connect("127.0.0.1", office.port)
    listener.loop_start()
    with office.caller("counter-1") as counter, office.caller("kiosk-1") as kiosk:
        counter.refused("open", counter="counter-1", officer="siti", pin=WRONG_PIN)
        session = counter.do("open", counter="counter-1", officer="siti", pin=PIN)["session"]
        counter.do("pin", counter="counter-1", session=session, old=PIN, new=NEW_PIN)
        ticket = kiosk.do("issue", service="new-passport")["ticket"]
        counter.do("close", counter="counter-1", session=session)
        kiosk.refused("open", counter="counter-1", officer="siti", pin=WRONG_PIN)
        wait_until(lambda: len(heard) > 2, "presences are heard")
        running = [
            office.process.pid,
            *(one.pid for one in psutil.Process(office.process.pid).children(recursive=True)),
        ]
        commands = [argument for pid in running for argument in psutil.Process(pid).cmdline()]
    listener.loop_stop()
    written = {path: path.read_bytes() for path in office.data_dir.rglob("*") if path.is_file()}
    said = [*heard, *(argument.encode() for argument in commands)]
    for secret in (session, NEW_PIN, WRONG_PIN):
        assert [str(path) for path, text in written.items() if secret.encode() in text] == []
        assert [text for text in said if secret.encode() in text] == []
    logs = [text for path, text in written.items() if "log" in path.name]
    assert not any(ticket["key"].encode() in text for text in [*logs, *said])
    assert ENGINE_CLIENT.encode() in (office.data_dir / "mqtt" / "passwords").read_bytes()


def test_an_earlier_folder_is_closed_and_a_group_that_was_let_in_stays(tmp_path: Path) -> None:
    """As versions before left it: read by everybody, but for what somebody gave to a group."""
    logs, foreign = tmp_path / "logs", tmp_path / "holiday-pictures"
    for folder in (logs, foreign):
        folder.mkdir(mode=0o755)
        (folder / "one").write_text("A-001 at 10:00")
        (folder / "one").chmod(0o644)
    (tmp_path / "office.db").touch()
    (tmp_path / "office.db").chmod(0o640)
    (logs / "link").symlink_to(foreign / "one")
    close_to_others(tmp_path)
    modes = {path.relative_to(tmp_path): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes[Path("logs")] == 0o700
    assert modes[Path("logs/one")] == 0o600
    assert modes[Path("office.db")] == 0o640
    assert (modes[Path("holiday-pictures")], modes[Path("holiday-pictures/one")]) == (0o755, 0o644)


def test_what_we_make_is_ours_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for_us_alone()
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def _note(heard: list[bytes], message: MQTTMessage) -> None:
    heard.append(message.topic.encode() + message.payload)
