"""`python -m tests.bench attacks`: how long an honest kiosk waits for a ticket while somebody attacks the wire.

Each attack is a process of its own, so that what it costs us is the office's time and not the measuring's. On Mosquitto
nobody is in without a login, and the attackers have those of devices that were carried away; the embedded server asks
for none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import queue
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import psutil
import yaml
from rich.table import Table

from broker.bus import Bus
from broker.config.logins import known_by
from broker.contract.topics import Topics
from broker.server.start import Kind
from tests.bench.figures import percentile
from tests.bench.working import NO_QUOTA, fill, kinds
from tests.support.caller import Caller, wait_until
from tests.support.office import CONFIG, OfficeProcess

COUNTERS, KIOSKS, DISPLAYS, WAITING = 16, 3, 5, 100
STOLEN = ("pad-1", "pad-2", "pad-3", "pad-4")
"""Devices whose logins the attackers have."""
TICKETS, PAUSE_S, PATIENCE_S = 250, 0.02, 30.0
"""So many are issued beside each attack, with a pause between them, for so long at most."""
BEGINS_S = 1.5
HEALS_S = 1.0
GARBAGE_BYTES, WORDS_BYTES = 200_000, 2_000
PROMISED = 5.0
ROOT = "antrean/v1/demo"

Sent = Synchronized
"""How many messages or connections an attacker has brought in, for the bench to read."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an attacker goes, and as whom; without a login where none is asked for."""

    port: int
    logins: dict[str, str | None]
    sent: Any = field(compare=False)

    def come(self, name: str, *, will: tuple[str, bytes] | None = None, password: str | None = None) -> socket.socket:
        """Return a connection that has asked to come in."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        line.settimeout(None)
        password = self.logins.get(name) if password is None else password
        flags = 0x02 | (0xC0 if password is not None else 0) | (0x24 if will is not None else 0)
        body = text("MQTT") + bytes([4, flags]) + b"\0\0" + text(name)
        if will is not None:
            body += text(will[0]) + struct.pack(">H", len(will[1])) + will[1]
        if password is not None:
            body += text(name) + text(password)
        line.sendall(packet(0x10, body))
        return line

    def count(self, more: int) -> None:
        """Take note of what has gone in."""
        self.sent.value += more

    def flood(self, name: str, messages: Callable[[int], bytes], at_once: int = 50) -> None:
        """Send without end, and come again where one is thrown out."""
        number = 0
        while True:
            with contextlib.suppress(OSError), self.come(name) as line:
                line.recv(4)
                while True:
                    line.sendall(b"".join(messages(number + one) for one in range(at_once)))
                    number += at_once
                    self.count(at_once)


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


def say(topic: str, payload: bytes, *, retain: bool = False) -> bytes:
    """Return a PUBLISH at QoS 0."""
    return packet(0x31 if retain else 0x30, text(f"{ROOT}/{topic}") + payload)


def listen(topic: str, qos: int) -> bytes:
    """Return a SUBSCRIBE."""
    return packet(0x82, b"\x00\x01" + text(topic) + bytes([qos]))


def asked(client: str, command: str, **arguments: object) -> Callable[[int], bytes]:
    """Return what makes the n-th request of a client."""
    body = json.dumps(arguments)[1:].encode()
    return lambda n: say(f"cmd/{client}/{command}", b'{"id": "r%d", ' % n + body)


# -- the attacks ------------------------------------------------------------------------------------------------------


def lookups(target: Target) -> None:
    """Ask for tickets as fast as the wire carries, with one login."""
    target.flood("pad-1", asked("pad-1", "lookup", ticket="A-001"))


def lookups_of_four(target: Target) -> None:
    """Ask with four logins at once."""
    lines = {name: target.come(name) for name in STOLEN}
    for number in range(0, 1 << 60, 50):
        for name in STOLEN:
            ask = asked(name, "lookup", ticket="A-001")
            try:
                lines[name].sendall(b"".join(ask(number + one) for one in range(50)))
                target.count(50)
            except OSError:  # thrown out
                lines[name].close()
                lines[name] = target.come(name)


def refused(target: Target) -> None:
    """Ask what nobody may."""
    target.flood("pad-1", asked("pad-1", "next", counter="counter-1", session="y"))


def refused_by_the_office(target: Target) -> None:
    """Ask for a service that is not there, which a kiosk may: such refusals are written down."""
    target.flood("pad-1", asked("pad-1", "issue", service="not-there"))


def garbage(target: Target) -> None:
    """Send 200 KB that are no request."""
    target.flood("pad-1", lambda _: say("cmd/pad-1/issue", b'{"id": "r", "service": "' + b"x" * GARBAGE_BYTES), 1)


def many_names(target: Target) -> None:
    """Ask under a thousand names, which only an open house lets anybody."""
    target.flood("pad-1", lambda n: say(f"cmd/flood-{n % 1000}/lookup", b'{"id": "r%d", "ticket": "A-001"}' % n))


def comes_and_goes(target: Target) -> None:
    """Come fifty at a time, with a wrong password, and again when refused."""

    async def again() -> None:
        body = text("MQTT") + bytes([4, 0xC2]) + b"\0\0" + text("x") + text("broker") + text("wrong")
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
                writer.write(packet(0x10, body))
                await reader.read(4)
                writer.close()
                target.count(1)

    async def fifty() -> None:
        await asyncio.gather(*(again() for _ in range(50)))

    asyncio.run(fifty())


def silent(target: Target) -> None:
    """Hold 1,100 connections that say nothing, and come again for each that is sent away."""
    lines: list[socket.socket] = []
    while True:
        with contextlib.suppress(OSError):
            while len(lines) < 1_100:
                lines.append(socket.create_connection(("127.0.0.1", target.port), timeout=5))
                target.count(1)
        time.sleep(0.5)
        lines = [line for line in lines if not _is_ended(line)]


def deaf(target: Target) -> None:
    """Listen to all that one may with ten clients and read nothing, while much is said of a device that fares so-so."""
    lines = []
    for number in range(10):
        line = target.come(STOLEN[number % 2])
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(listen(f"{ROOT}/#", number // 5) + listen("$SYS/#", 0))
        lines.append(line)
    speaker = target.come("pad-3")
    words = say("presence/pad-3", b'{"online": true, "kind": "' + b"x" * WORDS_BYTES + b'"}', retain=True)
    while True:
        speaker.sendall(words * 10)
        target.count(10)
        time.sleep(0.01)


def retained(target: Target) -> None:
    """Leave requests with the server, for ever, and say of oneself what nobody wants to know."""
    ask = asked("pad-1", "lookup", ticket="A-001")
    target.flood("pad-1", lambda n: bytes([0x31]) + ask(n)[1:] + say("presence/pad-1", b"{%d" % n, retain=True))


def wills_and_wildcards(target: Target) -> None:
    """Come with a will in the engine's name, ask for everything, and be gone."""
    while True:
        with contextlib.suppress(OSError), target.come("pad-1", will=(f"{ROOT}/state/hall", b"{}")) as line:
            line.sendall(b"".join(listen(one, 0) for one in ("#", "$SYS/#", "+/+/+/cmd/#", f"{ROOT}/reply/#")))
            line.recv(64)
            target.count(1)


