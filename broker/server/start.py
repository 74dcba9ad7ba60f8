"""Starts the office's MQTT server as a child process, waits until it answers, and starts it again if it dies."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, assert_never

from broker.contract.link import Address
from broker.contract.topics import ENGINE_CLIENT
from broker.extras import has_extra, require_extra
from broker.loopback import is_loopback
from broker.server.addresses import accepts
from broker.server.children import Told, bound_to_parent, keep_small
from broker.server.doorman import Doorman
from broker.server.mosquitto import (
    ENGINE_LOGIN,
    MOST_LASTING,
    Access,
    Lasting,
    write_access,
    write_configuration,
)

Kind = Literal["mosquitto", "embedded"]
START_TIMEOUT_S = 30.0
"""An old PC that was just switched on starts everything at once. A server that ends by itself is not waited for."""
STOP_TIMEOUT_S = 5.0
RESTART_DELAY_S = 1.0
LOOK_S = 1.0
"""How often it is looked who stands at the door and what was said."""
GUARD_S = 0.1
"""And how often, how much memory the server holds: one who does not read costs it as much as anybody says meanwhile."""
MOST_HELD_BYTES = 768 * 1024 * 1024
"""A server that holds so much begins anew, before the machine ends something else: all that counts is said again."""
FORGET_GAP_S = 60.0
"""In an open house sessions are forgotten at most this often, all at once."""
MOSQUITTO_PATHS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Debian keeps the server where a plain user's PATH does not look."""

log = logging.getLogger(__name__)


class ServerError(Exception):
    """The MQTT server cannot be started; the text says what to do."""


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """What server to start. `access` is asked at each start of it, for logins come and go meanwhile."""

    kind: Kind
    listen: str
    port: int
    folder: Path
    access: Callable[[], Access] = field(repr=False)
    certificate: Path | None = None
    """A file with certificate and key; None: lines are not encrypted."""
    most_held: int = MOST_HELD_BYTES

    @property
    def address(self) -> Address:
        """Return where this machine reaches the server."""
        everywhere = self.listen in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        return Address("127.0.0.1" if everywhere else self.listen, self.port)


