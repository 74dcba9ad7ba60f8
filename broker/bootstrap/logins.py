"""Who may log in now: the engine by a password of this run, devices by what they were given, parts here by theirs."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from broker.clients import Client
from broker.config.logins import BOOK, LoginError, clients_of, is_open, local_password, new_password, read_book
from broker.config.settings import Settings
from broker.contract.topics import ENGINE_CLIENT, Topics
from broker.gateway.door import Door
from broker.server.mosquitto import Access, password_entry
from hardware.files import write_whole

LOOK_EVERY_S = 0.25
COUNTS = "mqtt/logins-count"
"""Holds the list of logins that the MQTT server goes by, so that a command can tell when its own counts."""

SUSPENDED_S = 60.0
"""So long a login counts no more by which somebody floods the office."""
GIVEN = "#"
"""Between a client and what tells its logins apart; in no name."""

log = logging.getLogger(__name__)


class Logins:
    """Tells the MQTT server whom to let in, and follows the list while it works."""

    def __init__(self, settings: Settings, data_dir: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Read who was provisioned. Raises LoginError where that cannot be read."""
        self._monotonic = monotonic
        self._suspended: dict[str, float] = {}
        """Whose login counts until when no more."""
        self._without: frozenset[str] = frozenset()
        """Who was left out when the server was told last."""
        self.clients: Mapping[str, Client] = clients_of(settings)
        self.is_open = is_open(settings.mqtt)
        self.engine_password = secrets.token_urlsafe(24)
        self._secret = settings.mqtt.secret
        self._is_external = settings.mqtt.server == "external"
        self._topics = Topics(settings.office.id)
        self._data_dir = data_dir
        self._book = read_book(data_dir)
        self._as_read = self._on_disk()
        self.on_thrown_out: Callable[[str, str], None] = lambda _client, _kind: None
        """Called for each device whose login ended: its own last word comes to nobody any more."""
        self.on_changed: Callable[[], None] = lambda: None
        """Called when another list counts: sessions end that were given to a login which is gone."""
        self._hashed = {ENGINE_CLIENT: password_entry(self.engine_password)}
        if not self.is_open and not self._is_external:
            shared = self._secret
            self._hashed |= {name: password_entry(shared or local_password(data_dir, name)) for name in self.clients}
        self._locals = {} if self._secret is None or self._is_external else self._beside(data_dir)

    def _beside(self, data_dir: Path) -> dict[str, str]:
        """Return what is left to a client whose device was revoked while others share a password: not that one."""
        return {name: password_entry(local_password(data_dir, name)) for name in self.clients}

    def login_of(self, client: str) -> str:
        """Return by which login a client comes in now: its name, and what tells one that was given from the next.

        Sessions count for that login alone. From any thread.
        """
        login = self._book.get(client)
        if login is None:
            return client
        told = hashlib.sha256(f"{login.entry} {login.since.isoformat()}".encode()).hexdigest()
        return f"{client}{GIVEN}{told[:16]}"

    def counts(self, login: str) -> bool:
        """Tell whether what `login_of` returned once counts still."""
        return self.login_of(login.partition(GIVEN)[0]) == login

    @property
    def access(self) -> Access:
        """Return who may log in, and what each may send."""
        entries = dict(self._hashed)
        for name, login in self._book.items():
            if name not in self.clients:
                continue
            if login.entry:
                entries[name] = login.entry
            elif name in self._locals:
                entries[name] = self._locals[name]
        for name in self._without & entries.keys():
            entries[name] = password_entry(new_password())  # it stays on the list, so that others cannot take its name
        commands = {name: client.commands for name, client in self.clients.items()}
        return Access(self._topics, entries, commands, is_open=self.is_open)

    def suspend(self, client: str) -> None:
        """Let a login count no more for a while. From any thread; the server is told at the next `look`."""
        if self.is_guarded(client) and client != ENGINE_CLIENT:
            log.error("%s floods the office: for %.0f s its login does not count", client, SUSPENDED_S)
            self._suspended[client] = self._monotonic() + SUSPENDED_S

    def is_guarded(self, client: str) -> bool:
        """Tell whether a client is known to be who it says: not in an open house, but for who has a login there."""
        return not self.is_open or (client in self._book and not self._book[client].is_revoked)

    def door(self, owns: Callable[[str, str], bool]) -> Door:
        """Return who refuses what a client may not send."""
        return Door(self.clients, is_guarded=self.is_guarded, owns=owns)

    def say_what_is_open(self) -> None:
        """Say loudly where the office is more open than it needs to be."""
        if self.is_open:
            log.warning(
                "mqtt.open_on_loopback: any program of this machine may ask under any name and read all answers; "
                "it is for trying out: take the line out of config.yaml before the office opens"
            )
        if self._secret is not None:
            log.warning(
                "mqtt.secret: one password for all machines; whoever has one of them can speak for each: give each its "
                "own by antrean provision, then take secret and shared_secret out of config.yaml"
            )

    def look(self, admit: Callable[[], None]) -> None:
        """Let the list count where it has changed, and without whom it counts for now."""
        without = frozenset(name for name, until_s in list(self._suspended.items()) if self._monotonic() < until_s)
        if without != self._without:
            self._without = without
            admit()
        now, before = self._on_disk(), self._book
        if now != self._as_read:
            try:
                self._book = read_book(self._data_dir)
            except LoginError as error:
                log.error("%s; until then the list of before counts", error)  # noqa: TRY400 - the sentence says it all
                self._as_read = now
                return
            admit()
            self._as_read = now
            self.on_changed()
            for name in before.keys() & self.clients.keys():
                login = self._book.get(name)
                if not before[name].is_revoked and (login is None or login.is_revoked):
                    self.on_thrown_out(name, self.clients[name].kind)
            log.info("logins: %d devices have their own", sum(not one.is_revoked for one in self._book.values()))
        self.say_what_counts()

    def say_what_counts(self) -> None:
        """Leave word of which list the server goes by."""
        path = self._data_dir / COUNTS
        if not path.exists() or path.read_bytes() != self._as_read:
            write_whole(path, self._as_read)

    def _on_disk(self) -> bytes:
        try:
            return (self._data_dir / BOOK).read_bytes()
        except FileNotFoundError:
            return b""


def watch_logins(look: Callable[[], None], pause: Callable[[float], bool]) -> None:
    """Follow the list of logins after each `pause` until one is True."""
    while not pause(LOOK_EVERY_S):
        try:
            look()
        except OSError as error:
            log.error("a change of logins does not count yet: %s", error)  # noqa: TRY400 - the sentence says it all
