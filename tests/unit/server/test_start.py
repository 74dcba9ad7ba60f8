"""The MQTT server as a child: it starts or says why, comes back by itself, and dies with us."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from broker.contract.link import Address
from broker.contract.topics import ENGINE_CLIENT
from broker.loopback import is_loopback
from broker.server.addresses import accepts
from broker.server.embedded import main as embedded_main
from broker.server.start import Kind, Server, ServerError, ServerSpec, choose_kind, start_server
from tests.support.access import access
from tests.support.caller import wait_until
from tests.support.office import free_port

KINDS = ["mosquitto", "embedded"]


def spec(kind: Kind, folder: Path, *, listen: str = "127.0.0.1", port: int = 0) -> ServerSpec:
    """Return a server on a free port."""
    return ServerSpec(
        kind=kind,
        listen=listen,
        port=port or free_port(),
        folder=folder,
        access=lambda: access({ENGINE_CLIENT: "secret"}),
    )


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    server = start_server(spec(request.param, tmp_path))
    yield server
    server.stop()


def test_it_answers_when_start_returns_and_is_gone_when_stop_does(server: Server) -> None:
    assert accepts(server.spec.address)
    pid = server.pid
    assert pid is not None
    server.stop()
    assert not accepts(server.spec.address)
    assert not psutil.pid_exists(pid)
    server.stop()


def test_it_comes_back_by_itself_when_it_is_killed(server: Server) -> None:
    for times in (1, 2):
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda pid=pid: server.pid != pid and accepts(server.spec.address),  # type: ignore[misc]  # binds pid
            "it is back",
        )
        assert server.restarts == times


@pytest.mark.parametrize("kind", KINDS)
def test_it_does_not_come_back_when_it_is_stopped_while_it_was_coming_back(kind: Kind, tmp_path: Path) -> None:
    server = start_server(spec(kind, tmp_path))
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.restarts == 1, "its end is noticed")
    server.stop()
    assert not server._watcher.is_alive()
    assert not accepts(server.spec.address)
    assert server._process is not None
    assert server._process.poll() is not None


class Silent(Server):
    """One that ends before it has said anything."""

    def _command(self) -> list[str]:
        return [sys.executable, "-c", ""]


def test_of_a_server_that_ends_without_a_word_that_is_said(tmp_path: Path) -> None:
    server = Silent(spec("mosquitto", tmp_path))
    with pytest.raises(ServerError, match="did not start: it said nothing"):
        server.start()
    server.stop()


def test_a_server_that_is_told_to_stop_while_it_starts_leaves_no_process(tmp_path: Path) -> None:
    server = Server(spec("mosquitto", tmp_path))
    server._stopping.set()
    server._run_once()
    assert server._process is not None
    assert server._process.poll() is not None


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux's setpriv binds a child to its parent")
@pytest.mark.parametrize("kind", KINDS)
def test_it_dies_with_its_parent(kind: Kind, tmp_path: Path) -> None:
    port = free_port()
    program = (
        "import sys, time, pathlib\n"
        "from broker.server.start import ServerSpec, start_server\n"
        "from tests.support.access import access\n"
        f"spec = ServerSpec(kind={kind!r}, listen='127.0.0.1', port={port}, "
        f"folder=pathlib.Path({str(tmp_path)!r}), access=lambda: access({{'broker': 'x'}}))\n"
        "print(start_server(spec).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert accepts(Address("127.0.0.1", port))
        parent.kill()
        parent.wait()
    wait_until(lambda: not accepts(Address("127.0.0.1", port)), "the server ended too")
    wait_until(lambda: not _runs(pid), "and its process is gone")


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# -- what cannot be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_port_in_use_is_said_with_what_to_do(kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.server.start.STOP_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerError) as refused:
            start_server(spec(kind, tmp_path, port=port))
    text = str(refused.value)
    assert str(port) in text
    assert "mqtt.port" in text
    assert "external" in text


def test_a_port_that_is_just_becoming_free_is_waited_for(tmp_path: Path) -> None:
    first = start_server(spec("mosquitto", tmp_path / "one"))
    first.stop()
    second = start_server(spec("mosquitto", tmp_path / "two", port=first.spec.port))
    second.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_does_not_start_is_quoted(kind: Kind, tmp_path: Path) -> None:
    """Port 1 of an address that this machine does not have."""
    listen = "127.0.0.1" if kind == "embedded" else "192.0.2.1"
    blocker = socket.socket()
    blocker.bind(("127.0.0.1", 0))
    wanted = spec(kind, tmp_path, listen=listen, port=blocker.getsockname()[1])
    with pytest.raises(ServerError, match=r"did not start: .+"):
        start_server(wanted)
    blocker.close()
    assert (tmp_path / "server.log").read_text()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "mqtt").write_text("a file stands where the folder should be")
    with pytest.raises(ServerError, match="cannot be started"):
        start_server(spec("mosquitto", tmp_path / "mqtt"))


def test_ctrl_c_at_the_terminal_is_not_for_the_server(server: Server) -> None:
    """Else it would be gone before its clients could say goodbye."""
    assert server.pid is not None
    assert os.getpgid(server.pid) != os.getpgid(0)


@pytest.mark.parametrize("listen", ["0.0.0.0", "192.168.1.10", "::", "office.example"])  # noqa: S104 - refused
def test_the_embedded_server_serves_this_machine_only(
    listen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ServerError, match="install Mosquitto"):
        start_server(spec("embedded", tmp_path, listen=listen))
    monkeypatch.setattr("sys.argv", ["embedded", listen, "1883"])
    assert embedded_main() == 2
    assert "this machine only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - asked about
        ("192.168.1.10", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_is_loopback(host: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_loopback(host) is expected


# -- which one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "installed", "kind"),
    [
        ("auto", True, "mosquitto"),
        ("auto", False, "embedded"),
        ("embedded", True, "embedded"),
        ("embedded", False, "embedded"),
        ("mosquitto", True, "mosquitto"),
    ],
)
def test_mosquitto_is_taken_where_it_is_installed(
    wanted: Kind,
    installed: bool,  # noqa: FBT001 - a column of the table
    kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _install(monkeypatch, installed=installed)
    assert choose_kind(wanted) == kind


def test_mosquitto_that_is_wanted_and_not_installed_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, installed=False)
    with pytest.raises(ServerError, match="apt-get install mosquitto"):
        choose_kind("mosquitto")


def _install(monkeypatch: pytest.MonkeyPatch, *, installed: bool) -> None:
    found: Callable[[], str | None] = lambda: "/usr/sbin/mosquitto" if installed else None  # noqa: E731 - a stand-in
    monkeypatch.setattr("broker.server.start.mosquitto_program", found)


def test_whoever_listens_everywhere_is_reached_on_loopback(tmp_path: Path) -> None:
    assert spec("mosquitto", tmp_path, listen="0.0.0.0", port=1883).address == Address("127.0.0.1", 1883)  # noqa: S104
    assert spec("mosquitto", tmp_path, listen="127.0.0.2", port=1883).address == Address("127.0.0.2", 1883)


def test_a_specification_shows_no_password() -> None:
    assert "secret" not in repr(spec("mosquitto", Path("x"), port=1))
