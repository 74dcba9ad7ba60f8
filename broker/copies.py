"""Which copies officers still wait for: a kiosk that was cut off when one was asked for is told again as it comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from broker.domain.events import Printed, Reprinted
from broker.ports import Recorded

RETELL_FOR = dt.timedelta(minutes=2)
"""So long an officer's visitor waits for a paper; one that comes out later is taken by whoever passes."""
MAX_RETOLD = 50


@dataclass(frozen=True, slots=True)
class _Copy:
    asked: Recorded
    untold: int
    """So many words of its kiosk on this ticket's papers are to come, the one on this copy last."""


class WantedCopies:
    """By ticket, the last copy that was asked for and of which its kiosk has not told yet; a few, for a short while."""

    def __init__(self, kiosk_of: Mapping[str, str]) -> None:
        """`kiosk_of` names for each client without a printer the kiosk that prints what it asks for."""
        self._kiosk_of = kiosk_of
        self._copies: dict[str, _Copy] = {}

    def print_at(self, kiosk_of: Mapping[str, str]) -> None:
        """Let others print from now on; who waits for a copy that nobody would print any more is let go."""
        self._kiosk_of = kiosk_of
        self._copies = {ticket: copy for ticket, copy in self._copies.items() if copy.asked.client in kiosk_of}

    def follow(self, events: Sequence[Recorded]) -> None:
        """Take note of what was asked for, and of what became of it."""
        for recorded in events:
            match recorded.event:
                case Reprinted(ticket=ticket) if recorded.client in self._kiosk_of:
                    copy = _Copy(recorded, self._untold(recorded) + 1)
                    self._copies.pop(ticket, None)  # the oldest stands first
                    self._copies[ticket] = copy
                    if len(self._copies) > MAX_RETOLD:
                        del self._copies[next(iter(self._copies))]
                case Printed(ticket=ticket) if ticket in self._copies:
                    self._told(ticket, recorded.client)
                case _:
                    pass

    def take_for(self, come: Collection[str], now: dt.datetime) -> list[Recorded]:
        """Return what the clients that have come are to print, and let go what nobody waits for any more."""
        since = now - RETELL_FOR
        self._copies = {ticket: copy for ticket, copy in self._copies.items() if copy.asked.event.at >= since}
        return [copy.asked for copy in self._copies.values() if self._kiosk_of[copy.asked.client] in come]

    def _untold(self, recorded: Recorded) -> int:
        """Return of how many papers before this one its kiosk has yet to tell.

        A report names the ticket only, and papers are printed in order: one that comes late is of an earlier paper.
        Where a kiosk never tells of that one, the copy is told again in vain, and the kiosk's log knows it.
        """
        kiosk, ticket = self._kiosk_of[recorded.client], recorded.ticket
        if ticket is None:
            return 0
        before = self._copies.get(ticket.id)
        if before is not None and self._kiosk_of[before.asked.client] == kiosk:
            return before.untold
        return int(ticket.paper is None and ticket.client == kiosk)

    def _told(self, ticket: str, client: str) -> None:
        copy = self._copies[ticket]
        if client != self._kiosk_of[copy.asked.client]:
            return  # the word of another kiosk is on a paper of its own
        if copy.untold > 1:
            self._copies[ticket] = _Copy(copy.asked, copy.untold - 1)
        else:
            del self._copies[ticket]
