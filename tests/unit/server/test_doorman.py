"""Who may stay at the MQTT server: asked of a real Mosquitto, whose sockets a doorman of our own looks after."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from broker.contract.topics import ENGINE_CLIENT
from broker.server import children
from broker.server.children import LINE_BYTES, LINE_EVERY_S, LINES_AT_ONCE, Told
from broker.server.doorman import LOST_AFTER_MS, MOST_OF_ONE_ADDRESS, SILENT_S, Doorman, _with, held_bytes, own_ports
from broker.server.start import Server
from tests.support.caller import wait_until
from tests.unit.server.test_mosquitto import ENGINE_PASSWORD, Stranger, start

ANOTHER_MACHINE = "127.0.0.7"
"""Loopback has more addresses than the one that is this machine's own."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a Mosquitto that anybody of this machine may come to."""
    server = start(tmp_path_factory.mktemp("door"), {ENGINE_CLIENT: ENGINE_PASSWORD}, is_open=True)
    yield server
    server.stop()


def pid_of(server: Server) -> int:
    """Return the process of a server that runs."""
    assert server.pid is not None
    return server.pid


def connected(server: Server, source: str = "127.0.0.1") -> socket.socket:
    """Return a connection that says nothing."""
    return socket.create_connection(("127.0.0.1", server.spec.port), source_address=(source, 0))


def is_ended(line: socket.socket) -> bool:
    """Tell whether the other side has ended a connection."""
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_who_says_nothing_is_sent_away_and_who_has_logged_in_stays(server: Server) -> None:
    now = [100.0]
    doorman = Doorman(lambda: now[0])
    with connected(server) as silent, Stranger(server.spec.port, "honest") as honest:
        wait_until(lambda: _is_met(doorman, server, 2), "both are in")
        now[0] += SILENT_S
        doorman.look(pid_of(server))
        wait_until(lambda: is_ended(silent), "the silent one is out")
        assert honest.paho.is_connected()
        assert doorman.sent_away == 1


def test_a_word_that_is_never_finished_is_as_good_as_none(server: Server) -> None:
    now = [100.0]
    doorman = Doorman(lambda: now[0])
    with connected(server) as slow:
        slow.sendall(b"\x10\x20\x00\x04MQ")
        wait_until(lambda: _is_met(doorman, server, 1), "it is in")
        now[0] += SILENT_S
        doorman.look(pid_of(server))
        wait_until(lambda: is_ended(slow), "it is out")


def test_one_address_has_so_many_lines_and_this_machine_as_many_as_it_likes(server: Server) -> None:
    doorman = Doorman(lambda: 100.0)
    beyond = 6
    with ExitStack() as stack:
        own = [stack.enter_context(connected(server)) for _ in range(MOST_OF_ONE_ADDRESS + beyond)]
        far = [stack.enter_context(connected(server, ANOTHER_MACHINE)) for _ in range(MOST_OF_ONE_ADDRESS + beyond)]
        wait_until(lambda: _is_met(doorman, server, 2 * MOST_OF_ONE_ADDRESS + beyond), "all were seen")
        wait_until(lambda: sum(map(is_ended, far)) == beyond, "those beyond are out")
        assert not any(map(is_ended, far[:MOST_OF_ONE_ADDRESS]))
        assert not any(map(is_ended, own))


def test_a_thousand_silent_lines_keep_nobody_out(server: Server) -> None:
    """Mosquitto has 1,024 files where nobody gives it more, and then takes nobody in for a minute and a half."""
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(connected(server))
        begun = time.monotonic()
        newcomer = stack.enter_context(connected(server))
        newcomer.settimeout(10)
        newcomer.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01n")
        assert newcomer.recv(4) == b"\x20\x02\x00\x00"
        assert time.monotonic() - begun < 5


def test_who_comes_by_the_door_inherits_when_a_lost_line_ends(server: Server) -> None:
    doorman = Doorman()
    with connected(server):
        seen: list[int] = []

        def note(line: socket.socket) -> None:
            seen.append(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))

        def is_in() -> bool:
            seen.clear()
            doorman._each(pid_of(server), lambda _, lend: _with(lend, note))
            return LOST_AFTER_MS in seen

        wait_until(is_in, "the line has it")


