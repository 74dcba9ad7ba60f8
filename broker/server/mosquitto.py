"""The configuration of Mosquitto for one office: who may log in, and which topics each may touch."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from broker.contract.topics import ENGINE_CLIENT, Topics

_ITERATIONS = 101
"""What mosquitto_passwd 2.0 uses for its PBKDF2-SHA512 entries (`$7$`)."""
MESSAGE_LIMIT_BYTES = 1024 * 1024
UNDER_WAY_MESSAGES = 500
"""So many may be on their way to one client unacknowledged; without such a bound those below hold nothing back."""
QUEUED_MESSAGES = 10_000
QUEUED_BYTES = 16 * 1024 * 1024
"""So much more waits for a client that reads slowly or not at all; what is beyond it never hears."""


def write_configuration(
    folder: Path,
    *,
    topics: Topics,
    listen: str,
    port: int,
    user: str,
    logins: Mapping[str, str],
    anonymous: bool,
    clients: Iterable[str] = (),
) -> Path:
    """Write configuration, passwords and access rules to `folder`; return the path of the first.

    `logins` maps client ids to passwords; the engine's own is among them. Without persistence by intent: the engine
    says every retained state again whenever it connects, and nothing relies on redelivery.
    """
    folder.mkdir(parents=True, exist_ok=True)
    passwords, rules, configuration = folder / "passwords", folder / "access", folder / "mosquitto.conf"
    _write_secret(passwords, "".join(f"{name}:{password_entry(text)}\n" for name, text in logins.items()))
    _write_secret(rules, access_rules(topics, anonymous=anonymous, clients=clients))
    configuration.write_text(
        "\n".join(
            (
                f"listener {port} {listen}",
                f"user {user}",
                f"allow_anonymous {str(anonymous).lower()}",
                f"password_file {passwords}",
                f"acl_file {rules}",
                "set_tcp_nodelay true",
                "persistence false",
                f"max_inflight_messages {UNDER_WAY_MESSAGES}",
                f"max_queued_messages {QUEUED_MESSAGES}",
                f"max_queued_bytes {QUEUED_BYTES}",
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


def access_rules(topics: Topics, *, anonymous: bool, clients: Iterable[str] = ()) -> str:
    """Return who may touch which topic. Only the engine's own login writes states, events and replies.

    With logins each client keeps to its own name. Without them (loopback only) any program of this machine may
    send requests under any name, but none can pretend to be the engine's voice. Each process of ours has an MQTT
    client id of its own, which nobody can guess and so throw it out; so rules go by the login, or name the client.
    """
    root = topics.root
    readable = ("state/#", "event/#", "presence/#")
    if anonymous:
        lines = [f"topic read {root}/{part}" for part in (*readable, "reply/#")]
        lines += [f"topic write {root}/cmd/#", f"pattern write {root}/presence/%c"]
        lines += [f"topic write {topics.presence(client)}" for client in clients]
    else:
        lines = [f"pattern read {root}/{part}" for part in (*readable, "reply/%u")]
        lines += [f"pattern write {root}/cmd/%u/+", f"pattern write {root}/presence/%u"]
    return "\n".join([*lines, "", f"user {ENGINE_CLIENT}", f"topic readwrite {root}/#", ""])


def password_entry(password: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto 2 keeps it: `$7$iterations$salt$hash`."""
    salt = salt if salt is not None else secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