def malformed(target: Target) -> None:
    """Send what is no MQTT."""
    target.flood("pad-1", lambda n: bytes([n % 256]) * 40)


def _elsewhere(attack: Callable[[Target], None], target: Target) -> None:
    """Attack with the time that the office leaves: an attacker has a machine of its own."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    attack(target)


def _is_ended(line: socket.socket) -> bool:
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


ATTACKS: tuple[Callable[[Target], None], ...] = (
    lookups,
    lookups_of_four,
    refused,
    refused_by_the_office,
    garbage,
    many_names,
    comes_and_goes,
    silent,
    deaf,
    retained,
    wills_and_wildcards,
    malformed,
)


# -- the office -------------------------------------------------------------------------------------------------------


def large_config(folder: Path, *, is_open: bool) -> Path:
    """Write the demo with as many counters and screens as a large office has; return where."""
    office = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for part, count in (("counters", COUNTERS), ("kiosks", KIOSKS), ("displays", DISPLAYS)):
        models, kind = office[part], part[:-1]
        office[part] = [
            {**model, "id": f"{kind}-{n}", **({"label": str(n)} if kind == "counter" else {})}
            for n, model in zip(range(1, count + 1), cycle(models), strict=False)
        ]
    officers = office["officers"]
    officers += [{**officers[0], "id": f"officer-{n}"} for n in range(len(officers), COUNTERS + 1)]
    office["mqtt"] |= {"open_on_loopback": is_open, "devices": list(STOLEN)}
    path = folder / "config.yaml"
    path.write_text(json.dumps(office, default=str), encoding="utf-8")
    return path


def _screens(office: OfficeProcess, ready: Any, done: Any) -> None:  # noqa: ANN401 - events of multiprocessing
    """Have every counter, display and further kiosk connected, each hearing what such a screen listens to."""
    topics, settings = Topics("demo"), office.settings
    heard = {
        **{kiosk.id: topics.event("reprinted") for kiosk in settings.kiosks[1:]},
        **{counter.id: topics.counter(counter.id) for counter in settings.counters},
        **{display.id: topics.event("+") for display in settings.displays},
    }
    buses = []
    for name, topic in heard.items():
        address = known_by(settings, name, office.data_dir).mqtt.address(name)
        bus = Bus(address=address, office="demo", client=name, kind="bench", post=lambda step: step())
        bus.listen_raw(topics.hall(), lambda *_: None)
        bus.listen_raw(topic, lambda *_: None)
        bus.start()
        buses.append(bus)
    for bus in buses:
        bus.wait_connected(30)
    ready.set()
    done.wait(3600)
    for bus in buses:
        bus.stop()


@contextlib.contextmanager
def large_office(folder: Path, server: Kind) -> Iterator[OfficeProcess]:
    """Open the office with everything connected and everybody waiting."""
    folder.mkdir()
    config = large_config(folder, is_open=server == "embedded")
    office = OfficeProcess(folder / "var", server=server, config=config, extra=NO_QUOTA)
    office.start()
    ready, done = multiprocessing.Event(), multiprocessing.Event()
    screens = multiprocessing.Process(target=_screens, args=(office, ready, done), daemon=True)
    try:
        settings = office.settings
        for counter, officer in zip(settings.counters, settings.officers, strict=False):
            with office.own_caller(counter.id) as desk:
                desk.do("open", counter=counter.id, officer=officer.id, pin="1234")
        screens.start()
        assert ready.wait(60)
        yield office
    finally:
        done.set()
        if screens.pid is not None:
            screens.join(30)
        office.stop()


@dataclass(slots=True)
class Beside:
    """What was seen beside an attack."""

    took: list[float]
    sent: int
    seconds: float
    lost: int
    memory: dict[str, tuple[int, int, int]]
    """By process: bytes before, at most, and when all was over."""
    disk: int


class Memory:
    """Watches what the broker and its server hold."""

    def __init__(self, office: OfficeProcess) -> None:
        """Begin now."""
        assert office.process is not None
        broker = psutil.Process(office.process.pid)
        servers = [
            one for one in broker.children() if one.name() == "mosquitto" or "embedded" in " ".join(one.cmdline())
        ]
        self._watched = {"broker": broker, "server": servers[0]}
        self.before = self._now()
        self.most = dict(self.before)

    def look(self) -> None:
        """Take note."""
        self.most = {name: max(self.most[name], held) for name, held in self._now().items()}

    def told(self) -> dict[str, tuple[int, int, int]]:
        """Return before, at most and now."""
        return {name: (self.before[name], self.most[name], held) for name, held in self._now().items()}

    def _now(self) -> dict[str, int]:
        return {name: process.memory_info().rss for name, process in self._watched.items()}


def beside(office: OfficeProcess, kiosk: Caller, attack: Callable[[Target], None] | None) -> Beside:
    """Issue tickets at an honest kiosk beside an attack."""
    settings, memory = office.settings, Memory(office)
    logins = {name: known_by(settings, name, office.data_dir).mqtt.password for name in STOLEN}
    target = Target(office.port, logins, multiprocessing.Value("q", 0))
    attacker = None
    if attack is not None:
        attacker = multiprocessing.Process(target=_elsewhere, args=(attack, target), daemon=True)
        attacker.start()
        time.sleep(BEGINS_S)
    written, took, lost = _folder_bytes(office.data_dir), list[float](), 0
    begun, sent = time.monotonic(), target.sent.value
    for service, lane in cycle(kinds(settings)):
        if len(took) == TICKETS or time.monotonic() - begun > PATIENCE_S:
            break
        asked_at = time.perf_counter()
        try:
            reply = kiosk.ask("issue", service=service, lane=lane)
        except queue.Empty:  # nobody answered for 45 s, though it was asked for again and again
            took.append(PATIENCE_S)
            lost += 1
            break
        took.append(time.perf_counter() - asked_at)
        if reply.ok and reply.result is not None:
            with contextlib.suppress(queue.Empty):
                kiosk.ask("cancel", ticket=reply.result["ticket"]["id"])
        else:
            lost += 1
        memory.look()
        time.sleep(PAUSE_S)
    seconds, sent = time.monotonic() - begun, target.sent.value - sent
    if attacker is not None:
        attacker.kill()
        attacker.join()
        time.sleep(HEALS_S)
    return Beside(took, sent, seconds, lost, memory.told(), _folder_bytes(office.data_dir) - written)


def attack_table(folder: Path, server: Kind, attacks: Sequence[Callable[[Target], None]] = ATTACKS) -> Table:
    """Return how long an honest kiosk waits alone and beside each attack, and what each of them costs."""
    table = Table(
        title=f"{server}: an honest kiosk's `issue` beside an attack; {COUNTERS} counters open, {KIOSKS} kiosks, "
        f"{DISPLAYS} displays, {WAITING} waiting"
    )
    columns = ("attack", "sent/s", "tickets", "p50 ms", "p99 ms", "p99 / alone", "broker MB", "server MB", "disk MB")
    for column in columns:
        table.add_column(column, justify="left" if column == "attack" else "right")
    with large_office(folder / server, server) as office, office.own_caller("kiosk-1") as kiosk:
        fill(kiosk, office.settings, WAITING)
        beside(office, kiosk, None)  # everything is warm
        alone = beside(office, kiosk, None)
        floor_s = percentile(alone.took, 99)
        table.add_row("nobody", *_row(alone, floor_s))
        for attack in attacks:
            table.add_row(attack.__name__.replace("_", " "), *_row(beside(office, kiosk, attack), floor_s))
            _let_in_again(office, kiosk)
        table.add_row("nobody any more", *_row(beside(office, kiosk, None), floor_s))
    return table


def _let_in_again(office: OfficeProcess, kiosk: Caller) -> None:
    """Let the logins count again that an attack has lost for a while, or the next one would not take place."""
    told = office.data_dir / "logs" / "broker.log"
    if "floods the office" in told.read_text():
        office.stop()
        told.write_text("")
        office.start()
        wait_until(lambda: kiosk.linked, "the kiosk is back")


def _row(seen: Beside, floor_s: float) -> Sequence[str]:
    memory = [" > ".join(f"{held / 1e6:.0f}" for held in seen.memory[name]) for name in ("broker", "server")]
    p50, p99 = (percentile(seen.took, percent) for percent in (50, 99)) if len(seen.took) > 1 else (seen.took[0],) * 2
    tickets = f"{len(seen.took) - seen.lost}" + (f" ({seen.lost} refused)" if seen.lost else "")
    return (
        f"{seen.sent / seen.seconds:,.0f}",
        tickets,
        f"{p50 * 1e3:.1f}",
        f"{p99 * 1e3:.1f}",
        f"{p99 / floor_s:.1f}",
        *memory,
        f"{seen.disk / 1e6:.1f}",
    )


def _folder_bytes(folder: Path) -> int:
    """Return how much lies in a folder."""
    sizes = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            sizes += path.stat().st_size
    return sizes