@pytest.mark.parametrize("is_reused", [False, True], ids=["closed", "its number is another's"])
def test_a_line_that_is_closed_while_it_is_looked_at_keeps_nobody_from_the_rest(is_reused: bool) -> None:  # noqa: FBT001
    with ExitStack() as stack:
        closing, staying = sorted(
            (stack.enter_context(one) for one in socket.socketpair()), key=lambda line: line.fileno()
        )
        names = [f"socket:[{os.fstat(line.fileno()).st_ino}]" for line in (closing, staying)]
        lent: list[str] = []

        def meet(name: str, lend: Callable[[], socket.socket]) -> None:
            if name == names[0]:
                if is_reused:
                    os.dup2(staying.fileno(), closing.fileno())
                else:
                    closing.close()
            with lend():
                lent.append(name)

        Doorman()._each(os.getpid(), meet)
        assert names[0] not in lent
        assert names[1] in lent


def test_who_does_not_read_is_sent_away_where_too_much_is_held_and_who_reads_hears_all(tmp_path: Path) -> None:
    """Mosquitto 2.0.11 keeps for such a one at QoS 0 all that is said, without any bound of its own."""
    server = start(tmp_path, {ENGINE_CLIENT: ENGINE_PASSWORD}, is_open=True)
    hall, words, count = "antrean/v1/demo/state/hall", "x" * 60_000, 400
    before = held_bytes(pid_of(server))
    late: list[int] = []
    doorman = Doorman(most_held=before + 8 * 1024 * 1024, spared=lambda: late)
    with (
        connected(server) as deaf,
        connected(server) as engine_that_hangs,
        Stranger(server.spec.port, "reader") as reader,
        Stranger(server.spec.port, "engine", ENGINE_CLIENT, ENGINE_PASSWORD) as engine,
    ):
        for line, name in ((deaf, b"deaf"), (engine_that_hangs, b"late")):
            line.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04" + name)
            line.sendall(b"\x82\x1c\x00\x01\x00\x17antrean/v1/demo/state/#\x00")
        late.append(engine_that_hangs.getsockname()[1])
        reader.listen(hall)
        doorman.guard(pid_of(server))
        assert doorman.sent_away == 0
        for _ in range(count):
            engine.say(hall, words)
            doorman.guard(pid_of(server))
        assert doorman.sent_away == 1
        wait_until(lambda: reader.heard.qsize() == count, "who reads has heard all")
        assert reader.paho.is_connected()
        assert engine.paho.is_connected()
    server.stop()


def test_who_is_late_is_left_in_peace_while_there_is_room_and_our_own_process_always(server: Server) -> None:
    doorman = Doorman()
    with connected(server):
        for _ in range(3):
            doorman.guard(pid_of(server))
    assert doorman.sent_away == 0
    with connected(server) as own:
        assert own.getsockname()[1] in own_ports()


def test_without_the_right_to_look_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    doorman = Doorman()
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        gone.wait()
        doorman.look(gone.pid)
        doorman.look(gone.pid)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    caplog.clear()


# -- what it says ---------------------------------------------------------------------------------------------------


def test_of_a_flood_of_complaints_a_few_lines_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    now = [0.0]
    told = Told(tmp_path / "server.log", lambda: now[0])
    with os.fdopen(told.write_end, "wb", buffering=0) as server:
        server.writelines(b"wrong login %d\n" % number for number in range(3 * LINES_AT_ONCE))
        told.read()
        lines = told.path.read_text().splitlines()
        assert lines == [f"wrong login {number}" for number in range(LINES_AT_ONCE)]
        now[0] += LINES_AT_ONCE * LINE_EVERY_S
        server.write(b"calm again\n" + b"x" * 3 * LINE_BYTES + b"\n")
        told.read()
        more = told.path.read_text().splitlines()[LINES_AT_ONCE:]
        assert more == ["calm again", "x" * LINE_BYTES, f"({2 * LINES_AT_ONCE} more lines were left out)"]
    told.close()


def test_a_server_that_says_more_than_anybody_reads_waits_for_nobody(tmp_path: Path) -> None:
    told = Told(tmp_path / "server.log")
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os\nfor _ in range(99):\n try: os.write(1, b'x' * 65536)\n except OSError: pass",
        ],
        stdout=told.write_end,
    ) as child:
        told.started()
        assert child.wait(20) == 0
    told.close()
    assert told.path.exists() is False or told.path.stat().st_size < children.MAX_OUTPUT_BYTES


def _is_met(doorman: Doorman, server: Server, count: int) -> bool:
    """Let the doorman look; tell whether it knows so many."""
    doorman.look(pid_of(server))
    return len(doorman._guests) >= count