def mosquitto_program() -> str | None:
    """Return the path of the Mosquitto server, or None where it is not installed."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *MOSQUITTO_PATHS))
    return shutil.which("mosquitto", path=path)


def choose_kind(wanted: Literal["auto", "mosquitto", "embedded"]) -> Kind:
    """Return which server to start; `ServerError` where the wanted one is not there."""
    match wanted:
        case "embedded":
            require_extra("server")
            return "embedded"
        case "mosquitto":
            if mosquitto_program() is None:
                message = "mqtt.server is mosquitto, but it is not installed: apt-get install mosquitto, or use auto"
                raise ServerError(message)
            return "mosquitto"
        case "auto":
            if mosquitto_program() is not None:
                return "mosquitto"
            if not has_extra("server"):
                message = (
                    "no MQTT server is installed: apt-get install mosquitto; "
                    "a stand-in that serves this machine alone comes with antrean[server]"
                )
                raise ServerError(message)
            return "embedded"
        case _:
            assert_never(wanted)


class Server:
    """A running MQTT server of ours."""

    def __init__(self, spec: ServerSpec) -> None:
        """Prepare; `start` runs it."""
        self.spec = spec
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="mqtt-server-watch", daemon=True)
        self._ready = threading.Event()
        self._failure: ServerError | None = None
        self._doorman = Doorman()
        self._told: Told | None = None
        self._lasting = Lasting()
        self._is_strict = False
        """It holds one session for each login."""
        self._forget_at = -math.inf

    def start(self) -> None:
        """Start and wait until it accepts connections; `ServerError` with the server's own words where it does not."""
        require_free_port(self.spec.address)
        self._watcher.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End the server and its watcher."""
        self._stopping.set()
        self._end_process()
        if self._watcher.is_alive():
            self._watcher.join(timeout=STOP_TIMEOUT_S)

    def admit(self) -> None:
        """Let another list of logins count at once: whoever is on it no more is thrown out. Raises OSError."""
        if self.spec.kind == "mosquitto":
            write_access(self.spec.folder, self.spec.access())
            self.reload()

    def reload(self) -> None:
        """Let the server read its files again, another certificate, too. The embedded one does when it is restarted."""
        process = self._process
        if self.spec.kind == "mosquitto" and process is not None and process.poll() is None:
            process.send_signal(signal.SIGHUP)

    @property
    def _output(self) -> Path:
        return self.spec.folder / "server.log"

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return None if self._process is None else self._process.pid

    def _watch(self) -> None:
        """Keep the server running. The child is bound to this thread: it dies with it, and so with our process."""
        try:
            self._run_once()
        except ServerError as error:
            self._failure = error
            self._ready.set()
            return
        while True:
            self._ready.set()
            if self._process is not None:
                self._wait(self._process)
            if self._stopping.wait(RESTART_DELAY_S if self.restarts else 0):
                return
            self.restarts += 1
            log.error("the MQTT server ended by itself; starting it again (%d)", self.restarts)
            try:
                self._run_once()
            except ServerError as error:
                log.error("%s", error)  # noqa: TRY400 - one line is enough, the loop tries on

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the server has ended; until then its door and its output are looked after."""
        while True:
            keep_small(self._output)
            self._hear()
            self._doorman.look(process.pid)
            look_at = time.monotonic() + LOOK_S
            while time.monotonic() < look_at:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(GUARD_S)
                    self._hear_the_end()
                    return
                if self._doorman.guard(process.pid) > self.spec.most_held:
                    held = self.spec.most_held >> 20
                    log.error("the MQTT server holds %d MB, more than is good for this machine", held)
                    process.kill()
            if not self._is_strict and self._lasting.are_too_many():
                self._forget_sessions(process)

    def _forget_sessions(self, process: subprocess.Popen[bytes]) -> None:
        """Let the server begin anew, for it cannot forget sessions otherwise; from then on it holds one a login.

        Nothing is lost by that: all that is retained is said again, and requests are asked again. Not from the start,
        for by that rule a part which was started twice by mistake would throw out the one that works; nor in an open
        house, where most have no login: there it begins anew once in a while.
        """
        is_open = self.spec.access().is_open
        if is_open and time.monotonic() < self._forget_at:
            return
        self._forget_at, self._is_strict = time.monotonic() + FORGET_GAP_S, not is_open
        log.error(
            "more than %d clients asked the MQTT server to remember them: it begins anew%s",
            MOST_LASTING,
            "" if is_open else ", and holds one session for each login until the broker is started again",
        )
        process.kill()

    def _hear(self) -> None:
        """Write down what the server has said; a disk that refuses costs the lines, not the server."""
        try:
            if self._told is not None:
                self._told.read()
        except OSError as error:
            log.warning("what the MQTT server says is not on disk: %s", error)

    def _hear_the_end(self) -> None:
        self._hear()
        if self._told is not None:
            self._told.close()
            self._told = None

    def _run_once(self) -> None:
        try:
            self._process = self._started()
        except OSError as error:
            message = f"the MQTT server cannot be started: {error}"
            raise ServerError(message) from error
        if self._stopping.is_set():  # `stop` may have looked for a process just before this one began
            self._end_process()
            return
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            if accepts(self.spec.address):
                self._doorman.open(self._process.pid)
                return
            time.sleep(0.01)
        self._end_process()
        self._hear_the_end()
        if self._stopping.is_set():  # while it was starting
            return
        message = f"the MQTT server did not start: {self._last_words()}"
        raise ServerError(message)

    def _started(self) -> subprocess.Popen[bytes]:
        self.spec.folder.mkdir(parents=True, exist_ok=True)
        self._lasting.forget()
        told = self._told = Told(self._output, heard=self._lasting.hear)
        try:
            return subprocess.Popen(  # noqa: S603 - our own command line
                bound_to_parent(self._command()),
                # Mosquitto tells systemd that it is ready: taken for the broker's word, that would be too early
                env={name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
                | self._engine_login(),
                stdin=subprocess.DEVNULL,
                stdout=told.write_end,
                stderr=told.write_end,
                process_group=0,  # Ctrl-C at a terminal is for us alone: the server ends after its clients
            )
        finally:
            told.started()

    def _engine_login(self) -> dict[str, str]:
        """Return what the embedded server knows the engine by; Mosquitto has its file."""
        entry = self.spec.access().entries.get(ENGINE_CLIENT) if self.spec.kind == "embedded" else None
        return {} if entry is None else {ENGINE_LOGIN: entry}

    def _command(self) -> list[str]:
        spec = self.spec
        if spec.kind == "embedded":
            encrypted = [] if spec.certificate is None else [str(spec.certificate)]
            return [sys.executable, "-m", "broker.server.embedded", spec.listen, str(spec.port), *encrypted]
        configuration = write_configuration(
            spec.folder,
            listen=spec.listen,
            port=spec.port,
            user=_own_user(),
            access=spec.access(),
            certificate=spec.certificate,
            strict=self._is_strict,
        )
        return [str(mosquitto_program()), "-c", str(configuration)]

    def _end_process(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        try:
            lines = self._output.read_text(errors="replace").strip().splitlines()
        except OSError:  # there is a file only where it said something, and the disk took that
            lines = []
        return lines[-1] if lines else "it said nothing"


def require_free_port(address: Address) -> None:
    """Give a server that is just ending a moment; then raise `ServerError`, for something else is in the way."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while accepts(address):
        if time.monotonic() > deadline:
            message = (
                f"something else already listens on port {address.port}: stop it, "
                "set mqtt.port to a free one, or set mqtt.server to external to use it"
            )
            raise ServerError(message)
        time.sleep(0.05)


def start_server(spec: ServerSpec) -> Server:
    """Start the server of `spec`; `ServerError` where that is not possible."""
    if spec.kind == "embedded" and not is_loopback(spec.listen):
        message = f"the embedded MQTT server serves this machine only, not {spec.listen}: install Mosquitto"
        raise ServerError(message)
    if spec.kind == "embedded" and not spec.access().is_open:
        message = (
            "the embedded MQTT server asks nobody for a login: install Mosquitto, or let any program of this machine "
            "in by mqtt.open_on_loopback: true"
        )
        raise ServerError(message)
    server = Server(spec)
    server.start()
    return server


def _own_user() -> str:
    """Return whom Mosquitto shall become where root starts it: somebody who can read what we wrote."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's nameless user; Mosquitto changes nothing then
        return str(os.geteuid())
