"""What child processes write to their terminals stays small, however much they say."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from broker.server.children import keep_small
from broker.server.start import ServerSpec, start_server
from broker.up.children import Child, Office
from tests.support.caller import wait_until
from tests.unit.server.test_start import spec

CHATTER = """
import sys, time
for line in sys.stdin:
    print(line.strip() * 1000, flush=True)
"""


def sizes(folder: Path) -> list[int]:
    return [path.stat().st_size for path in sorted(folder.iterdir())]


def _ends_with(path: Path, text: bytes) -> bool:
    return path.read_bytes().endswith(text + b"\n")


def test_a_process_writes_on_to_an_empty_file_when_its_output_was_large(tmp_path: Path) -> None:
    path = tmp_path / "part.out"
    with (
        path.open("ab") as output,
        subprocess.Popen([sys.executable, "-c", CHATTER], stdin=subprocess.PIPE, stdout=output) as child,
    ):
        assert child.stdin is not None
        for text in (b"one", b"two", b"six"):
            child.stdin.write(text + b"\n")
            child.stdin.flush()
            wait_until(partial(_ends_with, path, text), "the line is written")
            keep_small(path, max_bytes=4000)
        child.stdin.close()
    assert path.read_bytes() == b"six" * 1000 + b"\n"
    assert path.with_name("part.out.1").read_bytes() == b"one" * 1000 + b"\n" + b"two" * 1000 + b"\n"


def test_what_is_small_or_not_there_is_left_alone(tmp_path: Path) -> None:
    keep_small(tmp_path / "none")
    (tmp_path / "small").write_bytes(b"x" * 10)
    keep_small(tmp_path / "small", max_bytes=10)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_the_office_keeps_the_output_of_its_parts_small(tmp_path: Path) -> None:
    office = Office(tell=lambda _: None)
    child = Child("part", [sys.executable, "-c", "import time; time.sleep(60)"], {}, tmp_path / "part.out")
    office.add(child)
    child.output.write_bytes(b"x" * 1_500_000)
    office.watch()
    office.stop()
    assert sizes(tmp_path) == [0, 1_500_000]


def test_the_mqtt_server_keeps_its_log_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.server.start.LOOK_S", 0.05)
    wanted: ServerSpec = spec("mosquitto", tmp_path)
    (tmp_path / "server.log").write_bytes(b"x" * 1_500_000)
    server = start_server(wanted)
    wait_until(lambda: (tmp_path / "server.log").stat().st_size < 1_000_000, "the log is moved aside")
    server.stop()
    assert (tmp_path / "server.log.1").stat().st_size >= 1_500_000
