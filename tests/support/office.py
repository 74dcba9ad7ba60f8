"""A whole broker in a process of its own: real MQTT server, real SQLite file, free port, empty data folder."""

from __future__ import annotations

import functools
import os
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path

from broker.config import Settings, load_settings
from broker.config.logins import known_by
from broker.contract.link import Address
from tests.support.caller import Caller, wait_until
from tests.support.program import Program

CONFIG = Path(__file__).parents[2] / "config.yaml"


@functools.cache
def shipped_settings() -> Settings:
    """Return the demo office as it is shipped; reading it takes as long as a short test."""
    return load_settings(CONFIG, {})


def free_port() -> int:
    """Return a TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(slots=True)
class OfficeProcess:
    """The demo office, or another, started by `antrean broker`."""

    data_dir: Path
    server: str = "mosquitto"
    port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    config: Path = CONFIG
    days_ago: float = 0
    """By so many days the broker's clock is behind: what is told to it now was told then."""
    is_moved: bool = False
    """Its clock was behind once: by what it goes after that is believed at once, not when it has lasted."""
    clock: Path | None = None
    """Holds by how much the broker's clock is off; see `SetClock`."""
    most_held: int | None = None
    """Of so many bytes its MQTT server begins anew; as ever by default."""
    said: Path | None = None
    """Where the broker's own words go that it says to its terminal; nowhere by default."""
    process: Program | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return what the office's processes are started with."""
        ours = {"ANTREAN_MQTT__PORT": str(self.port), "ANTREAN_MQTT__SERVER": self.server}
        moved = {"ANTREAN_CLOCK__BELIEVE_AFTER_MIN": "0"} if self.is_moved else {}
        return {**os.environ, **ours, **moved, "ANTREAN_WEB__PORT": str(self.web_port), **self.extra}

    @property
    def settings(self) -> Settings:
        """Return the settings the office runs with."""
        return load_settings(self.config, self.environment)

    @property
    def address(self) -> Address:
        """Return where clients connect."""
        return Address("127.0.0.1", self.port)

    @property
    def database(self) -> Path:
        """Return the SQLite file."""
        return self.data_dir / "office.db"

    def start(self) -> None:
        """Start the broker and wait for its MQTT server: a client that came too early would try again in a second.

        Whether the engine is online is for callers to see.
        """
        self.is_moved = self.is_moved or bool(self.days_ago)
        place = ("--config", str(self.config), "--data", str(self.data_dir))
        if self.days_ago or self.clock or self.most_held:
            by_clock = () if self.clock is None else ("--clock", str(self.clock))
            bound = () if self.most_held is None else ("--most-held", str(self.most_held))
            broker = ("tests.support.earlier_broker", "--days-ago", str(self.days_ago), *by_clock, *bound)
        else:
            broker = ("broker", "broker")
        self.process = Program(*broker, *place, env=self.environment, errors=self.said)
        process = self.process
        try:
            wait_until(
                lambda: process.poll() is not None or _accepts(self.port), "the MQTT server answers", timeout_s=60
            )
        except BaseException:  # whoever hears of it has nothing yet that could be stopped
            process.kill()
            process.wait()
            raise

    def stop(self) -> int:
        """End the broker as Ctrl-C would; return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def caller(self, client: str) -> Caller:
        """Return a client of this office (not yet started)."""
        return Caller(self.address, client)

    def own_caller(self, client: str) -> Caller:
        """Return a client with the login that its part makes on this machine; for an office that is not open."""
        return Caller(known_by(self.settings, client, self.data_dir).mqtt.address(client), client)

    def wait_online(self) -> None:
        """Block until the engine answers."""
        with self.caller("probe"):
            pass

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        wait_until(lambda: not _accepts(self.port), "the MQTT server is gone too")
        return code


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
