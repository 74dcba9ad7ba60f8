"""`python -m tests.bench.attacks`: how long an honest kiosk waits for a ticket while somebody attacks the wire.

Each attack is a process of its own, so that what it costs us is the office's time and not the measuring's.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from tests.support.office import OfficeProcess
from tests.support.program import PROCESSES

SECONDS, PAUSE_S = 8.0, 0.04


def packet(kind: int, body: bytes) -> bytes:
    """Return an MQTT packet."""
    left, length = len(body), b""
    while True:
        left, digit = divmod(left, 128)
        length += bytes([digit | (128 if left else 0)])
        if not left:
            return bytes([kind]) + length + body


def text(words: str) -> bytes:
    """Return a string as MQTT writes it."""
    return struct.pack(">H", len(words)) + words.encode()


def come(port: int, name: str, *, login: str = "", keep_alive_s: int = 0) -> socket.socket:
    """Return a connection that has asked to come in."""
    line = socket.create_connection(("127.0.0.1", port), timeout=5)
    flags = 0xC2 if login else 0x02
    body = text("MQTT") + bytes([4, flags]) + struct.pack(">H", keep_alive_s) + text(name)
    line.sendall(packet(0x10, body + (text(login) + text("wrong") if login else b"")))
    return line


def say(topic: str, payload: bytes, *, retain: bool = False) -> bytes:
    """Return a PUBLISH at QoS 0."""
    return packet(0x31 if retain else 0x30, text(f"antrean/v1/demo/{topic}") + payload)


def flood(port: int, messages: Callable[[int], bytes], name: str = "flood") -> None:
    """Send without end, and come again where one is thrown out."""
    number = 0
    while True:
        with contextlib.suppress(OSError), come(port, name) as line:
            line.recv(4)
            while True:
                number += 1
                line.sendall(b"".join(messages(number * 50 + one) for one in range(50)))


def lookups(port: int) -> None:
    """Ask for tickets, as fast as the wire carries."""
    flood(port, lambda n: say("cmd/flood/lookup", json.dumps({"id": f"r{n}", "ticket": "A-001"}).encode()))


def refusals(port: int) -> None:
    """Ask what nobody may."""
    flood(port, lambda n: say("cmd/flood/next", json.dumps({"id": f"r{n}", "counter": "x", "session": "y"}).encode()))


def many_names(port: int) -> None:
    """Ask under a thousand names."""
    flood(port, lambda n: say(f"cmd/flood-{n % 1000}/lookup", json.dumps({"id": f"r{n}", "ticket": "A-001"}).encode()))


def large(port: int) -> None:
    """Send what is too long, and retained."""
    flood(port, lambda _: say("cmd/flood/issue", b'{"id": "r", "service": "' + b"x" * 60_000 + b'"}', retain=True))


def malformed(port: int) -> None:
    """Send what is no MQTT."""
    flood(port, lambda n: bytes([n % 256]) * 40)


def deaf(port: int) -> None:
    """Listen to everything with forty clients, and read nothing."""
    lines = []
    for number in range(40):
        line = come(port, f"deaf-{number}")
        line.sendall(
            packet(0x82, b"\x00\x01" + text("#") + b"\x00") + packet(0x82, b"\x00\x02" + text("$SYS/#") + b"\x01")
        )
        lines.append(line)
    time.sleep(3600)


def silent(port: int) -> None:
    """Come 1,100 times and say nothing, again whenever one is sent away."""
    lines: list[socket.socket] = []
    while True:
        with contextlib.suppress(OSError):
            while len(lines) < 1_000:
                lines.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        time.sleep(1)


def wrong_logins(port: int) -> None:
    """Log in as the engine, with a wrong password."""
    while True:
        with contextlib.suppress(OSError), come(port, "x", login="broker") as line:
            line.recv(4)


def comes_and_goes(port: int) -> None:
    """Connect and leave, with a will."""
    while True:
        with contextlib.suppress(OSError), come(port, "x") as line:
            line.recv(4)


ATTACKS: tuple[Callable[[int], None], ...] = (
    lookups,
    refusals,
    many_names,
    large,
    malformed,
    deaf,
    silent,
    wrong_logins,
    comes_and_goes,
)


@contextlib.contextmanager
def attacked(attack: Callable[[int], None] | None, port: int) -> Iterator[None]:
    """Let an attack run meanwhile."""
    if attack is None:
        yield
        return
    process = PROCESSES.Process(target=attack, args=(port,), daemon=True)
    process.start()
    time.sleep(1.0)
    try:
        yield
    finally:
        process.kill()
        process.join()


def measured(attack: Callable[[int], None] | None) -> str:
    """Return what an attack did to an honest kiosk, to the disk and to the memory, as a row."""
    with tempfile.TemporaryDirectory() as folder:
        office = OfficeProcess(Path(folder) / "var")
        office.start()
        took: list[float] = []
        with office.caller("kiosk-1") as kiosk, attacked(attack, office.port):
            written = folder_bytes(office.data_dir)
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                begun = time.monotonic()
                kiosk.do("issue", service="new-passport")
                took.append(time.monotonic() - begun)
                time.sleep(PAUSE_S)
            grown = folder_bytes(office.data_dir) - written
            assert office.process is not None
            broker = psutil.Process(office.process.pid)
            memory = max(one.memory_info().rss for one in (broker, *broker.children(recursive=True)))
        office.kill()
    took.sort()
    name = "nobody" if attack is None else attack.__name__.replace("_", " ")
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    half = took[len(took) // 2]
    return f"| {name} | {len(took)} | {half * 1e3:.1f} | {p99 * 1e3:.1f} | {grown / 1e6:.1f} | {memory / 1e6:.0f} |"


def folder_bytes(folder: Path) -> int:
    """Return how much lies in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> int:
    """Measure without any attack, then under each."""
    sys.stdout.write("| who attacks | tickets | p50 ms | p99 ms | disk MB | memory MB |\n|---|---|---|---|---|---|\n")
    for attack in (None, *ATTACKS):
        sys.stdout.write(measured(attack) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
