"""Who may log in at a server of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from broker.contract.topics import Topics
from broker.server.mosquitto import Access, password_entry


def access(
    logins: Mapping[str, str],
    *,
    office: str = "demo",
    is_open: bool = True,
    clients: Iterable[str] = (),
    may_send: Iterable[str] = ("issue",),
) -> Access:
    """Return the access of these logins by passwords; `clients` are those of the office, who all may send the same."""
    commands = frozenset(may_send)
    entries = {name: password_entry(password) for name, password in logins.items()}
    return Access(Topics(office), entries, dict.fromkeys(clients, commands), is_open=is_open)
