"""Whether a client may send what it sends: by the table of `broker.clients`, and by whose session it shows. Pure.

Our own Mosquitto lets no such request through; here it is refused in words, also where the server is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.clients import Client
from broker.domain.errors import Code, DomainError, NotLetInError
from broker.domain.vocabulary import COMMANDS, Command


class Door:
    """Refuses what a client may not send."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        *,
        is_guarded: Callable[[str], bool],
        owns: Callable[[str, str], bool],
    ) -> None:
        """Know the clients of the office.

        `is_guarded` tells whether a client is known to be who it says; in an open house anybody may take any name, so
        that a rule by names would be none. `owns` tells whether a session was given to this client.
        """
        self._clients = clients
        self._is_guarded = is_guarded
        self._owns = owns

    def refusal(self, client: str, name: str, command: Command | DomainError) -> NotLetInError | None:
        """Return why `client` may not send this command; None where it may, or where it is none that can be read."""
        if self._is_guarded(client) and name in COMMANDS:
            known = self._clients.get(client)
            if known is None or name not in known.commands:
                return NotLetInError(Code.NOT_ALLOWED, f"{client} may not send {name}", client=client, command=name)
            counter = None if isinstance(command, DomainError) else _counter(command)
            if not known.may_ask_for(counter):
                message = f"{client} may ask nothing for {counter}"
                return NotLetInError(Code.NOT_ALLOWED, message, client=client, command=name, counter=counter)
        session = None if isinstance(command, DomainError) else _session(command)
        if session and not self._owns(client, session):
            return NotLetInError(Code.NO_SESSION, "the session was given to another client")
        return None


def _counter(command: Command) -> str | None:
    """Return for which counter something is asked."""
    desk = getattr(command, "desk", None)
    counter: str | None = getattr(command if desk is None else desk, "counter", None)
    return counter


def _session(command: Command) -> str | None:
    desk = getattr(command, "desk", None)
    session: str | None = getattr(command if desk is None else desk, "session", None)
    return session
