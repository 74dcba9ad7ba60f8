"""An MQTT server of ours that grows and grows is started again before the machine ends something else; all goes on."""

from __future__ import annotations

import queue
import socket
import sqlite3
import threading
from contextlib import ExitStack, closing
from pathlib import Path

from broker.server.doorman import held_bytes
from broker.server.start import ServerSpec, start_server
from tests.support.access import access
from tests.support.caller import Caller, wait_until
from tests.support.office import OfficeProcess, free_port

CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05%05d"
MORE_BYTES = 16 * 1024 * 1024
"""Room for the parts of an office; whoever comes beside them costs amqtt some 50 KB each."""
MOST_COMERS = 1_500


def bare_bytes(folder: Path) -> int:
    """Return how much an embedded server holds here in which nobody is."""
    server = start_server(
        ServerSpec(kind="embedded", listen="127.0.0.1", port=free_port(), folder=folder, access=lambda: access({}))
    )
    try:
        return held_bytes(server.pid or 0)
    finally:
        server.stop()


def keep_asking(kiosk: Caller, numbers: queue.SimpleQueue[str], ended: threading.Event) -> None:
    """Take one number after the other until told to end; each is answered, whatever befalls the server meanwhile."""
    while not ended.wait(0.05):
        numbers.put(kiosk.do("issue", service="new-passport")["ticket"]["number"])


def test_a_server_that_grows_begins_anew_and_every_request_is_answered_once(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "var", server="embedded", most_held=bare_bytes(tmp_path / "bare") + MORE_BYTES)
    office.start()
    told, numbers, ended = office.data_dir / "logs" / "broker.log", queue.SimpleQueue[str](), threading.Event()
    try:
        with office.caller("kiosk-1") as kiosk, ExitStack() as comers:
            asking = threading.Thread(target=keep_asking, args=(kiosk, numbers, ended))
            asking.start()
            try:
                wait_until(lambda: numbers.qsize() > 0, "numbers are given out")
                for number in range(MOST_COMERS):
                    if "more than is good for this machine" in told.read_text():
                        break
                    line = comers.enter_context(socket.create_connection(("127.0.0.1", office.port), timeout=10))
                    line.sendall(CONNECT % number)
                wait_until(lambda: "starting it again" in told.read_text(), "the server is started again")
                before = numbers.qsize()
                wait_until(lambda: numbers.qsize() > before + 3, "it goes on by itself")
            finally:
                ended.set()
                asking.join()
            given = [numbers.get() for _ in range(numbers.qsize())]
            assert given == [f"A-{number:03}" for number in range(1, len(given) + 1)], "none lost, and none twice"
        with closing(sqlite3.connect(office.database)) as database:
            [(issued,)] = database.execute("SELECT count(*) FROM events WHERE type = 'issued'").fetchall()
        assert issued == len(given)
    finally:
        office.stop()
