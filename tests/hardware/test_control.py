"""Commands to emulated devices over their socket: one line in, one line out, whatever is left behind by others."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from hardware.emulators.control import Control, socket_path, tell


def shout(line: str) -> str:
    return line.upper()


def test_a_line_goes_in_and_a_line_comes_out(tmp_path: Path) -> None:
    path = socket_path(tmp_path, "keypads")
    with closing(Control(path, shout)):
        assert [tell(path, line) for line in ("press 3", "", "ä" * 300)] == ["PRESS 3", "", "Ä" * 300]
    assert path == tmp_path / "devices" / "keypads.sock"


def test_closing_ends_the_thread_and_takes_the_name_away(tmp_path: Path) -> None:
    threads = threading.active_count()
    Control(socket_path(tmp_path, "sign"), shout).close()
    assert threading.active_count() == threads
    with pytest.raises(FileNotFoundError):
        tell(socket_path(tmp_path, "sign"), "status")


def test_a_socket_that_an_ended_process_left_behind_is_taken_over(tmp_path: Path) -> None:
    path = socket_path(tmp_path, "sign")
    left = Control(path, shout)
    kept = path.with_suffix(".kept")
    path.rename(kept)
    left.close()
    kept.rename(path)
    with pytest.raises(ConnectionRefusedError):
        tell(path, "status")
    with closing(Control(path, shout)):
        assert tell(path, "status") == "STATUS"


def test_two_processes_cannot_be_the_same_device(tmp_path: Path) -> None:
    path = socket_path(tmp_path, "sign")
    with closing(Control(path, shout)):
        with pytest.raises(FileExistsError, match="another process"):
            Control(path, shout)
        assert tell(path, "still here") == "STILL HERE"


def test_a_data_folder_may_lie_deeper_than_a_sockets_name_is_long(tmp_path: Path) -> None:
    path = socket_path(tmp_path / ("d" * 100) / ("e" * 100), "sign")
    with closing(Control(path, shout)):
        assert tell(path, "status") == "STATUS"


def test_only_the_devices_own_user_may_command_it(tmp_path: Path) -> None:
    path = socket_path(tmp_path, "sign")
    with closing(Control(path, shout)):
        assert path.stat().st_mode & 0o077 == 0
