"""The configuration of Mosquitto for one office: who may log in, and which topics each may touch."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.contract.topics import ENGINE_CLIENT, MAX_HEARD_BYTES, Topics
from hardware.files import write_whole

_ITERATIONS = 101
"""What mosquitto_passwd 2.0 uses for its PBKDF2-SHA512 entries (`$7$`)."""
MESSAGE_LIMIT_BYTES = 2 * MAX_HEARD_BYTES
"""Nothing of the wire is half as long; who sends more is thrown out before it takes memory."""
MOST_CONNECTIONS = 4_000
"""An office has some fifty. Each costs who looks after them some time, once a second."""
UNDER_WAY_MESSAGES = 500
"""So many may be on their way to one client unacknowledged; without such a bound those below hold nothing back."""
QUEUED_MESSAGES = 10_000
QUEUED_BYTES = 4 * 1024 * 1024
"""So much more waits for a client that reads slowly or not at all; what is beyond it never hears."""
KEPT_FOR, KEPT_FOR_S = "1h", 3600.0
"""So long the server remembers whoever asked it to, at the least that it can; nothing of ours asks for it."""
MOST_LASTING = 128
"""So many may ask for that within an hour, under whatever names: each costs with every message that is said."""
_CAME = re.compile(rb": New client connected from ")
_HOW = re.compile(rb" \(p(\d+), c([01]), k\d+(?:, u'[\w.-]+')?\)\.$")
ENGINE_LOGIN = "ANTREAN_ENGINE_LOGIN"
"""In the embedded server's environment: the engine's entry. Whoever has its password may say as much as it likes."""
PASSWORDS, RULES = "passwords", "access"
_READABLE = ("state/#", "event/#", "presence/#")


@dataclass(slots=True)
class Lasting:
    """Who asked Mosquitto lately to be remembered, by what it says of who comes in.

    It has no bound for that: one login that comes back under new client ids leaves a session with each, and all that is
    said is laid into every one of them.
    """

    monotonic: Callable[[], float] = time.monotonic
    _since_s: dict[bytes, float] = field(default_factory=dict)

    def hear(self, line: bytes) -> None:
        """Take note of one line.

        Who speaks MQTT 5 may ask for it in a way that is not said; of a client id that is too long the rest is not.
        """
        came = _CAME.search(line)
        how = _HOW.search(line)
        if came is None or len(self._since_s) > MOST_LASTING or (how is not None and (how[1], how[2]) == (b"2", b"1")):
            return
        who = line[came.end() :].split(b" as ", 1)[-1] if how is not None else line
        self._since_s[who] = self.monotonic()

    def are_too_many(self) -> bool:
        """Tell whether they are more than can be borne; forgets those of more than an hour ago."""
        late_s = self.monotonic() - KEPT_FOR_S
        self._since_s = {who: since_s for who, since_s in self._since_s.items() if since_s >= late_s}
        return len(self._since_s) > MOST_LASTING

    def forget(self) -> None:
        """Begin anew, as the server does."""
        self._since_s.clear()


@dataclass(frozen=True, slots=True)
class Access:
    """Who may log in, and what each may touch."""

    topics: Topics
    entries: Mapping[str, str] = field(repr=False)
    """By client: its password as `password_entry` gives it. The engine's own is among them."""
    clients: Mapping[str, frozenset[str]]
    """By client of the office: the commands that it may send."""
    is_open: bool = False
    """Anybody on loopback may ask without a login, under every name that has none."""

    @property
    def own(self) -> tuple[str, ...]:
        """Return the clients that have a login of their own, but for the engine."""
        return tuple(name for name in self.entries if name != ENGINE_CLIENT)


def write_configuration(
    folder: Path,
    *,
    listen: str,
    port: int,
    user: str,
    access: Access,
    certificate: Path | None = None,
    strict: bool = False,
) -> Path:
    """Write configuration, passwords and access rules to `folder`; return the path of the first.

    With a `certificate`, whose file has its key, too, nobody comes in without encryption. When `strict` the server
    holds one session for each login: whoever comes in by it ends the one before.

    Without persistence by intent: the engine says every retained state again whenever it connects, and nothing relies
    on redelivery.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_access(folder, access)
    passwords, rules, configuration = folder / PASSWORDS, folder / RULES, folder / "mosquitto.conf"
    encrypted = (
        [] if certificate is None else [f"certfile {certificate}", f"keyfile {certificate}", "tls_version tlsv1.2"]
    )
    configuration.write_text(
        "\n".join(
            (
                f"listener {port} {listen}",
                *encrypted,
                f"user {user}",
                f"allow_anonymous {str(access.is_open).lower()}",
                f"password_file {passwords}",
                f"acl_file {rules}",
                "set_tcp_nodelay true",
                "persistence false",
                f"persistent_client_expiration {KEPT_FOR}",
                *(["use_username_as_clientid true"] if strict and not access.is_open else []),
                f"max_inflight_messages {UNDER_WAY_MESSAGES}",
                f"max_queued_messages {QUEUED_MESSAGES}",
                f"max_queued_bytes {QUEUED_BYTES}",
                f"max_connections {MOST_CONNECTIONS}",
                "sys_interval 0",
                f"max_packet_size {MESSAGE_LIMIT_BYTES}",
                "log_dest stdout",
                "log_type error",
                "log_type warning",
                "log_type notice",
                "",
            )
        )
    )
    return configuration


def write_access(folder: Path, access: Access) -> None:
    """Write who may log in and what each may touch; a server that runs reads it again at SIGHUP."""
    for name, text in (
        (PASSWORDS, "".join(f"{name}:{entry}\n" for name, entry in access.entries.items())),
        (RULES, access_rules(access)),
    ):
        write_whole(folder / name, text.encode())


def access_rules(access: Access) -> str:
    """Return who may touch which topic. Only the engine's own login writes states, events and replies.

    Each client keeps to its own name, and to the commands that a part of its kind sends. In an open house (loopback
    only) any program of this machine may ask under any name that has no login of its own, and say how a part of the
    office is that has none; the engine has one, so none can pretend to be its voice, nor say that it is gone. Rules go
    by the login and never by the MQTT client id, which whoever connects chooses freely: ours are made up anew by each
    process. Nor is a presence denied by a rule of its own: what Mosquitto denies is not read either.
    """
    root = access.topics.root
    lines: list[str] = []
    if access.is_open:
        lines += [f"topic read {root}/{part}" for part in (*_READABLE, "reply/#")]
        lines += [f"topic write {root}/cmd/#"]
        lines += [f"topic write {access.topics.presence(one)}" for one in access.clients if one not in access.entries]
        for client in access.own:
            lines += [f"topic deny {access.topics.reply(client)}", f"topic deny {root}/cmd/{client}/#"]
    for name in access.own:
        lines += ["", f"user {name}"]
        lines += [f"topic read {root}/{part}" for part in (*_READABLE, f"reply/{name}")]
        lines += [f"topic write {access.topics.presence(name)}"]
        commands = access.clients.get(name, frozenset())
        lines += [f"topic write {access.topics.command(name, command)}" for command in sorted(commands)]
    return "\n".join([*lines, "", f"user {ENGINE_CLIENT}", f"topic readwrite {root}/#", ""])


def password_entry(password: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto 2 keeps it: `$7$iterations$salt$hash`."""
    salt = salt if salt is not None else secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def is_password_of(entry: str, password: str) -> bool:
    """Tell whether an entry was made of this password."""
    _, kind, _, salt, _ = entry.split("$")
    return kind == "7" and hmac.compare_digest(password_entry(password, base64.b64decode(salt)), entry)
